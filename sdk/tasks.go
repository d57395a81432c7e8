package sdk

import (
	"context"
	"time"
)

// TaskService runs the plugin's own actions later, also after a restart of the
// host. An action may run twice when the host dies in the middle of it, so it
// has to bear that.
type TaskService struct{ link link }

// Task is one run of an action that is to happen.
type Task struct {
	// Action is the ID of one of the plugin's actions.
	Action string `json:"action"`
	// Params are the action's parameters, encodable as a JSON object; nil for
	// none.
	Params any `json:"params,omitempty"`
	// After is how long to wait; zero means now.
	After Duration `json:"after,omitzero"`
	// At is when to run; zero means After from now.
	At time.Time `json:"at,omitzero"`
	// Unique keeps a second task with the same text from being queued while the
	// first has not ended; "" for no such check.
	Unique string `json:"unique,omitempty"`
	// Attempts is how often it is tried when it fails, with growing pauses; zero
	// means once. An action that returns [Failed] has done what it could: it is
	// not tried again.
	Attempts int `json:"attempts,omitempty"`
}

// Enqueue queues a task and returns its number. Inside of a transaction the
// task exists when that is committed.
func (s TaskService) Enqueue(ctx context.Context, task Task) (int64, error) {
	var answer struct {
		ID int64 `json:"id"`
	}
	err := s.link.call(ctx, "tasks.enqueue", struct {
		Task
		Run string `json:"run,omitempty"`
	}{task, s.link.run}, &answer)
	return answer.ID, err
}

// Cancel ends a task of this plugin, whether it waits or runs. One that has
// ended is left as it is; one that is unknown is [ErrNotFound]. It cannot be
// done while the plugin has a transaction open.
func (s TaskService) Cancel(ctx context.Context, id int64) error {
	return s.link.call(ctx, "tasks.cancel", idParams{id}, nil)
}

// EventService tells other plugins, and whoever else listens.
type EventService struct{ link link }

// Emit tells that something happened: actions that list name are run with the
// payload, which must be encodable as a JSON object. Inside of a transaction it
// is told when that is committed. [EventRunFinished] and [EventPluginState] are
// the host's alone.
func (s EventService) Emit(ctx context.Context, name string, payload any) error {
	return s.link.call(ctx, "events.emit", struct {
		Name    string `json:"name"`
		Payload any    `json:"payload"`
		Run     string `json:"run,omitempty"`
	}{name, payload, s.link.run}, nil)
}
