package plugindir_test

import (
	"errors"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/plugindir"
)

// FuzzImport takes any bytes for an archive. What is outside of the plugin's
// folder never changes, what is in it only when the plugin came in; and then
// Scan finds it, without a fault.
func FuzzImport(f *testing.F) {
	f.Add([]byte{}, "")
	f.Add(named(f, "p/plugin.py", "p/a/b.txt", "logo.png"), "x.zip")
	f.Add(named(f, "main.go", `a\b`, "./c", "d/"), "x.zip")
	f.Add(named(f, "../p/plugin.py", "/etc/x", `C:\x`), "..")
	f.Add(named(f, "p/plugin.py", "P/plugin.py", "p/plugin.py/x"), "")
	f.Add(pack(f, member{name: "p/plugin.json", content: `{"executable":"x"}`}, stored("p/x", 50)), "")
	f.Fuzz(func(t *testing.T, archive []byte, name string) {
		base := t.TempDir()
		dir := filepath.Join(base, "plugins")
		write(t, base, map[string]string{"outside": "x", "plugins/p/plugin.py": "old", "plugins/q/main.go": "q"})
		d := open(t, dir)
		before := tree(t, base)
		u := upload(archive)
		u.Name, u.Overwrite, u.Limits = name, true, plugindir.Limits{Files: 20, File: 1 << 16, Total: 1 << 17}
		got, err := d.Import(t.Context(), u)
		after := tree(t, base)
		if err != nil {
			var refused *plugindir.ImportError
			if !errors.As(err, &refused) || refused.Message == "" || refused.Code == "" {
				t.Errorf("Import = %v", err)
			}
			if !maps.Equal(before, after) {
				t.Errorf("Import = %v, and files changed from %v to %v", err, before, after)
			}
			return
		}
		found := scan(t, d)
		var listed bool
		for _, one := range found {
			listed = listed || one.Key == got.Key && one.Folder == got.Folder && one.Fault == ""
		}
		if !listed || strings.ContainsAny(got.Key, "./-") {
			t.Errorf("Import = %+v, Scan = %+v", got, found)
		}
		own := func(name, what string) bool {
			in, inside := strings.CutPrefix(name+"/", "plugins/"+got.Folder+"/")
			if inside && in != "" && what[0] != 'd' && what[0] != '-' {
				t.Errorf("%s is %s", name, what)
			}
			return inside
		}
		maps.DeleteFunc(before, own)
		maps.DeleteFunc(after, own)
		if !maps.Equal(before, after) {
			t.Errorf("outside of %s files changed from %v to %v", got.Folder, before, after)
		}
	})
}
