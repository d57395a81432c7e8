package registry_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/registry"
	"github.com/pluggarr/pluggarr/host/store"
)

// source is a Go plugin whose "say" answers word; imports and more, if any, are
// added to it.
func source(word, imports, more, actions string) string {
	return fmt.Sprintf(`package main

import (
	"github.com/pluggarr/pluggarr/sdk"
	%[1]s
)

type Settings struct {
	Limit int        %[5]sjson:"limit" label:"Limit" min:"1"%[5]s
	Key   sdk.Secret %[5]sjson:"key" label:"Key"%[5]s
}

func say(_ *sdk.Context, s Settings) (sdk.Result, error) {
	return sdk.OK(%[2]q).With("limit", s.Limit), nil
}

%[3]s

func main() {
	sdk.Serve(sdk.Plugin{
		Name: "Test", Version: "1", Settings: Settings{Limit: 5},
		Actions: []sdk.Action{
			{ID: "say", Label: "Say", Run: sdk.Handle(say)},
			%[4]s
		},
	})
}
`, imports, word, more, actions, "`")
}

func TestLife(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{})
	b.write("My Plugin/main.go", source("hello", "", "", ""))
	e := b.entry("my_plugin")
	if e.State != registry.Disabled || e.Loaded || e.Name != "Test" || !strings.Contains(string(e.Fields), `"limit"`) || len(e.Actions) != 1 {
		t.Fatalf("a new plugin is %+v", e)
	}
	if _, err := b.run("my_plugin", "say", ""); !errors.Is(err, registry.ErrNotEnabled) {
		t.Errorf("run while disabled: %v, want ErrNotEnabled", err)
	}
	if _, err := b.run("nobody", "say", ""); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("run of nobody: %v, want ErrNotFound", err)
	}
	b.enable("my_plugin")
	if e := b.entry("my_plugin"); e.State != registry.Idle || !e.Loaded || !e.Trusted {
		t.Errorf("an enabled Go plugin is %s", e.State)
	}
	b.want("my_plugin", "say", `{"status":"ok","message":"hello","limit":5}`)
	b.want("my_plugin", "nope", `{"status":"error","message":"Unknown action nope"}`)
	if e := b.entry("my_plugin"); e.State != registry.Running || e.Engine != "interpreted" {
		t.Errorf("a used Go plugin is %s in %s", e.State, e.Engine)
	}
	b.Close(t.Context())
	if _, err := b.run("my_plugin", "say", ""); err == nil {
		t.Error("a closed registry still runs")
	}
	b.open()
	if err := b.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.want("my_plugin", "say", `{"status":"ok","message":"hello","limit":5}`)
	if err := b.SetEnabled(t.Context(), "my_plugin", false); err != nil {
		t.Fatal(err)
	}
	b.await("my_plugin", registry.Stopped, 2)
	if e := b.entry("my_plugin"); e.State != registry.Disabled || !e.EverEnabled {
		t.Errorf("a plugin switched off is %s", e.State)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{})
	leak := `func leak(_ *sdk.Context, s Settings) (sdk.Result, error) {
	println(string(s.Key))
	return sdk.OK("it is %s", string(s.Key)).With("masked", s.Key), nil
}`
	b.write("p/main.go", source("hi", "", leak, `{ID: "leak", Label: "Leak", Run: sdk.Handle(leak)},`))
	b.enable("p")
	save := func(values string) (registry.Saved, error) {
		return b.SaveSettings(t.Context(), "p", json.RawMessage(values))
	}
	if _, err := save(`{"limit":7,"key":"hunter22"}`); err != nil {
		t.Fatal(err)
	}
	b.want("p", "say", `{"status":"ok","message":"hi","limit":7}`)
	_, err := save(`{"limit":"seven"}`)
	if f := failed(t, err); f.Fault != store.FaultUser || len(f.Fields) != 1 || f.Fields[0].Field != "limit" {
		t.Errorf("a wrong value gives %+v", f)
	}
	saved, err := save(`{"limit":8}`)
	if err != nil || string(saved.Settings) != `{"limit":8}` || !saved.Secrets["key"] {
		t.Errorf("saved = %s %v, %v; the secret has to stay", saved.Settings, saved.Secrets, err)
	}
	b.want("p", "leak", `{"status":"ok","message":"it is [secret]","masked":"[secret]"}`)
	for line := range b.lines {
		if strings.Contains(line.Message, "hunter22") {
			t.Errorf("the log holds the secret: %+v", line)
		}
		if strings.Contains(line.Message, "[secret]") {
			break
		}
	}
	row, err := b.cfg.Store.Plugin(t.Context(), "p")
	if err != nil || strings.Contains(string(row.Settings), "hunter22") {
		t.Errorf("the database holds %s, %v", row.Settings, err)
	}
	if all, err := json.Marshal(b.entry("p")); err != nil || strings.Contains(string(all), "hunter22") {
		t.Errorf("the entry holds the secret: %s, %v", all, err)
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{})
	b.write("good/main.go", source("fine", "", "", ""))
	b.write("bad/main.go", source("x", `"strings"`, "var a int = \"one\"\nvar b = undefined1", ""))
	e := b.entry("bad")
	if e.Error == nil || len(e.Error.Problems) != 3 || e.State != registry.Disabled {
		t.Fatalf("a plugin with three mistakes is %+v with %+v", e.State, e.Error)
	}
	for _, p := range e.Error.Problems {
		if p.File != "main.go" || p.Line == 0 || p.Column == 0 || p.Message == "" || p.Excerpt == "" {
			t.Errorf("problem %+v", p)
		}
	}
	b.enable("bad")
	b.enable("good")
	if _, err := b.run("bad", "say", ""); len(failed(t, err).Problems) != 3 {
		t.Errorf("run of a bad plugin: %v", err)
	}
	b.want("good", "say", `{"status":"ok","message":"fine","limit":5}`)
	b.write("bad/main.go", source("mended", "", "", ""))
	b.want("bad", "say", `{"status":"ok","message":"mended","limit":5}`)
}

