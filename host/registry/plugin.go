package registry

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/worker"
	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

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

// eager says that the plugin runs for as long as it is enabled.
func (p *plugin) eager() bool {
	return p.found.Runtime == plugindir.RuntimePython || p.read.Description.HasStart
}

// described is what a version says of itself, and its forms.
func (p *plugin) described(l *live) (sdk.Description, forms) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return l.said, l.forms
}
