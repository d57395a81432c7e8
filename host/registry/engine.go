package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/worker"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// What may be wished for a Go plugin, and the first two of what runs it.
const (
	EngineInterpreted = "interpreted" // run from source
	EngineCompiled    = "compiled"    // run as a program: its own, or made from its source
	EngineAuto        = "auto"        // interpreted after an edit, compiled as soon as that is done
)

// Engines lists what may be wished.
func Engines() []string { return []string{EngineAuto, EngineInterpreted, EngineCompiled} }

// Compiler makes programs of Go plugins.
type Compiler interface {
	// Ready says why this machine cannot compile, and what to do about that; nil
	// when it can.
	Ready(ctx context.Context) error
	// Cached returns the program of exactly this source if it was made before;
	// "" otherwise.
	Cached(ctx context.Context, f plugindir.Found) string
	// Build makes the program. The error is [ErrEdited], or says what is wrong in
	// the source, or with the machine.
	Build(ctx context.Context, f plugindir.Found) (program string, err error)
}

// ErrEdited reports that a plugin was edited while it was being compiled.
var ErrEdited = errors.New("the plugin was edited meanwhile")

// wish is what is wished of the engine: by the operator, else by the author,
// else auto. The caller holds p.mu.
func (p *plugin) wish() string {
	if p.wished != "" {
		return p.wished
	}
	if m := p.found.Manifest; m != nil && slices.Contains(Engines(), m.Engine) {
		return m.Engine
	}
	return EngineAuto
}

// engine is what runs p, or will: the caller holds p.mu.
func (p *plugin) engine() string {
	if p.live != nil {
		return p.live.engine
	}
	switch p.found.Runtime {
	case plugindir.RuntimeGo:
		if len(p.read.refused) > 0 || p.wish() == EngineCompiled {
			return EngineCompiled
		}
		return EngineInterpreted
	case plugindir.RuntimeExecutable:
		return EngineCompiled
	}
	return p.found.Runtime
}

// note keeps why p runs on the engine it runs on.
func (p *plugin) note(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.why = fmt.Sprintf(format, args...)
}

// compileFirst makes the program of a plugin that shall not, or cannot, be
// interpreted, and returns why it has none when it needs one. It is done before
// loading, whose time is limited: the first compilation on a machine takes a
// minute. The caller has the turn.
func (r *Registry) compileFirst(p *plugin) error {
	p.mu.Lock()
	found, wish, refused := p.found, p.wish(), p.read.refused
	p.mu.Unlock()
	needed := len(refused) > 0
	if found.Runtime != plugindir.RuntimeGo || !needed && wish != EngineCompiled {
		return nil
	}
	if wish == EngineInterpreted || r.cfg.Compiler == nil {
		return refusal(refused, "Write it another way, or let the host compile it: pluggarr engine "+p.key+" auto.")
	}
	if err := r.cfg.Compiler.Ready(r.ctx); err != nil {
		if !needed {
			p.note("compiled was wished, but there is %v", err)
			return nil
		}
		return refusal(refused, fmt.Sprintf("Write it another way. To have it compiled there is %v.", err))
	}
	p.note("being compiled")
	if _, err := r.cfg.Compiler.Build(r.ctx, found); err != nil {
		p.note("it could not be compiled: %v", err)
		return &Failure{Message: fmt.Sprintf("plugin %s: %v", p.key, err), Fault: store.FaultPlugin, cause: err}
	}
	return nil
}

// refusal is the failure of source that only a compiler may take.
func refusal(refused []wire.Problem, hint string) error {
	if len(refused) == 0 {
		return nil
	}
	f := problemsFailure(refused)
	f.Hint = hint
	return f
}

// process starts a process for p's folder: the compiled program where there is
// one and it is wished, else what its runtime has.
func (r *Registry) process(ctx context.Context, p *plugin, found plugindir.Found) (w *worker.Worker, engine string, err error) {
	p.mu.Lock()
	wish := p.wish()
	p.mu.Unlock()
	program := ""
	if found.Runtime == plugindir.RuntimeGo && wish != EngineInterpreted && r.cfg.Compiler != nil {
		program = r.cfg.Compiler.Cached(ctx, found)
	}
	start := func() (worker.Process, error) { return r.cfg.Launch(ctx, found) }
	switch {
	case program != "":
		engine = EngineCompiled
		p.note("compiled from its source")
		start = func() (worker.Process, error) { return r.cfg.Program(program, found.Dir) }
	case found.Runtime == plugindir.RuntimeExecutable:
		engine = EngineCompiled
		p.note("plugin.json names a program")
	case found.Runtime == plugindir.RuntimeGo:
		engine = EngineInterpreted
		if wish == EngineInterpreted {
			p.note("as wished")
		}
		if w := p.takeFresh(); w != nil && w.Death() == nil { // it has read this very folder: the next one need not be waited for
			return w, engine, nil
		}
	default:
		engine = found.Runtime
	}
	proc, err := start()
	if err != nil {
		return nil, engine, err
	}
	return worker.New(proc), engine, nil
}

