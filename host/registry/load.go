package registry

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/worker"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// start brings a plugin without a process to Running, or to Failed. The caller
// has the turn.
func (r *Registry) start(ctx context.Context, p *plugin) error {
	if r.ctx.Err() != nil {
		return ErrClosed // whoever took the turn after Close would start what nobody stops
	}
	r.step(p, Starting)
	p.mu.Lock()
	p.tried = p.found.Hash
	p.mu.Unlock()
	if err := r.compileFirst(p); err != nil {
		return r.unstarted(p, err)
	}
	ctx, cancel := r.loading(ctx, p)
	defer cancel()
	l, err := r.launch(ctx, p)
	if err == nil {
		err = r.begin(ctx, p, l)
	}
	if err != nil {
		r.discard(ctx, l)
		return r.unstarted(p, err)
	}
	r.adopt(p, l, Loaded)
	return nil
}

// loading returns the context in which a version of p is loaded. Who asked for
// it may go, which would leave half of it done; it ends after its time, with a
// [*Failure] as the cause, and with the host.
func (r *Registry) loading(ctx context.Context, p *plugin) (context.Context, context.CancelFunc) {
	late := &Failure{
		Message: fmt.Sprintf("plugin %s: it was not loaded within %v", p.key, r.cfg.Times.Load), Fault: store.FaultPlugin,
	}
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), r.cfg.Times.Load, late)
	alone := context.AfterFunc(r.ctx, cancel)
	return ctx, func() {
		alone()
		cancel()
	}
}

// overdue says why ctx ended in place of an error that says only that it did.
func overdue(ctx context.Context, err error) error {
	if err != nil && errors.Is(err, ctx.Err()) {
		return context.Cause(ctx)
	}
	return err
}

// launch starts a process and lets it load p's code.
func (r *Registry) launch(ctx context.Context, p *plugin) (*live, error) {
	p.mu.Lock()
	found := p.found
	p.mu.Unlock()
	begun := time.Now()
	process, engine, err := r.process(ctx, p, found)
	if err != nil {
		return nil, &Failure{Message: err.Error(), Fault: store.FaultHost, cause: err}
	}
	l := &live{worker: process, runtime: found.Runtime, engine: engine, hash: r.loaded(found, engine), dir: found.Dir, used: begun}
	l.ctx, l.cancel = context.WithCancelCause(r.ctx)
	cfg := worker.Config{
		Log:      func(line worker.Line) { r.heard(p, l, line) },
		Progress: func(report wire.ProgressParams) { r.progress(p.key, report) },
		Changed:  func() { r.changed(p, l) }, //nolint:contextcheck // it outlives this call and ends with the version
		Grace:    r.cfg.Times.Grace,
	}
	if r.cfg.Session != nil {
		session := r.cfg.Session(p.key)
		cfg.Handle, cfg.HungUp = session.Call, session.Close
	}
	err = l.worker.Hello(ctx, wire.HelloParams{Key: p.key, Dir: found.Dir, Data: r.cfg.Data}, cfg)
	l.took = time.Since(begun)
	if r.loaded(found, engine) != l.hash {
		l.hash = "" // edited meanwhile: nobody knows what was loaded
	}
	p.mu.Lock()
	p.tried = l.hash
	p.mu.Unlock()
	return l, overdue(ctx, err)
}

// loaded is the hash of what an engine loads now: the folder may have been edited
// since it was scanned.
func (r *Registry) loaded(found plugindir.Found, engine string) string {
	if engine == EngineCompiled && found.Runtime == plugindir.RuntimeGo {
		return found.Hash // its program was made of just that
	}
	now, err := r.cfg.Dir.Hash(found)
	if err != nil {
		return found.Hash
	}
	return now
}

// begin lets a loaded plugin describe itself and start working.
func (r *Registry) begin(ctx context.Context, p *plugin, l *live) error {
	begun := time.Now()
	if err := r.describe(ctx, p, l); err != nil {
		return err
	}
	err := l.worker.Start(ctx, r.startParams(p, l))
	l.took += time.Since(begun)
	return overdue(ctx, err)
}

// describe asks a loaded plugin for its description and builds its forms.
func (r *Registry) describe(ctx context.Context, p *plugin, l *live) error {
	said, err := l.worker.Describe(ctx)
	if err != nil {
		return overdue(ctx, err)
	}
	p.mu.Lock()
	said = running(p.found, said)
	p.mu.Unlock()
	forms, problems := formsOf(said)
	p.mu.Lock()
	if len(problems) == 0 || p.live != l {
		l.said, l.forms = said, forms
	}
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
	r.cfg.Report(Report{Plugin: p.key, What: what, Took: p.since(l.took)})
	r.inBackground(func() { r.watch(p, l) })
	r.compileLater(p, l)
}

// discard ends a process that never served; nil when there is none.
func (r *Registry) discard(ctx context.Context, l *live) {
	if l != nil {
		l.cancel(errStopped)
		_ = l.worker.Stop(context.WithoutCancel(ctx), nil) // without a question there is nothing it could report
	}
}

// unstarted moves p from Starting to Failed and returns why, unless the host's
// end was why.
func (r *Registry) unstarted(p *plugin, err error) error {
	if r.ctx.Err() != nil {
		r.step(p, Stopping)
		r.step(p, Idle)
		return ErrClosed
	}
	return r.broken(p, err)
}

// broken moves p to Failed and returns why.
func (r *Registry) broken(p *plugin, err error) error {
	failure := failureOf(p.key, err).hidden(r.hides(p))
	p.mu.Lock()
	p.failure = failure
	p.mu.Unlock()
	r.step(p, Failed)
	r.cfg.Report(Report{Plugin: p.key, What: Broken, Failure: failure})
	return failure
}