const dies = `func die(_ *sdk.Context, _ Settings) (sdk.Result, error) {
	go func() { panic("the end") }()
	select {}
}
func fail(*sdk.Context, Settings) (sdk.Result, error) { return sdk.Result{}, errors.New("no luck") }
func explode(_ *sdk.Context, _ Settings) (sdk.Result, error) { panic("boom") }
func loop(_ *sdk.Context, _ Settings) (sdk.Result, error) { for {} }
`

const dying = `{ID: "die", Label: "Die", Run: sdk.Handle(die)},
{ID: "fail", Label: "Fail", Run: sdk.Handle(fail)},
{ID: "explode", Label: "Explode", Run: sdk.Handle(explode)},
{ID: "loop", Label: "Loop", Timeout: sdk.Duration(100 * time.Millisecond), Run: sdk.Handle(loop)},`

func TestTroubleIsOneCall(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{Grace: short})
	b.write("p/main.go", source("alive", `"errors"; "time"`, dies, dying))
	b.write("other/main.go", source("untouched", "", "", ""))
	b.enable("p")
	b.enable("other")
	for _, tt := range []struct{ action, text string }{
		{"fail", "no luck"}, {"explode", "boom"}, {"die", "plugin p: its process ended"}, {"loop", "longer than the 100ms"},
	} {
		_, err := b.run("p", tt.action, "")
		if f := failed(t, err); !strings.Contains(f.Message, tt.text) {
			t.Errorf("%s: %q, want %q in it", tt.action, f.Message, tt.text)
		}
		b.want("p", "say", `{"status":"ok","message":"alive","limit":5}`)
		b.want("other", "say", `{"status":"ok","message":"untouched","limit":5}`)
	}
	runs, err := b.cfg.Store.Runs(t.Context(), "p", 100, "")
	if err != nil || len(runs) != 8 {
		t.Fatalf("%d runs were kept, %v; want 8", len(runs), err)
	}
	for _, r := range runs {
		if r.Status != store.RunOK && r.Status != store.RunError || r.Status == store.RunError && r.Error == "" {
			t.Errorf("run %s of %s: %s %q", r.ID, r.Action, r.Status, r.Error)
		}
	}
}

