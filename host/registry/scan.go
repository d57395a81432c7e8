package registry

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/worker"
	"github.com/pluggarr/pluggarr/sdk"
)

// atOnce is how many plugins are started or replaced at the same time.
const atOnce = 4

// readTime is how long the source of one plugin may be read, which takes
// milliseconds, but for the first Python plugin of a small machine, whose
// interpreter has yet to load Django: other scans wait meanwhile.
const readTime = 30 * time.Second

// fair is how long one that hangs keeps its place among them from others.
const fair = 2 * time.Second

// each calls f for every plugin, a few at a time, and waits.
func each(plugins []*plugin, f func(*plugin)) {
	var all sync.WaitGroup
	room := make(chan struct{}, atOnce)
	for _, p := range plugins {
		room <- struct{}{}
		all.Go(func() {
			leave := sync.OnceFunc(func() { <-room })
			defer leave()
			defer time.AfterFunc(fair, leave).Stop()
			f(p)
		})
	}
	all.Wait()
}

// Open reads the plugins folder and starts, in the background, what has to run.
// The plugins are listed when it returns.
func (r *Registry) Open(ctx context.Context) error {
	changed, err := r.look(ctx, "")
	if err != nil {
		return err
	}
	r.settled.Store(true)
	if !r.inBackground(func() { each(changed, func(p *plugin) { r.settle(r.ctx, p) }) }) {
		return ErrClosed
	}
	return nil
}

// Rescan takes in what has changed in the plugins folder: new plugins, removed
// ones, edited ones. Enabled plugins that changed run their new code when it
// returns, except those that take longer than Times.Scan: one that hangs must not
// keep anybody from a list of the others.
func (r *Registry) Rescan(ctx context.Context) error {
	changed, err := r.look(ctx, "")
	if err != nil {
		return err
	}
	done := make(chan struct{})
	if !r.inBackground(func() {
		defer close(done)
		each(changed, func(p *plugin) { r.settle(r.ctx, p) })
	}) {
		return nil // nothing is started any more
	}
	timer := time.NewTimer(r.cfg.Times.Scan)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	case <-ctx.Done():
	}
	return nil
}

// Edited takes in, in the background, what has changed in one folder of the
// plugins folder since a moment, which is when its author saved it; "" for any
// folder.
func (r *Registry) Edited(folder string, since time.Time) {
	r.inBackground(func() {
		changed, err := r.look(r.ctx, folder)
		if err != nil && r.ctx.Err() == nil {
			r.trouble("", err)
		}
		each(changed, func(p *plugin) {
			if !p.queue(true) {
				return // who waits for the turn takes this edit in, too
			}
			p.setEdited(since)
			r.settle(r.ctx, p)
			p.setEdited(time.Time{})
		})
	})
}

// look brings what is known of the plugins folder, or of one folder in it, up
// to date and returns the plugins whose code is not what it was: the caller
// settles them. What changed stays marked when look fails half-way; the next
// one goes on with it.
func (r *Registry) look(ctx context.Context, folder string) ([]*plugin, error) {
	select {
	case r.scan <- struct{}{}:
		defer func() { <-r.scan }()
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the scan of the plugins folder: %w", context.Cause(ctx))
	}
	found, err := r.cfg.Dir.Refresh(ctx, folder)
	if err != nil {
		return nil, err
	}
	changed := r.news(found)
	readings, err := r.readAll(ctx, changed)
	if err != nil {
		return nil, err
	}
	r.accept(ctx, changed, readings)
	r.gone(ctx, found)
	stale := r.stale()
	if err := r.sync(ctx, found, len(stale) > 0); err != nil {
		return nil, err
	}
	for _, p := range stale {
		p.mark(false)
		r.arrive(p)
	}
	return stale, nil
}

// stale returns the plugins whose folder is not what their state was made for.
func (r *Registry) stale() []*plugin {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var stale []*plugin
	for _, key := range slices.Sorted(maps.Keys(r.plugins)) {
		p := r.plugins[key]
		p.mu.Lock()
		if p.stale {
			stale = append(stale, p)
		}
		p.mu.Unlock()
	}
	return stale
}

func (p *plugin) setEdited(when time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.edited = when
}

// queue notes that an edit waits for its turn, or no longer does. It says whether
// that is news.
func (p *plugin) queue(waits bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	news := p.queued != waits
	p.queued = waits
	return news
}

func (p *plugin) mark(stale bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stale = stale
}

// arrive gives a plugin whose folder is there, or there again, its state.
func (r *Registry) arrive(p *plugin) {
	p.mu.Lock()
	state, enabled, here := p.state, p.row.Enabled, p.found.Dir != ""
	p.mu.Unlock()
	to := Disabled
	switch {
	case state != Missing, !here:
		return
	case enabled:
		to = Idle
	}
	r.step(p, to)
	if r.settled.Load() {
		r.cfg.Report(Report{Plugin: p.key, What: Found, State: to})
	}
}

