package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/store"
)

// ErrSuspended is the cause with which the context of [Registry.RunQueued] ends
// when the host shuts down: the run begins anew after the next start.
var ErrSuspended = errors.New("the host is shutting down, the run begins anew later")

// Queue does runs in the background and goes on with them after the host was
// ended.
type Queue interface {
	// QueueRun has RunQueued called with the run, at once.
	QueueRun(ctx context.Context, q QueuedRun) error
}

// QueuedRun is a run that waits, in a form that can be kept.
type QueuedRun struct {
	// Plugin is the plugin's key.
	Plugin string `json:"plugin"`
	// Action is the action's id.
	Action string `json:"action"`
	// Run is the run's row, which is there already; "" when it is made when it begins.
	Run string `json:"run,omitempty"`
	// Params are the parameters; nil for none.
	Params json.RawMessage `json:"params,omitempty"`
	// Sealed are parameters that hold a secret, in place of Params; see [Registry.Kept].
	Sealed string `json:"sealed,omitempty"`
	// UserID is who wants it; 0 for nobody in particular.
	UserID int64 `json:"user_id,omitempty"`
	// Trigger is what causes it.
	Trigger store.RunTrigger `json:"trigger"`
	// Depth is how many events led to it; 0 for none.
	Depth int `json:"depth,omitempty"`
	// Again says that somebody wants it done once more, whatever became of it.
	Again bool `json:"-"`
}

// enqueue writes a run's row and lets the queue do it. The caller has l.
func (r *Registry) enqueue(ctx context.Context, p *plugin, l *live, call Call) (string, error) {
	run, err := r.draft(ctx, p, l, call)
	if err != nil {
		return "", err
	}
	run.row.Status = store.RunQueued
	if err := r.cfg.Store.InsertRun(ctx, &run.row); err != nil {
		return "", err
	}
	err = r.cfg.Queue.QueueRun(ctx, QueuedRun{
		Plugin: p.key, Action: call.Action, Run: run.row.ID, UserID: call.UserID, Trigger: call.Trigger, Depth: run.depth,
		Sealed: r.cfg.Sealer.Seal(string(run.params), sealPlace(run.row.ID)),
	})
	if err == nil {
		return run.row.ID, nil
	}
	row := run.row
	row.Status, row.Error, row.ErrorFault = store.RunError, err.Error(), store.FaultHost
	return "", errors.Join(err, r.cfg.Store.FinishRun(ctx, &row))
}

func sealPlace(run string) string { return "run " + run }

// RunQueued does a run that waited. It may be called again: one that is over
// returns what came of it, and one that failed, or is wanted again, is run as a
// run of its own, so that what came of the first stays known. When ctx ends the run is cancelled, or, with
// the cause ErrSuspended, put back. The errors are those of Run.
func (r *Registry) RunQueued(ctx context.Context, q QueuedRun) (json.RawMessage, error) {
	foreground := false
	call := Call{Action: q.Action, Params: q.Params, UserID: q.UserID, Trigger: q.Trigger, Depth: q.Depth, Background: &foreground}
	var row *store.Run
	place := keptPlace(q.Plugin)
	if q.Run != "" {
		var err error
		row, err = r.cfg.Store.Run(ctx, q.Run)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return nil, ErrNoRun
		case err != nil:
			return nil, err
		case row.Status == store.RunError, q.Again && !row.FinishedAt.IsZero():
			row = nil
		case row.Status == store.RunCancelled:
			return nil, ErrCancelled
		case !row.FinishedAt.IsZero():
			return row.Result, nil
		}
		place = sealPlace(q.Run)
	}
	if q.Sealed != "" {
		params, err := r.cfg.Sealer.Open(q.Sealed, place)
		if err != nil {
			return nil, r.unbegun(ctx, row, fmt.Errorf("open the parameters of action %s: %w", q.Action, err))
		}
		call.Params = json.RawMessage(params)
	}
	return r.runFor(ctx, q.Plugin, call, row)
}

// Kept returns a run that is to be done later, perhaps often, in the form in
// which it may be kept: its parameters fit what the action declares, and are
// sealed when they hold a secret. The error is ErrNotFound, or a Failure that
// says what does not fit, or which actions a Go plugin has: a Python plugin may
// know more than it lists.
func (r *Registry) Kept(q QueuedRun) (QueuedRun, error) {
	p, err := r.plugin(q.Plugin)
	if err != nil {
		return q, err
	}
	f := p.currentForms()
	if unknown := p.unknownAction(f, q.Action); unknown != nil {
		return q, unknown
	}
	form := f.params[q.Action]
	if form == nil {
		return q, nil
	}
	params, err := fitting(form, q.Params)
	if err != nil {
		return q, err
	}
	if len(form.SecretValues(params)) > 0 {
		q.Params, q.Sealed = nil, r.cfg.Sealer.Seal(string(params), keptPlace(q.Plugin))
	}
	return q, nil
}

