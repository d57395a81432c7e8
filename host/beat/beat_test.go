package beat_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/pluggarr/pluggarr/host/beat"
	"github.com/pluggarr/pluggarr/host/celery"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noon is when everything begins.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) // a Monday

func TestTick(t *testing.T) {
	t.Parallel()
	for name, fresh := range map[string]func(testing.TB) store.Config{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tick(t, storetest.Open(t, fresh(t)))
		})
	}
}

func tick(t *testing.T, s *store.Store) {
	t.Helper()
	interval := create(t, s, &store.IntervalSchedule{Every: 10, Period: "minutes"})
	daily := create(t, s, &store.CrontabSchedule{Minute: "30", Hour: "13", DayOfWeek: "mon-fri", DayOfMonth: "*", MonthOfYear: "*", Timezone: "Europe/Berlin"})
	broken := create(t, s, &store.CrontabSchedule{Minute: "soon", Hour: "*", DayOfWeek: "*", DayOfMonth: "*", MonthOfYear: "*", Timezone: "UTC"})
	moment := create(t, s, &store.ClockedSchedule{ClockedTime: noon.Add(45 * time.Minute)})
	for _, row := range []store.PeriodicTask{
		{Name: "a wrong list", IntervalID: interval.ID, Args: `{}`},
		{Name: "often", IntervalID: interval.ID, Args: `[1, "a"]`, Kwargs: `{"x": true}`},
		{Name: "once", IntervalID: interval.ID, OneOff: true},
		{Name: "over", IntervalID: interval.ID, Expires: noon},
		{Name: "later", IntervalID: interval.ID, StartTime: noon.Add(42 * time.Minute)},
		{Name: "daily", CrontabID: daily.ID},
		{Name: "broken", CrontabID: broken.ID},
		{Name: "moment", ClockedID: moment.ID},
		{Name: "m3u_account-refresh-7", IntervalID: interval.ID},
	} {
		row.Task, row.Enabled, row.DateChanged = "do."+row.Name, true, noon
		create(t, s, &row)
	}
	var sent []string
	b := beat.New(s, func(_ context.Context, m celery.Message) error {
		sent = append(sent, fmt.Sprintf("%s%s%s", m.Task, m.Args, m.Kwargs["x"]))
		return nil
	}, nil)
	for _, step := range []struct {
		minute, next int
		want         []string
	}{
		{9, 10, nil},
		{11, 21, []string{"do.often[1 \"a\"]true", "do.once[]"}},
		{12, 21, nil},
		{31, 41, []string{"do.often[1 \"a\"]true", "do.daily[]"}}, // 13:30 in Berlin
		{43, 45, []string{"do.often[1 \"a\"]true", "do.later[]"}},
		{46, 53, []string{"do.moment[]"}},
		{47, 53, nil},
	} {
		sent = nil
		now := noon.Add(time.Duration(step.minute) * time.Minute)
		if _, err := b.Tick(t.Context(), now, nil); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(sent, step.want) {
			t.Errorf("%d minutes after noon: %q was sent, want %q", step.minute, sent, step.want)
		}
		next, err := b.Tick(t.Context(), now, nil)
		if want := noon.Add(time.Duration(step.next) * time.Minute); err != nil || !next.Equal(want) {
			t.Errorf("%d minutes after noon: the next is due at %v, %v, want %v", step.minute, next, err, want)
		}
	}
	rows, err := store.List[store.PeriodicTask](t.Context(), s, store.Query{Is: map[string][]any{"name": {"often", "once", "moment"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		want := map[string]string{"often": "3 true", "once": "1 false", "moment": "1 false"}[row.Name]
		if got := fmt.Sprint(row.TotalRunCount, " ", row.Enabled); got != want {
			t.Errorf("%s: ran and is enabled = %s, want %s", row.Name, got, want)
		}
	}
}

// TestOneThatCannotBeSent has the host refuse the first of two.
func TestOneThatCannotBeSent(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, storetest.SQLite(t))
	interval := create(t, s, &store.IntervalSchedule{Every: 10, Period: "minutes"})
	for _, name := range []string{"first", "second"} {
		create(t, s, &store.PeriodicTask{Name: name, Task: name, IntervalID: interval.ID, Enabled: true, DateChanged: noon})
	}
	var sent []string
	b := beat.New(s, func(_ context.Context, m celery.Message) error {
		if m.Task == "first" {
			return errors.New("nobody does that")
		}
		sent = append(sent, m.Task)
		return nil
	}, nil)
	_, err := b.Tick(t.Context(), noon.Add(11*time.Minute), nil)
	if err == nil || err.Error() != `send "first": nobody does that` || !slices.Equal(sent, []string{"second"}) {
		t.Errorf("Tick = %v, and %q was sent", err, sent)
	}
}

func create[T any](t *testing.T, s *store.Store, row *T) *T {
	t.Helper()
	if err := store.Create(t.Context(), s, row); err != nil {
		t.Fatal(err)
	}
	return row
}
