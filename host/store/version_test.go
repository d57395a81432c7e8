package store_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/store/storetest"
)

// TestVersion looks at databases of any age and changes none of them.
func TestVersion(t *testing.T) {
	t.Parallel()
	for name, fresh := range databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := fresh(t)
			if cfg.Path != "" {
				if err := os.Mkdir(filepath.Dir(cfg.Path), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			raw := storetest.Raw(t, cfg)
			look := func(want int64) (latest int64) {
				t.Helper()
				at, latest, err := store.Version(t.Context(), cfg)
				if err != nil || want >= 0 && at != want || want < 0 && at != latest || latest < 20 {
					t.Errorf("Version = %d, %d, %v, want %d", at, latest, err, want)
				}
				return latest
			}
			if _, err := raw.ExecContext(t.Context(), "CREATE TABLE somebodys (id integer)"); err != nil {
				t.Fatal(err)
			}
			look(0)
			look(0) // it has made nothing
			storetest.Open(t, cfg)
			latest := look(-1)
			change := func(statement string) {
				t.Helper()
				if _, err := raw.ExecContext(t.Context(), statement); err != nil {
					t.Fatal(err)
				}
			}
			change("UPDATE pluggarr_migration SET is_applied = false WHERE version_id > 5")
			look(5)
			look(5)
			change("UPDATE pluggarr_migration SET is_applied = true, version_id = version_id + 1000 WHERE version_id > 5")
			if _, _, err := store.Version(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "newer than this program") {
				t.Errorf("Version of a newer database, beside %d: %v", latest, err)
			}
		})
	}
	if _, _, err := store.Version(t.Context(), store.Config{Path: filepath.Join(t.TempDir(), "none")}); err == nil {
		t.Error("Version finds a database that is not there")
	}
}
