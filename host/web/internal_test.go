package web

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"github.com/pluggarr/pluggarr/host/registry"
	"github.com/pluggarr/pluggarr/host/settings"
	"github.com/pluggarr/pluggarr/host/store"
)

func TestSentenceNamesAnExceptionWithoutText(t *testing.T) {
	t.Parallel()
	f := &registry.Failure{Fault: store.FaultPlugin, Traceback: "Traceback (most recent call last):\n  File \"plugin.py\", line 9, in run\nMemoryError\n"}
	const want = "Plugin 'p' failed: MemoryError. The fault is the plugin's: show this to its author."
	if got := sentence("p", f); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestDiskFull(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"a file":   {&fs.PathError{Op: "write", Path: "upload", Err: syscall.ENOSPC}, true},
		"SQLite":   {fmt.Errorf("insert run: %w", errors.New("database or disk is full")), true},
		"anything": {&fs.PathError{Op: "write", Path: "upload", Err: syscall.EIO}, false},
	} {
		if got := diskFull(c.err); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestOffers(t *testing.T) {
	t.Parallel()
	has := []settings.Action{{ID: "tidy"}}
	for name, c := range map[string]struct {
		entry  registry.Entry
		action string
		want   bool
	}{
		"declared":         {registry.Entry{Runtime: "go", Actions: has}, "tidy", true},
		"a Go plugin's no": {registry.Entry{Runtime: "go", Actions: has}, "tydi", false},
		"not yet read":     {registry.Entry{Runtime: "go"}, "tydi", true},
		"Python":           {registry.Entry{Runtime: "python", Actions: has}, "hidden", true},
	} {
		if got := offers(c.entry, c.action); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
