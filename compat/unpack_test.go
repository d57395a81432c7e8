package compat_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/pluggarr/pluggarr/compat"
	"github.com/pluggarr/pluggarr/host/proc"
)

// TestUnpack starts servers in a folder that another version and a crash left things in.
func TestUnpack(t *testing.T) {
	t.Parallel()
	interpreter := python(t, "")
	starter := proc.NewStarter("")
	t.Cleanup(starter.Close)
	dir := filepath.Join(t.TempDir(), "host", "python")
	start := func() {
		t.Helper()
		server, err := compat.Start(t.Context(), compat.Config{Starter: starter, Python: interpreter, Dir: dir})
		if err != nil {
			t.Fatalf("Start() = %v", err)
		}
		if err := server.Close(); err != nil {
			t.Errorf("Close() = %v", err)
		}
	}
	start()
	package1 := only(t, dir)
	info, err := os.Stat(package1)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode = %v, %v, want 0700", info.Mode(), err)
	}
	broken := filepath.Join(package1, "pluggarr", "worker.py")
	if err := os.WriteFile(broken, []byte("raise SystemExit('changed')\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"pluggarr-0123456789abcdef", ".unpack-123", "mine"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	start()
	if err := os.Remove(filepath.Join(dir, "mine")); err != nil {
		t.Errorf("somebody else's folder: %v", err)
	}
	if package2 := only(t, dir); package2 != package1 {
		t.Errorf("unpacked into %s, then into %s", package1, package2)
	}
}

func only(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Fatalf("%s holds %v, %v, want one folder", dir, entries, err)
	}
	return filepath.Join(dir, entries[0].Name())
}
