package services_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/services"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/sdk"
)

// lineup asks with f, on both databases, on a host with a queue.
func lineup(t *testing.T, f func(ctx *sdk.Context, h *sdk.Host) error) {
	t.Helper()
	bothDatabases(t, func(t *testing.T, db store.Config) {
		s, _ := open(t, services.Config{Queue: &queue{}}, db)
		ask(t, s, "p", func(ctx *sdk.Context) error { return f(ctx, ctx.Host) })
	})
}

// differ says that two values are not the same.
func differ(what string, got, want any) error {
	if reflect.DeepEqual(got, want) {
		return nil
	}
	return fmt.Errorf("%s = %+v, want %+v", what, got, want)
}

// refused wants an error with this text.
func refused(err error, text string) error {
	var failure *sdk.HostError
	if errors.As(err, &failure) && strings.Contains(err.Error(), text) {
		return nil
	}
	return fmt.Errorf("the host said %w, want %q", err, text)
}

func names[T any](rows []T) string {
	var all []string
	for _, row := range rows {
		all = append(all, reflect.ValueOf(row).FieldByName("Name").String())
	}
	return strings.Join(all, " ")
}

func TestChannels(t *testing.T) {
	t.Parallel()
	lineup(t, func(ctx *sdk.Context, h *sdk.Host) error {
		groups, err := h.ChannelGroups.UpsertMany(ctx, "News", "Sport")
		if err != nil {
			return err
		}
		profile, err := h.ChannelProfiles.Create(ctx, "Family")
		if err != nil {
			return err
		}
		one, err := h.Channels.Create(ctx, sdk.Channel{Name: "One \"1\"", ChannelNumber: 1.5, ChannelGroupID: groups[0].ID, TvgID: "one.uk"})
		if err != nil || one.ID == 0 || len(one.UUID) != 36 || one.CreatedAt.IsZero() || one.ChannelNumber != 1.5 {
			return fmt.Errorf("create = %+v, %w", one, err)
		}
		more, err := h.Channels.CreateMany(ctx, []sdk.Channel{
			{Name: "Zwei ü", ChannelNumber: 2, ChannelGroupID: groups[1].ID}, {Name: "three_3", HiddenFromOutput: true},
		})
		if err != nil || len(more) != 2 {
			return fmt.Errorf("create many = %+v, %w", more, err)
		}
		inProfile, err := h.ChannelProfiles.Channels(ctx, profile.ID)
		if err := errors.Join(err, differ("channels in the profile", inProfile, []int64{one.ID, more[0].ID, more[1].ID})); err != nil {
			return err
		}
		for want, filter := range map[string]sdk.ChannelFilter{
			"One \"1\" Zwei ü three_3": {},
			"One \"1\"":                {Group: "News"},
			"Zwei ü":                   {GroupID: groups[1].ID},
			"three_3":                  {Search: "_3"},
			"One \"1\" Zwei ü":         {Hidden: sdk.No, Limit: 2},
			"One \"1\" three_3":        {IDs: []int64{one.ID, more[1].ID, 999}},
			"":                         {TvgIDs: []string{"one.uk"}, AutoCreated: sdk.Yes},
		} {
			got, err := h.Channels.List(ctx, filter)
			if err := errors.Join(err, differ(fmt.Sprintf("list %+v", filter), names(got), want)); err != nil {
				return err
			}
		}
		one.Name, one.ChannelNumber, one.TvgID, one.UUID = "Uno", 0, "changed", "no"
		if err := h.Channels.UpdateMany(ctx, []sdk.Channel{one, more[0]}, "name", "channel_number"); err != nil {
			return err
		}
		got, err := h.Channels.Get(ctx, one.ID)
		if err := errors.Join(err, differ("the changed channel", []any{got.Name, got.ChannelNumber, got.TvgID}, []any{"Uno", 0.0, "one.uk"})); err != nil {
			return err
		}
		next, err := h.Channels.NextNumber(ctx, 1)
		if err := errors.Join(err, differ("the next number", next, 1)); err != nil {
			return err
		}
		n, err := h.Channels.Delete(ctx, one.ID, 999)
		if err := errors.Join(err, differ("deleted", n, 1)); err != nil {
			return err
		}
		if _, err := h.Channels.Get(ctx, one.ID); !errors.Is(err, sdk.ErrNotFound) {
			return fmt.Errorf("a deleted channel: %w", err)
		}
		_, unnamed := h.Channels.Create(ctx, sdk.Channel{})
		_, nowhere := h.Channels.Create(ctx, sdk.Channel{Name: "x", LogoID: 7})
		return errors.Join(
			refused(unnamed, "name is required"), refused(nowhere, "logo_id names 7"),
			refused(h.Channels.UpdateMany(ctx, more, "uuid"), "the fields that can are channel_number, name"),
			refused(h.Channels.UpdateMany(ctx, more, "nothing"), `"nothing" cannot be changed`),
			refused(h.Channels.UpdateMany(ctx, []sdk.Channel{{ID: 999, Name: "x"}}, "name"), "not found"),
		)
	})
}

