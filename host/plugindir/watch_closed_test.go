package plugindir_test

import (
	"os"
	"path/filepath"
	"testing"
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
	if got := distinct(w.told()); len(got) == 0 || got[0] != "a" {
		t.Errorf("it tells of %q after an edit of a", got)
	}
}
