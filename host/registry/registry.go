// Package registry knows which plugins there are and what state each is in;
// it starts, replaces and stops their workers. It reads no files and speaks no
// HTTP: folders are package plugindir's, processes package worker's.
package registry

import (
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/settings"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/worker"
	"github.com/pluggarr/pluggarr/sdk"
)

// Config is what a Registry is made of.
type Config struct {
	// Store keeps what outlives the host. Required.
	Store *store.Store
	// Dir is the plugins folder. Required.
	Dir *plugindir.Dir
	// Sealer opens and closes secrets. Required.
	Sealer *settings.Sealer
	// Launch starts a process for a plugin's runtime, ready for inspect or
	// hello. Required.
	Launch func(ctx context.Context, f plugindir.Found) (worker.Process, error)
	// Program starts a compiled plugin in its folder, ready for hello. Required
	// with a Compiler.
	Program func(program, dir string) (worker.Process, error)
	// Compiler compiles Go plugins. Nil: they are interpreted.
	Compiler Compiler
	// Session makes the one who answers the calls of one process of this plugin
	// to the host. Nil: they are all refused.
	Session func(plugin string) Session
	// Data is the absolute path of the folder plugins may write to.
	Data string
	// Build changes whenever this host may read a plugin differently than
	// before; what was read then is read again.
	Build string
	// Times are the waits and limits.
	Times Times
	// Report hears what becomes of plugins. It must not wait. Nil: nobody.
	Report func(Report)
	// Line hears what plugins log and print, their secrets left out. It must
	// not wait. Nil: nobody.
	Line func(plugin string, l worker.Line)
	// Queue does background runs. Nil: this process does, and they end with it.
	Queue Queue
	// News hears of states, runs and events.
	News News
}

// Session answers what one process of a plugin asks of the host.
type Session interface {
	// Call serves one call; ctx ends when the plugin no longer waits.
	Call(ctx context.Context, method string, params json.RawMessage) (any, error)
	// Close gives back what is held for the process, which is gone or has hung up.
	Close()
}

// Times are waits and limits; each zero value means its default.
type Times struct {
	Grace     time.Duration // to end a call or a process before it is killed; 5 s
	Load      time.Duration // to load and describe a plugin; 1 min
	Scan      time.Duration // that a scan waits for the plugins it starts, which go on without it; 10 s
	Idle      time.Duration // until a Go plugin without calls is stopped; 10 min
	Settle    time.Duration // after an edit until a Go plugin is compiled in the background: whoever edits saves often; 5 s
	RunGo     time.Duration // for one run of a Go plugin; 1 h
	RunPython time.Duration // for one run of a Python plugin; no limit
}

func (t Times) withDefaults() Times {
	for d, standard := range map[*time.Duration]time.Duration{
		&t.Grace: worker.DefaultGrace, &t.Load: time.Minute, &t.Scan: 10 * time.Second, &t.Idle: 10 * time.Minute, &t.Settle: 5 * time.Second, &t.RunGo: time.Hour,
	} {
		if *d <= 0 {
			*d = standard
		}
	}
	return t
}

// Registry is the plugins of one host. Its methods may be used concurrently.
type Registry struct {
	cfg     Config
	ctx     context.Context //nolint:containedctx // ends with Close; background work hangs on it
	cancel  context.CancelCauseFunc
	work    sync.WaitGroup
	scan    chan struct{} // held by the one scan at a time
	settled atomic.Bool   // the folders are known that were there at the start

	mu      sync.RWMutex // guards what follows
	plugins map[string]*plugin
	active  map[string]*active // runs that have not ended, by id
	order   []string           // keys as listed: folders by name, then those without one
}

// New returns a Registry that knows no plugins yet; see [Registry.Rescan].
func New(cfg Config) *Registry {
	cfg.Times = cfg.Times.withDefaults()
	if cfg.Report == nil {
		cfg.Report = func(Report) {}
	}
	if cfg.Line == nil {
		cfg.Line = func(string, worker.Line) {}
	}
	cfg.News = cfg.News.withDefaults()
	r := &Registry{cfg: cfg, scan: make(chan struct{}, 1), plugins: map[string]*plugin{}, active: map[string]*active{}}
	r.ctx, r.cancel = context.WithCancelCause(context.Background())
	r.work.Go(r.stopIdle)
	return r
}

// Close stops every plugin, all at once, and waits until their processes are
// gone. Calls from now on fail with ErrClosed.
func (r *Registry) Close(ctx context.Context) {
	r.mu.Lock() // whatever was begun before is waited for, and nothing is begun any more
	r.cancel(errStopped)
	r.mu.Unlock()
	var all sync.WaitGroup
	for _, p := range r.all() {
		all.Go(func() {
			release, err := p.take(ctx)
			if err != nil {
				return // the caller waits no longer; processes die with the host
			}
			defer release()
			r.stop(ctx, p, sdk.StopShutdown, Idle)
			r.endFresh(ctx, p.takeFresh())
		})
	}
	all.Wait()
	r.work.Wait()
}

// inBackground runs f on a goroutine that Close waits for; false when the registry is
// closed and f is not run.
func (r *Registry) inBackground(f func()) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.ctx.Err() != nil {
		return false
	}
	r.work.Go(f)
	return true
}

// plugin finds a plugin by its key.
func (r *Registry) plugin(key string) (*plugin, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	p := r.plugins[key]
	if p == nil {
		return nil, ErrNotFound
	}
	return p, nil
}

// all returns the plugins in their order.
func (r *Registry) all() []*plugin {
	r.mu.RLock()
	defer r.mu.RUnlock()
	list := make([]*plugin, 0, len(r.order))
	for _, key := range r.order {
		list = append(list, r.plugins[key])
	}
	return list
}
