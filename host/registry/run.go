package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/pluggarr/pluggarr/host/events"
	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/redact"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

const (
	keepRuns  = 500                 // of a plugin
	keepFor   = 30 * 24 * time.Hour // at most
	trimEvery = 50                  // runs of a plugin: deleting is cheaper in lots
)

// Call says what to run and who wants it.
type Call struct {
	Action     string           // the action's id; the plugin answers for an unknown one
	Params     json.RawMessage  // as given; nil, null and other empty values are {}
	UserID     int64            // who runs it; 0 for nobody in particular
	Trigger    store.RunTrigger // what causes it
	Event      *events.Event    // what runs it; nil for no event
	Background *bool            // true: answer at once, the run goes on; nil: as the action says
	Depth      int              // how many events led to it; where Event is set, that counts
}

// Outcome is what came of a run.
type Outcome struct {
	Run    string          // the run's id
	Result json.RawMessage // always an object; nil when the run goes on in the background
}

// Run runs one action, to its end also when the caller goes away, or in the
// background. The error is ErrNotFound, ErrNotEnabled, ErrNotLoaded, ErrClosed
// or a [*Failure].
func (r *Registry) Run(ctx context.Context, key string, call Call) (Outcome, error) {
	ctx = context.WithoutCancel(ctx)
	p, err := r.plugin(key)
	if err != nil {
		return Outcome{}, err
	}
	l, err := r.acquire(ctx, p)
	if err != nil {
		return Outcome{}, err
	}
	_, f := p.described(l)
	background := f.background[call.Action]
	if call.Background != nil {
		background = *call.Background
	}
	if background && r.cfg.Queue != nil {
		defer p.release(l)
		id, err := r.enqueue(ctx, p, l, call)
		return Outcome{Run: id}, err
	}
	run, err := r.draft(ctx, p, l, call)
	if err == nil {
		err = r.begun(ctx, run)
	}
	if err != nil {
		p.release(l)
		return Outcome{}, err
	}
	if background && r.inBackground(func() {
		_, _ = r.finish(ctx, p, l, run) // both are in the run's row
	}) {
		return Outcome{Run: run.row.ID}, nil
	}
	result, failure := r.finish(ctx, p, l, run)
	if failure != nil {
		return Outcome{Run: run.row.ID}, failure
	}
	return Outcome{Run: run.row.ID, Result: result}, nil
}

// draft checks a call and makes its run.
func (r *Registry) draft(ctx context.Context, p *plugin, l *live, call Call) (*active, error) {
	said, f := p.described(l)
	params, err := f.checkParams(call)
	if err != nil {
		return nil, err
	}
	if err := r.reread(ctx, p); err != nil {
		return nil, err
	}
	stored, err := r.fit(p, l, f)
	if err != nil {
		return nil, err
	}
	run := &active{
		row: store.Run{
			ID: uuid.Must(uuid.NewV7()).String(), Plugin: p.key, Action: call.Action, UserID: call.UserID, Trigger: call.Trigger,
			Version: said.Version, Engine: l.engine, Params: params,
		},
		settings: f.settings.Effective(stored), params: params,
		plugin: p.key, event: call.Event, depth: call.Depth, done: make(chan struct{}),
	}
	if call.Event != nil {
		run.depth = call.Event.Depth + 1
	}
	secrets := f.settings.SecretValues(run.settings)
	if form := f.params[call.Action]; form != nil {
		secrets = append(secrets, form.SecretValues(params)...)
		run.row.Params, _ = form.Public(params)
	}
	run.row.Params = shownParams(call.Event, run.row.Params)
	p.tell(l, secrets)
	run.hide = redact.New(secrets)
	return run, nil
}

// begun writes down a run that begins.
func (r *Registry) begun(ctx context.Context, run *active) error {
	return r.open(ctx, run, r.cfg.Store.InsertRun)
}

// finish runs what was prepared, writes down how it ended, and gives l back.
func (r *Registry) finish(ctx context.Context, p *plugin, l *live, run *active) (json.RawMessage, *Failure) {
	defer p.release(l)
	result, err := r.perform(ctx, p, l, run)
	p.mu.Lock()
	hide := l.given.Redaction
	p.mu.Unlock()
	row := run.current()
	if errors.Is(err, ErrSuspended) {
		return nil, r.suspend(ctx, run, &row)
	}
	row.Status, row.Result = store.RunOK, hide.JSON(result)
	var failure *Failure
	if err != nil {
		failure = failureOf(p.key, err).hidden(hide)
		row.Status, row.Error, row.ErrorFault, row.Traceback = store.RunError, failure.Message, failure.Fault, failure.Traceback
		if errors.Is(err, errStopped) || errors.Is(err, ErrCancelled) {
			row.Status = store.RunCancelled
		}
	}
	r.record(ctx, run, &row)
	r.trim(ctx, p)
	return row.Result, failure
}

// fit returns the saved settings with the secrets in clear. A Go plugin is not
// run on values that its struct cannot hold or that it requires; a Python plugin
// gets what it would get from Dispatcharr.
func (r *Registry) fit(p *plugin, l *live, f forms) (json.RawMessage, error) {
	stored, lost := r.stored(p, f)
	faults := append(lost, f.settings.Unfit(stored)...)
	if len(faults) == 0 || l.runtime == plugindir.RuntimePython {
		return stored, nil
	}
	return nil, &Failure{
		Message: fmt.Sprintf("The settings of %s do not fit: %v", p.key, faults[0]), Fault: store.FaultUser,
		Hint: "Save its settings again.", Fields: faults,
	}
}

// perform lets the worker run, within its time, until it is cancelled or the
// plugin is stopped.
func (r *Registry) perform(ctx context.Context, p *plugin, l *live, run *active) (json.RawMessage, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer run.cancellable(cancel)()
	defer context.AfterFunc(l.ctx, func() { cancel(context.Cause(l.ctx)) })() //nolint:contextcheck // two lives meet: the run's and its version's
	if limit := r.runLimit(p, l, run.row.Action); limit > 0 {
		late := &Failure{Message: fmt.Sprintf("plugin %s: %s took longer than the %v it may take", p.key, run.row.Action, limit), Fault: store.FaultPlugin}
		var done context.CancelFunc
		ctx, done = context.WithTimeoutCause(ctx, limit, late)
		defer done()
	}
	result, err := l.worker.Run(ctx, wire.RunParams{
		Run: run.row.ID, Action: run.row.Action, Params: run.params, Settings: run.settings, Event: eventParams(run.event),
	})
	if err == nil && !bytes.HasPrefix(bytes.TrimSpace(result), []byte("{")) {
		return json.Marshal(sdk.Result{}.With("result", result))
	}
	return result, err
}

func (r *Registry) runLimit(p *plugin, l *live, action string) time.Duration {
	standard := r.cfg.Times.RunGo
	if l.runtime == plugindir.RuntimePython {
		standard = r.cfg.Times.RunPython
	}
	if _, f := p.described(l); f.timeouts[action] > 0 {
		return f.timeouts[action]
	}
	return standard
}

// trim deletes old runs of a plugin, every now and then.
func (r *Registry) trim(ctx context.Context, p *plugin) {
	p.mu.Lock()
	p.runs++
	due := p.runs%trimEvery == 0
	p.mu.Unlock()
	if !due {
		return
	}
	if _, err := r.cfg.Store.TrimRuns(ctx, p.key, keepRuns, keepFor); err != nil {
		r.trouble(p.key, err)
	}
}