func TestChannelStreamsAndProfiles(t *testing.T) {
	t.Parallel()
	lineup(t, func(ctx *sdk.Context, h *sdk.Host) error {
		streams, err := h.Streams.UpsertMany(ctx, []sdk.Stream{{Name: "a", URL: "http://a/", TvgID: "a.uk"}, {Name: "b", URL: "http://b/"}})
		if err != nil {
			return err
		}
		channel, err := h.Channels.Create(ctx, sdk.Channel{Name: "c"})
		if err != nil {
			return err
		}
		a, b := streams[0].ID, streams[1].ID
		if err := h.Channels.SetStreams(ctx, map[int64][]int64{channel.ID: {a, b}}); err != nil {
			return err
		}
		if err := h.Channels.SetStreams(ctx, map[int64][]int64{channel.ID: {b, a}}); err != nil {
			return err
		}
		ordered, err := h.Channels.Streams(ctx, channel.ID)
		if err := errors.Join(err, differ("streams", ordered, map[int64][]int64{channel.ID: {b, a}})); err != nil {
			return err
		}
		fed, err := h.Channels.List(ctx, sdk.ChannelFilter{StreamID: a})
		if err := errors.Join(err, differ("what a feeds", names(fed), "c"), differ("its guide's name", fed[0].TvgID, "a.uk")); err != nil {
			return err
		}
		feeding, err := h.Streams.List(ctx, sdk.StreamFilter{ChannelID: channel.ID})
		if err := errors.Join(err, differ("what feeds c", names(feeding), "a b")); err != nil {
			return err
		}
		profile, err := h.ChannelProfiles.Create(ctx, "p")
		if err != nil {
			return err
		}
		if err := h.ChannelProfiles.SetChannels(ctx, profile.ID, map[int64]bool{channel.ID: false}); err != nil {
			return err
		}
		in, err := h.Channels.List(ctx, sdk.ChannelFilter{ProfileID: profile.ID})
		if err := errors.Join(err, differ("channels in the profile", names(in), "")); err != nil {
			return err
		}
		profile.Name = "q"
		if err := h.ChannelProfiles.UpdateMany(ctx, []sdk.ChannelProfile{profile}, "name"); err != nil {
			return err
		}
		profiles, err := h.ChannelProfiles.List(ctx)
		n, deleting := h.ChannelProfiles.Delete(ctx, profile.ID)
		_, gone := h.ChannelProfiles.Channels(ctx, profile.ID)
		_, taken := h.ChannelProfiles.Create(ctx, strings.Repeat("x", 101))
		return errors.Join(err, deleting, differ("profiles", names(profiles), "q"), differ("deleted", n, 1), refused(gone, "not found"),
			refused(taken, "more than 100"), refused(h.Channels.SetStreams(ctx, map[int64][]int64{channel.ID: {a, 999}}), "names 999"))
	})
}

