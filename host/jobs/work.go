package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/riverqueue/river"
)

const (
	longest       = 24 * time.Hour         // a job without a timeout of its own
	fetchCooldown = 5 * time.Millisecond   // between two looks into the queue
	fetchPoll     = 500 * time.Millisecond // for what nobody was told of
)

// Task is a job while it is done.
type Task struct {
	// ID is the job's number.
	ID int64
	// Args are what the job was queued with.
	Args json.RawMessage
	// Attempt is which try it is, counted from 1.
	Attempt int
	// Again says that somebody had the job done once more with [Queue.Retry]. It
	// is kept in memory: false when the host was stopped since, also for what
	// that interrupted.
	Again bool

	queue  *Queue
	cancel context.CancelCauseFunc

	mu       sync.Mutex // guards what follows
	job      Job
	progress json.RawMessage
}

// Decode reads the arguments into v.
func (t *Task) Decode(v any) error {
	if err := json.Unmarshal(t.Args, v); err != nil {
		return Final(fmt.Errorf("read the arguments of job %d: %w", t.ID, err))
	}
	return nil
}

// Progress says how far the job is: anything that encodes to JSON. It is kept
// in memory, and gone with the host.
func (t *Task) Progress(v any) {
	raw, err := json.Marshal(v)
	if err != nil {
		return // of no use to anybody
	}
	t.mu.Lock()
	t.progress = raw
	t.job.Progress = raw
	job := t.job
	t.mu.Unlock()
	t.queue.cfg.Changed(job)
}

// finalError is an error that no further attempt will mend.
type finalError struct{ error }

// Unwrap returns the error itself.
func (f finalError) Unwrap() error { return f.error }

// Final marks an error of a handler as one that is not tried again.
func Final(err error) error { return finalError{err} }

// Later says whether a handler's context ended because the host shuts down:
// the job is done again after the next start.
func Later(ctx context.Context) bool { return errors.Is(context.Cause(ctx), errStopping) }

// worker does the jobs of one kind, for River.
type worker struct {
	river.WorkerDefaults[args]
	queue *Queue
	kind  Kind
}

// Timeout is never without an end: River finds no lost job that has none.
func (w *worker) Timeout(*river.Job[args]) time.Duration {
	if w.kind.Timeout > 0 {
		return w.kind.Timeout
	}
	return longest
}

// Work does one job.
func (w *worker) Work(ctx context.Context, job *river.Job[args]) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	t := &Task{ID: job.ID, Args: job.Args.Body, Attempt: job.Attempt, queue: w.queue, cancel: cancel}
	t.Again = w.queue.wantedAgain(job.ID)
	t.job = w.queue.view(job.JobRow)
	w.queue.begin(t)
	defer w.queue.end(t)
	output, err := w.do(ctx, t)
	var final finalError
	switch {
	case err == nil:
	case Later(ctx):
		t.ended(Queued, nil)
		return river.JobSnooze(0) //nolint:wrapcheck // River looks for this very value
	case byHand(context.Cause(ctx)), errors.Is(err, ErrCancelled):
		t.ended(Cancelled, err)
		return river.JobCancel(err) //nolint:wrapcheck // River writes it down
	case errors.As(err, &final) || job.Attempt >= job.MaxAttempts:
		t.ended(Failed, err)
		if job.Attempt < job.MaxAttempts {
			return river.JobCancel(err) //nolint:wrapcheck // River writes it down
		}
		return err
	default:
		t.ended(Retrying, err)
		return err
	}
	if output != nil {
		if err := river.RecordOutput(ctx, output); err != nil {
			w.queue.cfg.Log.Warn("keep the output of a job", "job", job.ID, "error", err)
		}
	}
	t.ended(OK, nil)
	return nil
}

// do calls the handler; a panic is an error.
func (w *worker) do(ctx context.Context, t *Task) (output any, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			w.queue.cfg.Log.Error("a job made the host panic", "job", t.ID, "panic", fmt.Sprint(cause), "stack", string(debug.Stack()))
			err = Final(fmt.Errorf("the host made a mistake: %v", cause))
		}
	}()
	return w.kind.Do(ctx, t)
}

// byHand says whether somebody cancelled the job; River, which looks now and
// then who did, has a word of its own for it.
func byHand(cause error) bool {
	return errors.Is(cause, ErrCancelled) || errors.Is(cause, river.ErrJobCancelledRemotely)
}

// wantedAgain says, once, whether a job was retried.
func (q *Queue) wantedAgain(id int64) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	wanted := q.again[id] > 0
	delete(q.again, id)
	return wanted
}

func (q *Queue) begin(t *Task) {
	q.mu.Lock()
	q.running[t.ID] = t
	attempt, early := q.early[t.ID]
	delete(q.early, t.ID)
	q.mu.Unlock()
	if early && attempt == t.Attempt {
		t.cancel(ErrCancelled)
	}
	q.cfg.Changed(t.job)
}

func (q *Queue) end(t *Task) {
	q.mu.Lock()
	delete(q.running, t.ID)
	q.mu.Unlock()
}

// ended tells how the job ended, before River has written it down.
func (t *Task) ended(s State, err error) {
	t.mu.Lock()
	t.job.State, t.job.FinishedAt = s, time.Now().UTC()
	if err != nil {
		t.job.Error = err.Error()
	}
	job := t.job
	t.mu.Unlock()
	t.queue.cfg.Changed(job)
}

// settings are how River is run here.
func (q *Queue) settings() (*river.Config, error) {
	workers := river.NewWorkers()
	queues := map[string]river.QueueConfig{}
	for name, kind := range q.cfg.Kinds {
		river.AddWorkerArgs(workers, args{kind: name}, &worker{queue: q, kind: kind})
		if kind.Queue == "" || kind.Workers < 1 || kind.Do == nil {
			return nil, fmt.Errorf("the kind %s of jobs has no queue, no workers or nothing to do", name)
		}
		at := queues[kind.Queue]
		at.MaxWorkers = max(at.MaxWorkers, kind.Workers)
		queues[kind.Queue] = at
	}
	return &river.Config{
		Workers: workers, Queues: queues, Logger: slog.New(warnings{q.cfg.Log.Handler()}),
		FetchCooldown: fetchCooldown, FetchPollInterval: fetchPoll,
		JobTimeout: longest, RescueStuckJobsAfter: longest + time.Hour,
	}, nil
}
