package compat_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/pluggarr/pluggarr/compat"
	"github.com/pluggarr/pluggarr/host/proc"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is when a test gives up; nothing is expected to take this long.
const patience = time.Minute

// python finds an interpreter for a test, or skips it.
func python(t testing.TB, name string) compat.Python {
	t.Helper()
	found, err := compat.Find(t.Context(), name)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("Find(%q): %v", name, err)
		}
		t.Skipf("no Python to test with: %v", err)
	}
	return found
}

// host is a Server and the folders around it.
type host struct {
	*compat.Server
	plugins string
	log     *syncBuffer
}

func start(t testing.TB, interpreter compat.Python) *host {
	t.Helper()
	starter := proc.NewStarter("")
	t.Cleanup(starter.Close)
	return startOn(t, interpreter, starter)
}

func startOn(t testing.TB, interpreter compat.Python, starter *proc.Starter) *host {
	t.Helper()
	h := &host{plugins: t.TempDir(), log: &syncBuffer{}}
	var err error
	h.Server, err = compat.Start(t.Context(), compat.Config{
		Starter: starter, Python: interpreter, Dir: filepath.Join(t.TempDir(), "python"), PluginsDir: h.plugins,
		Env: append(os.Environ(), "PYTHONSAFEPATH=1", "PYTHONINSPECT=1"),
		Log: slog.New(slog.NewTextHandler(h.log, nil)),
	})
	if err != nil {
		t.Fatalf("Start() = %v", err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Errorf("Close() = %v", err)
		}
	})
	return h
}

// worker is a forked worker with somebody on the other end of everything.
type worker struct {
	*compat.Child
	conn     *wire.Conn
	out, err syncBuffer
	reading  sync.WaitGroup
	logs     chan wire.LogParams
}

func (h *host) fork(t testing.TB, limits proc.Limits) *worker {
	t.Helper()
	child, err := h.Fork(t.Context(), limits)
	if err != nil {
		t.Fatalf("Fork() = %v", err)
	}
	w := &worker{Child: child, logs: make(chan wire.LogParams, 1000)}
	w.conn = wire.NewConn(child.Stream, wire.Config{Notify: func(_ string, params json.RawMessage) {
		var p wire.LogParams
		if json.Unmarshal(params, &p) == nil {
			w.logs <- p
		}
	}})
	w.reading.Go(func() { _, _ = io.Copy(&w.out, child.Stdout) })
	w.reading.Go(func() { _, _ = io.Copy(&w.err, child.Stderr) })
	t.Cleanup(func() {
		_ = w.conn.Close()
		_ = w.Kill()
		_ = w.Wait()
		w.reading.Wait()
		_ = child.Stdout.Close()
		_ = child.Stderr.Close()
	})
	return w
}

