package plugindir_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/plugindir"
)

// asChild names what a process of this binary does in place of tests, and
// inDir the plugins folder it does it in.
const (
	asChild = "PLUGINDIR_TEST_CHILD"
	inDir   = "PLUGINDIR_TEST_DIR"
)

func TestMain(m *testing.M) {
	child := map[string]func(dir string) error{
		"replace": replaceForever, "come and go": comeAndGoForever, "fill a disk": fillDisk, "fill a file": fillFile,
	}[os.Getenv(asChild)]
	if child == nil {
		os.Exit(m.Run())
	}
	if err := child(os.Getenv(inDir)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// child starts this binary for something other than tests.
func child(t *testing.T, what, dir string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), asChild+"="+what, inDir+"="+dir)
	return cmd
}

// version makes a plugin whose files all hold its version.
func version(v string) (plugindir.Upload, error) {
	var t failer
	var members []member
	for _, name := range []string{"main.go", "a.go", "b/c.go", "b/d/e.txt", v + ".txt"} {
		members = append(members, member{name: "My Plugin/" + name, content: v})
	}
	u := upload(pack(&t, members...))
	u.Overwrite = true
	return u, t.err
}

// failer is a testing.TB where there is no test.
type failer struct {
	testing.TB

	err error
}

func (f *failer) Helper()           {}
func (f *failer) Fatal(args ...any) { f.err = errors.New(fmt.Sprint(args...)) }

// replaceForever replaces version one by two, two by one.
func replaceForever(dir string) error {
	d, err := plugindir.Open(dir)
	fmt.Println("ready")
	for i := 0; err == nil; i++ {
		var u plugindir.Upload
		if u, err = version([]string{"one", "two"}[i%2]); err == nil {
			_, err = d.Import(context.Background(), u)
		}
	}
	return err
}

// comeAndGoForever imports a plugin and removes it.
func comeAndGoForever(dir string) error {
	d, err := plugindir.Open(dir)
	fmt.Println("ready")
	for err == nil {
		var u plugindir.Upload
		if u, err = version("one"); err == nil {
			_, err = d.Import(context.Background(), u)
		}
		if err == nil {
			_, err = d.Remove(context.Background(), "my_plugin")
		}
	}
	return err
}

// TestKilled kills a process in the midst of imports and removals, many times.
func TestKilled(t *testing.T) {
	t.Parallel()
	for _, what := range []string{"replace", "come and go"} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, dir, map[string]string{"My Plugin/main.go": "zero", "other/main.go": "other"})
			seen := map[string]int{}
			for range 50 {
				killOne(t, child(t, what, dir))
				left := len(tree(t, dir))
				found := scan(t, open(t, dir))
				is := whole(t, dir, found)
				seen[is]++
				if is == "none" && what == "replace" {
					t.Error("the plugin is gone")
				}
				if len(tree(t, dir)) != left {
					seen["cut off"]++
				}
			}
			t.Logf("found %v", seen)
		})
	}
}

// killOne lets a child work for a random time.
func killOne(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err == nil {
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_, _ = io.Copy(io.Discard, out)
		}()
		select {
		case <-ended:
		case <-time.After(rand.N(20 * time.Millisecond)):
		}
		_ = cmd.Process.Kill()
		<-ended
	}
	_ = cmd.Wait()
	if complaint.Len() > 0 {
		t.Fatalf("the child says: %s", complaint.String())
	}
}

// whole holds that a plugins folder has the other plugin, ours in one version,
// and nothing else; it returns the version.
func whole(t *testing.T, dir string, found []plugindir.Found) string {
	t.Helper()
	is := "none"
	for name := range tree(t, dir) {
		folder, _, _ := strings.Cut(name, "/")
		data, err := os.ReadFile(filepath.Join(dir, name))
		switch {
		case strings.HasPrefix(name, "."):
			t.Errorf("%s is left", name)
		case folder == "other" || err != nil:
		case is != "none" && is != string(data):
			t.Errorf("%s holds %q where others hold %q", name, data, is)
		case is == "none":
			is = string(data)
		}
	}
	want := map[string]int{"none": 0, "zero": 1, "one": 5, "two": 5}[is]
	have := slices.DeleteFunc(names(t, dir), func(name string) bool { return name == "other/main.go" })
	if len(have) != want || len(found) != min(want, 1)+1 {
		t.Errorf("version %s is %q; Scan = %+v", is, have, found)
	}
	return is
}