// takeFresh returns the process that has read p's folder, which nobody else gets;
// nil when there is none.
func (p *plugin) takeFresh() *worker.Worker {
	p.mu.Lock()
	defer p.mu.Unlock()
	w := p.read.fresh
	p.read.fresh = nil
	return w
}

// endFresh ends processes that have read a folder and are not needed; a nil one is
// none. The caller holds no lock.
func (r *Registry) endFresh(ctx context.Context, unused ...*worker.Worker) {
	for _, w := range unused {
		if w != nil {
			r.aside(func() { _ = w.Stop(context.WithoutCancel(ctx), nil) }) // without a question there is nothing it could report
		}
	}
}

// compileLater compiles, in the background, a plugin that is interpreted for
// now, and puts the program in its place.
func (r *Registry) compileLater(p *plugin, l *live) {
	p.mu.Lock()
	found, wish := p.found, p.wish()
	wanted := !l.compiling && found.Hash == l.hash && l.engine == EngineInterpreted && wish != EngineInterpreted
	l.compiling = l.compiling || wanted
	p.mu.Unlock()
	if !wanted || r.cfg.Compiler == nil {
		return
	}
	r.inBackground(func() {
		if !r.compile(p, l, found) {
			p.mu.Lock()
			l.compiling = false
			p.mu.Unlock()
		}
	})
}

// compile makes the program of what l runs once nobody edits it any more, and
// puts it in l's place. It returns false when it was not tried.
func (r *Registry) compile(p *plugin, l *live, found plugindir.Found) bool {
	if err := r.cfg.Compiler.Ready(r.ctx); err != nil {
		p.note("there is %v", err)
		return false
	}
	p.note("it is compiled when it has not been edited for %v", r.cfg.Times.Settle)
	timer := time.NewTimer(r.cfg.Times.Settle)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-l.ctx.Done():
			return false
		}
		if !p.serves(l) {
			return false
		}
		_, err := r.cfg.Compiler.Build(l.ctx, found)
		switch {
		case l.ctx.Err() != nil:
			return false
		case errors.Is(err, ErrEdited): // what it is now is seen soon, unless it is the same again
			timer.Reset(r.cfg.Times.Settle)
			continue
		case err != nil:
			p.note("it could not be compiled: %v", err)
		default:
			r.exchangeEngine(p, l)
		}
		return true
	}
}

// serves says whether l is the version that serves.
func (p *plugin) serves(l *live) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.live == l && p.state == Running && p.found.Hash == l.hash
}

// exchangeEngine replaces an interpreted version by the program that was made
// of the same source.
func (r *Registry) exchangeEngine(p *plugin, l *live) {
	release, err := p.take(r.ctx)
	if err != nil {
		return // the host ends
	}
	defer release()
	if p.serves(l) && l.worker.Death() == nil {
		r.replace(r.ctx, p)
	}
}

// SetEngine wishes for an engine, one of [Engines], and starts the plugin on it
// if it runs; "" leaves it to plugin.json. The error is [ErrNotFound],
// [ErrEngine], also for a Python plugin, or the store's.
func (r *Registry) SetEngine(ctx context.Context, key, engine string) error {
	p, err := r.plugin(key)
	if err != nil {
		return err
	}
	p.mu.Lock()
	choice := p.found.Runtime != plugindir.RuntimePython
	p.mu.Unlock()
	if engine != "" && (!choice || !slices.Contains(Engines(), engine)) {
		return ErrEngine
	}
	ctx = context.WithoutCancel(ctx) // half of it done would be worse than a caller gone
	release, err := p.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := r.cfg.Store.SetEngine(ctx, key, engine); err != nil {
		return err
	}
	p.mu.Lock()
	p.wished, p.why = engine, ""
	p.writes++
	state, isGo := p.state, p.found.Runtime == plugindir.RuntimeGo
	p.mu.Unlock()
	switch {
	case !isGo:
	case state == Running:
		r.replace(ctx, p)
	case state == Failed, state == Waiting:
		r.revive(ctx, p)
	}
	return nil
}
