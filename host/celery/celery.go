// Package celery carries out the tasks that Python plugins send with Celery: the
// host's own, by the names they have always had, and those of plugins, which
// their own processes do.
package celery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"
)

// ErrTask reports a task that cannot be carried out: nobody knows it, or its
// arguments do not fit.
var ErrTask = errors.New("this task cannot be carried out")

// Message is a task that somebody sent.
type Message struct {
	// ID is the sender's, unique.
	ID string `json:"id,omitempty"`
	// Task is its name, as in "apps.m3u.tasks.refresh_m3u_accounts".
	Task string `json:"task"`
	// Args are its arguments by place.
	Args []json.RawMessage `json:"args,omitempty"`
	// Kwargs are its arguments by name.
	Kwargs map[string]json.RawMessage `json:"kwargs,omitempty"`
	// Countdown is in how many seconds to begin at the earliest; 0 means at once.
	Countdown float64 `json:"countdown,omitempty"`
	// ETA is when to begin at the earliest, in ISO 8601; "" means at once.
	ETA string `json:"eta,omitempty"`
	// Then are the tasks that follow, one after the other.
	Then []Next `json:"then,omitempty"`
}

// Next is a task that follows another.
type Next struct {
	// ID is the sender's, unique; "" when nobody asks what becomes of it.
	ID string `json:"id,omitempty"`
	// Task is its name.
	Task string `json:"task"`
	// Args are its arguments by place.
	Args []json.RawMessage `json:"args,omitempty"`
	// Kwargs are its arguments by name.
	Kwargs map[string]json.RawMessage `json:"kwargs,omitempty"`
	// Immutable keeps the result of the task before from being its first argument.
	Immutable bool `json:"immutable,omitempty"`
	// Countdown is how many seconds to wait before it.
	Countdown float64 `json:"countdown,omitempty"`
}

// Host does the work.
type Host interface {
	// Queue keeps a message until at, zero for now, and then has it performed.
	Queue(ctx context.Context, plugin string, m Message, at time.Time) error
	// Drop takes back a message of the plugin that has not begun.
	Drop(ctx context.Context, plugin, id string) error
	// Run runs a plugin's own task in its process and returns its result.
	Run(ctx context.Context, plugin string, m Message) (json.RawMessage, error)
	// Refresh reads one account or source anew and returns a sentence.
	Refresh(ctx context.Context, what What, id int64) (string, error)
	// All lists what is active and can be read anew.
	All(ctx context.Context, what What) ([]int64, error)
}

// What is what a task of the host's is about.
type What string

// What there is to read anew.
const (
	Account    What = "account"    // its groups and streams
	Groups     What = "groups"     // of an account: its groups alone
	Source     What = "source"     // of guides: channels and programmes
	Programmes What = "programmes" // of one channel of a guide
)

// Celery carries tasks out. Its methods may be used concurrently.
type Celery struct{ host Host }

// New returns what carries tasks out on a host.
func New(host Host) *Celery { return &Celery{host} }

// Send queues a message of a plugin.
func (c *Celery) Send(ctx context.Context, plugin string, m Message) error {
	at, err := m.at(time.Now())
	if err != nil {
		return err
	}
	if own, known := tasks[m.Task]; known {
		if _, err := own.arguments(m); err != nil { // better now than when nobody looks
			return err
		}
	}
	m.Countdown, m.ETA = 0, ""
	return c.host.Queue(ctx, plugin, m, at)
}

// at is when a message may begin; zero for at once.
func (m Message) at(now time.Time) (time.Time, error) {
	if m.ETA != "" {
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999"} {
			if at, err := time.Parse(layout, m.ETA); err == nil {
				return at, nil
			}
		}
		return time.Time{}, fmt.Errorf("%w: %s: %q is no time", ErrTask, m.Task, m.ETA)
	}
	if m.Countdown <= 0 || math.IsNaN(m.Countdown) {
		return time.Time{}, nil
	}
	return now.Add(time.Duration(min(m.Countdown, math.MaxInt32) * float64(time.Second))), nil
}

// Revoke takes back a message that has not begun.
func (c *Celery) Revoke(ctx context.Context, plugin, id string) error {
	return c.host.Drop(ctx, plugin, id)
}

// Call carries out a task of the host's and waits for it.
func (c *Celery) Call(ctx context.Context, m Message) (json.RawMessage, error) {
	own, known := tasks[m.Task]
	if !known {
		return nil, fmt.Errorf("%w: the host has no %q", ErrTask, m.Task)
	}
	return c.own(ctx, own, m)
}

// Perform carries out a message that was queued, and queues what follows it.
func (c *Celery) Perform(ctx context.Context, plugin string, m Message) (json.RawMessage, error) {
	own, known := tasks[m.Task]
	var result json.RawMessage
	var err error
	if known {
		result, err = c.own(ctx, own, m)
	} else {
		result, err = c.host.Run(ctx, plugin, m)
	}
	if err != nil || len(m.Then) == 0 {
		return result, err
	}
	next := m.Then[0]
	follows := Message{ID: next.ID, Task: next.Task, Args: next.Args, Kwargs: next.Kwargs, Countdown: next.Countdown, Then: m.Then[1:]}
	if !next.Immutable {
		follows.Args = append([]json.RawMessage{result}, next.Args...)
	}
	at, err := follows.at(time.Now())
	if err != nil {
		return nil, err
	}
	follows.Countdown = 0
	if err := c.host.Queue(ctx, plugin, follows, at); err != nil {
		return nil, fmt.Errorf("queue %s, which follows %s: %w", next.Task, m.Task, err)
	}
	return result, nil
}
