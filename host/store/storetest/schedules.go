package storetest

import (
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/store"
)

// schedulesAtOnce holds that the clock, which notes what it did about a row it
// read before, takes back nothing that somebody else did to it.
func schedulesAtOnce(t *testing.T, s *store.Store) {
	row := store.Schedule{
		Owner: store.ScheduledUser, Target: "x", Name: "x", Kind: "k", Args: []byte("null"), EverySeconds: 3600, Missed: "skip",
		NextAt: time.Now().Add(-time.Minute),
	}
	if err := s.InsertSchedule(t.Context(), &row); err != nil {
		t.Fatal(err)
	}
	read := func() *store.Schedule {
		t.Helper()
		got, err := s.Schedule(t.Context(), row.ID)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	before := read()
	if err := s.RanNow(t.Context(), row.ID, 7); err != nil {
		t.Fatal(err)
	}
	fired := store.Fired{ID: row.ID, Due: before.NextAt, Next: before.NextAt.Add(time.Hour)}
	if err := s.Fired(t.Context(), fired); err != nil {
		t.Fatal(err)
	}
	got := read()
	if got.LastJob != 7 || got.LastAt.IsZero() || !got.NextAt.Equal(fired.Next) {
		t.Errorf("run by hand and skipped by the clock: last job %d at %s, next at %s", got.LastJob, got.LastAt, got.NextAt)
	}

	moved := *before
	moved.NextAt = time.Now().Add(24 * time.Hour)
	if err := s.UpdateSchedule(t.Context(), &moved); err != nil {
		t.Fatal(err)
	}
	late := store.Fired{ID: row.ID, Due: got.NextAt, Next: got.NextAt.Add(time.Hour), Job: 8}
	if err := s.Fired(t.Context(), late); err != nil {
		t.Fatal(err)
	}
	if got := read(); got.NextAt.Before(moved.NextAt.Add(-time.Second)) || got.LastJob != 7 {
		t.Errorf("changed while the clock was at it: next at %s, last job %d", got.NextAt, got.LastJob)
	}
}
