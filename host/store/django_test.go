package store_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/store/storetest"
)

// What Django's SQLite backend writes for a datetime is str() of a naive UTC
// datetime: six digits of fraction or none.
func TestTimesAsDjangoWritesThem(t *testing.T) {
	t.Parallel()
	cfg := storetest.SQLite(t)
	s, raw := storetest.Open(t, cfg), storetest.Raw(t, cfg)
	zone := time.FixedZone("", 2*60*60)
	times := []struct {
		ours   time.Time
		django string
	}{
		{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), "2026-03-01 12:00:00"},
		{time.Date(2026, 3, 1, 12, 0, 0, 1_000, time.UTC), "2026-03-01 12:00:00.000001"},
		{time.Date(2026, 3, 1, 14, 0, 0, 500_000_000, zone), "2026-03-01 12:00:00.500000"},
		{time.Date(2026, 3, 1, 12, 0, 0, 999_999_999, time.UTC), "2026-03-01 12:00:00.999999"},
		{time.Date(2026, 3, 1, 12, 0, 1, 0, time.UTC), "2026-03-01 12:00:01"},
	}
	var ids []string
	for _, at := range times {
		run := &store.Run{Plugin: "a", CreatedAt: at.ours}
		if err := s.InsertRun(t.Context(), run); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, run.ID)
	}
	for i, at := range times {
		var kind, text string
		err := raw.QueryRowContext(t.Context(),
			`SELECT typeof(created_at), CAST(created_at AS text) FROM pluggarr_run WHERE id = ?`, ids[i]).Scan(&kind, &text)
		if err != nil || kind != "text" || text != at.django {
			t.Errorf("%v is on disk as %s %q (%v), want %q", at.ours, kind, text, err, at.django)
		}
		for operator, want := range map[string][]string{"=": ids[i : i+1], "<": ids[:i], "<=": ids[:i+1]} {
			got := stringsOf(t, raw, "SELECT id FROM pluggarr_run WHERE created_at "+operator+" ? ORDER BY created_at", at.django)
			if !slices.Equal(got, want) {
				t.Errorf("created_at %s %s finds %v, want %v", operator, at.django, got, want)
			}
		}
	}
	for i, at := range times {
		execute(t, raw, "UPDATE pluggarr_run SET created_at = ? WHERE id = ?", at.django, ids[i])
		got, err := s.Run(t.Context(), ids[i])
		if err != nil || !got.CreatedAt.Equal(at.ours.Truncate(time.Microsecond)) {
			t.Errorf("Django's %s is read as %v (%v), want %v", at.django, got.CreatedAt, err, at.ours)
		}
	}
}

func TestValuesAsDjangoWritesThem(t *testing.T) {
	t.Parallel()
	cfg := storetest.SQLite(t)
	s, raw := storetest.Open(t, cfg), storetest.Raw(t, cfg)
	if err := s.SyncPlugins(t.Context(), []store.PluginMeta{{Key: "a", Name: "A"}}); err != nil {
		t.Fatal(err)
	}
	const settings = `{"z": 1,  "a": {"y": "é\u00e9", "b": 1.0}}`
	if err := s.SaveSettings(t.Context(), "a", json.RawMessage(settings)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SetEnabled(t.Context(), "a", true); err != nil {
		t.Fatal(err)
	}
	got := stringsOf(t, raw, `SELECT typeof(settings) || ' ' || settings || ' ' || typeof(enabled) || ' ' || enabled || ' ' ||
		typeof(ever_enabled) || ' ' || ever_enabled || ' ' || typeof(deprecated) || ' ' || deprecated FROM plugins_pluginconfig`)
	if want := "text " + settings + " integer 1 integer 1 integer 0"; len(got) != 1 || got[0] != want {
		t.Errorf("on disk: %v, want %s", got, want)
	}
	if got := stringsOf(t, raw, "PRAGMA journal_mode"); !slices.Equal(got, []string{"wal"}) {
		t.Errorf("journal mode %v, want wal", got)
	}
}

func TestNothingWaitsForAWriterInVain(t *testing.T) {
	t.Parallel()
	cfg := storetest.SQLite(t)
	s, raw := storetest.Open(t, cfg), storetest.Raw(t, cfg)
	metas := []store.PluginMeta{{Key: "a", Name: "A"}}
	if err := s.SyncPlugins(t.Context(), metas); err != nil {
		t.Fatal(err)
	}
	admin, err := s.EnsureAdmin(t.Context(), "admin")
	if err != nil {
		t.Fatal(err)
	}
	other, err := raw.BeginTx(t.Context(), nil) // IMMEDIATE: now nobody else can write
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := other.Rollback(); err != nil {
			t.Error(err)
		}
	}()
	at := time.Now()
	for name, call := range map[string]func() error{
		"SyncPlugins": func() error { return s.SyncPlugins(t.Context(), metas) },
		"EnsureAdmin": func() error { _, err := s.EnsureAdmin(t.Context(), admin.Username); return err },
		"TouchKey":    func() error { return s.TouchKey(t.Context(), &store.APIKey{LastUsedAt: at}, at) },
		"Runs":        func() error { _, err := s.Runs(t.Context(), "a", 1, ""); return err },
	} {
		if err := call(); err != nil {
			t.Errorf("%s beside an open transaction: %v", name, err)
		}
	}
}

// Django changes users without this host; keys and runs must follow.
func TestUsersChangedFromOutside(t *testing.T) {
	t.Parallel()
	for name, fresh := range databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := fresh(t)
			s, raw := storetest.Open(t, cfg), storetest.Raw(t, cfg)
			admin, err := s.EnsureAdmin(t.Context(), "admin")
			if err != nil {
				t.Fatal(err)
			}
			key, _, err := s.CreateKey(t.Context(), store.NewKey{UserID: admin.ID, Scope: store.ScopeAdmin})
			if err != nil {
				t.Fatal(err)
			}
			run := &store.Run{Plugin: "a", UserID: admin.ID}
			if err := s.InsertRun(t.Context(), run); err != nil {
				t.Fatal(err)
			}

			execute(t, raw, "UPDATE accounts_user SET is_active = false")
			if _, err := s.KeyByHash(t.Context(), store.HashKey(key)); !errors.Is(err, store.ErrUserInactive) {
				t.Errorf("KeyByHash() = %v, want %v", err, store.ErrUserInactive)
			}
			execute(t, raw, "UPDATE accounts_user SET user_level = 1")
			if _, err := s.EnsureAdmin(t.Context(), "admin"); err == nil {
				t.Error("EnsureAdmin() with the name of a standard user = nil, want an error")
			}
			if second, err := s.EnsureAdmin(t.Context(), "second"); err != nil || second.Username != "second" {
				t.Errorf("EnsureAdmin() = %+v, %v, want another user", second, err)
			}
			execute(t, raw, "DELETE FROM accounts_user WHERE username = 'admin'")
			if _, err := s.KeyByHash(t.Context(), store.HashKey(key)); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("KeyByHash() = %v, want %v", err, store.ErrNotFound)
			}
			if got, err := s.Run(t.Context(), run.ID); err != nil || got.UserID != 0 {
				t.Errorf("Run() = %+v, %v, want it without a user", got, err)
			}
		})
	}
}

// execute runs a statement that must work.
func execute(t *testing.T, db *sql.DB, statement string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement, args...); err != nil {
		t.Fatal(err)
	}
}

// stringsOf returns the one column of a query.
func stringsOf(t *testing.T, db *sql.DB, statement string, args ...any) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), statement, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
