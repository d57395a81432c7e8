package store_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/store/storetest"
)

// TestRunsTogether writes runs that come while somebody else writes: those that
// cannot be written do no harm to the others.
func TestRunsTogether(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, storetest.SQLite(t))
	taken := &store.Run{Plugin: "a", Action: "go", Trigger: store.TriggerAPI}
	if err := s.InsertRun(t.Context(), taken); err != nil {
		t.Fatal(err)
	}
	tx, err := s.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }() // nothing is left after Commit

	var written errgroup.Group
	const more = 20
	written.Go(func() error { return insert(t.Context(), s, store.Run{}) }) // it waits for the transaction's end
	wait(t, func() bool { return store.Writing(s) && store.Waiting(s) == 0 })
	for range more {
		written.Go(func() error { return insert(t.Context(), s, store.Run{}) })
	}
	refused := make(chan error, 3)
	go func() { refused <- insert(t.Context(), s, store.Run{ID: taken.ID}) }()
	go func() { refused <- insert(t.Context(), s, store.Run{UserID: 4711}) }()
	go func() { refused <- s.FinishRun(t.Context(), &store.Run{ID: "none", Status: store.RunOK}) }()
	ctx, cancel := context.WithCancel(t.Context())
	left := make(chan error)
	go func() { left <- insert(ctx, s, store.Run{Plugin: "gone"}) }()
	wait(t, func() bool { return store.Waiting(s) == more+4 })
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("InsertRun returns %v when its context ends", err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := written.Wait(); err != nil {
		t.Errorf("InsertRun: %v", err)
	}
	for range cap(refused) {
		if err := <-refused; !store.IsConflict(err) && !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a run that cannot be written: %v", err)
		}
	}
	for plugin, want := range map[string]int{"a": more + 2, "gone": 0} {
		if runs, err := s.Runs(t.Context(), plugin, 100, ""); err != nil || len(runs) != want {
			t.Errorf("%d runs of %q, want %d: %v", len(runs), plugin, want, err)
		}
	}
}

// insert writes a run with what it has to have.
func insert(ctx context.Context, s *store.Store, run store.Run) error {
	if run.Plugin == "" {
		run.Plugin = "a"
	}
	run.Action, run.Trigger = "go", store.TriggerAPI
	return s.InsertRun(ctx, &run)
}

// wait waits until something is true, for a minute at most.
func wait(t *testing.T, is func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for !is() {
		if ctx.Err() != nil {
			t.Fatal("it has not come true within a minute")
		}
		runtime.Gosched()
	}
}
