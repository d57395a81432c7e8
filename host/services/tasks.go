package services

import (
	"context"
	"encoding/json"
	"time"

	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

func taskMethods() map[string]method {
	return map[string]method{
		"tasks.enqueue": joins(taskEnqueue),
		"tasks.cancel":  alone(taskCancel),
	}
}

// errNoQueue answers what needs the queue on a host without one.
func errNoQueue() error {
	return wire.Errorf(wire.CodeUnknownMethod, "this host has no queue")
}

type idAnswer struct {
	ID int64 `json:"id"` // of a task or a new row
}

type taskParams struct {
	Action   string          `json:"action"`
	Params   json.RawMessage `json:"params"`
	After    sdk.Duration    `json:"after"`
	At       time.Time       `json:"at"`
	Unique   string          `json:"unique"`
	Attempts int             `json:"attempts"`
	Run      string          `json:"run"` // which asks for it; "" when it is not known
}

func taskEnqueue(ctx context.Context, c *call, p taskParams) (idAnswer, error) {
	switch {
	case c.cfg.Queue == nil:
		return idAnswer{}, errNoQueue()
	case p.Action == "":
		return idAnswer{}, invalid("a task names the action that it runs")
	case p.Attempts < 0 || p.After < 0:
		return idAnswer{}, invalid("attempts and after cannot be negative")
	}
	task := sdk.Task{Action: p.Action, After: p.After, At: p.At, Unique: p.Unique, Attempts: p.Attempts}
	if len(p.Params) > 0 {
		task.Params = p.Params
	}
	id, err := c.cfg.Queue.Task(ctx, c.tx, Task{c.plugin, p.Run, task})
	return idAnswer{id}, err
}

type idParams struct {
	ID int64 `json:"id"` // of a task or a row
}

func taskCancel(ctx context.Context, c *call, p idParams) (none, error) {
	if c.cfg.Queue == nil {
		return none{}, errNoQueue()
	}
	return none{}, c.cfg.Queue.Cancel(ctx, c.plugin, p.ID)
}