// TestCutOff has what a process can leave behind at each step of an import and
// of a removal.
func TestCutOff(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		files map[string]string // a name that ends in "/" is an empty folder
		want  []string
	}{
		{"first import, unpacking", map[string]string{".staging-x/main.go": ""}, nil},
		{"unpacking", map[string]string{".staging-x/main.go": "", "P/main.go": ""}, []string{"P/main.go"}},
		{"before moving the old version", map[string]string{".staging-x/main.go": "", ".old-x/": "", "P/main.go": ""}, []string{"P/main.go"}},
		{"moving one of two", map[string]string{".staging-x/main.go": "", ".old-x/P/main.go": "", "p/main.go": ""}, []string{"P/main.go", "p/main.go"}},
		{"before moving the new version", map[string]string{".staging-x/new.go": "", ".old-x/P/main.go": ""}, []string{"P/main.go"}},
		{"after moving the new version", map[string]string{"p/new.go": "", ".old-x/P/main.go": ""}, []string{"p/new.go"}},
		{"deleting the old version", map[string]string{"p/new.go": "", ".staging-x/P/main.go": ""}, []string{"p/new.go"}},
		{"before moving a removed plugin", map[string]string{".staging-x/": "", ".old-x/": "", "P/main.go": ""}, []string{"P/main.go"}},
		{"after moving a removed plugin", map[string]string{".staging-x/": "", ".old-x/P/main.go": ""}, []string{"P/main.go"}},
		{"deleting a removed plugin", map[string]string{".staging-x/": "", ".staging-y/P/main.go": ""}, nil},
		{"moved away and nothing in its place", map[string]string{".old-x/P/main.go": ""}, []string{"P/main.go"}},
		{"several", map[string]string{".old-x/P/main.go": "", ".old-y/q/main.go": "", "q/new.go": "", ".staging-z/x": ""}, []string{"P/main.go", "q/new.go"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			d := open(t, dir)
			for name := range tt.files {
				if strings.HasSuffix(name, "/") {
					if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
						t.Fatal(err)
					}
					delete(tt.files, name)
				}
			}
			write(t, dir, tt.files)
			for _, f := range scan(t, d) {
				if strings.HasPrefix(f.Folder, ".") {
					t.Errorf("Scan takes %s for a plugin", f.Folder)
				}
			}
			for range 2 { // doing it again changes nothing
				open(t, dir)
				have := names(t, dir)
				if entries := tree(t, dir); !slices.Equal(have, tt.want) || len(entries) != 2*len(tt.want) {
					t.Errorf("Open leaves %v, want the files %q", entries, tt.want)
				}
			}
		})
	}
}

// TestDiskFull has a disk that fills up while an archive is unpacked, where the
// user may mount one, and a file that may not grow, which is the same to
// Import and can be had everywhere.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	for _, what := range []string{"fill a file", "fill a disk"} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			cmd := child(t, what, t.TempDir())
			if what == "fill a disk" {
				cmd.SysProcAttr = &syscall.SysProcAttr{
					Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
					UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
					GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
				}
			}
			out, err := cmd.CombinedOutput()
			if errors.Is(err, syscall.EPERM) || bytes.Contains(out, []byte("cannot mount")) {
				t.Skipf("this user may not mount a small disk: %v %s", err, out)
			}
			if err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}

func fillDisk(dir string) error {
	if err := syscall.Mount("none", dir, "tmpfs", 0, "size=256k"); err != nil {
		return fmt.Errorf("cannot mount: %w", err)
	}
	return fill(dir, syscall.ENOSPC)
}

func fillFile(dir string) error {
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 100_000, Max: 100_000}); err != nil {
		return err
	}
	return fill(dir, syscall.EFBIG)
}

// fill imports a plugin that is too large, over one that is not.
func fill(dir string, cause error) error {
	var t failer
	write(&t, dir, map[string]string{"p/main.go": "old", "p/x.go": "old"})
	d := open(&t, dir)
	before, err := listing(dir)
	u := upload(pack(&t, member{name: "p/main.go", content: "new"}, stored("p/zeros", 1<<20)))
	if err = errors.Join(t.err, err); err != nil {
		return err
	}
	u.Overwrite = true
	_, err = d.Import(context.Background(), u)
	var refused *plugindir.ImportError
	if !errors.As(err, &refused) || refused.Code != plugindir.CodeNoSpace || !errors.Is(err, cause) {
		return fmt.Errorf("Import = %w, want the code %s", err, plugindir.CodeNoSpace)
	}
	after, err := listing(dir)
	if err == nil && !maps.Equal(before, after) {
		err = fmt.Errorf("the plugins folder changed from %v to %v", before, after)
	}
	return err
}
