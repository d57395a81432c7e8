package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/pluggarr/pluggarr/host/celery"
	"github.com/pluggarr/pluggarr/host/hub"
	"github.com/pluggarr/pluggarr/host/ingest"
	"github.com/pluggarr/pluggarr/host/jobs"
	"github.com/pluggarr/pluggarr/host/registry"
	"github.com/pluggarr/pluggarr/host/services"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// python answers what plugins in Python ask besides the database.
type python struct{ *Host }

// OpenSecrets opens a plugin's own secrets.
func (p python) OpenSecrets(_ context.Context, plugin string, settings json.RawMessage) (json.RawMessage, error) {
	return p.plugins.OpenSecrets(plugin, settings)
}

// SealSecrets seals a plugin's own secrets.
func (p python) SealSecrets(ctx context.Context, plugin string, settings json.RawMessage) (json.RawMessage, error) {
	return p.plugins.SealSecrets(ctx, plugin, settings)
}

// RunAction runs an action of a plugin for another.
func (p python) RunAction(ctx context.Context, a services.Action) (json.RawMessage, error) {
	out, err := p.plugins.Run(ctx, a.Plugin, registry.Call{
		Action: a.Action, Params: a.Params, Trigger: store.TriggerTask, Depth: p.plugins.Depth(a.From, ""),
	})
	return out.Result, err
}

// Tell sends what a plugin made for the page.
func (p python) Tell(data json.RawMessage) { p.hub.Send(hub.Message{Data: data}) }

// queued is a message of a plugin in the queue.
type queued struct {
	Plugin  string         `json:"plugin"` // who sent it; "" for the host
	Message celery.Message `json:"message"`
}

// tasks is the host as Celery's tasks know it.
type tasks struct{ *Host }

// Queue keeps a message until it is due.
func (t tasks) Queue(ctx context.Context, plugin string, m celery.Message, at time.Time) error {
	request := jobs.Request{Kind: jobs.KindPython, Args: queued{plugin, m}, At: at}
	what, id, ok := celery.RefreshOf(m)
	if kind := kindOf(what); ok && kind != "" {
		request = refresh(kind, id)
		request.At = at
	}
	job, err := t.jobs.Enqueue(ctx, request)
	if err == nil {
		t.outbox.Put(plugin, m, job.ID)
	}
	return err
}

// kindOf is the kind of jobs that read something anew; "" for none.
func kindOf(what celery.What) string {
	switch what {
	case celery.Account:
		return jobs.KindM3U
	case celery.Source:
		return jobs.KindEPG
	}
	return ""
}

// Drop cancels the job of a message, if it has not begun.
func (t tasks) Drop(ctx context.Context, plugin, id string) error {
	return t.jobs.Drop(ctx, jobs.KindPython, func(args json.RawMessage) bool {
		var q queued
		return json.Unmarshal(args, &q) == nil && q.Plugin == plugin && q.Message.ID == id
	})
}

// Run has a plugin's process carry out a task of its own.
func (t tasks) Run(ctx context.Context, plugin string, m celery.Message) (json.RawMessage, error) {
	result, err := t.plugins.Task(ctx, plugin, wire.TaskParams{ID: m.ID, Task: m.Task, Args: m.Args, Kwargs: m.Kwargs})
	if errors.Is(err, registry.ErrNoTask) {
		return nil, fmt.Errorf("%w: no plugin that runs knows %s", celery.ErrTask, m.Task)
	}
	return result, raised(err)
}

// sendPeriodic queues a task that is due by the clock. Which plugin knows it
// shows when it is carried out.
func (h *Host) sendPeriodic(ctx context.Context, m celery.Message) error {
	return h.celery.Send(ctx, "", m)
}

// Refresh reads something anew and tells who listens. What is being read already
// is no failure: plugins expect a text then.
func (t tasks) Refresh(ctx context.Context, what celery.What, id int64) (string, error) {
	told, err := t.refresh(ctx, what, id)
	if errors.Is(err, ingest.ErrBusy) {
		return "Task already running: " + err.Error(), nil
	}
	return told, err
}

func (t tasks) refresh(ctx context.Context, what celery.What, id int64) (string, error) {
	progress := func(p ingest.Progress) { t.hub.Send(hub.Message{Data: p.Data()}) }
	switch what {
	case celery.Account:
		told, err := t.refreshM3U(ctx, id, progress)
		return accountRefreshed(told), err
	case celery.Groups:
		err := t.ingest.LoadM3UGroups(ctx, id, progress)
		return "groups read", err
	case celery.Source:
		told, err := t.refreshEPG(ctx, id, progress)
		if err != nil {
			return "", err
		}
		return sourceRefreshed(told), nil
	case celery.Programmes:
		err := t.ingest.RefreshGuide(ctx, id, false)
		if errors.Is(err, ingest.ErrBusy) {
			return "the guide is being read; the programmes follow", nil // fillGuides sees to it
		}
		return "programmes read", err
	}
	return "", fmt.Errorf("%w: this host cannot refresh a %q", celery.ErrTask, what)
}

// accountRefreshed is what the refresh of an account returns to plugins.
func accountRefreshed(told sdk.M3URefreshed) string {
	return fmt.Sprintf("%s refreshed: %d streams", told.AccountName, told.TotalProcessed)
}

// sourceRefreshed is what the refresh of a source returns to plugins.
func sourceRefreshed(told sdk.EPGRefreshed) string {
	return fmt.Sprintf("%s refreshed: %d programmes", told.SourceName, told.Programs)
}

// All lists the active accounts or sources.
func (t tasks) All(ctx context.Context, what celery.What) ([]int64, error) {
	active := store.Query{Is: map[string][]any{"is_active": {true}}}
	var ids []int64
	if what == celery.Account {
		accounts, err := store.List[store.M3UAccount](ctx, t.store, active)
		for _, a := range accounts {
			if !a.Locked { // streams entered by hand have no playlist
				ids = append(ids, a.ID)
			}
		}
		return ids, err
	}
	sources, err := store.List[store.EPGSource](ctx, t.store, active)
	for _, s := range sources {
		if s.SourceType != "dummy" {
			ids = append(ids, s.ID)
		}
	}
	return ids, err
}

// doPython carries out a message of a Python plugin.
func (h *Host) doPython(ctx context.Context, t *jobs.Task) (any, error) {
	var q queued
	if err := t.Decode(&q); err != nil {
		return nil, err
	}
	result, err := h.celery.Perform(ctx, q.Plugin, q.Message)
	if errors.Is(err, celery.ErrTask) || errors.Is(err, store.ErrNotFound) {
		return nil, jobs.Final(err)
	}
	return result, err
}
