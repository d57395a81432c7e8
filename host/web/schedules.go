package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/pluggarr/pluggarr/host/jobs"
	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/registry"
	"github.com/pluggarr/pluggarr/host/settings"
	"github.com/pluggarr/pluggarr/host/store"
)

// schedulesPath is where schedules are: what puts jobs into the queue.
const schedulesPath = "/api/schedules/"

// scheduleRoutes lists the API of schedules.
func (s *server) scheduleRoutes() []route {
	const read, run, admin = store.ScopeRead, store.ScopeRun, store.ScopeAdmin
	return []route{
		{schedulesPath, methods{
			http.MethodGet:  {need: read, serve: s.queueing(s.listSchedules)},
			http.MethodPost: {need: admin, serve: s.queueing(s.createSchedule)},
		}},
		{schedulesPath + "next/", methods{http.MethodGet: {need: read, serve: s.queueing(s.nextTimes)}}},
		{schedulesPath + "{id}/", methods{
			http.MethodGet:    {need: read, serve: s.queueing(s.oneSchedule)},
			http.MethodPatch:  {need: admin, serve: s.queueing(s.changeSchedule)},
			http.MethodDelete: {need: admin, serve: s.queueing(s.deleteSchedule)},
		}},
		{schedulesPath + "{id}/run/", methods{http.MethodPost: {need: run, serve: s.queueing(s.runSchedule)}}},
	}
}

// queueing answers on a host with a queue, and says in the API's words what a
// queue's errors mean.
func (s *server) queueing(next serve) serve {
	return func(w http.ResponseWriter, r *request) error {
		if s.jobs == nil || s.schedules == nil {
			return &refusal{http.StatusServiceUnavailable, failure{
				Error: "This host has no jobs", Message: "This host runs without a queue of jobs: start it with 'pluggarr serve'.", Fault: store.FaultHost,
			}}
		}
		err := next(w, r)
		switch {
		case errors.Is(err, jobs.ErrNotFound):
			return refuse(http.StatusNotFound, "Job not found", "There is no such job. Jobs that are over are kept for a day, failed ones for a week.")
		case errors.Is(err, jobs.ErrOver):
			return refuse(http.StatusConflict, "Job is over", "The job had ended before it could be cancelled.")
		case errors.Is(err, jobs.ErrRuns):
			return refuse(http.StatusConflict, "Job is running", "The job is running: cancel it first.")
		case errors.Is(err, jobs.ErrSchedule):
			return refuse(http.StatusBadRequest, "The schedule cannot be", err.Error()+".")
		case errors.Is(err, jobs.ErrOwned):
			return refuse(http.StatusConflict, "The schedule is not its own", "The schedule belongs to an action, an account or a source: change that, or pause the schedule.")
		case errors.Is(err, store.ErrNotFound):
			return refuse(http.StatusNotFound, "Schedule not found", "There is no such schedule.")
		}
		return err
	}
}

// nextShown is how many of the next times a schedule shows.
const nextShown = 3

// scheduleView is a schedule as the API shows it.
type scheduleView struct {
	ID           int64           `json:"id"`
	Owner        string          `json:"owner"`
	Target       string          `json:"target"`
	Name         string          `json:"name"`
	Kind         string          `json:"kind"`
	Args         json.RawMessage `json:"args"` // null for readers who may not see them
	Cron         string          `json:"cron"`
	EverySeconds int64           `json:"every_seconds"`
	Timezone     string          `json:"timezone"`
	Missed       string          `json:"missed"`
	Paused       bool            `json:"paused"`
	Next         []time.Time     `json:"next"`     // empty while it is paused
	LastAt       *time.Time      `json:"last_at"`  // null for never
	LastJob      *int64          `json:"last_job"` // null for none
	CreatedAt    time.Time       `json:"created_at"`
}

// schedule is a schedule as the caller may see it.
func (r *request) schedule(row store.Schedule) scheduleView {
	view := scheduleView{
		ID: row.ID, Owner: row.Owner, Target: row.Target, Name: row.Name, Kind: row.Kind, Cron: row.Cron,
		EverySeconds: row.EverySeconds, Timezone: row.Timezone, Missed: row.Missed, Paused: row.Paused,
		Next: []time.Time{}, LastAt: moment(row.LastAt), CreatedAt: row.CreatedAt,
	}
	if !row.Paused && !row.NextAt.IsZero() {
		view.Next = append([]time.Time{row.NextAt}, jobs.NextTimes(row, row.NextAt, nextShown-1)...)
	}
	if row.LastJob != 0 {
		view.LastJob = &row.LastJob
	}
	if r.caller.Admin() {
		view.Args = unsealed(row.Args)
	}
	return view
}

// moment is a time for the API: null when there is none.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// listSchedules answers with all schedules, by name.
func (s *server) listSchedules(w http.ResponseWriter, r *request) error {
	list, err := s.schedules.List(r.Context())
	if err != nil {
		return err
	}
	views := make([]scheduleView, len(list))
	for i, row := range list {
		views[i] = r.schedule(row)
	}
	s.write(w, http.StatusOK, struct {
		Schedules []scheduleView `json:"schedules"`
	}{views})
	return nil
}

// oneSchedule answers with one schedule.
func (s *server) oneSchedule(w http.ResponseWriter, r *request) error {
	id, err := r.number("id")
	if err != nil {
		return store.ErrNotFound
	}
	row, err := s.schedules.Get(r.Context(), id)
	if err != nil {
		return err
	}
	s.write(w, http.StatusOK, r.schedule(row))
	return nil
}

