package auth_test

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/pluggarr/pluggarr/host/auth"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is a store with users and keys in every condition.
type house struct {
	auth  *auth.Authenticator
	store *store.Store
	db    *sql.DB
	keys  map[string]string // by what it is
	admin *store.User
	now   time.Time // the clock, which stands still

	keyFile string
}

func newHouse(tb testing.TB) *house {
	tb.Helper()
	cfg := storetest.SQLite(tb)
	s := storetest.Open(tb, cfg)
	admin, err := s.EnsureAdmin(tb.Context(), "admin")
	must(tb, err)
	h := &house{store: s, db: storetest.Raw(tb, cfg), keys: map[string]string{}, admin: admin, now: time.Now()}
	h.keyFile = filepath.Join(tb.TempDir(), "token.key")
	h.auth, err = auth.New(auth.Config{
		Store: s, KeyFile: h.keyFile, Iterations: 10, Now: func() time.Time { return h.now },
	})
	must(tb, err)
	tb.Cleanup(h.auth.Close)
	h.key(tb, "admin", store.NewKey{UserID: admin.ID, Scope: store.ScopeAdmin})
	h.key(tb, "local", store.NewKey{Scope: store.ScopeAdmin})
	h.key(tb, "standard", store.NewKey{UserID: h.user(tb, "bob", 1, true), Scope: store.ScopeAdmin})
	h.key(tb, "inactive", store.NewKey{UserID: h.user(tb, "eve", store.LevelAdmin, false), Scope: store.ScopeAdmin})
	revoked := h.key(tb, "revoked", store.NewKey{UserID: admin.ID, Scope: store.ScopeAdmin})
	must(tb, s.RevokeKey(tb.Context(), revoked))
	h.keys["wrong"] = h.keys["admin"] + "x"
	return h
}

func (h *house) key(tb testing.TB, name string, want store.NewKey) int64 {
	tb.Helper()
	raw, key, err := h.store.CreateKey(tb.Context(), want)
	must(tb, err)
	h.keys[name] = raw
	return key.ID
}

// user makes a user as another program that shares the database would.
func (h *house) user(tb testing.TB, name string, level int, active bool) int64 {
	tb.Helper()
	result, err := h.db.ExecContext(tb.Context(), `INSERT INTO accounts_user
		(username, password, is_superuser, first_name, last_name, email, is_staff, is_active, date_joined, user_level, stream_limit)
		VALUES (?, '!', 0, '', '', '', 0, ?, '2026-01-01 00:00:00', ?, 0)`, name, active, level)
	must(tb, err)
	id, err := result.LastInsertId()
	must(tb, err)
	return id
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func request(ctx context.Context, headers ...string) *http.Request {
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

func TestCaller(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	k := h.keys
	for _, tt := range []struct {
		name    string
		headers []string
		user    string
		err     error
	}{
		{"no header", nil, "", auth.ErrNoCredentials},
		{"X-API-Key", []string{"X-API-Key", k["admin"]}, "admin", nil},
		{"ApiKey", []string{"Authorization", "ApiKey " + k["admin"]}, "admin", nil},
		{"the scheme's case does not count", []string{"Authorization", "apikey  " + k["admin"] + " "}, "admin", nil},
		{"X-API-Key before ApiKey", []string{"X-API-Key", k["standard"], "Authorization", "ApiKey " + k["admin"]}, "bob", nil},
		{"a proxy's own login is no matter", []string{"X-API-Key", k["admin"], "Authorization", "Basic YTpi"}, "admin", nil},
		{"another scheme alone", []string{"Authorization", "Basic YTpi"}, "", auth.ErrNoCredentials},
		{"ApiKey without a key", []string{"Authorization", "ApiKey"}, "", auth.ErrNoCredentials},
		{"an empty key", []string{"X-API-Key", " "}, "", auth.ErrNoCredentials},
		{"the local key", []string{"X-API-Key", k["local"]}, "", nil},
		{"a wrong key", []string{"X-API-Key", k["wrong"]}, "", auth.ErrInvalidKey},
		{"a key's hash is no key", []string{"X-API-Key", store.HashKey(k["admin"])}, "", auth.ErrInvalidKey},
		{"a revoked key", []string{"X-API-Key", k["revoked"]}, "", auth.ErrInvalidKey},
		{"a user locked out", []string{"X-API-Key", k["inactive"]}, "", auth.ErrInactive},
		{"a key as a token", []string{"Authorization", "Bearer " + k["admin"]}, "", auth.ErrInvalidToken},
		{"a token goes before a key", []string{"Authorization", "Bearer x", "X-API-Key", k["admin"]}, "", auth.ErrInvalidToken},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := h.auth.Caller(request(t.Context(), tt.headers...))
			if !errors.Is(err, tt.err) || got.Name != tt.user {
				t.Errorf("Caller() = %+v, %v, want user %q, %v", got, err, tt.user, tt.err)
			}
			if err != nil && got != (auth.Caller{}) {
				t.Errorf("Caller() = %+v beside an error", got)
			}
		})
	}
}

func TestRevocationHoldsAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := request(t.Context(), "X-API-Key", h.keys["admin"])
	caller, err := h.auth.Caller(r)
	must(t, err)
	must(t, h.store.RevokeKey(t.Context(), caller.KeyID))
	if _, err := h.auth.Caller(r); !errors.Is(err, auth.ErrInvalidKey) {
		t.Errorf("Caller() after the revocation: error %v, want %v", err, auth.ErrInvalidKey)
	}
}

func TestUseIsNoted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	caller, err := h.auth.Caller(request(t.Context(), "X-API-Key", h.keys["admin"]))
	must(t, err)
	h.auth.Close()
	key, err := h.store.KeyByHash(t.Context(), store.HashKey(h.keys["admin"]))
	must(t, err)
	if caller.KeyID != key.ID || key.LastUsedAt.IsZero() {
		t.Errorf("after one use key %d was last used %v, want a time", key.ID, key.LastUsedAt)
	}
}

// Somebody who writes for long does not keep others from being let in.
func TestUseIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	tx, err := h.db.BeginTx(t.Context(), nil) // holds the write lock, as _txlock=immediate says
	must(t, err)
	if _, err := h.auth.Caller(request(t.Context(), "X-API-Key", h.keys["admin"])); err != nil {
		t.Errorf("Caller() while somebody writes: %v", err)
	}
	must(t, tx.Rollback())
}

func TestStoreTrouble(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := h.auth.Caller(request(ctx, "X-API-Key", h.keys["admin"]))
	if !errors.Is(err, context.Canceled) || errors.Is(err, auth.ErrInvalidKey) {
		t.Errorf("Caller() with an ended context: error %v, want the store's", err)
	}
}

func TestMay(t *testing.T) {
	t.Parallel()
	const read, run, admin = store.ScopeRead, store.ScopeRun, store.ScopeAdmin
	for _, tt := range []struct {
		name  string
		level int
		scope store.KeyScope
		may   []store.KeyScope
	}{
		{"admin", 10, admin, []store.KeyScope{read, run, admin}},
		{"admin, key to run", 10, run, []store.KeyScope{read, run}},
		{"admin, key to read", 10, read, []store.KeyScope{read}},
		{"standard user", 1, admin, []store.KeyScope{read}},
		{"standard user, key to read", 1, read, []store.KeyScope{read}},
		{"streamer", 0, admin, nil},
		{"unknown scope", 10, "root", nil},
		{"no scope", 10, "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			caller := auth.Caller{Level: tt.level, Scope: tt.scope}
			for _, need := range []store.KeyScope{read, run, admin, "root", ""} {
				want := false
				for _, scope := range tt.may {
					want = want || scope == need
				}
				if got := caller.May(need); got != want {
					t.Errorf("May(%q) = %t, want %t", need, got, want)
				}
			}
		})
	}
}

func BenchmarkCaller(b *testing.B) {
	h := newHouse(b)
	r := request(b.Context(), "X-API-Key", h.keys["admin"])
	for b.Loop() {
		if _, err := h.auth.Caller(r); err != nil {
			b.Fatal(err)
		}
	}
}
