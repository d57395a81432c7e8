package storetest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/pluggarr/pluggarr/host/store"
)

// changedAtOnce has one row changed by several at once: no change is lost.
func changedAtOnce(t *testing.T, s *store.Store) {
	const writers, each = 4, 10
	channel := &store.Channel{Name: "one"}
	must(t, store.Create(t.Context(), s, channel))
	one := func(row *store.Channel) error { row.UserLevel++; return nil }
	var all errgroup.Group
	for i := range writers {
		all.Go(func() error {
			for range each {
				var err error
				if i%2 == 0 {
					_, err = store.Update(t.Context(), s, channel.ID, one)
				} else {
					err = store.UpdateMany(t.Context(), s, store.Changes[store.Channel]{
						IDs: []int64{channel.ID}, Columns: []string{"user_level"}, Alter: func(_ int, row *store.Channel) error { return one(row) },
					})
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	must(t, all.Wait())
	row, err := store.Find[store.Channel](t.Context(), s, channel.ID)
	must(t, err)
	if row.UserLevel != writers*each {
		t.Errorf("%d of %d changes are left", row.UserLevel, writers*each)
	}
}

// loginsAtOnce has what a server says of a login kept by several at once.
func loginsAtOnce(t *testing.T, s *store.Store) {
	const writers, each = 4, 10
	account := store.New[store.M3UAccount]()
	account.Name = "A"
	must(t, store.Create(t.Context(), s, account))
	login := s.M3UImport(account.ID)
	profiles, err := login.Profiles(t.Context())
	must(t, err)
	var all errgroup.Group
	for i := range writers {
		all.Go(func() error {
			for n := range each {
				said := map[string]any{fmt.Sprintf("x%d.%d", i, n): 1}
				if err := login.SaveLogin(t.Context(), profiles[0].ID, said, time.Time{}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	must(t, all.Wait())
	profiles, err = login.Profiles(t.Context())
	must(t, err)
	var kept map[string]int
	must(t, json.Unmarshal(profiles[0].CustomProperties, &kept))
	if len(kept) != writers*each {
		t.Errorf("%d of %d properties are left", len(kept), writers*each)
	}
}

// settingsAtOnce has values of one group of settings changed by several at once.
func settingsAtOnce(t *testing.T, s *store.Store) {
	const key, writers, each = "stream_settings", 4, 10
	var all errgroup.Group
	for i := range writers {
		all.Go(func() error {
			for n := range each {
				err := s.UpdateCoreSetting(t.Context(), key, map[string]json.RawMessage{fmt.Sprintf("x%d.%d", i, n): json.RawMessage("1")})
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	must(t, all.Wait())
	row, err := s.CoreSetting(t.Context(), key)
	must(t, err)
	if n := strings.Count(string(row.Value), `"x`); n != writers*each {
		t.Errorf("%d of %d values are left", n, writers*each)
	}
}

// foreignWords looks for texts that no database could hold: nothing is found.
func foreignWords(t *testing.T, s *store.Store) {
	must(t, store.Create(t.Context(), s, &store.Channel{Name: "one"}))
	for _, word := range []string{"one\x00", "\xff"} {
		for name, q := range map[string]store.Query{
			"is": {Is: map[string][]any{"name": {word}}}, "search": {Search: word, In: []string{"name"}}, "where": {Where: "name = ?", Args: []any{word}},
		} {
			if rows, err := store.List[store.Channel](t.Context(), s, q); err != nil || len(rows) != 0 {
				t.Errorf("%s %q: %v, %v, want nothing", name, word, rows, err)
			}
		}
	}
	must(t, s.SaveItems(t.Context(), "p", []store.StoredItem{{Key: "a\x00", Value: json.RawMessage("1")}}))
	must(t, s.DeleteItems(t.Context(), "p", []string{"a\x00"}))
	if items, err := s.Items(t.Context(), "p", ""); err != nil || len(items) != 0 {
		t.Errorf("a plugin keeps %v, %v, want nothing", items, err)
	}
}
