package main

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/pluggarr/pluggarr/compat"
	"github.com/pluggarr/pluggarr/host/store/storetest"
)

// patience is how long a script waits for what has to happen.
const patience = 60 * time.Second

func TestMain(m *testing.M) {
	// The binary is copied under this name into the scripts' $PATH: there it is
	// the program, its workers included.
	testscript.Main(m, map[string]func(){"pluggarr": main})
}

func TestScripts(t *testing.T) {
	t.Parallel()
	runScripts(t, "testdata/script", nil)
}

func TestScriptsWithPython(t *testing.T) {
	t.Parallel()
	python, err := compat.Find(t.Context(), "")
	if err != nil {
		missing(t, err.Error())
	}
	runScripts(t, "testdata/python", func(env *testscript.Env) {
		env.Setenv("PLUGGARR_PYTHON", python.Path)
	})
}

// What needs the go command, which keeps what it has compiled.
func TestScriptsWithGo(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("go"); err != nil {
		missing(t, err.Error())
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		missing(t, err.Error())
	}
	runScripts(t, "testdata/go", func(env *testscript.Env) {
		env.Setenv("XDG_CACHE_HOME", cache)
		env.Setenv("TMPDIR", filepath.Join(env.WorkDir, "temp"))
		if err := os.Mkdir(filepath.Join(env.WorkDir, "temp"), 0o755); err != nil {
			t.Error(err)
		}
	})
}

// The two plugins that Dispatcharr's documentation gives as examples, word for
// word. They are not ours to hand on: whoever has them names their folder.
func TestScriptsWithSeedPlugins(t *testing.T) {
	t.Parallel()
	seed := os.Getenv("PLUGGARR_TEST_SEED")
	if seed == "" {
		t.Skip("PLUGGARR_TEST_SEED names no folder")
	}
	python, err := compat.Find(t.Context(), "")
	if err != nil {
		missing(t, err.Error())
	}
	runScripts(t, "testdata/seed", func(env *testscript.Env) {
		env.Setenv("PLUGGARR_PYTHON", python.Path)
		env.Setenv("SEED", seed)
	})
}

// Plugins with everything they import, on both databases.
func TestScriptsWithDjango(t *testing.T) {
	t.Parallel()
	python, err := filepath.Abs("../../../.cache/venv/bin/python")
	if err != nil {
		t.Fatal(err)
	}
	if err := exec.CommandContext(t.Context(), python, "-c", "import django").Run(); err != nil {
		missing(t, "the tools' Python has no Django, run .ci/venv: "+err.Error())
	}
	for name, database := range map[string]func(*testing.T) string{
		"sqlite":   func(*testing.T) string { return "" },
		"postgres": func(t *testing.T) string { return storetest.Postgres(t).Database },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database(t) // skips the test where there is no server
			runScripts(t, "testdata/django", func(env *testscript.Env) {
				env.Setenv("PLUGGARR_PYTHON", python)
				env.Setenv("PLUGGARR_DATABASE", database(t)) // a database has one host
			})
		})
	}
}

func TestScriptsOnPostgres(t *testing.T) {
	t.Parallel()
	storetest.Postgres(t) // skips the test where there is no server
	runScripts(t, "testdata/postgres", func(env *testscript.Env) {
		env.Setenv("PLUGGARR_DATABASE", storetest.Postgres(t).Database) // a database has one host
	})
}

// missing ends a test that lacks something on this machine.
func missing(t *testing.T, reason string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}

func runScripts(t *testing.T, dir string, setup func(*testscript.Env)) {
	t.Helper()
	params := scriptParams(t, setup)
	params.Dir = dir
	testscript.Run(t, params)
}

// scriptParams is how every script is run; setup may add to its environment.
func scriptParams(t *testing.T, setup func(*testscript.Env)) testscript.Params {
	t.Helper()
	examples, err := filepath.Abs("../../../examples")
	if err != nil {
		t.Fatal(err)
	}
	return testscript.Params{
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Values["host"] = &running{}
			env.Setenv("PLUGGARR_DATA", filepath.Join(env.WorkDir, "data"))
			env.Setenv("EXAMPLES", examples)
			if setup != nil {
				setup(env)
			}
			return os.MkdirAll(filepath.Join(env.WorkDir, "data", "plugins"), 0o755)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": scriptExits, "serve": scriptServe, "printed": scriptPrinted, "crash": scriptCrash, "interrupt": scriptInterrupt,
		},
	}
}

// scriptExits is "exits CODE PROGRAM ARGS...": exec that wants this very code.
func scriptExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// running is the host of one script.
type running struct {
	cmd   *exec.Cmd
	ended chan error

	mu      sync.Mutex
	output  strings.Builder
	changed chan struct{} // closed at the next line
}

