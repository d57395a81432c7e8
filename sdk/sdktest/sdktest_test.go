package sdktest_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/sdktest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type settings struct {
	Name string     `json:"name" label:"Name"`
	Key  sdk.Secret `json:"key" label:"Key"`
}

// plugin greets, and counts how often it was started.
func plugin() sdk.Plugin {
	return sdk.Plugin{
		Name: "Greeter", Settings: settings{Name: "you"},
		Actions: []sdk.Action{{ID: "greet", Label: "Greet", Run: sdk.Handle(func(ctx *sdk.Context, s settings) (sdk.Result, error) {
			ctx.Log.Info("greeting " + s.Name)
			ctx.Progress(1, 1, s.Name)
			return sdk.OK("Hello, %s! %d", s.Name, len(s.Key)), nil
		})}},
		Start: sdk.Background(func(ctx *sdk.Context, s settings) error {
			ctx.Log.Info("started for " + s.Name)
			<-ctx.Done()
			return nil
		}),
	}
}

// recorder is a test that notes how it fails instead of failing.
type recorder struct {
	testing.TB
	failed   string
	cleanups []func()
}

func (r *recorder) Helper()                           {}
func (r *recorder) Cleanup(f func())                  { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Errorf(format string, args ...any) { r.failed += fmt.Sprintf(format, args...) }

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	panic(r)
}

// run calls f with a test that notes, and returns how that failed.
func run(t *testing.T, f func(t testing.TB)) string {
	t.Helper()
	r := &recorder{TB: t}
	func() {
		defer func() {
			if p := recover(); p != nil && p != any(r) {
				panic(p)
			}
		}()
		f(r)
	}()
	for _, cleanup := range r.cleanups {
		cleanup()
	}
	return r.failed
}

func TestRun(t *testing.T) {
	t.Parallel()
	out := sdktest.Run(t, plugin(), sdktest.Call{Action: "greet", Settings: sdktest.Values{"name": "Ada", "key": sdk.Secret("four")}})
	if want := `{"status":"ok","message":"Hello, Ada! 4"}`; out.Err != nil || string(out.Result) != want {
		t.Errorf("answer = %s, %v, want %s", out.Result, out.Err, want)
	}
	if len(out.Log) != 1 || out.Log[0].Message != "greeting Ada" || len(out.Progress) != 1 {
		t.Errorf("log = %+v, progress = %+v, want those of the run", out.Log, out.Progress)
	}
}

func TestStart(t *testing.T) {
	t.Parallel()
	p := sdktest.Start(t, plugin())
	if p.Description.Name != "Greeter" || !p.Description.HasStart {
		t.Errorf("Description = %+v", p.Description)
	}
	if err := p.Restart(t.Context(), sdktest.Values{"name": "Bea"}); err != nil {
		t.Fatal(err)
	}
	first, second := p.Run(t.Context(), sdktest.Call{Action: "greet"}), p.Run(t.Context(), sdktest.Call{Action: "greet"})
	for _, out := range []sdktest.Outcome{first, second} {
		if len(out.Log) != 1 || out.Log[0].Message != "greeting you" {
			t.Errorf("log of a run = %+v", out.Log)
		}
	}
	if err := p.Stop(t.Context(), sdk.StopShutdown); err != nil {
		t.Fatal(err)
	}
	started := map[string]bool{}
	for _, l := range p.Log() {
		started[l.Message] = l.Run == ""
	}
	if !started["started for you"] || !started["started for Bea"] {
		t.Errorf("log = %v, want both starts, of no run", started)
	}
}

func TestValuesThatHaveNoJSONForm(t *testing.T) {
	t.Parallel()
	p := sdktest.Start(t, plugin())
	bad := sdktest.Values{"name": func() {}}
	for name, err := range map[string]error{
		"settings": p.Run(t.Context(), sdktest.Call{Action: "greet", Settings: bad}).Err,
		"params":   p.Run(t.Context(), sdktest.Call{Action: "greet", Params: bad}).Err,
		"restart":  p.Restart(t.Context(), bad),
	} {
		if err == nil || !strings.Contains(err.Error(), "unsupported type") {
			t.Errorf("%s: %v, want that a function is no JSON", name, err)
		}
	}
}

func TestFailures(t *testing.T) {
	t.Parallel()
	faulty := plugin()
	faulty.Name = ""
	if got := run(t, func(t testing.TB) { sdktest.Start(t, faulty) }); !strings.Contains(got, "the plugin has no Name") {
		t.Errorf("a plugin that a host would not take: %q", got)
	}
	failing := plugin()
	failing.Stop = func(*sdk.Context, sdk.StopReason) error { return errors.New("not yet") }
	err := errors.New("Stop was not called")
	run(t, func(tb testing.TB) { err = sdktest.Start(tb, failing).Stop(t.Context(), sdk.StopReload) })
	if err == nil || !strings.Contains(err.Error(), "not yet") {
		t.Errorf("Stop = %v, want the plugin's error", err)
	}
}
