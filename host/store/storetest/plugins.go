package storetest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/store"
)

func syncAdds(t *testing.T, s *store.Store) {
	must(t, s.SyncPlugins(t.Context(), []store.PluginMeta{
		{Key: "zebra", Name: "Zebra"},
		{Key: "my_plugin", Name: "Mein Plügin", Version: "1.2", Description: "It's \"quoted\" ? and \\ more"},
	}))
	got, err := s.Plugins(t.Context())
	must(t, err)
	if len(got) != 2 || got[0].Key != "my_plugin" || got[1].Key != "zebra" {
		t.Fatalf("Plugins() = %+v, want my_plugin and zebra", got)
	}
	p := got[0]
	if p.Name != "Mein Plügin" || p.Version != "1.2" || p.Description != "It's \"quoted\" ? and \\ more" {
		t.Errorf("what a plugin says came back as %+v", p)
	}
	if p.ID == 0 || p.Enabled || p.EverEnabled || string(p.Settings) != "{}" || p.SourceRepoID != 0 {
		t.Errorf("a fresh plugin is %+v, want it disabled, without settings and source", p)
	}
	if p.CreatedAt.IsZero() || p.UpdatedAt != p.CreatedAt || p.CreatedAt.Location().String() != "UTC" {
		t.Errorf("created %v, updated %v, want the same time in UTC", p.CreatedAt, p.UpdatedAt)
	}
	one, err := s.Plugin(t.Context(), "my_plugin")
	must(t, err)
	if !reflect.DeepEqual(*one, p) {
		t.Errorf("Plugin() = %+v, want it as in the list: %+v", *one, p)
	}
	_, err = s.Plugin(t.Context(), "absent")
	wantErr(t, "Plugin(absent)", err, store.ErrNotFound)
}

func syncOverwrites(t *testing.T, s *store.Store) {
	before := addPlugin(t, s, store.PluginMeta{Key: "a", Name: "A", Version: "1", Description: "old"})
	addPlugin(t, s, store.PluginMeta{Key: "removed", Name: "Removed"})
	must(t, s.SaveSettings(t.Context(), "a", json.RawMessage(`{"x":1}`)))
	_, err := s.SetEnabled(t.Context(), "a", true)
	must(t, err)

	must(t, s.SyncPlugins(t.Context(), []store.PluginMeta{{Key: "a", Name: "A", Version: "2", Description: "new"}}))
	after, err := s.Plugin(t.Context(), "a")
	must(t, err)
	if after.Version != "2" || after.Description != "new" || !after.Enabled || string(after.Settings) == "{}" {
		t.Errorf("after the sync: %+v, want version 2, new, enabled and with its settings", after)
	}
	if after.ID != before.ID || !after.CreatedAt.Equal(before.CreatedAt) || !after.UpdatedAt.After(before.UpdatedAt) {
		t.Errorf("sync made %+v of %+v, want the same row, updated", after, before)
	}
	_, err = s.Plugin(t.Context(), "removed")
	must(t, err)
}

func syncIdle(t *testing.T, s *store.Store) {
	metas := []store.PluginMeta{{Key: "a", Name: strings.Repeat("n", 300), Version: "1\x00"}, {Key: "b"}}
	must(t, s.SyncPlugins(t.Context(), metas))
	before, err := s.Plugins(t.Context())
	must(t, err)
	must(t, s.SyncPlugins(t.Context(), metas))
	after, err := s.Plugins(t.Context())
	must(t, err)
	if !reflect.DeepEqual(before, after) {
		t.Errorf("an unchanged sync made %+v of %+v", after, before)
	}
}

func syncCuts(t *testing.T, s *store.Store) {
	key := strings.Repeat("ü", 128)
	p := addPlugin(t, s, store.PluginMeta{
		Key: key, Name: strings.Repeat("é", 256), Version: strings.Repeat("世", 65), Description: strings.Repeat("d", 5000),
	})
	if p.Name != strings.Repeat("é", 255) || p.Version != strings.Repeat("世", 64) || len(p.Description) != 5000 {
		t.Errorf("name %d, version %d, description %d bytes long; want 510, 192, 5000",
			len(p.Name), len(p.Version), len(p.Description))
	}
}

