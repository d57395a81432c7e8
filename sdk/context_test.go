package sdk_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/sdktest"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// quiet answers with an empty result after f.
func quiet(f func(ctx *sdk.Context)) sdk.Handler {
	return sdk.Handle(func(ctx *sdk.Context, _ Settings) (sdk.Result, error) {
		f(ctx)
		return sdk.Result{}, nil
	})
}

// chatty logs while it is being logged.
type chatty struct{ log *slog.Logger }

func (c chatty) LogValue() slog.Value {
	c.log.Info("inner")
	return slog.StringValue("outer")
}

func TestLog(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		log   func(l *slog.Logger)
		level string
		text  string
		attrs string
	}{
		{"debug", func(l *slog.Logger) { l.Debug("x") }, "debug", "x", ""},
		{"info", func(l *slog.Logger) { l.Info("") }, "info", "", ""},
		{"warning", func(l *slog.Logger) { l.Warn("x") }, "warning", "x", ""},
		{"error", func(l *slog.Logger) { l.Error("x", "error", errors.New("why")) }, "error", "x", `{"error":"why"}`},
		{"below debug", func(l *slog.Logger) { l.Log(t.Context(), slog.LevelDebug-100, "x") }, "debug", "x", ""},
		{"above error", func(l *slog.Logger) { l.Log(t.Context(), slog.LevelError+3, "x") }, "error", "x", ""},
		{"order", func(l *slog.Logger) { l.Info("x", "z", 1, "a", "<b>&", "m", 1.5) }, "info", "x", `{"z":1,"a":"<b>&","m":1.5}`},
		{"names that records have too", func(l *slog.Logger) {
			l.Info("x", "msg", "", "level", slog.LevelInfo, "time", time.Unix(0, 0).UTC(), "run", "r", "message", "m")
		}, "info", "x", `{"msg":"","level":"INFO","time":"1970-01-01T00:00:00Z","run":"r","message":"m"}`},
		{"with", func(l *slog.Logger) { l.With("a", 1).With("b", 2).Info("x", "c", 3) }, "info", "x", `{"a":1,"b":2,"c":3}`},
		{"groups", func(l *slog.Logger) {
			l.With("a", 1).WithGroup("g").With("b", 2).Info("x", slog.Group("h", "c", 3), "level", "low")
		}, "info", "x", `{"a":1,"g":{"b":2,"h":{"c":3},"level":"low"}}`},
		{"duration", func(l *slog.Logger) { l.Info("x", "took", 1500*time.Millisecond) }, "info", "x", `{"took":"1.5s"}`},
		{"empty group", func(l *slog.Logger) { l.WithGroup("g").Info("x") }, "info", "x", ""},
		{"secret", func(l *slog.Logger) {
			l.Info("x", "key", sdk.Secret("hunter2"), "all", Settings{APIKey: "hunter2"})
		}, "info", "x", `{"key":"[secret]","all":{"limit":0,"api_key":"[secret]"}}`},
		{"no JSON form", func(l *slog.Logger) { l.Info("x", "f", func() {}) }, "info", "x", `{"f":"!ERROR:json: unsupported type: func()"}`},
		{"panics", func(l *slog.Logger) { l.Info("x", "f", explosive{}) }, "info", "x", `{"f":"!PANIC: boom"}`},
		{"invalid text", func(l *slog.Logger) { l.Info("a\xffb\n") }, "info", "a�b\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			out := act(t, quiet(func(ctx *sdk.Context) { tt.log(ctx.Log) }), sdktest.Call{})
			if out.Err != nil || len(out.Log) != 1 {
				t.Fatalf("log = %+v, %v, want one record", out.Log, out.Err)
			}
			got := out.Log[0]
			if got.Level != tt.level || got.Message != tt.text || string(got.Attrs) != tt.attrs {
				t.Errorf("record = %q %q %s, want %q %q %s", got.Level, got.Message, got.Attrs, tt.level, tt.text, tt.attrs)
			}
		})
	}
}

func TestLogWhileLogging(t *testing.T) {
	t.Parallel()
	out := act(t, quiet(func(ctx *sdk.Context) { ctx.Log.Info("x", "v", chatty{ctx.Log}) }), sdktest.Call{})
	if out.Err != nil || len(out.Log) != 2 || out.Log[0].Message != "inner" || string(out.Log[1].Attrs) != `{"v":"outer"}` {
		t.Errorf("log = %+v, %v, want inner, then outer", out.Log, out.Err)
	}
}

