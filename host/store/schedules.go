package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// Who keeps a schedule.
const (
	// ScheduledAction is of an action that declares it; the target is "plugin/action".
	ScheduledAction = "action"
	// ScheduledM3U is of an M3U account that is refreshed; the target is its id.
	ScheduledM3U = "m3u"
	// ScheduledEPG is of an EPG source that is refreshed; the target is its id.
	ScheduledEPG = "epg"
	// ScheduledUser is made by a user; the target is unique and means nothing.
	ScheduledUser = "user"
)

// Schedule is something that is done by the clock: a row of pluggarr_schedule.
type Schedule struct {
	bun.BaseModel `bun:"table:pluggarr_schedule"`

	// ID is the schedule's number.
	ID int64 `bun:"id,pk,autoincrement"`
	// Owner is one of the Scheduled… constants.
	Owner string `bun:"owner"`
	// Target is what it is of; unique within Owner.
	Target string `bun:"target"`
	// Name is for users.
	Name string `bun:"name"`
	// Kind is the kind of job that is queued.
	Kind string `bun:"kind"`
	// Args is what the job is queued with: JSON.
	Args json.RawMessage `bun:"args"`
	// Cron are five fields; empty when EverySeconds is set.
	Cron string `bun:"cron"`
	// EverySeconds is the time between two jobs, 0 when Cron is set.
	EverySeconds int64 `bun:"every_seconds"`
	// Timezone is where Cron is read, as in "Europe/Berlin"; empty for the host's own.
	Timezone string `bun:"timezone"`
	// Missed is what to do with times at which no host ran: "skip", "once" or "all".
	Missed string `bun:"missed"`
	// Paused says that nothing is queued.
	Paused bool `bun:"paused"`
	// NextAt is when the next job is due, zero for never.
	NextAt time.Time `bun:"next_at,nullzero"`
	// LastAt is when a job was last queued, zero for never.
	LastAt time.Time `bun:"last_at,nullzero"`
	// LastJob is that job's number, 0 for none.
	LastJob int64 `bun:"last_job"`
	// CreatedAt is when the schedule was made.
	CreatedAt time.Time `bun:"created_at"`
}

// Schedules returns all schedules, by name.
func (s *Store) Schedules(ctx context.Context) ([]Schedule, error) {
	var list []Schedule
	if err := s.read.NewSelect().Model(&list).Order("name", "id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("list schedules: %w", err)
	}
	return list, nil
}

// Schedule returns one schedule. It returns ErrNotFound when there is none.
func (s *Store) Schedule(ctx context.Context, id int64) (*Schedule, error) {
	row := new(Schedule)
	if err := s.read.NewSelect().Model(row).Where("id = ?", id).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read schedule %d: %w", id, one(err))
	}
	return row, nil
}

// InsertSchedule keeps a new schedule and sets its ID and CreatedAt.
func (s *Store) InsertSchedule(ctx context.Context, row *Schedule) error {
	row.CreatedAt = now()
	if _, err := s.write.NewInsert().Model(row).Exec(ctx); err != nil {
		return fmt.Errorf("insert schedule %q: %w", row.Name, err)
	}
	return nil
}

// UpdateSchedule keeps all of a schedule but what it is of, when it was made and
// when it last ran. It returns ErrNotFound when there is none.
func (s *Store) UpdateSchedule(ctx context.Context, row *Schedule) error {
	err := existing(s.write.NewUpdate().Model(row).ExcludeColumn("id", "owner", "target", "created_at", "last_at", "last_job").WherePK().Exec(ctx))
	if err != nil {
		return fmt.Errorf("update schedule %d: %w", row.ID, err)
	}
	return nil
}

// Fired is what the clock did about a schedule that was due.
type Fired struct {
	// ID is the schedule's number.
	ID int64
	// Due is the schedule's NextAt as it was read.
	Due time.Time
	// Next is when the next job is due, zero for never.
	Next time.Time
	// Job is the number of the last job that was queued, 0 when none was.
	Job int64
}

