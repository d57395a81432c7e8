// Package bench_test measures what users wait for, beside hashicorp/go-plugin
// doing the same on the same machine in the same run. It is a module of its own
// so that nobody else downloads what it compares with.
package bench_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	"github.com/pluggarr/pluggarr/compat"
	"github.com/pluggarr/pluggarr/host/bench/peer"
	"github.com/pluggarr/pluggarr/host/proc"
	"github.com/pluggarr/pluggarr/host/worker"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// bin is where the programs are that are measured.
var bin string

func TestMain(m *testing.M) {
	var err error
	if bin, err = os.MkdirTemp("", "pluggarr-bench-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status := m.Run()
	if err := os.RemoveAll(bin); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(status)
}

// build makes the programs, once for all benchmarks.
var build = sync.OnceValue(func() error {
	for name, from := range map[string][2]string{
		"pluggarr": {"../..", "./host/cmd/pluggarr"},
		"noop":     {".", "./testdata/noop"},
		"peer":     {".", "./peer/program"},
	} {
		cmd := exec.Command("go", "build", "-C", from[0], "-trimpath", "-o", filepath.Join(bin, name), from[1])
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("build %s: %w\n%s", name, err, out)
		}
	}
	return nil
})

func program(b *testing.B, name string) string {
	b.Helper()
	if err := build(); err != nil {
		b.Fatal(err)
	}
	return filepath.Join(bin, name)
}

// engine is a way to run the action that does nothing.
type engine struct {
	name string
	// prepare does what is not measured; what it returns starts one process up
	// to where it is described, or where its first call is answered.
	prepare func(b *testing.B) func() *running
}

// running is a plugin's process.
type running struct {
	call func() error
	pid  int
	end  func()
}

// limits are the host's defaults.
var limits = proc.Limits{Memory: 1 << 30, Files: 1024}

// params is a call as the host makes it.
var params = wire.RunParams{
	Run: "00000000-0000-7000-8000-000000000000", Action: "noop",
	Params: json.RawMessage(`{}`), Settings: json.RawMessage(`{"limit":5,"mode":"safe"}`),
}

// engines returns the engines; the first four are Pluggarr's.
func engines(b *testing.B) []engine {
	b.Helper()
	starter := proc.NewStarter("")
	b.Cleanup(starter.Close)
	small, large := path(b, "testdata/noop"), path(b, "../dialect/testdata/large")
	list := []engine{
		{"interpreted", spare(starter, small)},
		{"interpreted-cold", cold(starter, "pluggarr", small, "worker")},
		{"interpreted-280-lines", spare(starter, large)},
		{"interpreted-280-lines-cold", cold(starter, "pluggarr", large, "worker")},
		{"compiled", cold(starter, "noop", small)},
	}
	if e, err := forked(b, starter); err == nil {
		list = append(list, e)
	} else {
		b.Logf("without Python: %v", err)
	}
	return append(list, engine{"go-plugin-netrpc", goPlugin("netrpc")}, engine{"go-plugin-grpc", goPlugin("grpc")})
}

// spare is an interpreter that waits already, as a host always has one.
func spare(starter *proc.Starter, dir string) func(*testing.B) func() *running {
	return func(b *testing.B) func() *running {
		p := launch(b, starter, proc.Spec{Path: program(b, "pluggarr"), Args: []string{"worker"}, Env: os.Environ(), Limits: limits})
		settle(b, p.Pid)
		return func() *running { return greet(b, process(p), p.Pid, dir) }
	}
}

// cold starts a program.
func cold(starter *proc.Starter, name, dir string, args ...string) func(*testing.B) func() *running {
	return func(b *testing.B) func() *running {
		spec := proc.Spec{Path: program(b, name), Args: args, Env: os.Environ(), Limits: limits}
		return func() *running {
			p := launch(b, starter, spec)
			return greet(b, process(p), p.Pid, dir)
		}
	}
}

