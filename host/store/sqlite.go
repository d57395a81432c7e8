package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"github.com/mattn/go-sqlite3"
	"github.com/pressly/goose/v3"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
)

// busyTimeout is how long a statement waits for another process that writes.
const busyTimeout = 30 * time.Second

// openSQLite opens the file at path with one writing connection, a pool of
// readers, and a connection for what [Store.Checkpoint] does beside them.
func openSQLite(ctx context.Context, path string, logger *slog.Logger) (_ *Store, err error) {
	if path == "" {
		return nil, errors.New("open database: neither a file nor a PostgreSQL address was given")
	}
	path, err = filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, explainSQLite(path, err)
	}
	_, statErr := os.Stat(path)

	write := sql.OpenDB(writer(sqliteDSN(path, url.Values{
		"mode":          {"rwc"},
		"_journal_mode": {"WAL"},
		"_synchronous":  {"NORMAL"},
		"_txlock":       {"immediate"},
	})))
	defer func() {
		if err != nil {
			err = errors.Join(err, write.Close())
		}
	}()
	write.SetMaxOpenConns(1)
	if err := connectSQLite(ctx, write); err != nil {
		return nil, explainSQLite(path, err)
	}
	if errors.Is(statErr, fs.ErrNotExist) {
		if err := os.Chmod(path, 0o600); err != nil {
			return nil, explainSQLite(path, err)
		}
	}
	if err := migrate(ctx, schema{db: write, dialect: goose.DialectSQLite3, folder: "sqlite"}, logger); err != nil {
		return nil, explainSQLite(path, err)
	}

	// Half a MiB of pages each: there are several, and the system keeps the file in memory anyway.
	read, err := sql.Open("sqlite3", sqliteDSN(path, url.Values{"mode": {"rw"}, "_query_only": {"true"}, "_cache_size": {"-512"}}))
	if err != nil {
		return nil, explainSQLite(path, err)
	}
	readers := max(4, runtime.NumCPU())
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	s := newStore(bun.NewDB(write, djangoSQLite{sqlitedialect.New()}), bun.NewDB(read, djangoSQLite{sqlitedialect.New()}))
	if err := s.openBeside(path); err != nil {
		return nil, explainSQLite(path, errors.Join(err, read.Close()))
	}
	return s, nil
}

// openBeside opens what a SQLite file needs besides those who write and read.
func (s *Store) openBeside(path string) error {
	tidy, err := sql.Open("sqlite3", sqliteDSN(path, url.Values{"mode": {"rw"}}))
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	tidy.SetMaxOpenConns(1)
	queue, err := openTurns(path)
	if err != nil {
		return errors.Join(err, tidy.Close())
	}
	s.log, s.tidy, s.turns, s.batch = path+"-wal", tidy, queue, newBatch()
	s.pools = append([]io.Closer{tidy, queue}, s.pools...)
	return nil
}

// connectSQLite makes the first connection. Turning a new file to WAL, and
// meeting somebody who closes the file last, do not heed the busy timeout, so
// the waiting is done here.
func connectSQLite(ctx context.Context, db *sql.DB) error {
	ctx, cancel := context.WithTimeout(ctx, busyTimeout)
	defer cancel()
	for {
		err := db.PingContext(ctx)
		if err == nil {
			return nil
		}
		err = fmt.Errorf("connect: %w", err)
		if sqliteCode(err) != sqlite3.ErrBusy {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// sqliteDSN is what go-sqlite3 takes to open path, with what every connection has in common.
func sqliteDSN(path string, options url.Values) string {
	options.Set("_busy_timeout", strconv.FormatInt(busyTimeout.Milliseconds(), 10))
	options.Set("_foreign_keys", "true")
	options.Set("_stmt_cache_size", "32")
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + options.Encode()
}

// writer makes connections that write, by what sqliteDSN returns. There is one at
// a time, and a new one after each transaction whose context ended.
type writer string

// Connect is driver.Connector's.
func (w writer) Connect(context.Context) (driver.Conn, error) {
	conn, err := w.Driver().Open(string(w))
	if err != nil {
		return nil, err //nolint:wrapcheck // openSQLite explains it
	}
	return conn, nil
}

// Driver is driver.Connector's.
func (writer) Driver() driver.Driver {
	return &sqlite3.SQLiteDriver{ConnectHook: func(conn *sqlite3.SQLiteConn) error {
		// Whoever commits would else bring the log into the file now and then, and wait for the disk: see Checkpoint.
		_, err := conn.Exec("PRAGMA wal_autocheckpoint = 0", nil)
		return err //nolint:wrapcheck // as above
	}}
}

// explainSQLite says what is wrong with the file at path and what to do about it.
func explainSQLite(path string, err error) error {
	advice := ""
	switch code := sqliteCode(err); {
	case code == sqlite3.ErrNotADB:
		advice = "the file is not a SQLite database; move it away or restore a backup, then start again"
	case code == sqlite3.ErrCorrupt:
		advice = "the file is damaged; restore a backup, then start again"
	case code == sqlite3.ErrFull:
		advice = "the disk is full; make room, then start again"
	case code == sqlite3.ErrBusy:
		advice = "another program holds the file; end it, then start again"
	case code == sqlite3.ErrCantOpen, code == sqlite3.ErrReadonly, code == sqlite3.ErrPerm,
		errors.As(err, new(*fs.PathError)):
		advice = fmt.Sprintf("user %d must be able to write the file and its folder; "+
			"change their owner or choose another data folder", os.Getuid())
	}
	if advice == "" {
		return fmt.Errorf("open database %s: %w", path, err)
	}
	return fmt.Errorf("open database %s: %w: %s", path, err, advice)
}

// sqliteCode is the SQLite result code in err, 0 when there is none.
func sqliteCode(err error) sqlite3.ErrNo {
	if failed, ok := errors.AsType[sqlite3.Error](err); ok {
		return failed.Code
	}
	return 0
}

// djangoSQLite writes values as Django's SQLite backend does, so that rows of
// either side are found by the other with = and <: a time is UTC without zone
// and with six digits of fraction or none. JSON as text and booleans as 0 and 1
// are so by themselves.
type djangoSQLite struct{ *sqlitedialect.Dialect }

// AppendTime appends t as a SQL string in Django's form.
func (djangoSQLite) AppendTime(b []byte, t time.Time) []byte {
	t = stored(t)
	layout := "'2006-01-02 15:04:05'"
	if t.Nanosecond() != 0 {
		layout = "'2006-01-02 15:04:05.000000'"
	}
	return t.AppendFormat(b, layout)
}