func syncRefuses(t *testing.T, s *store.Store) {
	long := strings.Repeat("k", 129)
	err := s.SyncPlugins(t.Context(), []store.PluginMeta{{Key: long}, {Key: ""}, {Key: "good", Name: "Good"}})
	if err == nil || !strings.Contains(err.Error(), long) {
		t.Errorf("SyncPlugins() = %v, want an error naming the long key", err)
	}
	_, err = s.Plugin(t.Context(), "good")
	must(t, err)
}

func syncMany(t *testing.T, s *store.Store) {
	metas := make([]store.PluginMeta, 1000)
	for i := range metas {
		metas[i] = store.PluginMeta{Key: fmt.Sprintf("p%04d", i), Name: "P", Version: "1"}
	}
	must(t, s.SyncPlugins(t.Context(), metas))
	metas[999].Version = "2"
	must(t, s.SyncPlugins(t.Context(), metas))
	got, err := s.Plugins(t.Context())
	must(t, err)
	if len(got) != 1000 || got[998].Version != "1" || got[999].Version != "2" {
		t.Errorf("%d plugins after the sync, want 1000, the last of version 2", len(got))
	}
}

func enable(t *testing.T, s *store.Store) {
	before := addPlugin(t, s, store.PluginMeta{Key: "a", Name: "A"})
	on, err := s.SetEnabled(t.Context(), "a", true)
	must(t, err)
	if !on.Enabled || !on.EverEnabled || on.Name != "A" || !on.CreatedAt.Equal(before.CreatedAt) {
		t.Errorf("SetEnabled(true) = %+v, want the whole row, enabled", on)
	}
	off, err := s.SetEnabled(t.Context(), "a", false)
	must(t, err)
	if off.Enabled || !off.EverEnabled || off.UpdatedAt.Before(on.UpdatedAt) {
		t.Errorf("SetEnabled(false) = %+v, want it disabled and ever enabled", off)
	}
	read, err := s.Plugin(t.Context(), "a")
	must(t, err)
	if !reflect.DeepEqual(read, off) {
		t.Errorf("Plugin() = %+v, want what SetEnabled returned: %+v", read, off)
	}
	_, err = s.SetEnabled(t.Context(), "absent", true)
	wantErr(t, "SetEnabled(absent)", err, store.ErrNotFound)
}

func settings(t *testing.T, s *store.Store) {
	before := addPlugin(t, s, store.PluginMeta{Key: "a"})
	for _, value := range []string{
		`{"limit": 7, "mode": "fast", "list": [1, 2.5, null], "deep": {"ü": "it's \"?\" \\ 世"}}`, `null`, `[]`, `"text"`,
	} {
		must(t, s.SaveSettings(t.Context(), "a", json.RawMessage(value)))
		got, err := s.Plugin(t.Context(), "a")
		must(t, err)
		var have, want any
		must(t, json.Unmarshal(got.Settings, &have))
		must(t, json.Unmarshal([]byte(value), &want))
		if !reflect.DeepEqual(have, want) || !got.UpdatedAt.After(before.UpdatedAt) {
			t.Errorf("settings %s came back as %s, updated %v", value, got.Settings, got.UpdatedAt)
		}
	}
	for _, bad := range []string{``, `{`, `{"a":1} {}`} {
		if err := s.SaveSettings(t.Context(), "a", json.RawMessage(bad)); err == nil {
			t.Errorf("SaveSettings(%q) = nil, want an error", bad)
		}
	}
	wantErr(t, "SaveSettings(absent)", s.SaveSettings(t.Context(), "absent", json.RawMessage(`{}`)), store.ErrNotFound)
}

func deletePlugin(t *testing.T, s *store.Store) {
	addPlugin(t, s, store.PluginMeta{Key: "a"})
	addPlugin(t, s, store.PluginMeta{Key: "b"})
	must(t, s.DeletePlugin(t.Context(), "a"))
	_, err := s.Plugin(t.Context(), "a")
	wantErr(t, "Plugin(a)", err, store.ErrNotFound)
	_, err = s.Plugin(t.Context(), "b")
	must(t, err)
	wantErr(t, "DeletePlugin(a)", s.DeletePlugin(t.Context(), "a"), store.ErrNotFound)
}

// addPlugin syncs one plugin and returns its row.
func addPlugin(t *testing.T, s *store.Store, meta store.PluginMeta) *store.Plugin {
	t.Helper()
	must(t, s.SyncPlugins(t.Context(), []store.PluginMeta{meta}))
	p, err := s.Plugin(t.Context(), meta.Key)
	must(t, err)
	return p
}