// nextTimes answers with when a schedule would be due that nobody has made yet.
func (s *server) nextTimes(w http.ResponseWriter, r *request) error {
	words, err := r.query("cron", "timezone")
	if err != nil {
		return err
	}
	row := store.Schedule{Cron: words["cron"], Timezone: words["timezone"], Missed: jobs.MissedOnce}
	if err := jobs.CheckSchedule(row); err != nil {
		return err
	}
	s.write(w, http.StatusOK, struct {
		Next []time.Time `json:"next"`
	}{jobs.NextTimes(row, time.Now(), nextShown)})
	return nil
}

// createSchedule keeps a schedule for an action.
func (s *server) createSchedule(w http.ResponseWriter, r *request) error {
	body, err := r.body(w, maxBody, "name", "plugin", "action", "params", "cron", "timezone", "missed", "paused")
	if err != nil {
		return err
	}
	run := registry.QueuedRun{Trigger: store.TriggerSchedule, UserID: r.caller.UserID, Params: body["params"]}
	row := store.Schedule{Kind: jobs.KindRun, Missed: jobs.MissedOnce}
	texts := map[string]*string{
		"name": &row.Name, "plugin": &run.Plugin, "action": &run.Action, "cron": &row.Cron, "timezone": &row.Timezone, "missed": &row.Missed,
	}
	for name, to := range texts {
		if body.given(name) && json.Unmarshal(body[name], to) != nil {
			return refuse(http.StatusBadRequest, "Invalid '"+name+"'", "'"+name+"' is a text.")
		}
	}
	if body.given("paused") && json.Unmarshal(body["paused"], &row.Paused) != nil {
		return refuse(http.StatusBadRequest, "Invalid 'paused'", "'paused' is true or false.")
	}
	r.key = run.Plugin
	entry, err := s.plugins.Entry(r.Context(), run.Plugin)
	if err != nil {
		s.fail(w, r, err)
		return nil
	}
	if run.Action == "" {
		return refuse(http.StatusBadRequest, "Missing 'action'", "The plugin's entry lists its actions.")
	}
	if !offers(entry, run.Action) {
		return refuse(http.StatusBadRequest, "Unknown action "+run.Action, fmt.Sprintf("Plugin '%s' has no action '%s'; its entry lists those it has.", entry.Key, run.Action))
	}
	if row.Name == "" {
		row.Name = entry.Name + ": " + labelled(entry, run.Action)
	}
	if run, err = s.plugins.Kept(run); err != nil {
		s.fail(w, r, err)
		return nil
	}
	if row.Args, err = encode(run); err != nil {
		return err
	}
	if row, err = s.schedules.Create(r.Context(), row); err != nil {
		return err
	}
	s.write(w, http.StatusCreated, r.schedule(row))
	return nil
}

// offers says that a plugin may have the action. A Go plugin that could be read
// declares all it has; a Python one may run others.
func offers(entry registry.Entry, action string) bool {
	return entry.Runtime == plugindir.RuntimePython || len(entry.Actions) == 0 ||
		slices.ContainsFunc(entry.Actions, func(a settings.Action) bool { return a.ID == action })
}

// labelled is what an action is called; its id when the plugin lists no such
// action.
func labelled(entry registry.Entry, action string) string {
	for _, a := range entry.Actions {
		if a.ID == action && a.Label != "" {
			return a.Label
		}
	}
	return action
}

// changeSchedule changes a schedule: what the body leaves out stays.
func (s *server) changeSchedule(w http.ResponseWriter, r *request) error {
	body, err := r.body(w, maxBody, "name", "cron", "timezone", "missed", "paused")
	if err != nil {
		return err
	}
	id, err := r.number("id")
	if err != nil {
		return store.ErrNotFound
	}
	var c jobs.Change
	for name, to := range map[string]any{"name": &c.Name, "cron": &c.Cron, "timezone": &c.Timezone, "missed": &c.Missed, "paused": &c.Paused} {
		if body.given(name) && json.Unmarshal(body[name], to) != nil {
			return refuse(http.StatusBadRequest, "Invalid '"+name+"'", "'paused' is true or false; the others are texts.")
		}
	}
	row, err := s.schedules.Update(r.Context(), id, c)
	if err != nil {
		return err
	}
	s.write(w, http.StatusOK, r.schedule(row))
	return nil
}

// deleteSchedule removes a schedule that a user made.
func (s *server) deleteSchedule(w http.ResponseWriter, r *request) error {
	if _, err := r.read(w, maxBody); err != nil {
		return err
	}
	id, err := r.number("id")
	if err != nil {
		return store.ErrNotFound
	}
	if err := s.schedules.Delete(r.Context(), id); err != nil {
		return err
	}
	s.write(w, http.StatusOK, struct {
		Success bool `json:"success"`
	}{true})
	return nil
}

// runSchedule queues a schedule's job at once.
func (s *server) runSchedule(w http.ResponseWriter, r *request) error {
	if _, err := r.read(w, maxBody); err != nil {
		return err
	}
	id, err := r.number("id")
	if err != nil {
		return store.ErrNotFound
	}
	j, err := s.schedules.RunNow(r.Context(), id)
	if err != nil {
		return err
	}
	s.write(w, http.StatusAccepted, r.job(j))
	return nil
}