// load writes a plugin.py and has w load it.
func (h *host) load(t testing.TB, w *worker, key, source string) {
	t.Helper()
	dir := filepath.Join(h.plugins, key)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	// Renamed into place: a test beside this one may be reading the same plugin.
	whole := filepath.Join(t.TempDir(), "plugin.py")
	if err := os.WriteFile(whole, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(whole, filepath.Join(dir, "plugin.py")); err != nil {
		t.Fatal(err)
	}
	var hello wire.HelloResult
	w.call(t, wire.MethodHello, wire.HelloParams{Protocol: wire.Version, Key: key, Dir: dir, Data: h.plugins}, &hello)
	if hello.Protocol != wire.Version || hello.Runtime != "python" {
		t.Fatalf("hello = %+v", hello)
	}
	w.call(t, wire.MethodDescribe, nil, nil)
}

func (w *worker) call(t testing.TB, method string, params, result any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := w.conn.Call(ctx, method, params, result); err != nil {
		t.Fatalf("%s = %v\n%s", method, err, w.err.String())
	}
}

func (w *worker) run(ctx context.Context, action string) (string, error) {
	var result json.RawMessage
	err := w.conn.Call(ctx, wire.MethodRun, wire.RunParams{
		Run: "r-" + action, Action: action, Params: json.RawMessage(`{}`), Settings: json.RawMessage(`{"limit":7}`),
	}, &result)
	return string(result), err
}

// ended waits for the worker's end and returns how it ended as text.
func (w *worker) ended(t testing.TB) string {
	t.Helper()
	result := make(chan error, 1)
	go func() { result <- w.Wait() }()
	select {
	case err := <-result:
		return fmt.Sprint(err)
	case <-time.After(patience):
		t.Fatalf("worker %d does not end", w.Pid)
		return ""
	}
}

type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

const echo = `
class Plugin:
    name = "Echo"
    fields = [{"id": "limit", "type": "number", "default": 5}]
    def run(self, action, params, context):
        context["logger"].info("in %s", action)
        print("printed", action)
        return {"status": "ok", "limit": context["settings"]["limit"]}
`

// TestLife goes once through a worker's life with each interpreter of the machine.
func TestLife(t *testing.T) {
	t.Parallel()
	interpreters := []compat.Python{python(t, "")}
	for _, name := range []string{"/usr/bin/python3", "python3.10", "python3.12", "python3.13", "python3.14"} {
		if found, err := compat.Find(t.Context(), name); err == nil && !slices.Contains(interpreters, found) {
			interpreters = append(interpreters, found)
		}
	}
	for _, interpreter := range interpreters {
		t.Run(interpreter.Path, func(t *testing.T) {
			t.Parallel()
			h := start(t, interpreter)
			w := h.fork(t, proc.Limits{Memory: 1 << 30, Files: 256})
			h.load(t, w, "echo", echo)
			result, err := w.run(t.Context(), "do_work")
			if want := `{"status":"ok","limit":7}`; err != nil || result != want {
				t.Errorf("run = %s, %v, want %s", result, err, want)
			}
			if log := <-w.logs; log.Message != "in do_work" || log.Run != "r-do_work" || log.Level != "info" {
				t.Errorf("log = %+v", log)
			}
			w.call(t, wire.MethodStop, wire.StopParams{Reason: "disable", Settings: json.RawMessage(`{}`)}, nil)
			_ = w.conn.Close()
			if end := w.ended(t); end != "<nil>" {
				t.Errorf("Wait() = %s, want nil", end)
			}
			w.reading.Wait()
			if out := w.out.String(); out != "printed do_work\n" {
				t.Errorf("stdout = %q", out)
			}
			if log := h.log.String(); log != "" {
				t.Errorf("the fork-server printed %s", log)
			}
		})
	}
}

const nasty = `
import ctypes, os, sys, threading, time
class Plugin:
    def run(self, action, params, context):
        context["logger"].info("in")
        return getattr(self, action)()
    def fine(self): return 1
    def exit(self): sys.exit(3)
    def hard_exit(self): os._exit(7)
    def segfault(self): ctypes.string_at(0)
    def junk(self):
        for fd in range(3, 200):
            try:
                os.write(fd, b"junk\n")
            except OSError:
                pass
        sys.stdout.write("x" * 1000000 + "\n")
        return 1
    def close(self):
        os.closerange(0, 256)
        return 1
    def loop(self):
        while True:
            pass
    def deaf(self):
        while True:
            try:
                while True:
                    time.sleep(0.001)
            except BaseException:
                pass
    def thread(self):
        threading.Thread(target=self.deaf).start()
        return 1
    def flood(self): return b"x" * (70 << 20)
    def memory(self): return len(bytearray(1 << 40))
`

// TestOneFailedCall has calls that fail, or should, without hurting the next one.
func TestOneFailedCall(t *testing.T) {
	t.Parallel()
	h := start(t, python(t, ""))
	w := h.fork(t, proc.Limits{Memory: 1 << 30, Files: 256})
	h.load(t, w, "nasty", nasty)
	tests := []struct {
		action string
		code   int    // 0: it succeeds
		text   string // part of the error
	}{
		{"junk", 0, ""},
		{"close", 0, ""},
		{"thread", 0, ""},
		{"exit", wire.CodePlugin, "sys.exit(3)"},
		{"flood", wire.CodePlugin, "are allowed"},
		{"memory", wire.CodePlugin, ""},
		{"unknown", wire.CodePlugin, "no attribute 'unknown'"},
		{"loop", wire.CodeCancelled, "cancelled"},
	}
	for _, tt := range tests { // one after the other: the worker is the same
		t.Run(tt.action, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			pending, err := w.conn.Begin(ctx, wire.MethodRun, wire.RunParams{Action: tt.action})
			if err != nil {
				t.Fatal(err)
			}
			<-w.logs
			if tt.code == wire.CodeCancelled {
				pending.Cancel()
			}
			<-pending.Done()
			_, err = pending.Result()
			var failure *wire.Error
			switch {
			case tt.code == 0 && err != nil:
				t.Errorf("run(%s) = %v", tt.action, err)
			case tt.code != 0 && (!errors.As(err, &failure) || failure.Code != tt.code || !strings.Contains(failure.Message, tt.text)):
				t.Errorf("run(%s) = %v, want code %d and %q", tt.action, err, tt.code, tt.text)
			}
			if result, err := w.run(ctx, "fine"); result != `{"status":"ok","result":1}` {
				t.Errorf("the next call = %s, %v", result, err)
			}
			<-w.logs
		})
	}
	_ = w.conn.Close()
	if end := w.ended(t); end != "<nil>" {
		t.Errorf("Wait() = %s with a thread alive, want nil", end)
	}
}

