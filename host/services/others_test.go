package services_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/pluggarr/pluggarr/host/services"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/sdk"
)

func TestCoreSettings(t *testing.T) {
	t.Parallel()
	bothDatabases(t, func(t *testing.T, db store.Config) {
		s, _ := open(t, services.Config{}, db)
		ask(t, s, "p", func(ctx *sdk.Context) error {
			settings := ctx.Host.CoreSettings
			if zone, err := settings.TimeZone(ctx); err != nil || zone != "UTC" {
				return fmt.Errorf("time zone of a fresh host = %q, %w", zone, err)
			}
			err := errors.Join(
				settings.Update(ctx, "system_settings", map[string]any{"time_zone": "Europe/Berlin"}),
				settings.Update(ctx, "mine", map[string]any{"a": 1}),
			)
			if err != nil {
				return err
			}
			var system struct {
				TimeZone string `json:"time_zone"`
				Region   string `json:"preferred_region"`
			}
			if err := settings.Get(ctx, "system_settings", &system); err != nil || system.TimeZone != "Europe/Berlin" || system.Region != "us" {
				return fmt.Errorf("system settings = %+v, %w", system, err)
			}
			if err := settings.Get(ctx, "nothing", &system); !errors.Is(err, sdk.ErrNotFound) {
				return fmt.Errorf("a group that is not there: %w", err)
			}
			return nil
		})
	})
}

// queue notes what it is asked for.
type queue struct {
	mu   sync.Mutex
	said []string
}

func (q *queue) note(tx *sql.Tx, format string, args ...any) (int64, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.said = append(q.said, fmt.Sprintf(format, args...)+fmt.Sprint(" tx=", tx != nil))
	return int64(len(q.said)), nil
}

func (q *queue) Task(_ context.Context, tx *sql.Tx, t services.Task) (int64, error) {
	return q.note(tx, "%s %s %s %v", t.Plugin, t.Task.Action, t.Task.Params, t.Task.After)
}

func (q *queue) Cancel(_ context.Context, plugin string, id int64) error {
	if id != 1 {
		return fmt.Errorf("cancel %d: %w", id, store.ErrNotFound)
	}
	_, err := q.note(nil, "%s cancels %d", plugin, id)
	return err
}

func (q *queue) RefreshM3U(_ context.Context, tx *sql.Tx, account int64) (int64, error) {
	return q.note(tx, "m3u %d", account)
}

func (q *queue) RefreshEPG(_ context.Context, tx *sql.Tx, source int64) (int64, error) {
	return q.note(tx, "epg %d", source)
}

// wild is a queue with a mistake.
type wild struct{ *queue }

func (wild) Task(context.Context, *sql.Tx, services.Task) (int64, error) { panic("wild") }

// TestHostsMistake has the host panic over a call, within a transaction too: the
// call fails, what came before it stays.
func TestHostsMistake(t *testing.T) {
	t.Parallel()
	bothDatabases(t, func(t *testing.T, db store.Config) {
		s, _ := open(t, services.Config{Queue: wild{&queue{}}}, db)
		ask(t, s, "p", func(ctx *sdk.Context) error {
			if _, err := ctx.Host.Tasks.Enqueue(ctx, sdk.Task{Action: "x"}); err == nil || !strings.Contains(err.Error(), "the host made a mistake") {
				return fmt.Errorf("a panic of the host: %w", err)
			}
			err := ctx.Host.Tx(ctx, func(tx *sdk.Host) error {
				before := tx.Storage.Set(ctx, "before", 1)
				if _, err := tx.Tasks.Enqueue(ctx, sdk.Task{Action: "x"}); err == nil {
					return errors.New("a panic of the host was no error")
				}
				return errors.Join(before, tx.Storage.Set(ctx, "after", 1))
			})
			items, listed := ctx.Host.Storage.List(ctx, "")
			if err = errors.Join(err, listed); err != nil || len(items) != 2 {
				return fmt.Errorf("%d values are there: %w", len(items), err)
			}
			return nil
		})
	})
}

func TestTasks(t *testing.T) {
	t.Parallel()
	q := &queue{}
	s, _ := open(t, services.Config{Queue: q}, storetestSQLite(t))
	ask(t, s, "p", func(ctx *sdk.Context) error {
		id, err := ctx.Host.Tasks.Enqueue(ctx, sdk.Task{Action: "a", Params: map[string]int{"n": 1}, After: sdk.Duration(90e9)})
		if err != nil || id != 1 {
			return fmt.Errorf("enqueue = %d, %w", id, err)
		}
		err = ctx.Host.Tx(ctx, func(tx *sdk.Host) error {
			_, err := tx.Tasks.Enqueue(ctx, sdk.Task{Action: "b"})
			return errors.Join(err, refused(tx.Tasks.Cancel(ctx, 1), "transaction open"))
		})
		if err := errors.Join(err, ctx.Host.Tasks.Cancel(ctx, 1)); err != nil {
			return err
		}
		if err := ctx.Host.Tasks.Cancel(ctx, 5); !errors.Is(err, sdk.ErrNotFound) {
			return fmt.Errorf("cancel of a task that is not there: %w", err)
		}
		if _, err := ctx.Host.Tasks.Enqueue(ctx, sdk.Task{}); err == nil {
			return errors.New("a task without an action was queued")
		}
		return nil
	})
	want := "p a {\"n\":1} 1m30s tx=false\np b %!s(<nil>) 0s tx=true\np cancels 1 tx=false"
	if got := strings.Join(q.said, "\n"); got != want {
		t.Errorf("the queue heard\n%s\nwant\n%s", got, want)
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var told []string
	s, _ := open(t, services.Config{Emit: func(_ context.Context, e services.Emission) error {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, fmt.Sprintf("%s %s %s %t", e.Plugin, e.Name, e.Payload, e.Run != ""))
		return nil
	}}, storetestSQLite(t))
	ask(t, s, "p", func(ctx *sdk.Context) error {
		err := ctx.Host.Tx(ctx, func(tx *sdk.Host) error {
			return errors.Join(tx.Events.Emit(ctx, "in.tx", nil), ctx.Host.Storage.Set(ctx, "a", 1))
		})
		undone := ctx.Host.Tx(ctx, func(tx *sdk.Host) error {
			return errors.Join(tx.Events.Emit(ctx, "undone", nil), errors.New("no"))
		})
		if undone == nil {
			return errors.New("the transaction was not undone")
		}
		for name, payload := range map[string]any{"Big": nil, "run_finished": nil, "list": []int{1}} {
			if err := ctx.Host.Events.Emit(ctx, name, payload); err == nil {
				return fmt.Errorf("%s was told", name)
			}
		}
		return errors.Join(err, ctx.Host.Events.Emit(ctx, "my_event", map[string]int{"n": 1}))
	})
	if got, want := strings.Join(told, "\n"), "p in.tx {} true\np my_event {\"n\":1} true"; got != want {
		t.Errorf("told\n%s\nwant\n%s", got, want)
	}
}
