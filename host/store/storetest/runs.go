package storetest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/store"
)

func runLife(t *testing.T, s *store.Store) {
	admin, err := s.EnsureAdmin(t.Context(), "admin")
	must(t, err)
	run := &store.Run{
		Plugin: "a", Action: "go", UserID: admin.ID, Trigger: store.TriggerAPI, Version: "1",
		Params: json.RawMessage(`{"z": 1, "a": 2}`),
	}
	must(t, s.InsertRun(t.Context(), run))
	if len(run.ID) != 36 || run.Status != store.RunRunning || run.StartedAt.IsZero() {
		t.Errorf("InsertRun() made %+v, want an id and a running run", run)
	}
	must(t, s.Progress(t.Context(), run.ID, store.Progress{Done: 3, Total: 10, Message: "three"}))
	got, err := s.Run(t.Context(), run.ID)
	must(t, err)
	want := *run
	want.ProgressDone, want.ProgressTotal, want.ProgressMessage = 3, 10, "three"
	if !reflect.DeepEqual(*got, want) {
		t.Errorf("Run() = %+v, want %+v", *got, want)
	}

	want.Status, want.Engine, want.Result = store.RunOK, "compiled", json.RawMessage(`{"z": 1, "a": [null]}`)
	want.FinishedAt = want.StartedAt.Add(1500 * time.Millisecond)
	must(t, s.FinishRun(t.Context(), &want))
	got, err = s.Run(t.Context(), run.ID)
	must(t, err)
	if !reflect.DeepEqual(*got, want) || got.DurationMS != 1500 {
		t.Errorf("Run() = %+v, want %+v, 1500 ms long", *got, want)
	}
	_, err = s.Run(t.Context(), "absent")
	wantErr(t, "Run(absent)", err, store.ErrNotFound)
}

// A run that did not do its work says so in its result, however long that is.
func runSaysError(t *testing.T, s *store.Store) {
	long := strings.Repeat(" long", 100_000)
	for result, want := range map[string]bool{
		`{"status": "error", "log": "` + long + `"}`:          true,
		`{"n": [1, {"status": "ok"}], "status":"error"}`:      true,
		`{"n": {"status": "error"}, "status": "ok"}`:          false,
		`{"status": "errors"}`:                                false,
		`["status", "error"]`:                                 false,
		`"error"`:                                             false,
		strings.Repeat("[", 5000) + strings.Repeat("]", 5000): false,
	} {
		run := addRun(t, s, store.Run{Plugin: "says", Result: nil})
		run.Status, run.Result = store.RunOK, json.RawMessage(result)
		must(t, s.FinishRun(t.Context(), run))
		list, err := s.Runs(t.Context(), "says", 1, "")
		must(t, err)
		one, err := s.Run(t.Context(), run.ID)
		must(t, err)
		if list[0].ID != run.ID || list[0].SaysError != want || one.SaysError != want {
			t.Errorf("%.60s: in the list %t, by itself %t, want %t", result, list[0].SaysError, one.SaysError, want)
		}
	}
}

func runEndsOnce(t *testing.T, s *store.Store) {
	run := addRun(t, s, store.Run{Plugin: "a"})
	run.Status = store.RunCancelled
	must(t, s.FinishRun(t.Context(), run))
	late := *run
	late.Status, late.FinishedAt = store.RunOK, time.Time{}
	wantErr(t, "FinishRun twice", s.FinishRun(t.Context(), &late), store.ErrNotFound)
	must(t, s.Progress(t.Context(), run.ID, store.Progress{Done: 1}))
	got, err := s.Run(t.Context(), run.ID)
	must(t, err)
	if got.Status != store.RunCancelled || got.ProgressDone != 0 || got.Result != nil || got.FinishedAt.IsZero() {
		t.Errorf("Run() = %+v, want it as it first ended", got)
	}
}

func runQueued(t *testing.T, s *store.Store) {
	run := addRun(t, s, store.Run{Plugin: "a", Status: store.RunQueued})
	if !run.StartedAt.IsZero() {
		t.Errorf("a queued run started at %v", run.StartedAt)
	}
	must(t, s.StartRun(t.Context(), run))
	got, err := s.Run(t.Context(), run.ID)
	must(t, err)
	if !reflect.DeepEqual(got, run) || got.Status != store.RunRunning || got.StartedAt.Before(got.CreatedAt) {
		t.Errorf("Run() = %+v, want it running as in %+v", got, run)
	}
	wantErr(t, "StartRun twice", s.StartRun(t.Context(), run), store.ErrNotFound)
	late := &store.Run{ID: run.ID, Status: store.RunCancelled}
	wantErr(t, "FinishQueuedRun of one that runs", s.FinishQueuedRun(t.Context(), late), store.ErrNotFound)
}

func runForeignText(t *testing.T, s *store.Store) {
	deep := strings.Repeat("[", 5000) + strings.Repeat("]", 5000)
	for name, result := range map[string]string{"escaped NUL": `"a\u0000b \ud800"`, "deep": deep, "null": `null`} {
		run := addRun(t, s, store.Run{Plugin: "a", Action: "it's ? \\'"})
		run.Status, run.ErrorFault = store.RunError, store.FaultPlugin
		run.Error, run.Traceback, run.Result = "NUL \x00 bad \xff end", "'\\'?\x00", json.RawMessage(result)
		must(t, s.FinishRun(t.Context(), run))
		got, err := s.Run(t.Context(), run.ID)
		must(t, err)
		if got.Error != "NUL \uFFFD bad \uFFFD end" || got.Traceback != "'\\'?\uFFFD" || got.Action != "it's ? \\'" {
			t.Errorf("text came back as %q, %q, %q", got.Error, got.Traceback, got.Action)
		}
		if string(got.Result) != result {
			t.Errorf("%s came back as %.100s", name, got.Result)
		}
	}
}

