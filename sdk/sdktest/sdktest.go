// Package sdktest runs a plugin inside a Go test: in the test's own process,
// over the real protocol, without a host, a port or a file.
package sdktest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// Values are settings or parameters by their json name; a secret may be an
// [sdk.Secret] or a string.
type Values map[string]any

// MarshalJSON writes the values, secrets in clear as a host does for a plugin.
func (v Values) MarshalJSON() ([]byte, error) {
	all := make(map[string]any, len(v))
	for key, value := range v {
		if secret, ok := value.(sdk.Secret); ok {
			value = string(secret)
		}
		all[key] = value
	}
	return json.Marshal(all)
}

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
	// Host answers what the plugin asks of its host, for [Run]; as in [NewLineup]. Nil: it
	// has none, and the plugin's calls fail.
	Host Host
}

// Host answers what a plugin asks of its host.
type Host interface {
	// Call answers one call; the result is encoded as JSON.
	Call(ctx context.Context, method string, params json.RawMessage) (any, error)
}

// Outcome is what came of a call.
type Outcome struct {
	// Result is the action's answer as the host would pass it on; nil when Err
	// is set.
	Result json.RawMessage
	// Err is the failure; a [*wire.Error] when it is the plugin's.
	Err error
	// Log are the records that the run has written.
	Log []wire.LogParams
	// Progress are the reports that the run has sent.
	Progress []wire.ProgressParams
}

// Run starts p, runs one action and stops p again. A plugin that a host would
// not take fails the test.
func Run(t testing.TB, p sdk.Plugin, call Call) Outcome {
	t.Helper()
	if call.Host != nil {
		return StartWith(t, p, call.Host).Run(t.Context(), call)
	}
	return Start(t, p).Run(t.Context(), call)
}

// Plugin is a plugin that runs until the test ends.
type Plugin struct {
	// Description is what the plugin says of itself.
	Description sdk.Description

	conn     *wire.Conn
	defaults Values
	runs     atomic.Int64

	mu       sync.Mutex // guards what follows
	log      []wire.LogParams
	progress []wire.ProgressParams
}

// Start starts p with its default settings, its background work included, and
// stops it when the test ends.
func Start(t testing.TB, p sdk.Plugin) *Plugin {
	t.Helper()
	return start(t, p, nil)
}

// StartWith is [Start] for a plugin that asks something of its host.
func StartWith(t testing.TB, p sdk.Plugin, host Host) *Plugin {
	t.Helper()
	return start(t, p, host.Call)
}

func start(t testing.TB, p sdk.Plugin, handle wire.Handler) *Plugin {
	t.Helper()
	ours, theirs := net.Pipe()
	served := make(chan error, 1)
	go func() { served <- sdk.ServeStream(theirs, p) }()
	r := &Plugin{defaults: Values{}}
	r.conn = wire.NewConn(ours, wire.Config{Notify: r.hear, Handle: handle, MaxInFlight: 64})
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
		var defaults map[string]json.RawMessage // as they are: no number loses a digit
		if err := json.Unmarshal(s.Defaults, &defaults); err != nil {
			return fmt.Errorf("decode the defaults: %w", err)
		}
		for key, value := range defaults {
			r.defaults[key] = value
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

// Run runs one action. When ctx ends the run is cancelled and its answer waited
// for, as long as that takes.
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
	run := wire.RunParams{
		Run:    fmt.Sprintf("%s-%d", call.Action, r.runs.Add(1)),
		Action: call.Action, Params: params, Settings: settings,
	}
	if call.Event != nil {
		run.Event = &wire.EventParams{Name: call.Event.Name, Payload: call.Event.Payload}
	}
	result, err := r.call(ctx, run)
	r.mu.Lock()
	defer r.mu.Unlock()
	return Outcome{
		Result: result, Err: err,
		Log:      slices.DeleteFunc(slices.Clone(r.log), func(l wire.LogParams) bool { return l.Run != run.Run }),
		Progress: slices.DeleteFunc(slices.Clone(r.progress), func(p wire.ProgressParams) bool { return p.Run != run.Run }),
	}
}

// call runs and waits for the answer, also after ctx has ended.
func (r *Plugin) call(ctx context.Context, run wire.RunParams) (json.RawMessage, error) {
	pending, err := r.conn.Begin(ctx, wire.MethodRun, run)
	if err != nil {
		return nil, err
	}
	select {
	case <-pending.Done():
	case <-ctx.Done():
		pending.Cancel()
		<-pending.Done()
	}
	return pending.Result()
}

// Options asks the plugin for the choices of a settings field.
func (r *Plugin) Options(ctx context.Context, field string) ([]sdk.Option, error) {
	settings, err := r.settings(nil)
	if err != nil {
		return nil, err
	}
	var list []sdk.Option
	err = r.conn.Call(ctx, wire.MethodOptions, wire.OptionsParams{Field: field, Settings: settings}, &list)
	return list, err
}

// Log returns every record the plugin has written so far, its background work's
// included.
func (r *Plugin) Log() []wire.LogParams {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.log)
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
