package plugindir_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/pluggarr/pluggarr/host/plugindir"
)

// TestOverwrite has what is in the new plugin's place already.
func TestOverwrite(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		had       map[string]string
		overwrite bool
		replaced  bool
		code      string // "" when it comes in
	}{
		{"a plugin", map[string]string{"my_plugin/plugin.py": "", "my_plugin/old.py": ""}, false, false, plugindir.CodeExists},
		{"a plugin, overwritten", map[string]string{"my_plugin/plugin.py": "", "my_plugin/old.py": ""}, true, true, ""},
		{"another spelling", map[string]string{"My Plugin/main.go": ""}, false, false, plugindir.CodeExists},
		{"another spelling, overwritten", map[string]string{"My Plugin/main.go": ""}, true, true, ""},
		{"two spellings, overwritten", map[string]string{"My Plugin/main.go": "", "MY_plugin/plugin.py": ""}, true, true, ""},
		{"a folder that is no plugin", map[string]string{"my_plugin/data.txt": ""}, false, false, ""},
		{"a file", map[string]string{"my_plugin": ""}, true, false, plugindir.CodeReplace},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, dir, tt.had)
			write(t, dir, map[string]string{"other/main.go": "", "my-plugin/main.go": ""})
			before := tree(t, dir)
			u := upload(named(t, "My Plugin/main.go", "My Plugin/new.go"))
			u.Overwrite = tt.overwrite
			got, err := open(t, dir).Import(t.Context(), u)
			if tt.code != "" {
				if refused := refusal(t, err); refused.Code != tt.code {
					t.Errorf("Import = %v, want the code %s", err, tt.code)
				}
				if after := tree(t, dir); !maps.Equal(before, after) {
					t.Errorf("the plugins folder changed from %v to %v", before, after)
				}
				return
			}
			if err != nil || got.Replaced != tt.replaced {
				t.Errorf("Import = %+v, %v, want Replaced %v", got, err, tt.replaced)
			}
			want := []string{"my-plugin/main.go", "my_plugin/main.go", "my_plugin/new.go", "other/main.go"}
			if have := names(t, dir); !slices.Equal(have, want) {
				t.Errorf("the plugins folder holds %q, want %q", have, want)
			}
		})
	}
}

// TestOverwriteLink has a plugin folder that is a link: the link goes, what it
// leads to stays.
func TestOverwriteLink(t *testing.T) {
	t.Parallel()
	dir, elsewhere := t.TempDir(), t.TempDir()
	write(t, elsewhere, map[string]string{"main.go": "mine"})
	if err := os.Symlink(elsewhere, filepath.Join(dir, "p")); err != nil {
		t.Fatal(err)
	}
	u := upload(named(t, "p/main.go"))
	u.Overwrite = true
	got, err := open(t, dir).Import(t.Context(), u)
	if err != nil || !got.Replaced {
		t.Fatalf("Import = %+v, %v", got, err)
	}
	mine, _ := os.ReadFile(filepath.Join(elsewhere, "main.go"))
	info, err := os.Lstat(filepath.Join(dir, "p"))
	if string(mine) != "mine" || err != nil || !info.IsDir() {
		t.Errorf("what the link led to holds %q; the plugin's folder is %v, %v", mine, info, err)
	}
}

// TestNewCode has an update of the same size at the same time: Scan must not
// take it for the old one.
func TestNewCode(t *testing.T) {
	t.Parallel()
	d := open(t, t.TempDir())
	hashes := map[string]bool{}
	for _, content := range []string{"one", "two"} {
		u := upload(pack(t, member{name: "p/main.go", content: content}))
		u.Overwrite = true
		if _, err := d.Import(t.Context(), u); err != nil {
			t.Fatal(err)
		}
		hashes[scan(t, d)[0].Hash] = true
	}
	if len(hashes) != 2 {
		t.Error("two versions have one hash")
	}
}

// TestImportsAtOnce has many imports of one key: one comes in, the others hear
// that it exists, and no Scan sees half of it.
func TestImportsAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := open(t, dir)
	archive := named(t, "p/main.go", "p/a.go", "p/b/c.go")
	results := make(chan error)
	for range 8 {
		go func() {
			_, err := d.Import(context.WithoutCancel(t.Context()), upload(archive))
			results <- err
		}()
	}
	var came int
	for range 8 {
		if found := scan(t, d); len(found) > 1 {
			t.Errorf("Scan = %+v", found)
		}
		if err := <-results; err == nil {
			came++
		} else if refused := refusal(t, err); refused.Code != plugindir.CodeExists {
			t.Error(err)
		}
	}
	if have := names(t, dir); came != 1 || len(have) != 3 {
		t.Errorf("%d imports came in and left %q", came, have)
	}
}
