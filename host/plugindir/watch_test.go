package plugindir_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/plugindir"
)

// patience is how long a change may take to be told of on the slowest machine.
const patience = time.Minute

// watched is a plugins folder that is being watched.
type watched struct {
	t       *testing.T
	dir     *plugindir.Dir
	path    string
	changes chan string
	marks   int
}

func watchFolder(t *testing.T) *watched {
	t.Helper()
	w := &watched{t: t, path: t.TempDir(), changes: make(chan string, 1000)}
	for _, name := range []string{"a", "b", "marker"} {
		w.write(name+"/plugin.py", "class Plugin: pass\n")
		w.write(name+"/lib/deep/part.py", "x = 1\n")
	}
	dir, err := plugindir.Open(w.path)
	if err != nil {
		t.Fatal(err)
	}
	w.dir = dir
	if _, err := dir.Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- dir.Watch(ctx, plugindir.Watching{
			Changed: func(folder string, _ time.Time) { w.changes <- folder },
			Trouble: func(err error) { t.Errorf("trouble: %v", err) },
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	if first := <-w.changes; first != "" {
		t.Errorf("the first change is %q, not all", first)
	}
	return w
}

func (w *watched) write(name, text string) {
	w.t.Helper()
	path := filepath.Join(w.path, name)
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = os.WriteFile(path, []byte(text), 0o600)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *watched) rename(from, to string) {
	w.t.Helper()
	if err := os.Rename(filepath.Join(w.path, from), filepath.Join(w.path, to)); err != nil {
		w.t.Fatal(err)
	}
}

// told returns the folders told of since the last time, sorted and each once: on
// a busy machine more than the quiet time may pass between two steps of one save.
// It changes two files of the folder marker and waits for that, since what was to
// be told of before has been by then; and for the wanted ones, since on a busy
// machine the marker may be told of before them.
func (w *watched) told(want ...string) []string {
	w.t.Helper()
	w.marks++
	w.write("marker/plugin.py", fmt.Sprint("x = ", w.marks))
	w.write("marker/lib/deep/part.py", fmt.Sprint("x = ", w.marks))
	var all []string
	missing := append(slices.Clone(want), "marker")
	late := time.After(patience)
	for len(missing) > 0 {
		select {
		case folder := <-w.changes:
			missing = slices.DeleteFunc(missing, func(m string) bool { return m == folder })
			if folder != "marker" {
				all = append(all, folder)
			}
		case <-late:
			w.t.Fatalf("told of %q, and not of %q", all, missing)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func TestWatch(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		do   func(w *watched)
		want []string
	}{
		{"saved in place", func(w *watched) { w.write("a/plugin.py", "new") }, []string{"a"}},
		{"many files of two plugins", func(w *watched) {
			for i := range 20 {
				w.write(fmt.Sprintf("a/lib/m%d.py", i), "new")
				w.write(fmt.Sprintf("b/lib/m%d.py", i), "new")
			}
		}, []string{"a", "b"}},
		{"saved by renaming", func(w *watched) {
			w.write("a/plugin.py.tmp", "new")
			w.rename("a/plugin.py.tmp", "a/plugin.py")
		}, []string{"a"}},
		{"saved as vim does", func(w *watched) {
			w.write("a/4913", "")
			w.rename("a/plugin.py", "a/plugin.py~")
			w.write("a/plugin.py", "new")
			if err := os.Remove(filepath.Join(w.path, "a/plugin.py~")); err != nil {
				w.t.Error(err)
			}
		}, []string{"a"}},
		{"below", func(w *watched) { w.write("a/lib/deep/part.py", "new") }, []string{"a"}},
		{"new folders", func(w *watched) { w.write("a/x/y/z/new.py", "new") }, []string{"a"}},
		{"a folder less", func(w *watched) {
			if err := os.RemoveAll(filepath.Join(w.path, "a/lib")); err != nil {
				w.t.Error(err)
			}
		}, []string{"a"}},
		{"a new plugin", func(w *watched) {
			if err := os.CopyFS(filepath.Join(w.path, "c"), os.DirFS(filepath.Join(w.path, "a"))); err != nil {
				w.t.Error(err)
			}
		}, []string{"c"}},
		{"a plugin with another name", func(w *watched) { w.rename("a", "c") }, []string{"a", "c"}},
		{"a plugin less", func(w *watched) {
			if err := os.RemoveAll(filepath.Join(w.path, "a")); err != nil {
				w.t.Error(err)
			}
		}, []string{"a"}},
		{"touched", func(w *watched) {
			if err := os.Chtimes(filepath.Join(w.path, "a/plugin.py"), time.Now(), time.Now()); err != nil {
				w.t.Error(err)
			}
		}, nil},
		{"what lies beside the code", func(w *watched) {
			w.write("a/__pycache__/plugin.pyc", "new")
			w.write("a/__pycache__/plugin.py", "new")
			w.write("a/.git/hooks/x.py", "new")
			w.write("a/notes.txt", "new")
			w.write("a/.plugin.py.swp", "new")
			w.write("a/data.db", "new")
			w.write(".staging-x/plugin.py", "new")
			w.write("loose.py", "new")
		}, []string{"loose.py"}}, // at the top anything may be a link to a plugin
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := watchFolder(t)
			tt.do(w)
			if got := w.told(tt.want...); !slices.Equal(got, tt.want) {
				t.Errorf("told of %q, want %q", got, tt.want)
			}
		})
	}
}

// TestWatchGoesOn looks whether what came after the start is watched like what
// was there.
func TestWatchGoesOn(t *testing.T) {
	t.Parallel()
	w := watchFolder(t)
	elsewhere := t.TempDir()
	if err := os.WriteFile(filepath.Join(elsewhere, "plugin.py"), []byte("x = 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	steps := []struct {
		name string
		do   func()
		want []string
	}{
		{"a renamed plugin", func() { w.rename("a", "c") }, []string{"a", "c"}},
		{"edited", func() { w.write("c/lib/deep/part.py", "x = 2\n") }, []string{"c"}},
		{"its old name again", func() { w.write("a/plugin.py", "x = 2\n") }, []string{"a"}},
		{"both", func() {
			w.write("a/plugin.py", "x = 3\n")
			w.write("c/lib/deep/part.py", "x = 3\n")
		}, []string{"a", "c"}},
		{"a link", func() {
			if err := os.Symlink(elsewhere, filepath.Join(w.path, "linked")); err != nil {
				t.Fatal(err)
			}
		}, []string{"linked"}},
		{"edited behind the link", func() {
			if err := os.WriteFile(filepath.Join(elsewhere, "plugin.py"), []byte("x = 2\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, []string{"linked"}},
	}
	for _, step := range steps {
		step.do()
		t.Log(step.name)
		w.told(step.want...) // and now and then late of the step before
	}
}

// TestWatchLinks has plugins behind links whose targets are replaced, as builds
// and checkouts do, and looks whether what came is watched like what was there.
func TestWatchLinks(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		target string // of the link, below the folder elsewhere
		swap   [][2]string
	}{
		{"a folder in the place of another", "now", [][2]string{{"now", "old"}, {"next", "now"}}},
		{"a link that leads elsewhere", "link", [][2]string{{"link", "old"}, {"nextlink", "link"}}},
		{"a link in between", "link/sub", [][2]string{{"nextlink", "link"}}},
		{"a folder that comes", "later", [][2]string{{"next", "later"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := watchFolder(t)
			plugins, elsewhere := w.path, t.TempDir()
			w.path = elsewhere
			for _, file := range []string{"now/plugin.py", "now/sub/plugin.py", "next/plugin.py", "next/sub/plugin.py"} {
				w.write(file, "x = 1\n")
			}
			for from, to := range map[string]string{
				filepath.Join(elsewhere, "link"): "now", filepath.Join(elsewhere, "nextlink"): "next",
				filepath.Join(plugins, "linked"): filepath.Join(elsewhere, tt.target),
			} {
				if err := os.Symlink(to, from); err != nil {
					t.Fatal(err)
				}
			}
			told := func(what string) {
				t.Helper()
				w.path = plugins
				if got := w.told("linked"); !slices.Equal(got, []string{"linked"}) {
					t.Fatalf("%s: told of %q", what, got)
				}
				w.path = elsewhere
			}
			told("a link")
			for _, step := range tt.swap {
				w.rename(step[0], step[1])
			}
			told("another target")
			w.write(tt.target+"/plugin.py", "x = 2\n")
			told("an edit there")
		})
	}
}

func TestWatchGit(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip(err)
	}
	w := watchFolder(t)
	git := func(args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", append([]string{"-C", filepath.Join(w.path, "a"), "-c", "user.name=t", "-c", "user.email=t@example.org"}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %q: %v\n%s", args, err, out)
		}
	}
	git("init", "-q")
	git("add", ".")
	git("commit", "-qm", "one")
	git("checkout", "-qb", "other")
	w.write("a/plugin.py", "two")
	w.write("a/more/new.py", "two")
	git("add", ".")
	git("commit", "-qm", "two")
	w.told()
	git("checkout", "-q", "-")
	if got := w.told("a"); !slices.Equal(got, []string{"a"}) {
		t.Errorf("a checkout told of %q", got)
	}
}

func TestRefresh(t *testing.T) {
	t.Parallel()
	w := watchFolder(t)
	keys := func(folder string) string {
		t.Helper()
		found, err := w.dir.Refresh(t.Context(), folder)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, f := range found {
			all = append(all, f.Key)
		}
		return strings.Join(all, " ")
	}
	w.write("c/main.go", "package main\n")
	w.write("d/main.go", "package main\n")
	for _, step := range []struct{ folder, want string }{
		{"a", "a b marker"}, {"c", "a b c marker"}, {"../x", "a b c d marker"}, {"", "a b c d marker"},
	} {
		if got := keys(step.folder); got != step.want {
			t.Errorf("after a look at %q there are %q, want %q", step.folder, got, step.want)
		}
	}
	if err := os.RemoveAll(filepath.Join(w.path, "c")); err != nil {
		t.Fatal(err)
	}
	if got := keys("c"); got != "a b d marker" {
		t.Errorf("after a removal there are %q", got)
	}
}
