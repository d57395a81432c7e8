package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/sdk"
)

// Import puts an uploaded plugin into the plugins folder and returns its key.
// A new plugin is listed and disabled; one that was there and is replaced keeps
// its settings, and if it is enabled its new code runs when Import returns. The
// error is a [*plugindir.ImportError] when the archive is at fault.
func (r *Registry) Import(ctx context.Context, u plugindir.Upload) (plugindir.Imported, error) {
	imported, err := r.cfg.Dir.Import(ctx, u)
	if err != nil {
		return imported, err
	}
	return imported, r.Rescan(context.WithoutCancel(ctx)) // it is in place: leaving now would hide it
}

// Export writes a plugin's folder to w as a zip archive that Import takes. The
// error is ErrNotFound before anything was written, or what broke off the rest.
func (r *Registry) Export(ctx context.Context, key string, w io.Writer) error {
	err := r.cfg.Dir.Export(ctx, key, w)
	if errors.Is(err, plugindir.ErrNotFound) {
		return ErrNotFound
	}
	return err
}

// Delete stops a plugin, removes its folder and forgets its settings. Its runs
// can still be looked up until they are too old. A key that nothing is known of
// is no error, as in Dispatcharr.
func (r *Registry) Delete(ctx context.Context, key string) error {
	p, err := r.plugin(key)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	ctx = context.WithoutCancel(ctx) // half of it done would be worse than a caller gone
	release, err := p.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	r.stop(ctx, p, sdk.StopDelete, Missing) // before the scans are held: it may take the grace
	select {
	case r.scan <- struct{}{}: // a scan in between would list what is half removed
		defer func() { <-r.scan }()
	case <-r.ctx.Done():
		return ErrClosed
	}
	if _, err := r.cfg.Dir.Remove(ctx, key); err != nil {
		return fmt.Errorf("delete the files of plugin %q: %w", key, err)
	}
	if err := r.cfg.Store.DeletePlugin(ctx, key); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	r.endFresh(ctx, p.takeFresh())
	p.mu.Lock()
	p.found, p.read, p.row, p.failure = plugindir.Found{}, reading{forms: forms{settings: noSettings()}}, store.Plugin{Key: key}, nil
	p.mu.Unlock()
	r.cfg.Report(Report{Plugin: key, What: Removed})
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.plugins, key)
	r.order = slices.DeleteFunc(r.order, func(k string) bool { return k == key })
	return nil
}
