package registry

import (
	"github.com/pluggarr/pluggarr/host/events"
	"github.com/pluggarr/pluggarr/host/store"
)

// News are told as they happen. None of its functions may wait, or call the
// Registry; nil ones are not called.
type News struct {
	// State hears that a plugin has another state.
	State func(plugin string, s State)
	// Run hears that a run begins, says how far it is, or has ended. The row is
	// without secrets. caused says that an event led to it.
	Run func(run store.Run, caused bool)
	// Event hears what plugins send.
	Event func(e events.Event)
}

func (n News) withDefaults() News {
	if n.State == nil {
		n.State = func(string, State) {}
	}
	if n.Run == nil {
		n.Run = func(store.Run, bool) {}
	}
	if n.Event == nil {
		n.Event = func(events.Event) {}
	}
	return n
}

// tell says how far a run is.
func (r *Registry) tell(a *active) { r.cfg.News.Run(a.current(), a.depth > 0) }

// State returns where a plugin is in its life; Missing when nothing is known
// of it. It waits for nobody.
func (r *Registry) State(key string) State {
	p, err := r.plugin(key)
	if err != nil {
		return Missing
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state
}
