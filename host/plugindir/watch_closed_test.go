package plugindir_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/plugindir"
)

// TestWatchAroundAClosedFolder has a folder beside the plugins that the host
// may not read. The others are watched as before.
func TestWatchAroundAClosedFolder(t *testing.T) {
	t.Parallel()
	if os.Getuid() == 0 {
		t.Skip("nothing is closed to root")
	}
	w := watchFolder(t) // fails when there is trouble
	if err := os.Mkdir(filepath.Join(w.path, "closed"), 0); err != nil {
		t.Fatal(err)
	}
	w.told()
	w.write("a/plugin.py", "x = 2\n")
	if got := w.told("a"); got[0] != "a" {
		t.Errorf("it tells of %q after an edit of a", got)
	}
}

// TestScanOfAClosedFolder lists a plugin that the host may not read, with what
// to do about it.
func TestScanOfAClosedFolder(t *testing.T) {
	t.Parallel()
	if os.Getuid() == 0 {
		t.Skip("nothing is closed to root")
	}
	path := t.TempDir()
	for _, name := range []string{"closed", "lost+found"} {
		if err := os.Mkdir(filepath.Join(path, name), 0); err != nil {
			t.Fatal(err)
		}
	}
	dir, err := plugindir.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	found, err := dir.Scan(t.Context())
	if err != nil || len(found) != 1 || found[0].Key != "closed" || !strings.Contains(found[0].Fault, "is closed to the host: let user") {
		t.Errorf("Scan = %+v, %v", found, err)
	}
}
