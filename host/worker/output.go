package worker

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pluggarr/pluggarr/sdk/wire"
)

// longestLine is how much of one printed line becomes one log line, in bytes;
// the rest follows as further lines.
const longestLine = 16 << 10

// drainTime is how long the output of a dead process may keep coming from
// programs it started and left behind.
const drainTime = 200 * time.Millisecond

// Line is one line of a plugin's log.
type Line struct {
	Time    time.Time       `json:"time"`            // when the host heard of it
	Source  string          `json:"source"`          // "log" (the plugin's logger), "stdout" or "stderr"
	Run     string          `json:"run,omitempty"`   // the run that wrote it; "" when unknown
	Level   string          `json:"level"`           // "debug", "info", "warning" or "error"
	Message string          `json:"message"`         // the text
	Attrs   json.RawMessage `json:"attrs,omitempty"` // an object of further values; nil for none
}

// handle passes the plugin's calls on.
func (w *Worker) handle(ctx context.Context, method string, params json.RawMessage) (any, error) {
	if h := w.config.Load().Handle; h != nil {
		return h(ctx, method, params)
	}
	return nil, wire.Errorf(wire.CodeUnknownMethod, "this host does not serve %q", method)
}

// notify takes log records, progress, and that the description changed. What does not decode is dropped: it
// is the plugin's loss.
func (w *Worker) notify(method string, params json.RawMessage) {
	switch method {
	case wire.MethodLog:
		var p wire.LogParams
		if json.Unmarshal(params, &p) == nil {
			w.log(Line{Source: "log", Run: p.Run, Level: level(p.Level), Message: p.Message, Attrs: p.Attrs})
		}
	case wire.MethodProgress:
		var p wire.ProgressParams
		if report := w.config.Load().Progress; report != nil && json.Unmarshal(params, &p) == nil {
			report(p)
		}
	case wire.MethodChanged:
		if changed := w.config.Load().Changed; changed != nil {
			changed()
		}
	}
}

// level keeps to the protocol's four levels.
func level(name string) string {
	if slices.Contains([]string{"debug", "info", "warning", "error"}, name) {
		return name
	}
	return "info"
}

func (w *Worker) log(l Line) {
	l.Time = time.Now()
	w.tail.add(l.Message)
	if log := w.config.Load().Log; log != nil {
		log(l)
	}
}

// read makes log lines of what the process prints.
func (w *Worker) read(f *os.File, source string) {
	defer func() { _ = f.Close() }() // read only: nothing can be lost by it
	level := map[string]string{"stdout": "info", "stderr": "warning"}[source]
	r := bufio.NewReaderSize(f, longestLine)
	for {
		line, err := r.ReadSlice('\n')
		if text := strings.TrimRight(strings.ToValidUTF8(string(line), "�"), "\r\n"); text != "" {
			w.log(Line{Source: source, Level: level, Message: text})
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return // the end, or drain's deadline: somebody else holds the other end
		}
	}
}

// drain waits until the output of a dead process has been read.
func (w *Worker) drain() {
	until := time.Now().Add(drainTime)
	_ = w.proc.Stdout.SetReadDeadline(until) // fails only on a file that is closed, which is what we want
	_ = w.proc.Stderr.SetReadDeadline(until)
	w.reading.Wait()
}

// tail keeps the last lines of a log, and the one with which a runtime begins
// its last words, to show why a process died: a Go program that is out of memory
// says so and then prints all its goroutines.
type tail struct {
	mu    sync.Mutex
	last  []string
	cause string // ""; or what began the last words
	since int    // lines after cause
}

// keptLines is how many lines a tail has, longestLast how much of each, in
// bytes: the log has all of it.
const (
	keptLines   = 20
	longestLast = 500
)

func (t *tail) add(line string) {
	if len(line) > longestLast {
		line = strings.ToValidUTF8(line[:longestLast], "") + "…"
	}
	line = strings.Clone(line) // what it was cut from is not kept
	t.mu.Lock()
	defer t.mu.Unlock()
	t.since++
	if lastWords(line) {
		t.cause, t.since = line, 0
	}
	if len(t.last) == keptLines {
		t.last = append(t.last[:0], t.last[1:]...)
	}
	t.last = append(t.last, line)
}

// lastWords says that with this line Go or Python begins to tell why it ends.
func lastWords(line string) bool {
	return strings.HasPrefix(line, "fatal error: ") || strings.HasPrefix(line, "panic: ") ||
		strings.HasPrefix(line, "Fatal Python error: ")
}

func (t *tail) lines() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cause != "" && t.since >= keptLines {
		return append([]string{t.cause, "…"}, t.last[2:]...)
	}
	return slices.Clone(t.last)
}