// TestDeath has workers that end, each alone.
func TestDeath(t *testing.T) {
	t.Parallel()
	h := start(t, python(t, ""))
	witness := h.fork(t, proc.Limits{})
	h.load(t, witness, "echo", echo)
	tests := []struct {
		action string
		kill   bool
		want   string
	}{
		{"hard_exit", false, "exit status 7"},
		{"segfault", false, "signal: segmentation fault"},
		{"loop", true, "signal: killed"},
		{"deaf", true, "signal: killed"},
	}
	for _, tt := range tests {
		t.Run(tt.action, func(t *testing.T) {
			t.Parallel()
			w := h.fork(t, proc.Limits{})
			h.load(t, w, "nasty", nasty)
			pending, err := w.conn.Begin(t.Context(), wire.MethodRun, wire.RunParams{Action: tt.action})
			if err != nil {
				t.Fatal(err)
			}
			if tt.kill {
				<-w.logs
				if err := w.Kill(); err != nil {
					t.Errorf("Kill() = %v", err)
				}
			}
			<-pending.Done()
			if _, err := pending.Result(); !errors.Is(err, wire.ErrClosed) {
				t.Errorf("run(%s) = %v, want ErrClosed", tt.action, err)
			}
			if end := w.ended(t); end != tt.want {
				t.Errorf("Wait() = %s, want %s", end, tt.want)
			}
			if err := w.Kill(); err != nil {
				t.Errorf("Kill() after the end = %v", err)
			}
			if _, err := witness.run(t.Context(), "x"); err != nil {
				t.Errorf("the other worker's call = %v", err)
			}
		})
	}
}

