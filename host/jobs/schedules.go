package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/pluggarr/pluggarr/host/store"
)

// lookEvery is how often the clock looks for what it was not told of: rows that
// somebody else wrote, a clock that was set.
const lookEvery = 30 * time.Second

// ErrOwned reports a change of a schedule that is kept by what it is of.
var ErrOwned = errors.New("the schedule belongs to what it is of: change that, or pause it")

// Schedules puts jobs into a queue by the clock. Its methods may be used
// concurrently.
type Schedules struct {
	queue *Queue
	store *store.Store
	wake  chan struct{} // holds one token when something has changed
}

// NewSchedules returns the schedules of a queue's store; see [Schedules.Run].
func NewSchedules(q *Queue) *Schedules {
	return &Schedules{queue: q, store: q.cfg.Store, wake: make(chan struct{}, 1)}
}

// Run queues what is due until ctx ends.
func (s *Schedules) Run(ctx context.Context) {
	for ctx.Err() == nil {
		next, err := s.fireDue(ctx, time.Now())
		if err != nil && ctx.Err() == nil {
			s.queue.cfg.Log.Error("queue what is due by its schedule", "error", err)
			next = time.Time{}
		}
		pause := lookEvery
		if !next.IsZero() {
			pause = min(pause, max(0, time.Until(next)))
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-s.wake:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

func (s *Schedules) changed() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// fireDue queues what is due and returns when the next is.
func (s *Schedules) fireDue(ctx context.Context, now time.Time) (next time.Time, err error) {
	list, err := s.store.Schedules(ctx)
	if err != nil {
		return time.Time{}, err
	}
	var faults []error
	for i := range list {
		row := &list[i]
		if row.Paused || row.NextAt.IsZero() {
			continue
		}
		if !row.NextAt.After(now) {
			if err := s.fire(ctx, row, now); err != nil {
				faults = append(faults, err)
				continue
			}
		}
		if !row.NextAt.IsZero() && (next.IsZero() || row.NextAt.Before(next)) {
			next = row.NextAt
		}
	}
	return next, errors.Join(faults...)
}

// fire queues the jobs of one schedule that is due. While its last job is not
// over there is none: what takes longer than its interval would pile up.
func (s *Schedules) fire(ctx context.Context, row *store.Schedule, now time.Time) error {
	times, next := due(*row, now)
	did := store.Fired{ID: row.ID, Due: row.NextAt, Next: next}
	busy, err := s.busy(ctx, row)
	if err != nil {
		return err
	}
	if busy && len(times) > 0 {
		s.queue.cfg.Log.Warn("a schedule was due and left out: its last job is not over",
			"schedule", row.Name, "id", row.ID, "job", row.LastJob, "due", row.NextAt, "next", next)
		times = nil
	}
	for _, at := range times {
		j, err := s.queue.Enqueue(ctx, request(row, strconv.FormatInt(at.Unix(), 10)))
		if err != nil {
			return err
		}
		did.Job = j.ID
	}
	row.NextAt = next
	return s.store.Fired(ctx, did)
}

// busy says whether the last job of a schedule waits or runs.
func (s *Schedules) busy(ctx context.Context, row *store.Schedule) (bool, error) {
	if row.LastJob == 0 {
		return false, nil
	}
	j, err := s.queue.Get(ctx, row.LastJob)
	if errors.Is(err, ErrNotFound) { // it was over long ago
		return false, nil
	}
	return err == nil && j.FinishedAt.IsZero(), err
}

// request is the job of a schedule for one time. A host that dies between
// queueing it and noting that queues it again, which makes no second one.
func request(row *store.Schedule, at string) Request {
	r := Request{Kind: row.Kind, Args: row.Args, Unique: fmt.Sprintf("schedule %d %s", row.ID, at), Once: true}
	if row.Kind == KindM3U || row.Kind == KindEPG { // one at a time, whoever wants it
		r.Unique, r.Once = row.Target, false
	}
	return r
}

// List returns all schedules, by name.
func (s *Schedules) List(ctx context.Context) ([]store.Schedule, error) {
	return s.store.Schedules(ctx)
}

// Get returns a schedule, or [store.ErrNotFound].
func (s *Schedules) Get(ctx context.Context, id int64) (store.Schedule, error) {
	row, err := s.store.Schedule(ctx, id)
	if err != nil {
		return store.Schedule{}, err
	}
	return *row, nil
}

// Create keeps a schedule that a user made. The error is ErrSchedule when it
// cannot be.
func (s *Schedules) Create(ctx context.Context, row store.Schedule) (store.Schedule, error) {
	row.Owner, row.Target = store.ScheduledUser, uuid.NewString()
	if err := CheckSchedule(row); err != nil {
		return row, err
	}
	row.NextAt = nextTime(row, time.Now())
	err := s.store.InsertSchedule(ctx, &row)
	s.changed()
	return row, err
}

// Change is what a user wants else of a schedule; nil stays as it is.
type Change struct {
	Name     *string // user-made ones only
	Cron     *string // user-made ones only
	Timezone *string // any
	Missed   *string // any
	Paused   *bool   // any
}

// Update changes a schedule. The error is [store.ErrNotFound], ErrSchedule or
// ErrOwned.
func (s *Schedules) Update(ctx context.Context, id int64, c Change) (store.Schedule, error) {
	row, err := s.Get(ctx, id)
	if err != nil {
		return row, err
	}
	if row.Owner != store.ScheduledUser && (c.Name != nil || c.Cron != nil) {
		return row, ErrOwned
	}
	for to, from := range map[*string]*string{&row.Name: c.Name, &row.Cron: c.Cron, &row.Timezone: c.Timezone, &row.Missed: c.Missed} {
		if from != nil {
			*to = *from
		}
	}
	if c.Paused != nil {
		row.Paused = *c.Paused
	}
	if err := CheckSchedule(row); err != nil {
		return row, err
	}
	row.NextAt = nextTime(row, time.Now())
	err = s.store.UpdateSchedule(ctx, &row)
	s.changed()
	return row, err
}

// Delete removes a schedule that a user made. The error is [store.ErrNotFound]
// or ErrOwned.
func (s *Schedules) Delete(ctx context.Context, id int64) error {
	row, err := s.Get(ctx, id)
	switch {
	case err != nil:
		return err
	case row.Owner != store.ScheduledUser:
		return ErrOwned
	}
	return s.store.DeleteSchedule(ctx, id)
}

// RunNow queues a schedule's job at once, also when it is paused.
func (s *Schedules) RunNow(ctx context.Context, id int64) (Job, error) {
	row, err := s.Get(ctx, id)
	if err != nil {
		return Job{}, err
	}
	j, err := s.queue.Enqueue(ctx, request(&row, "now "+uuid.NewString()))
	if err != nil {
		return j, err
	}
	return j, s.store.RanNow(ctx, id, j.ID)
}

// Wanted are the schedules that somebody keeps.
type Wanted struct {
	// Owner is whose they are.
	Owner string
	// Rows are all that there are to be of Owner: Target, Name, Kind, Args,
	// Cron, EverySeconds and, for new ones, Timezone. One that cannot be is left out.
	Rows []store.Schedule
	// Keep says which others stay. Nil: none.
	Keep func(target string) bool
}

// Sync makes the schedules of an owner what they are to be. Whether one is
// paused, what becomes of missed times and, where it is new, nothing else stays.
func (s *Schedules) Sync(ctx context.Context, w Wanted) error {
	list, err := s.store.Schedules(ctx)
	if err != nil {
		return err
	}
	have := map[string]store.Schedule{}
	for _, row := range list {
		if row.Owner == w.Owner {
			have[row.Target] = row
		}
	}
	var faults []error
	for _, want := range w.Rows {
		row, known := have[want.Target]
		delete(have, want.Target)
		if known && row.Name == want.Name && row.Cron == want.Cron && row.EverySeconds == want.EverySeconds && slices.Equal(row.Args, want.Args) {
			continue
		}
		faults = append(faults, s.put(ctx, w.Owner, row, want))
	}
	for target, row := range have {
		if w.Keep == nil || !w.Keep(target) {
			faults = append(faults, s.store.DeleteSchedule(ctx, row.ID))
		}
	}
	s.changed()
	return errors.Join(faults...)
}

// put keeps a wanted schedule: in the place of row, or as a new one.
func (s *Schedules) put(ctx context.Context, owner string, row, want store.Schedule) error {
	moved := row.Cron != want.Cron || row.EverySeconds != want.EverySeconds
	row.Owner, row.Target, row.Name, row.Kind, row.Args = owner, want.Target, want.Name, want.Kind, want.Args
	row.Cron, row.EverySeconds = want.Cron, want.EverySeconds
	if row.ID == 0 {
		row.Timezone, row.Missed = want.Timezone, MissedOnce
	}
	if err := CheckSchedule(row); err != nil {
		return fmt.Errorf("%s: %w", want.Name, err)
	}
	if moved || row.NextAt.IsZero() {
		row.NextAt = nextTime(row, time.Now())
	}
	if row.ID == 0 {
		return s.store.InsertSchedule(ctx, &row)
	}
	return s.store.UpdateSchedule(ctx, &row)
}
