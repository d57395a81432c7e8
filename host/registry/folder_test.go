package registry_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/registry"
)

// upload is a zip archive of one file.
func upload(t *testing.T, name, text string, overwrite bool) plugindir.Upload {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	if err == nil {
		_, err = w.Write([]byte(text))
	}
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return plugindir.Upload{File: bytes.NewReader(b.Bytes()), Size: int64(b.Len()), Name: "upload.zip", Overwrite: overwrite}
}

func TestImportAndDelete(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{})
	imported, err := b.Import(t.Context(), upload(t, "p/main.go", source("one", "", "", ""), false))
	if err != nil || imported.Key != "p" || imported.Replaced {
		t.Fatalf("Import = %+v, %v", imported, err)
	}
	if e := b.entry("p"); e.Enabled || e.State != registry.Disabled {
		t.Errorf("an imported plugin is %s", e.State)
	}
	b.enable("p")
	if _, err := b.SaveSettings(t.Context(), "p", json.RawMessage(`{"limit":9}`)); err != nil {
		t.Fatal(err)
	}
	b.want("p", "say", `{"status":"ok","message":"one","limit":9}`)
	var refused *plugindir.ImportError
	if _, err := b.Import(t.Context(), upload(t, "p/main.go", source("two", "", "", ""), false)); !errors.As(err, &refused) {
		t.Errorf("Import of what is there: %v", err)
	}
	imported, err = b.Import(t.Context(), upload(t, "p/main.go", source("two", "", "", ""), true))
	if err != nil || !imported.Replaced {
		t.Fatalf("Import over it = %+v, %v", imported, err)
	}
	b.want("p", "say", `{"status":"ok","message":"two","limit":9}`)
	var exported bytes.Buffer
	if err := b.Export(t.Context(), "p", &exported); err != nil || exported.Len() == 0 {
		t.Errorf("Export wrote %d bytes, %v", exported.Len(), err)
	}
	for range 2 { // the second time there is nothing left to delete
		if err := b.Delete(t.Context(), "p"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.Entry(t.Context(), "p"); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("Entry of a deleted plugin: %v", err)
	}
	if _, err := os.Stat(filepath.Join(b.dir, "p")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its folder: %v", err)
	}
	if err := b.Export(t.Context(), "p", &exported); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("Export of a deleted plugin: %v", err)
	}
	b.write("p/main.go", source("three", "", "", ""))
	if e := b.entry("p"); e.Enabled || string(e.Settings) != "{}" {
		t.Errorf("a plugin that came back remembers: %+v", e)
	}
}

func TestDeleteStops(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{Grace: patience})
	b.write("My Plugin/main.go", background)
	b.enable("my_plugin")
	b.heard("work with one")
	if err := b.Delete(t.Context(), "my_plugin"); err != nil {
		t.Fatal(err)
	}
	b.heard("stop for delete")
	if _, err := os.Stat(filepath.Join(b.dir, "My Plugin")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its folder: %v", err)
	}
}
