package store

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"syscall"
	"time"
)

// Bounds of the wait for a turn, as in turns.py.
const (
	turnAgain    = time.Millisecond // after which one looks again
	turnPatience = 10 * time.Second // after which SQLite alone decides
	turnGone     = 2 * time.Second  // after which who has not looked is taken for killed
	turnQueue    = 64               // who wait in order, at most; others come after them
	turnEntry    = 16               // bytes of each
)

// turns is the queue of those who write SQLite's file much, in this process and
// in others: pluggarr/turns.py of the Python worker is its other half. SQLite
// gives the right to write to who happens to look when it is free, so that one
// in a loop may keep out another for seconds. Whoever holds the lock of the one
// file writes; the other lists who waits, in the order in which they came.
type turns struct {
	now, queue *os.File
	name       uint64        // in the queue
	here       chan struct{} // of one: a lock of a file is one for the whole process
}

// waits is an entry of the queue.
type waits struct {
	name uint64
	seen float64 // when it looked last, in seconds of Unix time
}

// openTurns opens the queue of the database at path.
func openTurns(path string) (*turns, error) {
	now, err := os.OpenFile(path+"-turns", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the queue of writers: %w", err)
	}
	queue, err := os.OpenFile(path+"-turns-queue", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the queue of writers: %w", err), now.Close())
	}
	var name [8]byte
	_, _ = rand.Read(name[:]) // never fails
	return &turns{now: now, queue: queue, name: binary.LittleEndian.Uint64(name[:]), here: make(chan struct{}, 1)}, nil
}

// Close leaves the queue.
func (t *turns) Close() error { return errors.Join(t.now.Close(), t.queue.Close()) }

// Turn waits until it is the caller's turn to write, for who writes one
// transaction after the other: the processes of Python plugins, which take turns
// too, would else wait for long. The caller writes soon and then calls end,
// which is never nil. With PostgreSQL and inside of a [Tx] there is nothing to
// wait for, and who has waited for ten seconds waits no more. The error is ctx's.
func (s *Store) Turn(ctx context.Context) (end func(), err error) {
	t := s.turns
	if t == nil {
		return func() {}, ctx.Err()
	}
	until := time.NewTimer(turnPatience)
	defer until.Stop()
	select {
	case t.here <- struct{}{}:
	case <-until.C:
		return func() {}, nil
	case <-ctx.Done():
		return func() {}, fmt.Errorf("wait for a turn to write: %w", ctx.Err())
	}
	taken, err := t.take(ctx, until.C)
	if !taken {
		<-t.here
		return func() {}, err
	}
	return func() {
		unlockFile(t.now)
		<-t.here
	}, nil
}

// take waits for the turn. It gives up, without an error, when over comes, or
// when the file system has no locks.
func (t *turns) take(ctx context.Context, over <-chan time.Time) (bool, error) {
	for {
		taken, err := t.look()
		if taken {
			return true, nil
		}
		if err != nil && !errors.Is(err, syscall.EWOULDBLOCK) {
			return false, nil // without a queue SQLite alone decides
		}
		select {
		case <-over: // as when there is none
			t.leave()
			return false, nil
		case <-ctx.Done():
			t.leave()
			return false, fmt.Errorf("wait for a turn to write: %w", ctx.Err())
		case <-time.After(turnAgain):
		}
	}
}

// look takes the turn if this one is the first of the queue; it is part of it
// until then, or until it leaves.
func (t *turns) look() (taken bool, err error) {
	err = t.amend(func(at int) (gone bool) {
		taken = at == 0 && lockFile(t.now) == nil
		return taken
	})
	return taken, err
}

// leave gives up this one's place in the queue.
func (t *turns) leave() {
	_ = t.amend(func(int) (gone bool) { return true }) // whose place is not renewed loses it in any case
}

// amend renews this one's place in the queue, or takes it out of it when decide,
// which is told how many are before it, says that it is gone.
func (t *turns) amend(decide func(at int) (gone bool)) error {
	if err := lockFile(t.queue); err != nil {
		return err
	}
	defer unlockFile(t.queue)
	queue, err := t.read()
	if err != nil {
		return err
	}
	at := slices.IndexFunc(queue, func(w waits) bool { return w.name == t.name })
	if decide(at) {
		queue = slices.Delete(queue, at, at+1)
	}
	raw := make([]byte, 0, len(queue)*turnEntry)
	for _, w := range queue {
		raw = binary.LittleEndian.AppendUint64(raw, w.name)
		raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(w.seen))
	}
	if _, err := t.queue.WriteAt(raw, 0); err != nil {
		return fmt.Errorf("write the queue of writers: %w", err)
	}
	if err := t.queue.Truncate(int64(len(raw))); err != nil {
		return fmt.Errorf("write the queue of writers: %w", err)
	}
	return nil
}

// read returns who waits, with this one, and without those who are gone.
func (t *turns) read() ([]waits, error) {
	raw := make([]byte, turnQueue*turnEntry)
	n, err := t.queue.ReadAt(raw, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the queue of writers: %w", err)
	}
	now := float64(time.Now().UnixNano()) / float64(time.Second)
	var queue []waits
	here := false
	for raw = raw[:n]; len(raw) >= turnEntry; raw = raw[turnEntry:] {
		w := waits{binary.LittleEndian.Uint64(raw), math.Float64frombits(binary.LittleEndian.Uint64(raw[8:]))}
		if w.name == t.name {
			here, w.seen = true, now
		}
		if math.Abs(now-w.seen) < turnGone.Seconds() {
			queue = append(queue, w)
		}
	}
	if !here {
		queue = append(queue, waits{t.name, now})
	}
	return queue, nil
}

// lockFile locks a file. It waits for nobody, who may have been stopped: the error
// is EWOULDBLOCK when somebody has it.
func lockFile(file *os.File) error {
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			return err //nolint:wrapcheck // looked at, never shown
		}
	}
}

// unlockFile lets others in; closing the file does too.
func unlockFile(file *os.File) { _ = syscall.Flock(int(file.Fd()), syscall.LOCK_UN) }