func TestFiveDeaths(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{Grace: short})
	b.write("p/main.go", source("alive", `"errors"; "time"`, dies, dying))
	b.enable("p")
	for range 5 {
		_, err := b.run("p", "die", "")
		failed(t, err)
	}
	_, err := b.run("p", "say", "")
	if f := failed(t, err); f.Hint == "" || !strings.Contains(strings.Join(f.Output, "\n"), "the end") {
		t.Errorf("after five deaths: %+v", f)
	}
	if e := b.entry("p"); e.State != registry.Failed || e.Loaded {
		t.Errorf("after five deaths the plugin is %s", e.State)
	}
	if err := b.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.want("p", "say", `{"status":"ok","message":"alive","limit":5}`)
}

func TestSwap(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{})
	waits := `func wait(ctx *sdk.Context, _ Settings) (sdk.Result, error) {
	ctx.Log.Info("waiting")
	for {
		if _, err := os.Stat(%q); err == nil {
			return sdk.OK("waited in version one"), nil
		}
		time.Sleep(time.Millisecond)
	}
}`
	sign := filepath.Join(t.TempDir(), "sign")
	b.write("p/main.go", source("one", `"os"; "time"`, fmt.Sprintf(waits, sign), `{ID: "wait", Label: "Wait", Run: sdk.Handle(wait)},`))
	b.enable("p")
	waited := make(chan string)
	go func() {
		result, err := b.run("p", "wait", "")
		waited <- fmt.Sprint(result, err)
	}()
	<-b.lines
	b.write("p/main.go", source("two", "", "", ""))
	b.want("p", "say", `{"status":"ok","message":"two","limit":5}`)
	b.write("p/main.go", source("three", "", "broken", ""))
	b.want("p", "say", `{"status":"ok","message":"two","limit":5}`)
	if e := b.entry("p"); e.State != registry.Running || e.Error == nil || len(e.Error.Problems) == 0 {
		t.Errorf("after a broken edit: %s, %+v", e.State, e.Error)
	}
	if err := os.WriteFile(sign, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := <-waited; got != `{"status":"ok","message":"waited in version one"}<nil>` {
		t.Errorf("the run that was under way: %s", got)
	}
	b.write("p/main.go", source("four", "", "", ""))
	b.want("p", "say", `{"status":"ok","message":"four","limit":5}`)
	if e := b.entry("p"); e.Error != nil {
		t.Errorf("after the mended edit: %+v", e.Error)
	}
}

// TestEditedBeforeItsFirstCall has an edit that no scan sees before the plugin
// is started, and that is taken back afterwards.
func TestEditedBeforeItsFirstCall(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{})
	b.write("p/main.go", source("one", "", "", ""))
	b.enable("p")
	unseen := filepath.Join(b.dir, "p", "main.go")
	if err := os.WriteFile(unseen, []byte(source("two", "", "", "")), 0o600); err != nil {
		t.Fatal(err)
	}
	b.want("p", "say", `{"status":"ok","message":"two","limit":5}`)
	b.write("p/main.go", source("one", "", "", ""))
	b.want("p", "say", `{"status":"ok","message":"one","limit":5}`)
}

func TestFolderGone(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{})
	b.write("p/main.go", source("here", "", "", ""))
	b.enable("p")
	b.want("p", "say", `{"status":"ok","message":"here","limit":5}`)
	if err := os.RemoveAll(filepath.Join(b.dir, "p")); err != nil {
		t.Fatal(err)
	}
	if err := b.Rescan(t.Context()); err != nil {
		t.Fatal(err)
	}
	if e := b.entry("p"); !e.Missing || e.State != registry.Missing || e.Name != "Test" || string(e.Fields) != "[]" {
		t.Errorf("without its folder the plugin is %+v", e)
	} else if e.Error == nil || e.Error.Fault != store.FaultUser || !strings.Contains(e.Error.Message, "folder is gone") || e.Error.Hint == "" {
		t.Errorf("without its folder its entry says %+v", e.Error)
	}
	if _, err := b.run("p", "say", ""); !errors.Is(err, registry.ErrNotLoaded) {
		t.Errorf("run without a folder: %v, want ErrNotLoaded", err)
	}
	b.write("p/main.go", source("back", "", "", ""))
	b.want("p", "say", `{"status":"ok","message":"back","limit":5}`)
	if e := b.entry("p"); e.Error != nil {
		t.Errorf("with its folder back its entry says %+v", e.Error)
	}
}

