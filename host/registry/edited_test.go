package registry_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/registry"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/worker"
)

// Values that an edited form no longer takes are reported and kept, and no
// run is given them; background work is given the defaults in their place.
func TestSettingsAfterAnEdit(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{})
	b.write("p/main.go", source("hi", "", "", ""))
	b.enable("p")
	if _, err := b.SaveSettings(t.Context(), "p", json.RawMessage(`{"limit":2}`)); err != nil {
		t.Fatal(err)
	}
	b.want("p", "say", `{"status":"ok","message":"hi","limit":2}`)
	b.write("p/main.go", strings.Replace(source("hi", "", "", ""), `min:"1"`, `min:"3"`, 1))
	_, err := b.run("p", "say", "")
	if f := failed(t, err); f.Fault != store.FaultUser || !strings.Contains(f.Message, "limit has to be 3 or more") {
		t.Errorf("a run says %+v", f)
	}
	e := b.entry("p")
	if len(e.Unfit) != 1 || e.Unfit[0].Error() != "limit has to be 3 or more" || string(e.Settings) != `{"limit":2}` {
		t.Errorf("the entry has %s and says %+v", e.Settings, e.Unfit)
	}
	b.write("p/main.go", source("hi", "", "", ""))
	b.want("p", "say", `{"status":"ok","message":"hi","limit":2}`)
}

// A folder that comes or goes while the host runs is told; those that were there
// at its start are not.
func TestFoldersAreTold(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{})
	put := func(key string) {
		err := os.Mkdir(filepath.Join(b.dir, key), 0o755)
		if err == nil {
			err = os.WriteFile(filepath.Join(b.dir, key, "main.go"), []byte(source(key, "", "", "")), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	put("old")
	if err := b.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	put("new")
	b.Edited("new", time.Now())
	if r := b.await("new", registry.Found, 1); r.State != registry.Disabled {
		t.Errorf("a new plugin is told as %+v", r)
	}
	if err := os.RemoveAll(filepath.Join(b.dir, "new")); err != nil {
		t.Fatal(err)
	}
	b.Edited("new", time.Now())
	b.await("new", registry.Removed, 1)
	if err := b.Delete(t.Context(), "old"); err != nil {
		t.Fatal(err)
	}
	b.await("old", registry.Removed, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.reports) != 3 {
		t.Errorf("reports are %+v", b.reports)
	}
}

// An edit that is made while the code before it is being read, and taken back,
// leaves nothing of it: neither now nor for a later host.
func TestEditWhileRead(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{})
	launch := b.cfg.Launch
	meanwhile := sync.OnceValue(func() error {
		return os.WriteFile(filepath.Join(b.dir, "p", "main.go"), []byte("package main // and no more"), 0o600)
	})
	b.cfg.Launch = func(ctx context.Context, f plugindir.Found) (worker.Process, error) {
		if err := meanwhile(); err != nil {
			t.Error(err)
		}
		return launch(ctx, f)
	}
	b.open()
	b.write("p/main.go", source("hi", "", "", ""))
	b.write("p/main.go", source("hi", "", "", ""))
	if e := b.entry("p"); e.Error != nil {
		t.Errorf("what was taken back is said to be wrong: %+v", e.Error)
	}
	b.open()
	if err := b.Rescan(t.Context()); err != nil {
		t.Fatal(err)
	}
	if e := b.entry("p"); e.Error != nil {
		t.Errorf("another host says that it is wrong: %+v", e.Error)
	}
}

// The process that has read an edit runs it: nobody waits for a second one.
func TestOneProcessAnEdit(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{})
	launch := b.cfg.Launch
	var launches atomic.Int32
	b.cfg.Launch = func(ctx context.Context, f plugindir.Found) (worker.Process, error) {
		launches.Add(1)
		return launch(ctx, f)
	}
	b.open()
	b.write("p/main.go", source("one", "", "", ""))
	b.enable("p")
	b.want("p", "say", `{"status":"ok","message":"one","limit":5}`)
	before := launches.Load()
	for _, text := range []string{"two", "three"} {
		b.write("p/main.go", source(text, "", "", ""))
		b.want("p", "say", fmt.Sprintf(`{"status":"ok","message":%q,"limit":5}`, text))
	}
	if n := launches.Load() - before; n != 2 {
		t.Errorf("two edits started %d processes", n)
	}
}

