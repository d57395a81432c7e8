package storetest

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/store"
)

func ensureAdmin(t *testing.T, s *store.Store) {
	admin, err := s.EnsureAdmin(t.Context(), "admin")
	must(t, err)
	if !regexp.MustCompile(`^![A-Za-z0-9]{40}$`).MatchString(admin.Password) {
		t.Errorf("password %q, want Django's unusable one", admin.Password)
	}
	if admin.ID == 0 || admin.UserLevel != store.LevelAdmin || !admin.IsSuperuser || !admin.IsStaff || !admin.IsActive ||
		!admin.LastLogin.IsZero() || admin.APIKey != "" || string(admin.CustomProperties) != "{}" {
		t.Errorf("EnsureAdmin() = %+v, want a fresh admin", admin)
	}
	again, err := s.EnsureAdmin(t.Context(), "somebody")
	must(t, err)
	byID, err := s.UserByID(t.Context(), admin.ID)
	must(t, err)
	byName, err := s.UserByName(t.Context(), "admin")
	must(t, err)
	for _, got := range []*store.User{again, byID, byName} {
		if !reflect.DeepEqual(got, admin) {
			t.Errorf("got %+v, want the first admin %+v", got, admin)
		}
	}
	_, err = s.UserByID(t.Context(), admin.ID+1)
	wantErr(t, "UserByID", err, store.ErrNotFound)
	for _, name := range []string{"somebody", "Admin", ""} {
		_, err = s.UserByName(t.Context(), name)
		wantErr(t, "UserByName("+name+")", err, store.ErrNotFound)
	}
}

func ensureAdminRefuses(t *testing.T, s *store.Store) {
	for _, name := range []string{"", strings.Repeat("u", 151)} {
		if _, err := s.EnsureAdmin(t.Context(), name); err == nil {
			t.Errorf("EnsureAdmin(%q) = nil, want an error", name)
		}
	}
}

func keyLife(t *testing.T, s *store.Store) {
	admin, err := s.EnsureAdmin(t.Context(), "admin")
	must(t, err)
	raw, made, err := s.CreateKey(t.Context(), store.NewKey{UserID: admin.ID, Name: "laptop", Scope: store.ScopeRun})
	must(t, err)
	if !regexp.MustCompile(`^pgr_[A-Za-z0-9_-]{40}$`).MatchString(raw) || made.Prefix != raw[:8] || made.ID == 0 {
		t.Errorf("CreateKey() = %q, %+v", raw, made)
	}
	key, err := s.KeyByHash(t.Context(), store.HashKey(raw))
	must(t, err)
	if key.Name != "laptop" || key.Scope != store.ScopeRun || !reflect.DeepEqual(key.User, admin) ||
		!key.CreatedAt.Equal(made.CreatedAt) || !key.LastUsedAt.IsZero() || strings.Contains(key.Hash, raw) {
		t.Errorf("KeyByHash() = %+v of %+v, want %+v of %+v", key, key.User, made, admin)
	}
	_, err = s.KeyByHash(t.Context(), store.HashKey(raw+"x"))
	wantErr(t, "KeyByHash of another key", err, store.ErrNotFound)

	must(t, s.RevokeKey(t.Context(), key.ID))
	revoked, err := s.KeyByHash(t.Context(), key.Hash)
	wantErr(t, "KeyByHash of a revoked key", err, store.ErrKeyRevoked)
	must(t, s.RevokeKey(t.Context(), key.ID))
	again, err := s.KeyByHash(t.Context(), key.Hash)
	wantErr(t, "KeyByHash of a key revoked twice", err, store.ErrKeyRevoked)
	if revoked.RevokedAt.IsZero() || !again.RevokedAt.Equal(revoked.RevokedAt) {
		t.Errorf("revoked at %v, again at %v, want the first time kept", revoked.RevokedAt, again.RevokedAt)
	}
	wantErr(t, "RevokeKey(absent)", s.RevokeKey(t.Context(), key.ID+1), store.ErrNotFound)

	_, second, err := s.CreateKey(t.Context(), store.NewKey{UserID: admin.ID, Scope: store.ScopeRead})
	must(t, err)
	keys, err := s.Keys(t.Context(), admin.ID)
	must(t, err)
	if len(keys) != 2 || keys[0].ID != second.ID || keys[1].ID != key.ID {
		t.Errorf("Keys() = %+v, want the newest first", keys)
	}
	if _, _, err := s.CreateKey(t.Context(), store.NewKey{UserID: admin.ID + 1}); err == nil {
		t.Error("CreateKey for nobody = nil, want an error")
	}
}

func keyLocal(t *testing.T, s *store.Store) {
	raw, _, err := s.CreateKey(t.Context(), store.NewKey{Name: "local", Scope: store.ScopeAdmin})
	must(t, err)
	key, err := s.KeyByHash(t.Context(), store.HashKey(raw))
	must(t, err)
	keys, err := s.Keys(t.Context(), 0)
	must(t, err)
	if key.User != nil || key.UserID != 0 || len(keys) != 1 || keys[0].ID != key.ID {
		t.Errorf("KeyByHash() = %+v, Keys(0) = %+v, want one key without a user", key, keys)
	}
}

func keyTouch(t *testing.T, s *store.Store) {
	raw, _, err := s.CreateKey(t.Context(), store.NewKey{Scope: store.ScopeRead})
	must(t, err)
	first, err := s.KeyByHash(t.Context(), store.HashKey(raw))
	must(t, err)
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, step := range []struct {
		name string
		// stale touches with the key as it was before it was ever used.
		stale    bool
		at, want time.Time
	}{
		{"first use", false, at, at},
		{"soon after", false, at.Add(59 * time.Second), at},
		{"soon after, by who did not see the first", true, at.Add(59 * time.Second), at},
		{"a minute after", false, at.Add(time.Minute), at.Add(time.Minute)},
	} {
		key, err := s.KeyByHash(t.Context(), store.HashKey(raw))
		must(t, err)
		if step.stale {
			key = first
		}
		must(t, s.TouchKey(t.Context(), key, step.at))
		got, err := s.KeyByHash(t.Context(), store.HashKey(raw))
		must(t, err)
		if !got.LastUsedAt.Equal(step.want) {
			t.Errorf("%s: last used %v, want %v", step.name, got.LastUsedAt, step.want)
		}
	}
}
