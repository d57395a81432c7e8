package registry_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/pluggarr/pluggarr/compat"
	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/proc"
	"github.com/pluggarr/pluggarr/host/registry"
	"github.com/pluggarr/pluggarr/host/settings"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/store/storetest"
	"github.com/pluggarr/pluggarr/host/worker"
	"github.com/pluggarr/pluggarr/host/worker/workertest"
)

// TestMain lets the test binary stand in for "pluggarr worker".
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "worker" {
		workertest.Play()
	}
	goleak.VerifyTestMain(m)
}

// bench is a registry with all that it needs, in a folder of its own.
type bench struct {
	*registry.Registry
	t       testing.TB
	dir     string // the plugins folder
	cfg     registry.Config
	lines   chan worker.Line
	mu      sync.Mutex
	reports []registry.Report
	news    chan struct{} // gets a value after every report
}

// newBench makes a registry over the plugins folder dir and the store db.
func newBench(t testing.TB, times registry.Times) *bench {
	t.Helper()
	times.Scan = cmp.Or(times.Scan, patience) // a test machine may be slow
	b := &bench{t: t, dir: t.TempDir(), lines: make(chan worker.Line, 10_000), news: make(chan struct{}, 10_000)}
	dir, err := plugindir.Open(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := settings.NewSealer(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	b.cfg = registry.Config{
		Store: storetest.Open(t, storetest.SQLite(t)), Dir: dir, Sealer: sealer, Build: "test", Times: times,
		Launch: launcher(t), Report: b.report, Line: func(_ string, l worker.Line) { b.lines <- l },
	}
	b.open()
	return b
}

// open starts the registry; it is closed with the test, which fails when the
// host did something that it must not do.
func (b *bench) open() {
	b.t.Helper()
	b.Registry = registry.New(b.cfg)
	closed := b.Registry
	b.t.Cleanup(func() {
		closed.Close(context.Background())
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, r := range b.reports {
			if r.What == registry.Trouble && r.Failure.Fault != store.FaultPlugin {
				b.t.Errorf("the host had trouble around %s: %s", r.Plugin, r.Failure.Message)
			}
		}
	})
}

func (b *bench) report(r registry.Report) {
	b.mu.Lock()
	b.reports = append(b.reports, r)
	b.mu.Unlock()
	b.news <- struct{}{}
}

// await waits until a plugin's report of a kind has come n times.
func (b *bench) await(key, what string, n int) registry.Report {
	b.t.Helper()
	for {
		b.mu.Lock()
		seen := 0
		for _, r := range b.reports {
			if r.Plugin == key && r.What == what {
				if seen++; seen == n {
					b.mu.Unlock()
					return r
				}
			}
		}
		b.mu.Unlock()
		select {
		case <-b.news:
		case <-time.After(patience):
			b.mu.Lock()
			defer b.mu.Unlock()
			b.t.Fatalf("waited for %s to be %s for the %d. time; reports: %+v", key, what, n, b.reports)
		}
	}
}

// until waits for what nothing tells of.
func (b *bench) until(what string, is func() bool) {
	b.t.Helper()
	for late := time.Now().Add(patience); !is(); runtime.Gosched() {
		if time.Now().After(late) {
			b.t.Fatalf("waited for %s", what)
		}
	}
}

// write puts a plugin's file in place and tells the registry.
func (b *bench) write(path, text string) {
	b.t.Helper()
	path = filepath.Join(b.dir, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		b.t.Fatal(err)
	}
	if err := b.Rescan(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) enable(key string) {
	b.t.Helper()
	if err := b.SetEnabled(b.t.Context(), key, true); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) entry(key string) registry.Entry {
	b.t.Helper()
	e, err := b.Entry(b.t.Context(), key)
	if err != nil {
		b.t.Fatal(err)
	}
	return e
}

// run runs an action and returns its result as text, or its error.
func (b *bench) run(key, action, params string) (string, error) {
	b.t.Helper()
	out, err := b.Run(b.t.Context(), key, registry.Call{Action: action, Params: json.RawMessage(params), Trigger: store.TriggerAPI})
	return string(out.Result), err
}

// want runs an action and checks its result.
func (b *bench) want(key, action, result string) {
	b.t.Helper()
	if got, err := b.run(key, action, ""); err != nil || got != result {
		b.t.Errorf("%s of %s = %s, %v, want %s", action, key, got, err, result)
	}
}

// launcher starts the test binary as an interpreter, or forks Python.
func launcher(t testing.TB) func(context.Context, plugindir.Found) (worker.Process, error) {
	t.Helper()
	starter := proc.NewStarter("")
	var python *compat.Server
	var once sync.Once
	var noPython error
	unpacked := t.TempDir()
	t.Cleanup(func() {
		if python != nil {
			if err := python.Close(); err != nil {
				t.Error(err)
			}
		}
		starter.Close()
	})
	return func(ctx context.Context, f plugindir.Found) (worker.Process, error) {
		if f.Runtime == plugindir.RuntimeGo {
			p, err := starter.Start(proc.Spec{Path: os.Args[0], Args: []string{"worker"}, Env: os.Environ()})
			if err != nil {
				return worker.Process{}, err
			}
			return worker.Process{Stream: p.Stream, Stdout: p.Stdout, Stderr: p.Stderr, Child: p}, nil
		}
		once.Do(func() {
			var found compat.Python
			if found, noPython = compat.Find(ctx, ""); noPython == nil {
				python, noPython = compat.Start(ctx, compat.Config{Starter: starter, Python: found, Dir: unpacked, PluginsDir: filepath.Dir(f.Dir), Env: os.Environ()})
			}
		})
		if noPython != nil {
			return worker.Process{}, noPython
		}
		c, err := python.Fork(ctx, proc.Limits{})
		if err != nil {
			return worker.Process{}, err
		}
		return worker.Process{Stream: c.Stream, Stdout: c.Stdout, Stderr: c.Stderr, Child: c}, nil
	}
}

// failed returns the failure of a call that must have failed.
func failed(t testing.TB, err error) *registry.Failure {
	t.Helper()
	var f *registry.Failure
	if !errors.As(err, &f) {
		t.Fatalf("error = %v, want a *registry.Failure", err)
	}
	return f
}

const (
	short    = 300 * time.Millisecond // a grace, for plugins that use all of it
	patience = time.Minute            // with what has to happen
)
