package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/pluggarr/pluggarr/compat"
	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/proc"
	"github.com/pluggarr/pluggarr/host/worker"
)

// askAgain is how long "there is no Python" is believed before it is looked
// for again: long enough for a scan of many plugins, short enough for somebody
// who has just installed it.
const askAgain = 5 * time.Second

// launcher starts worker processes, whatever the runtime.
type launcher struct {
	cfg     Config
	starter *proc.Starter
	filling sync.WaitGroup

	mu     sync.Mutex // guards what follows
	spare  *proc.Process
	closed bool

	python   sync.Mutex // held while the Python server is started
	server   *compat.Server
	bare     []*compat.Server // started before there were packages; their workers live on
	equipped bool             // server runs in the environment with the packages
	noPython error
	asked    time.Time
}

func newLauncher(cfg Config) *launcher {
	return &launcher{cfg: cfg, starter: proc.NewStarter()}
}

// Launch starts a process that is ready for inspect or hello.
func (l *launcher) Launch(ctx context.Context, f plugindir.Found) (worker.Process, error) {
	switch f.Runtime {
	case plugindir.RuntimeGo:
		return l.interpreted()
	case plugindir.RuntimePython:
		return l.fork(ctx)
	case plugindir.RuntimeExecutable:
		if !l.cfg.AllowExecutables {
			return worker.Process{}, errors.New(
				"it brings a compiled program, and this host runs none: start it with --allow-executables if you trust this plugin")
		}
		return l.start(f.Executable, filepath.Dir(f.Executable))
	}
	return worker.Process{}, fmt.Errorf("nothing here runs %q plugins", f.Runtime)
}

// interpreted hands out the waiting interpreter, or a new one, and sees to it
// that another waits for the next plugin.
func (l *launcher) interpreted() (worker.Process, error) {
	l.mu.Lock()
	p := l.spare
	l.spare = nil
	if !l.closed {
		l.filling.Go(l.fill)
	}
	l.mu.Unlock()
	if p != nil && p.Running() {
		return process(p), nil
	}
	return l.start(l.cfg.Self, "", "worker")
}

// fill starts the interpreter that waits. That it cannot be started shows when
// one is needed.
func (l *launcher) fill() {
	p, err := l.starter.Start(l.spec(l.cfg.Self, "", "worker"))
	if err != nil {
		return
	}
	l.mu.Lock()
	if l.spare == nil && !l.closed {
		p, l.spare = nil, p
	}
	l.mu.Unlock()
	if p != nil {
		l.drop(p)
	}
}

// drop ends a process that was never used.
func (l *launcher) drop(p *proc.Process) {
	w := worker.New(process(p))
	_ = w.Stop(context.Background(), nil) // it has done nothing that could go wrong
}

func (l *launcher) start(path, dir string, args ...string) (worker.Process, error) {
	p, err := l.starter.Start(l.spec(path, dir, args...))
	if err != nil {
		return worker.Process{}, err
	}
	return process(p), nil
}

func (l *launcher) spec(path, dir string, args ...string) proc.Spec {
	return proc.Spec{Path: path, Args: args, Dir: dir, Env: workerEnv(), Limits: l.cfg.Limits}
}

// workerEnv is the host's environment without what is the host's own: the
// database's password may be in it.
func workerEnv() []string {
	var env []string
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "PLUGGARR_") {
			env = append(env, e)
		}
	}
	return env
}

func process(p *proc.Process) worker.Process {
	return worker.Process{Stream: p.Stream, Stdout: p.Stdout, Stderr: p.Stderr, Child: p}
}

// fork makes a Python worker, starting the server it is forked from first.
func (l *launcher) fork(ctx context.Context) (worker.Process, error) {
	server, err := l.pythonServer(ctx)
	if err != nil {
		return worker.Process{}, err
	}
	c, err := server.Fork(ctx, l.cfg.Limits)
	if err != nil {
		return worker.Process{}, err
	}
	return worker.Process{Stream: c.Stream, Stdout: c.Stdout, Stderr: c.Stderr, Child: c}, nil
}

func (l *launcher) pythonServer(ctx context.Context) (*compat.Server, error) {
	l.python.Lock()
	defer l.python.Unlock()
	if l.server != nil && l.equipped {
		return l.server, nil
	}
	env, noEnv := l.environment(ctx)
	if l.server != nil && noEnv == nil { // set up while the host runs
		l.bare, l.server = append(l.bare, l.server), nil
	}
	switch {
	case l.server != nil:
		return l.server, nil
	case l.noPython != nil && time.Since(l.asked) < askAgain:
		return nil, l.noPython
	}
	l.asked = time.Now()
	python, err := env.Python, noEnv
	if noEnv != nil {
		python, err = compat.Find(ctx, l.cfg.Python)
	}
	if err == nil {
		l.equipped = noEnv == nil
		l.server, err = compat.Start(ctx, compat.Config{
			Starter:    l.starter,
			Python:     python,
			Dir:        filepath.Join(l.cfg.hostDir(), "python"),
			PluginsDir: l.cfg.Plugins,
			Env:        workerEnv(),
			Log:        l.cfg.Log.With(slog.String("part", "python")),
		})
	}
	if ctx.Err() == nil { // else it was the caller who waited no longer
		l.noPython = err
	}
	return l.server, err
}

// environment returns the environment that 'pluggarr python setup' made, unless
// the operator names another Python than the one it was made from.
func (l *launcher) environment(ctx context.Context) (compat.Environment, error) {
	env, err := compat.OpenEnvironment(VenvDir(l.cfg.Data))
	if err != nil || l.cfg.Python == "" {
		return env, err
	}
	named, err := compat.Find(ctx, l.cfg.Python)
	if err == nil && named.Path != env.Base && named.Path != env.Python.Path {
		err = fmt.Errorf("it was made from %s: %w", env.Base, compat.ErrNotSetUp)
	}
	return env, err
}

// Close ends the processes that no plugin has, then the starting of any.
func (l *launcher) Close() error {
	l.mu.Lock()
	l.closed = true
	spare := l.spare
	l.spare = nil
	l.mu.Unlock()
	l.filling.Wait()
	if spare != nil {
		l.drop(spare)
	}
	var err error
	for _, server := range append(l.bare, l.server) {
		if server != nil {
			err = errors.Join(err, server.Close())
		}
	}
	l.starter.Close()
	return err
}
