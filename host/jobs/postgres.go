package jobs

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
)

const (
	hostLock   = 0x706c756767617272 // "pluggarr": the advisory lock of the one host of a database
	lockWithin = 10 * time.Second   // for a host that just died to be noticed by the server
)

// openPostgres makes the engine on a pool of its own. A database belongs to one
// host at a time, which holds a lock on it: jobs that are said to run without
// one were lost.
func openPostgres(ctx context.Context, q *Queue, cfg *pgxpool.Config) (_ engine, err error) {
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return engine{}, fmt.Errorf("connect: %w", err)
	}
	held, err := holdDatabase(ctx, pool)
	if err != nil {
		pool.Close()
		return engine{}, err
	}
	release := func() {
		_ = held.Close(context.WithoutCancel(ctx)) // the server gives the lock back when the connection ends
		pool.Close()
	}
	defer func() {
		if err != nil {
			release()
		}
	}()
	driver := riverpgxv5.New(pool)
	if err := migrated(rivermigrate.New(driver, quiet())).up(ctx); err != nil {
		return engine{}, err
	}
	if _, err := pool.Exec(ctx, requeuePostgres); err != nil {
		return engine{}, fmt.Errorf("put lost jobs back: %w", err)
	}
	if _, err := pool.Exec(ctx, `DELETE FROM river_leader`); err != nil {
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
	return engine{service: client, jobs: client, close: release, insertTx: insertPostgres}, nil
}

// holdDatabase takes the lock of the one host, on a connection of its own.
func holdDatabase(ctx context.Context, pool *pgxpool.Pool) (*pgx.Conn, error) {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	own := conn.Hijack()
	noticeEnds(ctx, own)
	waiting, cancel := context.WithTimeout(ctx, lockWithin)
	defer cancel()
	for {
		var got bool
		if err = own.QueryRow(waiting, "SELECT pg_try_advisory_lock($1)", int64(hostLock)).Scan(&got); got {
			return own, nil
		}
		if err == nil {
			err = pause(waiting)
		}
		if err != nil {
			_ = own.Close(context.WithoutCancel(ctx)) // there is nothing on it
			if waiting.Err() != nil && ctx.Err() == nil {
				return nil, errors.New("another host uses this database: stop it, or give this one another --database")
			}
			return nil, fmt.Errorf("lock the database: %w", err)
		}
	}
}

// noticeEnds has the server find out within three seconds that this host is
// gone without a word, as when its machine has lost power, and give the lock
// to the next one. (The connections of a process that was killed are closed.)
// A server that cannot do it, or a socket that is no network's, waits longer.
func noticeEnds(ctx context.Context, conn *pgx.Conn) {
	for _, setting := range []string{"tcp_keepalives_idle = 1", "tcp_keepalives_interval = 1", "tcp_keepalives_count = 2"} {
		_, _ = conn.Exec(ctx, "SET "+setting)
	}
}

func pause(ctx context.Context) error {
	timer := time.NewTimer(100 * time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// insertPostgres puts a job in over a connection that is not River's. Its form
// is the one that River documents for other languages; of two jobs with one
// Unique that are put in at the same time both may stay.
func insertPostgres(ctx context.Context, tx *sql.Tx, a river.JobArgs, opts *river.InsertOpts) (*rivertype.JobRow, error) {
	body, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("encode the job: %w", err)
	}
	row := &rivertype.JobRow{EncodedArgs: body, Kind: a.Kind(), MaxAttempts: opts.MaxAttempts, Queue: opts.Queue}
	at, state := time.Now(), rivertype.JobStateAvailable
	if opts.ScheduledAt.After(at) {
		at, state = opts.ScheduledAt, rivertype.JobStateScheduled
	}
	if opts.UniqueOpts.ByArgs {
		err := scanJob(row, tx.QueryRowContext(ctx, `SELECT id, state, created_at, scheduled_at FROM river_job
			WHERE kind = $1 AND args ->> 'unique' = $2::jsonb ->> 'unique' AND finalized_at IS NULL LIMIT 1`, row.Kind, string(body)))
		if !errors.Is(err, sql.ErrNoRows) {
			return row, err
		}
	}
	return row, scanJob(row, tx.QueryRowContext(ctx, `INSERT INTO river_job
		(args, kind, max_attempts, metadata, priority, queue, scheduled_at, state, tags)
		VALUES ($1::jsonb, $2, $3, '{}', 1, $4, $5, $6::river_job_state, '{}')
		RETURNING id, state, created_at, scheduled_at`, string(body), row.Kind, row.MaxAttempts, row.Queue, at, string(state)))
}

func scanJob(to *rivertype.JobRow, row *sql.Row) error {
	if err := row.Scan(&to.ID, &to.State, &to.CreatedAt, &to.ScheduledAt); err != nil {
		return fmt.Errorf("insert: %w", err)
	}
	return nil
}

// requeuePostgres does what requeueSQLite does.
const requeuePostgres = `UPDATE river_job SET
	state = (CASE WHEN attempt >= 50 THEN 'discarded' ELSE 'available' END)::river_job_state,
	finalized_at = CASE WHEN attempt >= 50 THEN now() END,
	scheduled_at = now(),
	max_attempts = greatest(max_attempts, attempt + 1),
	errors = array_append(errors, jsonb_build_object(
		'at', now(), 'attempt', attempt, 'error', 'the host was ended while it ran', 'trace', ''))
	WHERE state = 'running'`
