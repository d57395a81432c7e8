package sdk_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/sdktest"
)

// try runs one action of p and prints what came of it. In a plugin's own test,
// [sdktest.Run] takes the test's t.
func try(p sdk.Plugin, call sdktest.Call) {
	t := &exampleTest{}
	defer t.end()
	out := sdktest.Run(t, p, call)
	for _, l := range out.Log {
		fmt.Println(l.Level+":", l.Message, string(l.Attrs))
	}
	for _, r := range out.Progress {
		fmt.Printf("%d of %d: %s\n", r.Done, r.Total, r.Message)
	}
	if out.Err != nil {
		fmt.Println("error:", out.Err)
		return
	}
	fmt.Println(string(out.Result))
}

// exampleTest stands for a test where there is none.
type exampleTest struct {
	testing.TB
	cleanups []func()
}

func (*exampleTest) Helper()                   {}
func (*exampleTest) Context() context.Context  { return context.Background() }
func (t *exampleTest) Cleanup(f func())        { t.cleanups = append(t.cleanups, f) }
func (*exampleTest) Errorf(f string, a ...any) { panic(fmt.Sprintf(f, a...)) }
func (*exampleTest) Fatalf(f string, a ...any) { panic(fmt.Sprintf(f, a...)) }

func (t *exampleTest) end() {
	for _, f := range t.cleanups {
		f()
	}
}

// A plugin is a value: what it is called, its settings with their defaults, and
// what can be run. Its main hands it to [sdk.Serve].
func ExamplePlugin() {
	type Settings struct {
		Greeting string `json:"greeting" label:"Greeting"`
	}
	plugin := sdk.Plugin{
		Name:     "Hello",
		Version:  "1.0.0",
		Settings: Settings{Greeting: "Hello"},
		Actions: []sdk.Action{{
			ID: "greet", Label: "Greet",
			Run: sdk.Handle(func(ctx *sdk.Context, s Settings) (sdk.Result, error) {
				ctx.Log.Info("greeting", "with", s.Greeting)
				return sdk.OK("%s, world!", s.Greeting), nil
			}),
		}},
	}
	try(plugin, sdktest.Call{Action: "greet"})
	// Output:
	// info: greeting {"with":"Hello"}
	// {"status":"ok","message":"Hello, world!"}
}

// A handler gets the saved settings in the plugin's own type. An error it
// returns is what the caller gets to read.
func ExampleHandle() {
	type Settings struct {
		Limit int `json:"limit" label:"Limit" min:"1"`
	}
	check := func(_ *sdk.Context, s Settings) (sdk.Result, error) {
		if s.Limit > 100 {
			return sdk.Result{}, fmt.Errorf("a limit of %d takes all day", s.Limit)
		}
		return sdk.OK("").With("limit", s.Limit), nil
	}
	plugin := sdk.Plugin{
		Name: "Limits", Settings: Settings{Limit: 5},
		Actions: []sdk.Action{{ID: "check", Label: "Check", Run: sdk.Handle(check)}},
	}
	try(plugin, sdktest.Call{Action: "check"})
	try(plugin, sdktest.Call{Action: "check", Settings: sdktest.Values{"limit": 500}})
	// Output:
	// {"status":"ok","limit":5}
	// error: a limit of 500 takes all day
}

// Parameters are asked for before each run; they are declared like settings.
func ExampleHandleParams() {
	type Settings struct {
		Greeting string `json:"greeting" label:"Greeting"`
	}
	type Params struct {
		Name string `json:"name" label:"Whom to greet" required:"true"`
	}
	greet := func(_ *sdk.Context, s Settings, p Params) (sdk.Result, error) {
		return sdk.OK("%s, %s!", s.Greeting, p.Name), nil
	}
	plugin := sdk.Plugin{
		Name: "Hello", Settings: Settings{Greeting: "Hello"},
		Actions: []sdk.Action{{ID: "greet", Label: "Greet", Run: sdk.HandleParams(greet)}},
	}
	try(plugin, sdktest.Call{Action: "greet", Params: sdktest.Values{"name": "Ada"}})
	// Output: {"status":"ok","message":"Hello, Ada!"}
}

