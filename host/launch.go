package host

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/pluggarr/pluggarr/compat"
	"github.com/pluggarr/pluggarr/host/kv"
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
	self    self
	starter *proc.Starter
	// container is what plugins run in that could start processes, tried once.
	container func() *proc.Container
	filling   sync.WaitGroup

	mu     sync.Mutex // guards what follows
	spare  *proc.Process
	closed bool

	python   sync.Mutex // held while the Python server is started
	server   *compat.Server
	bare     []*compat.Server // started before there were packages; their workers live on
	redis    *kv.Server       // nil until the first Python server, or when the operator names one
	equipped bool             // server runs in the environment with the packages
	noPython error
	asked    time.Time
}

func newLauncher(cfg Config) *launcher {
	l := &launcher{cfg: cfg, self: findSelf(cfg.Self), starter: proc.NewStarter(owner(cfg.Data))}
	l.container = sync.OnceValue(l.findContainer)
	if err := l.starter.UseCgroups(); err != nil {
		cfg.Log.Debug("memory is limited process by process", "error", err)
	}
	if cfg.Limits.Processes > 0 {
		l.starter.Fence(cfg.Limits.Processes, func(pid, processes int) {
			cfg.Log.Warn("a plugin's processes were ended: too many", "group", pid, "processes", processes, "limit", cfg.Limits.Processes)
		})
	}
	return l
}

// owner marks the processes of a data folder's host.
func owner(data string) string {
	sum := sha256.Sum256([]byte(data))
	return hex.EncodeToString(sum[:8])
}

// findContainer chooses what Python plugins, and programs that plugins bring
// along, run in: the best this machine allows; nil when it allows none.
func (l *launcher) findContainer() *proc.Container {
	cfg := l.cfg
	cfg.Self = l.self.program()
	for _, c := range containers(cfg) {
		err := l.starter.Try(c)
		if err == nil {
			return c
		}
		l.cfg.Log.Debug("a container is not possible here", "binds", c.Binds, "error", err)
	}
	l.cfg.Log.Warn("this machine allows no containers: plugins see their data folder at its own place only, see pluggarr doctor")
	return nil
}

// containers are the ways in which a host with cfg separates plugins from the
// machine, the best first: with the folder for their files at /data and
// /app/data, where plugins written for Dispatcharr look for it, and without.
func containers(cfg Config) []*proc.Container {
	keeper := []string{cfg.Self, "keeper"}
	var binds []proc.Bind
	for _, place := range []string{"/data", "/app/data"} {
		binds = append(binds, proc.Bind{From: cfg.filesDir(), To: place}, proc.Bind{From: cfg.Plugins, To: place + "/plugins"})
	}
	return []*proc.Container{{Keeper: keeper, Binds: binds, Scratch: cfg.rootDir()}, {Keeper: keeper}}
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
		spec := l.spec(f.Executable, filepath.Dir(f.Executable))
		spec.Container = l.contained()
		return l.start(spec)
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
	return l.start(l.spec(l.self.program(), "", "worker"))
}

// fill starts the interpreter that waits. That it cannot be started shows when
// one is needed.
func (l *launcher) fill() {
	p, err := l.starter.Start(l.spec(l.self.program(), "", "worker"))
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

func (l *launcher) start(spec proc.Spec) (worker.Process, error) {
	p, err := l.starter.Start(spec)
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
	if l.redis != nil {
		l.redis.Close()
	}
	l.starter.Close()
	return err
}
