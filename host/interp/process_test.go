package interp_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/pluggarr/pluggarr/host/interp"
	"github.com/pluggarr/pluggarr/host/proc"
	"github.com/pluggarr/pluggarr/host/worker/workertest"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// playWorker is set in processes that play the worker.
const playWorker = "PLUGGARR_TEST_WORKER"

// TestMain lets this test binary be the worker that the tests start.
func TestMain(m *testing.M) {
	if dir := os.Getenv(playCase); dir != "" {
		os.Exit(runCase(dir))
	}
	if dir := os.Getenv(playTests); dir != "" {
		interp.TestPackage(dir, os.Args[1], []string{"-test.v"})
	}
	if os.Getenv(playWorker) != "" {
		workertest.Play()
	}
	goleak.VerifyTestMain(m)
}

// process is a plugin's process and what it said.
type process struct {
	*wire.Conn
	cmd            *exec.Cmd
	stdout, stderr bytes.Buffer // to be read after end

	mu    sync.Mutex
	notes []string      // notifications, in order
	more  chan struct{} // closed and replaced whenever notes grew
}

// interpreted starts a worker that interprets.
func interpreted(t testing.TB) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), playWorker+"=1")
	return start(t, cmd)
}

func start(t testing.TB, cmd *exec.Cmd) *process {
	t.Helper()
	ours, theirs, err := proc.Socketpair()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: cmd, more: make(chan struct{})}
	cmd.ExtraFiles, cmd.Stdout, cmd.Stderr = []*os.File{theirs}, &p.stdout, &p.stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	p.Conn = wire.NewConn(ours, wire.Config{Notify: p.notify})
	t.Cleanup(func() {
		p.Close()
		_ = cmd.Process.Kill() // it is gone unless the test failed
		_ = cmd.Wait()
	})
	return p
}

// end hangs up and waits for the process.
func (p *process) end(t testing.TB) error {
	t.Helper()
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	return p.cmd.Wait()
}

func (p *process) notify(method string, params json.RawMessage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.notes = append(p.notes, method+" "+string(params))
	close(p.more)
	p.more = make(chan struct{})
}

// waitFor returns once a notification holds text, which it does within a minute.
func (p *process) waitFor(t testing.TB, text string) {
	t.Helper()
	late := time.After(time.Minute)
	for {
		p.mu.Lock()
		all, more := strings.Join(p.notes, "\n"), p.more
		p.mu.Unlock()
		if strings.Contains(all, text) {
			return
		}
		select {
		case <-more:
		case <-p.Done():
			t.Fatalf("the process ended before it said %q; it said\n%s", text, all)
		case <-late:
			t.Fatalf("the process does not say %q; it said\n%s", text, all)
		}
	}
}

// call returns the answer, or the error, as text.
func (p *process) call(t testing.TB, method string, params any) string {
	t.Helper()
	var raw json.RawMessage
	if err := p.Call(t.Context(), method, params, &raw); err != nil {
		return err.Error()
	}
	return string(raw)
}

func hello(t testing.TB, dir string) wire.HelloParams {
	t.Helper()
	abs, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	return wire.HelloParams{Protocol: wire.Version, Key: "test", Dir: abs}
}

// compiled builds the plugin in dir and starts it.
func compiled(t testing.TB, dir string) *process {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("no go command:", err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	source := filepath.Join(t.TempDir(), filepath.Base(dir))
	if err := os.CopyFS(source, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(source, "go.mod"))
	if err != nil {
		mod = []byte("module example.org/plugin\n\ngo 1.26.0\n")
	}
	mod = fmt.Appendf(mod, "require (\n\tgithub.com/pluggarr/pluggarr v0.0.0\n\texample.org/dep v0.0.0\n)\n"+
		"replace github.com/pluggarr/pluggarr => %s\nreplace example.org/dep => ./vendor/example.org/dep\n", root)
	if err := os.WriteFile(filepath.Join(source, "go.mod"), mod, 0o600); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-mod=mod", "-o", filepath.Join(source, "plugin.bin"), ".")
	build.Dir, build.Env = source, append(os.Environ(), "GOPROXY=off", "GOFLAGS=", "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(filepath.Join(source, "plugin.bin"))
	cmd.Dir = source
	return start(t, cmd)
}
