package host

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pluggarr/pluggarr/host/beat"
	"github.com/pluggarr/pluggarr/host/ingest"
	"github.com/pluggarr/pluggarr/host/jobs"
	"github.com/pluggarr/pluggarr/host/registry"
	"github.com/pluggarr/pluggarr/host/settings"
	"github.com/pluggarr/pluggarr/host/store"
)

const (
	settle    = 250 * time.Millisecond // after a plugin changed, until its schedules are looked at
	syncEvery = time.Minute            // for what Python plugins changed in the database
	logEvery  = time.Second            // until the length of the database's log is looked at
	fillEvery = 5 * time.Second        // until a channel that was mapped to a guide has programmes
)

// keepTime does what is due by the clock until ctx ends, and keeps the
// schedules of actions, accounts and sources what they are declared to be.
func (h *Host) keepTime(ctx context.Context) {
	var running sync.WaitGroup
	defer running.Wait()
	h.syncSchedules(ctx)
	running.Go(func() { h.schedules.Run(ctx) })
	running.Go(func() { h.fillGuides(ctx) })
	running.Go(func() { h.keepLogShort(ctx) })
	running.Go(func() { beat.New(h.store, h.sendPeriodic, h.cfg.Log).Run(ctx) })
	tick := time.NewTicker(syncEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-h.replan:
			timer := time.NewTimer(settle)
			select {
			case <-timer.C:
			case <-ctx.Done():
				timer.Stop()
				return
			}
		}
		h.syncSchedules(ctx)
	}
}

// keepLogShort brings the database's log into its file, beside all who read and
// write, until ctx ends.
func (h *Host) keepLogShort(ctx context.Context) {
	every(ctx, logEvery, func() {
		if err := h.store.Checkpoint(ctx); err != nil && ctx.Err() == nil {
			h.cfg.Log.Warn("the database's log stays long for now", "error", err)
		}
	})
}

// fillGuides brings in the programmes of channels that were mapped since their
// guide was read, until ctx ends.
func (h *Host) fillGuides(ctx context.Context) {
	filler := ingest.NewFiller(h.ingest)
	every(ctx, fillEvery, func() {
		if err := filler.Fill(ctx); err != nil && ctx.Err() == nil {
			h.cfg.Log.Warn("channels that were just mapped have no programmes yet", "error", err)
		}
	})
}

// every does something again and again, that far apart, until ctx ends.
func every(ctx context.Context, apart time.Duration, do func()) {
	tick := time.NewTicker(apart)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			do()
		}
	}
}

// plansChanged has the schedules looked at soon.
func (h *Host) plansChanged() {
	select {
	case h.replan <- struct{}{}:
	default:
	}
}

func (h *Host) syncSchedules(ctx context.Context) {
	wanted := []jobs.Wanted{h.scheduledActions(ctx)}
	for _, of := range []struct {
		owner, kind, name string
		list              func(context.Context) ([]store.Refreshed, error)
	}{
		{store.ScheduledM3U, jobs.KindM3U, "Refresh playlist ", h.store.RefreshedAccounts},
		{store.ScheduledEPG, jobs.KindEPG, "Refresh guide ", h.store.RefreshedSources},
	} {
		list, err := of.list(ctx)
		if err != nil {
			h.planTrouble(ctx, err)
			continue
		}
		w := jobs.Wanted{Owner: of.owner}
		for _, r := range list {
			row := store.Schedule{
				Target: strconv.FormatInt(r.ID, 10), Name: of.name + r.Name, Kind: of.kind,
				Args: encoded(refreshed{r.ID}), EverySeconds: r.Hours * 3600,
			}
			if r.Minute != "" {
				row.Cron = strings.Join([]string{r.Minute, r.Hour, r.DayOfMonth, r.MonthOfYear, r.DayOfWeek}, " ")
				row.EverySeconds, row.Timezone = 0, r.Timezone
			}
			w.Rows = append(w.Rows, row)
		}
		wanted = append(wanted, w)
	}
	for _, w := range wanted {
		if err := h.schedules.Sync(ctx, w); err != nil {
			h.planTrouble(ctx, err)
		}
	}
}

func (h *Host) planTrouble(ctx context.Context, err error) {
	if ctx.Err() == nil {
		h.cfg.Log.Warn("a schedule is not kept", "error", err)
	}
}

// scheduledActions are the actions of enabled plugins that declare a schedule.
// A plugin that cannot be read just now keeps those it had.
func (h *Host) scheduledActions(ctx context.Context) jobs.Wanted {
	unread := map[string]bool{}
	w := jobs.Wanted{Owner: store.ScheduledAction, Keep: func(target string) bool {
		plugin, _, _ := strings.Cut(target, "/")
		return unread[plugin]
	}}
	for _, e := range h.plugins.Entries(ctx) {
		if !e.Enabled || e.Missing {
			continue
		}
		unread[e.Key] = e.Error != nil && len(e.Actions) == 0
		for _, a := range e.Actions {
			if a.Schedule == "" || settings.CheckCron(a.Schedule) != nil { // the entry says what is wrong
				continue
			}
			w.Rows = append(w.Rows, store.Schedule{
				Target: e.Key + "/" + a.ID, Name: e.Name + ": " + a.Label, Kind: jobs.KindRun, Cron: a.Schedule,
				Args: encoded(registry.QueuedRun{Plugin: e.Key, Action: a.ID, Trigger: store.TriggerSchedule}),
			})
		}
	}
	return w
}

// encoded is a value of our own as JSON, which cannot fail.
func encoded(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		return json.RawMessage("null")
	}
	return raw
}
