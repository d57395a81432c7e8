// Package store keeps plugins, users, keys, runs and the lineup in SQLite or PostgreSQL;
// it answers questions about rows and decides nothing.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/mattn/go-sqlite3"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"
)

// ErrNotFound is returned, wrapped, when the row that was asked for does not exist.
var ErrNotFound = errors.New("not found")

// Config says which database to open.
type Config struct {
	// Database is a PostgreSQL address, "postgres://user:password@host:5432/name".
	// Empty means the SQLite file at Path.
	Database string

	// Path is the SQLite file, by custom <data>/host/pluggarr.db. The file and
	// its folder are made when missing, readable by this user only. Not used
	// when Database is set.
	Path string

	// Logger is told of each migration that is applied. Nil means silence.
	Logger *slog.Logger
}

// Store is an open database. It is safe for concurrent use.
//
// Times go in and come out in UTC and in whole microseconds. The zero time
// stands for NULL.
type Store struct {
	// write changes rows. SQLite: the one writing connection, whose
	// transactions are all IMMEDIATE. PostgreSQL: a pool. Inside of a [Tx]: the
	// transaction.
	write bun.IDB
	// read only reads. SQLite: a pool which never waits for the writer.
	// PostgreSQL: the same pool as write. Inside of a [Tx]: the transaction.
	read bun.IDB
	// pools are what Close closes, in this order; none inside of a [Tx].
	pools []io.Closer
	// log is SQLite's write-ahead log; "" with PostgreSQL and inside of a [Tx].
	log string
	// tidy is SQLite's connection that brings the log into the file; nil with
	// PostgreSQL and inside of a [Tx].
	tidy *sql.DB
	// batch brings small changes together; nil with PostgreSQL, which does so by
	// itself, and inside of a [Tx].
	batch *batch
	// turns is the queue of those who write much; nil with PostgreSQL and inside
	// of a [Tx].
	turns *turns
	// postgres is how to open further connections; nil with SQLite and inside
	// of a [Tx].
	postgres *pgxpool.Config
}

// newStore makes a Store of two pools, which may be one.
func newStore(write, read *bun.DB) *Store {
	s := &Store{write: write, read: read, pools: []io.Closer{write}}
	if read != write {
		s.pools = []io.Closer{read, write}
	}
	return s
}

// Open opens the database and brings its schema up to date. It returns an
// error that names what is wrong and what to do about it when the file or its
// folder cannot be used, the server cannot be reached, or the database was
// written by a newer Pluggarr. A password in Database is never part of an error.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	logger := cfg.Logger
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Database != "" {
		return openPostgres(ctx, cfg.Database, logger)
	}
	return openSQLite(ctx, cfg.Path, logger)
}

// Close ends all connections. Calls that run fail.
func (s *Store) Close() error {
	var err error
	for _, pool := range s.pools {
		err = errors.Join(err, pool.Close())
	}
	if err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}

// isPostgres says which of the two databases it is.
func (s *Store) isPostgres() bool { return s.write.Dialect().Name() == dialect.PG }

// now is the current time as a column holds it.
func now() time.Time { return stored(time.Now()) }

// stored is t as a column holds it, so that what was written equals what is read.
func stored(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// clean makes foreign text storable: no database takes a NUL in text.
func clean(text string) string { return strings.ReplaceAll(text, "\x00", "\uFFFD") }

// affected is how many rows a statement changed.
func affected(result sql.Result, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("count changed rows: %w", err)
	}
	return int(n), nil
}

// existing turns "no row" into ErrNotFound, for a statement that names one row.
func existing(result sql.Result, err error) error {
	n, err := affected(result, err)
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return one(err)
}

// one turns "no row" into ErrNotFound, for a query that names one row.
func one(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

// RewritesJSON says that JSON is read in another form than it was written:
// PostgreSQL sorts keys and sets spaces, SQLite keeps the text.
func (s *Store) RewritesJSON() bool { return s.isPostgres() }

// IsConflict says that a statement was refused because of what it would have
// made of the rows: one that has to be unique would be there twice, one that is
// named would not be there, or a value is missing.
func IsConflict(err error) bool {
	if failed, ok := errors.AsType[sqlite3.Error](err); ok {
		return failed.Code == sqlite3.ErrConstraint
	}
	failed, ok := errors.AsType[*pgconn.PgError](err)
	return ok && strings.HasPrefix(failed.Code, "23") // class 23: integrity constraint violation
}
