package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
)

// inProcess is River's driver for SQLite without its polling of a table for
// notifications, which takes 50 ms: who queues and who works are one process,
// and the one wakes the other.
type inProcess struct{ *riversqlite.Driver }

// SupportsListener is false, so that River wakes its workers itself.
func (inProcess) SupportsListener() bool { return false }

// openSQLite makes the engine on the one writing connection. The data folder
// is locked: every job that is said to run was lost with the host before.
func openSQLite(ctx context.Context, q *Queue, db *sql.DB) (engine, error) {
	if db == nil {
		return engine{}, errors.New("a transaction has no queue")
	}
	driver := inProcess{riversqlite.New(db)}
	if err := migrated(rivermigrate.New(driver, quiet())).up(ctx); err != nil {
		return engine{}, err
	}
	if _, err := db.ExecContext(ctx, requeueSQLite); err != nil {
		return engine{}, fmt.Errorf("put lost jobs back: %w", err)
	}
	if _, err := db.ExecContext(ctx, `DELETE FROM river_leader`); err != nil {
		return engine{}, fmt.Errorf("forget the host before: %w", err)
	}
	settings, err := q.settings()
	if err != nil {
		return engine{}, err
	}
	client, err := river.NewClient(driver, settings)
	if err != nil {
		return engine{}, fmt.Errorf("make a client: %w", err)
	}
	return engine{
		service: client, jobs: client, close: func() {},
		insertTx: func(ctx context.Context, tx *sql.Tx, args river.JobArgs, opts *river.InsertOpts) (*rivertype.JobRow, error) {
			made, err := client.InsertTx(ctx, tx, args, opts)
			if err != nil {
				return nil, err //nolint:wrapcheck // EnqueueTx says what it was
			}
			return made.Job, nil
		},
	}, nil
}

// migration is what of rivermigrate does not depend on the database's type.
type migration struct {
	up func(ctx context.Context) error
}

// migrated makes a migration of a migrator, or of why there is none.
func migrated[Tx any](m *rivermigrate.Migrator[Tx], err error) migration {
	return migration{up: func(ctx context.Context) error {
		if err == nil {
			_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
		}
		if err != nil {
			return fmt.Errorf("bring the queue's tables up to date: %w", err)
		}
		return nil
	}}
}

func quiet() *rivermigrate.Config {
	return &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)}
}

// requeueSQLite makes jobs of a dead host available again. Each such death
// grants one more attempt, so that a job that may be tried once is not lost;
// after fifty it is the job that ends the host, and it fails. Looks into
// River's own tables: check it with every new version of River.
const requeueSQLite = `UPDATE river_job SET
	state = CASE WHEN attempt >= 50 THEN 'discarded' ELSE 'available' END,
	finalized_at = CASE WHEN attempt >= 50 THEN strftime('%Y-%m-%d %H:%M:%f', 'now') END,
	scheduled_at = strftime('%Y-%m-%d %H:%M:%f', 'now'),
	max_attempts = max(max_attempts, attempt + 1),
	errors = jsonb_insert(coalesce(errors, jsonb('[]')), '$[#]', jsonb_object(
		'at', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), 'attempt', attempt, 'error', 'the host was ended while it ran', 'trace', ''))
	WHERE state = 'running'`