// forked forks the warm Python.
func forked(b *testing.B, starter *proc.Starter) (engine, error) {
	b.Helper()
	python, err := compat.Find(b.Context(), "")
	if err != nil {
		return engine{}, err
	}
	dir := path(b, "testdata/noop_python")
	server, err := compat.Start(b.Context(), compat.Config{
		Starter: starter, Python: python, Dir: b.TempDir(), PluginsDir: filepath.Dir(dir), Env: os.Environ(),
	})
	if err != nil {
		return engine{}, err
	}
	b.Cleanup(func() {
		if err := server.Close(); err != nil {
			b.Error(err)
		}
	})
	return engine{"python", func(b *testing.B) func() *running {
		return func() *running {
			c, err := server.Fork(b.Context(), limits)
			if err != nil {
				b.Fatal(err)
			}
			return greet(b, worker.Process{Stream: c.Stream, Stdout: c.Stdout, Stderr: c.Stderr, Child: c}, c.Pid, dir)
		}
	}}, nil
}

// goPlugin starts the peer, up to the answer to its first call.
func goPlugin(transport string) func(*testing.B) func() *running {
	return func(b *testing.B) func() *running {
		path := program(b, "peer")
		return func() *running {
			client := plugin.NewClient(&plugin.ClientConfig{
				HandshakeConfig:  peer.Handshake(),
				Plugins:          peer.Plugins(),
				Cmd:              exec.Command(path, transport),
				AllowedProtocols: []plugin.Protocol{plugin.ProtocolNetRPC, plugin.ProtocolGRPC},
				Logger:           hclog.NewNullLogger(),
			})
			protocol, err := client.Client()
			if err != nil {
				b.Fatal(err)
			}
			dispensed, err := protocol.Dispense(transport)
			if err != nil {
				b.Fatal(err)
			}
			call := func() error {
				result, err := dispensed.(peer.Runner).Run(params)
				return expect(result, err)
			}
			if err := call(); err != nil {
				b.Fatal(err)
			}
			return &running{call: call, pid: client.ReattachConfig().Pid, end: client.Kill}
		}
	}
}

func launch(b *testing.B, starter *proc.Starter, spec proc.Spec) *proc.Process {
	b.Helper()
	p, err := starter.Start(spec)
	if err != nil {
		b.Fatal(err)
	}
	return p
}

func process(p *proc.Process) worker.Process {
	return worker.Process{Stream: p.Stream, Stdout: p.Stdout, Stderr: p.Stderr, Child: p}
}

// greet brings a fresh process to where its actions can be run.
func greet(b *testing.B, p worker.Process, pid int, dir string) *running {
	b.Helper()
	w := worker.New(p)
	if err := w.Hello(b.Context(), wire.HelloParams{Key: "noop", Dir: dir}, worker.Config{}); err != nil {
		b.Fatal(err)
	}
	if _, err := w.Describe(b.Context()); err != nil {
		b.Fatal(err)
	}
	return &running{
		pid: pid,
		call: func() error {
			result, err := w.Run(b.Context(), params)
			return expect(result, err)
		},
		end: func() {
			if err := w.Stop(b.Context(), nil); err != nil {
				b.Error(err)
			}
		},
	}
}

func expect(result json.RawMessage, err error) error {
	if err == nil && !slices.Contains([]string{`{"status":"ok"}`, `{"status": "ok"}`}, string(result)) {
		return fmt.Errorf("the action answered %s", result)
	}
	return err
}

// settle waits until a process has done what it does unasked: it uses no more
// time of the processor.
func settle(b *testing.B, pid int) {
	b.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for before := ""; ; <-tick.C {
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			b.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(raw), ") ") // after the name, which may hold anything
		used := strings.Join(strings.Fields(rest)[11:13], " ")
		if used == before {
			return
		}
		before = used
	}
}

func path(b *testing.B, name string) string {
	b.Helper()
	abs, err := filepath.Abs(filepath.FromSlash(name))
	if err != nil {
		b.Fatal(err)
	}
	return abs
}
