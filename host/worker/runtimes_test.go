package worker_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"testing"

	"go.uber.org/goleak"

	"github.com/pluggarr/pluggarr/compat"
	"github.com/pluggarr/pluggarr/host/proc"
	"github.com/pluggarr/pluggarr/host/worker"
	"github.com/pluggarr/pluggarr/host/worker/workertest"
	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// playWorker makes this test binary play the interpreter's process.
const playWorker = "PLUGGARR_TEST_WORKER=1"

// noSleep keeps a race detector in that process from waiting a second at its end.
const noSleep = "GORACE=atexit_sleep_ms=0"

func TestMain(m *testing.M) {
	if slices.Contains(os.Environ(), playWorker) {
		workertest.Play()
	}
	goleak.VerifyTestMain(m)
}

// limits are what every worker here gets.
var limits = proc.Limits{Memory: 1 << 30, Files: 1024}

func TestRuntimes(t *testing.T) {
	starter := proc.NewStarter("")
	t.Cleanup(starter.Close)
	for name, runtime := range map[string]func(*testing.T, *proc.Starter) workertest.Runtime{
		"interpreted": interpreted, "compiled": compiled, "python": python, "perl": perl,
	} {
		t.Run(name, func(t *testing.T) { workertest.Exercise(t, runtime(t, starter)) })
	}
}

func TestInterpretedIsDescribedLikeCompiled(t *testing.T) {
	starter := proc.NewStarter("")
	t.Cleanup(starter.Close)
	a, b := described(t, interpreted(t, starter)), described(t, compiled(t, starter))
	if a != b {
		t.Errorf("interpreted\n%s\ncompiled\n%s", a, b)
	}
}

func described(t *testing.T, r workertest.Runtime) string {
	t.Helper()
	w := worker.New(r.Launch(t))
	var d sdk.Description
	err := w.Hello(t.Context(), wire.HelloParams{Key: "suite", Dir: r.Dir}, worker.Config{})
	if err == nil {
		d, err = w.Describe(t.Context())
	}
	if err != nil {
		t.Errorf("describe the %s plugin: %v", r.Name, err)
	}
	if err := w.Stop(t.Context(), nil); err != nil {
		t.Error(err)
	}
	raw, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestProtocolExample(t *testing.T) {
	starter := proc.NewStarter("")
	t.Cleanup(starter.Close)
	r := perl(t, starter)
	w := worker.New(r.Launch(t))
	t.Cleanup(func() {
		if err := w.Stop(context.Background(), nil); err != nil || w.Death().Exit != nil {
			t.Errorf("stop: %v, %v", err, w.Death())
		}
	})
	var told []string // both come on the reading goroutine, before the answer
	err := w.Hello(t.Context(), wire.HelloParams{Key: "counter", Dir: r.Dir}, worker.Config{
		Log:      func(l worker.Line) { told = append(told, fmt.Sprintf("%s %s %s", l.Run, l.Message, l.Attrs)) },
		Progress: func(p wire.ProgressParams) { told = append(told, fmt.Sprint(p)) },
	})
	if err != nil {
		t.Fatal(err)
	}
	result, err := w.Run(t.Context(), wire.RunParams{
		Run: "one", Action: "count", Params: []byte("{}"), Settings: []byte(`{"limit":2}`),
	})
	if err != nil || string(result) != `{"counted":2,"status":"ok"}` {
		t.Errorf("the run returned %s, %v", result, err)
	}
	if want := []string{"{one 1 2 at 1}", "{one 2 2 at 2}", `one counted {"to":2}`}; !slices.Equal(told, want) {
		t.Errorf("it told %q, not %q", told, want)
	}
}

func interpreted(t *testing.T, starter *proc.Starter) workertest.Runtime {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r := workertest.Runtime{
		Name: "interpreted", Dir: folder(t, "workertest/testdata/suite"), Source: "main.go",
		Features: workertest.Suite | workertest.Inspect | workertest.Progress | workertest.Background | workertest.Limits,
	}
	within := limits
	if raceDetector() { // its shadow of the memory alone is more than any limit
		r.Features &^= workertest.Limits
		within.Memory = 0
	}
	r.Launch = started(starter, proc.Spec{Path: self, Env: append(os.Environ(), playWorker, noSleep), Limits: within})
	return r
}

func compiled(t *testing.T, starter *proc.Starter) workertest.Runtime {
	dir := folder(t, "workertest/testdata/suite")
	program := filepath.Join(t.TempDir(), "suite")
	build := exec.Command(need(t, "go"), "build", "-o", program, ".")
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return workertest.Runtime{
		Name: "compiled", Dir: dir, Source: "main.go",
		Features: workertest.Suite | workertest.Progress | workertest.Background | workertest.Limits,
		Launch:   started(starter, proc.Spec{Path: program, Env: os.Environ(), Dir: dir, Limits: limits}),
	}
}

func python(t *testing.T, starter *proc.Starter) workertest.Runtime {
	found, err := compat.Find(t.Context(), "")
	if err != nil {
		missing(t, err)
	}
	dir := folder(t, "workertest/testdata/suite_python")
	server, err := compat.Start(t.Context(), compat.Config{
		Starter: starter, Python: found, Dir: t.TempDir(), PluginsDir: filepath.Dir(dir), Env: os.Environ(),
	})
	if err != nil {
		t.Fatalf("start Python: %v", err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Errorf("end Python: %v", err)
		}
	})
	return workertest.Runtime{
		Name: "python", Dir: dir, Source: "plugin.py",
		Features: workertest.Suite | workertest.Inspect | workertest.Interrupt | workertest.Spawn | workertest.Limits,
		Launch: func(t testing.TB) worker.Process {
			t.Helper()
			c, err := server.Fork(t.Context(), limits)
			if err != nil {
				t.Fatalf("fork: %v", err)
			}
			return worker.Process{Stream: c.Stream, Stdout: c.Stdout, Stderr: c.Stderr, Child: c}
		},
	}
}

// perl is the worker of docs/protocol.md, written after the document alone.
func perl(t *testing.T, starter *proc.Starter) workertest.Runtime {
	program := folder(t, "../../docs/protocol/worker.pl")
	return workertest.Runtime{
		Name: "perl", Dir: filepath.Dir(program), Source: "worker.pl",
		Launch: started(starter, proc.Spec{Path: need(t, "perl"), Args: []string{program}, Env: os.Environ(), Limits: limits}),
	}
}

// started makes a Launch of a program.
func started(starter *proc.Starter, spec proc.Spec) func(testing.TB) worker.Process {
	return func(t testing.TB) worker.Process {
		t.Helper()
		p, err := starter.Start(spec)
		if err != nil {
			t.Fatalf("start: %v", err)
		}
		return worker.Process{Stream: p.Stream, Stdout: p.Stdout, Stderr: p.Stderr, Child: p}
	}
}

func folder(t *testing.T, name string) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.FromSlash(name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// need finds a program, without which the test cannot be.
func need(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		missing(t, err)
	}
	return path
}

func missing(t *testing.T, reason error) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}

func raceDetector() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}
