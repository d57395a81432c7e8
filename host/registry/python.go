package registry

import (
	"context"
	"encoding/json"
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

// Task has a Python plugin's process carry out a task that the plugin sent with
// Celery, starting it if need be. Errors are those of Run.
func (r *Registry) Task(ctx context.Context, key string, task wire.TaskParams) (json.RawMessage, error) {
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
	defer context.AfterFunc(l.ctx, func() { cancel(context.Cause(l.ctx)) })()
	result, err := l.worker.Task(own, task)
	if err != nil {
		return nil, failureOf(key, err).hidden(r.hides(p))
	}
	return result, nil
}
