package registry_test

import (
	"encoding/json"
	"sync"
	"testing"

	"github.com/pluggarr/pluggarr/host/registry"
)

// TestScanBesideWrites lists plugins all the while others are switched and
// saved: what a scan read from the database before does not undo it.
func TestScanBesideWrites(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{})
	b.write("p/main.go", source("hi", "", "", ""))
	done := make(chan struct{})
	var scans sync.WaitGroup
	for range 4 {
		scans.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if err := b.Rescan(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	defer scans.Wait()
	defer close(done)
	for i := range 200 {
		on := i%2 == 0
		if err := b.SetEnabled(t.Context(), "p", on); err != nil {
			t.Fatal(err)
		}
		values, _ := json.Marshal(map[string]int{"limit": i + 1})
		if _, err := b.SaveSettings(t.Context(), "p", values); err != nil {
			t.Fatal(err)
		}
		if e := b.entry("p"); e.Enabled != on || string(e.Settings) != string(values) {
			t.Fatalf("entry after %d changes: enabled %t, settings %s; want %t, %s", i+1, e.Enabled, e.Settings, on, values)
		}
	}
}

// TestNamesReadAsTheyStand has a plugin whose name and description would turn
// the order of what is read around.
func TestNamesReadAsTheyStand(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{})
	b.write("p/plugin.json", `{"name": "gpj.\u202eexe", "description": "a \u2067b\u2069", "author": "\u05d0\u200f", "executable": "run"}`)
	b.write("p/run", "")
	if err := b.Rescan(t.Context()); err != nil {
		t.Fatal(err)
	}
	e := b.entry("p")
	if e.Name != "gpj.\uFFFDexe" || e.Description != "a \uFFFDb\uFFFD" || e.Author != "\u05d0\u200f" {
		t.Errorf("the entry says %q, %q, %q", e.Name, e.Description, e.Author)
	}
}
