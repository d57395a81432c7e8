package registry_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/registry"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/store/storetest"
)

const slow = `func wait(ctx *sdk.Context, _ Settings) (sdk.Result, error) {
	ctx.Progress(1, 3, "waiting")
	ctx.Log.Info("waiting")
	<-ctx.Done()
	return sdk.Result{}, ctx.Err()
}
func deaf(ctx *sdk.Context, _ Settings) (sdk.Result, error) {
	ctx.Log.Info("deaf")
	select {}
}`

const slowActions = `{ID: "wait", Label: "Wait", Background: true, Run: sdk.Handle(wait)},
{ID: "deaf", Label: "Deaf", Run: sdk.Handle(deaf)},`

func TestBackgroundRuns(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{Grace: patience})
	b.write("p/main.go", source("here", "", slow, slowActions))
	b.enable("p")
	begin := func(action string, background *bool) string {
		out, err := b.Run(t.Context(), "p", registry.Call{Action: action, Background: background})
		if err != nil || out.Run == "" || out.Result != nil {
			t.Fatalf("Run in the background = %+v, %v", out, err)
		}
		return out.Run
	}
	yes := true
	wait := begin("wait", nil)
	b.heard("waiting")
	again := begin("wait", &yes)
	b.heard("waiting")
	runs, err := b.Runs(t.Context(), "p", 10, "")
	if err != nil || len(runs) != 2 || runs[0].ID != again || runs[1].Status != store.RunRunning || runs[1].ProgressMessage != "waiting" {
		t.Fatalf("Runs = %+v, %v", runs, err)
	}
	run, err := b.Cancel(t.Context(), wait)
	if err != nil || run.Status != store.RunCancelled || run.ProgressTotal != 3 || run.FinishedAt.IsZero() {
		t.Errorf("Cancel = %+v, %v", run, err)
	}
	b.want("p", "say", `{"status":"ok","message":"here","limit":5}`)
	if run, err = b.Cancel(t.Context(), again); err != nil || run.Status != store.RunCancelled {
		t.Errorf("Cancel of the second one = %+v, %v", run, err)
	}
	if _, err := b.Cancel(t.Context(), wait); !errors.Is(err, registry.ErrRunOver) {
		t.Errorf("Cancel of a run that is over: %v", err)
	}
	if _, err := b.Cancel(t.Context(), "nothing"); !errors.Is(err, registry.ErrNoRun) {
		t.Errorf("Cancel of no run: %v", err)
	}
	if _, err := b.Runs(t.Context(), "nobody", 1, ""); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("Runs of nobody: %v", err)
	}
}

// TestDeafRunIsCancelled has a run that does not notice that it was cancelled.
func TestDeafRunIsCancelled(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{Grace: short})
	b.write("p/main.go", source("here", "", slow, slowActions))
	b.enable("p")
	yes := true
	out, err := b.Run(t.Context(), "p", registry.Call{Action: "deaf", Background: &yes})
	if err != nil {
		t.Fatal(err)
	}
	b.heard("deaf")
	if run, err := b.Cancel(t.Context(), out.Run); err != nil || run.Status != store.RunCancelled {
		t.Errorf("Cancel = %+v, %v", run, err)
	}
	if died := b.await("p", registry.Died, 1); !strings.Contains(died.Failure.Message, "did not end when it was cancelled") {
		t.Errorf("its worker: %q", died.Failure.Message)
	}
	b.want("p", "say", `{"status":"ok","message":"here","limit":5}`)
}

func TestParams(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{})
	b.write("p/main.go", source("x", "", "type Params struct {\n\tCount int `json:\"count\" label:\"Count\" min:\"2\"`\n}\n"+
		"func count(_ *sdk.Context, _ Settings, p Params) (sdk.Result, error) { return sdk.OK(\"\").With(\"count\", p.Count), nil }",
		`{ID: "count", Label: "Count", Run: sdk.HandleParams(count)},`))
	b.enable("p")
	got, err := b.run("p", "count", `{"count":3.0}`)
	if err != nil || got != `{"status":"ok","count":3}` {
		t.Errorf("count = %s, %v", got, err)
	}
	for _, bad := range []string{`{"count":1}`, `{"count":"3"}`, `[1]`, `"x"`} {
		_, err := b.run("p", "count", bad)
		if f := failed(t, err); f.Fault != store.FaultUser || len(f.Fields) == 0 {
			t.Errorf("count of %s: %+v", bad, f)
		}
	}
	runs, err := b.Runs(t.Context(), "p", 10, "")
	if err != nil || len(runs) != 1 {
		t.Errorf("%d runs were kept, %v; refused ones are none", len(runs), err)
	}
}