func TestIdle(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{Idle: time.Millisecond})
	b.write("p/main.go", source("again", "", "", ""))
	b.enable("p")
	b.want("p", "say", `{"status":"ok","message":"again","limit":5}`)
	b.await("p", registry.Stopped, 1)
	b.want("p", "say", `{"status":"ok","message":"again","limit":5}`)
}

const background = `package main

import "github.com/pluggarr/pluggarr/sdk"

type Settings struct {
	Word string ` + "`json:\"word\" label:\"Word\"`" + `
}

func work(ctx *sdk.Context, s Settings) error {
	ctx.Log.Info("work with " + s.Word)
	<-ctx.Done()
	ctx.Log.Info("end with " + s.Word)
	return ctx.Err()
}

func die(_ *sdk.Context, _ Settings) (sdk.Result, error) {
	go func() { panic("the end") }()
	select {}
}

func main() {
	sdk.Serve(sdk.Plugin{
		Name: "Background", Settings: Settings{Word: "one"}, Start: sdk.Background(work),
		Actions: []sdk.Action{{ID: "die", Label: "Die", Run: sdk.Handle(die)}},
		Stop: func(ctx *sdk.Context, reason sdk.StopReason) error { ctx.Log.Info("stop for " + string(reason)); return nil },
	})
}
`

// heard waits for a log line.
func (b *bench) heard(text string) {
	b.t.Helper()
	for {
		select {
		case l := <-b.lines:
			if l.Message == text {
				return
			}
		case <-time.After(patience):
			b.t.Fatalf("waited for the line %q", text)
		}
	}
}

func TestBackground(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{Grace: patience})
	b.write("p/main.go", background)
	b.enable("p")
	b.heard("work with one")
	if _, err := b.SaveSettings(t.Context(), "p", json.RawMessage(`{"word":"two"}`)); err != nil {
		t.Fatal(err)
	}
	b.heard("end with one")
	b.heard("work with two")
	_, err := b.run("p", "die", "")
	failed(t, err)
	b.heard("work with two") // started again by itself
	b.write("p/main.go", background+"// edited\n")
	b.heard("end with two")
	b.heard("stop for reload")
	b.heard("work with two")
	if err := b.SetEnabled(t.Context(), "p", false); err != nil {
		t.Fatal(err)
	}
	b.heard("stop for disable")
}

// TestDeafBackground has background work that ignores its context.
func TestDeafBackground(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{Grace: short})
	b.write("p/main.go", strings.Replace(background, "<-ctx.Done()", "select {}", 1))
	b.enable("p")
	b.heard("work with one")
	if _, err := b.SaveSettings(t.Context(), "p", json.RawMessage(`{"word":"two"}`)); err != nil {
		t.Fatal(err)
	}
	b.heard("work with two")
	if r := b.await("p", registry.Trouble, 1); r.Failure.Fault != store.FaultPlugin {
		t.Errorf("the report says %+v", r.Failure)
	}
	if e := b.entry("p"); e.State != registry.Running {
		t.Errorf("afterwards the plugin is %s", e.State)
	}
}

func TestCloseEndsRuns(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{Grace: patience})
	waits := `func wait(ctx *sdk.Context, _ Settings) (sdk.Result, error) {
	ctx.Log.Info("waiting")
	<-ctx.Done()
	return sdk.Result{}, ctx.Err()
}`
	b.write("p/main.go", source("x", "", waits, `{ID: "wait", Label: "Wait", Run: sdk.Handle(wait)},`))
	b.enable("p")
	ended := make(chan error)
	go func() {
		_, err := b.run("p", "wait", "")
		ended <- err
	}()
	b.heard("waiting")
	b.Close(context.Background())
	if f := failed(t, <-ended); !strings.Contains(f.Message, "stopped") {
		t.Errorf("the run ended with %q", f.Message)
	}
	runs, err := b.cfg.Store.Runs(t.Context(), "p", 1, "")
	if err != nil || runs[0].Status != store.RunCancelled {
		t.Errorf("its row says %+v, %v", runs, err)
	}
}
