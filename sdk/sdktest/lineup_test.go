package sdktest_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/sdktest"
)

// using is a plugin with one action, "use", that runs f.
func using(f func(ctx *sdk.Context, h *sdk.Host) error) sdk.Plugin {
	return sdk.Plugin{Name: "Using", Actions: []sdk.Action{{ID: "use", Label: "Use", Run: sdk.Handle(
		func(ctx *sdk.Context, _ struct{}) (sdk.Result, error) { return sdk.OK(""), f(ctx, ctx.Host) })}}}
}

func TestLineup(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 5, 4, 18, 0, 0, 0, time.UTC)
	host := sdktest.NewLineup(&sdktest.Lineup{
		ChannelGroups: []sdk.ChannelGroup{{Name: "News"}},
		Channels:      []sdk.Channel{{ID: 1, Name: "One", ChannelGroupID: 1, ChannelNumber: 1}, {ID: 7, Name: "Two"}},
		Settings:      map[string]map[string]any{"system_settings": {"time_zone": "Europe/Berlin"}},
		Programmes:    []sdk.Programme{{Title: "Show", EPGDataID: 3, StartTime: at, EndTime: at.Add(time.Hour)}},
		Fetch: func(r sdk.HTTPRequest) (sdk.HTTPResponse, error) {
			return sdk.HTTPResponse{Status: 200, URL: r.URL, Body: []byte("body")}, nil
		},
	})
	out := sdktest.Run(t, using(func(ctx *sdk.Context, h *sdk.Host) error {
		news, err := h.Channels.List(ctx, sdk.ChannelFilter{Group: "News", Search: "on", Hidden: sdk.No})
		if err != nil || len(news) != 1 || news[0].ID != 1 {
			return fmt.Errorf("news = %+v, %w", news, err)
		}
		made, err := h.Channels.Create(ctx, sdk.Channel{Name: "Three"})
		if err != nil || made.ID != 8 {
			return fmt.Errorf("made = %+v, %w", made, err)
		}
		made.Name, made.TvgID = "Drei", "not asked for"
		undone := errors.New("undone")
		err = h.Tx(ctx, func(tx *sdk.Host) error {
			return errors.Join(tx.Channels.UpdateMany(ctx, []sdk.Channel{{ID: 1, Name: "?"}}, "name"), undone)
		})
		if !errors.Is(err, undone) {
			return fmt.Errorf("Tx = %w", err)
		}
		groups, err := h.ChannelGroups.UpsertMany(ctx, "News", "Kids")
		if err != nil || groups[0].ID != 1 || groups[1].ID != 2 {
			return fmt.Errorf("groups = %+v, %w", groups, err)
		}
		on, err := h.Programmes.List(ctx, sdk.ProgrammeFilter{EPGDataIDs: []int64{3}, From: at.Add(time.Minute), To: at.Add(time.Hour)})
		if err != nil || len(on) != 1 {
			return fmt.Errorf("on = %+v, %w", on, err)
		}
		zone, zoning := h.CoreSettings.TimeZone(ctx)
		number, numbering := h.Channels.NextNumber(ctx, 1)
		numbering = errors.Join(numbering, h.Channels.SetOverrides(ctx, sdk.ChannelOverride{ChannelID: 7, ChannelNumber: float64(number)}))
		other, again := h.Channels.NextNumber(ctx, 1)
		page, fetching := h.HTTP.Get(ctx, "http://x/")
		_, missing := h.Channels.Get(ctx, 99)
		if zone != "Europe/Berlin" || number != 2 || other != 3 || string(page.Body) != "body" || !errors.Is(missing, sdk.ErrNotFound) {
			return fmt.Errorf("zone %s, numbers %d and %d, page %+v, missing: %w", zone, number, other, page, missing)
		}
		_, enqueueing := h.Tasks.Enqueue(ctx, sdk.Task{Action: "use"})
		return errors.Join(zoning, numbering, again, fetching, enqueueing, h.Channels.UpdateMany(ctx, []sdk.Channel{made}, "name"),
			h.Channels.SetOverrides(ctx, sdk.ChannelOverride{ChannelID: 7, Name: "Zwei"}),
			h.Storage.Set(ctx, "k", 1), h.Events.Emit(ctx, "done", nil), h.Channels.SetStreams(ctx, map[int64][]int64{8: {2, 1}}))
	}), sdktest.Call{Action: "use", Host: host})
	if out.Err != nil {
		t.Fatal(out.Err)
	}
	if c := host.Channels; len(c) != 3 || c[0].Name != "One" || c[2].Name != "Drei" || c[2].TvgID != "" || c[1].Effective().Name != "Zwei" {
		t.Errorf("channels = %+v", c)
	}
	if string(host.Storage["k"]) != "1" || len(host.Tasks) != 1 || host.Events[0].Name != "done" || host.ChannelStreams[8][0] != 2 {
		t.Errorf("the host has %s, %v, %v, %v", host.Storage, host.Tasks, host.Events, host.ChannelStreams)
	}
}

func TestNoHost(t *testing.T) {
	t.Parallel()
	out := sdktest.Run(t, using(func(ctx *sdk.Context, h *sdk.Host) error {
		_, err := h.Channels.List(ctx, sdk.ChannelFilter{})
		return err
	}), sdktest.Call{Action: "use"})
	if out.Err == nil {
		t.Error("a plugin without a host has channels")
	}
}
