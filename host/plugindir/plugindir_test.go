package plugindir_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/plugindir"
)

// write makes files below dir; a name that ends in "!" is executable, without
// the mark.
func write(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		mode := os.FileMode(0o644)
		if plain, ok := strings.CutSuffix(name, "!"); ok {
			name, mode = plain, 0o755
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
	}
}

func open(t testing.TB, dir string) *plugindir.Dir {
	t.Helper()
	d, err := plugindir.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func scan(t testing.TB, d *plugindir.Dir) []plugindir.Found {
	t.Helper()
	found, err := d.Scan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestScan(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		files map[string]string
		want  []string // key runtime fault-or-warning, "~" for a part of a text
	}{
		{"nothing", nil, nil},
		{"the kinds", map[string]string{
			"a/main.go": "", "b/plugin.py": "", "c/__init__.py": "", "d/readme.txt": "", "e/sub/plugin.py": "", "loose.py": "",
		}, []string{"a go", "b python", "c python"}},
		{"keys", map[string]string{"My Plugin-1.2/main.go": "", ".hidden/plugin.py": ""}, []string{".hidden python", "my_plugin-1.2 go"}},
		{"both kinds", map[string]string{"x/main.go": "", "x/plugin.py": ""}, []string{`x  ~"runtime": "go" or "python"`}},
		{"both, decided", map[string]string{"x/main.go": "", "x/plugin.py": "", "x/plugin.json": `{"runtime":"python"}`}, []string{"x python"}},
		{"decided wrongly", map[string]string{"x/main.go": "", "x/plugin.json": `{"runtime":"python"}`}, []string{"x  ~no such code"}},
		{"unknown runtime", map[string]string{"x/main.go": "", "x/plugin.json": `{"runtime":"perl"}`}, []string{"x  ~no such code"}},
		{"executable", map[string]string{"x/bin/x!": "", "x/plugin.json": `{"executable":"bin/x"}`}, []string{"x executable"}},
		{"executable outside", map[string]string{"x/plugin.json": `{"executable":"../x"}`}, []string{"x  ~not inside the folder"}},
		{"executable missing", map[string]string{"x/plugin.json": `{"executable":"x"}`}, []string{"x  ~go build -o x"}},
		{"executable without its bit", map[string]string{"x/x": "", "x/plugin.json": `{"executable":"x"}`}, []string{"x  ~go build -o x"}},
		{"manifest that is none", map[string]string{"x/plugin.py": "", "x/plugin.json": `[]`}, []string{"x python ~plugin.json is not used"}},
		{"one key twice", map[string]string{"A/main.go": "", "a/plugin.py": ""}, []string{`a python ~"A" has the same key`}},
		{"reserved", map[string]string{"Reload/main.go": "", "runs/main.go": ""}, []string{"reload go ~word of the API", "runs go ~word of the API"}},
		{"long", map[string]string{strings.Repeat("k", 129) + "/main.go": ""}, []string{strings.Repeat("k", 129) + " go ~longer than 128"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, dir, tt.files)
			found := scan(t, open(t, dir))
			if len(found) != len(tt.want) {
				t.Fatalf("Scan found %d plugins, want %d: %+v", len(found), len(tt.want), found)
			}
			for i, f := range found {
				got := fmt.Sprintf("%s %s", f.Key, f.Runtime)
				want, part, _ := strings.Cut(tt.want[i], " ~")
				if said := f.Fault + strings.Join(f.Warnings, "; "); got != want || !strings.Contains(said, part) || (part == "") != (said == "") {
					t.Errorf("plugin %d = %q saying %q, want %q saying %q", i, got, said, want, part)
				}
				if f.Hash == "" || f.Dir != filepath.Join(dir, f.Folder) {
					t.Errorf("plugin %d has hash %q and folder %q", i, f.Hash, f.Dir)
				}
			}
		})
	}
}

