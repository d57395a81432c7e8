package registry

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/time/rate"

	"github.com/pluggarr/pluggarr/host/events"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/worker"
	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

const (
	eventPatience = 10 * time.Second // for a plugin's actions before the next plugin is called
	mostWaiting   = 100              // events that wait for one plugin
	mostDepth     = 4                // events that lead to each other
	emitsASecond  = 20               // of one plugin
	emitsAtOnce   = 100              // of one plugin
)

// Why an event of a plugin is not sent.
var (
	ErrEventName   = errors.New("an event's name begins with a small letter and has small letters, digits, '_', '.' and '-' only, 64 in all")
	ErrEventOwn    = errors.New("events of this name come from the host only")
	ErrEventObject = errors.New("an event's payload is an object")
	ErrEventRate   = errors.New("the plugin sends too many events: 20 a second, 100 at once")
	ErrEventDepth  = errors.New("four events led to this one already; it is not sent, so that plugins that answer each other come to rest")
)

// delivery is an event on its way to one plugin.
type delivery struct {
	event   events.Event
	actions []string      // those that listen, in their order
	done    chan struct{} // closed when all have heard it
}

// Dispatch runs every action that listens to an event: plugins in their order,
// the actions of one in theirs. A plugin that takes long is not waited for; it
// gets its events one by one. Dispatch is called for one event at a time.
func (r *Registry) Dispatch(ctx context.Context, e events.Event) {
	for _, p := range r.all() {
		actions := p.listening(e)
		if len(actions) == 0 {
			continue
		}
		d := &delivery{event: e, actions: actions, done: make(chan struct{})}
		waiting := p.await(d)
		if waiting > mostWaiting {
			r.tellLog(p, fmt.Sprintf("event %s is lost: %d others wait for this plugin", e.Name, mostWaiting))
			continue
		}
		if waiting > 1 {
			continue // it is at work on another one
		}
		if !r.inBackground(func() { r.deliver(p) }) {
			return
		}
		timer := time.NewTimer(eventPatience)
		select {
		case <-d.done:
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
		timer.Stop()
	}
}

// listening lists the actions that an event runs.
func (p *plugin) listening(e events.Event) []string {
	p.mu.Lock()
	on := p.row.Enabled && p.state != Missing
	p.mu.Unlock()
	if !on || e.Name == sdk.EventPluginState && concerns(e, p.key) {
		return nil // to hear of its own start would start it
	}
	var ids []string
	for _, a := range p.currentForms().actions {
		if slices.Contains(a.Events, e.Name) {
			ids = append(ids, a.ID)
		}
	}
	return ids
}

// concerns says whether an event is about a plugin.
func concerns(e events.Event, key string) bool {
	var about sdk.PluginStateChanged
	return json.Unmarshal(e.Payload, &about) == nil && about.Plugin == key
}

// await puts d at the end of p's events and returns how many there are now;
// with too many it is left out.
func (p *plugin) await(d *delivery) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.inbox) >= mostWaiting {
		return mostWaiting + 1
	}
	p.inbox = append(p.inbox, d)
	return len(p.inbox)
}

// deliver runs the actions for what waits, until nothing does.
func (r *Registry) deliver(p *plugin) {
	for {
		p.mu.Lock()
		if len(p.inbox) == 0 {
			p.mu.Unlock()
			return
		}
		d := p.inbox[0]
		p.mu.Unlock()
		foreground := false
		for _, action := range d.actions {
			out, err := r.Run(r.ctx, p.key, Call{Action: action, Trigger: store.TriggerEvent, Background: &foreground, Event: &d.event})
			if err != nil && out.Run == "" && r.ctx.Err() == nil { // else its run says it
				r.tellLog(p, fmt.Sprintf("event %s could not run %s: %v", d.event.Name, action, err))
			}
		}
		close(d.done)
		p.mu.Lock()
		p.inbox = p.inbox[1:]
		over := len(p.inbox) == 0
		p.mu.Unlock()
		if over {
			return
		}
	}
}

// tellLog writes a line of the host's into a plugin's log.
func (r *Registry) tellLog(p *plugin, message string) {
	r.cfg.Line(p.key, worker.Line{Time: time.Now(), Source: "log", Level: "error", Message: message})
}

// Emission is an event that a plugin sends.
type Emission struct {
	Plugin  string          // the key of who sends it
	Run     string          // the run that sends it; "" when it is not known
	Name    string          // the event's
	Payload json.RawMessage // an object; nil for {}
}

// Emit sends a plugin's event to everybody who listens. The error is one of
// the ErrEvent… or ErrNotFound.
func (r *Registry) Emit(e Emission) error {
	p, err := r.plugin(e.Plugin)
	if err != nil {
		return err
	}
	var object map[string]json.RawMessage
	payload := cmp.Or(string(e.Payload), "{}")
	switch {
	case !events.ValidName(e.Name):
		return ErrEventName
	case events.Own(e.Name):
		return ErrEventOwn
	case json.Unmarshal([]byte(payload), &object) != nil || object == nil:
		return ErrEventObject
	}
	depth := r.Depth(e.Plugin, e.Run)
	if depth > mostDepth {
		return ErrEventDepth
	}
	if !p.emits.Allow() {
		return ErrEventRate
	}
	r.cfg.News.Event(events.Event{Name: e.Name, Payload: json.RawMessage(payload), From: e.Plugin, Depth: depth, At: time.Now()})
	return nil
}

// Depth is how many events led to what a run of a plugin asks for. Where the
// run is not known, as with "", the worst of those that go on counts.
func (r *Registry) Depth(plugin, run string) int {
	if a := r.activeRun(run); a != nil && a.plugin == plugin {
		return a.depth
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	depth := 0
	for _, a := range r.active {
		if a.plugin == plugin {
			depth = max(depth, a.depth)
		}
	}
	return depth
}

// newEmits is the bucket that limits what a plugin sends.
func newEmits() *rate.Limiter { return rate.NewLimiter(emitsASecond, emitsAtOnce) }

// eventParams is an event as a worker gets it; nil for none.
func eventParams(e *events.Event) *wire.EventParams {
	if e == nil {
		return nil
	}
	return &wire.EventParams{Name: e.Name, Payload: e.Payload}
}

// shownParams are the parameters that a run's row shows: for an event those
// that a Python plugin gets.
func shownParams(e *events.Event, params json.RawMessage) json.RawMessage {
	if e == nil || string(params) != "{}" {
		return params
	}
	raw, err := json.Marshal(struct {
		Event   string          `json:"event"`
		Payload json.RawMessage `json:"payload"`
	}{e.Name, e.Payload})
	if err != nil {
		return params
	}
	return raw
}
