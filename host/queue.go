package host

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/pluggarr/pluggarr/host/hub"
	"github.com/pluggarr/pluggarr/host/ingest"
	"github.com/pluggarr/pluggarr/host/jobs"
	"github.com/pluggarr/pluggarr/host/registry"
	"github.com/pluggarr/pluggarr/host/services"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// refreshTime is the most that one refresh may take.
const refreshTime = 4 * time.Hour

// jobsGrace is how long jobs may take to end when the host does; plugins have
// their own grace within it.
const jobsGrace = 30 * time.Second

// openIngest opens what downloads.
func (h *Host) openIngest(ctx context.Context) (err error) {
	dir := h.cfg.hostDir()
	if h.ingest, err = ingest.New(ingest.Config{Store: h.store, Dir: filepath.Join(dir, "downloads"), Log: h.cfg.Log}); err != nil {
		return err
	}
	h.pictures, err = ingest.NewPictures(ingest.PicturesConfig{
		Dir: filepath.Join(dir, "pictures"), Own: filepath.Join(h.cfg.filesDir(), "logos"),
	})
	if err != nil {
		return err
	}
	return h.ingest.Tidy(ctx)
}

// openQueue opens the jobs, and ends runs that no job will go on with.
func (h *Host) openQueue(ctx context.Context) error {
	var err error
	h.jobs, err = jobs.Open(ctx, jobs.Config{
		Store: h.store, Changed: h.jobNews, Log: h.cfg.Log,
		Kinds: map[string]jobs.Kind{
			jobs.KindRun:    {Do: h.doRun, Queue: "runs", Workers: 32, Dropped: h.dropRun},
			jobs.KindM3U:    {Do: h.doM3U, Queue: "refresh", Workers: 2, Timeout: refreshTime},
			jobs.KindEPG:    {Do: h.doEPG, Queue: "refresh", Workers: 2, Timeout: refreshTime},
			jobs.KindPython: {Do: h.doPython, Queue: "python", Workers: 16},
		},
	})
	if err != nil {
		return err
	}
	h.schedules = jobs.NewSchedules(h.jobs)
	var later []string
	err = h.jobs.Each(ctx, jobs.Filter{Kind: jobs.KindRun, Unfinished: true}, func(j jobs.Job) error {
		var q registry.QueuedRun
		if json.Unmarshal(j.Args, &q) == nil && q.Run != "" {
			later = append(later, q.Run)
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = h.store.InterruptRuns(ctx, "the host was ended while it ran", later...)
	return err
}

// doRun runs an action.
func (h *Host) doRun(ctx context.Context, t *jobs.Task) (any, error) {
	var q registry.QueuedRun
	if err := t.Decode(&q); err != nil {
		return nil, err
	}
	q.Again = t.Again
	own, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	defer context.AfterFunc(ctx, func() {
		if jobs.Later(ctx) {
			cancel(registry.ErrSuspended)
			return
		}
		cancel(context.Cause(ctx))
	})()
	result, err := h.plugins.RunQueued(own, q)
	switch {
	case errors.Is(err, registry.ErrNoRun): // it was cancelled, and is too old to be known
		return nil, nil
	case errors.Is(err, registry.ErrCancelled):
		return nil, fmt.Errorf("%w: %w", jobs.ErrCancelled, err)
	case err != nil:
		return nil, err
	case result == nil:
		return nil, nil
	}
	if said := saidError(result); said != nil {
		return nil, jobs.Final(said) // the action did run: nothing says that once more would help
	}
	return result, nil
}

// saidError is what the result of an action says went wrong; nil when it says
// no such thing.
func saidError(result json.RawMessage) error {
	var says struct {
		Status, Message, Error any
	}
	_ = json.Unmarshal(result, &says) // a result may be anything: then it is no error
	if says.Status != "error" {
		return nil
	}
	for _, word := range []any{says.Message, says.Error} {
		if text, _ := word.(string); strings.TrimSpace(text) != "" {
			return errors.New(text)
		}
	}
	return errors.New("the result says error")
}

// dropRun ends a run whose job was cancelled before it began.
func (h *Host) dropRun(ctx context.Context, args json.RawMessage) {
	var q registry.QueuedRun
	if json.Unmarshal(args, &q) == nil && q.Run != "" {
		_, _ = h.plugins.CancelQueued(ctx, q.Run) // it may be over, or begin just now and find that its job is
	}
}

// refreshed names what a job refreshes.
type refreshed struct {
	ID int64 `json:"id"` // of the account or source
}

// doM3U refreshes an M3U account and tells who listens.
func (h *Host) doM3U(ctx context.Context, t *jobs.Task) (any, error) {
	var of refreshed
	if err := t.Decode(&of); err != nil {
		return nil, err
	}
	told, err := h.refreshM3U(ctx, of.ID, h.refreshNews(t))
	if err != nil {
		return nil, refreshError(err)
	}
	return told, nil
}

// refreshM3U refreshes an M3U account and tells plugins.
func (h *Host) refreshM3U(ctx context.Context, account int64, progress func(ingest.Progress)) (sdk.M3URefreshed, error) {
	result, err := h.ingest.RefreshM3U(ctx, account, progress)
	h.plugins.Saved(wire.SavedParams{Model: "m3u.M3UAccount", ID: account})
	if err != nil {
		return sdk.M3URefreshed{}, err
	}
	told := sdk.M3URefreshed{
		AccountName: result.AccountName, ElapsedTime: result.Elapsed.Seconds(),
		StreamsCreated: result.Created, StreamsUpdated: result.Updated, StreamsStale: result.Stale, StreamsDeleted: result.Deleted,
		TotalProcessed: result.Total,
	}
	h.happened(ctx, sdk.EventM3URefresh, told)
	return told, nil
}

// doEPG refreshes an EPG source and tells who listens.
func (h *Host) doEPG(ctx context.Context, t *jobs.Task) (any, error) {
	var of refreshed
	if err := t.Decode(&of); err != nil {
		return nil, err
	}
	told, err := h.refreshEPG(ctx, of.ID, h.refreshNews(t))
	if err != nil {
		return nil, refreshError(err)
	}
	return told, nil
}

// refreshEPG refreshes an EPG source and tells plugins, unless no channel uses it.
func (h *Host) refreshEPG(ctx context.Context, source int64, progress func(ingest.Progress)) (sdk.EPGRefreshed, error) {
	result, err := h.ingest.RefreshEPG(ctx, source, progress)
	h.plugins.Saved(wire.SavedParams{Model: "epg.EPGSource", ID: source})
	if err != nil {
		return sdk.EPGRefreshed{}, err
	}
	told := sdk.EPGRefreshed{
		SourceName: result.SourceName, Programs: result.Programmes, Channels: result.Mapped,
		SkippedPrograms: result.Skipped, UnmappedChannels: result.Channels - result.Mapped,
	}
	if result.Mapped > 0 {
		h.happened(ctx, sdk.EventEPGRefresh, told)
	}
	return told, nil
}

// refreshError says whether trying again can help.
func refreshError(err error) error {
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, ingest.ErrBusy) {
		return jobs.Final(err)
	}
	return err
}

// refreshNews passes on how far a refresh is, to its job and to who listens.
func (h *Host) refreshNews(t *jobs.Task) func(ingest.Progress) {
	key := "refresh " + strconv.FormatInt(t.ID, 10)
	return func(p ingest.Progress) {
		data := p.Data()
		t.Progress(data)
		h.hub.Send(hub.Message{Data: data, Key: key + p.Action, Often: p.Percent > 0 && p.Percent < 100})
	}
}

// jobNews tells how far a job is.
func (h *Host) jobNews(j jobs.Job) {
	told := hub.Job{Type: hub.TypeJob, ID: j.ID, Kind: j.Kind, State: string(j.State), Progress: j.Progress}
	m := hub.Message{Data: told, Key: "job " + strconv.FormatInt(j.ID, 10), Often: j.State == jobs.Running && j.Progress != nil}
	told.Error = j.Error
	m.Admins = told
	h.hub.Send(m)
}

// queue is the jobs as other parts know them.
type queue struct{ jobs *jobs.Queue }

// QueueRun has a run done in the background.
func (q queue) QueueRun(ctx context.Context, run registry.QueuedRun) error {
	_, err := q.jobs.Enqueue(ctx, jobs.Request{Kind: jobs.KindRun, Args: run})
	return err
}

// QueueM3U has an account refreshed.
func (q queue) QueueM3U(ctx context.Context, account int64) (int64, error) {
	return q.put(ctx, nil, refresh(jobs.KindM3U, account))
}

// QueueEPG has a source refreshed.
func (q queue) QueueEPG(ctx context.Context, source int64) (int64, error) {
	return q.put(ctx, nil, refresh(jobs.KindEPG, source))
}

// RefreshM3U has an account refreshed for a plugin.
func (q queue) RefreshM3U(ctx context.Context, tx *sql.Tx, account int64) (int64, error) {
	return q.put(ctx, tx, refresh(jobs.KindM3U, account))
}

// RefreshEPG has a source refreshed for a plugin.
func (q queue) RefreshEPG(ctx context.Context, tx *sql.Tx, source int64) (int64, error) {
	return q.put(ctx, tx, refresh(jobs.KindEPG, source))
}

func refresh(kind string, id int64) jobs.Request {
	return jobs.Request{Kind: kind, Args: refreshed{id}, Unique: strconv.FormatInt(id, 10)}
}

// tasksQueue is the queue as plugins know it.
type tasksQueue struct {
	queue
	plugins func() *registry.Registry // once there is one
}

// Task has an action of a plugin run later.
func (q tasksQueue) Task(ctx context.Context, tx *sql.Tx, asked services.Task) (int64, error) {
	task := asked.Task
	run := registry.QueuedRun{
		Plugin: asked.Plugin, Action: task.Action, Trigger: store.TriggerTask, Depth: q.plugins().Depth(asked.Plugin, asked.Run),
	}
	if task.Params != nil {
		params, err := json.Marshal(task.Params)
		if err != nil {
			return 0, fmt.Errorf("encode the parameters of a task: %w", err)
		}
		run.Params = params
	}
	run, err := q.plugins().Kept(run)
	if unfit, ok := errors.AsType[*registry.Failure](err); ok {
		return 0, wire.Errorf(wire.CodeInvalidParams, "%s", unfit.Message)
	}
	if err != nil {
		return 0, err
	}
	r := jobs.Request{Kind: jobs.KindRun, Args: run, At: task.At, Attempts: task.Attempts}
	if task.After > 0 {
		r.At = time.Now().Add(task.After.Std())
	}
	if task.Unique != "" {
		r.Unique = asked.Plugin + " " + task.Unique
	}
	return q.put(ctx, tx, r)
}

// Cancel ends a task of a plugin; one that is over is no error.
func (q queue) Cancel(ctx context.Context, plugin string, id int64) error {
	j, err := q.jobs.Get(ctx, id)
	var run registry.QueuedRun
	if errors.Is(err, jobs.ErrNotFound) || err == nil && (j.Kind != jobs.KindRun || json.Unmarshal(j.Args, &run) != nil || run.Plugin != plugin) {
		return store.ErrNotFound
	}
	if err == nil {
		_, err = q.jobs.Cancel(ctx, id)
	}
	if errors.Is(err, jobs.ErrOver) {
		return nil
	}
	return err
}

func (q queue) put(ctx context.Context, tx *sql.Tx, r jobs.Request) (int64, error) {
	if tx == nil {
		j, err := q.jobs.Enqueue(ctx, r)
		return j.ID, err
	}
	j, err := q.jobs.EnqueueTx(ctx, tx, r)
	return j.ID, err
}