func TestDeathOfTheForkServer(t *testing.T) {
	t.Parallel()
	h := start(t, python(t, ""))
	w := h.fork(t, proc.Limits{})
	h.load(t, w, "family", `
import os, subprocess
class Plugin:
    def run(self, *_):
        return [os.getppid(), subprocess.Popen(["sleep", "1000"]).pid]
`)
	result, err := w.run(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	var family struct{ Result [2]int }
	if err := json.Unmarshal([]byte(result), &family); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(family.Result[0], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if end := w.ended(t); !strings.HasPrefix(end, "signal: killed") {
		t.Errorf("Wait() = %s, want a kill", end)
	}
	waitGone(t, w.Pid)
	waitGone(t, family.Result[1])
	if err := w.Kill(); err != nil {
		t.Errorf("Kill() = %v", err)
	}
	again := h.fork(t, proc.Limits{}) // from a new one
	h.load(t, again, "echo", echo)
	if again.Pid == w.Pid {
		t.Errorf("the same worker")
	}
}

// waitGone returns when pid is no process any more, or one that only waits to be reaped.
func waitGone(t *testing.T, pid int) {
	t.Helper()
	for until := time.Now().Add(patience); time.Now().Before(until); {
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		if err != nil || bytes.Contains(stat, []byte(") Z ")) {
			return
		}
	}
	t.Errorf("process %d is still there", pid)
}

// TestDyingForkServer replaces the interpreter by something that ends at once.
func TestDyingForkServer(t *testing.T) {
	t.Parallel()
	interpreter := python(t, "")
	dir := t.TempDir()
	fake := filepath.Join(dir, "python3")
	script(t, fake, "test -e "+dir+"/broken && { echo it is broken >&2; exit 3; }\nexec "+interpreter.Path+" \"$@\"")
	h := start(t, compat.Python{Path: fake, Version: interpreter.Version})
	w := h.fork(t, proc.Limits{})
	if err := os.WriteFile(filepath.Join(dir, "broken"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	h.load(t, w, "parent", "import os\nclass Plugin:\n    def run(self, *_): os.kill(os.getppid(), 9)\n")
	_, _ = w.run(t.Context(), "x") // ends with the fork-server
	w.ended(t)
	for n := range 4 { // the first death was the kill
		_, err := h.Fork(t.Context(), proc.Limits{})
		if err == nil || !strings.Contains(err.Error(), "it is broken") || errors.Is(err, compat.ErrFailing) {
			t.Fatalf("Fork() %d = %v, want the last words", n, err)
		}
	}
	if _, err := h.Fork(t.Context(), proc.Limits{}); !errors.Is(err, compat.ErrFailing) {
		t.Errorf("Fork() = %v, want ErrFailing", err)
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	h := start(t, python(t, ""))
	w := h.fork(t, proc.Limits{})
	h.load(t, w, "nasty", nasty)
	pending, err := w.conn.Begin(t.Context(), wire.MethodRun, wire.RunParams{Action: "loop"})
	if err != nil {
		t.Fatal(err)
	}
	<-w.logs
	var closing sync.WaitGroup
	for range 10 {
		closing.Go(func() {
			if err := h.Close(); err != nil {
				t.Errorf("Close() = %v", err)
			}
		})
	}
	closing.Wait()
	if end := w.ended(t); !strings.HasPrefix(end, "signal: killed") {
		t.Errorf("Wait() = %s, want a kill", end)
	}
	<-pending.Done()
	if _, err := h.Fork(t.Context(), proc.Limits{}); !errors.Is(err, compat.ErrClosed) {
		t.Errorf("Fork() = %v, want ErrClosed", err)
	}
}

// TestContexts has callers that do not wait: nothing of what they asked for stays.
func TestContexts(t *testing.T) {
	t.Parallel()
	h := start(t, python(t, ""))
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Fork(ended, proc.Limits{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Fork() = %v, want context.Canceled", err)
	}
	var group sync.WaitGroup
	for n := range 20 {
		group.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(n)*300*time.Microsecond)
			defer cancel()
			child, err := h.Fork(ctx, proc.Limits{})
			if err != nil {
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("Fork() = %v", err)
				}
				return
			}
			_ = child.Stream.Close()
			if err := child.Wait(); err != nil {
				t.Errorf("Wait() = %v", err)
			}
			_ = child.Stdout.Close()
			_ = child.Stderr.Close()
		})
	}
	group.Wait()
	w := h.fork(t, proc.Limits{})
	h.load(t, w, "children", `
import os
class Plugin:
    def run(self, *_):
        return open(f"/proc/{os.getppid()}/task/{os.getppid()}/children").read().split()
`)
	for until := time.Now().Add(patience); time.Now().Before(until); { // the abandoned ones end
		result, err := w.run(t.Context(), "x")
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(result, ",") == 1 { // "status" and one pid
			return
		}
	}
	t.Error("what was abandoned lives on")
}

// TestStartThatHangs has an interpreter that never gets ready.
func TestStartThatHangs(t *testing.T) {
	t.Parallel()
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		t.Fatal(err)
	}
	fake := filepath.Join(t.TempDir(), "python3")
	script(t, fake, "exec "+sleep+" 1000")
	starter := proc.NewStarter("")
	defer starter.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = compat.Start(ctx, compat.Config{Starter: starter, Python: compat.Python{Path: fake}, Dir: t.TempDir()})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Start() = %v, want the deadline", err)
	}
}