// TestLogAndProgressOfManyRuns has runs, each with several goroutines, at once:
// each record belongs to its run and nothing is mixed or lost.
func TestLogAndProgressOfManyRuns(t *testing.T) {
	t.Parallel()
	const runs, talkers, lines = 4, 8, 20
	p := sdktest.Start(t, with(quiet(func(ctx *sdk.Context) {
		var wg sync.WaitGroup
		for talker := range talkers {
			wg.Go(func() {
				for line := range lines {
					ctx.Log.Info("line", "run", ctx.Run.ID, "talker", talker, "line", line)
					ctx.Progress(line, lines, ctx.Run.ID)
				}
			})
		}
		wg.Wait()
	})))
	var wg sync.WaitGroup
	for range runs {
		wg.Go(func() {
			out := p.Run(t.Context(), sdktest.Call{Action: "act"})
			if out.Err != nil || len(out.Log) != talkers*lines || len(out.Progress) != talkers*lines {
				t.Errorf("%d records, %d reports, %v, want %d of each", len(out.Log), len(out.Progress), out.Err, talkers*lines)
			}
			for _, l := range out.Log {
				if !strings.HasPrefix(string(l.Attrs), fmt.Sprintf(`{"run":%q,"talker":`, l.Run)) {
					t.Errorf("record %s in run %s", l.Attrs, l.Run)
				}
			}
		})
	}
	wg.Wait()
	if got := len(p.Log()); got != runs*talkers*lines {
		t.Errorf("%d records in all, want %d", got, runs*talkers*lines)
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	out := act(t, quiet(func(ctx *sdk.Context) {
		ctx.Progress(1, 3, "one")
		ctx.Progress(2, 0, "")
	}), sdktest.Call{})
	want := []wire.ProgressParams{{Run: "act-1", Done: 1, Total: 3, Message: "one"}, {Run: "act-1", Done: 2}}
	if out.Err != nil || fmt.Sprint(out.Progress) != fmt.Sprint(want) {
		t.Errorf("progress = %v, %v, want %v", out.Progress, out.Err, want)
	}
}

func TestProgressOutsideOfRuns(t *testing.T) {
	t.Parallel()
	p := sdktest.Start(t, starter(func(ctx *sdk.Context, _ Settings) error {
		ctx.Progress(1, 2, "nobody asked") // a report would have no run to belong to
		ctx.Log.Info("worked")
		return nil
	}))
	if err := p.Stop(t.Context(), sdk.StopShutdown); err != nil {
		t.Fatal(err)
	}
	if log := p.Log(); len(log) != 1 || log[0].Run != "" {
		t.Errorf("log = %+v, want one record of no run", log)
	}
}

func TestEvent(t *testing.T) {
	t.Parallel()
	var got sdk.Event
	var run sdk.Run
	var account struct {
		Name string `json:"account_name"`
	}
	var wrong error
	handler := quiet(func(ctx *sdk.Context) {
		got, run = *ctx.Event, ctx.Run
		if err := ctx.Event.Decode(&account); err != nil {
			ctx.Log.Error("decode", "error", err)
		}
		wrong = ctx.Event.Decode(&struct {
			Name int `json:"account_name"`
		}{})
	})
	event := sdk.Event{Name: "m3u_refresh", Payload: json.RawMessage(`{"account_name":"Uplink","streams_created":3}`)}
	out := act(t, handler, sdktest.Call{Event: &event})
	if out.Err != nil || len(out.Log) != 0 {
		t.Fatalf("run = %v, log %v", out.Err, out.Log)
	}
	if got.Name != event.Name || string(got.Payload) != string(event.Payload) || account.Name != "Uplink" {
		t.Errorf("event = %+v, account %q", got, account.Name)
	}
	if wrong == nil || !strings.Contains(wrong.Error(), "decode the payload of m3u_refresh") {
		t.Errorf("Decode into the wrong type = %v, want an error that names the event", wrong)
	}
	if run != (sdk.Run{ID: "act-1", Action: "act"}) {
		t.Errorf("run = %+v", run)
	}
}