func TestGroupsAndLogos(t *testing.T) {
	t.Parallel()
	lineup(t, func(ctx *sdk.Context, h *sdk.Host) error {
		groups, err := h.ChannelGroups.UpsertMany(ctx, "B", "A", "B")
		if err != nil || names(groups) != "B A B" || groups[0].ID != groups[2].ID {
			return fmt.Errorf("groups = %+v, %w", groups, err)
		}
		again, err := h.ChannelGroups.UpsertMany(ctx, "A", "C")
		if err != nil || again[0].ID != groups[1].ID {
			return fmt.Errorf("again = %+v, %w", again, err)
		}
		again[1].Name = "D"
		if err := h.ChannelGroups.UpdateMany(ctx, again[1:], "name"); err != nil {
			return err
		}
		n, err := h.ChannelGroups.Delete(ctx, groups[0].ID)
		list, listing := h.ChannelGroups.List(ctx, sdk.GroupFilter{Names: []string{"A", "B", "D"}})
		if err := errors.Join(err, listing, differ("deleted", n, 1), differ("groups", names(list), "A D")); err != nil {
			return err
		}
		logos, err := h.Logos.UpsertMany(ctx, []sdk.Logo{{Name: "x", URL: "http://x/"}, {Name: "y", URL: "http://y/"}})
		if err != nil {
			return err
		}
		kept, err := h.Logos.UpsertMany(ctx, []sdk.Logo{{Name: "other", URL: "http://y/"}})
		if err := errors.Join(err, differ("the logo that was there", kept[0], logos[1])); err != nil {
			return err
		}
		logos[0].Name = "z"
		changing := h.Logos.UpdateMany(ctx, logos[:1], "name")
		found, err := h.Logos.List(ctx, sdk.LogoFilter{URLs: []string{"http://x/"}})
		n, deleting := h.Logos.Delete(ctx, logos[0].ID, logos[1].ID)
		return errors.Join(err, changing, deleting, differ("logos", names(found), "z"), differ("deleted", n, 2))
	})
}

func TestStreams(t *testing.T) {
	t.Parallel()
	lineup(t, func(ctx *sdk.Context, h *sdk.Host) error {
		made, err := h.Streams.UpsertMany(ctx, []sdk.Stream{
			{Name: "a", URL: "http://a/", CustomProperties: []byte(`{"k":[1]}`), StreamChno: 4.5}, {URL: "http://b/"},
		})
		if err != nil || !made[0].IsCustom || made[0].M3UAccountID == 0 || len(made[0].StreamHash) != 64 || made[1].Name != "Default Stream" {
			return fmt.Errorf("made = %+v, %w", made, err)
		}
		again, err := h.Streams.UpsertMany(ctx, []sdk.Stream{{Name: "A", URL: "http://a/"}, {Name: "c", URL: "http://c/"}})
		if err != nil || again[0].ID != made[0].ID || again[0].Name != "A" || again[1].ID == 0 {
			return fmt.Errorf("again = %+v, %w", again, err)
		}
		got, err := h.Streams.Get(ctx, made[0].ID)
		if err := errors.Join(err, differ("properties", strings.ReplaceAll(string(got.CustomProperties), " ", ""), `{"k":[1]}`)); err != nil {
			return err
		}
		list, err := h.Streams.List(ctx, sdk.StreamFilter{Search: "a", Custom: sdk.Yes, Stale: sdk.No})
		if err := errors.Join(err, differ("list", names(list), "A Default Stream"), differ("details", list[0].CustomProperties == nil, true)); err != nil {
			return err
		}
		list, err = h.Streams.List(ctx, sdk.StreamFilter{URLs: []string{"http://a/"}, Details: true})
		if err := errors.Join(err, differ("details", list[0].CustomProperties != nil, true)); err != nil {
			return err
		}
		list[0].IsAdult, list[0].Name = true, "no"
		if err := h.Streams.UpdateMany(ctx, list, "is_adult"); err != nil {
			return err
		}
		got, err = h.Streams.Get(ctx, list[0].ID)
		seen := 0
		walking := h.Streams.Each(ctx, sdk.StreamFilter{}, func(page []sdk.Stream) error {
			seen += len(page)
			return nil
		})
		n, deleting := h.Streams.Delete(ctx, got.ID)
		return errors.Join(err, walking, deleting, differ("seen", seen, 3), differ("changed", []any{got.IsAdult, got.Name}, []any{true, "A"}), differ("deleted", n, 1),
			refused(h.Streams.UpdateMany(ctx, list, "stream_hash"), "cannot be changed"))
	})
}

