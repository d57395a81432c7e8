package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

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
	case p.live == nil || p.state != Running || p.live.worker.Lost():
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
	if err := p.awaitEnd(ctx); err != nil {
		return err
	}
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
	case state == Disabled: // somebody else wrote to the database
		return ErrNotEnabled
	}
	return r.start(ctx, p)
}

// awaitEnd waits until a process that nobody can speak to is gone. The caller
// has the turn.
func (p *plugin) awaitEnd(ctx context.Context) error {
	p.mu.Lock()
	l := p.live
	p.mu.Unlock()
	if l == nil || !l.worker.Lost() {
		return nil
	}
	select {
	case <-l.worker.Done():
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for the end of the process of plugin %s: %w", p.key, context.Cause(ctx))
	}
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
	p.mu.Unlock()
	if l == nil || l.worker.Death() == nil {
		return 0, false
	}
	p.mu.Lock()
	p.live = nil
	l.cancel(errStopped)
	if !l.worker.Deaf() { // being killed for a deaf run is no death of the plugin's own
		p.deaths = append(p.deaths, time.Now())
	}
	for len(p.deaths) > 0 && time.Since(p.deaths[0]) > deathWindow {
		p.deaths = p.deaths[1:]
	}
	n := len(p.deaths)
	failure := failureOf(p.key, l.worker.Death()).hidden(l.given.Redaction)
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
	l, retired := p.live, slices.Clone(p.retired)
	p.live = nil
	p.mu.Unlock()
	for _, old := range retired {
		old.cancel(errStopped)
	}
	if l != nil {
		r.stopVersion(ctx, p, l, reason)
	}
	r.awaitGone(retired)
	r.step(p, to)
}

// stopVersion ends the version that served and gets no more calls.
func (r *Registry) stopVersion(ctx context.Context, p *plugin, l *live, reason sdk.StopReason) {
	r.step(p, Stopping)
	r.end(ctx, p, l, reason)
	r.cfg.Report(Report{Plugin: p.key, What: Stopped})
}

// awaitGone waits for versions that were replaced and whose runs were cancelled
// now: they are killed after the grace, and get another to be cleared away.
func (r *Registry) awaitGone(retired []*live) {
	timer := time.NewTimer(2 * r.cfg.Times.Grace)
	defer timer.Stop()
	for _, old := range retired {
		select {
		case <-old.worker.Done():
		case <-timer.C:
			return
		}
	}
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
	err := l.worker.Quiesce(ctx, wire.StopParams{Reason: string(reason), Settings: r.handOver(p, l)})
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
			if l := p.detachIdle(r.cfg.Times.Idle); l != nil {
				r.stopVersion(r.ctx, p, l, sdk.StopShutdown)
				r.step(p, Idle)
			}
			release()
		}
	}
}

func (p *plugin) idleSince(d time.Duration) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.unused(d)
}

// detachIdle takes the version that serves away if it is still idle, in one
// step: a call that comes now waits for the next version, and is not cut off.
// Nil when there is none, or it was called meanwhile. The caller has the turn.
func (p *plugin) detachIdle(d time.Duration) *live {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.unused(d) || p.live.worker.Death() != nil {
		return nil
	}
	l := p.live
	p.live = nil
	return l
}

// unused says that the process may end for want of calls. The caller holds p.mu.
func (p *plugin) unused(d time.Duration) bool {
	return p.state == Running && p.live != nil && !p.eager() && p.live.calls == 0 && time.Since(p.live.used) > d
}
