package sdk_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/sdktest"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// TestHandlers has each handler twice: as compiled plugins make it and as
// interpreted ones do. Both must answer alike, mistakes included.
func TestHandlers(t *testing.T) {
	t.Parallel()
	plain := func(_ *sdk.Context, s Settings) (sdk.Result, error) {
		return sdk.OK("").With("limit", s.Limit).With("key", string(s.APIKey)), nil
	}
	params := func(_ *sdk.Context, s Settings, p Params) (sdk.Result, error) {
		return sdk.OK("").With("limit", s.Limit).With("group", p.Group), nil
	}
	handlers := []struct{ name, kind string }{{"Handle", "plain"}, {"HandleParams", "params"}}
	made := map[string]map[string]sdk.Handler{
		"plain":  {"compiled": sdk.Handle(plain), "interpreted": sdk.HandleAny(plain)},
		"params": {"compiled": sdk.HandleParams(params), "interpreted": sdk.HandleAny(params)},
	}
	tests := []struct {
		name          string
		call          sdktest.Call
		plain, params string
		failure       string
	}{
		{
			name: "defaults", plain: `{"status":"ok","limit":5,"key":""}`, params: `{"status":"ok","limit":5,"group":""}`,
		},
		{
			name:   "given",
			call:   sdktest.Call{Settings: sdktest.Values{"limit": 7, "api_key": sdk.Secret("k")}, Params: sdktest.Values{"group": "News"}},
			plain:  `{"status":"ok","limit":7,"key":"k"}`,
			params: `{"status":"ok","limit":7,"group":"News"}`,
		},
		{
			name:   "null",
			call:   sdktest.Call{Settings: sdktest.Values{"limit": nil}, Params: sdktest.Values{"group": nil}},
			plain:  `{"status":"ok","limit":0,"key":""}`,
			params: `{"status":"ok","limit":0,"group":""}`,
		},
		{
			name:    "do not fit",
			call:    sdktest.Call{Settings: sdktest.Values{"limit": "many"}, Params: sdktest.Values{"group": 7}},
			failure: "decode the settings",
		},
	}
	for _, h := range handlers {
		for _, tt := range tests {
			for engine, run := range made[h.kind] {
				t.Run(h.name+"/"+tt.name+"/"+engine, func(t *testing.T) {
					t.Parallel()
					out := act(t, run, tt.call)
					if tt.failure != "" {
						got := failure(t, out.Err, wire.CodePlugin).Message
						if !strings.Contains(got, tt.failure) || strings.Contains(got, "decode the parameters") != (h.kind == "params") {
							t.Errorf("error = %q, want every part that does not fit", got)
						}
						return
					}
					want := map[string]string{"plain": tt.plain, "params": tt.params}[h.kind]
					if out.Err != nil || string(out.Result) != want {
						t.Errorf("answer = %s, %v, want %s", out.Result, out.Err, want)
					}
				})
			}
		}
	}
}

func TestBackgroundAny(t *testing.T) {
	t.Parallel()
	limit := make(chan int, 1)
	p := starter(nil)
	p.Start = sdk.BackgroundAny(func(_ *sdk.Context, s Settings) error {
		limit <- s.Limit
		return nil
	})
	sdktest.Start(t, p)
	if got := <-limit; got != 5 {
		t.Errorf("Start got limit %d, want 5", got)
	}
}

