package events_test

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/pluggarr/pluggarr/host/events"
	"github.com/pluggarr/pluggarr/sdk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// played are the keys of every event around a channel that plays.
const played = "channel_name stream_name stream_url channel_url provider_name profile_used "

// The names and keys of Dispatcharr are what plugins look for.
func TestKindsAreDispatcharrs(t *testing.T) {
	t.Parallel()
	want := []struct{ name, title, keys string }{
		{"channel_start", "Channel Started", played + "stream_id"},
		{"channel_stop", "Channel Stopped", played + "runtime total_bytes"},
		{"channel_reconnect", "Channel Reconnected", played + "attempt max_attempts reason"},
		{"channel_error", "Channel Error", played + "error_type error_message url attempts"},
		{"channel_failover", "Channel Failover", played + "reason duration"},
		{"stream_switch", "Stream Switch", played + "new_url stream_id"},
		{"recording_start", "Recording Started", played + "recording_id"},
		{"recording_end", "Recording Ended", played + "recording_id interrupted bytes_written"},
		{"epg_refresh", "EPG Refreshed", "source_name programs channels skipped_programs unmapped_channels"},
		{"m3u_refresh", "M3U Refreshed", "account_name elapsed_time streams_created streams_updated streams_stale streams_deleted total_processed"},
		{"client_connect", "Client Connected", played + "client_ip client_id user_agent username"},
		{"client_disconnect", "Client Disconnected", played + "client_ip client_id user_agent username duration bytes_sent"},
		{"login_failed", "Login Failed", "user client_ip user_agent reason"},
		{"epg_blocked", "EPG Blocked", "profile user reason client_ip user_agent"},
		{"m3u_blocked", "M3U Blocked", "profile user reason client_ip user_agent"},
		{"vod_start", "VOD Started", "content_name content_uuid client_ip username"},
		{"vod_stop", "VOD Stopped", "content_name content_uuid client_ip username"},
		{"run_finished", "Run Finished", "run plugin action trigger status error duration_ms"},
		{"plugin_state", "Plugin State", "plugin state"},
	}
	kinds := events.Kinds()
	if len(kinds) != len(want) {
		t.Fatalf("%d kinds, want %d", len(kinds), len(want))
	}
	for i, w := range want {
		k := kinds[i]
		if keys := strings.Join(keysOf(reflect.TypeOf(k.Payload)), " "); k.Name != w.name || k.Title != w.title || keys != w.keys {
			t.Errorf("kind %d is %s (%s) with %q, want %s (%s) with %q", i, k.Name, k.Title, keys, w.name, w.title, w.keys)
		}
		if !events.ValidName(k.Name) {
			t.Errorf("%s is no name of an event", k.Name)
		}
		if events.Own(k.Name) != (i >= 17) {
			t.Errorf("Own(%s) = %t", k.Name, events.Own(k.Name))
		}
	}
}

func keysOf(t reflect.Type) []string {
	var keys []string
	for f := range t.Fields() {
		if f.Anonymous {
			keys = append(keys, keysOf(f.Type)...)
			continue
		}
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		keys = append(keys, key)
	}
	return keys
}

func TestNewLeavesOutWhatSaysNothing(t *testing.T) {
	t.Parallel()
	e, err := events.New("x", map[string]any{"a": 0, "b": "", "c": nil, "d": false, "e": []int{}, "f": 0.0, "g": 1, "h": "0", "i": map[string]any{}})
	if err != nil || string(e.Payload) != `{"g":1,"h":"0"}` {
		t.Errorf("New = %s, %v", e.Payload, err)
	}
	if e, err := events.New("x", nil); err != nil || string(e.Payload) != `{}` {
		t.Errorf("New of nothing = %s, %v", e.Payload, err)
	}
	for _, payload := range []any{1, "x", []int{1}, make(chan int)} {
		if _, err := events.New("x", payload); err == nil {
			t.Errorf("New of %v is accepted", payload)
		}
	}
	e, err = events.New(sdk.EventM3URefresh, sdk.M3URefreshed{AccountName: "A", StreamsCreated: 2})
	var back sdk.M3URefreshed
	if err != nil || json.Unmarshal(e.Payload, &back) != nil || back.StreamsCreated != 2 {
		t.Errorf("New = %s, %v", e.Payload, err)
	}
}

func TestBusKeepsTheOrder(t *testing.T) {
	t.Parallel()
	b := events.NewBus()
	const n = 100
	var all sync.WaitGroup
	var got [2][]int
	for i := range got {
		all.Add(n)
		b.Subscribe(func(_ context.Context, e events.Event) {
			got[i] = append(got[i], e.Depth)
			all.Done()
		})
	}
	var want []int
	for i := range n {
		b.Publish(events.Event{Name: "x", Depth: i})
		want = append(want, i)
	}
	all.Wait()
	b.Close()
	for i := range got {
		if !slices.Equal(got[i], want) {
			t.Errorf("subscriber %d got %v", i, got[i])
		}
	}
	b.Publish(events.Event{Name: "late"})
	b.Subscribe(func(context.Context, events.Event) { t.Error("a closed bus calls somebody") })()
}

// A subscriber that never comes back holds up nobody, and ends with its context.
func TestBusDoesNotWait(t *testing.T) {
	t.Parallel()
	b := events.NewBus()
	defer b.Close()
	stuck := make(chan struct{})
	cancel := b.Subscribe(func(ctx context.Context, _ events.Event) {
		select {
		case <-stuck:
		default:
			close(stuck)
		}
		<-ctx.Done()
	})
	heard := make(chan struct{})
	b.Subscribe(func(context.Context, events.Event) { heard <- struct{}{} })
	for range 5000 { // more than wait for the one that is stuck
		b.Publish(events.Event{Name: "more"})
		<-heard
	}
	<-stuck
	cancel()
}
