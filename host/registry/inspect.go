package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/worker"
	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// inspector reads plugins in processes that run none of them: hostile source
// can end such a process, and the plugin is told so.
type inspector struct {
	launch  func(context.Context, plugindir.Found) (worker.Process, error)
	limit   time.Duration
	workers map[string]*worker.Worker // by runtime
}

func (in *inspector) inspect(ctx context.Context, f plugindir.Found) (worker.Inspection, error) {
	late := &Failure{Message: fmt.Sprintf("plugin %s: it was not read within %v", f.Key, in.limit), Fault: store.FaultPlugin}
	ctx, cancel := context.WithTimeoutCause(ctx, in.limit, late)
	defer cancel()
	w := in.workers[f.Runtime]
	if w == nil {
		proc, err := in.launch(ctx, f)
		if err != nil {
			return worker.Inspection{}, err
		}
		w = worker.New(proc)
		in.workers[f.Runtime] = w
	}
	said, err := w.Inspect(ctx, f.Dir)
	if err != nil && (ctx.Err() != nil || w.Death() != nil) {
		_ = w.Stop(ctx, nil) // the next plugin gets a process that is not stuck in this one
		delete(in.workers, f.Runtime)
	}
	return said, overdue(ctx, err)
}

// hand gives a process away, to whom it is from now on; nil when there is none.
func (in *inspector) hand(runtime string) *worker.Worker {
	w := in.workers[runtime]
	delete(in.workers, runtime)
	return w
}

func (in *inspector) close(ctx context.Context) {
	for _, w := range in.workers {
		_ = w.Stop(context.WithoutCancel(ctx), nil) // without a question there is nothing it could report
	}
}

// fromManifest lays what plugin.json says over what was read from the source
// of a plugin that does not run. As in Dispatcharr the manifest goes first.
func fromManifest(f plugindir.Found, d sdk.Description) sdk.Description {
	if m := f.Manifest; m != nil {
		fill := func(to *string, from string) {
			if from != "" {
				*to = from
			}
		}
		fill(&d.Name, m.Name)
		fill(&d.Version, m.Version)
		fill(&d.Description, m.Description)
		fill(&d.Author, m.Author)
		fill(&d.HelpURL, m.HelpURL)
		if d.Runtime == plugindir.RuntimePython && m.Fields != nil {
			d.Fields = m.Fields
		}
		if d.Runtime == plugindir.RuntimePython && m.Actions != nil {
			d.RawActions = m.Actions
		}
	}
	if d.Name == "" {
		d.Name = f.Folder
	}
	return d
}

// running fills the gaps of what a running plugin says from plugin.json: there
// the class goes first.
func running(f plugindir.Found, d sdk.Description) sdk.Description {
	if m := f.Manifest; m != nil {
		if d.Name == f.Key && m.Name != "" {
			d.Name = m.Name
		}
		fill := func(to *string, from string) {
			if *to == "" {
				*to = from
			}
		}
		fill(&d.Name, m.Name)
		fill(&d.Version, m.Version)
		fill(&d.Description, m.Description)
		fill(&d.Author, m.Author)
		fill(&d.HelpURL, m.HelpURL)
		if emptyList(d.Fields) && m.Fields != nil {
			d.Fields = m.Fields
		}
		if emptyList(d.RawActions) && m.Actions != nil {
			d.RawActions = m.Actions
		}
	}
	if d.Name == "" {
		d.Name = f.Key
	}
	return d
}

// emptyList says that a JSON value is no list, or one without elements.
func emptyList(raw []byte) bool {
	switch string(raw) {
	case "", "null", "[]", "{}", "false", `""`:
		return true
	}
	return false
}

// readAll reads folders without running them: from the cache where a folder
// with the same content was read before, else by a process of its runtime.
func (r *Registry) readAll(ctx context.Context, found []plugindir.Found) ([]reading, error) {
	keys := make([]string, len(found))
	for i, f := range found {
		keys[i] = r.cfg.Build + "-" + f.Runtime + "-" + f.Hash
	}
	known, err := r.cfg.Store.Descriptions(ctx, keys)
	if err != nil {
		return nil, err
	}
	in := &inspector{launch: r.cfg.Launch, limit: min(r.cfg.Times.Load, readTime), workers: map[string]*worker.Worker{}}
	defer r.aside(func() { in.close(ctx) })
	readings, learned := make([]reading, len(found)), map[string]reading{}
	defer r.aside(func() { r.remember(ctx, learned) })
	for i, f := range found {
		read := &readings[i]
		switch {
		case f.Fault != "":
			read.failure = faulty(f)
		case f.Runtime == plugindir.RuntimeExecutable: // says nothing without being run; the manifest does
			read.Description.Runtime = plugindir.RuntimeGo
		case json.Unmarshal(known[keys[i]], read) == nil: // also false for what is not known
		default:
			if err := r.inspect(ctx, in, f, read); err != nil {
				return nil, err
			}
			if now, err := r.cfg.Dir.Hash(f); err != nil || now != f.Hash {
				read.torn = true
				break
			}
			learned[keys[i]] = *read
			if len(found) == 1 && f.Runtime == plugindir.RuntimeGo {
				read.fresh = in.hand(f.Runtime)
			}
		}
		read.finish(f)
	}
	return readings, nil
}

// inspect fills read; the error is ctx's.
func (r *Registry) inspect(ctx context.Context, in *inspector, f plugindir.Found, read *reading) error {
	said, err := in.inspect(ctx, f)
	if ctx.Err() != nil {
		return fmt.Errorf("read plugin %s: %w", f.Key, context.Cause(ctx))
	}
	if err != nil {
		read.failure = failureOf(f.Key, err)
		return nil
	}
	read.Description, read.Problems = said.Description, said.Problems
	return nil
}

// aside does what nobody has to wait for, unless the host ends: then it is done
// at once.
func (r *Registry) aside(f func()) {
	if !r.inBackground(f) {
		f()
	}
}

// remember caches what was read by its key, unless it could not be.
func (r *Registry) remember(ctx context.Context, learned map[string]reading) {
	for _, key := range slices.Sorted(maps.Keys(learned)) {
		read := learned[key]
		if read.failure != nil {
			continue
		}
		raw, err := json.Marshal(read)
		if err == nil {
			err = r.cfg.Store.SaveDescription(context.WithoutCancel(ctx), key, raw)
		}
		if err != nil {
			r.trouble("", err) // it will be read again, no harm done
		}
	}
}

// finish builds the forms of what was read.
func (read *reading) finish(f plugindir.Found) {
	if read.Description.Runtime == "" {
		read.Description.Runtime = f.Runtime
	}
	read.Description = fromManifest(f, read.Description)
	refused, problems := byKind(read.Problems)
	read.refused = refused
	forms, more := formsOf(read.Description)
	read.forms = forms
	if len(problems) == 0 { // else the forms lack what the mistakes are about
		problems = more
	}
	if len(problems) > 0 && read.failure == nil {
		read.failure = problemsFailure(problems)
	}
}

// byKind takes apart what only keeps source from being interpreted.
func byKind(problems []wire.Problem) (engine, others []wire.Problem) {
	for _, p := range problems {
		if p.Kind == wire.KindEngine {
			engine = append(engine, p)
			continue
		}
		others = append(others, p)
	}
	return engine, others
}
