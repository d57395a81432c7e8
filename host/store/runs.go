package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// RunStatus is how far a run has come.
type RunStatus string

// The states of a run; the last three are final.
const (
	// RunQueued waits for its turn.
	RunQueued RunStatus = "queued"
	// RunRunning has been given to the plugin.
	RunRunning RunStatus = "running"
	// RunOK came back with a result.
	RunOK RunStatus = "ok"
	// RunError failed; Error, ErrorFault and Traceback say how.
	RunError RunStatus = "error"
	// RunCancelled was ended on request.
	RunCancelled RunStatus = "cancelled"
)

// RunTrigger is what caused a run.
type RunTrigger string

// The causes of a run.
const (
	// TriggerManual is a click on the page or the command line.
	TriggerManual RunTrigger = "manual"
	// TriggerAPI is a request by an API key.
	TriggerAPI RunTrigger = "api"
	// TriggerEvent is an event that the action listens to.
	TriggerEvent RunTrigger = "event"
	// TriggerSchedule is the action's schedule.
	TriggerSchedule RunTrigger = "schedule"
	// TriggerTask is a task that a plugin queued.
	TriggerTask RunTrigger = "task"
	// TriggerStart is the plugin's Start.
	TriggerStart RunTrigger = "start"
)

// RunFault is whose fault an error is.
type RunFault string

// Whose fault the error of a run is.
const (
	// FaultNone stands for no error.
	FaultNone RunFault = ""
	// FaultUser asks the person who ran the action to change what was given.
	FaultUser RunFault = "user"
	// FaultPlugin asks the plugin's author.
	FaultPlugin RunFault = "plugin"
	// FaultHost asks the operator, or us.
	FaultHost RunFault = "host"
)

// Run is one run of an action: a row of pluggarr_run.
type Run struct {
	bun.BaseModel `bun:"table:pluggarr_run"`

	// ID is a UUID version 7, so that a later run has a greater one.
	ID string `bun:"id,pk"`
	// Plugin is the plugin's key. The plugin may be gone.
	Plugin string `bun:"plugin"`
	// Action is the action's id.
	Action string `bun:"action"`
	// UserID is who ran it, 0 when nobody did or the user is gone.
	UserID int64 `bun:"user_id,nullzero"`
	// Trigger is what caused the run.
	Trigger RunTrigger `bun:"trigger"`
	// Version is the version of the plugin that ran, or empty.
	Version string `bun:"version"`
	// Engine is what ran it: interpreted, compiled or python; empty until known.
	Engine string `bun:"engine"`
	// Params are the action's parameters as given, {} for none.
	Params json.RawMessage `bun:"params"`
	// Status is how far the run has come.
	Status RunStatus `bun:"status"`
	// ProgressDone is how much of ProgressTotal is done, in the plugin's own unit.
	ProgressDone int64 `bun:"progress_done"`
	// ProgressTotal is how much there is to do, 0 when not known.
	ProgressTotal int64 `bun:"progress_total"`
	// ProgressMessage is what the plugin last said about its progress, or empty.
	ProgressMessage string `bun:"progress_message"`
	// Result is the JSON value that the action returned, as given; nil without one.
	Result json.RawMessage `bun:"result"`
	// Error is the message of the error, or empty.
	Error string `bun:"error"`
	// ErrorFault is whose fault the error is.
	ErrorFault RunFault `bun:"error_fault"`
	// Traceback is the plugin's stack, or empty.
	Traceback string `bun:"traceback"`
	// CreatedAt is when the run was asked for.
	CreatedAt time.Time `bun:"created_at"`
	// StartedAt is when the run was given to the plugin, zero before.
	StartedAt time.Time `bun:"started_at,nullzero"`
	// FinishedAt is when the run ended, zero before.
	FinishedAt time.Time `bun:"finished_at,nullzero"`
	// DurationMS is how long it took from StartedAt to FinishedAt in
	// milliseconds, 0 before the end and for an interrupted run.
	DurationMS int64 `bun:"duration_ms"`
	// SaysError says that Result is an object whose status is "error": the action
	// ran, and did not do its work. It is no column: Run and Runs fill it in.
	SaysError bool `bun:"-"`
}

// Progress is how far a run says it is.
type Progress struct {
	// Done is how much of Total is done, in the plugin's own unit.
	Done int64
	// Total is how much there is to do, 0 when not known.
	Total int64
	// Message is a short text, or empty.
	Message string
}