func TestHash(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		change  func(t *testing.T, dir string)
		changes bool
	}{
		{"nothing", func(*testing.T, string) {}, false},
		{"touched", func(t *testing.T, dir string) {
			now := time.Now().Add(time.Hour)
			if err := os.Chtimes(filepath.Join(dir, "p", "main.go"), now, now); err != nil {
				t.Fatal(err)
			}
		}, false},
		{"the same written again", func(t *testing.T, dir string) { write(t, dir, map[string]string{"p/main.go": "one"}) }, false},
		{"other text of one length", func(t *testing.T, dir string) { write(t, dir, map[string]string{"p/main.go": "two"}) }, true},
		{"a file more", func(t *testing.T, dir string) { write(t, dir, map[string]string{"p/sub/x.go": ""}) }, true},
		{"a manifest more", func(t *testing.T, dir string) { write(t, dir, map[string]string{"p/plugin.json": "{}"}) }, true},
		{"data", func(t *testing.T, dir string) { write(t, dir, map[string]string{"p/state.json": "{}", "p/x.log": "x"}) }, false},
		{"a cache", func(t *testing.T, dir string) {
			write(t, dir, map[string]string{"p/__pycache__/x.py": "", "p/.git/x.go": ""})
		}, false},
		{"a renamed file", func(t *testing.T, dir string) {
			if err := os.Rename(filepath.Join(dir, "p", "b.go"), filepath.Join(dir, "p", "c.go")); err != nil {
				t.Fatal(err)
			}
		}, true},
		{"a dangling link", func(t *testing.T, dir string) {
			if err := os.Symlink("nowhere", filepath.Join(dir, "p", "x.go")); err != nil {
				t.Fatal(err)
			}
		}, false},
	}
	for _, tt := range tests {
		for _, old := range []bool{false, true} { // time stamps of old files are believed
			t.Run(fmt.Sprintf("%s, old: %v", tt.name, old), func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				write(t, dir, map[string]string{"p/main.go": "one", "p/b.go": "b", "p/inner/c.go": "c"})
				if old {
					age(t, dir)
				}
				d := open(t, dir)
				before := scan(t, d)[0].Hash
				tt.change(t, dir)
				after := scan(t, d)[0].Hash
				if (after != before) != tt.changes {
					t.Errorf("hash changed: %v, want %v", after != before, tt.changes)
				}
				if again := scan(t, open(t, dir))[0].Hash; again != after {
					t.Error("another look at the same files gives another hash")
				}
			})
		}
	}
}

// age makes all below dir an hour old.
func age(t testing.TB, dir string) {
	t.Helper()
	past := time.Now().Add(-time.Hour)
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chtimes(path, past, past)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestOldFolders changes, in folders that have been as they are for long, what
// is no code.
func TestOldFolders(t *testing.T) {
	t.Parallel()
	dir, first, second := t.TempDir(), t.TempDir(), t.TempDir()
	write(t, dir, map[string]string{"p/main.go": "one"})
	write(t, first, map[string]string{"main.go": "one"})
	write(t, second, map[string]string{"main.go": "two"})
	if err := os.Symlink(first, filepath.Join(dir, "linked")); err != nil {
		t.Fatal(err)
	}
	for _, of := range []string{dir, first, second} {
		age(t, of)
	}
	d := open(t, dir)
	before := scan(t, d)
	if again := scan(t, d); again[0].Hash != before[0].Hash || again[1].Hash != before[1].Hash {
		t.Errorf("what has not changed is %+v, and was %+v", again, before)
	}
	write(t, dir, map[string]string{"p/logo.png": "", "new/main.go": ""})
	err := os.Remove(filepath.Join(dir, "linked"))
	if err == nil {
		err = os.Symlink(second, filepath.Join(dir, "linked"))
	}
	if err != nil {
		t.Fatal(err)
	}
	after := scan(t, d)
	if len(after) != 3 || !after[2].Logo || after[0].Hash == before[0].Hash {
		t.Errorf("a new folder, a logo and a link that leads elsewhere: %+v", after)
	}
	if err := os.RemoveAll(filepath.Join(dir, "p")); err != nil {
		t.Fatal(err)
	}
	if after = scan(t, d); len(after) != 2 {
		t.Errorf("a folder that has gone is listed: %+v", after)
	}
}

// TestLinked has a plugin folder that is a link, as people use while they
// write a plugin elsewhere.
func TestLinked(t *testing.T) {
	t.Parallel()
	dir, elsewhere := t.TempDir(), t.TempDir()
	write(t, elsewhere, map[string]string{"main.go": "one"})
	if err := os.Symlink(elsewhere, filepath.Join(dir, "linked")); err != nil {
		t.Fatal(err)
	}
	d := open(t, dir)
	before := scan(t, d)
	write(t, elsewhere, map[string]string{"main.go": "two"})
	after := scan(t, d)
	if len(before) != 1 || len(after) != 1 || before[0].Hash == after[0].Hash {
		t.Errorf("a change behind the link was not seen: %+v, %+v", before, after)
	}
}

func TestExecutableCounts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, map[string]string{"p/plugin.json": `{"executable":"run"}`, "p/run!": "one"})
	d := open(t, dir)
	before := scan(t, d)[0].Hash
	write(t, dir, map[string]string{"p/run!": "two"})
	if scan(t, d)[0].Hash == before {
		t.Error("a new program has the old hash")
	}
}

// BenchmarkScan1000 is the first look at a thousand plugins, and a later one.
func BenchmarkScan1000(b *testing.B) {
	dir := b.TempDir()
	for i := range 1000 {
		write(b, dir, map[string]string{fmt.Sprintf("plugin%d/main.go", i): "package main", fmt.Sprintf("plugin%d/plugin.json", i): "{}"})
	}
	age(b, dir)
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			if found := scan(b, open(b, dir)); len(found) != 1000 {
				b.Fatal(len(found))
			}
		}
	})
	b.Run("again", func(b *testing.B) {
		d := open(b, dir)
		scan(b, d)
		for b.Loop() {
			scan(b, d)
		}
	})
}