// A plugin that is switched on while a scan is at it is started once.
func TestEnabledDuringAScan(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{})
	report := b.cfg.Report
	b.cfg.Report = func(r registry.Report) {
		report(r)
		if r.What == registry.Found {
			b.enable("p")
			b.want("p", "say", `{"status":"ok","message":"one","limit":5}`)
		}
	}
	b.open()
	if err := b.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.write("p/main.go", source("one", "", "", ""))
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.reports {
		if r.What == registry.Reloaded {
			t.Errorf("it was loaded again: %+v", b.reports)
		}
	}
}

// What runs because its plugin was edited while it was being started is
// compiled like what runs because of an edit.
func TestEditedStartIsCompiled(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{Settle: time.Millisecond})
	builds := make(compiler, 1)
	b.cfg.Compiler = builds
	launch := b.cfg.Launch
	var armed atomic.Bool
	b.cfg.Launch = func(ctx context.Context, f plugindir.Found) (worker.Process, error) {
		if armed.Swap(false) {
			if err := os.WriteFile(filepath.Join(b.dir, "p", "main.go"), []byte(source("two", "", "", "")), 0o600); err != nil {
				t.Error(err)
			}
		}
		return launch(ctx, f)
	}
	b.open()
	b.write("p/main.go", source("one", "", "", ""))
	armed.Store(true)
	b.enable("p")
	b.want("p", "say", `{"status":"ok","message":"two","limit":5}`)
	if err := b.Rescan(t.Context()); err != nil { // as whoever watches the folder has it done
		t.Fatal(err)
	}
	select {
	case <-builds:
	case <-time.After(patience):
		t.Error("nobody compiles it")
	}
}

// compiler tells of builds and makes nothing.
type compiler chan string

// Ready is registry.Compiler's.
func (c compiler) Ready(context.Context) error { return nil }

// Cached is registry.Compiler's.
func (c compiler) Cached(context.Context, plugindir.Found) string { return "" }

// Build is registry.Compiler's.
func (c compiler) Build(_ context.Context, f plugindir.Found) (string, error) {
	select {
	case c <- f.Key:
	default:
	}
	return "", errors.New("there is no compiler")
}

// An edit that is taken back while it is being loaded leaves nothing of it.
func TestEditWhileLoaded(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{})
	var armed atomic.Bool
	b.cfg.Session = func(string) registry.Session {
		if armed.Swap(false) {
			if err := os.WriteFile(filepath.Join(b.dir, "p", "main.go"), []byte("package main // and no more"), 0o600); err != nil {
				t.Error(err)
			}
		}
		return noSession{}
	}
	b.open()
	b.write("p/main.go", source("one", "", "", ""))
	b.enable("p")
	b.want("p", "say", `{"status":"ok","message":"one","limit":5}`)
	armed.Store(true)
	b.write("p/main.go", source("two", "", "", ""))
	if e := b.entry("p"); e.Error == nil {
		t.Fatal("nothing is wrong with what was loaded")
	}
	b.write("p/main.go", source("two", "", "", ""))
	b.want("p", "say", `{"status":"ok","message":"two","limit":5}`)
	if e := b.entry("p"); e.Error != nil {
		t.Errorf("what was taken back is said to be wrong: %+v", e.Error)
	}
}

// noSession serves nothing.
type noSession struct{}

// Call is registry.Session's.
func (noSession) Call(context.Context, string, json.RawMessage) (any, error) { return nil, nil }

// Close is registry.Session's.
func (noSession) Close() {}
