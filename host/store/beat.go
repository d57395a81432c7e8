package store

import (
	"time"

	"github.com/uptrace/bun"
)

// PeriodicTask is a task that django-celery-beat runs again and again: a row
// of django_celery_beat_periodictask.
type PeriodicTask struct {
	bun.BaseModel `bun:"table:django_celery_beat_periodictask"`

	// ID is the row's number, from 1.
	ID int64 `bun:"id,pk,autoincrement"`
	// Name is at most 200 characters, unique.
	Name string `bun:"name,type:varchar(200)"`
	// Task is the task's dotted name, at most 200 characters.
	Task string `bun:"task,type:varchar(200)"`
	// IntervalID is an IntervalSchedule, 0 for none.
	IntervalID int64 `bun:"interval_id,nullzero"`
	// CrontabID is a CrontabSchedule, 0 for none.
	CrontabID int64 `bun:"crontab_id,nullzero"`
	// SolarID is a row of django_celery_beat_solarschedule, 0 for none.
	SolarID int64 `bun:"solar_id,nullzero"`
	// ClockedID is a ClockedSchedule, 0 for none.
	ClockedID int64 `bun:"clocked_id,nullzero"`
	// Args is a JSON array as text, "[]" for none.
	Args string `bun:"args"`
	// Kwargs is a JSON object as text, "{}" for none.
	Kwargs string `bun:"kwargs"`
	// Queue is a queue's name, or empty.
	Queue string `bun:"queue,nullzero,type:varchar(200)"`
	// Exchange is of AMQP, or empty.
	Exchange string `bun:"exchange,nullzero,type:varchar(200)"`
	// RoutingKey is of AMQP, or empty.
	RoutingKey string `bun:"routing_key,nullzero,type:varchar(200)"`
	// Headers is a JSON object as text, "{}" for none.
	Headers string `bun:"headers"`
	// Priority is of AMQP, nil for none.
	Priority *int `bun:"priority"`
	// Expires is when a run that waits is dropped, zero for never.
	Expires time.Time `bun:"expires,nullzero"`
	// ExpireSeconds is after how many seconds it is, nil for never.
	ExpireSeconds *int `bun:"expire_seconds"`
	// OneOff says that the task runs once and is then disabled.
	OneOff bool `bun:"one_off"`
	// StartTime is before which it does not run, zero for none.
	StartTime time.Time `bun:"start_time,nullzero"`
	// Enabled says that it runs.
	Enabled bool `bun:"enabled"`
	// LastRunAt is when it last ran, zero for never.
	LastRunAt time.Time `bun:"last_run_at,nullzero"`
	// TotalRunCount is how often it ran.
	TotalRunCount int `bun:"total_run_count"`
	// DateChanged is when the row was last saved.
	DateChanged time.Time `bun:"date_changed"`
	// Description may be empty.
	Description string `bun:"description"`
}

// IntervalSchedule is "every so often": a row of django_celery_beat_intervalschedule.
type IntervalSchedule struct {
	bun.BaseModel `bun:"table:django_celery_beat_intervalschedule"`

	// ID is the row's number, from 1.
	ID int64 `bun:"id,pk,autoincrement"`
	// Every is how many periods, from 1.
	Every int `bun:"every"`
	// Period is "days", "hours", "minutes", "seconds" or "microseconds".
	Period string `bun:"period,type:varchar(24)"`
}

// CrontabSchedule is the five fields of cron: a row of django_celery_beat_crontabschedule.
type CrontabSchedule struct {
	bun.BaseModel `bun:"table:django_celery_beat_crontabschedule"`

	// ID is the row's number, from 1.
	ID int64 `bun:"id,pk,autoincrement"`
	// Minute is cron's first field.
	Minute string `bun:"minute,type:varchar(240)"`
	// Hour is cron's second field.
	Hour string `bun:"hour,type:varchar(96)"`
	// DayOfWeek is cron's fifth field.
	DayOfWeek string `bun:"day_of_week,type:varchar(64)"`
	// DayOfMonth is cron's third field.
	DayOfMonth string `bun:"day_of_month,type:varchar(124)"`
	// MonthOfYear is cron's fourth field.
	MonthOfYear string `bun:"month_of_year,type:varchar(64)"`
	// Timezone is a name such as "Europe/Berlin" or "UTC".
	Timezone string `bun:"timezone,type:varchar(63)"`
}

// ClockedSchedule is one moment: a row of django_celery_beat_clockedschedule.
type ClockedSchedule struct {
	bun.BaseModel `bun:"table:django_celery_beat_clockedschedule"`

	// ID is the row's number, from 1.
	ID int64 `bun:"id,pk,autoincrement"`
	// ClockedTime is that moment.
	ClockedTime time.Time `bun:"clocked_time"`
}
