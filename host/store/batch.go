package store

import (
	"context"
	"errors"
	"sync"

	"github.com/uptrace/bun"
)

// batch writes small changes that come at the same time in one transaction:
// with SQLite, where one writes at a time, a transaction costs more than what
// is in it.
type batch struct {
	turn chan struct{} // holds a token while somebody writes for all who wait

	mu      sync.Mutex // guards what follows
	waiting []*change
}

// change is one statement. It is tried twice when another one of its batch fails.
type change struct {
	write func(ctx context.Context, db bun.IDB) error
	done  chan struct{} // closed once err says what came of it
	err   error
}

func newBatch() *batch { return &batch{turn: make(chan struct{}, 1)} }

// small makes a change that others need not wait for one by one.
func (s *Store) small(ctx context.Context, write func(ctx context.Context, db bun.IDB) error) error {
	if s.batch == nil {
		return write(ctx, s.write)
	}
	c := &change{write: write, done: make(chan struct{})}
	s.batch.add(c)
	select {
	case <-c.done:
		return c.err
	case <-ctx.Done():
		if s.batch.leave(c) {
			return context.Cause(ctx)
		}
		<-c.done // it is being written
		return c.err
	case s.batch.turn <- struct{}{}:
	}
	defer func() { <-s.batch.turn }()
	s.writeAll(context.WithoutCancel(ctx), s.batch.take()) // others' changes do not end with this caller
	return c.err
}

func (b *batch) add(c *change) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting = append(b.waiting, c)
}

// take returns what waits.
func (b *batch) take() []*change {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := b.waiting
	b.waiting = nil
	return all
}

// leave takes back a change; false when it is too late for that.
func (b *batch) leave(c *change) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, other := range b.waiting {
		if other == c {
			b.waiting = append(b.waiting[:i:i], b.waiting[i+1:]...)
			return true
		}
	}
	return false
}

// writeAll makes changes together; when it is one of them that cannot be made,
// each by itself.
func (s *Store) writeAll(ctx context.Context, all []*change) {
	alone := len(all) == 1
	err := error(nil)
	if !alone {
		err = s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			for _, c := range all {
				if c.err = c.write(ctx, tx); c.err != nil && !errors.Is(c.err, ErrNotFound) {
					alone = true
					return c.err
				}
			}
			return nil
		})
	}
	for _, c := range all {
		switch {
		case alone:
			c.err = c.write(ctx, s.write)
		case err != nil: // nobody can write: each would only wait as long again
			c.err = err
		}
		close(c.done)
	}
}