// Background work goes on until its context ends, and begins again when the
// settings change.
func ExampleBackground() {
	type Settings struct {
		Every sdk.Duration `json:"every" label:"Look every"`
	}
	looks := make(chan time.Duration)
	watch := func(ctx *sdk.Context, s Settings) error {
		ticks := time.NewTicker(s.Every.Std())
		defer ticks.Stop()
		for {
			select {
			case <-ticks.C:
				select {
				case looks <- s.Every.Std():
				case <-ctx.Done():
				}
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	plugin := sdk.Plugin{
		Name: "Watcher", Settings: Settings{Every: sdk.Duration(time.Millisecond)},
		Start: sdk.Background(watch),
	}

	t := &exampleTest{} // in a test: the test's own t
	defer t.end()
	running := sdktest.Start(t, plugin)
	fmt.Println("looked, every", <-looks)
	if err := running.Restart(t.Context(), sdktest.Values{"every": "2ms"}); err != nil {
		fmt.Println(err)
	}
	fmt.Println("looked, every", <-looks)
	// Output:
	// looked, every 1ms
	// looked, every 2ms
}

// A result is an object whose keys stay in the order they were given.
func ExampleResult() {
	print := func(r sdk.Result) {
		text, err := json.Marshal(r)
		fmt.Println(string(text), err)
	}
	print(sdk.Result{})
	print(sdk.OK("%d channels looked at", 12).With("processed", 12).With("mode", "safe"))
	print(sdk.Failed("The server did not answer"))
	// Output:
	// {"status":"ok"} <nil>
	// {"status":"ok","message":"12 channels looked at","processed":12,"mode":"safe"} <nil>
	// {"status":"error","message":"The server did not answer"} <nil>
}

// A secret is clear only where the plugin asks for it.
func ExampleSecret() {
	type Settings struct {
		APIKey sdk.Secret `json:"api_key" label:"API key"`
	}
	s := Settings{APIKey: "abc123"}
	fmt.Printf("%v\n", s)
	fmt.Println("X-API-Key: " + string(s.APIKey))
	// Output:
	// {[secret]}
	// X-API-Key: abc123
}

// Durations are written as people write them.
func ExampleDuration() {
	type Settings struct {
		Wait sdk.Duration `json:"wait" label:"Wait"`
	}
	var s Settings
	if err := json.Unmarshal([]byte(`{"wait": "1m30s"}`), &s); err != nil {
		fmt.Println(err)
	}
	fmt.Println(s.Wait, s.Wait.Std().Seconds())
	// Output: 1m30s 90
}

// Progress is shown to whoever watches the run.
func ExampleContext_Progress() {
	type Settings struct{}
	work := func(ctx *sdk.Context, _ Settings) (sdk.Result, error) {
		names := []string{"News", "Sports"}
		for i, name := range names {
			ctx.Progress(i+1, len(names), name)
		}
		return sdk.OK("done"), nil
	}
	plugin := sdk.Plugin{
		Name: "Worker", Settings: Settings{},
		Actions: []sdk.Action{{ID: "work", Label: "Work", Run: sdk.Handle(work)}},
	}
	try(plugin, sdktest.Call{Action: "work"})
	// Output:
	// 1 of 2: News
	// 2 of 2: Sports
	// {"status":"ok","message":"done"}
}

// An action with Events is run when one of them happens. Its payload is decoded
// into a struct that names the keys of interest.
func ExampleEvent_Decode() {
	type Settings struct{}
	notice := func(ctx *sdk.Context, _ Settings) (sdk.Result, error) {
		if ctx.Event == nil {
			return sdk.Failed("Run by hand"), nil
		}
		var refresh struct {
			Account string `json:"account_name"`
			Created int    `json:"streams_created"`
		}
		if err := ctx.Event.Decode(&refresh); err != nil {
			return sdk.Result{}, err
		}
		return sdk.OK("%d new streams from %s", refresh.Created, refresh.Account), nil
	}
	plugin := sdk.Plugin{
		Name: "Listener", Settings: Settings{},
		Actions: []sdk.Action{{ID: "notice", Label: "Notice", Events: []string{"m3u_refresh"}, Run: sdk.Handle(notice)}},
	}
	try(plugin, sdktest.Call{Action: "notice", Event: &sdk.Event{
		Name: "m3u_refresh", Payload: json.RawMessage(`{"account_name": "Uplink", "streams_created": 3}`),
	}})
	try(plugin, sdktest.Call{Action: "notice"})
	// Output:
	// {"status":"ok","message":"3 new streams from Uplink"}
	// {"status":"error","message":"Run by hand"}
}
