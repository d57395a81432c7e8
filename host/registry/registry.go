// Package registry knows which plugins there are and what state each is in;
// it starts, replaces and stops their workers. It reads no files and speaks no
// HTTP: folders are package plugindir's, processes package worker's.
package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/settings"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/worker"
	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
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

// What a [Report] is about.
const (
	Found    = "found"    // its folder has come while the host runs
	Removed  = "removed"  // its folder has gone
	Loaded   = "loaded"   // a worker answers calls
	Reloaded = "reloaded" // a newer version answers calls
	Compiled = "compiled" // the same version, as a program, answers calls
	Stopped  = "stopped"  // the worker was ended by the host
	Died     = "died"     // the worker ended by itself; Failure says how
	Broken   = "broken"   // the plugin cannot run; Failure says why
	Trouble  = "trouble"  // the host could not do something around a plugin; Failure says what
)

// Report is one thing that became of a plugin.
type Report struct {
	Plugin  string        // the plugin's key
	What    string        // one of the constants above
	State   State         // with Found: where the plugin is in its life now
	Took    time.Duration // from the edit, else from the start of the process, to its readiness; zero when nothing was started
	Failure *Failure      // what is wrong; nil when nothing is
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

// plugin is one plugin and what is known of it.
type plugin struct {
	key  string
	turn chan struct{} // held by whoever changes its life; never while mu is held

	mu      sync.Mutex // guards what follows
	found   plugindir.Found
	stale   bool      // its folder is not what its state was made for
	queued  bool      // an edit waits to be taken in
	edited  time.Time // when the edit was made that is being taken in; zero when nobody saw
	row     store.Plugin
	wished  string // the engine, by the operator; "" for none
	why     string // it runs on the engine it runs on; one clause, "" when there is nothing to say
	writes  int    // of row to the database; a scan tells by it that what it read is old
	state   State
	read    reading  // what its folder says
	live    *live    // the version that serves; nil without a process
	retired []*live  // versions before it whose runs are not over
	failure *Failure // why it cannot run, or why the last edit does not
	tried   string   // the hash of what was started last, or could not be; "" when it was edited meanwhile
	deaths  []time.Time
	runs    int         // since the host started
	inbox   []*delivery // events that wait; the first is at work
	emits   *rate.Limiter
}

// reading is what was learned of a folder without running it.
type reading struct {
	Description sdk.Description `json:"description"`
	Problems    []wire.Problem  `json:"problems,omitempty"`
	forms       forms
	failure     *Failure       // what keeps it from running; nil for nothing
	refused     []wire.Problem // what keeps it from being interpreted
	torn        bool           // the folder was edited meanwhile: it is not of what the hash says
	fresh       *worker.Worker // the process that has read this folder and nothing else; nil for none
}

// live is one started version of a plugin.
type live struct {
	worker  *worker.Worker
	runtime string          // of the plugin's folder
	engine  string          // what runs it
	hash    string          // of the code it runs
	dir     string          // where that is
	took    time.Duration   // until it was ready
	ctx     context.Context //nolint:containedctx // ends when its runs have to
	cancel  context.CancelCauseFunc

	// guarded by the plugin's mu
	compiling bool // its program is being made, or was
	said      sdk.Description
	forms     forms
	asks      int           // how often it has yet to be asked for its description anew, 2 at most
	calls     int           // under way
	used      time.Time     // when the last one ended
	free      chan struct{} // closed when retired and without calls; nil before
	given     given         // what its log lines are stripped of
}

func newPlugin(key string) *plugin {
	return &plugin{key: key, turn: make(chan struct{}, 1), state: Missing, read: reading{forms: forms{settings: noSettings()}}, emits: newEmits()}
}

// take waits for the right to change p's life. Call release to give it back.
func (p *plugin) take(ctx context.Context) (release func(), err error) {
	select {
	case p.turn <- struct{}{}:
		return func() { <-p.turn }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for plugin %s: %w", p.key, context.Cause(ctx))
	}
}

// step changes the state. A step that the table does not have is a mistake in
// this package, and is told as such.
func (r *Registry) step(p *plugin, to State) {
	p.mu.Lock()
	err := change(p.state, to)
	p.state = to
	p.mu.Unlock()
	if err != nil {
		r.trouble(p.key, err)
	}
	r.cfg.News.State(p.key, to)
}

func (r *Registry) trouble(key string, err error) {
	r.cfg.Report(Report{Plugin: key, What: Trouble, Failure: &Failure{Message: err.Error(), Fault: store.FaultHost, cause: err}})
}

// eager says that the plugin runs for as long as it is enabled.
func (p *plugin) eager() bool {
	return p.found.Runtime == plugindir.RuntimePython || p.read.Description.HasStart
}

// forms are a plugin's description made into what can be filled in and run.
type forms struct {
	settings   *settings.Form
	actions    []settings.Action
	params     map[string]*settings.Form // by action; without those that take none
	timeouts   map[string]time.Duration  // by action; without those that have none
	background map[string]bool           // by action: it runs in the background unless told otherwise
	byID       json.RawMessage           // {id: action}, for Python's context
	warnings   []string
}

// formsOf builds the forms of what a plugin says of itself.
func formsOf(d sdk.Description) (forms, []wire.Problem) {
	f := forms{params: map[string]*settings.Form{}, timeouts: map[string]time.Duration{}, background: map[string]bool{}}
	f.warnings = slices.Clone(d.Warnings)
	if d.Settings == nil && (d.Fields != nil || d.RawActions != nil || d.Runtime == plugindir.RuntimePython) {
		var more []string
		f.settings, more = settings.FromFields(d.Fields)
		f.warnings = append(f.warnings, more...)
		f.actions, more = settings.NormaliseActions(d.RawActions)
		f.warnings = append(f.warnings, more...)
		return f.indexed(), nil
	}
	var problems, more []wire.Problem
	if f.settings, problems = settings.FromShape(d.Settings); f.settings == nil {
		f.settings = noSettings()
	}
	f.actions, f.params, more = settings.ActionsFromGo(d.Actions)
	for _, a := range d.Actions {
		f.background[a.ID] = a.Background
		if a.Timeout > 0 {
			f.timeouts[a.ID] = a.Timeout.Std()
		}
		if a.Schedule == "" {
			continue
		}
		if err := settings.CheckCron(a.Schedule); err != nil {
			f.warnings = append(f.warnings, fmt.Sprintf("action %q is not run by the clock: its schedule %v", a.ID, err))
		}
	}
	return f.indexed(), append(problems, more...)
}

// noSettings is the form of a plugin whose settings are not known.
func noSettings() *settings.Form {
	form, _ := settings.FromFields(nil)
	return form
}

// indexed adds the actions by their ids; the first of two with one id counts.
func (f forms) indexed() forms {
	byID := map[string]settings.Action{}
	for _, a := range f.actions {
		if _, taken := byID[a.ID]; !taken {
			byID[a.ID] = a
		}
	}
	raw, err := json.Marshal(byID)
	if err != nil {
		raw = json.RawMessage("{}") // actions are made of JSON; this cannot happen
	}
	f.byID = raw
	return f
}
