package registry_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/events"
	"github.com/pluggarr/pluggarr/host/registry"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/sdk"
)

// hears is a Go plugin that logs the events it hears, typed, and one that
// listens to them and fails.
const hears = `func hear(ctx *sdk.Context, _ Settings) (sdk.Result, error) {
	var p sdk.M3URefreshed
	if err := ctx.Event.Decode(&p); err != nil {
		return sdk.Result{}, err
	}
	ctx.Log.Info("heard "+ctx.Event.Name+" of "+p.AccountName)
	return sdk.OK("%d", p.StreamsCreated), nil
}
func fail(ctx *sdk.Context, _ Settings) (sdk.Result, error) { panic("no") }
func played(ctx *sdk.Context, _ Settings) (sdk.Result, error) {
	var p sdk.ChannelStopped
	if err := ctx.Event.Decode(&p); err != nil {
		return sdk.Result{}, err
	}
	return sdk.OK("%s %v", p.ChannelName, p.Runtime), nil
}`

const hearsActions = `{ID: "fail", Label: "Fail", Events: []string{"m3u_refresh"}, Run: sdk.Handle(fail)},
{ID: "hear", Label: "Hear", Events: []string{sdk.EventM3URefresh}, Run: sdk.Handle(hear)},
{ID: "played", Label: "Played", Events: []string{sdk.EventChannelStop}, Run: sdk.Handle(played)},`

const pythonHears = `class Plugin:
    name = "Hears"
    actions = [{"id": "hear", "label": "Hear", "events": ["m3u_refresh"]}, {"id": "other", "label": "Other", "events": ["epg_refresh"]}]

    def run(self, action, params, context):
        context["logger"].info("python heard %s", params["event"])
        return {"given": params, "keys": sorted(context)}
`

func event(t *testing.T, name string, payload any) events.Event {
	t.Helper()
	e, err := events.New(name, payload)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// ran lists a plugin's runs, the oldest first, as "action status result".
func (b *bench) ran(key string) []string {
	b.t.Helper()
	runs, err := b.Runs(b.t.Context(), key, 10, "")
	if err != nil {
		b.t.Fatal(err)
	}
	var list []string
	for _, r := range runs {
		whole, err := b.RunByID(b.t.Context(), r.ID)
		if err != nil {
			b.t.Fatal(err)
		}
		if r.Trigger != store.TriggerEvent {
			b.t.Errorf("a run is caused by %s", r.Trigger)
		}
		list = append([]string{fmt.Sprint(r.Action, " ", r.Status, " ", string(whole.Result), string(whole.Params))}, list...)
	}
	return list
}

func TestEventsRunActions(t *testing.T) {
	t.Parallel()
	needPython(t)
	b := newBench(t, registry.Times{})
	b.write("a_go/main.go", source("x", "", hears, hearsActions))
	b.write("b_off/main.go", source("x", "", hears, hearsActions))
	b.write("c_broken/main.go", "package main\n")
	b.write("d_python/plugin.py", pythonHears)
	for _, key := range []string{"a_go", "c_broken", "d_python"} {
		b.enable(key)
	}
	refreshed := sdk.M3URefreshed{AccountName: "A", StreamsCreated: 2}
	b.Dispatch(t.Context(), event(t, "m3u_refresh", refreshed))
	b.Dispatch(t.Context(), event(t, "nobody_listens", nil))
	b.Dispatch(t.Context(), event(t, "channel_stop", sdk.ChannelStopped{PlayedChannel: sdk.PlayedChannel{ChannelName: "News"}, Runtime: 1.5}))
	const given = `{"event":"m3u_refresh","payload":{"account_name":"A","streams_created":2}}`
	for key, want := range map[string]string{
		"a_go": "fail error " + given + "\nhear ok " + `{"status":"ok","message":"2"}` + given +
			"\nplayed ok " + `{"status":"ok","message":"News 1.5"}{"event":"channel_stop","payload":{"channel_name":"News","runtime":1.5}}`,
		"b_off":    "",
		"c_broken": "",
		"d_python": `hear ok {"given":` + strings.ReplaceAll(strings.ReplaceAll(given, ":", ": "), ",", ", ") + `,"keys":["actions","logger","settings"]}` + given,
	} {
		if got := strings.Join(b.ran(key), "\n"); flat(got) != flat(want) {
			t.Errorf("%s ran\n%s\nwant\n%s", key, got, want)
		}
	}
}

// flat is a text without spaces.
func flat(s string) string { return strings.ReplaceAll(s, " ", "") }

// A plugin that does not come back keeps the next one from nothing.
func TestEventsDoNotWaitForever(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{Grace: patience})
	b.write("a/main.go", source("x", "", slow, strings.Replace(slowActions, `Background: true`, `Events: []string{"x"}`, 1)))
	b.enable("a")
	ctx, cancel := context.WithCancel(t.Context())
	told := make(chan struct{})
	go func() {
		defer close(told)
		b.Dispatch(ctx, event(t, "x", nil))
	}()
	b.heard("waiting")
	cancel()
	<-told
	for range 200 { // they wait for the plugin; too many are lost, and nobody waits
		b.Dispatch(t.Context(), event(t, "x", nil))
	}
	b.heard("event x is lost: 100 others wait for this plugin")
	if runs := b.ran("a"); len(runs) != 1 {
		t.Errorf("the plugin runs %d times at once", len(runs))
	}
}