func TestDeclarationFaults(t *testing.T) {
	t.Parallel()
	ok := sdk.Handle(func(*sdk.Context, Settings) (sdk.Result, error) { return sdk.Result{}, nil })
	other := sdk.Handle(func(*sdk.Context, Params) (sdk.Result, error) { return sdk.Result{}, nil })
	number := sdk.HandleParams(func(*sdk.Context, Settings, int) (sdk.Result, error) { return sdk.Result{}, nil })
	action := func(run sdk.Handler) sdk.Plugin { return with(run) }
	start := func(w sdk.Worker) sdk.Plugin {
		p := with(ok)
		p.Start = w
		return p
	}
	const aHandler, shape = `action 1 ("act"): `, "takes *sdk.Context first and returns [sdk.Result error], this one is a func"
	tests := []struct {
		name   string
		plugin sdk.Plugin
		want   []string
	}{
		{"no name", sdk.Plugin{}, []string{"the plugin has no Name"}},
		{"settings no struct", sdk.Plugin{Name: "x", Settings: 5}, []string{"settings: has to be a struct, not a int"}},
		{"settings a pointer", sdk.Plugin{Name: "x", Settings: &Settings{}}, []string{"settings: has to be a struct, not a *sdk_test.Settings"}},
		{"defaults JSON does not know", sdk.Plugin{Name: "x", Settings: struct {
			N float64 `json:"n"`
		}{N: inf()}}, []string{"settings: encode the defaults: json: unsupported value: +Inf"}},
		{"no handler", action(sdk.Handler{}), []string{aHandler + "it has no function to run"}},
		{"nil handler", action(sdk.Handle[Settings](nil)), []string{aHandler + "it has no function to run"}},
		{"nil handler with params", action(sdk.HandleParams[Settings, Params](nil)), []string{aHandler + "it has no function to run"}},
		{"handler of others", action(other), []string{
			aHandler + "its function takes sdk_test.Params, the plugin's Settings are sdk_test.Settings",
		}},
		{"handler without settings to take", sdk.Plugin{Name: "x", Actions: []sdk.Action{{ID: "act", Label: "Act", Run: ok}}}, []string{
			aHandler + "its function takes sdk_test.Settings, the plugin has no Settings",
		}},
		{"params no struct", action(number), []string{aHandler + "parameters: has to be a struct, not a int"}},
		{"ids", sdk.Plugin{Name: "x", Settings: Settings{}, Actions: []sdk.Action{
			{ID: "a", Label: "A", Run: ok},
			{ID: "a", Label: "A", Run: ok},
			{Label: "A", Run: ok},
			{ID: "b", Run: ok},
		}}, []string{
			`action 2: the ID "a" is taken`, `action 3 (""): an action has an ID and a Label`, `action 4 ("b"): an action has an ID and a Label`,
		}},
		{"start nil", start(sdk.Background[Settings](nil)), []string{"start: it has no function to run"}},
		{"start of others", start(sdk.Background(func(*sdk.Context, Params) error { return nil })), []string{
			"start: its function takes sdk_test.Params, the plugin's Settings are sdk_test.Settings",
		}},

		{"any: nil", action(sdk.HandleAny(nil)), []string{aHandler + "it has no function to run"}},
		{"any: nil function", action(sdk.HandleAny((func(*sdk.Context, Settings) (sdk.Result, error))(nil))), []string{aHandler + "it has no function to run"}},
		{"any: no function", action(sdk.HandleAny(5)), []string{aHandler + "it has no function to run"}},
		{"any: nothing taken", action(sdk.HandleAny(func() (sdk.Result, error) { return sdk.Result{}, nil })), []string{shape}},
		{"any: no context", action(sdk.HandleAny(func(context.Context, Settings) (sdk.Result, error) { return sdk.Result{}, nil })), []string{shape}},
		{"any: no settings", action(sdk.HandleAny(func(*sdk.Context) (sdk.Result, error) { return sdk.Result{}, nil })), []string{"settings and perhaps parameters"}},
		{"any: too much", action(sdk.HandleAny(func(*sdk.Context, Settings, Params, int) (sdk.Result, error) { return sdk.Result{}, nil })), []string{"settings and perhaps parameters"}},
		{"any: variadic", action(sdk.HandleAny(func(*sdk.Context, ...Settings) (sdk.Result, error) { return sdk.Result{}, nil })), []string{shape}},
		{"any: one result", action(sdk.HandleAny(func(*sdk.Context, Settings) error { return nil })), []string{shape}},
		{"any: other results", action(sdk.HandleAny(func(*sdk.Context, Settings) (string, error) { return "", nil })), []string{shape}},
		{"any: start no function", start(sdk.BackgroundAny("x")), []string{"start: it has no function to run"}},
		{"any: start with params", start(sdk.BackgroundAny(func(*sdk.Context, Settings, Params) error { return nil })), []string{"background work takes a context and settings"}},
		{"any: start with a result", start(sdk.BackgroundAny(func(*sdk.Context, Settings) (sdk.Result, error) { return sdk.Result{}, nil })), []string{"returns [error]"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := dial(t, tt.plugin).Call(t.Context(), wire.MethodHello, wire.HelloParams{Protocol: wire.Version}, nil)
			got := failure(t, err, wire.CodeLoad)
			var data wire.LoadFailure
			if err := json.Unmarshal(got.Data, &data); err != nil {
				t.Fatal(err)
			}
			if len(data.Problems) != len(tt.want) {
				t.Fatalf("problems = %+v, want %q", data.Problems, tt.want)
			}
			for i, want := range tt.want {
				if !strings.Contains(data.Problems[i].Message, want) || !strings.Contains(got.Message, want) {
					t.Errorf("problem %d = %q in %q, want %q", i, data.Problems[i].Message, got.Message, want)
				}
			}
		})
	}
}

func inf() float64 {
	zero := 0.0
	return 1 / zero
}

func noMap() map[string]int { return nil }

// TestWithoutSettings has handlers that take what a plugin without settings has.
func TestWithoutSettings(t *testing.T) {
	t.Parallel()
	p := sdk.Plugin{Name: "Test", Actions: []sdk.Action{{ID: "act", Label: "Act", Run: sdk.Handle(
		func(*sdk.Context, struct{}) (sdk.Result, error) { return sdk.OK("fine"), nil },
	)}}}
	if out := sdktest.Run(t, p, sdktest.Call{Action: "act"}); out.Err != nil || string(out.Result) != `{"status":"ok","message":"fine"}` {
		t.Errorf("answer = %s, %v", out.Result, out.Err)
	}
}

