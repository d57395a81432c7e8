package host

import (
	"github.com/pluggarr/pluggarr/host/events"
	"github.com/pluggarr/pluggarr/host/hub"
	"github.com/pluggarr/pluggarr/host/registry"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/sdk"
)

// news passes on what the registry tells, to who listens and to plugins.
func (h *Host) news() registry.News {
	return registry.News{State: h.stateNews, Run: h.runNews, Event: h.bus.Publish}
}

func (h *Host) stateNews(plugin string, s registry.State) {
	h.hub.Send(hub.Message{Data: hub.PluginState{Type: hub.TypePluginState, Plugin: plugin, State: string(s)}})
	h.plansChanged()
	h.publish(sdk.EventPluginState, sdk.PluginStateChanged{Plugin: plugin, State: string(s)})
}

// report passes on what became of a plugin.
func (h *Host) report(r registry.Report) {
	told := hub.PluginState{Type: hub.TypePluginState, Plugin: r.Plugin}
	switch r.What {
	case registry.Broken: // the version before it may serve on, in the same state
	case registry.Loaded, registry.Reloaded, registry.Compiled:
		told.What, told.TookMS = r.What, max(1, r.Took.Milliseconds())
	default:
		told.Plugin = ""
	}
	if told.Plugin != "" {
		told.State = string(h.plugins.State(r.Plugin))
		h.hub.Send(hub.Message{Data: told})
	}
	if h.cfg.Report != nil {
		h.cfg.Report(r)
	}
}

func (h *Host) runNews(run store.Run, caused bool) {
	told := hub.Run{
		Type: hub.TypeRunProgress, Run: run.ID, Plugin: run.Plugin, Action: run.Action,
		Trigger: string(run.Trigger), Status: string(run.Status),
		Progress: hub.RunProgress{Done: run.ProgressDone, Total: run.ProgressTotal, Message: run.ProgressMessage},
	}
	m := hub.Message{Key: "run " + run.ID, Often: true}
	over := !run.FinishedAt.IsZero()
	switch {
	case over:
		told.Type, told.DurationMS, m.Often = hub.TypeRunFinished, run.DurationMS, false
	case run.ProgressDone == 0 && run.ProgressTotal == 0 && run.ProgressMessage == "":
		told.Type, m.Often = hub.TypeRunStarted, false
	}
	m.Data = told
	told.Error = run.Error
	m.Admins = told
	h.hub.Send(m)
	if over && !caused {
		h.publish(sdk.EventRunFinished, sdk.RunFinished{
			Run: run.ID, Plugin: run.Plugin, Action: run.Action, Trigger: string(run.Trigger),
			Status: string(run.Status), Error: run.Error, DurationMS: run.DurationMS,
		})
	}
}

// publish tells plugins.
func (h *Host) publish(name string, payload any) {
	e, err := events.New(name, payload)
	if err != nil {
		h.cfg.Log.Error("make an event", "event", name, "error", err)
		return
	}
	h.bus.Publish(e)
}
