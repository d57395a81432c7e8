package celery

import (
	"encoding/json"
	"sync"
)

// State is what a message has come to, in Celery's words.
type State string

// The states of a message.
const (
	Unknown State = ""        // nobody here sent it, or that is long ago
	Pending State = "PENDING" // it has not begun
	Started State = "STARTED" // it is being carried out
	Retry   State = "RETRY"   // it failed and is tried again
	Success State = "SUCCESS" // it was carried out
	Failure State = "FAILURE" // it failed
	Revoked State = "REVOKED" // it was taken back
)

// Outcome is what became of a message.
type Outcome struct {
	// State is how far it is.
	State State `json:"state"`
	// Result is what it returned, when it was carried out; nil for nothing.
	Result json.RawMessage `json:"result,omitempty"`
	// Error is why it failed.
	Error string `json:"error,omitempty"`
}

// longestSent is of how many messages it is known which job carries them out.
const longestSent = 10_000

// Sent is a message that waits, runs or has ended.
type Sent struct {
	// Plugin is who sent it.
	Plugin string
	// Job is the number of the job that carries it out; 0 while it waits for the
	// one that it follows.
	Job int64
	// After is the ID of the message that it follows; "" for none.
	After string
}

// Outbox knows which jobs carry out the messages that were sent last. The zero
// value is empty. Its methods may be used concurrently.
type Outbox struct {
	mu   sync.Mutex
	sent map[string]Sent
	ids  []string // the oldest first
}

// Put notes a message that job carries out, and those that follow it.
func (o *Outbox) Put(plugin string, m Message, job int64) {
	if m.ID == "" {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.put(m.ID, Sent{Plugin: plugin, Job: job})
	after := m.ID
	for _, next := range m.Then {
		if next.ID == "" {
			return
		}
		o.put(next.ID, Sent{Plugin: plugin, After: after})
		after = next.ID
	}
}

func (o *Outbox) put(id string, s Sent) {
	if o.sent == nil {
		o.sent = map[string]Sent{}
	}
	if _, known := o.sent[id]; !known {
		o.ids = append(o.ids, id)
	}
	o.sent[id] = s
	if len(o.ids) > longestSent {
		delete(o.sent, o.ids[0])
		o.ids = o.ids[1:]
	}
}

// Find returns the plugin's message, or the first one before it that has a job:
// as long as that has not ended well, neither has begun what follows it. It
// reports whether it is the message itself, and whether there is one.
func (o *Outbox) Find(plugin, id string) (s Sent, itself, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for itself = true; ; itself = false {
		s, ok = o.sent[id]
		if !ok || s.Plugin != plugin {
			return Sent{}, false, false
		}
		if s.Job != 0 || s.After == "" {
			return s, itself, true
		}
		id = s.After
	}
}
