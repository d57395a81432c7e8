package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/pluggarr/pluggarr/host/dialect"
)

// The tables are what the embedded export data says.
func TestTablesAreCurrent(t *testing.T) {
	t.Parallel()
	files, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("..", name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is out of date (%v): run go generate ./host/interp", name, err)
		}
	}
	there, err := filepath.Glob(filepath.Join("..", "symbols", "z*.go"))
	if want := len(files) - len(dialect.AllowedSDK()) - 1; err != nil || len(there) != want {
		t.Errorf("%d tables are there, want %d (%v)", len(there), want, err)
	}
}
