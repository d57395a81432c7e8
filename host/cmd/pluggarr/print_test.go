package main

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/registry"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

func TestReport(t *testing.T) {
	t.Parallel()
	mistakes := &registry.Failure{
		Message: "main.go:3:5: undefined: x (and 1 more)", Fault: "plugin", Hint: "The version before it keeps serving.",
		Problems: []wire.Problem{
			{File: "main.go", Line: 3, Column: 5, Message: "undefined: x", Excerpt: "3 | \tx()\n  | \t^"},
			{File: "main.go", Line: 9, Column: 1, Message: "missing return", Excerpt: "9 | }\n  | ^"},
		},
	}
	death := &registry.Failure{Message: "plugin p: its process ended (exit status 7)", Output: []string{"last \x1b[2Jwords"}}
	tests := []struct {
		name, format, level string
		report              registry.Report
		want                string
	}{
		{"loaded", "text", "info", registry.Report{Plugin: "p", What: registry.Loaded, Took: 62 * time.Millisecond}, "10:11:12 p  loaded in 62 ms\n"},
		{"reloaded", "text", "info", registry.Report{Plugin: "p", What: registry.Reloaded, Took: 1999 * time.Microsecond}, "10:11:12 p  live in 1 ms\n"},
		{"stopped", "text", "info", registry.Report{Plugin: "p", What: registry.Stopped}, "10:11:12 p  stopped\n"},
		{"not asked for", "text", "warn", registry.Report{Plugin: "p", What: registry.Stopped}, ""},
		{"broken", "text", "error", registry.Report{Plugin: "p", What: registry.Broken, Failure: mistakes}, `10:11:12 p  cannot run: main.go:3:5: undefined: x (and 1 more)
    3 | 	x()
      | 	^
  main.go:9:1: missing return
    9 | }
      | ^
    The version before it keeps serving.
`},
		{"died", "text", "info", registry.Report{Plugin: "p", What: registry.Died, Failure: death}, `10:11:12 p  died: p: its process ended (exit status 7)
    last ` + "\uFFFD" + `[2Jwords
`},
		{"trouble", "text", "info", registry.Report{Plugin: "p", What: registry.Trouble, Failure: &registry.Failure{Message: "disk full"}}, "10:11:12 p  disk full\n"},
		{"found", "text", "info", registry.Report{Plugin: "p", What: registry.Found, State: registry.Disabled}, "10:11:12 p  found (disabled)\n"},
		{"removed", "text", "info", registry.Report{Plugin: "p", What: registry.Removed}, "10:11:12 p  removed\n"},
		{"json found", "json", "info", registry.Report{Plugin: "p", What: registry.Found, State: registry.Idle}, `{"level":"INFO","msg":"found","plugin":"p","state":"idle"}`},
		{"json", "json", "info", registry.Report{Plugin: "p", What: registry.Loaded, Took: 1500 * time.Microsecond}, `{"level":"INFO","msg":"loaded","plugin":"p","took_ms":1.5}`},
		{"json failure", "json", "info", registry.Report{Plugin: "p", What: registry.Died, Failure: death}, `{"level":"ERROR","msg":"died","plugin":"p","error":{"message":"plugin p: its process ended (exit status 7)","fault":"","output":["last \u001b[2Jwords"]}}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			p := testPrinter(&b, test.format, test.level)
			p.report(test.report)
			got := b.String()
			if test.format == "json" {
				got = withoutTime(t, got)
			}
			if got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestPrinterLogs(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	p := testPrinter(&b, "text", "info")
	p.log.Info("two\x1b[2J", slog.String("plugin", "p"), slog.Any("attrs", json.RawMessage(`{"limit":7,"word":"a b","none":null}`)))
	p.log.Debug("unheard")
	if got, want := b.String(), `INF two`+"\uFFFD"+`[2J plugin=p limit=7 word="a b" none=null`+"\n"; !strings.HasSuffix(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	b.Reset()
	p.say("listens on", "url", "http://x")
	if want := "10:11:12 listens on http://x\n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
	b.Reset()
	testPrinter(&b, "json", "info").say("listens on", "url", "http://x")
	if got, want := withoutTime(t, b.String()), `{"level":"INFO","msg":"listens on","url":"http://x"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func testPrinter(to *bytes.Buffer, format, level string) *printer {
	p := newPrinter(to, &config{format: choice{value: format}, level: choice{value: level}}, false)
	p.now = func() time.Time { return time.Date(2026, 1, 2, 10, 11, 12, 0, time.UTC) }
	return p
}

func withoutTime(t *testing.T, line string) string {
	t.Helper()
	var o object
	if err := json.Unmarshal([]byte(line), &o); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	if len(o.keys) == 0 || o.keys[0] != "time" {
		t.Fatalf("no time in %s", line)
	}
	o.keys = o.keys[1:]
	raw, err := o.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// stuck is a terminal that somebody has stopped.
type stuck struct {
	entered chan struct{}
	free    chan struct{}
	bytes.Buffer
}

func (s *stuck) Write(line []byte) (int, error) {
	select {
	case s.entered <- struct{}{}:
	default:
	}
	<-s.free
	return s.Buffer.Write(line)
}

func TestLinesNeverWait(t *testing.T) {
	t.Parallel()
	terminal := &stuck{entered: make(chan struct{}, 1), free: make(chan struct{})}
	l := newLines(terminal)
	_, _ = l.Write([]byte("first\n"))
	<-terminal.entered
	const more = 5
	for range queuedLines + more {
		_, _ = l.Write([]byte("x\n")) // would wait for ever
	}
	close(terminal.free)
	l.Close()
	<-l.ended
	_, _ = l.Write([]byte("late\n"))
	if got := terminal.String(); !strings.HasPrefix(got, "first\nx\n") || !strings.HasSuffix(got, "x\n(5 lines were not printed: nobody took them)\n") {
		t.Errorf("got %d bytes, the end is %q", len(got), got[max(0, len(got)-80):])
	}
}