// Pages follow one another without a gap, and end when f says so.
func TestPages(t *testing.T) {
	t.Parallel()
	lineup(t, func(ctx *sdk.Context, h *sdk.Host) error {
		rows := make([]sdk.Channel, 10_500)
		for i := range rows {
			rows[i].Name = fmt.Sprint("c", i)
		}
		made, err := h.Channels.CreateMany(ctx, rows)
		if err != nil || len(made) != len(rows) {
			return fmt.Errorf("made %d, %w", len(made), err)
		}
		for limit, want := range map[int]string{0: "5000 5000 500", 5000: "5000", 7000: "5000 2000", 3: "3"} {
			var sizes []string
			last := int64(0)
			err := h.Channels.Each(ctx, sdk.ChannelFilter{Limit: limit}, func(page []sdk.Channel) error {
				sizes = append(sizes, fmt.Sprint(len(page)))
				for _, row := range page {
					if row.ID <= last {
						return fmt.Errorf("%d follows %d", row.ID, last)
					}
					last = row.ID
				}
				return nil
			})
			if err := errors.Join(err, differ(fmt.Sprint("pages of ", limit), strings.Join(sizes, " "), want)); err != nil {
				return err
			}
		}
		enough := errors.New("enough")
		if err := h.Channels.Each(ctx, sdk.ChannelFilter{}, func([]sdk.Channel) error { return enough }); !errors.Is(err, enough) {
			return fmt.Errorf("Each = %w, want the function's error", err)
		}
		short, cancel := context.WithCancel(ctx)
		cancel()
		if _, err := h.Channels.List(short, sdk.ChannelFilter{}); !errors.Is(err, context.Canceled) {
			return fmt.Errorf("List = %w, want the context's error", err)
		}
		_, negative := h.Channels.List(ctx, sdk.ChannelFilter{Limit: -1})
		if negative == nil {
			return errors.New("a negative limit was taken")
		}
		for i := range made {
			made[i].Name = fmt.Sprint("d", i)
		}
		err = h.Tx(ctx, func(tx *sdk.Host) error { return tx.Channels.UpdateMany(ctx, made[:5000], "name") })
		changed, listing := h.Channels.List(ctx, sdk.ChannelFilter{Search: "d"})
		return errors.Join(err, listing, differ("renamed", len(changed), 5000))
	})
}

func TestSources(t *testing.T) {
	t.Parallel()
	lineup(t, func(ctx *sdk.Context, h *sdk.Host) error {
		account, err := h.M3U.Create(ctx, sdk.M3UAccount{Name: "A", ServerURL: "http://a/", MaxStreams: 3})
		if err != nil || !account.IsActive || account.AccountType != "STD" || account.Status != "idle" || account.StaleStreamDays != 7 {
			return fmt.Errorf("account = %+v, %w", account, err)
		}
		account.IsActive = false
		if err := h.M3U.UpdateMany(ctx, []sdk.M3UAccount{account}, "is_active"); err != nil {
			return err
		}
		account, err = h.M3U.Get(ctx, account.ID)
		off, listing := h.M3U.List(ctx, sdk.AccountFilter{Active: sdk.No})
		if err := errors.Join(err, listing, differ("status", account.Status, "disabled"), differ("inactive", names(off), "A")); err != nil {
			return err
		}
		jobs, err := h.M3U.Refresh(ctx, account.ID)
		all, alling := h.M3U.RefreshAll(ctx)
		_, missing := h.M3U.Refresh(ctx, account.ID, 999)
		groups, grouping := h.M3U.Groups(ctx, account.ID)
		if err := errors.Join(err, alling, grouping, differ("jobs", len(jobs), 1), differ("all", all, 0), differ("groups", groups, []sdk.AccountGroup{}),
			refused(missing, "not found"), refused(h.M3U.UpdateGroups(ctx, []sdk.AccountGroup{{ID: 9}}, "enabled"), "not found")); err != nil {
			return err
		}
		n, err := h.M3U.Delete(ctx, account.ID)
		_, locked := h.M3U.Delete(ctx, 1)
		if err := errors.Join(err, differ("deleted", n, 1), refused(locked, "part of the host")); err != nil {
			return err
		}
		profiles, err := h.CoreSettings.StreamProfiles(ctx)
		agents, agenting := h.CoreSettings.UserAgents(ctx)
		return errors.Join(err, agenting, differ("stream profiles", len(profiles), 5), differ("user agents", names(agents), "TiviMate VLC Chrome"))
	})
}

