// Package jobs does things later, again, or in the background, and goes on with
// them after the host was ended: at least once, so that what a job does must
// bear being done twice. What the kinds of jobs do is given to it.
package jobs

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/pluggarr/pluggarr/host/store"
)

// Kinds of jobs.
const (
	KindRun    = "plugin_run"  // runs an action of a plugin
	KindM3U    = "m3u_refresh" // refreshes an M3U account
	KindEPG    = "epg_refresh" // refreshes an EPG source
	KindPython = "python_task" // runs a task that a Python plugin queued
)

// Errors that callers decide on.
var (
	ErrNotFound  = errors.New("job not found")                 // no job has the number
	ErrOver      = errors.New("the job is over")               // it cannot be cancelled any more
	ErrRuns      = errors.New("the job is running")            // it cannot be tried again yet
	ErrKind      = errors.New("there is no such kind of job")  // nobody does what was asked for
	errStopping  = errors.New("the host is shutting down")     // the cause with which jobs end that go on later
	ErrCancelled = errors.New("the job was cancelled by hand") // the cause with which a cancelled job ends
)

// Handler does a job. It may be called again for a job that was done, when the
// host died before it could write that down. The context ends when the job is
// cancelled, takes too long, or the host shuts down; [Later] tells the last
// apart. An error is tried again as often as the job has attempts, unless it
// was made by [Final]. The output, anything that encodes to JSON, is kept.
type Handler func(ctx context.Context, t *Task) (output any, err error)

// Kind is what is done with the jobs of one kind.
type Kind struct {
	// Do does a job. Required.
	Do Handler
	// Queue names the queue, as in "refresh"; kinds with one name share its
	// workers.
	Queue string
	// Workers is how many jobs of the queue are done at once; the greatest
	// number counts.
	Workers int
	// Timeout ends a job that takes longer; zero means 24 h. There is no "never":
	// what nobody ends would never be found again.
	Timeout time.Duration
	// Attempts is how often a job is tried unless it says otherwise; zero means 1.
	Attempts int
	// Dropped hears of a job that was cancelled before it began. May be nil.
	Dropped func(ctx context.Context, args json.RawMessage)
}

// Config is what a Queue is made of. Store and Kinds are required.
type Config struct {
	// Store is where jobs are kept.
	Store *store.Store
	// Kinds are the kinds of jobs by name.
	Kinds map[string]Kind
	// Changed hears that a job has begun, said how far it is, or has ended. It
	// must not wait. May be nil.
	Changed func(j Job)
	// Log hears what goes wrong in the queue. Nil means silence.
	Log *slog.Logger
}

// Queue is the jobs of one host. Its methods may be used concurrently.
type Queue struct {
	cfg      Config
	engine   engine
	starting sync.RWMutex // held by Start: River does not bear that a job is put in meanwhile

	mu      sync.Mutex // guards what follows
	running map[int64]*Task
	early   map[int64]int // attempts, by job, that were cancelled between being taken and beginning
	again   map[int64]int // how often, by job, those that have not begun were retried
}

// engine is River on one of the databases.
type engine struct {
	service
	jobs
	// insertTx puts a job in as part of a transaction.
	insertTx func(ctx context.Context, tx *sql.Tx, args river.JobArgs, opts *river.InsertOpts) (*rivertype.JobRow, error)
	// close gives back what belongs to the engine alone.
	close func()
}

// service is what of River begins and ends.
type service interface {
	Start(ctx context.Context) error
	StopAndCancel(ctx context.Context) error
}

// jobs is what of River is about single jobs.
type jobs interface {
	Insert(ctx context.Context, args river.JobArgs, opts *river.InsertOpts) (*rivertype.JobInsertResult, error)
	JobGet(ctx context.Context, id int64) (*rivertype.JobRow, error)
	JobList(ctx context.Context, params *river.JobListParams) (*river.JobListResult, error)
	JobCancel(ctx context.Context, id int64) (*rivertype.JobRow, error)
	JobRetry(ctx context.Context, id int64) (*rivertype.JobRow, error)
}

// Open brings the queue's tables up to date and puts the jobs back that a host
// before this one did not finish. Nothing is done before Start. It returns an
// error when another host uses the database.
func Open(ctx context.Context, cfg Config) (*Queue, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Changed == nil {
		cfg.Changed = func(Job) {}
	}
	q := &Queue{cfg: cfg, running: map[int64]*Task{}, early: map[int64]int{}, again: map[int64]int{}}
	var err error
	if at := cfg.Store.Queue(); at.Postgres != nil {
		q.engine, err = openPostgres(ctx, q, at.Postgres)
	} else {
		q.engine, err = openSQLite(ctx, q, at.SQLite)
	}
	if err != nil {
		return nil, fmt.Errorf("open the queue of jobs: %w", err)
	}
	return q, nil
}

