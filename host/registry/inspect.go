package registry

import (
	"context"
	"fmt"
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

func (in *inspector) close(ctx context.Context) {
	for _, w := range in.workers {
		_ = w.Stop(context.WithoutCancel(ctx), nil) // without a question there is nothing it could report
	}
}

// withProblems builds the forms and adds what is wrong with them to problems.
func withProblems(d sdk.Description, problems []wire.Problem) (forms, []wire.Problem) {
	f, more := formsOf(d)
	return f, append(problems, more...)
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