// unknownAction says that a plugin has no such action; nil when it may have it.
func (p *plugin) unknownAction(f forms, action string) error {
	p.mu.Lock()
	python := p.found.Runtime == plugindir.RuntimePython
	p.mu.Unlock()
	var known []string
	for _, a := range f.actions {
		known = append(known, a.ID)
	}
	if python || len(known) == 0 || slices.Contains(known, action) { // a program that was not started yet has told none
		return nil
	}
	return &Failure{
		Message: fmt.Sprintf("plugin %s has no action %q; its actions are: %s", p.key, action, strings.Join(known, ", ")),
		Fault:   store.FaultUser,
	}
}

func keptPlace(plugin string) string { return "runs of " + plugin }

// runFor does a run for the queue, to its end or to the end of ctx. A nil row is made.
func (r *Registry) runFor(ctx context.Context, key string, call Call, row *store.Run) (json.RawMessage, error) {
	own := context.WithoutCancel(ctx)
	p, err := r.plugin(key)
	if err != nil {
		return nil, r.unbegun(own, row, err)
	}
	l, err := r.acquire(own, p)
	if err != nil {
		return nil, r.unbegun(own, row, err)
	}
	run, err := r.draft(ctx, p, l, call)
	if err == nil {
		err = r.commence(own, run, row)
	}
	if err != nil {
		p.release(l)
		return nil, r.unbegun(own, row, err)
	}
	defer context.AfterFunc(ctx, func() {
		if errors.Is(context.Cause(ctx), ErrSuspended) {
			run.end(ErrSuspended)
			return
		}
		run.end(ErrCancelled)
	})()
	result, failure := r.finish(own, p, l, run)
	switch {
	case failure == nil:
		return result, nil
	case errors.Is(failure, ErrSuspended):
		return nil, ErrSuspended
	}
	return nil, failure
}

// commence writes down that a run begins: in its row, or in a new one.
func (r *Registry) commence(ctx context.Context, run *active, row *store.Run) error {
	if row == nil {
		return r.begun(ctx, run)
	}
	run.row.ID, run.row.CreatedAt, run.row.StartedAt = row.ID, row.CreatedAt, row.StartedAt
	run.row.Status = store.RunRunning
	write := r.cfg.Store.StartRun
	if row.Status != store.RunQueued { // it had begun before the host was ended
		write = func(context.Context, *store.Run) error { return nil }
	}
	return r.open(ctx, run, write)
}

// open writes down that a run begins. It is known before that: whoever reads
// that it runs can cancel it.
func (r *Registry) open(ctx context.Context, run *active, write func(context.Context, *store.Run) error) error {
	row := run.current()
	r.opened(run)
	if err := write(ctx, &row); err != nil {
		close(run.done)
		r.closed(run)
		return err
	}
	run.mu.Lock()
	run.row = row
	run.mu.Unlock()
	r.tell(run)
	return nil
}

// suspend puts a run that was under way back among those that wait.
func (r *Registry) suspend(ctx context.Context, run *active, row *store.Run) *Failure {
	if err := r.cfg.Store.RequeueRun(ctx, row.ID); err != nil {
		r.trouble(row.Plugin, err)
	}
	close(run.done)
	r.closed(run)
	return &Failure{Message: ErrSuspended.Error(), Fault: store.FaultHost, cause: ErrSuspended}
}

// unbegun writes down that a run cannot begin, and returns why. While the host
// shuts down it is left as it was.
func (r *Registry) unbegun(ctx context.Context, row *store.Run, err error) error {
	if errors.Is(err, ErrClosed) || r.ctx.Err() != nil {
		return ErrSuspended
	}
	if row == nil || errors.Is(err, store.ErrNotFound) { // there is no row, or it was cancelled meanwhile
		return err
	}
	over := *row
	failure := failureOf(row.Plugin, err)
	over.Status, over.Error, over.ErrorFault = store.RunError, failure.Message, failure.Fault
	if err := r.cfg.Store.FinishRun(ctx, &over); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	r.cfg.News.Run(over, false)
	return err
}

// CancelQueued ends a run that has not begun.
func (r *Registry) CancelQueued(ctx context.Context, id string) (store.Run, error) {
	run, err := r.RunByID(ctx, id)
	if err != nil {
		return store.Run{}, err
	}
	if run.Status != store.RunQueued {
		return store.Run{}, ErrRunOver
	}
	run.Status, run.Error, run.ErrorFault = store.RunCancelled, "the run was cancelled before it began", store.FaultUser
	err = r.cfg.Store.FinishQueuedRun(ctx, &run)
	if errors.Is(err, store.ErrNotFound) {
		return store.Run{}, ErrRunOver
	}
	r.cfg.News.Run(run, false)
	return run, err
}