// news picks the folders that are not as they were.
func (r *Registry) news(found []plugindir.Found) []plugindir.Found {
	return slices.DeleteFunc(slices.Clone(found), func(f plugindir.Found) bool {
		p, err := r.plugin(f.Key)
		if err != nil {
			return false
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		same := !p.read.torn && p.found.Hash == f.Hash && p.found.Dir == f.Dir && p.found.Fault == f.Fault && p.state != Missing &&
			(p.live == nil || p.live.hash == f.Hash || p.failure != nil) && (p.failure == nil || p.tried == f.Hash)
		if same {
			p.found = f // warnings and the logo may be new
		}
		return same
	})
}

// accept keeps what was read of changed folders.
func (r *Registry) accept(ctx context.Context, changed []plugindir.Found, readings []reading) {
	for i, f := range changed {
		r.mu.Lock()
		p := r.plugins[f.Key]
		if p == nil {
			p = newPlugin(f.Key)
			r.plugins[f.Key] = p
		}
		r.mu.Unlock()
		p.mu.Lock()
		unused := []*worker.Worker{p.read.fresh}
		p.found, p.read, p.stale = f, readings[i], true
		if !p.row.Enabled || r.ctx.Err() != nil { // nobody would take it
			unused, p.read.fresh = append(unused, p.read.fresh), nil
		}
		p.mu.Unlock()
		r.endFresh(ctx, unused...)
	}
}

// sync brings the database's names up to date and reads its rows.
func (r *Registry) sync(ctx context.Context, found []plugindir.Found, changed bool) error {
	if changed {
		var metas []store.PluginMeta
		for _, p := range r.named(found) {
			p.mu.Lock()
			d := p.listed()
			p.mu.Unlock()
			metas = append(metas, store.PluginMeta{Key: p.key, Name: d.Name, Version: d.Version, Description: d.Description})
		}
		if err := r.cfg.Store.SyncPlugins(ctx, metas); err != nil {
			if ctx.Err() != nil {
				return err
			}
			r.trouble("", err) // one bad key does not keep the others from working
		}
	}
	before := r.writes()
	rows, err := r.cfg.Store.Plugins(ctx)
	if err != nil {
		return err
	}
	wished, err := r.cfg.Store.Engines(ctx)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.order = r.order[:0:0]
	here := make(map[string]bool, len(found))
	for _, f := range found {
		r.order = append(r.order, f.Key)
		here[f.Key] = true
	}
	for _, row := range rows {
		p := r.plugins[row.Key]
		if p == nil {
			p = newPlugin(row.Key)
			r.plugins[row.Key] = p
		}
		p.mu.Lock()
		// A row that was written since the rows were read is newer than what was read.
		if p.writes == before[row.Key] {
			p.row, p.wished = row, wished[row.Key]
		}
		p.mu.Unlock()
		if !here[row.Key] {
			r.order = append(r.order, row.Key)
		}
	}
	return nil
}

// writes returns how often each plugin's row was written.
func (r *Registry) writes() map[string]int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	counts := make(map[string]int, len(r.plugins))
	for key, p := range r.plugins {
		p.mu.Lock()
		counts[key] = p.writes
		p.mu.Unlock()
	}
	return counts
}

// named returns the plugins of folders.
func (r *Registry) named(found []plugindir.Found) []*plugin {
	r.mu.RLock()
	defer r.mu.RUnlock()
	plugins := make([]*plugin, len(found))
	for i, f := range found {
		plugins[i] = r.plugins[f.Key]
	}
	return plugins
}

// gone marks the plugins whose folders were there and are not any more.
func (r *Registry) gone(ctx context.Context, found []plugindir.Found) {
	here := map[string]bool{}
	for _, f := range found {
		here[f.Key] = true
	}
	var unused []*worker.Worker
	defer func() { r.endFresh(ctx, unused...) }()
	r.mu.RLock()
	defer r.mu.RUnlock()
	for key, p := range r.plugins {
		p.mu.Lock()
		if !here[key] && p.found.Dir != "" {
			unused = append(unused, p.read.fresh)
			p.found, p.read, p.stale = plugindir.Found{}, reading{forms: forms{settings: noSettings()}}, true
		}
		p.mu.Unlock()
	}
}

// settle brings a plugin to where its folder and its row say it belongs; what
// runs is replaced by the folder's code, what failed is tried again.
func (r *Registry) settle(ctx context.Context, p *plugin) { r.bring(ctx, p, false) }

// bring is settle; with anew, also code that runs already is loaded again.
func (r *Registry) bring(ctx context.Context, p *plugin, anew bool) {
	release, err := p.take(ctx)
	p.queue(false)
	if err != nil {
		p.mark(true) // the caller has gone: the next scan does it
		return
	}
	defer release()
	defer func() { r.endFresh(ctx, p.takeFresh()) }()
	if r.ctx.Err() != nil {
		return // Close sees to what runs
	}
	r.bury(p)
	r.arrive(p) // it may have been stopped for a folder that was gone, and is back
	p.mu.Lock()
	state, enabled, here := p.state, p.row.Enabled, p.found.Dir != ""
	unusable := p.read.failure
	p.tried = p.found.Hash
	running := p.live
	done := !anew && p.live != nil && p.live.hash == p.found.Hash && p.live.dir == p.found.Dir && p.failure == nil
	p.mu.Unlock()
	switch {
	case !here:
		r.stop(ctx, p, sdk.StopDelete, Missing)
		if state != Missing {
			r.cfg.Report(Report{Plugin: p.key, What: Removed})
		}
	case !enabled && unusable != nil: // nothing of it runs, and its author wants to know all the same
		r.cfg.Report(Report{Plugin: p.key, What: Broken, Failure: unusable})
	case !enabled:
	case state == Running && unusable != nil:
		r.keep(p, unusable)
	case state == Running && done: // whoever had the turn before has started this code, maybe before it was known here
		r.compileLater(p, running)
	case state == Running:
		r.replace(ctx, p)
	case state == Failed, state == Waiting:
		r.revive(ctx, p)
	case state == Idle:
		r.wake(ctx, p)
	}
}
