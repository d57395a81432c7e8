package storetest

import (
	"encoding/json"
	"testing"

	"github.com/pluggarr/pluggarr/host/store"
)

// systemEvents keeps as many events as the settings say.
func systemEvents(t *testing.T, s *store.Store) {
	log := func(from, to int) {
		for n := from; n <= to; n++ {
			must(t, s.LogSystemEvent(t.Context(), "m3u_refresh", map[string]any{"n": n}))
		}
	}
	kept := func(many, first, last int) {
		t.Helper()
		rows := all[store.SystemEvent](t, s)
		if len(rows) != many {
			t.Fatalf("%d events are kept, want %d", len(rows), many)
		}
		for i, want := range map[int]int{0: first, many - 1: last} {
			var details struct{ N int }
			must(t, json.Unmarshal(rows[i].Details, &details))
			if row := rows[i]; details.N != want || row.EventType != "m3u_refresh" || row.Timestamp.IsZero() || row.ChannelName != "" {
				t.Errorf("event %d is %+v, want number %d", i, row, want)
			}
		}
	}
	log(1, 103)
	kept(100, 4, 103)
	must(t, s.UpdateCoreSetting(t.Context(), "system_settings", map[string]json.RawMessage{"max_system_events": []byte("2")}))
	log(104, 104)
	kept(2, 103, 104)
	must(t, s.UpdateCoreSetting(t.Context(), "system_settings", map[string]json.RawMessage{"max_system_events": []byte(`"many"`)}))
	log(105, 106)
	kept(4, 103, 106)
}
