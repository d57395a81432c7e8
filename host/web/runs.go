package web

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"github.com/pluggarr/pluggarr/host/registry"
	"github.com/pluggarr/pluggarr/host/store"
)

// runsPath is where single runs are: an id says whose they are.
const runsPath = "/api/plugins/runs/"

const (
	usualRuns = 50 // in a list that was not asked for more
	mostRuns  = 500
)

// runRoutes lists the API of runs.
func (s *server) runRoutes() []route {
	const read, run = store.ScopeRead, store.ScopeRun
	return []route{
		{pluginsPath + "{key}/runs/", methods{http.MethodGet: {need: read, serve: s.listRuns}}},
		{runsPath + "{id}/", methods{http.MethodGet: {need: read, serve: s.oneRun}}},
		{runsPath + "{id}/cancel/", methods{http.MethodPost: {need: run, serve: s.cancelRun}}},
	}
}

// runView is a run as the API shows it.
type runView struct {
	ID         string           `json:"id"`
	Plugin     string           `json:"plugin"`  // the key; the plugin may be gone
	Action     string           `json:"action"`  // the id
	UserID     *int64           `json:"user_id"` // who ran it; null for nobody in particular, and for readers who may not see it
	Trigger    store.RunTrigger `json:"trigger"`
	Version    string           `json:"version"` // the plugin's, then; may be ""
	Engine     string           `json:"engine"`
	Params     json.RawMessage  `json:"params"` // null for readers who may not see them
	Status     store.RunStatus  `json:"status"`
	Failed     bool             `json:"failed"` // it ended with an error, or its result's status is "error"
	Progress   progressView     `json:"progress"`
	Result     json.RawMessage  `json:"result"`    // null without one, in lists, and for readers who may not see it
	Error      string           `json:"error"`     // "" without one, and for readers who may not see it
	Fault      store.RunFault   `json:"fault"`     // "user", "plugin", "host" or ""
	Traceback  string           `json:"traceback"` // "" without one, in lists, and for readers who may not see it
	CreatedAt  time.Time        `json:"created_at"`
	StartedAt  *time.Time       `json:"started_at"`  // null before
	FinishedAt *time.Time       `json:"finished_at"` // null before
	DurationMS *int64           `json:"duration_ms"` // null before the end
}

// progressView is how far a run says it is.
type progressView struct {
	Done    int64  `json:"done"`
	Total   int64  `json:"total"` // 0 when it is not known
	Message string `json:"message"`
}

// run is a run as the caller may see it: what went in and what came out is an
// admin's.
func (r *request) run(run store.Run) runView {
	view := runView{
		ID: run.ID, Plugin: run.Plugin, Action: run.Action, Trigger: run.Trigger, Version: run.Version, Engine: run.Engine,
		Status: run.Status, Failed: run.Status == store.RunError || run.SaysError, Fault: run.ErrorFault, CreatedAt: run.CreatedAt,
		Progress: progressView{Done: run.ProgressDone, Total: run.ProgressTotal, Message: run.ProgressMessage},
	}
	if !run.StartedAt.IsZero() {
		view.StartedAt = &run.StartedAt
	}
	if !run.FinishedAt.IsZero() {
		view.FinishedAt, view.DurationMS = &run.FinishedAt, &run.DurationMS
	}
	if r.caller.Admin() {
		view.Params, view.Result, view.Error, view.Traceback = run.Params, run.Result, run.Error, run.Traceback
		if run.UserID != 0 {
			view.UserID = &run.UserID
		}
	}
	return view
}

// listRuns answers with a plugin's runs, the newest first.
func (s *server) listRuns(w http.ResponseWriter, r *request) error {
	q, err := r.query("limit", "before")
	if err != nil {
		return err
	}
	limit, err := q.number("limit", usualRuns, 1, mostRuns)
	if err != nil {
		return err
	}
	before := q["before"]
	if before != "" {
		id, err := uuid.Parse(before)
		if err != nil {
			return refuse(http.StatusBadRequest, "Invalid 'before'", "'before' is the id of a run: only older ones are listed.")
		}
		before = id.String()
	}
	var runs []store.Run
	err = s.found(r, func() error {
		var err error
		runs, err = s.plugins.Runs(r.Context(), r.key, limit, before)
		return err
	})
	if err != nil {
		return err
	}
	views := make([]runView, len(runs))
	for i, run := range runs {
		views[i] = r.run(run)
	}
	s.write(w, http.StatusOK, struct {
		Runs []runView `json:"runs"`
	}{views})
	return nil
}

// oneRun answers with one run.
func (s *server) oneRun(w http.ResponseWriter, r *request) error {
	id, err := r.runID()
	if err != nil {
		return err
	}
	run, err := s.plugins.RunByID(r.Context(), id)
	if err != nil {
		return err
	}
	s.write(w, http.StatusOK, r.run(run))
	return nil
}

// cancelRun ends a run and answers with it when it has ended.
func (s *server) cancelRun(w http.ResponseWriter, r *request) error {
	if _, err := r.read(w, maxBody); err != nil {
		return err
	}
	id, err := r.runID()
	if err != nil {
		return err
	}
	run, err := s.plugins.Cancel(r.Context(), id)
	if err != nil {
		return err
	}
	s.write(w, http.StatusOK, r.run(run))
	return nil
}

// runID returns the run's id in the path. What is no id is no run's.
func (r *request) runID() (string, error) {
	id, err := uuid.Parse(mux.Vars(r.Request)["id"])
	if err != nil {
		return "", registry.ErrNoRun
	}
	return id.String(), nil
}
