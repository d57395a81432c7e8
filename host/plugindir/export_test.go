package plugindir_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/plugindir"
)

func export(t testing.TB, d *plugindir.Dir, key string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := d.Export(t.Context(), key, &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestExport holds what is in an export, and that importing it gives the same
// plugin.
func TestExport(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	plugin := filepath.Join(dir, "My Plugin")
	write(t, dir, map[string]string{
		"My Plugin/main.go": "package main", "My Plugin/plugin.json": `{"executable":"bin/p"}`, "My Plugin/bin/p!": "program",
		"My Plugin/sub/deep/data.txt": "data", "My Plugin/sub/empty.txt": "", "My Plugin/logo.png": "logo",
		"My Plugin/__pycache__/x.pyc": "x", "My Plugin/sub/__pycache__/x.pyc": "x", "My Plugin/.git/config": "x", "My Plugin/.github/x": "x",
		"secret.txt": "secret", "other/main.go": "",
	})
	for name, to := range map[string]string{"out": "../secret.txt", "away": "/etc/passwd", "in": "sub/deep/data.txt", "folder": "sub", "nowhere": "gone"} {
		if err := os.Symlink(to, filepath.Join(plugin, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(plugin, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(plugin, "sub", "nothing"), 0o700); err != nil {
		t.Fatal(err)
	}
	written := time.Date(2021, 2, 3, 4, 5, 6, 0, time.UTC)
	if err := os.Chtimes(filepath.Join(plugin, "main.go"), written, written); err != nil {
		t.Fatal(err)
	}
	d := open(t, dir)
	archive := export(t, d, "my_plugin")
	if again := export(t, d, "My Plugin"); !bytes.Equal(archive, again) {
		t.Error("a second export is not the same bytes")
	}

	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, f := range r.File {
		have = append(have, f.Name)
		if f.Name == "My Plugin/main.go" && !f.Modified.Equal(written) {
			t.Errorf("main.go is of %v, want %v", f.Modified, written)
		}
	}
	want := []string{
		"My Plugin/", "My Plugin/.github/", "My Plugin/.github/x", "My Plugin/bin/", "My Plugin/bin/p", "My Plugin/in", "My Plugin/logo.png",
		"My Plugin/main.go", "My Plugin/plugin.json", "My Plugin/sub/", "My Plugin/sub/deep/", "My Plugin/sub/deep/data.txt",
		"My Plugin/sub/empty.txt", "My Plugin/sub/nothing/",
	}
	if !slices.Equal(have, want) {
		t.Errorf("the archive holds %q, want %q", have, want)
	}

	second := t.TempDir()
	there := open(t, second)
	if _, err := there.Import(t.Context(), upload(archive)); err != nil {
		t.Fatal(err)
	}
	old, copied := scan(t, d)[0], scan(t, there)[0]
	if copied.Key != old.Key || copied.Hash != old.Hash || copied.Runtime != old.Runtime || copied.Logo != old.Logo {
		t.Errorf("the imported export is %+v, want %+v", copied, old)
	}
	u := upload(export(t, there, "my_plugin"))
	third := t.TempDir()
	if _, err := open(t, third).Import(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	if a, b := tree(t, second), tree(t, third); !maps.Equal(a, b) {
		t.Errorf("the export's import's export is %v, want %v", b, a)
	}
}

func TestExportUnknown(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, map[string]string{"folder/readme.md": "", "file": ""})
	for _, key := range []string{"", ".", "..", "folder", "file", "gone", "../" + filepath.Base(dir)} {
		var b bytes.Buffer
		if err := open(t, dir).Export(t.Context(), key, &b); !errors.Is(err, plugindir.ErrNotFound) || b.Len() > 0 {
			t.Errorf("Export(%q) = %v and %d bytes, want %v and none", key, err, b.Len(), plugindir.ErrNotFound)
		}
	}
}

// TestExportWhile has things happen while an export is under way.
func TestExportWhile(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		do   func(d *plugindir.Dir, cancel func()) error
	}{
		{"cancelled", func(_ *plugindir.Dir, cancel func()) error { cancel(); return nil }},
		{"removed", func(d *plugindir.Dir, _ func()) error {
			_, err := d.Remove(context.Background(), "p")
			return err
		}},
		{"not written", func(*plugindir.Dir, func()) error { return io.ErrClosedPipe }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			noise := make([]byte, 4<<20)
			for i := range noise {
				noise[i] = byte(i * i >> 7) // does not deflate to one buffer
			}
			write(t, dir, map[string]string{"p/main.go": "", "p/a": string(noise), "p/z": "z"})
			d := open(t, dir)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			err := d.Export(ctx, "p", writer(func() error { return tt.do(d, cancel) }))
			if err == nil {
				t.Error("Export succeeds")
			}
		})
	}
}

// writer calls itself with each write.
type writer func() error

func (w writer) Write(p []byte) (int, error) { return len(p), w() }

func TestRemove(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		key  string
		want bool
		gone []string
	}{
		{"by its folder's name", "plain", true, []string{"plain"}},
		{"by its key", "my_plugin", true, []string{"My Plugin"}},
		{"spelled otherwise", "MY Plugin", true, []string{"My Plugin"}},
		{"in two folders", "twice", true, []string{"TWICE", "twice"}},
		{"a link", "linked", true, []string{"linked"}},
		{"a folder that is no plugin", "data", false, nil},
		{"a file", "file", false, nil},
		{"unknown", "gone", false, nil},
		{"nothing", "", false, nil},
		{"the plugins folder", ".", false, nil},
		{"above it", "..", false, nil},
		{"a path", "plain/sub", false, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			base := t.TempDir()
			write(t, base, map[string]string{
				"elsewhere/main.go": "", "plugins/plain/main.go": "", "plugins/plain/sub/x.go": "", "plugins/My Plugin/plugin.py": "",
				"plugins/TWICE/main.go": "", "plugins/twice/main.go": "", "plugins/data/x.txt": "", "plugins/file": "",
			})
			dir := filepath.Join(base, "plugins")
			if err := os.Symlink("../elsewhere", filepath.Join(dir, "linked")); err != nil {
				t.Fatal(err)
			}
			want := tree(t, base)
			for _, folder := range tt.gone {
				maps.DeleteFunc(want, func(name, _ string) bool {
					rel, err := filepath.Rel("plugins/"+folder, name)
					return err == nil && filepath.IsLocal(rel)
				})
			}
			got, err := open(t, dir).Remove(t.Context(), tt.key)
			if err != nil || got != tt.want {
				t.Errorf("Remove = %v, %v, want %v", got, err, tt.want)
			}
			if have := tree(t, base); !maps.Equal(have, want) {
				t.Errorf("left are %v, want %v", have, want)
			}
		})
	}
}
