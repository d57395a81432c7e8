package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestPageIsCurrent holds docs/rest.md to the document it is made from.
func TestPageIsCurrent(t *testing.T) {
	t.Parallel()
	made := filepath.Join(t.TempDir(), "rest.md")
	if err := generate("../openapi.json", made); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(made)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../../docs/rest.md")
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("docs/rest.md is not what mkrest makes (%v): run go generate ./host/web", err)
	}
}

// TestGenerateRefuses has documents that are none.
func TestGenerateRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{"list.json": "[]", "paths.json": `{"paths": {"/": 1}}`, "cut.json": `{"paths": {"/": `} {
		from := filepath.Join(dir, name)
		if err := os.WriteFile(from, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := generate(from, filepath.Join(dir, "out.md")); err == nil {
			t.Errorf("%s was taken for a document", text)
		}
	}
	if err := generate(filepath.Join(dir, "absent"), ""); err == nil {
		t.Error("a file that is not there was read")
	}
}
