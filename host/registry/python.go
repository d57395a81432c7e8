package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// OpenSecrets returns settings of any plugin, as they are kept, with the secrets
// of the plugin key in clear. What another one sealed stays as it is.
func (r *Registry) OpenSecrets(key string, settings json.RawMessage) (json.RawMessage, error) {
	p, err := r.plugin(key)
	if err != nil {
		return nil, err
	}
	plain, lost := p.currentForms().settings.Open(settings, key, r.cfg.Sealer)
	if len(lost) > 0 {
		return settings, nil
	}
	return plain, nil
}

// SealSecrets returns settings of the plugin key, with its secrets in clear, as
// they are kept.
func (r *Registry) SealSecrets(ctx context.Context, key string, settings json.RawMessage) (json.RawMessage, error) {
	p, err := r.plugin(key)
	if err != nil {
		return nil, err
	}
	if err := r.reread(ctx, p); err != nil {
		return nil, err
	}
	p.mu.Lock()
	before := p.row.Settings
	p.mu.Unlock()
	sealed, err := p.currentForms().settings.Seal(settings, before, key, r.cfg.Sealer)
	if err != nil {
		return nil, fmt.Errorf("seal the secrets of %q: %w", key, err)
	}
	return sealed, nil
}

// reread takes note of settings that a Python plugin wrote into the database
// itself.
func (r *Registry) reread(ctx context.Context, p *plugin) error {
	p.mu.Lock()
	python, writes := p.found.Runtime == plugindir.RuntimePython, p.writes
	p.mu.Unlock()
	if !python {
		return nil
	}
	row, err := r.cfg.Store.Plugin(ctx, p.key)
	if err != nil {
		return fmt.Errorf("read the settings of %q: %w", p.key, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.writes == writes { // else somebody saved meanwhile
		p.row.Settings = row.Settings
	}
	return nil
}

// ErrNoTask is returned when no plugin that runs knows a task.
var ErrNoTask = errors.New("no plugin that runs knows this task")

// Task has a Python plugin's process carry out a task that was sent with
// Celery: that of the plugin key, started if need be, else of any plugin that
// runs and knows it; "" is no plugin in particular. Errors are those of Run, and
// ErrNoTask.
func (r *Registry) Task(ctx context.Context, key string, task wire.TaskParams) (json.RawMessage, error) {
	keys := r.runningPython(key)
	if key != "" {
		keys = append([]string{key}, keys...)
	}
	for _, key := range keys {
		result, err := r.taskOf(ctx, key, task)
		if refused, ok := errors.AsType[*wire.Error](err); !ok || refused.Code != wire.CodeUnknownMethod {
			return result, err
		}
	}
	return nil, ErrNoTask
}

// runningPython lists the Python plugins that run, all but one.
func (r *Registry) runningPython(but string) []string {
	var keys []string
	for _, p := range r.all() {
		p.mu.Lock()
		if p.key != but && p.state == Running && p.live != nil && p.live.runtime == plugindir.RuntimePython {
			keys = append(keys, p.key)
		}
		p.mu.Unlock()
	}
	return keys
}

// taskOf has one plugin's process carry out a task.
func (r *Registry) taskOf(ctx context.Context, key string, task wire.TaskParams) (json.RawMessage, error) {
	p, err := r.plugin(key)
	if err != nil {
		return nil, err
	}
	l, err := r.acquire(ctx, p)
	if err != nil {
		return nil, err
	}
	defer p.release(l)
	own, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(l.ctx, func() { cancel(context.Cause(l.ctx)) })() //nolint:contextcheck // two lives meet: the task's and its version's
	result, err := l.worker.Task(own, task)
	if refused, ok := errors.AsType[*wire.Error](err); ok && refused.Code == wire.CodeUnknownMethod {
		return nil, refused
	}
	if err != nil {
		return nil, failureOf(key, err).hidden(r.hides(p))
	}
	return result, nil
}

// Saved tells the Python plugins that run that the host has refreshed a row,
// and does not wait for them. What they make of it is in their logs.
func (r *Registry) Saved(saved wire.SavedParams) {
	for _, key := range r.runningPython("") {
		r.inBackground(func() {
			p, err := r.plugin(key)
			if err != nil {
				return // deleted meanwhile
			}
			l, err := p.serving()
			if l == nil || err != nil {
				return // stopped meanwhile
			}
			defer p.release(l)
			if err := l.worker.Saved(l.ctx, saved); err != nil && l.ctx.Err() == nil {
				r.tellLog(p, fmt.Sprintf("its receiver of post_save failed: %v", err))
			}
		})
	}
}
