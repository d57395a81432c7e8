// Package sdktest runs a plugin inside a Go test: in the test's own process,
// over the real protocol, without a host, a port or a file.
package sdktest

import (
	"context"
	"encoding/json"
	"maps"
	"net"
	"sync"
	"testing"

	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// Values are settings or parameters by their json name.
type Values map[string]any

// Call says what to run.
type Call struct {
	// Action is the ID of the action.
	Action string
	// Settings replace the plugin's defaults one by one. Nil: the defaults.
	Settings Values
	// Params are the action's parameters. Nil: none given.
	Params Values
	// Event is the event that calls the action; nil for a user's call.
	Event *sdk.Event
}

// Outcome is what came of a call.
type Outcome struct {
	// Result is the action's answer as the host would pass it on; nil when Err
	// is set.
	Result json.RawMessage
	// Err is the failure; a [*wire.Error], or the context's error.
	Err error
	// Log are the records written until the call ended.
	Log []wire.LogParams
	// Progress are the reports sent until the call ended.
	Progress []wire.ProgressParams
}

// Run starts p, runs one action and stops p again. A plugin that a host would
// not take fails the test.
func Run(t testing.TB, p sdk.Plugin, call Call) Outcome {
	t.Helper()
	return Start(t, p).Run(t.Context(), call)
}

// Plugin is a plugin that runs until the test ends.
type Plugin struct {
	// Description is what the plugin says of itself.
	Description sdk.Description

	conn     *wire.Conn
	defaults Values

	mu       sync.Mutex // guards what follows
	log      []wire.LogParams
	progress []wire.ProgressParams
}

// Start starts p with its default settings, its background work included, and
// stops it when the test ends.
func Start(t testing.TB, p sdk.Plugin) *Plugin {
	t.Helper()
	ours, theirs := net.Pipe()
	served := make(chan error, 1)
	go func() { served <- sdk.ServeStream(theirs, p) }()
	r := &Plugin{defaults: Values{}}
	r.conn = wire.NewConn(ours, wire.Config{Notify: r.hear})
	t.Cleanup(func() {
		_ = r.conn.Close() // how the plugin took it is what served says
		if err := <-served; err != nil {
			t.Errorf("stop %s: %v", p.Name, err)
		}
	})
	if err := r.greet(t.Context()); err != nil {
		t.Fatalf("start %s: %v", p.Name, err)
	}
	return r
}

// greet brings the plugin to where a host has an enabled one.
func (r *Plugin) greet(ctx context.Context) error {
	hello := wire.HelloParams{Protocol: wire.Version, Key: "test"}
	if err := r.conn.Call(ctx, wire.MethodHello, hello, nil); err != nil {
		return err
	}
	if err := r.conn.Call(ctx, wire.MethodDescribe, nil, &r.Description); err != nil {
		return err
	}
	if s := r.Description.Settings; s != nil {
		if err := json.Unmarshal(s.Defaults, &r.defaults); err != nil {
			return err
		}
	}
	return r.Restart(ctx, nil)
}

// Restart gives the plugin other settings, as a host does after a user saved
// them: its background work is ended and begins again.
func (r *Plugin) Restart(ctx context.Context, settings Values) error {
	raw, err := r.settings(settings)
	if err != nil {
		return err
	}
	return r.conn.Call(ctx, wire.MethodStart, wire.StartParams{Settings: raw}, nil)
}

// Run runs one action. When ctx ends the call is cancelled.
func (r *Plugin) Run(ctx context.Context, call Call) Outcome {
	settings, err := r.settings(call.Settings)
	if err != nil {
		return Outcome{Err: err}
	}
	if call.Params == nil {
		call.Params = Values{}
	}
	params, err := json.Marshal(call.Params)
	if err != nil {
		return Outcome{Err: err}
	}
	run := wire.RunParams{Run: "test-" + call.Action, Action: call.Action, Params: params, Settings: settings}
	if call.Event != nil {
		run.Event = &wire.EventParams{Name: call.Event.Name, Payload: call.Event.Payload}
	}
	var out Outcome
	out.Err = r.conn.Call(ctx, wire.MethodRun, run, &out.Result)
	r.mu.Lock()
	defer r.mu.Unlock()
	out.Log, out.Progress = r.log, r.progress
	r.log, r.progress = nil, nil
	return out
}

// Stop tells the plugin to end, as a host does, and returns what its Stop
// returned.
func (r *Plugin) Stop(ctx context.Context, reason sdk.StopReason) error {
	return r.conn.Call(ctx, wire.MethodStop, wire.StopParams{Reason: string(reason)}, nil)
}

func (r *Plugin) settings(changed Values) (json.RawMessage, error) {
	all := maps.Clone(r.defaults)
	maps.Copy(all, changed)
	return json.Marshal(all)
}

func (r *Plugin) hear(method string, params json.RawMessage) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var entry wire.LogParams
	var report wire.ProgressParams
	switch {
	case method == wire.MethodLog && json.Unmarshal(params, &entry) == nil:
		r.log = append(r.log, entry)
	case method == wire.MethodProgress && json.Unmarshal(params, &report) == nil:
		r.progress = append(r.progress, report)
	}
}
