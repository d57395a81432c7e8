package registry_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/registry"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/worker"
)

// hangs is a Go plugin whose code never comes to an end of its loading.
func hangs() string {
	return background + `
var _ = func() int { println("loading"); select {} }()
`
}

func TestReloadWithoutFolder(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{})
	b.write("p/main.go", source("here", "", "", ""))
	b.enable("p")
	b.want("p", "say", `{"status":"ok","message":"here","limit":5}`)
	if err := os.RemoveAll(filepath.Join(b.dir, "p")); err != nil {
		t.Fatal(err)
	}
	if err := b.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if e := b.entry("p"); e.State != registry.Missing {
		t.Errorf("after a reload without its folder the plugin is %s, %+v", e.State, e.Error)
	}
}

// TestReloadReadsAgain has the host unable to start what reads plugins, once.
func TestReloadReadsAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{})
	var broken atomic.Bool
	launch := b.cfg.Launch
	b.cfg.Launch = func(ctx context.Context, f plugindir.Found) (worker.Process, error) {
		if broken.Load() {
			return worker.Process{}, errors.New("no such luck")
		}
		return launch(ctx, f)
	}
	b.open()
	broken.Store(true)
	b.write("p/main.go", source("here", "", "", ""))
	b.enable("p")
	if e := b.entry("p"); e.Error == nil || e.Error.Fault != store.FaultHost {
		t.Errorf("a plugin that could not be read has the error %+v", e.Error)
	}
	broken.Store(false)
	if err := b.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.want("p", "say", `{"status":"ok","message":"here","limit":5}`)
}

// TestScanThatWasLeft has a caller go away while a plugin it found to be edited
// is still busy.
func TestScanThatWasLeft(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{})
	b.write("p/main.go", source("one", "", "", ""))
	b.enable("p")
	held := make(chan chan struct{}, 1)
	launch := b.cfg.Launch
	b.cfg.Launch = func(ctx context.Context, f plugindir.Found) (worker.Process, error) {
		select {
		case gate := <-held:
			gate <- struct{}{}
			<-gate
		default:
		}
		return launch(ctx, f)
	}
	b.open()
	if err := b.Rescan(t.Context()); err != nil {
		t.Fatal(err)
	}
	gate := make(chan struct{})
	held <- gate
	ended := make(chan string)
	go func() {
		got, err := b.run("p", "say", "")
		ended <- fmt.Sprint(got, err)
	}()
	<-gate // the first version is being started, and the plugin's turn taken
	file := filepath.Join(b.dir, "p", "main.go")
	if err := os.WriteFile(file, []byte(strings.Replace(source("two", "", "", ""), `"Test"`, `"Edited"`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan struct{})
	go func() {
		defer close(left)
		_ = b.Rescan(ctx) // whoever left does not hear of it
	}()
	b.until("the scan to have read it", func() bool { return b.entry("p").Name == "Edited" })
	leave()
	<-left
	close(gate)
	<-ended
	if err := b.Rescan(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.want("p", "say", `{"status":"ok","message":"two","limit":5}`)
}

func TestNothingStartsAfterClose(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{})
	b.write("off/main.go", background)
	b.write("on/main.go", background)
	b.write("bad/main.go", background+"broken")
	b.enable("on")
	b.heard("work with one")
	b.Close(context.Background())
	b.mu.Lock()
	before := len(b.reports)
	b.mu.Unlock()
	b.enable("off")
	b.enable("bad")
	b.write("on/main.go", background+"// edited\n")
	if err := b.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.reports[before:] {
		if r.What == registry.Loaded || r.What == registry.Reloaded {
			t.Errorf("%s was %s after Close", r.Plugin, r.What)
		}
	}
}

// TestDisableEndsReplaced switches off a plugin of which a version before the
// one that serves still runs.
func TestDisableEndsReplaced(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{Grace: patience})
	b.write("p/main.go", source("one", "", slow, slowActions))
	b.enable("p")
	no := false
	ended := make(chan error, 1)
	go func() {
		_, err := b.Run(t.Context(), "p", registry.Call{Action: "wait", Background: &no})
		ended <- err
	}()
	b.heard("waiting")
	b.write("p/main.go", source("two", "", "", ""))
	b.want("p", "say", `{"status":"ok","message":"two","limit":5}`)
	if err := b.SetEnabled(t.Context(), "p", false); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if f := failed(t, err); !strings.Contains(f.Message, "stopped") {
			t.Errorf("the run of the version before ended with %q", f.Message)
		}
	case <-time.After(patience):
		t.Error("the version before still runs")
	}
}

