package store_test

import (
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/store/storetest"
)

// What users read calls rows as users do.
func TestNouns(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, storetest.SQLite(t))
	for want, find := range map[string]func() error{
		"read channel 99: not found":                    func() error { _, err := store.Find[store.Channel](t.Context(), s, 99); return err },
		"read M3U account 99: not found":                func() error { _, err := store.Find[store.M3UAccount](t.Context(), s, 99); return err },
		"read EPG data 99: not found":                   func() error { _, err := store.Find[store.EPGData](t.Context(), s, 99); return err },
		"read channel group M3U account 99: not found":  func() error { _, err := store.Find[store.ChannelGroupM3UAccount](t.Context(), s, 99); return err },
		"read channel profile membership 99: not found": func() error { _, err := store.Find[store.ChannelProfileMembership](t.Context(), s, 99); return err },
	} {
		if err := find(); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if _, err := store.Update(t.Context(), s, 99, func(*store.Stream) error { return nil }); err == nil || strings.Contains(err.Error(), "store.") {
		t.Errorf("an update of none: %v", err)
	}
}