// InsertRun keeps a new run. It fills in what is zero: ID, CreatedAt, Params,
// Status (RunRunning), and StartedAt of a running one.
func (s *Store) InsertRun(ctx context.Context, run *Run) error {
	if run.ID == "" {
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("make a run id: %w", err)
		}
		run.ID = id.String()
	}
	if run.CreatedAt.IsZero() {
		run.CreatedAt = now()
	}
	if run.Status == "" {
		run.Status = RunRunning
	}
	if run.Status == RunRunning && run.StartedAt.IsZero() {
		run.StartedAt = run.CreatedAt
	}
	if run.Params == nil {
		run.Params = json.RawMessage("{}")
	}
	row := run.fit()
	err := s.small(ctx, func(ctx context.Context, db bun.IDB) error {
		_, err := db.NewInsert().Model(row).Returning("NULL").Exec(ctx)
		return err //nolint:wrapcheck // it is below
	})
	if err != nil {
		return fmt.Errorf("insert run of plugin %q: %w", run.Plugin, err)
	}
	return nil
}

// StartRun makes a queued run a running one, from now, and sets Status and
// StartedAt of run. It returns ErrNotFound when there is no such run or it is
// not queued; then run is left as it was.
func (s *Store) StartRun(ctx context.Context, run *Run) error {
	at := now()
	err := existing(s.write.NewUpdate().Model((*Run)(nil)).
		Set("status = ?", RunRunning).Set("started_at = ?", at).
		Where("id = ?", clean(run.ID)).Where("status = ?", RunQueued).Exec(ctx))
	if err != nil {
		return fmt.Errorf("start run %s: %w", run.ID, err)
	}
	run.Status, run.StartedAt = RunRunning, at
	return nil
}

// RequeueRun makes a running run a queued one: it begins anew later. Of a run
// that does not run nothing changes.
func (s *Store) RequeueRun(ctx context.Context, id string) error {
	_, err := s.write.NewUpdate().Model((*Run)(nil)).
		Set("status = ?", RunQueued).Set("started_at = NULL").
		Set("progress_done = 0").Set("progress_total = 0").Set("progress_message = ''").
		Where("id = ?", clean(id)).Where("status = ?", RunRunning).Exec(ctx)
	if err != nil {
		return fmt.Errorf("put run %s back: %w", id, err)
	}
	return nil
}

// Progress notes how far a run says it is. Of a run that has ended it is
// dropped without an error: the two may cross.
func (s *Store) Progress(ctx context.Context, id string, progress Progress) error {
	_, err := s.write.NewUpdate().Model((*Run)(nil)).
		Set("progress_done = ?", progress.Done).Set("progress_total = ?", progress.Total).
		Set("progress_message = ?", clean(progress.Message)).
		Where("id = ?", clean(id)).Where("finished_at IS NULL").Exec(ctx)
	if err != nil {
		return fmt.Errorf("note progress of run %s: %w", id, err)
	}
	return nil
}

// FinishRun ends a run: it keeps Version, Engine, Status, its progress, Result,
// Error, ErrorFault, Traceback and FinishedAt (zero means now) of run, and fills
// in DurationMS from its StartedAt. It returns ErrNotFound when there is no such
// run or it has ended already; then nothing changes.
func (s *Store) FinishRun(ctx context.Context, run *Run) error {
	return s.finishRun(ctx, run, "finished_at IS NULL")
}

// FinishQueuedRun is FinishRun for a run that never began: of one that is not
// queued any more nothing changes, and ErrNotFound is returned.
func (s *Store) FinishQueuedRun(ctx context.Context, run *Run) error {
	return s.finishRun(ctx, run, "status = ?", RunQueued)
}

// finishRun ends a run of which a condition holds.
func (s *Store) finishRun(ctx context.Context, run *Run, condition string, args ...any) error {
	if run.FinishedAt.IsZero() {
		run.FinishedAt = now()
	}
	if !run.StartedAt.IsZero() {
		run.DurationMS = max(0, run.FinishedAt.Sub(run.StartedAt).Milliseconds())
	}
	row := run.fit()
	err := s.small(ctx, func(ctx context.Context, db bun.IDB) error {
		return existing(db.NewUpdate().Model(row).
			Column("version", "engine", "status", "progress_done", "progress_total", "progress_message", "result", "error", "error_fault", "traceback", "finished_at", "duration_ms").
			WherePK().Where(condition, args...).Exec(ctx))
	})
	if err != nil {
		return fmt.Errorf("finish run %s: %w", run.ID, err)
	}
	return nil
}

// Run returns one run. It returns ErrNotFound when there is none.
func (s *Store) Run(ctx context.Context, id string) (*Run, error) {
	run := new(Run)
	if err := s.read.NewSelect().Model(run).Where("id = ?", clean(id)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read run %s: %w", id, one(err))
	}
	run.SaysError = saysError(string(run.Result))
	return run, nil
}

