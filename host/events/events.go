// Package events passes on what just happened to everybody in this process who
// asked. It keeps nothing: who was not there has missed it.
package events

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"sync"
	"time"
)

// queued is how many events wait for one subscriber; more are lost to it.
const queued = 4096

// Event is something that happened.
type Event struct {
	// Name is the event's, as in "m3u_refresh"; see [Kinds].
	Name string
	// Payload is an object; its keys are the event's.
	Payload json.RawMessage
	// From is the key of the plugin that emitted it; "" for the host.
	From string
	// Depth is how many events led to this one: 0 for what began by itself.
	Depth int
	// At is when it happened.
	At time.Time
}

// New returns an event of the host. The payload is anything that encodes to an
// object; as for Dispatcharr's plugins, keys whose value is 0, false, "", null,
// {} or [] are left out. The error names a payload that is no object.
func New(name string, payload any) (Event, error) {
	raw, err := json.Marshal(payload)
	if err != nil {
		return Event{}, fmt.Errorf("encode the payload of %s: %w", name, err)
	}
	raw, err = trimmed(raw)
	if err != nil {
		return Event{}, fmt.Errorf("the payload of %s is no object: %w", name, err)
	}
	return Event{Name: name, Payload: raw, At: time.Now()}, nil
}

// trimmed is an object without the values that say nothing.
func trimmed(raw []byte) (json.RawMessage, error) {
	object := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &object); err != nil {
		return nil, err //nolint:wrapcheck // New says what it was for
	}
	if object == nil { // null
		object = map[string]json.RawMessage{}
	}
	for key, value := range object {
		switch string(bytes.TrimSpace(value)) {
		case "0", "0.0", "-0", "false", `""`, "null", "{}", "[]":
			delete(object, key)
		}
	}
	return json.Marshal(object)
}

// name is what an event may be called.
var name = regexp.MustCompile(`^[a-z][a-z0-9_.-]{0,63}$`)

// ValidName says whether an event may be called so: a small letter, then small
// letters, digits, "_", "." and "-", 64 in all.
func ValidName(s string) bool { return name.MatchString(s) }

// Bus passes events on. Its methods may be used concurrently.
type Bus struct {
	mu   sync.Mutex // guards what follows
	subs map[*subscriber]bool
	done bool
	work sync.WaitGroup // one per subscriber
}

// subscriber gets events one by one, in their order.
type subscriber struct {
	events chan Event
	ended  chan struct{} // closed when its goroutine is gone
	end    context.CancelFunc
}

// NewBus returns a Bus without subscribers.
func NewBus() *Bus { return &Bus{subs: map[*subscriber]bool{}} }

// Publish passes an event on and does not wait for anybody to take it. A
// subscriber that is thousands of events behind loses it.
func (b *Bus) Publish(e Event) {
	if e.At.IsZero() {
		e.At = time.Now()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for s := range b.subs {
		select {
		case s.events <- e:
		default:
		}
	}
}

// Subscribe has f called with each event from now on, one after the other, on
// a goroutine of its own. The context of the call ends with the subscription.
// Cancel ends it and waits for a call that is under way; f must not call it.
func (b *Bus) Subscribe(f func(ctx context.Context, e Event)) (cancel func()) {
	ctx, end := context.WithCancel(context.Background())
	s := &subscriber{events: make(chan Event, queued), ended: make(chan struct{}), end: end}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.done {
		end()
		return func() {}
	}
	b.subs[s] = true
	b.work.Go(func() {
		defer close(s.ended)
		for {
			select {
			case e := <-s.events:
				f(ctx, e)
			case <-ctx.Done():
				return
			}
		}
	})
	return func() {
		b.mu.Lock()
		delete(b.subs, s)
		b.mu.Unlock()
		end()
		<-s.ended
	}
}

// Close ends every subscription and waits for calls that are under way.
func (b *Bus) Close() {
	b.mu.Lock()
	b.done = true
	for s := range b.subs {
		s.end()
	}
	clear(b.subs)
	b.mu.Unlock()
	b.work.Wait()
}