// Start begins to do jobs. Whoever started it stops it.
func (q *Queue) Start() error {
	q.starting.Lock()
	defer q.starting.Unlock()
	// Not the caller's context: that would end jobs without the chance to be told why.
	if err := q.engine.Start(context.Background()); err != nil {
		return fmt.Errorf("start the queue of jobs: %w", err)
	}
	return nil
}

// Stop takes no more jobs and ends those that are under way, which go on with
// the next start. It waits until they have ended, as long as ctx lasts.
func (q *Queue) Stop(ctx context.Context) error {
	q.mu.Lock()
	for _, t := range q.running {
		t.cancel(errStopping)
	}
	q.mu.Unlock()
	if err := q.engine.StopAndCancel(ctx); err != nil {
		return fmt.Errorf("stop the queue of jobs: %w", err)
	}
	return nil
}

// Close gives back the queue's connections. A queue that was started is
// stopped first.
func (q *Queue) Close() { q.engine.close() }

// Request is a job to be done.
type Request struct {
	// Kind is one of Config.Kinds.
	Kind string
	// Args encodes to JSON; the handler gets it.
	Args any
	// At is when to begin at the earliest; zero means now. What begins later
	// may begin up to five seconds late.
	At time.Time
	// Unique, unless "", names what the job is about: while a job of the kind
	// with the same name waits or runs, no second one is made.
	Unique string
	// Once makes Unique count also for jobs with Once that were done within the
	// last day.
	Once bool
	// Attempts is how often it is tried; zero means as the kind says.
	Attempts int
}

// Enqueue puts a job in and returns it; when a job with the same Unique is
// there, that one. The error is ErrKind for a kind that nobody does.
func (q *Queue) Enqueue(ctx context.Context, r Request) (Job, error) {
	args, opts, err := q.prepare(r)
	if err != nil {
		return Job{}, err
	}
	q.starting.RLock()
	made, err := q.engine.Insert(ctx, args, opts)
	q.starting.RUnlock()
	if err != nil {
		return Job{}, fmt.Errorf("queue a job of kind %s: %w", r.Kind, err)
	}
	return q.view(made.Job), nil
}

// EnqueueTx is Enqueue as part of a transaction: the job is there when that is
// committed, and begins within a second.
func (q *Queue) EnqueueTx(ctx context.Context, tx *sql.Tx, r Request) (Job, error) {
	args, opts, err := q.prepare(r)
	if err != nil {
		return Job{}, err
	}
	row, err := q.engine.insertTx(ctx, tx, args, opts)
	if err != nil {
		return Job{}, fmt.Errorf("queue a job of kind %s: %w", r.Kind, err)
	}
	return q.view(row), nil
}

// prepare makes a request into what River takes.
func (q *Queue) prepare(r Request) (river.JobArgs, *river.InsertOpts, error) {
	kind, ok := q.cfg.Kinds[r.Kind]
	if !ok {
		return nil, nil, fmt.Errorf("%w: %q", ErrKind, r.Kind)
	}
	body, err := json.Marshal(r.Args)
	if err != nil {
		return nil, nil, fmt.Errorf("encode a job of kind %s: %w", r.Kind, err)
	}
	opts := &river.InsertOpts{Queue: kind.Queue, MaxAttempts: max(1, kind.Attempts), ScheduledAt: r.At}
	if r.Attempts > 0 {
		opts.MaxAttempts = r.Attempts
	}
	if r.Unique != "" {
		opts.UniqueOpts = river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
			rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning,
			rivertype.JobStateScheduled, rivertype.JobStateRetryable,
		}}
		if r.Once {
			opts.UniqueOpts.ByState = append(opts.UniqueOpts.ByState, rivertype.JobStateCompleted)
		}
	}
	return args{kind: r.Kind, Unique: r.Unique, Body: body}, opts, nil
}

// args are a job's arguments as River keeps them.
type args struct {
	kind string
	// Unique is what no two jobs of a kind may share while they are not over.
	Unique string `json:"unique,omitempty" river:"unique"`
	// Body is what the handler gets.
	Body json.RawMessage `json:"body"`
}

// Kind is the job's kind, for River.
func (a args) Kind() string { return a.kind }
