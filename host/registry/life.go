package registry

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/worker"
	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

const (
	tooManyDeaths = 5                      // in deathWindow: the plugin is not started again by itself
	deathWindow   = time.Minute            //
	firstPause    = 100 * time.Millisecond // before a restart; doubled with every death in the window
)

// errStopped is the cause with which runs end that are under way when their
// plugin is stopped.
var errStopped = errors.New("the plugin was stopped")

// acquire returns the version of p that serves, started if need be. Whoever
// got it calls release when the call is over.
func (r *Registry) acquire(ctx context.Context, p *plugin) (*live, error) {
	for {
		l, err := p.serving()
		if l != nil || err != nil {
			return l, err
		}
		if err := r.ensure(ctx, p); err != nil {
			return nil, err
		}
	}
}

// serving counts one more call to the version that serves; nil when it has to
// be started first.
func (p *plugin) serving() (*live, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.state == Missing && p.row.Enabled:
		return nil, ErrNotLoaded
	case !p.row.Enabled:
		return nil, ErrNotEnabled
	case p.live == nil || p.state != Running || p.live.worker.Death() != nil:
		return nil, nil
	}
	p.live.calls++
	return p.live, nil
}

func (p *plugin) release(l *live) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l.calls--
	l.used = time.Now()
	if l.calls == 0 && l.free != nil {
		close(l.free)
	}
}

// retire returns a channel that is closed once l has no calls any more; l
// must not get new ones.
func (p *plugin) retire(l *live) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	l.free = make(chan struct{})
	if l.calls == 0 {
		close(l.free)
	}
	return l.free
}

// ensure starts p unless it runs.
func (r *Registry) ensure(ctx context.Context, p *plugin) error {
	release, err := p.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	r.bury(p)
	p.mu.Lock()
	state, enabled, failure := p.state, p.row.Enabled, p.failure
	p.mu.Unlock()
	switch {
	case r.ctx.Err() != nil:
		return ErrClosed
	case !enabled:
		return ErrNotEnabled
	case state == Running:
		return nil
	case state == Failed && failure != nil:
		return failure
	case state == Missing, state == Failed:
		return ErrNotLoaded
	}
	return r.start(ctx, p)
}

// start brings a plugin without a process to Running, or to Failed. The caller
// has the turn.
func (r *Registry) start(ctx context.Context, p *plugin) error {
	ctx, cancel := r.loading(ctx)
	defer cancel()
	r.step(p, Starting)
	l, err := r.launch(ctx, p)
	if err == nil {
		err = r.begin(ctx, p, l)
	}
	if err != nil {
		r.discard(ctx, l)
		return r.broken(p, err)
	}
	r.adopt(p, l, Loaded)
	return nil
}

// loading is the context of what may take no longer than loading a plugin may;
// the host does not wait for it when it ends.
func (r *Registry) loading(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(ctx, r.cfg.Times.Load)
	stop := context.AfterFunc(r.ctx, cancel)
	return ctx, func() {
		stop()
		cancel()
	}
}

// launch starts a process and lets it load p's code.
func (r *Registry) launch(ctx context.Context, p *plugin) (*live, error) {
	p.mu.Lock()
	found := p.found
	p.mu.Unlock()
	begun := time.Now()
	proc, err := r.cfg.Launch(ctx, found)
	if err != nil {
		return nil, &Failure{Message: err.Error(), Fault: store.FaultHost, cause: err}
	}
	l := &live{worker: worker.New(proc), runtime: found.Runtime, hash: found.Hash, used: begun}
	l.ctx, l.cancel = context.WithCancelCause(r.ctx)
	err = l.worker.Hello(ctx, wire.HelloParams{Key: p.key, Dir: found.Dir, Data: r.cfg.Data}, worker.Config{
		Log:      func(line worker.Line) { r.heard(p, l, line) },
		Progress: func(report wire.ProgressParams) { r.progress(p.key, report) },
		Grace:    r.cfg.Times.Grace,
	})
	l.took = time.Since(begun)
	return l, err
}

// begin lets a loaded plugin describe itself and start working.
func (r *Registry) begin(ctx context.Context, p *plugin, l *live) error {
	begun := time.Now()
	if err := r.describe(ctx, p, l); err != nil {
		return err
	}
	err := l.worker.Start(ctx, r.startParams(p, l.forms))
	l.took += time.Since(begun)
	return err
}

// describe asks a loaded plugin for its description and builds its forms.
func (r *Registry) describe(ctx context.Context, p *plugin, l *live) error {
	said, err := l.worker.Describe(ctx)
	if err != nil {
		return err
	}
	p.mu.Lock()
	said = running(p.found, said)
	p.mu.Unlock()
	forms, problems := formsOf(said)
	p.mu.Lock()
	l.said, l.forms = said, forms
	p.mu.Unlock()
	if len(problems) > 0 {
		return problemsFailure(problems)
	}
	return nil
}

// adopt makes l the version that serves.
func (r *Registry) adopt(p *plugin, l *live, what string) {
	p.mu.Lock()
	p.live, p.failure = l, nil
	p.mu.Unlock()
	r.step(p, Running)
	r.cfg.Report(Report{Plugin: p.key, What: what, Took: l.took})
	r.work.Go(func() { r.watch(p, l) })
}

// discard ends a process that never served; nil when there is none.
func (r *Registry) discard(ctx context.Context, l *live) {
	if l != nil {
		l.cancel(errStopped)
		_ = l.worker.Stop(context.WithoutCancel(ctx), nil) // without a question there is nothing it could report
	}
}

