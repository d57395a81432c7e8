package services

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/pluggarr/pluggarr/host/events"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

func eventMethods() map[string]method {
	return map[string]method{"events.emit": joins(eventEmit)}
}

type eventParams struct {
	Name    string          `json:"name"`    // of the event
	Payload json.RawMessage `json:"payload"` // an object; nothing is an empty one
	Run     string          `json:"run"`     // the run that tells it; "" outside of runs
}

// eventEmit tells an event, or within a transaction promises to.
func eventEmit(ctx context.Context, c *call, p eventParams) (none, error) {
	payload := bytes.TrimSpace(p.Payload)
	if len(payload) == 0 || bytes.Equal(payload, []byte("null")) {
		payload = []byte("{}")
	}
	switch {
	case c.cfg.Emit == nil:
		return none{}, wire.Errorf(wire.CodeUnknownMethod, "this host passes no events of plugins on")
	case !events.ValidName(p.Name):
		return none{}, invalid("%.70q is no name for an event: a small letter, then small letters, digits, \"_\", \".\" and \"-\", 64 in all", p.Name)
	case events.Own(p.Name):
		return none{}, invalid("%s is told by the host alone: choose another name", p.Name)
	case payload[0] != '{':
		return none{}, invalid("the payload of %s has to be an object", p.Name)
	}
	e := Emission{Plugin: c.plugin, Run: p.Run, Name: p.Name, Payload: payload}
	if c.tx == nil {
		if err := c.cfg.Emit(ctx, e); err != nil {
			return none{}, invalid("%v", err)
		}
		return none{}, nil
	}
	c.then(func() {
		if err := c.cfg.Emit(context.WithoutCancel(ctx), e); err != nil {
			c.cfg.Log.Warn("an event of a committed transaction was not passed on", "plugin", c.plugin, "event", p.Name, "error", err)
		}
	})
	return none{}, nil
}
