package jobs_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/jobs"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/store/storetest"
)

func TestNextTimes(t *testing.T) {
	t.Parallel()
	at := func(text string) time.Time {
		when, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	for _, tt := range []struct {
		name  string
		s     store.Schedule
		after string
		want  []string
	}{
		{"every day at four", store.Schedule{Cron: "0 4 * * *", Timezone: "UTC"}, "2026-01-01T04:00:00Z", []string{"2026-01-02T04:00:00Z", "2026-01-03T04:00:00Z", "2026-01-04T04:00:00Z"}},
		{"in Berlin", store.Schedule{Cron: "0 4 * * *", Timezone: "Europe/Berlin"}, "2026-01-01T00:00:00Z", []string{"2026-01-01T03:00:00Z", "2026-01-02T03:00:00Z", "2026-01-03T03:00:00Z"}},
		{"in Berlin when the clocks change", store.Schedule{Cron: "0 4 * * *", Timezone: "Europe/Berlin"}, "2026-03-28T00:00:00Z", []string{"2026-03-28T03:00:00Z", "2026-03-29T02:00:00Z", "2026-03-30T02:00:00Z"}},
		{"every quarter", store.Schedule{Cron: "*/15 * * * *", Timezone: "UTC"}, "2026-01-01T00:01:00Z", []string{"2026-01-01T00:15:00Z", "2026-01-01T00:30:00Z", "2026-01-01T00:45:00Z"}},
		{"every hour", store.Schedule{EverySeconds: 3600}, "2026-01-01T00:01:00Z", []string{"2026-01-01T01:01:00Z", "2026-01-01T02:01:00Z", "2026-01-01T03:01:00Z"}},
		{"the leap day", store.Schedule{Cron: "0 0 29 2 *", Timezone: "UTC"}, "2026-01-01T00:00:00Z", []string{"2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z", "2036-02-29T00:00:00Z"}},
		{"never", store.Schedule{Cron: "0 0 30 2 *", Timezone: "UTC"}, "2026-01-01T00:00:00Z", nil},
	} {
		var got []string
		for _, when := range jobs.NextTimes(tt.s, at(tt.after), 3) {
			got = append(got, when.Format(time.RFC3339))
		}
		if fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestCheckSchedule(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]store.Schedule{
		"nothing":        {Missed: "skip"},
		"both":           {Cron: "* * * * *", EverySeconds: 60, Missed: "skip"},
		"every second":   {EverySeconds: 1, Missed: "skip"},
		"no cron":        {Cron: "at four", Missed: "skip"},
		"six fields":     {Cron: "* * * * * *", Missed: "skip"},
		"out of range":   {Cron: "61 * * * *", Missed: "skip"},
		"no such day":    {Cron: "0 0 30 2 *", Missed: "skip"},
		"nowhere":        {Cron: "* * * * *", Timezone: "Europe/Atlantis", Missed: "skip"},
		"another policy": {Cron: "* * * * *", Missed: "twice"},
	} {
		if err := jobs.CheckSchedule(s); !errors.Is(err, jobs.ErrSchedule) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := jobs.CheckSchedule(store.Schedule{Cron: "@daily", Missed: "all", Timezone: "Asia/Tokyo"}); err != nil {
		t.Error(err)
	}
}

// clock runs schedules over a yard until the test ends.
func (y *yard) clock() *jobs.Schedules {
	y.t.Helper()
	s := jobs.NewSchedules(y.Queue)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.Run(ctx)
	}()
	y.t.Cleanup(func() {
		cancel()
		<-ended
	})
	return s
}

func TestSchedulesOfADownHost(t *testing.T) {
	for missed, want := range map[string]int{jobs.MissedSkip: 0, jobs.MissedOnce: 1, jobs.MissedAll: 3} {
		t.Run(missed, func(t *testing.T) {
			each(t, func(t *testing.T, y *yard) {
				hour := time.Hour
				next := time.Now().Add(-3*hour + 10*time.Minute)
				row := store.Schedule{
					Owner: store.ScheduledUser, Target: "x", Name: "x", Kind: "once", Args: json.RawMessage(`"due"`),
					EverySeconds: int64(hour.Seconds()), Missed: missed, NextAt: next,
				}
				if err := y.cfg.Store.InsertSchedule(t.Context(), &row); err != nil {
					t.Fatal(err)
				}
				s := y.clock()
				for range want {
					if task := y.begins(); string(task.Args) != `"due"` {
						t.Errorf("a job with %s begins", task.Args)
					}
					y.ends(nil)
				}
				marker, err := s.RunNow(t.Context(), row.ID)
				if err != nil {
					t.Fatal(err)
				}
				if task := y.begins(); task.ID != marker.ID {
					t.Errorf("more than %d jobs begin", want)
				}
				y.ends(nil)
				for end := time.Now().Add(patience); ; { // the clock may still be at it
					got, err := s.Get(t.Context(), row.ID)
					if err != nil {
						t.Fatal(err)
					}
					if got.NextAt.After(time.Now()) && !got.LastAt.IsZero() {
						break
					}
					if time.Now().After(end) {
						t.Fatalf("next at %s, last at %s", got.NextAt, got.LastAt)
					}
					runtime.Gosched()
				}
			})
		})
	}
}

// TestSchedulesDoNotOverlap leaves out what is due while the last job of the
// schedule is not over, and only then.
func TestSchedulesDoNotOverlap(t *testing.T) {
	each(t, func(t *testing.T, y *yard) {
		running := y.put(jobs.Request{Kind: "wait"})
		y.begins()
		over := y.put(jobs.Request{Kind: "once"})
		y.begins()
		if _, err := y.Cancel(t.Context(), over.ID); err != nil {
			t.Fatal(err)
		}
		y.becomes(over.ID, jobs.Cancelled)
		rows := map[string]*store.Schedule{}
		for name, last := range map[string]int64{"running": running.ID, "over": over.ID, "forgotten": 1 << 40} {
			rows[name] = &store.Schedule{
				Owner: store.ScheduledUser, Target: name, Name: name, Kind: "once", Args: encoded(t, name),
				EverySeconds: 3600, Missed: jobs.MissedOnce, NextAt: time.Now().Add(-time.Second), LastJob: last,
			}
			if err := y.cfg.Store.InsertSchedule(t.Context(), rows[name]); err != nil {
				t.Fatal(err)
			}
		}
		s := y.clock()
		for _, name := range []string{"running", "over", "forgotten"} {
			var got store.Schedule
			for end := time.Now().Add(patience); !got.NextAt.After(time.Now()); runtime.Gosched() {
				var err error
				if got, err = s.Get(t.Context(), rows[name].ID); err != nil {
					t.Fatal(err)
				}
				if time.Now().After(end) {
					t.Fatalf("%s: next at %s", name, got.NextAt)
				}
			}
			if left := got.LastJob == rows[name].LastJob; left != (name == "running") {
				t.Errorf("%s: the last job was %d and is %d", name, rows[name].LastJob, got.LastJob)
			}
		}
	})
}

// encoded is a value as JSON.
func encoded(t *testing.T, v any) json.RawMessage {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestSchedulesAreKept(t *testing.T) {
	each(t, func(t *testing.T, y *yard) {
		s := y.clock()
		made, err := s.Create(t.Context(), store.Schedule{Name: "mine", Kind: "once", Args: json.RawMessage("1"), Cron: "0 4 * * *", Missed: "skip"})
		if err != nil || made.ID == 0 || made.NextAt.IsZero() {
			t.Fatalf("Create = %+v, %v", made, err)
		}
		if _, err := s.Create(t.Context(), store.Schedule{Name: "bad", Kind: "once", Cron: "x", Missed: "skip"}); !errors.Is(err, jobs.ErrSchedule) {
			t.Errorf("Create of no schedule: %v", err)
		}
		wanted := jobs.Wanted{Owner: store.ScheduledM3U, Rows: []store.Schedule{
			{Target: "1", Name: "A", Kind: "once", Args: json.RawMessage("1"), EverySeconds: 3600},
			{Target: "2", Name: "B", Kind: "once", Args: json.RawMessage("2"), Cron: "0 1 * * *"},
		}}
		sync := func() map[string]store.Schedule {
			t.Helper()
			if err := s.Sync(t.Context(), wanted); err != nil {
				t.Fatal(err)
			}
			list, err := s.List(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			rows := map[string]store.Schedule{}
			for _, row := range list {
				rows[row.Name] = row
			}
			return rows
		}
		rows := sync()
		if len(rows) != 3 || rows["A"].NextAt.IsZero() || rows["A"].Missed != jobs.MissedOnce {
			t.Fatalf("the schedules are %+v", rows)
		}
		yes, name := true, "other"
		if _, err := s.Update(t.Context(), rows["A"].ID, jobs.Change{Name: &name}); !errors.Is(err, jobs.ErrOwned) {
			t.Errorf("another's schedule is renamed: %v", err)
		}
		if err := s.Delete(t.Context(), rows["A"].ID); !errors.Is(err, jobs.ErrOwned) {
			t.Errorf("another's schedule is deleted: %v", err)
		}
		if got, err := s.Update(t.Context(), rows["A"].ID, jobs.Change{Paused: &yes}); err != nil || !got.Paused {
			t.Errorf("Update = %+v, %v", got, err)
		}
		wanted.Rows[0].EverySeconds = 7200
		if rows = sync(); !rows["A"].Paused || rows["A"].EverySeconds != 7200 {
			t.Errorf("after its interval changed A is %+v", rows["A"])
		}
		wanted.Rows = wanted.Rows[1:]
		wanted.Keep = func(target string) bool { return target == "1" }
		if rows = sync(); len(rows) != 3 {
			t.Errorf("what is kept is gone: %+v", rows)
		}
		wanted.Keep = nil
		if rows = sync(); len(rows) != 2 {
			t.Errorf("what nobody wants stays: %+v", rows)
		}
		if err := s.Delete(t.Context(), made.ID); err != nil {
			t.Error(err)
		}
		if _, err := s.Get(t.Context(), made.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a deleted schedule: %v", err)
		}
	})
}

func TestWhatIsRefreshed(t *testing.T) {
	each(t, func(t *testing.T, y *yard) {
		raw := storetest.Raw(t, y.db)
		if _, err := raw.ExecContext(t.Context(), "UPDATE m3u_m3uaccount SET is_active = true"); err != nil {
			t.Fatal(err)
		}
		accounts, err := y.cfg.Store.RefreshedAccounts(t.Context())
		if err != nil || len(accounts) != 0 {
			t.Errorf("of a fresh host %+v is refreshed, %v", accounts, err)
		}
		if sources, err := y.cfg.Store.RefreshedSources(t.Context()); err != nil || len(sources) != 0 {
			t.Errorf("of a fresh host %+v is refreshed, %v", sources, err)
		}
	})
}