func TestSlowOnesHoldUpNobody(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{Grace: short})
	for i := range 4 {
		b.write(fmt.Sprintf("hangs%d/main.go", i), hangs())
	}
	b.write("works/main.go", background)
	for _, key := range []string{"hangs0", "hangs1", "hangs2", "hangs3", "works"} {
		if _, err := b.cfg.Store.SetEnabled(t.Context(), key, true); err != nil {
			t.Fatal(err)
		}
	}
	b.open()
	if err := b.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.await("works", registry.Loaded, 1)
}

func TestLoadingTakesTooLong(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{Grace: short, Load: 3 * time.Second})
	b.write("p/main.go", hangs())
	b.enable("p")
	if e := b.entry("p"); e.State != registry.Failed || e.Error.Fault != store.FaultPlugin || !strings.Contains(e.Error.Message, "not loaded within 3s") {
		t.Errorf("a plugin that hangs is %s, %+v", e.State, e.Error)
	}
}

// TestSecretsInResults has secrets that look like JSON, or are escaped in it.
func TestSecretsInResults(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{})
	leak := `func leak(_ *sdk.Context, s Settings) (sdk.Result, error) {
	return sdk.OK("<%s>", string(s.Key)).With("flag", true).With("count", 123456).With(string(s.Key), "x"), nil
}`
	b.write("p/main.go", source("x", "", leak, `{ID: "leak", Label: "Leak", Run: sdk.Handle(leak)},`))
	b.enable("p")
	for _, secret := range []string{"true", "1234", `a<b"&c\`, "pässwörd\u2028", "\":,{}"} {
		values, err := json.Marshal(map[string]any{"limit": 1, "key": secret})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.SaveSettings(t.Context(), "p", values); err != nil {
			t.Fatal(err)
		}
		b.want("p", "leak", `{"status":"ok","message":"<[secret]>","flag":true,"count":123456,"[secret]":"x"}`)
	}
}

func TestScanDoesNotWaitForOneThatHangs(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{Grace: short, Scan: time.Millisecond})
	b.write("p/main.go", background)
	b.enable("p")
	b.heard("work with one")
	b.write("p/main.go", hangs()) // returns
	b.heard("loading")
	if e := b.entry("p"); e.State != registry.Running {
		t.Errorf("a plugin whose next version hangs is %s", e.State)
	}
}

// TestDeleteHoldsUpNobody lists the others while a plugin takes its time to stop.
func TestDeleteHoldsUpNobody(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{Grace: patience})
	sign := filepath.Join(t.TempDir(), "sign")
	stop := fmt.Sprintf(`ctx.Log.Info("stopping")
		for {
			if _, err := os.Stat(%q); err == nil {
				return nil
			}
			time.Sleep(time.Millisecond)
		}`, sign)
	slow := strings.Replace(background, `ctx.Log.Info("stop for " + string(reason)); return nil`, stop, 1)
	slow = strings.Replace(slow, `import "github.com/pluggarr/pluggarr/sdk"`, `import ("os"; "time"; "github.com/pluggarr/pluggarr/sdk")`, 1)
	b.write("p/main.go", slow)
	b.enable("p")
	b.heard("work with one")
	deleted := make(chan error, 1)
	go func() { deleted <- b.Delete(t.Context(), "p") }()
	b.heard("stopping")
	b.write("other/main.go", source("here", "", "", ""))
	select {
	case err := <-deleted:
		t.Errorf("the scan waited until the plugin was deleted, %v", err)
	default:
	}
	if err := os.WriteFile(sign, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := <-deleted; err != nil {
		t.Error(err)
	}
	if _, err := b.Entry(t.Context(), "p"); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("after it was deleted: %v", err)
	}
}

// An action whose schedule cannot be is there all the same, and the entry says
// that the clock does not run it.
func TestScheduleThatCannotBe(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{})
	b.write("p/main.go", source("here", "", "", `{ID: "late", Label: "Late", Schedule: "0 25 * * *", Run: sdk.Handle(say)},`))
	e := b.entry("p")
	const want = `action "late" is not run by the clock: its schedule "0 25 * * *" is no cron expression`
	if len(e.Actions) != 2 || e.Error != nil || len(e.Warnings) != 1 || !strings.Contains(e.Warnings[0], want) {
		t.Errorf("its actions are %+v, its error %+v, its warnings %q", e.Actions, e.Error, e.Warnings)
	}
	b.enable("p")
	b.want("p", "late", `{"status":"ok","message":"here","limit":5}`)
}