// broken moves p to Failed and returns why.
func (r *Registry) broken(p *plugin, err error) error {
	if r.ctx.Err() != nil {
		r.step(p, Stopping)
		r.step(p, Idle)
		return ErrClosed
	}
	failure := failureOf(p.key, err)
	p.mu.Lock()
	p.failure = failure
	p.mu.Unlock()
	r.step(p, Failed)
	r.cfg.Report(Report{Plugin: p.key, What: Broken, Failure: failure})
	return failure
}

// watch waits for the end of a worker and, when nobody ended it, for the
// restart of what has to run.
func (r *Registry) watch(p *plugin, l *live) {
	<-l.worker.Done()
	release, err := p.take(r.ctx)
	if err != nil {
		return // the host ends
	}
	pause, restart := r.bury(p)
	release()
	if !restart {
		return
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		_ = r.restart(p) // a failure is in the plugin's state and was reported
	case <-r.ctx.Done():
	}
}

// restart starts p if it is still waiting for it.
func (r *Registry) restart(p *plugin) error {
	release, err := p.take(r.ctx)
	if err != nil {
		return err
	}
	defer release()
	p.mu.Lock()
	waiting := p.state == Waiting
	p.mu.Unlock()
	if !waiting {
		return nil
	}
	return r.start(r.ctx, p)
}

// bury takes note of a death, if there was one. The caller has the turn. It
// returns how long to wait before a restart, and whether there is to be one.
func (r *Registry) bury(p *plugin) (pause time.Duration, restart bool) {
	p.mu.Lock()
	l := p.live
	if l == nil || l.worker.Death() == nil {
		p.mu.Unlock()
		return 0, false
	}
	p.live = nil
	l.cancel(errStopped)
	if !l.worker.Deaf() { // being killed for a deaf run is no death of the plugin's own
		p.deaths = append(p.deaths, time.Now())
	}
	for len(p.deaths) > 0 && time.Since(p.deaths[0]) > deathWindow {
		p.deaths = p.deaths[1:]
	}
	n := len(p.deaths)
	failure := failureOf(p.key, l.worker.Death())
	if l.worker.Deaf() {
		failure.Message = fmt.Sprintf("plugin %s: its process was killed, because a run of it did not end when it was cancelled", p.key)
	}
	next := Waiting
	if n >= tooManyDeaths {
		next = Failed
		failure.Hint = "It died five times within a minute and is not started again by itself: look at its last output, then reload it."
		p.failure, p.deaths = failure, nil
	}
	eager := p.eager()
	p.mu.Unlock()
	r.step(p, next)
	r.cfg.Report(Report{Plugin: p.key, What: Died, Failure: failure})
	return firstPause << max(n-1, 0), next == Waiting && eager
}

// stop ends p's process, if it has one, and moves p to the state to. The
// caller has the turn. Runs that are under way are cancelled and share the
// grace with the plugin's own stopping.
func (r *Registry) stop(ctx context.Context, p *plugin, reason sdk.StopReason, to State) {
	r.bury(p)
	p.mu.Lock()
	l := p.live
	p.live = nil
	p.mu.Unlock()
	if l != nil {
		r.step(p, Stopping)
		r.end(ctx, p, l, reason)
		r.cfg.Report(Report{Plugin: p.key, What: Stopped})
	}
	r.step(p, to)
}

// end ends one version with its runs.
func (r *Registry) end(ctx context.Context, p *plugin, l *live, reason sdk.StopReason) {
	l.cancel(errStopped)
	free := p.retire(l)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.cfg.Times.Grace)
	defer cancel()
	r.quiesce(ctx, p, l, reason)
	select {
	case <-free:
	case <-ctx.Done():
	}
	_ = l.worker.Stop(ctx, nil) // without a question there is nothing it could report
}

// quiesce lets the plugin end its own work; what it says against it is its log's.
func (r *Registry) quiesce(ctx context.Context, p *plugin, l *live, reason sdk.StopReason) {
	err := l.worker.Quiesce(ctx, wire.StopParams{Reason: string(reason), Settings: r.effective(p, l.forms)})
	var death *worker.DeathError
	if err != nil && !errors.As(err, &death) {
		r.heard(p, l, worker.Line{Time: time.Now(), Source: "log", Level: "error", Message: "stop: " + err.Error()})
	}
}

// stopIdle ends Go plugins that nobody has called for a while.
func (r *Registry) stopIdle() {
	tick := time.NewTicker(max(r.cfg.Times.Idle/10, time.Second))
	defer tick.Stop()
	for {
		select {
		case <-r.ctx.Done():
			return
		case <-tick.C:
		}
		for _, p := range r.all() {
			if !p.idleSince(r.cfg.Times.Idle) {
				continue
			}
			release, err := p.take(r.ctx)
			if err != nil {
				return
			}
			if p.idleSince(r.cfg.Times.Idle) { // still, now that nobody else may act
				r.stop(r.ctx, p, sdk.StopShutdown, Idle)
			}
			release()
		}
	}
}

func (p *plugin) idleSince(d time.Duration) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state == Running && p.live != nil && !p.eager() && p.live.calls == 0 && time.Since(p.live.used) > d
}

// engine names what runs a plugin, as in the API.
func engine(runtime string) string {
	switch runtime {
	case plugindir.RuntimeGo:
		return "interpreted"
	case plugindir.RuntimeExecutable:
		return "compiled"
	}
	return runtime
}