// Fired notes what became of a schedule that was due. One that was changed or
// deleted in the meantime keeps what it is now.
func (s *Store) Fired(ctx context.Context, f Fired) error {
	next := s.write.NewUpdate().Model(&Schedule{ID: f.ID, NextAt: f.Next}).
		Column("next_at").WherePK().Where("next_at = ?", f.Due)
	if f.Job != 0 {
		next.Set("last_at = ?", now()).Set("last_job = ?", f.Job)
	}
	if _, err := next.Exec(ctx); err != nil {
		return fmt.Errorf("note schedule %d: %w", f.ID, err)
	}
	return nil
}

// RanNow notes that a schedule's job was queued out of turn.
func (s *Store) RanNow(ctx context.Context, id, job int64) error {
	_, err := s.write.NewUpdate().Model((*Schedule)(nil)).
		Set("last_at = ?", now()).Set("last_job = ?", job).Where("id = ?", id).Exec(ctx)
	if err != nil {
		return fmt.Errorf("note schedule %d: %w", id, err)
	}
	return nil
}

// DeleteSchedule removes a schedule. It returns ErrNotFound when there is none.
func (s *Store) DeleteSchedule(ctx context.Context, id int64) error {
	if err := existing(s.write.NewDelete().Model((*Schedule)(nil)).Where("id = ?", id).Exec(ctx)); err != nil {
		return fmt.Errorf("delete schedule %d: %w", id, err)
	}
	return nil
}

// Refreshed is an account or source that is refreshed by the clock.
type Refreshed struct {
	// ID is the account's or source's.
	ID int64 `bun:"id"`
	// Name is its name.
	Name string `bun:"name"`
	// Hours is the time between two refreshes, 0 when Minute and the other fields are set.
	Hours int64 `bun:"hours"`
	// Minute to DayOfWeek are the fields of cron; empty when Hours is set.
	Minute string `bun:"minute"`
	// Hour is the second one.
	Hour string `bun:"hour"`
	// DayOfMonth is the third one.
	DayOfMonth string `bun:"day_of_month"`
	// MonthOfYear is the fourth one.
	MonthOfYear string `bun:"month_of_year"`
	// DayOfWeek is the fifth one.
	DayOfWeek string `bun:"day_of_week"`
	// Timezone is where they are read.
	Timezone string `bun:"timezone"`
}

// RefreshedAccounts lists the M3U accounts that are to be refreshed by the clock.
func (s *Store) RefreshedAccounts(ctx context.Context) ([]Refreshed, error) {
	return s.refreshed(ctx, "m3u_m3uaccount", "NOT a.locked")
}

// RefreshedSources lists the EPG sources that are to be refreshed by the clock.
func (s *Store) RefreshedSources(ctx context.Context) ([]Refreshed, error) {
	return s.refreshed(ctx, "epg_epgsource", "a.source_type <> 'dummy'")
}

// refreshed lists rows that are active and have an interval or a crontab.
func (s *Store) refreshed(ctx context.Context, table, condition string) ([]Refreshed, error) {
	var list []Refreshed
	query := s.read.NewSelect().TableExpr("? AS a", bun.Ident(table)).
		ColumnExpr("a.id, a.name, a.refresh_interval AS hours, coalesce(c.timezone, '') AS timezone").
		ColumnExpr("coalesce(c.minute, '') AS minute, coalesce(c.hour, '') AS hour").
		ColumnExpr("coalesce(c.day_of_month, '') AS day_of_month, coalesce(c.month_of_year, '') AS month_of_year").
		ColumnExpr("coalesce(c.day_of_week, '') AS day_of_week").
		Join("LEFT JOIN django_celery_beat_periodictask AS t ON t.id = a.refresh_task_id AND t.enabled").
		Join("LEFT JOIN django_celery_beat_crontabschedule AS c ON c.id = t.crontab_id").
		Where("a.is_active").Where(condition).Where("a.refresh_interval > 0 OR c.id IS NOT NULL").Order("a.id")
	if err := query.Scan(ctx, &list); err != nil {
		return nil, fmt.Errorf("list what is refreshed of %s: %w", table, err)
	}
	return list, nil
}
