package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
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
	if err != nil || len(there) != len(files)-1 {
		t.Errorf("%d tables are there, want %d (%v)", len(there), len(files)-1, err)
	}
}
