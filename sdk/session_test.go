package sdk_test

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/sdktest"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

func TestHello(t *testing.T) {
	t.Parallel()
	conn := dial(t, sdk.Plugin{Name: "Test"})
	call := func(method string, params any) error { return conn.Call(t.Context(), method, params, nil) }

	failure(t, call(wire.MethodInspect, wire.InspectParams{Dir: "/p"}), wire.CodeUnknownMethod)
	for _, method := range []string{wire.MethodDescribe, wire.MethodStart, wire.MethodRun, wire.MethodOptions, wire.MethodStop} {
		failure(t, call(method, map[string]any{}), wire.CodeInvalidRequest)
	}
	failure(t, call(wire.MethodHello, nil), wire.CodeInvalidParams)
	other := failure(t, call(wire.MethodHello, wire.HelloParams{Protocol: wire.Version + 1}), wire.CodeVersion)
	if !strings.Contains(other.Message, "build it again") {
		t.Errorf("hello of another version says %q, want what to do", other.Message)
	}

	var hello wire.HelloResult
	if err := conn.Call(t.Context(), wire.MethodHello, wire.HelloParams{Protocol: wire.Version}, &hello); err != nil {
		t.Fatal(err)
	}
	if hello.Protocol != wire.Version || hello.Runtime != "go" || !strings.HasPrefix(hello.Version, "go1.") {
		t.Errorf("hello = %+v", hello)
	}
	failure(t, call(wire.MethodHello, wire.HelloParams{Protocol: wire.Version}), wire.CodeInvalidRequest)
	failure(t, call(wire.MethodInspect, wire.InspectParams{Dir: "/p"}), wire.CodeUnknownMethod)
	failure(t, call("dance", nil), wire.CodeUnknownMethod)
	failure(t, call(wire.MethodRun, []int{1}), wire.CodeInvalidParams)
	failure(t, call(wire.MethodOptions, wire.OptionsParams{Field: "x"}), wire.CodeUnknownMethod)
	if err := call(wire.MethodStart, wire.StartParams{}); err != nil {
		t.Errorf("start without a Start = %v, want nothing", err)
	}
	if err := call(wire.MethodStop, wire.StopParams{Reason: "shutdown"}); err != nil {
		t.Errorf("stop without a Stop = %v, want nothing", err)
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	p := sdk.Plugin{
		Name: "Test", Version: "1.2.3", Description: "Tests.", Author: "Me", HelpURL: "https://example.org",
		Settings: Settings{Limit: 5, APIKey: "hunter2"},
		Actions: []sdk.Action{{
			ID: "act", Label: "Act", Description: "Acts.", ButtonLabel: "Go", ButtonVariant: "outline", ButtonColor: "red",
			Confirm: &sdk.Confirm{Title: "Sure?"}, Events: []string{"m3u_refresh"}, Schedule: "0 4 * * *",
			Timeout: 90_000_000_000, Background: true,
			Run: sdk.HandleParams(func(*sdk.Context, Settings, Params) (sdk.Result, error) { return sdk.Result{}, nil }),
		}},
		Start:   sdk.Background(func(*sdk.Context, Settings) error { return nil }),
		Stop:    func(*sdk.Context, sdk.StopReason) error { return nil },
		Options: func(*sdk.Context, string) ([]sdk.Option, error) { return nil, nil },
	}
	got, err := json.Marshal(sdktest.Start(t, p).Description)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"runtime":"go","name":"Test","version":"1.2.3","description":"Tests.","author":"Me","help_url":"https://example.org",` +
		`"settings":{"fields":[{"name":"Limit","kind":"int","tag":"json:\"limit\" label:\"Limit\""},` +
		`{"name":"APIKey","kind":"sdk.Secret","tag":"json:\"api_key\""}],"defaults":{"limit":5}},` +
		`"actions":[{"id":"act","label":"Act","description":"Acts.","button_label":"Go","button_variant":"outline","button_color":"red",` +
		`"confirm":{"title":"Sure?","message":""},"events":["m3u_refresh"],"schedule":"0 4 * * *","timeout":"1m30s","background":true,` +
		`"params":{"fields":[{"name":"Group","kind":"string","tag":"json:\"group\""}],"defaults":{"group":""}}}],` +
		`"has_start":true,"has_stop":true,"has_options":true}`
	if string(got) != want {
		t.Errorf("Description =\n%s\nwant\n%s", got, want)
	}
}

func TestStartAgainWithNewSettings(t *testing.T) {
	t.Parallel()
	began, ended := make(chan int), make(chan int)
	p := sdktest.Start(t, starter(func(ctx *sdk.Context, s Settings) error {
		began <- s.Limit
		<-ctx.Done()
		ended <- s.Limit
		return ctx.Err()
	}))
	restarted := make(chan error, 1)
	if got := <-began; got != 5 {
		t.Errorf("Start began with limit %d, want the default 5", got)
	}
	go func() { restarted <- p.Restart(t.Context(), sdktest.Values{"limit": 7}) }()
	if got := <-ended; got != 5 {
		t.Errorf("the work with limit %d ended, want 5", got)
	}
	if got := <-began; got != 7 {
		t.Errorf("Start began with limit %d, want 7", got)
	}
	if err := <-restarted; err != nil {
		t.Error(err)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- p.Stop(t.Context(), sdk.StopDisable) }()
	if got := <-ended; got != 7 {
		t.Errorf("the work with limit %d ended at stop, want 7", got)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if log := p.Log(); len(log) != 0 {
		t.Errorf("an end that was asked for logged %v", log)
	}
}

func TestDeafStart(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	p := sdktest.Start(t, starter(func(*sdk.Context, Settings) error {
		<-release
		return nil
	}))
	t.Cleanup(func() { close(release) }) // before sdktest's, which waits for the plugin
	ctx, cancel := context.WithCancel(t.Context())
	restarted, stopped := make(chan error, 1), make(chan error, 1)
	go func() { restarted <- p.Restart(ctx, nil) }()
	go func() { stopped <- p.Stop(ctx, sdk.StopReload) }()
	if out := p.Run(t.Context(), sdktest.Call{Action: "act"}); out.Err != nil {
		t.Errorf("a run beside a deaf Start: %v", out.Err)
	}
	cancel()
	for name, done := range map[string]chan error{"start": restarted, "stop": stopped} {
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("%s behind a deaf Start = %v, want context.Canceled", name, err)
		}
	}
	if out := p.Run(t.Context(), sdktest.Call{Action: "act"}); out.Err != nil {
		t.Errorf("a run after that: %v", out.Err)
	}
}

func TestBackgroundFails(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		start     func(ctx *sdk.Context, s Settings) error
		want      string
		traceback string
	}{
		{"error", func(*sdk.Context, Settings) error { return errors.New("no milk") }, "no milk", ""},
		{"panic", func(*sdk.Context, Settings) error { panic("spilt") }, "panic: spilt", "session_test.go:"},
		{"nil", func(*sdk.Context, Settings) error { return nil }, "", ""},
		{"its own cancelled context", func(*sdk.Context, Settings) error { return context.Canceled }, "context canceled", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := sdktest.Start(t, starter(tt.start))
			// An end that comes after Stop would be one that was asked for.
			for end := time.Now().Add(time.Minute); tt.want != "" && len(p.Log()) == 0 && time.Now().Before(end); {
				runtime.Gosched()
			}
			if err := p.Stop(t.Context(), sdk.StopShutdown); err != nil { // waits for the end of the work
				t.Fatal(err)
			}
			log := p.Log()
			if tt.want == "" {
				if len(log) != 0 {
					t.Errorf("log = %v, want none", log)
				}
				return
			}
			if len(log) != 1 || log[0].Level != "error" || log[0].Message != "background work ended" {
				t.Fatalf("log = %v, want one error", log)
			}
			var attrs struct{ Error, Traceback string }
			if err := json.Unmarshal(log[0].Attrs, &attrs); err != nil {
				t.Fatal(err)
			}
			if attrs.Error != tt.want || !strings.Contains(attrs.Traceback, tt.traceback) {
				t.Errorf("attrs = %+v, want error %q and traceback with %q", attrs, tt.want, tt.traceback)
			}
		})
	}
}

func TestStop(t *testing.T) {
	t.Parallel()
	var heard []string
	p := starter(func(ctx *sdk.Context, _ Settings) error {
		<-ctx.Done()
		heard = append(heard, "start ended")
		return nil
	})
	p.Stop = func(_ *sdk.Context, reason sdk.StopReason) error {
		heard = append(heard, string(reason))
		return errors.New("not yet")
	}
	err := sdktest.Start(t, p).Stop(t.Context(), sdk.StopDelete)
	if got := failure(t, err, wire.CodePlugin); got.Message != "not yet" {
		t.Errorf("Stop = %v, want the plugin's error", got)
	}
	if got := strings.Join(heard, ", "); got != "start ended, delete" {
		t.Errorf("order = %s, want the end of Start before Stop", got)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	p := with(sdk.Handle(func(*sdk.Context, Settings) (sdk.Result, error) { return sdk.Result{}, nil }))
	p.Options = func(_ *sdk.Context, field string) ([]sdk.Option, error) {
		switch field {
		case "mode":
			return []sdk.Option{{Value: "safe", Label: "Safe"}}, nil
		case "none":
			return nil, nil
		}
		return nil, errors.New("no such field")
	}
	plugin := sdktest.Start(t, p)
	if got, err := plugin.Options(t.Context(), "mode"); err != nil || len(got) != 1 || got[0] != (sdk.Option{Value: "safe", Label: "Safe"}) {
		t.Errorf("Options(mode) = %v, %v", got, err)
	}
	if got, err := plugin.Options(t.Context(), "none"); err != nil || got == nil || len(got) != 0 {
		t.Errorf("Options(none) = %#v, %v, want an empty list", got, err)
	}
	_, err := plugin.Options(t.Context(), "else")
	failure(t, err, wire.CodePlugin)
}

// TestHangUp ends the stream under a run and a Start that both listen: they get
// to finish before ServeStream returns.
func TestHangUp(t *testing.T) {
	t.Parallel()
	var ran, worked bool
	p := starter(func(ctx *sdk.Context, _ Settings) error {
		<-ctx.Done()
		worked = true
		return nil
	})
	running := make(chan struct{})
	p.Actions[0].Run = sdk.Handle(func(ctx *sdk.Context, _ Settings) (sdk.Result, error) {
		close(running)
		<-ctx.Done()
		ran = true
		return sdk.Result{}, ctx.Err()
	})
	ours, theirs := net.Pipe()
	served := make(chan error, 1)
	go func() { served <- sdk.ServeStream(theirs, p) }()
	conn := wire.NewConn(ours, wire.Config{})
	if err := conn.Call(t.Context(), wire.MethodHello, wire.HelloParams{Protocol: wire.Version}, nil); err != nil {
		t.Fatal(err)
	}
	if err := conn.Call(t.Context(), wire.MethodStart, wire.StartParams{}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Begin(t.Context(), wire.MethodRun, wire.RunParams{Run: "1", Action: "act"}); err != nil {
		t.Fatal(err)
	}
	<-running
	_ = conn.Close()
	if err := <-served; err != nil || !ran || !worked {
		t.Errorf("ServeStream = %v; run ended %t, Start ended %t, want both", err, ran, worked)
	}
}

func TestHangUpOnDeafRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		running, release := make(chan struct{}), make(chan struct{})
		p := with(sdk.Handle(func(*sdk.Context, Settings) (sdk.Result, error) {
			close(running)
			<-release
			return sdk.Result{}, nil
		}))
		ours, theirs := net.Pipe()
		served := make(chan error, 1)
		go func() { served <- sdk.ServeStream(theirs, p) }()
		conn := wire.NewConn(ours, wire.Config{})
		if err := conn.Call(t.Context(), wire.MethodHello, wire.HelloParams{Protocol: wire.Version}, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Begin(t.Context(), wire.MethodRun, wire.RunParams{Run: "1", Action: "act"}); err != nil {
			t.Fatal(err)
		}
		<-running
		_ = conn.Close()
		if err := <-served; err == nil || !strings.Contains(err.Error(), "still works") {
			t.Errorf("ServeStream = %v, want that the plugin still works", err)
		}
		close(release)
	})
}

func TestBadFrame(t *testing.T) {
	t.Parallel()
	ours, theirs := net.Pipe()
	served := make(chan error, 1)
	go func() { served <- sdk.ServeStream(theirs, sdk.Plugin{Name: "Test"}) }()
	_, _ = ours.Write([]byte("hello?\n")) // that it fails is what served says
	if err := <-served; !errors.Is(err, wire.ErrFrame) {
		t.Errorf("ServeStream = %v, want ErrFrame", err)
	}
	_ = ours.Close()
}
