package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// optionsTime is how long a plugin may take to list the choices of a field:
// somebody looks at the form.
const optionsTime = 20 * time.Second

// Options asks a plugin for the choices of one of its settings fields. The
// values are those in the form, saved or not; those that do not fit yet count
// as not given, and nil is the saved ones. The error is ErrNotFound,
// ErrNotEnabled, ErrNotLoaded, ErrClosed or a [*Failure].
func (r *Registry) Options(ctx context.Context, key, field string, values json.RawMessage) ([]sdk.Option, error) {
	p, err := r.plugin(key)
	if err != nil {
		return nil, err
	}
	l, err := r.acquire(ctx, p)
	if err != nil {
		return nil, err
	}
	defer p.release(l)
	_, f := p.described(l)
	form := f.settings
	if !form.Dynamic(field) {
		return nil, &Failure{
			Message: fmt.Sprintf("The choices of %q are not the plugin's to list", field), Fault: store.FaultUser,
			Hint: "Ask for a field whose schema says x-options.",
		}
	}
	if err := r.reread(ctx, p); err != nil {
		return nil, err
	}
	stored, _ := r.stored(p, f) // what is lost reads as not set; the entry says so
	if values == nil {
		values = stored
	}
	with := form.Draft(values, stored)
	p.tell(l, form.SecretValues(with))
	late := &Failure{Message: fmt.Sprintf("plugin %s: it did not list the choices of %q within %v", p.key, field, optionsTime), Fault: store.FaultPlugin}
	ctx, cancel := context.WithTimeoutCause(ctx, optionsTime, late)
	defer cancel()
	list, err := l.worker.Options(ctx, wire.OptionsParams{Field: field, Settings: with})
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, failureOf(p.key, err).hidden(r.hides(p))
	}
	hide := r.hides(p)
	for i := range list {
		list[i].Label = hide.Text(list[i].Label)
	}
	return list, nil
}