func TestGuides(t *testing.T) {
	t.Parallel()
	lineup(t, func(ctx *sdk.Context, h *sdk.Host) error {
		dummy, err := h.EPG.CreateSource(ctx, sdk.EPGSource{Name: "My Dummy", SourceType: "dummy"})
		if err != nil {
			return err
		}
		data, err := h.EPG.Data(ctx, sdk.EPGDataFilter{SourceID: dummy.ID})
		if err := errors.Join(err, differ("its channel", data[0].TvgID, "dummy_my-dummy")); err != nil {
			return err
		}
		more, err := h.EPG.UpsertData(ctx, []sdk.EPGData{
			{TvgID: "dummy_my-dummy", Name: "Renamed", EPGSourceID: dummy.ID}, {TvgID: "b", Name: "B", EPGSourceID: dummy.ID},
		})
		if err != nil || more[0].ID != data[0].ID || more[0].Name != "Renamed" {
			return fmt.Errorf("upserted = %+v, %w", more, err)
		}
		channel, err := h.Channels.Create(ctx, sdk.Channel{Name: "c", EPGDataID: more[1].ID})
		if err != nil {
			return err
		}
		at := time.Date(2026, 5, 4, 18, 0, 0, 0, time.FixedZone("", 7200))
		show := func(i int, title string) sdk.Programme {
			return sdk.Programme{StartTime: at.Add(time.Duration(i) * time.Hour), EndTime: at.Add(time.Duration(i+1) * time.Hour), Title: title}
		}
		if err := h.Programmes.Replace(ctx, more[1].ID, []sdk.Programme{show(0, "old")}); err != nil {
			return err
		}
		if err := h.Programmes.Replace(ctx, more[1].ID, []sdk.Programme{show(0, "a"), show(1, "b"), show(2, "c")}); err != nil {
			return err
		}
		on, err := h.Programmes.List(ctx, sdk.ProgrammeFilter{ChannelIDs: []int64{channel.ID}, From: at.Add(time.Hour), To: at.Add(2 * time.Hour)})
		if err != nil || len(on) != 1 || on[0].Title != "b" || !on[0].StartTime.Equal(at.Add(time.Hour)) || on[0].TvgID != "b" {
			return fmt.Errorf("on = %+v, %w", on, err)
		}
		var titles []string
		err = h.Programmes.Each(ctx, sdk.ProgrammeFilter{EPGDataIDs: []int64{more[1].ID}}, func(page []sdk.Programme) error {
			for _, p := range page {
				titles = append(titles, p.Title)
			}
			return nil
		})
		backwards := h.Programmes.Replace(ctx, more[1].ID, []sdk.Programme{{Title: "x", StartTime: at, EndTime: at}})
		if err := errors.Join(err, differ("titles", titles, []string{"a", "b", "c"}), refused(backwards, "end_time is not after")); err != nil {
			return err
		}
		dummy.Priority = 5
		changing := h.EPG.UpdateSources(ctx, []sdk.EPGSource{dummy}, "priority")
		sources, err := h.EPG.Sources(ctx, sdk.SourceFilter{Names: []string{"My Dummy"}})
		_, refreshing := h.EPG.Refresh(ctx, dummy.ID)
		all, alling := h.EPG.RefreshAll(ctx)
		n, deleting := h.EPG.DeleteData(ctx, more[0].ID)
		m, dropping := h.EPG.DeleteSources(ctx, dummy.ID)
		left, listing := h.Programmes.List(ctx, sdk.ProgrammeFilter{})
		return errors.Join(changing, err, refreshing, alling, deleting, dropping, listing, differ("priority", sources[0].Priority, 5),
			differ("all", all, 0), differ("deleted", []int{n, m, len(left)}, []int{1, 1, 0}))
	})
}
