package registry

import (
	"context"
	"slices"
	"time"

	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/sdk"
)

// Reload looks at the plugins folder and loads every enabled plugin anew, the
// unchanged ones too, as a user expects who asks for it by hand. A version
// that does not load leaves the one before it serving where that is possible.
// It returns when all is done.
func (r *Registry) Reload(ctx context.Context) error {
	for _, p := range r.all() {
		p.mu.Lock()
		if p.read.failure != nil {
			p.found.Hash = "" // read it again: that it could not be read may have been the host's own trouble
		}
		p.mu.Unlock()
	}
	if _, err := r.look(ctx, ""); err != nil {
		return err
	}
	each(r.all(), func(p *plugin) { r.bring(ctx, p, true) })
	return nil
}

// revive tries again what failed or died before. The caller has the turn.
func (r *Registry) revive(ctx context.Context, p *plugin) {
	p.mu.Lock()
	p.failure, p.deaths = nil, nil
	p.mu.Unlock()
	r.step(p, Idle)
	r.wake(ctx, p)
}

// replace puts the code that is in the folder now in the place of what runs.
// The caller has the turn.
func (r *Registry) replace(ctx context.Context, p *plugin) {
	if err := r.compileFirst(p); err != nil {
		if r.ctx.Err() == nil {
			r.keep(p, err)
		}
		return
	}
	ctx, cancel := r.loading(ctx, p)
	defer cancel()
	next, err := r.launch(ctx, p)
	if err == nil && next.runtime != plugindir.RuntimePython {
		err = r.describe(ctx, p, next)
	}
	if err != nil {
		r.discard(ctx, next)
		if r.ctx.Err() == nil { // else the host's end was why
			r.keep(p, err)
		}
		return
	}
	if next.runtime == plugindir.RuntimePython {
		r.exchange(ctx, p, next)
		return
	}
	r.swap(ctx, p, next)
}

// keep lets the old version serve and says what is wrong with the new one.
func (r *Registry) keep(p *plugin, err error) {
	failure := failureOf(p.key, err).hidden(r.hides(p))
	failure.Hint = "The version before it keeps serving."
	p.mu.Lock()
	p.failure = failure
	p.mu.Unlock()
	r.cfg.Report(Report{Plugin: p.key, What: Broken, Failure: failure})
}

// swap gives all further calls to next, a version that is described. What runs
// on the old one ends there; its background work ends before next's begins.
func (r *Registry) swap(ctx context.Context, p *plugin, next *live) {
	p.mu.Lock()
	old := p.live
	p.live, p.failure = next, nil
	p.retired = append(p.retired, old)
	p.mu.Unlock()
	r.inBackground(func() { r.watch(p, next) })
	free := p.retire(old)
	r.quiesce(ctx, p, old, sdk.StopReload)
	if !r.inBackground(func() { r.outlive(p, old, free) }) {
		r.outlive(p, old, free)
	}
	if !r.renewStart(ctx, p, next) {
		return
	}
	what := Reloaded
	if next.hash == old.hash && next.engine == EngineCompiled && old.engine != EngineCompiled {
		what = Compiled
	}
	r.cfg.Report(Report{Plugin: p.key, What: what, Took: p.since(next.took)})
	r.compileLater(p, next)
}

// since returns how long it took for the latest edit to be live; loaded when
// nobody saw when that was made.
func (p *plugin) since(loaded time.Duration) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.edited.IsZero() {
		return loaded
	}
	return time.Since(p.edited)
}

// outlive ends a version that was replaced once its runs are over.
func (r *Registry) outlive(p *plugin, old *live, free <-chan struct{}) {
	select {
	case <-free:
	case <-r.ctx.Done():
	}
	r.discard(r.ctx, old)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.retired = slices.DeleteFunc(p.retired, func(l *live) bool { return l == old })
}

// exchange ends the old version before next, whose code is loaded, comes to
// life: a Python plugin takes ports, locks and threads when it is made, so two
// of one plugin never live together. Calls wait meanwhile.
func (r *Registry) exchange(ctx context.Context, p *plugin, next *live) {
	p.mu.Lock()
	old := p.live
	p.live = nil
	p.mu.Unlock()
	r.step(p, Stopping)
	timer := time.NewTimer(r.cfg.Times.Grace)
	defer timer.Stop()
	select {
	case <-p.retire(old):
	case <-timer.C:
	case <-r.ctx.Done():
	}
	r.end(ctx, p, old, sdk.StopReload)
	r.step(p, Starting)
	if err := r.begin(ctx, p, next); err != nil {
		r.discard(ctx, next)
		_ = r.unstarted(p, err) // told in the plugin's entry
		return
	}
	r.adopt(p, next, Reloaded)
}

// SetEnabled switches a plugin on or off. One that cannot be started is on
// all the same, and its entry says why it does not run.
func (r *Registry) SetEnabled(ctx context.Context, key string, on bool) error {
	p, err := r.plugin(key)
	if err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx) // half of it done would be worse than a caller gone
	release, err := p.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	row, err := r.cfg.Store.SetEnabled(ctx, key, on)
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.row = *row
	p.writes++
	state, unusable := p.state, p.read.failure
	p.mu.Unlock()
	switch {
	case state == Missing:
	case !on:
		r.stop(ctx, p, sdk.StopDisable, Disabled)
		p.mu.Lock()
		p.failure, p.deaths = nil, nil
		p.mu.Unlock()
	case state == Disabled:
		r.step(p, Idle)
		r.wake(ctx, p)
	case state == Failed && unusable == nil: // on already: trying again is what is wanted
		r.revive(ctx, p)
	}
	return nil
}

// wake brings an idle plugin to where it belongs: running if it is eager, to
// Failed if its source cannot be used. The caller has the turn.
func (r *Registry) wake(ctx context.Context, p *plugin) {
	p.mu.Lock()
	unusable, eager := p.read.failure, p.eager()
	p.mu.Unlock()
	switch {
	case unusable != nil:
		_ = r.broken(p, unusable) // told in the plugin's entry
	case eager:
		_ = r.start(ctx, p)
	}
}

// faulty is the failure of a folder that cannot be used whatever is in it.
func faulty(f plugindir.Found) *Failure {
	return &Failure{Message: f.Fault, Fault: store.FaultPlugin}
}
