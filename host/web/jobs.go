package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pluggarr/pluggarr/host/jobs"
	"github.com/pluggarr/pluggarr/host/store"
)

// jobsPath is where jobs are: what is done later, or in the background.
const jobsPath = "/api/jobs/"

// jobRoutes lists the API of jobs.
func (s *server) jobRoutes() []route {
	return []route{
		{jobsPath, methods{http.MethodGet: {need: store.ScopeRead, serve: s.listJobs}}},
		{jobsPath + "{id}/", methods{http.MethodGet: {need: store.ScopeRead, serve: s.oneJob}}},
		{jobsPath + "{id}/cancel/", methods{http.MethodPost: {need: store.ScopeRun, serve: s.queueing(s.cancelJob)}}},
		{jobsPath + "{id}/retry/", methods{http.MethodPost: {need: store.ScopeRun, serve: s.queueing(s.retryJob)}}},
	}
}

// jobView is a job as the API shows it.
type jobView struct {
	ID          int64           `json:"id"`
	Kind        string          `json:"kind"`
	State       jobs.State      `json:"state"`
	About       string          `json:"about"` // what no two jobs of the kind are about at once; may be ""
	Args        json.RawMessage `json:"args"`  // null for readers who may not see them
	Attempt     int             `json:"attempt"`
	Attempts    int             `json:"attempts"`
	Progress    json.RawMessage `json:"progress"` // null unless it runs and has said something
	Output      json.RawMessage `json:"output"`   // null without one, and for readers who may not see it
	Error       string          `json:"error"`    // "" without one, and for readers who may not see it
	CreatedAt   time.Time       `json:"created_at"`
	ScheduledAt time.Time       `json:"scheduled_at"`
	StartedAt   *time.Time      `json:"started_at"`  // null before
	FinishedAt  *time.Time      `json:"finished_at"` // null before
}

// job is a job as the caller may see it: what came of it is an admin's.
func (r *request) job(j jobs.Job) jobView {
	view := jobView{
		ID: j.ID, Kind: j.Kind, State: j.State, About: j.Unique, Attempt: j.Attempt, Attempts: j.Attempts,
		Progress: j.Progress, CreatedAt: j.CreatedAt, ScheduledAt: j.ScheduledAt,
	}
	if !j.StartedAt.IsZero() {
		view.StartedAt = &j.StartedAt
	}
	if !j.FinishedAt.IsZero() {
		view.FinishedAt = &j.FinishedAt
	}
	if r.caller.Admin() {
		view.Args, view.Output, view.Error = unsealed(j.Args), j.Output, j.Error
	}
	return view
}

// listJobs answers with jobs, the newest first.
func (s *server) listJobs(w http.ResponseWriter, r *request) error {
	words, err := r.query("kind", "state", "about", "unfinished", "before", "limit")
	if err != nil {
		return err
	}
	f := jobs.Filter{Kind: words["kind"], State: jobs.State(words["state"]), About: words["about"]}
	if f.Limit, err = words.number("limit", usualRuns, 1, mostRuns); err != nil {
		return err
	}
	if f.Unfinished, err = words.truth("unfinished"); err != nil {
		return err
	}
	if word, ok := words["before"]; ok {
		if f.Before, err = strconv.ParseInt(word, 10, 64); err != nil {
			return refuse(http.StatusBadRequest, "Invalid 'before'", "'before' is the number of a job: only older ones are listed.")
		}
	}
	if f.State != "" && !slices.Contains(jobs.States(), f.State) {
		return refuse(http.StatusBadRequest, "Invalid 'state'", "'state' is one of "+stateWords()+".")
	}
	views := []jobView{}
	if s.jobs != nil {
		found, err := s.jobs.List(r.Context(), f)
		if err != nil {
			return err
		}
		for _, j := range found {
			views = append(views, r.job(j))
		}
	}
	s.write(w, http.StatusOK, struct {
		Jobs []jobView `json:"jobs"`
	}{views})
	return nil
}

func stateWords() string {
	var words []string
	for _, state := range jobs.States() {
		words = append(words, string(state))
	}
	return strings.Join(words, ", ")
}

// oneJob answers with one job.
func (s *server) oneJob(w http.ResponseWriter, r *request) error {
	id, err := r.number("id")
	if err != nil || s.jobs == nil {
		return notFound("")
	}
	j, err := s.jobs.Get(r.Context(), id)
	if errors.Is(err, jobs.ErrNotFound) {
		return notFound("There is no such job. Jobs that are over are kept for a day, failed ones for a week.")
	}
	if err != nil {
		return err
	}
	s.write(w, http.StatusOK, r.job(j))
	return nil
}

// unsealed leaves out what only the host can read.
func unsealed(args json.RawMessage) json.RawMessage {
	var object map[string]json.RawMessage
	if json.Unmarshal(args, &object) != nil || object["sealed"] == nil {
		return args
	}
	delete(object, "sealed")
	raw, err := encode(object)
	if err != nil {
		return nil
	}
	return raw
}

// cancelJob ends a job, or keeps it from beginning.
func (s *server) cancelJob(w http.ResponseWriter, r *request) error {
	return s.withJob(w, r, func(id int64) (jobs.Job, error) { return s.jobs.Cancel(r.Context(), id) })
}

// retryJob has a job done again.
func (s *server) retryJob(w http.ResponseWriter, r *request) error {
	return s.withJob(w, r, func(id int64) (jobs.Job, error) { return s.jobs.Retry(r.Context(), id) })
}

// withJob answers with what do returns for the job in the path.
func (s *server) withJob(w http.ResponseWriter, r *request, do func(id int64) (jobs.Job, error)) error {
	if r.Method == http.MethodPost {
		if _, err := r.read(w, maxBody); err != nil {
			return err
		}
	}
	id, err := r.number("id")
	if err != nil {
		return jobs.ErrNotFound
	}
	j, err := do(id)
	if err != nil {
		return err
	}
	s.write(w, http.StatusOK, r.job(j))
	return nil
}
