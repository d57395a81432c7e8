package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/pluggarr/pluggarr/host/events"
	"github.com/pluggarr/pluggarr/host/redact"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// ErrCancelled is the cause with which a run ends that somebody cancelled.
var ErrCancelled = errors.New("the run was cancelled")

// active is a run that has not ended. What it says of its progress is kept
// here and written down with its end: a database write for every step of a loop
// would cost more than the loop.
type active struct {
	settings json.RawMessage // as the plugin gets them
	params   json.RawMessage // as the plugin gets them; the row has them without secrets
	hide     redact.Redaction
	plugin   string        // the plugin's key
	event    *events.Event // what runs it; nil for no event
	depth    int           // how many events led to it
	done     chan struct{} // closed when it has ended and row says how

	mu     sync.Mutex // guards what follows
	row    store.Run
	cancel context.CancelCauseFunc // nil until it runs
	wanted error                   // why it was cancelled before it ran; nil when it was not
}

// cancellable gives the run its way to be cancelled, and returns how to take
// it away again.
func (a *active) cancellable(cancel context.CancelCauseFunc) (release func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.cancel = cancel
	if a.wanted != nil {
		cancel(a.wanted)
	}
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.cancel = nil
	}
}

// end cancels the run, now or when it runs.
func (a *active) end(why error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.wanted = why
	if a.cancel != nil {
		a.cancel(why)
	}
}

// current returns the row with the progress so far.
func (a *active) current() store.Run {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.row
}

func (r *Registry) opened(run *active) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.active[run.row.ID] = run
}

func (r *Registry) closed(run *active) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.active, run.row.ID)
}

// record writes down how a run ended. The answer is worth more than its record:
// while the database does not take it, the run is looked up here and nobody
// waits for it. Where it is never taken, the next host ends the run.
func (r *Registry) record(ctx context.Context, run *active, row *store.Run) {
	err := r.cfg.Store.FinishRun(ctx, row)
	run.mu.Lock()
	run.row = *row
	run.mu.Unlock()
	close(run.done)
	r.tell(run)
	if err != nil {
		r.trouble(row.Plugin, err)
	}
	if err == nil || errors.Is(err, store.ErrNotFound) || !r.inBackground(func() { r.recordLater(run) }) {
		r.closed(run)
	}
}

// recordLater tries until the end of a run is written down or the host ends.
func (r *Registry) recordLater(run *active) {
	defer r.closed(run)
	row := run.current()
	for pause := firstPause; ; pause = min(2*pause, time.Minute) {
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-r.ctx.Done():
			timer.Stop()
			return
		}
		if err := r.cfg.Store.FinishRun(r.ctx, &row); err == nil || errors.Is(err, store.ErrNotFound) {
			return
		}
	}
}

// activeRun returns a run that has not ended; nil when there is none.
func (r *Registry) activeRun(id string) *active {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.active[id]
}

// progress notes how far a run of a plugin is. A report of a run that is over,
// or is another plugin's, is dropped.
func (r *Registry) progress(key string, p wire.ProgressParams) {
	run := r.activeRun(p.Run)
	if run == nil {
		return
	}
	if run.plugin != key {
		return
	}
	run.mu.Lock()
	over := !run.row.FinishedAt.IsZero()
	if !over {
		run.row.ProgressDone, run.row.ProgressTotal = int64(p.Done), int64(p.Total)
		run.row.ProgressMessage = shortened(run.hide.Text(p.Message))
	}
	run.mu.Unlock()
	if !over {
		r.tell(run)
	}
}

// shortened cuts a text that is shown in lists.
func shortened(text string) string {
	const most = 1 << 10 // bytes
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// Runs lists up to limit runs of a plugin, the newest first, without results
// and tracebacks; only those older than the run before, unless that is "". It
// also lists those of a plugin that is gone; ErrNotFound is for a key that
// nothing is known of.
func (r *Registry) Runs(ctx context.Context, key string, limit int, before string) ([]store.Run, error) {
	if _, err := r.plugin(key); err != nil {
		return nil, err
	}
	runs, err := r.cfg.Store.Runs(ctx, key, limit, before)
	if err != nil {
		return nil, err
	}
	for i := range runs {
		if a := r.activeRun(runs[i].ID); a != nil {
			runs[i] = a.current()
		}
	}
	return runs, nil
}

// RunByID returns one run, or ErrNoRun.
func (r *Registry) RunByID(ctx context.Context, id string) (store.Run, error) {
	if a := r.activeRun(id); a != nil {
		return a.current(), nil
	}
	run, err := r.cfg.Store.Run(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return store.Run{}, ErrNoRun
	}
	if err != nil {
		return store.Run{}, err
	}
	return *run, nil
}

// Cancel cancels a run and waits until it has ended, which takes the grace at
// most: then the plugin's process is killed. The error is ErrNoRun or ErrRunOver.
func (r *Registry) Cancel(ctx context.Context, id string) (store.Run, error) {
	a := r.activeRun(id)
	if a == nil {
		run, err := r.CancelQueued(ctx, id)
		if a = r.activeRun(id); a == nil || !errors.Is(err, ErrRunOver) {
			return run, err
		}
		// It began in this very moment.
	}
	select {
	case <-a.done:
		return store.Run{}, ErrRunOver
	default:
	}
	a.end(ErrCancelled)
	select {
	case <-a.done:
		return r.RunByID(ctx, id)
	case <-ctx.Done():
		return store.Run{}, fmt.Errorf("wait for the end of run %s: %w", id, context.Cause(ctx))
	}
}
