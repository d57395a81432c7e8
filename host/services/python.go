package services

import (
	"context"
	"encoding/json"

	"github.com/pluggarr/pluggarr/host/celery"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// Python answers what plugins in Python ask besides the database, which they
// reach themselves.
type Python interface {
	// OpenSecrets returns settings with the plugin's own secrets in clear.
	OpenSecrets(ctx context.Context, plugin string, settings json.RawMessage) (json.RawMessage, error)
	// SealSecrets returns settings with the plugin's secrets sealed.
	SealSecrets(ctx context.Context, plugin string, settings json.RawMessage) (json.RawMessage, error)
	// RunAction runs an action of any plugin and returns its result.
	RunAction(ctx context.Context, a Action) (json.RawMessage, error)
	// TaskOutcome says what became of a message that the plugin sent.
	TaskOutcome(ctx context.Context, plugin, id string) (celery.Outcome, error)
	// Tell sends an object to everybody who has the page open.
	Tell(data json.RawMessage)
}

// Action is an action that a plugin wants run.
type Action struct {
	// From is the key of the plugin that wants it.
	From string
	// Plugin is the key of the plugin whose action it is.
	Plugin string
	// Action is the action's ID.
	Action string
	// Params are its parameters; nil for none.
	Params json.RawMessage
}

func pythonMethods() map[string]method {
	return map[string]method{
		"secrets.open":  waits(secretsOpen),
		"secrets.seal":  waits(secretsSeal),
		"plugins.run":   alone(pluginsRun),
		"page.send":     waits(pageSend),
		"celery.send":   alone(celerySend),
		"celery.call":   alone(celeryCall),
		"celery.revoke": alone(celeryRevoke),
		"celery.result": waits(celeryResult),
	}
}

// errNoPython answers on a host that serves Go plugins alone.
func errNoPython() error {
	return wire.Errorf(wire.CodeUnknownMethod, "this host does not serve plugins in Python")
}

type settingsParams struct {
	Settings json.RawMessage `json:"settings"` // of a plugin, an object
}

func secretsOpen(ctx context.Context, c *call, p settingsParams) (settingsParams, error) {
	if c.cfg.Python == nil {
		return p, errNoPython()
	}
	settings, err := c.cfg.Python.OpenSecrets(ctx, c.plugin, p.Settings)
	return settingsParams{settings}, err
}

func secretsSeal(ctx context.Context, c *call, p settingsParams) (settingsParams, error) {
	if c.cfg.Python == nil {
		return p, errNoPython()
	}
	settings, err := c.cfg.Python.SealSecrets(ctx, c.plugin, p.Settings)
	return settingsParams{settings}, err
}

type runParams struct {
	Plugin string          `json:"plugin"` // the key of the plugin whose action it is
	Action string          `json:"action"`
	Params json.RawMessage `json:"params"`
}

func pluginsRun(ctx context.Context, c *call, p runParams) (json.RawMessage, error) {
	if c.cfg.Python == nil {
		return nil, errNoPython()
	}
	return c.cfg.Python.RunAction(ctx, Action{c.plugin, p.Plugin, p.Action, p.Params})
}

type tellParams struct {
	Group string          `json:"group"` // who is told: "updates" is everybody, there is nobody else
	Type  string          `json:"type"`  // "update", the only one that pages know
	Data  json.RawMessage `json:"data"`  // an object with a "type"
}

// pageSend tells pages; what they would not understand is dropped, as where
// the plugins come from.
func pageSend(_ context.Context, c *call, p tellParams) (none, error) {
	if c.cfg.Python == nil {
		return none{}, errNoPython()
	}
	if p.Group == "updates" && p.Type == "update" {
		c.cfg.Python.Tell(p.Data)
	}
	return none{}, nil
}

func celerySend(ctx context.Context, c *call, m celery.Message) (none, error) {
	if c.cfg.Celery == nil {
		return none{}, errNoPython()
	}
	return none{}, c.cfg.Celery.Send(ctx, c.plugin, m)
}

func celeryCall(ctx context.Context, c *call, m celery.Message) (json.RawMessage, error) {
	if c.cfg.Celery == nil {
		return nil, errNoPython()
	}
	return c.cfg.Celery.Call(ctx, m)
}

type sentParams struct {
	ID string `json:"id"` // of a message that was sent
}

func celeryRevoke(ctx context.Context, c *call, p sentParams) (none, error) {
	if c.cfg.Celery == nil {
		return none{}, errNoPython()
	}
	return none{}, c.cfg.Celery.Revoke(ctx, c.plugin, p.ID)
}

func celeryResult(ctx context.Context, c *call, p sentParams) (celery.Outcome, error) {
	if c.cfg.Python == nil {
		return celery.Outcome{}, errNoPython()
	}
	return c.cfg.Python.TaskOutcome(ctx, c.plugin, p.ID)
}
