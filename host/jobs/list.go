package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// State is how far a job is.
type State string

// The states of a job; the last three are final.
const (
	Queued    State = "queued"    // it waits for its turn
	Scheduled State = "scheduled" // it waits for its time
	Running   State = "running"   // it is being done
	Retrying  State = "retrying"  // it failed and waits to be tried again
	OK        State = "ok"        // it is done
	Failed    State = "failed"    // it failed, and is not tried again by itself
	Cancelled State = "cancelled" // it was ended on request
)

// States lists the states.
func States() []State {
	return []State{Queued, Scheduled, Running, Retrying, OK, Failed, Cancelled}
}

// river lists River's states for ours.
func (s State) river() []rivertype.JobState {
	return map[State][]rivertype.JobState{
		Queued:    {rivertype.JobStateAvailable, rivertype.JobStatePending},
		Scheduled: {rivertype.JobStateScheduled},
		Running:   {rivertype.JobStateRunning},
		Retrying:  {rivertype.JobStateRetryable},
		OK:        {rivertype.JobStateCompleted},
		Failed:    {rivertype.JobStateDiscarded},
		Cancelled: {rivertype.JobStateCancelled},
	}[s]
}

// Job is a job as it is looked at.
type Job struct {
	// ID is the job's number; a later job has a greater one.
	ID int64
	// Kind is what it does.
	Kind string
	// State is how far it is.
	State State
	// Args are what it was queued with.
	Args json.RawMessage
	// Unique names what it is about; may be "".
	Unique string
	// Attempt is how often it was begun.
	Attempt int
	// Attempts is how often it is begun at most.
	Attempts int
	// Progress is what it said last, as its kind does; nil before, and after
	// its end.
	Progress json.RawMessage
	// Output is what came of it; nil for nothing.
	Output json.RawMessage
	// Error is why it failed last; "" without a failure.
	Error string
	// CreatedAt is when it was queued.
	CreatedAt time.Time
	// ScheduledAt is when it begins, or began, at the earliest.
	ScheduledAt time.Time
	// StartedAt is when it was begun last; zero before.
	StartedAt time.Time
	// FinishedAt is when it was over; zero before.
	FinishedAt time.Time
}

// view is a row of River's as we show it.
func (q *Queue) view(row *rivertype.JobRow) Job {
	j := Job{
		ID: row.ID, Kind: row.Kind, State: stateOf(row.State), Attempt: row.Attempt, Attempts: row.MaxAttempts,
		CreatedAt: row.CreatedAt.UTC(), ScheduledAt: row.ScheduledAt.UTC(), Output: row.Output(),
	}
	var a args
	if json.Unmarshal(row.EncodedArgs, &a) == nil {
		j.Args, j.Unique = a.Body, a.Unique
	}
	if row.AttemptedAt != nil {
		j.StartedAt = row.AttemptedAt.UTC()
	}
	if row.FinalizedAt != nil {
		j.FinishedAt = row.FinalizedAt.UTC()
	}
	if n := len(row.Errors); n > 0 && j.State != OK {
		j.Error = strings.TrimPrefix(row.Errors[n-1].Error, "JobCancelError: ") // River's word, nobody else's
	}
	q.mu.Lock()
	t := q.running[row.ID]
	q.mu.Unlock()
	if t != nil && j.State == Running {
		t.mu.Lock()
		j.Progress = t.progress
		t.mu.Unlock()
	}
	return j
}

func stateOf(s rivertype.JobState) State {
	for _, ours := range States() {
		if slices.Contains(ours.river(), s) {
			return ours
		}
	}
	return State(s)
}

// Filter says which jobs are wanted.
type Filter struct {
	// Kind is one kind; "" means all.
	Kind string
	// State is one state; "" means all.
	State State
	// About is what a job is about, its Unique; "" means all.
	About string
	// Unfinished leaves out jobs that are over.
	Unfinished bool
	// Before is a job's number: only earlier ones; 0 means from the newest.
	Before int64
	// Limit is how many at most; zero means 50, and 1,000 is the most.
	Limit int
}

