package workertest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/worker"
	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// subject is a worker with its plugin, and what was heard of it.
type subject struct {
	*worker.Worker
	heard       *record
	description sdk.Description
}

// fresh starts a process that has not been greeted; the test's end ends it.
func fresh(t *testing.T, r Runtime) *worker.Worker {
	t.Helper()
	w := worker.New(r.Launch(t))
	t.Cleanup(func() {
		if err := w.Stop(context.Background(), nil); err != nil {
			t.Errorf("stop the worker: %v", err)
		}
	})
	return w
}

// begin starts a worker and brings its plugin to where actions can be run.
func begin(t *testing.T, r Runtime) *subject {
	t.Helper()
	return beginWithin(t, r, patience)
}

// beginWithin is begin with another grace.
func beginWithin(t *testing.T, r Runtime, grace time.Duration) *subject {
	t.Helper()
	s := &subject{Worker: fresh(t, r), heard: newRecord()}
	cfg := s.heard.config()
	cfg.Grace = grace
	s.greet(t, r, cfg)
	return s
}

func (s *subject) greet(t *testing.T, r Runtime, cfg worker.Config) {
	t.Helper()
	ctx := limited(t)
	if err := s.Hello(ctx, wire.HelloParams{Key: "suite", Dir: r.Dir, Data: t.TempDir()}, cfg); err != nil {
		t.Fatalf("hello: %v", err)
	}
	var err error
	if s.description, err = s.Describe(ctx); err != nil {
		t.Fatalf("describe: %v", err)
	}
}

// limited returns the test's context with an end, so that what hangs fails.
func limited(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeoutCause(t.Context(), patience, errors.New("the test's patience has ended"))
	t.Cleanup(cancel)
	return ctx
}

// input is the parameters of most actions.
type input struct {
	Text  string `json:"text"`
	Count int    `json:"count"`
}

// try runs an action with the settings {"limit": 3, "mode": "fast"}.
func (s *subject) try(ctx context.Context, action string, in input) (string, error) {
	params, err := json.Marshal(in)
	if err != nil {
		return "", err
	}
	result, err := s.Run(ctx, wire.RunParams{
		Run: "run of " + action, Action: action, Params: params, Settings: settings(3),
	})
	return string(result), err
}

// must runs an action that has to succeed and returns its result.
func (s *subject) must(t *testing.T, action string, in input) string {
	t.Helper()
	result, err := s.try(limited(t), action, in)
	if err != nil {
		t.Fatalf("run %s: %v", action, err)
	}
	return result
}

// works fails the test unless an ordinary call gets its answer.
func (s *subject) works(t *testing.T) {
	t.Helper()
	same(t, "a call", s.must(t, "echo", input{Text: "still here"}),
		`{"status":"ok","zeta":"still here","alpha":3,"mode":"fast"}`)
}

// ends waits for the end of the worker.
func (s *subject) ends(t *testing.T) {
	t.Helper()
	select {
	case <-s.Done():
	case <-limited(t).Done():
		t.Fatal("the worker lives on")
	}
}

// endedItself fails the test unless the worker ended as it should.
func (s *subject) endedItself(t *testing.T) {
	t.Helper()
	s.ends(t)
	if death := s.Death(); death.Exit != nil {
		t.Errorf("%v; it should have ended by itself", death)
	}
}

// pid asks the plugin for its process's id.
func (s *subject) pid(t *testing.T, action string) int {
	t.Helper()
	var answer struct {
		Pid int `json:"pid"`
	}
	if err := json.Unmarshal([]byte(s.must(t, action, input{})), &answer); err != nil || answer.Pid == 0 {
		t.Fatalf("run %s: no process id: %v", action, err)
	}
	return answer.Pid
}

// reaped fails the test when the process is still there, be it as a zombie.
func reaped(t *testing.T, pid int) {
	t.Helper()
	if _, err := os.Stat(fmt.Sprintf("/proc/%d", pid)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("process %d has not been reaped: %v", pid, err)
	}
}

func settings(limit int) json.RawMessage {
	return fmt.Appendf(nil, `{"limit":%d,"mode":"fast"}`, limit)
}

// same fails the test unless both texts are the same JSON with the same order
// of keys; spaces do not count.
func same(t *testing.T, what, got, want string) {
	t.Helper()
	var a, b bytes.Buffer
	if err := json.Compact(&a, []byte(got)); err != nil {
		t.Fatalf("%s answered what is no JSON: %v", what, err)
	}
	if err := json.Compact(&b, []byte(want)); err != nil {
		t.Fatalf("the test wants what is no JSON: %v", err)
	}
	if a.String() != b.String() {
		t.Errorf("%s answered\n%.300s\nnot\n%.300s", what, a.String(), b.String())
	}
}

// pluginError returns the plugin's own failure that err has to be.
func pluginError(t *testing.T, err error) (*wire.Error, wire.PluginFailure) {
	t.Helper()
	var failure *wire.Error
	if !errors.As(err, &failure) {
		t.Fatalf("got %v (%T), not an error that the plugin answered with", err, err)
	}
	var data wire.PluginFailure
	if failure.Data != nil {
		if err := json.Unmarshal(failure.Data, &data); err != nil {
			t.Errorf("the failure's data: %v", err)
		}
	}
	return failure, data
}

// record keeps what a worker says and lets tests wait for it.
type record struct {
	mu       sync.Mutex
	changed  chan struct{} // closed and replaced with every change
	lines    []worker.Line
	progress []wire.ProgressParams
}

func newRecord() *record { return &record{changed: make(chan struct{})} }

func (r *record) config() worker.Config {
	return worker.Config{Log: r.log, Progress: r.report, Grace: patience}
}

func (r *record) log(l worker.Line) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, l)
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *record) report(p wire.ProgressParams) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.progress = append(r.progress, p)
}

// all returns what was heard so far.
func (r *record) all() ([]worker.Line, []wire.ProgressParams) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.lines), slices.Clone(r.progress)
}

// await waits until at least n lines hold text.
func (r *record) await(t *testing.T, n int, text string) {
	t.Helper()
	ctx := limited(t)
	for {
		r.mu.Lock()
		changed := r.changed
		r.mu.Unlock()
		if r.count(text) >= n {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			lines, _ := r.all()
			t.Fatalf("%d lines with %q never came, only %+v", n, text, lines)
		}
	}
}

// count says how many lines hold text.
func (r *record) count(text string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, l := range r.lines {
		if strings.Contains(l.Message, text) {
			n++
		}
	}
	return n
}

// quoted is text as JSON writes it.
func quoted(text string) string {
	raw, err := json.Marshal(text)
	if err != nil {
		panic(err) // strings can always be written
	}
	return string(raw)
}

// unescaped rewrites a JSON text so that every character that needs no escape
// has none, in the way [json.Marshal] does: escaping is each runtime's choice.
func unescaped(t *testing.T, raw string) string {
	t.Helper()
	var b strings.Builder
	for rest := raw; rest != ""; {
		begin := strings.IndexByte(rest, '"')
		if begin < 0 {
			return b.String() + rest
		}
		b.WriteString(rest[:begin])
		var text string
		dec := json.NewDecoder(strings.NewReader(rest[begin:]))
		if err := dec.Decode(&text); err != nil {
			t.Fatalf("not JSON: %q: %v", raw, err)
		}
		b.WriteString(quoted(text))
		rest = rest[begin+int(dec.InputOffset()):]
	}
	return b.String()
}
