package registry

import (
	"context"

	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/settings"
	"github.com/pluggarr/pluggarr/host/worker"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// Verdict is what can be said of a plugin without running it: what a host says
// of it that is about to list it.
type Verdict struct {
	Key      string         `json:"key"`      // made of the folder's name
	Name     string         `json:"name"`     // for users
	Version  string         `json:"version"`  // may be ""
	Runtime  string         `json:"runtime"`  // "go", "python" or "executable"; "" when unknown
	Fields   int            `json:"fields"`   // how many settings were found
	Actions  []string       `json:"actions"`  // the ids of those that were found
	OK       bool           `json:"ok"`       // it can be enabled on every host
	Compile  bool           `json:"compile"`  // only hosts with a Go toolchain can run it: Problems says why
	Problems []wire.Problem `json:"problems"` // what is wrong, by its place
	Error    string         `json:"error"`    // what is wrong and has no place; "" for nothing
	Warnings []string       `json:"warnings"` // what looks wrong or was left out
}

// Judge reads a plugin in a process of its runtime, as a scan does. The error
// is ctx's.
func Judge(ctx context.Context, launch func(context.Context, plugindir.Found) (worker.Process, error), f plugindir.Found) (Verdict, error) {
	in := &inspector{launch: launch, limit: readTime, workers: map[string]*worker.Worker{}}
	defer in.close(ctx)
	var read reading
	switch {
	case f.Fault != "":
		read.failure = faulty(f)
	case f.Runtime != plugindir.RuntimeExecutable: // says nothing without being run
		said, err := in.inspect(ctx, f)
		if ctx.Err() != nil {
			return Verdict{}, context.Cause(ctx)
		}
		if err != nil {
			read.failure = failureOf(f.Key, err)
		}
		read.Description, read.Problems = said.Description, said.Problems
	}
	read.finish(f)
	v := Verdict{
		Key: f.Key, Name: read.Description.Name, Version: read.Description.Version, Runtime: f.Runtime,
		Fields: read.forms.settings.Len(), Actions: ids(read.forms.actions),
		Warnings: append(append([]string{}, f.Warnings...), read.forms.warnings...), Problems: []wire.Problem{},
	}
	v.Compile = read.failure == nil && len(read.refused) > 0
	v.OK = read.failure == nil && !v.Compile
	if read.failure != nil {
		v.Problems = append(v.Problems, read.failure.Problems...)
		if len(v.Problems) == 0 {
			v.Error = read.failure.Message
		}
	}
	v.Problems = append(v.Problems, read.refused...)
	return v, nil
}

// ids lists the ids of actions.
func ids(actions []settings.Action) []string {
	all := make([]string, len(actions))
	for i, a := range actions {
		all[i] = a.ID
	}
	return all
}
