package plugindir_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/plugindir"
)

// member is one entry of an archive: a name, or a header when more counts.
type member struct {
	name    string
	content string
	header  *zip.FileHeader
}

// pack makes an archive.
func pack(t testing.TB, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range members {
		h := m.header
		if h == nil {
			h = &zip.FileHeader{Method: zip.Deflate}
		}
		if h.Name == "" {
			h.Name = m.name
		}
		e, err := w.CreateHeader(h)
		if err == nil && m.content != "" {
			_, err = io.WriteString(e, m.content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// named makes an archive of files that hold their own names.
func named(t testing.TB, names ...string) []byte {
	t.Helper()
	members := make([]member, len(names))
	for i, name := range names {
		members[i] = member{name: name, content: strings.TrimSuffix(name, "/")}
		if strings.HasSuffix(name, "/") {
			members[i].content = ""
		}
	}
	return pack(t, members...)
}

// stored makes a file that takes as much room in the archive as on disk.
func stored(name string, size int) member {
	return member{header: &zip.FileHeader{Name: name, Method: zip.Store}, content: strings.Repeat("0", size)}
}

// upload makes an archive an upload called upload.zip.
func upload(archive []byte) plugindir.Upload {
	return plugindir.Upload{File: bytes.NewReader(archive), Size: int64(len(archive)), Name: "upload.zip"}
}

func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	all, err := listing(dir)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// listing lists all below dir: names, modes, where links lead, hashes of
// contents.
func listing(dir string) (map[string]string, error) {
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		what := info.Mode().String()
		switch {
		case info.Mode().IsRegular():
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			sum := sha256.Sum256(data)
			what += " " + hex.EncodeToString(sum[:8])
		case info.Mode()&fs.ModeSymlink != 0:
			to, _ := os.Readlink(path)
			what += " " + to
		}
		all[filepath.ToSlash(name)] = what
		return nil
	})
	return all, err
}

// names lists the files below dir, sorted; "!" marks what may be run.
func names(t testing.TB, dir string) []string {
	t.Helper()
	var all []string
	for name, what := range tree(t, dir) {
		if what[0] != 'd' {
			if strings.HasPrefix(what, "-rwx") {
				name += "!"
			}
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

func refusal(t testing.TB, err error) *plugindir.ImportError {
	t.Helper()
	var refused *plugindir.ImportError
	if !errors.As(err, &refused) {
		t.Fatalf("Import = %v, want an *ImportError", err)
	}
	return refused
}

// TestImport holds which folder of an archive becomes the plugin, and what its
// key is.
func TestImport(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		upload string
		files  string // of the archive
		want   string // of the plugins folder
	}{
		{"Python", "", "p/plugin.py p/a/b.txt", "p/plugin.py p/a/b.txt"},
		{"package", "", "p/__init__.py", "p/__init__.py"},
		{"pictures in two spellings", "", "p/plugin.py p/x/A.svg p/x/a.svg", "p/plugin.py p/x/A.svg p/x/a.svg"},
		{"Go", "", "p/main.go p/vendor/modules.txt", "p/main.go p/vendor/modules.txt"},
		{"empty folder", "", "p/main.go p/e/", "p/main.go"},
		{"the rest is left out", "", "p/main.go readme.md q/x.go", "p/main.go"},
		{"all of the root is taken", "my.zip", "main.go q/main.go", "my/main.go my/q/main.go"},
		{"root before first level", "my.zip", "a/plugin.py plugin.py", "my/a/plugin.py my/plugin.py"},
		{"first level with a main file before root without", "my.zip", "a/plugin.py __init__.py", "a/plugin.py"},
		{"deep plugin.py before shallow package", "", "p/__init__.py p/x/y/plugin.py", "y/plugin.py"},
		{"deep main.go before shallow package", "", "p/__init__.py p/x/y/main.go", "y/main.go"},
		{"near before deep", "", "a/b/plugin.py c/plugin.py", "c/plugin.py"},
		{"alphabet", "", "b/main.go a/plugin.py", "a/plugin.py"},
		{"GitHub's archive", "", "repo-main/ repo-main/README.md repo-main/src/My-Plugin/main.go", "my_plugin/main.go"},
		{"key from a folder", "", "Foo-Bar/plugin.py", "foo_bar/plugin.py"},
		{"key from an upload", "My Cool-Plugin v1.2.zip", "plugin.py", "my_cool_plugin_v1_2/plugin.py"},
		{"key from a path", `C:\fake\..\X.zip`, "plugin.py", "x/plugin.py"},
		{"key from a dot file", ".zip", "plugin.py", "zip/plugin.py"},
		{"key from nothing", "", "plugin.py", "plugin/plugin.py"},
		{"key from no letter", "", "ÄÖ-/plugin.py", "plugin/plugin.py"},
		{"key from a bad edge", "", "_.x._/plugin.py", "x/plugin.py"},
		{"key of 128", "", strings.Repeat("k", 128) + "/plugin.py", strings.Repeat("k", 128) + "/plugin.py"},
		{"backslashes", "", `p\plugin.py p\sub\ p\sub\x.py`, "p/plugin.py p/sub/x.py"},
		{"dots that stay inside", "", "./p/plugin.py p/../p/x.py", "p/plugin.py p/x.py"},
		{"the root by other names", "", "./ p/plugin.py p/../", "p/plugin.py"},
		{"names that are not UTF-8", "", "p/plugin.py p/caf\x82.txt", "p/plugin.py p/café.txt"},
		{"logo from elsewhere", "", "p/main.go LOGO.png a/logo.png", "p/main.go p/logo.png=LOGO.png"},
		{"logo from inside", "", "p/main.go logo.png p/x/Logo.png", "p/main.go p/logo.png=p/x/Logo.png p/x/Logo.png"},
		{"logo of another case", "", "p/main.go p/LOGO.PNG p/x/logo.png", "p/main.go p/logo.png=p/LOGO.PNG p/x/logo.png"},
		{"logo in its place", "", "p/main.go p/logo.png p/a/logo.png", "p/main.go p/logo.png p/a/logo.png"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			d := open(t, dir)
			u := upload(named(t, strings.Split(tt.files, " ")...))
			u.Name = tt.upload
			got, err := d.Import(t.Context(), u)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for name := range strings.SplitSeq(tt.want, " ") {
				name, content, logo := strings.Cut(name, "=")
				want = append(want, name)
				data, err := os.ReadFile(filepath.Join(dir, name))
				if logo && (err != nil || string(data) != content) {
					t.Errorf("%s holds %q, %v, want %q", name, data, err, content)
				}
			}
			slices.Sort(want)
			if have := names(t, dir); !slices.Equal(have, want) {
				t.Errorf("the plugins folder holds %q, want %q", have, want)
			}
			found := scan(t, d)
			if len(found) != 1 || found[0].Fault != "" || found[0].Key != got.Key || found[0].Folder != got.Folder || got.Replaced || got.Files != len(want) {
				t.Errorf("Import = %+v, Scan = %+v", got, found)
			}
		})
	}
}

// TestImportModes has an archive that wants more of its files than that they
// are read.
func TestImportModes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	header := func(name string, mode fs.FileMode) *zip.FileHeader {
		h := &zip.FileHeader{Name: name}
		h.SetMode(mode)
		return h
	}
	archive := pack(t,
		member{header: header("p/plugin.json", 0o777), content: `{"executable": "./bin/p"}`},
		member{header: header("p/bin/p", 0o600), content: "program"},
		member{header: header("p/tool", fs.ModeSetuid|fs.ModeSetgid|0o755), content: "x"},
		member{header: header("p/secret", 0), content: "x"},
	)
	if _, err := open(t, dir).Import(t.Context(), upload(archive)); err != nil {
		t.Fatal(err)
	}
	if got, want := names(t, dir), []string{"p/bin/p!", "p/plugin.json", "p/secret", "p/tool"}; !slices.Equal(got, want) {
		t.Errorf("the plugins folder holds %q, want %q", got, want)
	}
	for name, what := range tree(t, dir) {
		if mode := what[:10]; !slices.Contains([]string{"drwxr-xr-x", "-rw-r--r--", "-rwxr-xr-x"}, mode) {
			t.Errorf("%s has mode %s", name, mode)
		}
	}
	if found := scan(t, open(t, dir)); len(found) != 1 || found[0].Runtime != plugindir.RuntimeExecutable {
		t.Errorf("Scan = %+v", found)
	}
}

// TestImportCancelled has a request that ends while its archive is unpacked.
func TestImportCancelled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := open(t, dir)
	ctx, cancel := context.WithCancel(t.Context())
	archive := pack(t, member{name: "p/main.go"}, stored("p/zeros", 1<<20))
	u := upload(archive)
	u.File = &tripwire{ReaderAt: u.File, trip: cancel}
	_, err := d.Import(ctx, u)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Import = %v, want %v", err, context.Canceled)
	}
	if left := tree(t, dir); len(left) != 0 {
		t.Errorf("the plugins folder holds %v", left)
	}
}