// TestRunSurvivesItsCaller has somebody ask for a run and go away.
func TestRunSurvivesItsCaller(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{Grace: patience})
	b.write("p/main.go", source("x", "", slow, slowActions))
	b.enable("p")
	no := false
	ctx, leave := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := b.Run(ctx, "p", registry.Call{Action: "wait", Params: json.RawMessage("{}"), Background: &no})
		ended <- err
	}()
	b.heard("waiting")
	leave()
	runs, err := b.Runs(t.Context(), "p", 1, "")
	if err != nil || runs[0].Status != store.RunRunning {
		t.Fatalf("after its caller left the run is %+v, %v", runs, err)
	}
	if _, err := b.Cancel(t.Context(), runs[0].ID); err != nil {
		t.Error(err)
	}
	if f := failed(t, <-ended); !strings.Contains(f.Message, "cancelled") {
		t.Errorf("the run ended with %q", f.Message)
	}
}

// TestEndOfARunIsKept has the database fail when a run ends.
func TestEndOfARunIsKept(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{Grace: patience})
	cfg := storetest.SQLite(t)
	b.cfg.Store = storetest.Open(t, cfg)
	b.open()
	b.write("p/main.go", source("x", "", slow, slowActions))
	b.enable("p")
	out, err := b.Run(t.Context(), "p", registry.Call{Action: "wait"})
	if err != nil {
		t.Fatal(err)
	}
	b.heard("waiting")
	rename := func(from, to string) {
		db, err := sql.Open("sqlite3", cfg.Path)
		if err == nil {
			_, err = db.ExecContext(t.Context(), "ALTER TABLE "+from+" RENAME TO "+to)
		}
		if err = errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
	}
	rename("pluggarr_run", "elsewhere")
	run, err := b.Cancel(t.Context(), out.Run)
	if err != nil || run.Status != store.RunCancelled || run.FinishedAt.IsZero() {
		t.Errorf("without a database Cancel = %+v, %v", run, err)
	}
	if _, err := b.Cancel(t.Context(), out.Run); !errors.Is(err, registry.ErrRunOver) {
		t.Errorf("Cancel of a run that is over: %v", err)
	}
	rename("elsewhere", "pluggarr_run")
	b.until("the run's row to say so", func() bool {
		row, err := b.cfg.Store.Run(t.Context(), out.Run)
		if err != nil {
			t.Fatal(err)
		}
		return row.Status == store.RunCancelled
	})
	b.mu.Lock()
	b.reports = nil // the host had trouble, as was wanted
	b.mu.Unlock()
}

// queueOfOne keeps the last run that was queued.
type queueOfOne struct{ queued registry.QueuedRun }

func (q *queueOfOne) QueueRun(_ context.Context, run registry.QueuedRun) error {
	q.queued = run
	return nil
}

// TestQueuedRunAgain has a queued run done again: one that failed is tried
// anew, one that went well is not, and one that was cancelled when it is wanted.
func TestQueuedRunAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{})
	queue := &queueOfOne{}
	b.cfg.Queue = queue
	b.Close(t.Context())
	b.open()
	b.write("p/main.go", source("x", `"errors"`, `var failed bool
func flaky(_ *sdk.Context, _ Settings) (sdk.Result, error) {
	if !failed {
		failed = true
		return sdk.Result{}, errors.New("not yet")
	}
	return sdk.OK("now"), nil
}`, `{ID: "flaky", Label: "Flaky", Background: true, Run: sdk.Handle(flaky)},`))
	b.enable("p")
	out, err := b.Run(t.Context(), "p", registry.Call{Action: "flaky"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.RunQueued(t.Context(), queue.queued); err == nil {
		t.Error("the first try did not fail")
	}
	if result, err := b.RunQueued(t.Context(), queue.queued); err != nil || !strings.Contains(string(result), "now") {
		t.Errorf("the second try = %s, %v", result, err)
	}
	runs, err := b.Runs(t.Context(), "p", 10, "")
	if err != nil || len(runs) != 2 || runs[0].Status != store.RunOK || runs[1].ID != out.Run || runs[1].Status != store.RunError {
		t.Fatalf("Runs = %+v, %v", runs, err)
	}
	said := queue.queued
	said.Run, said.Sealed = runs[0].ID, ""
	if _, err := b.RunQueued(t.Context(), said); err != nil {
		t.Error(err)
	}
	if runs, err = b.Runs(t.Context(), "p", 10, ""); len(runs) != 2 {
		t.Errorf("what went well was done again: %d runs, %v", len(runs), err)
	}
	if out, err = b.Run(t.Context(), "p", registry.Call{Action: "flaky"}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.CancelQueued(t.Context(), out.Run); err != nil {
		t.Fatal(err)
	}
	cancelled := queue.queued
	if _, err := b.RunQueued(t.Context(), cancelled); !errors.Is(err, registry.ErrCancelled) {
		t.Errorf("a cancelled run: %v", err)
	}
	cancelled.Again = true
	if result, err := b.RunQueued(t.Context(), cancelled); err != nil || !strings.Contains(string(result), "now") {
		t.Errorf("a cancelled run that is wanted again = %s, %v", result, err)
	}
	if runs, err = b.Runs(t.Context(), "p", 10, ""); len(runs) != 4 || runs[1].Status != store.RunCancelled || runs[0].Status != store.RunOK {
		t.Errorf("Runs = %+v, %v", runs, err)
	}
}