// explosive cannot be encoded without a panic.
type explosive struct{}

func (explosive) MarshalJSON() ([]byte, error) { panic("boom") }

// ownError is an error of a plugin's own type.
type ownError struct{}

func (ownError) Error() string { return "my own" }

func TestFailures(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		run       func(ctx *sdk.Context, s Settings) (sdk.Result, error)
		code      int
		message   string
		kind      string
		traceback string
	}{
		{"error", func(*sdk.Context, Settings) (sdk.Result, error) {
			return sdk.OK("lost"), fmt.Errorf("no milk")
		}, wire.CodePlugin, "no milk", "*errors.errorString", ""},
		{"error of its own type", func(*sdk.Context, Settings) (sdk.Result, error) {
			return sdk.Result{}, ownError{}
		}, wire.CodePlugin, "my own", "sdk_test.ownError", ""},
		{"error with a code", func(*sdk.Context, Settings) (sdk.Result, error) {
			return sdk.Result{}, fmt.Errorf("delete: %w", wire.Errorf(wire.CodePermission, "not yours"))
		}, wire.CodePermission, "delete: not yours", "", ""},
		{"context cancelled by the plugin", func(*sdk.Context, Settings) (sdk.Result, error) {
			return sdk.Result{}, context.Canceled
		}, wire.CodePlugin, "context canceled", "", ""},
		{"panic", func(*sdk.Context, Settings) (sdk.Result, error) {
			panic("spilt")
		}, wire.CodePlugin, "panic: spilt", "panic", "handle_test.go:"},
		{"nil map", func(*sdk.Context, Settings) (sdk.Result, error) {
			noMap()["x"] = 1
			return sdk.Result{}, nil
		}, wire.CodePlugin, "assignment to entry in nil map", "panic", "handle_test.go:"},
		{"event of a user's call", func(ctx *sdk.Context, _ Settings) (sdk.Result, error) {
			return sdk.OK("%s", ctx.Event.Name), nil
		}, wire.CodePlugin, "nil pointer", "panic", "handle_test.go:"},
		{"goroutine ended", func(*sdk.Context, Settings) (sdk.Result, error) {
			runtime.Goexit()
			return sdk.Result{}, nil
		}, wire.CodeInternal, "ended without an answer", "", ""},
		{"result without a JSON form", func(*sdk.Context, Settings) (sdk.Result, error) {
			return sdk.OK("").With("f", func() {}), nil
		}, wire.CodePlugin, `encode the result's "f"`, "", ""},
		{"result that panics", func(*sdk.Context, Settings) (sdk.Result, error) {
			return sdk.OK("").With("x", explosive{}), nil
		}, wire.CodePlugin, "panic: boom", "panic", "explosive"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			out := act(t, sdk.Handle(tt.run), sdktest.Call{})
			got := failure(t, out.Err, tt.code)
			var data wire.PluginFailure
			if got.Data != nil {
				if err := json.Unmarshal(got.Data, &data); err != nil {
					t.Fatal(err)
				}
			}
			if !strings.Contains(got.Message, tt.message) || tt.kind != "" && data.Type != tt.kind || !strings.Contains(data.Traceback, tt.traceback) {
				t.Errorf("failure = %q, %+v, want %q, type %q, traceback with %q", got.Message, data, tt.message, tt.kind, tt.traceback)
			}
			for _, foreign := range []string{"runtime.", "sync.", "sdk.(*session)", "sdk.guard"} {
				if strings.Contains(data.Traceback, foreign) {
					t.Errorf("the traceback shows %s, which is not the plugin's:\n%s", foreign, data.Traceback)
				}
			}
			if out.Result != nil {
				t.Errorf("result = %s beside an error", out.Result)
			}
		})
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	running := make(chan struct{})
	p := sdktest.Start(t, with(sdk.Handle(func(ctx *sdk.Context, _ Settings) (sdk.Result, error) {
		close(running)
		<-ctx.Done()
		ctx.Log.Info("tidied up")
		return sdk.Result{}, fmt.Errorf("wait: %w", ctx.Err())
	})))
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-running
		cancel()
	}()
	out := p.Run(ctx, sdktest.Call{Action: "act"})
	if got := failure(t, out.Err, wire.CodeCancelled); got.Message != "wait: context canceled" {
		t.Errorf("message = %q", got.Message)
	}
	if len(out.Log) != 1 || out.Log[0].Message != "tidied up" {
		t.Errorf("log = %v, want what was written after the cancellation", out.Log)
	}
}

func TestUnknownAction(t *testing.T) {
	t.Parallel()
	p := with(sdk.Handle(func(*sdk.Context, Settings) (sdk.Result, error) { return sdk.Result{}, errors.New("never") }))
	out := sdktest.Run(t, p, sdktest.Call{Action: "dance"})
	if want := `{"status":"error","message":"Unknown action dance"}`; out.Err != nil || string(out.Result) != want {
		t.Errorf("answer = %s, %v, want %s", out.Result, out.Err, want)
	}
}