// tripwire is an upload that calls trip when it is read from its beginning,
// which is when its first entry is inflated.
type tripwire struct {
	io.ReaderAt
	trip func()
}

func (w *tripwire) ReadAt(p []byte, off int64) (int, error) {
	if off == 0 {
		w.trip()
	}
	return w.ReaderAt.ReadAt(p, off)
}

// TestUploadUnreadable has an upload that cannot be read: that is not the
// archive's fault.
func TestUploadUnreadable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	broken := errors.New("the disk is broken")
	archive := pack(t, member{name: "p/main.go"}, stored("p/zeros", 1<<20))
	for _, from := range []int64{0, int64(len(archive))} {
		u := upload(archive)
		u.File = failing{u.File, from, broken}
		_, err := open(t, dir).Import(t.Context(), u)
		var refused *plugindir.ImportError
		if !errors.Is(err, broken) || errors.As(err, &refused) {
			t.Errorf("Import = %v, want %v and no *ImportError", err, broken)
		}
	}
	if left := tree(t, dir); len(left) != 0 {
		t.Errorf("the plugins folder holds %v", left)
	}
}

// failing is an upload that cannot be read at off 0, or before until.
type failing struct {
	io.ReaderAt
	until int64
	err   error
}

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off <= f.until {
		return 0, fmt.Errorf("read at %d: %w", off, f.err)
	}
	return f.ReaderAt.ReadAt(p, off)
}

// BenchmarkImport2000 is the largest number of files that is taken.
func BenchmarkImport2000(b *testing.B) {
	list := []string{"p/main.go"}
	for i := range 1999 {
		list = append(list, fmt.Sprintf("p/d%d/f%d.go", i%20, i))
	}
	u := upload(named(b, list...))
	u.Overwrite = true
	d := open(b, b.TempDir())
	for b.Loop() {
		if _, err := d.Import(b.Context(), u); err != nil {
			b.Fatal(err)
		}
	}
}
