package store_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/store/storetest"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(envWriter); path != "" {
		os.Exit(writeAsOther(path))
	}
	goleak.VerifyTestMain(m)
}

// databases are the two kinds of database that a store runs on.
func databases() map[string]func(testing.TB) store.Config {
	return map[string]func(testing.TB) store.Config{"sqlite": storetest.SQLite, "postgres": storetest.Postgres}
}

func TestStore(t *testing.T) {
	t.Parallel()
	for name, fresh := range databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "postgres" {
				fresh(t) // skips the suite as a whole where there is no server
			}
			storetest.Exercise(t, func(t *testing.T) *store.Store { return storetest.Open(t, fresh(t)) })
		})
	}
}

func TestOpenTwice(t *testing.T) {
	t.Parallel()
	for name, fresh := range databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := fresh(t)
			var log strings.Builder
			cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
			first := storetest.Open(t, cfg)
			if err := first.SyncPlugins(t.Context(), []store.PluginMeta{{Key: "a"}}); err != nil {
				t.Fatal(err)
			}
			steps, err := os.ReadDir(filepath.Join("migrations", name))
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Count(log.String(), "database migrated"); got != len(steps) {
				t.Errorf("the first opening logged %q, want %d steps", log.String(), len(steps))
			}
			log.Reset()
			second := storetest.Open(t, cfg)
			if _, err := second.Plugin(t.Context(), "a"); err != nil {
				t.Error(err)
			}
			if log.Len() != 0 {
				t.Errorf("the second opening logged %q, want nothing", log.String())
			}
		})
	}
}

func TestOpenNewer(t *testing.T) {
	t.Parallel()
	for name, fresh := range databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := fresh(t)
			storetest.Open(t, cfg)
			raw := storetest.Raw(t, cfg)
			_, err := raw.ExecContext(t.Context(),
				"INSERT INTO pluggarr_migration (version_id, is_applied) VALUES (9999, true)")
			if err != nil {
				t.Fatal(err)
			}
			wantOpenError(t, cfg, "newer than this program", "9999", "start the newer Pluggarr again")
		})
	}
}

func TestOpenBadFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(text, []byte(strings.Repeat("not a database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	wantOpenError(t, store.Config{}, "neither a file nor")
	wantOpenError(t, store.Config{Path: text}, text, "not a SQLite database", "restore a backup")
	wantOpenError(t, store.Config{Path: dir}, dir, "must be able to write")
	wantOpenError(t, store.Config{Path: filepath.Join(text, "pluggarr.db")}, text, "must be able to write")
	if os.Getuid() != 0 { // nothing keeps root from writing
		closed := filepath.Join(dir, "closed")
		if err := os.Mkdir(closed, 0o500); err != nil {
			t.Fatal(err)
		}
		wantOpenError(t, store.Config{Path: filepath.Join(closed, "pluggarr.db")}, closed, "must be able to write")
	}
}

func TestOpenOddPath(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "what? 100% #1 ü", "pluggarr.db")
	storetest.Open(t, store.Config{Path: path})
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the file has mode %v, want 0600", info.Mode())
	}
}

func TestOpenBadAddress(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ address, want string }{
		"other scheme":        {"mysql://u:s3cret@127.0.0.1/x", "does not begin with postgres://"},
		"bad escape":          {"postgres://u:s3cret%zz@127.0.0.1/x", "not a valid URL"},
		"slash in password":   {"postgres://u:s3cret/@127.0.0.1/x", "not a valid URL"},
		"question mark in it": {"postgres://u:s3cret?x@127.0.0.1:1/x", "not a valid URL"},
		"bad parameter":       {"postgres://u:s3cret@127.0.0.1/x?sslmode=perhaps", "?sslmode=require"},
		"unreachable":         {"postgres://u:s3cret@127.0.0.1:1/x", "check that the server runs"},
		"password parameter":  {"postgres://127.0.0.1:1/x?user=u&password=s3cret", "check that the server runs"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := wantOpenError(t, store.Config{Database: c.address}, c.want)
			if strings.Contains(err, "s3cret") {
				t.Errorf("Open() = %s, want the password left out", err)
			}
		})
	}
}

func TestOpenCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := store.Open(ctx, storetest.SQLite(t)); err == nil {
		t.Error("Open() with an ended context = nil, want an error")
	}
}

// wantOpenError fails the test unless Open fails with a text that has all parts.
func wantOpenError(t *testing.T, cfg store.Config, parts ...string) string {
	t.Helper()
	s, err := store.Open(t.Context(), cfg)
	if err == nil {
		t.Fatal(s.Close(), "Open() = nil, want an error")
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("Open() = %v, want %q in it", err, part)
		}
	}
	return err.Error()
}
