// Package beat sends the tasks that Python plugins have put down as rows of
// django-celery-beat: by a crontab line, every so often, or at one moment.
package beat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/pluggarr/pluggarr/host/celery"
	"github.com/pluggarr/pluggarr/host/store"
)

// lookEvery is how often the rows are read: plugins change them without telling.
const lookEvery = 5 * time.Second

// Beat sends what is due.
type Beat struct {
	store *store.Store
	send  func(ctx context.Context, m celery.Message) error
	log   *slog.Logger
}

// New returns a Beat that has a message sent for each task that is due. Nil as
// the logger means silence.
func New(s *store.Store, send func(ctx context.Context, m celery.Message) error, log *slog.Logger) *Beat {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Beat{store: s, send: send, log: log}
}

// Run sends what is due until ctx ends.
func (b *Beat) Run(ctx context.Context) {
	said := map[int64]string{} // rows that cannot be understood: each is told once
	for {
		next, err := b.Tick(ctx, time.Now(), said)
		if err != nil && ctx.Err() == nil {
			b.log.Error("send what is due", "error", err)
		}
		pause := lookEvery
		if !next.IsZero() {
			pause = min(pause, max(0, time.Until(next)))
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
	}
}

// Tick sends what is due at now and returns when something is next; zero when
// nothing is. In said it notes which rows it has complained of; it may be nil.
func (b *Beat) Tick(ctx context.Context, now time.Time, said map[int64]string) (next time.Time, err error) {
	plans, err := b.plans(ctx)
	if err != nil {
		return time.Time{}, err
	}
	var failed []error // one that cannot be sent keeps no other
	for _, p := range plans {
		at, m, err := p.next()
		if err != nil {
			if said != nil && said[p.ID] != err.Error() {
				said[p.ID] = err.Error()
				b.log.Warn("a periodic task does not run", "task", p.Name, "error", err)
			}
			continue
		}
		switch {
		case at.IsZero(), !p.Expires.IsZero() && p.Expires.Before(now):
		case at.After(now):
			if next.IsZero() || at.Before(next) {
				next = at
			}
		default:
			if err := b.fire(ctx, p, m, now); err != nil {
				failed = append(failed, fmt.Errorf("send %q: %w", p.Name, err))
			}
		}
	}
	return next, errors.Join(failed...)
}

// next is when a plan is due and what it sends then.
func (p plan) next() (time.Time, celery.Message, error) {
	at, err := p.due()
	if err != nil {
		return time.Time{}, celery.Message{}, err
	}
	m, err := message(p.PeriodicTask)
	return at, m, err
}

// fire sends a task, once it is written down that it ran: it had better be
// missed than sent for ever.
func (b *Beat) fire(ctx context.Context, p plan, m celery.Message, now time.Time) error {
	_, err := store.Update(ctx, b.store, p.ID, func(row *store.PeriodicTask) error {
		row.LastRunAt = now
		row.TotalRunCount++
		row.Enabled = row.Enabled && !row.OneOff && p.clocked.IsZero()
		return nil
	})
	if err != nil {
		return err
	}
	return b.send(ctx, m)
}

// message is what a task sends.
func message(t store.PeriodicTask) (celery.Message, error) {
	m := celery.Message{Task: t.Task}
	if strings.TrimSpace(t.Args) != "" {
		if err := json.Unmarshal([]byte(t.Args), &m.Args); err != nil {
			return m, fmt.Errorf("its args are no JSON array: %w", err)
		}
	}
	if strings.TrimSpace(t.Kwargs) != "" {
		if err := json.Unmarshal([]byte(t.Kwargs), &m.Kwargs); err != nil {
			return m, fmt.Errorf("its kwargs are no JSON object: %w", err)
		}
	}
	return m, nil
}