// Runs returns up to limit runs of a plugin, newest first, without Result and
// Traceback, which may be large. before is the ID of a run: only older ones
// are returned; empty means from the newest.
func (s *Store) Runs(ctx context.Context, plugin string, limit int, before string) ([]Run, error) {
	var runs []Run
	query := s.read.NewSelect().Model(&runs).ExcludeColumn("result", "traceback").
		Where("plugin = ?", clean(plugin)).Order("id DESC").Limit(int64(limit))
	if before != "" {
		query = query.Where("id < ?", clean(before))
	}
	if err := query.Scan(ctx); err != nil {
		return nil, fmt.Errorf("list runs of plugin %q: %w", plugin, err)
	}
	return runs, s.hearResults(ctx, runs)
}

// heardResult is how many characters of a result are read to find its status.
const heardResult = 64 << 10

// hearResults fills in SaysError of runs that were read without their results.
func (s *Store) hearResults(ctx context.Context, runs []Run) error {
	at := map[string]*Run{}
	for i := range runs {
		if runs[i].Status == RunOK {
			at[runs[i].ID] = &runs[i]
		}
	}
	if len(at) == 0 {
		return nil
	}
	var heads []struct{ ID, Head string }
	err := s.read.NewSelect().Model((*Run)(nil)).Column("id").ColumnExpr("substr(result, 1, ?) AS head", heardResult).
		Where("result IS NOT NULL").Where("id IN (?)", bun.List(slices.Collect(maps.Keys(at)))).Scan(ctx, &heads)
	if err != nil {
		return fmt.Errorf("read what runs say: %w", err)
	}
	for _, h := range heads {
		at[h.ID].SaysError = saysError(h.Head)
	}
	return nil
}

// saysError looks for the status in a JSON value, of which the end may be missing.
func saysError(result string) bool {
	read := json.NewDecoder(strings.NewReader(result))
	if first, err := read.Token(); err != nil || first != json.Delim('{') {
		return false
	}
	for read.More() {
		name, err := read.Token()
		if err != nil {
			return false
		}
		var value json.RawMessage
		if read.Decode(&value) != nil {
			return false
		}
		if name == "status" {
			return string(value) == `"error"`
		}
	}
	return false
}

// TrimRuns deletes the runs of plugin that are older than its newest keep
// runs, and runs of any plugin, removed ones too, created longer than maxAge
// ago. Runs that have not ended are never deleted. It returns how many went.
func (s *Store) TrimRuns(ctx context.Context, plugin string, keep int, maxAge time.Duration) (int, error) {
	deleted := 0
	err := s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		newest := tx.NewSelect().Model((*Run)(nil)).Column("id").
			Where("plugin = ?", clean(plugin)).Order("id DESC").Limit(1).Offset(int64(keep))
		for _, query := range []*bun.DeleteQuery{
			tx.NewDelete().Model((*Run)(nil)).Where("plugin = ?", clean(plugin)).Where("id <= (?)", newest),
			tx.NewDelete().Model((*Run)(nil)).Where("created_at < ?", now().Add(-maxAge)),
		} {
			n, err := affected(query.Where("finished_at IS NOT NULL").Exec(ctx))
			if err != nil {
				return err
			}
			deleted += n
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("trim runs of plugin %q: %w", plugin, err)
	}
	return deleted, nil
}

// InterruptRuns ends every run that has not ended, queued ones too, as an
// error of the host with the message why, but for those with an id of keep. It is for the start of the host, when
// those who ran them are dead, and knows of one host on a database only. It
// returns how many there were.
func (s *Store) InterruptRuns(ctx context.Context, why string, keep ...string) (int, error) {
	query := s.write.NewUpdate().Model((*Run)(nil)).
		Set("status = ?", RunError).Set("error = ?", clean(why)).Set("error_fault = ?", FaultHost).
		Set("finished_at = ?", now()).Where("finished_at IS NULL")
	if len(keep) > 0 {
		query = query.Where("id NOT IN (?)", bun.List(keep))
	}
	n, err := affected(query.Exec(ctx))
	if err != nil {
		return 0, fmt.Errorf("interrupt runs: %w", err)
	}
	return n, nil
}

// fit is the run as its columns hold it: plugins write what they like.
func (r *Run) fit() *Run {
	row := *r
	for _, text := range []*string{
		&row.ID, &row.Plugin, &row.Action, &row.Version, &row.Engine,
		&row.ProgressMessage, &row.Error, &row.Traceback,
	} {
		*text = clean(*text)
	}
	return &row
}