// List returns jobs, the newest first. Those that are over are kept for a day,
// failed ones for a week.
func (q *Queue) List(ctx context.Context, f Filter) ([]Job, error) {
	if f.Limit <= 0 {
		f.Limit = 50
	}
	p := river.NewJobListParams().OrderBy(river.JobListOrderByID, river.SortOrderDesc).First(min(f.Limit, 1000))
	if f.Kind != "" {
		p = p.Kinds(f.Kind)
	}
	switch {
	case f.State != "":
		p = p.States(f.State.river()...)
	case f.Unfinished:
		p = p.States(slices.Concat(Queued.river(), Scheduled.river(), Running.river(), Retrying.river())...)
	default:
		p = p.States(rivertype.JobStates()...)
	}
	if f.About != "" {
		p = p.Where("args ->> 'unique' = @about", river.NamedArgs{"about": f.About})
	}
	if f.Before > 0 {
		p = p.Where("id < @before", river.NamedArgs{"before": f.Before})
	}
	found, err := q.engine.JobList(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("list jobs: %w", err)
	}
	list := make([]Job, len(found.Jobs))
	for i, row := range found.Jobs {
		list[i] = q.view(row)
	}
	return list, nil
}

// Get returns one job, or ErrNotFound.
func (q *Queue) Get(ctx context.Context, id int64) (Job, error) {
	row, err := q.engine.JobGet(ctx, id)
	if err != nil {
		return Job{}, one(id, err)
	}
	return q.view(row), nil
}

// Cancel ends a job that runs, or keeps one from beginning. What runs is told,
// and may take a moment. The error is ErrNotFound or ErrOver.
func (q *Queue) Cancel(ctx context.Context, id int64) (Job, error) {
	before, err := q.Get(ctx, id)
	if err != nil {
		return Job{}, err
	}
	if !before.FinishedAt.IsZero() {
		return before, ErrOver
	}
	row, err := q.engine.JobCancel(ctx, id)
	if err != nil {
		return Job{}, one(id, err)
	}
	q.mu.Lock()
	t := q.running[id]
	if t == nil && row.State == rivertype.JobStateRunning {
		q.early[id] = row.Attempt
	}
	q.mu.Unlock()
	if t != nil {
		t.cancel(ErrCancelled)
	}
	j := q.view(row)
	if j.State == Cancelled {
		q.mu.Lock()
		delete(q.early, id)
		delete(q.again, id)
		q.mu.Unlock()
		if dropped := q.cfg.Kinds[j.Kind].Dropped; dropped != nil {
			dropped(ctx, j.Args)
		}
		q.cfg.Changed(j)
	}
	return j, nil
}

// Each calls do with every job that a filter wants, the newest first, whatever
// its Limit. It returns what do returns.
func (q *Queue) Each(ctx context.Context, f Filter, do func(j Job) error) error {
	for f.Limit = 1000; ; {
		list, err := q.List(ctx, f)
		if err != nil {
			return err
		}
		for _, j := range list {
			if err := do(j); err != nil {
				return err
			}
			f.Before = j.ID
		}
		if len(list) < f.Limit {
			return nil
		}
	}
}

// Drop cancels the jobs of a kind that have not begun and whose arguments drop
// wants.
func (q *Queue) Drop(ctx context.Context, kind string, drop func(args json.RawMessage) bool) error {
	return q.Each(ctx, Filter{Kind: kind, Unfinished: true}, func(j Job) error {
		if j.State != Queued && j.State != Scheduled || !drop(j.Args) {
			return nil
		}
		_, err := q.Cancel(ctx, j.ID)
		if errors.Is(err, ErrOver) {
			return nil
		}
		return err
	})
}

// Retry does a job again, at once, whatever became of it. The error is
// ErrNotFound or ErrRuns.
func (q *Queue) Retry(ctx context.Context, id int64) (Job, error) {
	q.mu.Lock()
	q.again[id]++ // before it may begin
	q.mu.Unlock()
	row, err := q.engine.JobRetry(ctx, id)
	if err != nil {
		q.notAgain(id)
		return Job{}, one(id, err)
	}
	if row.State == rivertype.JobStateRunning {
		q.notAgain(id)
		return q.view(row), ErrRuns
	}
	j := q.view(row)
	q.cfg.Changed(j)
	return j, nil
}

// notAgain takes one call of Retry back, and no other.
func (q *Queue) notAgain(id int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.again[id]--; q.again[id] <= 0 {
		delete(q.again, id)
	}
}

func one(id int64, err error) error {
	if errors.Is(err, rivertype.ErrNotFound) {
		return ErrNotFound
	}
	return fmt.Errorf("job %d: %w", id, err)
}
