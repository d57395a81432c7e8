package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/uptrace/bun"
)

// longestLog is how long SQLite's log may be, in bytes, before writers are held
// up until it is in the file. It is kept shorter by itself, unless somebody
// writes all the time.
const longestLog = 64 << 20

// Checkpoint brings SQLite's log into the file when it has become long, which
// readers and writers wait for. With PostgreSQL it does nothing. That it was
// not possible just now is no error: the next time may be better.
func (s *Store) Checkpoint(ctx context.Context) error {
	db, ok := s.write.(*bun.DB)
	if !ok || s.isPostgres() {
		return nil
	}
	info, err := os.Stat(s.log)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look at the database's log: %w", err)
	}
	if info.Size() < longestLog {
		return nil
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("bring the log into the database: %w", err)
	}
	defer func() { _ = conn.Close() }() // it goes back to its pool
	// Whoever reads for long is not waited for: all who write wait meanwhile.
	for _, statement := range []string{
		"PRAGMA busy_timeout = 100", "PRAGMA wal_checkpoint(TRUNCATE)",
		fmt.Sprintf("PRAGMA busy_timeout = %d", busyTimeout.Milliseconds()),
	} {
		if _, wrong := conn.ExecContext(context.WithoutCancel(ctx), statement); wrong != nil {
			err = errors.Join(err, fmt.Errorf("bring the log into the database: %w", wrong))
		}
	}
	return err
}
