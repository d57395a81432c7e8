package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/uptrace/bun"
)

// Lengths of SQLite's log, in bytes.
const (
	shortLog   = 4 << 20  // not worth the trouble
	longestLog = 64 << 20 // after which writers wait for a moment, until there is none
)

// Checkpoint brings SQLite's log into the file when it has become long. Nobody
// waits for that, unless others write all the time, so that the log goes on
// growing: then writers wait while its last bit is brought in. Nobody else does
// it, so it is for the host to call, every second or so. With PostgreSQL and
// inside of a [Tx] it does nothing. That it was not possible just now is no
// error: the next time may be better.
func (s *Store) Checkpoint(ctx context.Context) error {
	write, ok := s.write.(*bun.DB)
	if !ok || s.tidy == nil {
		return nil
	}
	info, err := os.Stat(s.log)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look at the database's log: %w", err)
	}
	if info.Size() < shortLog {
		return nil
	}
	if _, err := s.tidy.ExecContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)"); err != nil {
		return fmt.Errorf("bring the log into the database: %w", err)
	}
	if info.Size() < longestLog {
		return nil
	}
	return endLog(ctx, write)
}

// endLog brings in what others wrote meanwhile, with nobody else writing, and
// makes the log empty.
func endLog(ctx context.Context, db *bun.DB) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("make the database's log short: %w", err)
	}
	defer func() { _ = conn.Close() }() // it goes back to its pool
	// Whoever reads for long is not waited for: all who write wait meanwhile.
	for _, statement := range []string{
		"PRAGMA busy_timeout = 100", "PRAGMA wal_checkpoint(TRUNCATE)",
		fmt.Sprintf("PRAGMA busy_timeout = %d", busyTimeout.Milliseconds()),
	} {
		if _, wrong := conn.ExecContext(context.WithoutCancel(ctx), statement); wrong != nil {
			err = errors.Join(err, fmt.Errorf("make the database's log short: %w", wrong))
		}
	}
	return err
}
