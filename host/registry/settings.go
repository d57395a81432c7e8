package registry

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/pluggarr/pluggarr/host/settings"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// Saved is how settings stand after they were saved.
type Saved struct {
	// Settings are the values without the secrets.
	Settings json.RawMessage
	// Secrets says for each secret whether it is set.
	Secrets map[string]bool
	// Unknown are keys that the plugin does not declare; they are kept.
	Unknown []string
}

// SaveSettings checks values and keeps them in place of the ones before; a
// secret that is absent stays as it is. Wrong values are a [*Failure] with
// Fields, and change nothing. A Go plugin that works in the background is given
// the new ones.
func (r *Registry) SaveSettings(ctx context.Context, key string, values json.RawMessage) (Saved, error) {
	p, err := r.plugin(key)
	if err != nil {
		return Saved{}, err
	}
	ctx = context.WithoutCancel(ctx) // saved and not told to the plugin would be half of it
	release, err := p.take(ctx)
	if err != nil {
		return Saved{}, err
	}
	defer release()
	if err := r.reread(ctx, p); err != nil {
		return Saved{}, err
	}
	f := p.currentForms()
	stored, _ := r.stored(p, f) // a secret that is lost is entered again by this very call
	clean, unknown, faults := f.settings.Check(values, stored)
	if len(faults) > 0 {
		return Saved{}, &Failure{Message: "Not saved: " + faults[0].Error(), Fault: store.FaultUser, Fields: faults}
	}
	p.mu.Lock()
	before := p.row.Settings
	p.mu.Unlock()
	sealed, err := f.settings.Seal(clean, before, key, r.cfg.Sealer)
	if err != nil {
		return Saved{}, fmt.Errorf("seal the secrets of %q: %w", key, err)
	}
	if err := r.cfg.Store.SaveSettings(ctx, key, sealed); err != nil {
		return Saved{}, err
	}
	p.mu.Lock()
	p.row.Settings = sealed
	p.writes++
	l := p.live
	begins := l != nil && l.said.HasStart
	p.mu.Unlock()
	if begins {
		r.renewStart(ctx, p, l)
	}
	saved := Saved{Unknown: unknown}
	saved.Settings, saved.Secrets = f.settings.Public(clean)
	return saved, nil
}

// renewStart gives the background work its new settings. Work that does not end
// within the grace goes on with the old ones, so its process is ended and a new
// one started. The plugin is at fault then, not who saved. It says whether l
// took the settings. The caller has the turn.
func (r *Registry) renewStart(ctx context.Context, p *plugin, l *live) bool {
	limited, cancel := context.WithTimeout(ctx, r.cfg.Times.Grace)
	defer cancel()
	err := l.worker.Start(limited, r.startParams(p, l))
	if err == nil || r.ctx.Err() != nil { // the host's end is no failure of the plugin
		return err == nil
	}
	failure := failureOf(p.key, err)
	if limited.Err() != nil {
		failure = &Failure{
			Message: fmt.Sprintf("plugin %s: its background work did not end within %v when its settings changed; its process is started anew", p.key, r.cfg.Times.Grace),
			Fault:   store.FaultPlugin,
		}
	}
	r.cfg.Report(Report{Plugin: p.key, What: Trouble, Failure: failure.hidden(r.hides(p))})
	r.stop(ctx, p, sdk.StopReload, Idle)
	_ = r.start(ctx, p) // a failure is in the plugin's entry and was reported
	return false
}

// currentForms returns the forms of the version that serves, else those that
// were read from the folder.
func (p *plugin) currentForms() forms {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.live != nil {
		return p.live.forms
	}
	return p.read.forms
}

// stored returns the saved values with the secrets in clear, and which secrets
// can no longer be opened.
func (r *Registry) stored(p *plugin, f forms) (json.RawMessage, []settings.FieldError) {
	p.mu.Lock()
	raw := p.row.Settings
	p.mu.Unlock()
	return f.settings.Open(raw, p.key, r.cfg.Sealer)
}

// effective returns the saved values that fit over the defaults.
func (r *Registry) effective(p *plugin, f forms) json.RawMessage {
	stored, _ := r.stored(p, f) // what is lost reads as not set; the entry says so, and what does not fit
	return f.settings.Effective(f.settings.Fitting(stored))
}

// handOver returns the saved values over the defaults for l, and notes the
// secrets among them.
func (r *Registry) handOver(p *plugin, l *live) json.RawMessage {
	_, f := p.described(l)
	values := r.effective(p, f)
	p.tell(l, f.settings.SecretValues(values))
	return values
}

// startParams is what a worker is told when its plugin begins.
func (r *Registry) startParams(p *plugin, l *live) wire.StartParams {
	values := r.handOver(p, l)
	_, f := p.described(l)
	return wire.StartParams{Settings: values, Actions: f.byID}
}
