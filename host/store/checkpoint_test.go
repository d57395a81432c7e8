package store_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/store/storetest"
)

func TestCheckpoint(t *testing.T) {
	t.Parallel()
	cfg := storetest.SQLite(t)
	s, raw := storetest.Open(t, cfg), storetest.Raw(t, cfg)
	size := func() int64 {
		info, err := os.Stat(cfg.Path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	if err := s.Checkpoint(t.Context()); err != nil || size() == 0 {
		t.Errorf("Checkpoint of a short log: %v; %d bytes are left of it", err, size())
	}
	for _, statement := range []string{"CREATE TABLE big (x)", "INSERT INTO big VALUES (zeroblob(70000000))"} {
		if _, err := raw.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if size() < 70_000_000 {
		t.Fatalf("the log has %d bytes: this test is to be mended", size())
	}
	if err := s.Checkpoint(t.Context()); err != nil || size() != 0 {
		t.Errorf("Checkpoint returns %v and leaves a log of %d bytes", err, size())
	}
}

// While somebody has the right to write, what was written before goes into the
// file, and who commits does not have to do it.
func TestCheckpointBesideAWriter(t *testing.T) {
	t.Parallel()
	cfg := storetest.SQLite(t)
	s := storetest.Open(t, cfg)
	size := func() int64 {
		info, err := os.Stat(cfg.Path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	tx, err := s.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{"CREATE TABLE big (x)", "INSERT INTO big VALUES (zeroblob(10000000))"} {
		if _, err := tx.SQL().ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if size() > 10_000_000 {
		t.Error("who commits brings the log into the file")
	}
	if tx, err = s.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := tx.Rollback(); err != nil {
			t.Error(err)
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := s.Checkpoint(ctx); err != nil || size() < 10_000_000 {
		t.Errorf("Checkpoint returns %v; the file has %d bytes", err, size())
	}
}

// TestCheckpointAfterACancelledTransaction ends a transaction by its context,
// which ends the connection: the next one leaves the log alone as well.
func TestCheckpointAfterACancelledTransaction(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, storetest.SQLite(t))
	ctx, cancel := context.WithCancel(t.Context())
	left, err := s.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	wait(t, func() bool { // until it is rolled back
		_, err := left.SQL().ExecContext(t.Context(), "SELECT 1")
		return errors.Is(err, sql.ErrTxDone)
	})

	tx, err := s.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }() // it only reads
	pages := -1
	if err := tx.SQL().QueryRowContext(t.Context(), "PRAGMA wal_autocheckpoint").Scan(&pages); err != nil || pages != 0 {
		t.Errorf("a commit brings the log in once it has %d pages: %v", pages, err)
	}
}