// scriptServe is "serve ARGS...": starts a host on a free port in the
// background and waits until it answers; $URL is where.
func scriptServe(ts *testscript.TestScript, neg bool, args []string) {
	h := ts.Value("host").(*running)
	if neg || h.cmd != nil {
		ts.Fatalf("usage: serve ARGS... (one at a time)")
	}
	cmd := exec.Command("pluggarr", append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	path, err := exec.LookPath("pluggarr")
	ts.Check(err)
	cmd.Path = path
	cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{
		"PATH", "TMPDIR", "PLUGGARR_DATA", "PLUGGARR_PYTHON", "PLUGGARR_DATABASE", "DISPATCHARR_PLUGINS_DIR",
	} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	out, to := io.Pipe()
	cmd.Stdout, cmd.Stderr = to, to
	h.output.Reset()
	h.cmd, h.ended, h.changed = cmd, make(chan error, 1), make(chan struct{})
	ts.Check(cmd.Start())
	var reading sync.WaitGroup
	reading.Go(func() { h.read(out) })
	go func() {
		err := cmd.Wait()
		to.Close()
		reading.Wait() // so that the next host finds everything at rest
		h.ended <- err
	}()
	ts.Defer(func() { h.kill(ts) })
	found := h.await(ts, regexp.MustCompile(`listens on(?: |","url":")(http://[^\s"]+)`))
	ts.Setenv("URL", found[1])
	response, err := http.Get(found[1] + "/healthz")
	ts.Check(err)
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		ts.Fatalf("/healthz: %s", response.Status)
	}
}

func (h *running) read(out io.Reader) {
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		h.mu.Lock()
		h.output.WriteString(line)
		close(h.changed)
		h.changed = make(chan struct{})
		h.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// await waits until the host has printed something that matches.
func (h *running) await(ts *testscript.TestScript, want *regexp.Regexp) []string {
	late := time.After(patience)
	for {
		h.mu.Lock()
		output, changed := h.output.String(), h.changed
		h.mu.Unlock()
		if found := want.FindStringSubmatch(output); found != nil {
			return found
		}
		select {
		case <-changed:
		case err := <-h.ended:
			h.ended <- err
			// What it said last may still be on its way.
			if found := want.FindStringSubmatch(h.text()); found != nil {
				return found
			}
			ts.Fatalf("the host ended (%v) and did not print %s; it printed:\n%s", err, want, h.text())
		case <-late:
			ts.Fatalf("the host did not print %s; it printed:\n%s", want, output)
		}
	}
}

func (h *running) text() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.output.String()
}

func (h *running) kill(ts *testscript.TestScript) {
	if h.cmd == nil {
		return
	}
	ts.Logf("[host]\n%s", h.text())
	_ = h.cmd.Process.Kill()
	<-h.ended
	h.cmd = nil
}

// scriptPrinted is "[!] printed REGEXP": waits until the host has printed it;
// with ! it looks at what was printed up to now.
func scriptPrinted(ts *testscript.TestScript, neg bool, args []string) {
	h := ts.Value("host").(*running)
	if len(args) != 1 || h.ended == nil {
		ts.Fatalf("usage: [!] printed REGEXP, after serve")
	}
	want := regexp.MustCompile("(?m)" + args[0])
	if !neg {
		h.await(ts, want)
	} else if want.MatchString(h.text()) {
		ts.Fatalf("the host printed %s:\n%s", want, h.text())
	}
}

// scriptCrash is "crash": kills the host, which gets no chance to do anything.
func scriptCrash(ts *testscript.TestScript, neg bool, args []string) {
	h := ts.Value("host").(*running)
	if neg || len(args) > 0 || h.cmd == nil {
		ts.Fatalf("usage: crash, after serve")
	}
	h.kill(ts)
}

// scriptInterrupt is "interrupt": interrupts the host and waits for its clean end.
// "interrupt twice" does so again while it stops, and wants it to end at once. (A
// command "stop" would be testscript's own, which ends the script.)
func scriptInterrupt(ts *testscript.TestScript, neg bool, args []string) {
	h := ts.Value("host").(*running)
	twice := len(args) == 1 && args[0] == "twice"
	if neg || len(args) > 0 && !twice || h.cmd == nil {
		ts.Fatalf("usage: interrupt [twice], after serve")
	}
	ts.Check(h.cmd.Process.Signal(syscall.SIGINT))
	if twice {
		h.await(ts, regexp.MustCompile(`stopping`))
		ts.Check(h.cmd.Process.Signal(syscall.SIGINT))
	}
	select {
	case err := <-h.ended:
		h.cmd = nil
		ts.Logf("[host]\n%s", h.text())
		if (err != nil) != twice {
			ts.Fatalf("the host ended with %v", err)
		}
	case <-time.After(patience):
		ts.Fatalf("the host does not end")
	}
}
