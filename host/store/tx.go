package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"
)

// Tx is an open transaction: a [Store] whose methods all take part in it,
// reading ones too. It is for one goroutine at a time. On SQLite nobody else
// writes while it is open, so it has to end soon.
type Tx struct {
	*Store
	tx bun.Tx
}

// Begin opens a transaction, waiting for its turn as long as ctx lasts. It is
// rolled back when ctx ends before it was committed.
func (s *Store) Begin(ctx context.Context) (*Tx, error) {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("begin a transaction: %w", err)
	}
	return &Tx{Store: &Store{write: tx, read: tx}, tx: tx}, nil
}

// Do lets f do one step of the transaction: when it fails nothing of the step
// is left, and the transaction goes on. An error that is [ErrTxLost] says that
// it cannot go on.
func (t *Tx) Do(ctx context.Context, f func(s *Store) error) error {
	step, err := t.tx.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrTxLost, err)
	}
	panics := true
	defer func() {
		if panics {
			_ = step.Rollback() // the panic goes on
		}
	}()
	err = f(&Store{write: step, read: step})
	panics = false
	if err != nil {
		if undo := step.Rollback(); undo != nil {
			return fmt.Errorf("%w: %w: %w", ErrTxLost, undo, err)
		}
		return err
	}
	if err := step.Commit(); err != nil {
		return fmt.Errorf("%w: %w", ErrTxLost, err)
	}
	return nil
}

// ErrTxLost reports that a transaction can do nothing but be rolled back: its
// context has ended, or the connection.
var ErrTxLost = errors.New("the transaction is lost")

// Commit makes the transaction's changes last.
func (t *Tx) Commit() error {
	if err := t.tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// Rollback undoes the transaction. After its end it does nothing.
func (t *Tx) Rollback() error {
	if err := t.tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		return fmt.Errorf("roll back: %w", err)
	}
	return nil
}

// SQL is the transaction as the standard library has it, for who brings SQL of
// their own, as the queue of jobs does.
func (t *Tx) SQL() *sql.Tx { return t.tx.Tx }

// Atomic lets f change several things, all of them or, when it returns an
// error, none.
func (s *Store) Atomic(ctx context.Context, f func(s *Store) error) error {
	return s.write.RunInTx(ctx, nil, func(_ context.Context, tx bun.Tx) error { //nolint:wrapcheck // f's own, or of begin and commit
		return f(&Store{write: tx, read: tx})
	})
}
