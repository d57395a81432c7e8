package jobs

import (
	"errors"
	"fmt"
	"time"

	"github.com/adhocore/gronx"

	"github.com/pluggarr/pluggarr/host/settings"
	"github.com/pluggarr/pluggarr/host/store"
)

// What to do with times at which no host ran.
const (
	MissedSkip = "skip" // nothing
	MissedOnce = "once" // one job for all of them
	MissedAll  = "all"  // a job for each, 100 at most
)

// ErrSchedule reports a schedule that cannot be. It comes with the reason, for
// who made it.
var ErrSchedule = errors.New("the schedule cannot be")

const (
	shortest = time.Minute // between two jobs of a schedule
	lateBy   = time.Minute // after its time, a job counts as missed
	mostAll  = 100         // missed jobs that are made up for
)

// CheckSchedule says what is wrong with when a schedule is due, as an ErrSchedule.
func CheckSchedule(s store.Schedule) error {
	fault := ""
	switch {
	case s.Cron == "" && s.EverySeconds == 0:
		fault = "it has neither cron nor an interval"
	case s.Cron != "" && s.EverySeconds != 0:
		fault = "it has both cron and an interval"
	case s.Cron == "" && s.EverySeconds < int64(shortest.Seconds()):
		fault = "its interval is less than a minute"
	case s.Cron != "" && settings.CheckCron(s.Cron) != nil:
		fault = settings.CheckCron(s.Cron).Error()
	case s.Missed != MissedSkip && s.Missed != MissedOnce && s.Missed != MissedAll:
		fault = "what to do with missed times is skip, once or all"
	}
	if fault == "" {
		if _, err := zone(s.Timezone); err != nil {
			fault = fmt.Sprintf("%q is no time zone: write it like Europe/Berlin", s.Timezone)
		}
	}
	if fault == "" && len(NextTimes(s, time.Now(), 1)) == 0 {
		fault = "there is no such time"
	}
	if fault != "" {
		return fmt.Errorf("%w: %s", ErrSchedule, fault)
	}
	return nil
}

// zone finds a time zone; "" is the host's.
func zone(name string) (*time.Location, error) {
	if name == "" {
		return time.Local, nil
	}
	return time.LoadLocation(name) //nolint:wrapcheck // it names the zone
}

// NextTimes lists the next n times at which a schedule is due after a time;
// fewer when there are no more.
func NextTimes(s store.Schedule, after time.Time, n int) []time.Time {
	var list []time.Time
	for range n {
		next := nextTime(s, after)
		if next.IsZero() {
			break
		}
		list = append(list, next)
		after = next
	}
	return list
}

// nextTime is the first time after another; zero when there is none.
func nextTime(s store.Schedule, after time.Time) time.Time {
	if s.EverySeconds > 0 {
		return after.Add(time.Duration(s.EverySeconds) * time.Second).UTC()
	}
	at, err := zone(s.Timezone)
	if err != nil {
		return time.Time{}
	}
	next, err := gronx.NextTickAfter(s.Cron, after.In(at), false)
	if err != nil || !next.After(after) {
		return time.Time{}
	}
	return next.UTC()
}

// due lists the times for which a schedule that is due gets a job, and when it
// is due next.
func due(s store.Schedule, now time.Time) (times []time.Time, next time.Time) {
	at := s.NextAt
	if now.Sub(at) > lateBy && s.Missed != MissedAll {
		if s.Missed == MissedOnce {
			return []time.Time{at}, nextTime(s, now)
		}
		at = nextTime(s, now.Add(-lateBy))
	}
	for ; !at.IsZero() && !at.After(now) && len(times) < mostAll; at = nextTime(s, at) {
		times = append(times, at)
	}
	return times, nextTime(s, now)
}