func TestEmit(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{})
	var sent []events.Event
	b.cfg.News.Event = func(e events.Event) { sent = append(sent, e) }
	b.open()
	b.write("a/main.go", source("x", "", "", ""))
	for name, tt := range map[string]struct {
		e    registry.Emission
		want error
	}{
		"its own":         {registry.Emission{Plugin: "a", Name: "a.done", Payload: json.RawMessage(`{"n": 1}`)}, nil},
		"without payload": {registry.Emission{Plugin: "a", Name: "done"}, nil},
		"the host's":      {registry.Emission{Plugin: "a", Name: "run_finished"}, registry.ErrEventOwn},
		"no name":         {registry.Emission{Plugin: "a", Name: "Done!"}, registry.ErrEventName},
		"a list":          {registry.Emission{Plugin: "a", Name: "done", Payload: json.RawMessage(`[]`)}, registry.ErrEventObject},
		"null":            {registry.Emission{Plugin: "a", Name: "done", Payload: json.RawMessage(`null`)}, registry.ErrEventObject},
		"nobody's":        {registry.Emission{Plugin: "b", Name: "done"}, registry.ErrNotFound},
	} {
		if err := b.Emit(tt.e); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	if len(sent) != 2 || sent[0].From != "a" || sent[0].Depth != 0 {
		t.Errorf("sent %+v", sent)
	}
	limited := 0
	for range 200 {
		if err := b.Emit(registry.Emission{Plugin: "a", Name: "x"}); errors.Is(err, registry.ErrEventRate) {
			limited++
		}
	}
	if limited == 0 {
		t.Error("a plugin may send as much as it likes")
	}
}

// What an event runs sends events of its depth and one more.
func TestEmitDepth(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{Grace: patience})
	sent := make(chan events.Event, 10)
	b.cfg.News.Event = func(e events.Event) { sent <- e }
	b.open()
	b.write("a/main.go", source("x", "", slow, strings.Replace(slowActions, `Background: true`, `Events: []string{"x"}`, 1)))
	b.enable("a")
	for depth := range 6 {
		e := event(t, "x", nil)
		e.Depth = depth
		ctx, cancel := context.WithCancel(t.Context())
		told := make(chan struct{})
		go func() {
			defer close(told)
			b.Dispatch(ctx, e)
		}()
		b.heard("waiting")
		runs, err := b.Runs(t.Context(), "a", 1, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, run := range []string{"", runs[0].ID} {
			err := b.Emit(registry.Emission{Plugin: "a", Run: run, Name: "y"})
			if depth >= 4 {
				if !errors.Is(err, registry.ErrEventDepth) {
					t.Errorf("at depth %d: %v", depth, err)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := <-sent; got.Depth != depth+1 {
				t.Errorf("at depth %d it sends one of depth %d", depth, got.Depth)
			}
		}
		if _, err := b.Cancel(t.Context(), runs[0].ID); err != nil {
			t.Fatal(err)
		}
		<-told
		cancel()
	}
}
