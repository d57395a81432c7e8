package beat

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/adhocore/gronx"

	"github.com/pluggarr/pluggarr/host/store"
)

// plan is a task with its schedule: one of the three is set.
type plan struct {
	store.PeriodicTask
	every   time.Duration
	cron    *store.CrontabSchedule
	clocked time.Time
}

// ours are tasks of accounts and sources whose interval the host keeps itself.
var ours = regexp.MustCompile(`^(m3u_account|epg_source)-refresh-\d+$`)

// plans reads the tasks that are enabled.
func (b *Beat) plans(ctx context.Context) ([]plan, error) {
	enabled := store.Query{Is: map[string][]any{"enabled": {true}}}
	tasks, err := store.List[store.PeriodicTask](ctx, b.store, enabled)
	if err != nil || len(tasks) == 0 {
		return nil, err
	}
	intervals, err := byID(ctx, b.store, func(s store.IntervalSchedule) int64 { return s.ID })
	if err != nil {
		return nil, err
	}
	crontabs, err := byID(ctx, b.store, func(s store.CrontabSchedule) int64 { return s.ID })
	if err != nil {
		return nil, err
	}
	moments, err := byID(ctx, b.store, func(s store.ClockedSchedule) int64 { return s.ID })
	if err != nil {
		return nil, err
	}
	var plans []plan
	for _, t := range tasks {
		p := plan{PeriodicTask: t}
		if cron, ok := crontabs[t.CrontabID]; ok {
			p.cron = &cron
		} else if ours.MatchString(t.Name) {
			continue
		}
		if interval, ok := intervals[t.IntervalID]; ok {
			p.every = length(interval)
		}
		p.clocked = moments[t.ClockedID].ClockedTime
		plans = append(plans, p)
	}
	return plans, nil
}

func byID[T any](ctx context.Context, s *store.Store, id func(T) int64) (map[int64]T, error) {
	rows, err := store.List[T](ctx, s, store.Query{})
	all := make(map[int64]T, len(rows))
	for _, row := range rows {
		all[id(row)] = row
	}
	return all, err
}

func length(s store.IntervalSchedule) time.Duration {
	unit := map[string]time.Duration{
		"days": 24 * time.Hour, "hours": time.Hour, "minutes": time.Minute, "seconds": time.Second,
		"microseconds": time.Microsecond,
	}[s.Period]
	return max(time.Duration(s.Every)*unit, time.Second)
}

// due is when a task is to be sent next: counted from when it was last, else
// from when it was saved. Zero means never.
func (p plan) due() (time.Time, error) {
	since := p.LastRunAt
	if since.IsZero() {
		since = p.DateChanged
	}
	if p.StartTime.After(since) {
		since = p.StartTime.Add(-time.Second) // the start itself counts
	}
	switch {
	case p.cron != nil:
		return nextCron(p.cron, since)
	case p.every > 0:
		if p.StartTime.After(p.LastRunAt) && p.StartTime.After(p.DateChanged) {
			return p.StartTime, nil
		}
		return since.Add(p.every), nil
	case !p.clocked.IsZero():
		if p.LastRunAt.IsZero() || p.LastRunAt.Before(p.clocked) {
			return p.clocked, nil
		}
	case p.SolarID != 0:
		return time.Time{}, fmt.Errorf("the host does not know when the sun rises")
	}
	return time.Time{}, nil
}

// nextCron is the first time after since at which a crontab line is due.
func nextCron(c *store.CrontabSchedule, since time.Time) (time.Time, error) {
	zone, err := time.LoadLocation(c.Timezone)
	if err != nil {
		return time.Time{}, fmt.Errorf("there is no time zone %q", c.Timezone)
	}
	line := fmt.Sprintf("%s %s %s %s %s", c.Minute, c.Hour, c.DayOfMonth, c.MonthOfYear, c.DayOfWeek)
	at, err := gronx.NextTickAfter(line, since.In(zone), false)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no crontab line: %w", line, err)
	}
	return at, nil
}