func runPages(t *testing.T, s *store.Store) {
	var ids []string
	for range 5 {
		addRun(t, s, store.Run{Plugin: "b"})
		ids = append([]string{addRun(t, s, store.Run{Plugin: "a"}).ID}, ids...)
	}
	var got []string
	for before := ""; ; before = got[len(got)-1] {
		page, err := s.Runs(t.Context(), "a", 2, before)
		must(t, err)
		if len(page) == 0 {
			break
		}
		for _, run := range page {
			got = append(got, run.ID)
		}
	}
	if !reflect.DeepEqual(got, ids) {
		t.Errorf("pages of runs gave %v, want %v", got, ids)
	}
}

func runTrim(t *testing.T, s *store.Store) {
	old := time.Now().Add(-31 * 24 * time.Hour)
	keep := map[string]string{}
	for i := range 6 {
		id := fmt.Sprintf("018f0000-0000-7000-8000-%012d", i)
		run := addRun(t, s, store.Run{ID: id, Plugin: "a"})
		if i == 0 {
			keep[id] = "it has not ended"
			continue
		}
		if i >= 3 {
			keep[id] = "it is one of the newest three"
		}
		must(t, s.FinishRun(t.Context(), run))
	}
	for _, plugin := range []string{"removed", "other"} {
		must(t, s.FinishRun(t.Context(), addRun(t, s, store.Run{Plugin: plugin, CreatedAt: old})))
		fresh := addRun(t, s, store.Run{Plugin: plugin})
		must(t, s.FinishRun(t.Context(), fresh))
		keep[fresh.ID] = "it is of another plugin and young"
		keep[addRun(t, s, store.Run{Plugin: plugin, CreatedAt: old}).ID] = "it has not ended"
	}

	n, err := s.TrimRuns(t.Context(), "a", 3, 30*24*time.Hour)
	must(t, err)
	if n != 4 {
		t.Errorf("TrimRuns() = %d, want 4", n)
	}
	left := 0
	for _, plugin := range []string{"a", "removed", "other"} {
		runs, err := s.Runs(t.Context(), plugin, 10, "")
		must(t, err)
		left += len(runs)
	}
	for id, why := range keep {
		if _, err := s.Run(t.Context(), id); err != nil {
			t.Errorf("%v, but %s", err, why)
		}
	}
	if left != len(keep) {
		t.Errorf("%d runs left, want %d", left, len(keep))
	}
}

func runInterrupt(t *testing.T, s *store.Store) {
	running := addRun(t, s, store.Run{Plugin: "a"})
	queued := addRun(t, s, store.Run{Plugin: "a", Status: store.RunQueued})
	done := addRun(t, s, store.Run{Plugin: "a"})
	done.Status = store.RunOK
	must(t, s.FinishRun(t.Context(), done))

	n, err := s.InterruptRuns(t.Context(), "the host stopped")
	must(t, err)
	if n != 2 {
		t.Errorf("InterruptRuns() = %d, want 2", n)
	}
	for _, id := range []string{running.ID, queued.ID} {
		got, err := s.Run(t.Context(), id)
		must(t, err)
		if got.Status != store.RunError || got.Error != "the host stopped" || got.ErrorFault != store.FaultHost ||
			got.FinishedAt.IsZero() {
			t.Errorf("interrupted run is %+v", got)
		}
	}
	got, err := s.Run(t.Context(), done.ID)
	must(t, err)
	if got.Status != store.RunOK {
		t.Errorf("a finished run became %+v", got)
	}
}

func descriptions(t *testing.T, s *store.Store) {
	hashes := []string{"absent"}
	for i := range 1200 {
		hashes = append(hashes, fmt.Sprintf("%064d", i))
	}
	for _, hash := range hashes[1:3] {
		must(t, s.SaveDescription(t.Context(), hash, json.RawMessage(`{"old": true}`)))
		must(t, s.SaveDescription(t.Context(), hash, json.RawMessage(`{"z": "`+hash+`", "a": "\u0000"}`)))
	}
	got, err := s.Descriptions(t.Context(), hashes)
	must(t, err)
	if len(got) != 2 || string(got[hashes[2]]) != `{"z": "`+hashes[2]+`", "a": "\u0000"}` {
		t.Errorf("Descriptions() = %s, want the two saved", got)
	}
	must(t, s.PruneDescriptions(t.Context(), []string{hashes[2], "absent"}))
	got, err = s.Descriptions(t.Context(), hashes)
	must(t, err)
	if len(got) != 1 || got[hashes[2]] == nil {
		t.Errorf("after PruneDescriptions: %s, want only the one kept", got)
	}
	none, err := s.Descriptions(t.Context(), nil)
	must(t, err)
	if len(none) != 0 {
		t.Errorf("Descriptions(nil) = %v, want nothing", none)
	}
}

// addRun inserts run and returns it.
func addRun(t *testing.T, s *store.Store, run store.Run) *store.Run {
	t.Helper()
	must(t, s.InsertRun(t.Context(), &run))
	return &run
}
