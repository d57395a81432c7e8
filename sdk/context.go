package sdk

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/pluggarr/pluggarr/sdk/wire"
)

// Context is what a handler is called with. It is a [context.Context] that
// ends when the run is cancelled or takes too long.
type Context struct {
	context.Context //nolint:containedctx // it is one, with more to it

	// Log writes to the plugin's log, and to the run's when there is one.
	Log *slog.Logger
	// Event is the event that called the action; nil when a user or a schedule did.
	Event *Event
	// Host is the way to what the host keeps.
	Host *Host
	// Run says which run this is; its zero value outside of runs.
	Run Run

	conn     *wire.Conn
	settings json.RawMessage // nil: the host gave none
}

// Run identifies one run of an action.
type Run struct {
	// ID is unique, and the run's name in the API.
	ID string
	// Action is the ID of the action that runs.
	Action string
}

// Settings reads the settings into v, a pointer to a struct like the plugin's
// Settings. In [Plugin.Options] they are those in the form, also when they are
// not saved. Where the host gave none, as in Stop, v stays as it is.
func (c *Context) Settings(v any) error {
	return decode("settings", c.settings, v)
}

// Event is something that happened in the host.
type Event struct {
	// Name is the event's, as in "m3u_refresh".
	Name string
	// Payload is an object whose keys the event gives; see [Event.Decode].
	Payload json.RawMessage
}

// Decode reads the payload into v, a pointer to a struct with json tags.
func (e *Event) Decode(v any) error {
	if err := json.Unmarshal(e.Payload, v); err != nil {
		return fmt.Errorf("decode the payload of %s: %w", e.Name, err)
	}
	return nil
}

// Progress tells users how far the run is: done units of total, and what is
// being done. A total of zero means that it is not known. Outside of runs it
// does nothing.
func (c *Context) Progress(done, total int, message string) {
	if c.Run.ID == "" {
		return
	}
	p := wire.ProgressParams{Run: c.Run.ID, Done: done, Total: total, Message: message}
	_ = c.conn.Notify(c, wire.MethodProgress, p) // fails only when the run is over or the host gone
}
