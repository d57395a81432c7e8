package jobs_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/pluggarr/pluggarr/host/jobs"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is for what has to happen.
const patience = time.Minute

// yard is a queue over a database, and what its jobs do.
type yard struct {
	*jobs.Queue
	t       testing.TB
	cfg     jobs.Config
	db      store.Config
	began   chan *jobs.Task // every job that begins; it waits for go on
	goOn    chan error      // ends a job
	changes chan jobs.Job
	dropped chan string
}

// each runs a test on both databases.
func each(t *testing.T, test func(t *testing.T, y *yard)) {
	t.Helper()
	t.Parallel()
	for name, database := range map[string]func(testing.TB) store.Config{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newYard(t, database(t)))
		})
	}
}

func newYard(t testing.TB, db store.Config) *yard {
	t.Helper()
	y := &yard{
		t: t, db: db, began: make(chan *jobs.Task, 100), goOn: make(chan error),
		changes: make(chan jobs.Job, 1000), dropped: make(chan string, 10),
	}
	y.cfg = jobs.Config{
		Store: storetest.Open(t, db), Changed: func(j jobs.Job) {
			select {
			case y.changes <- j:
			default:
			}
		},
		Kinds: map[string]jobs.Kind{
			"wait": {Queue: "a", Workers: 4, Do: y.wait, Attempts: 3, Dropped: func(_ context.Context, args json.RawMessage) { y.dropped <- string(args) }},
			"once": {Queue: "b", Workers: 4, Do: y.wait},
		},
	}
	y.open()
	return y
}

func (y *yard) open() {
	y.t.Helper()
	q, err := jobs.Open(y.t.Context(), y.cfg)
	if err != nil {
		y.t.Fatal(err)
	}
	y.Queue = q
	if err := q.Start(); err != nil {
		y.t.Fatal(err)
	}
	y.t.Cleanup(y.stop(q))
}

// stop returns how to end a queue, once.
func (y *yard) stop(q *jobs.Queue) func() {
	return func() {
		if err := q.Stop(context.Background()); err != nil {
			y.t.Error(err)
		}
		q.Close()
	}
}

// wait is what a job does.
func (y *yard) wait(ctx context.Context, t *jobs.Task) (any, error) {
	y.began <- t
	select {
	case err := <-y.goOn:
		return map[string]int{"id": int(t.ID)}, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (y *yard) put(r jobs.Request) jobs.Job {
	y.t.Helper()
	j, err := y.Enqueue(y.t.Context(), r)
	if err != nil {
		y.t.Fatal(err)
	}
	return j
}

func (y *yard) begins() *jobs.Task {
	y.t.Helper()
	select {
	case t := <-y.began:
		return t
	case <-time.After(patience):
		y.t.Fatal("no job begins")
		return nil
	}
}

// ends lets a job end.
func (y *yard) ends(err error) {
	y.t.Helper()
	select {
	case y.goOn <- err:
	case <-time.After(patience):
		y.t.Fatal("no job waits for its end")
	}
}

// becomes waits until a job has a state in the database.
func (y *yard) becomes(id int64, want jobs.State) jobs.Job {
	y.t.Helper()
	until := time.Now().Add(patience)
	for {
		j, err := y.Get(y.t.Context(), id)
		if err != nil {
			y.t.Fatal(err)
		}
		if j.State == want {
			return j
		}
		if time.Now().After(until) {
			y.t.Fatalf("job %d is %s, want %s", id, j.State, want)
		}
		<-time.After(time.Millisecond) // River tells nobody when it has written
	}
}

// TestPutInWhileItStarts has a host asked for a job before it does any.
func TestPutInWhileItStarts(t *testing.T) {
	t.Parallel()
	done := make(chan struct{}, 100)
	q, err := jobs.Open(t.Context(), jobs.Config{
		Store: storetest.Open(t, storetest.SQLite(t)),
		Kinds: map[string]jobs.Kind{"now": {Queue: "a", Workers: 1, Do: func(context.Context, *jobs.Task) (any, error) {
			done <- struct{}{}
			return nil, nil
		}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	var putting sync.WaitGroup
	putting.Go(func() {
		for range cap(done) {
			if _, err := q.Enqueue(t.Context(), jobs.Request{Kind: "now"}); err != nil {
				t.Error(err)
			}
		}
	})
	if err := q.Start(); err != nil {
		t.Error(err)
	}
	putting.Wait()
	for range cap(done) {
		select {
		case <-done:
		case <-time.After(patience):
			t.Fatal("a job is not done")
		}
	}
	if err := q.Stop(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestAJobIsDone(t *testing.T) {
	each(t, func(t *testing.T, y *yard) {
		j := y.put(jobs.Request{Kind: "once", Args: map[string]string{"a": "b"}, Unique: "x"})
		task := y.begins()
		var got map[string]string
		if err := task.Decode(&got); err != nil || got["a"] != "b" || task.ID != j.ID || task.Attempt != 1 {
			t.Errorf("the task is %+v (%v)", task, err)
		}
		task.Progress(map[string]int{"percent": 50})
		running := y.becomes(j.ID, jobs.Running)
		if string(running.Progress) != `{"percent":50}` || running.StartedAt.IsZero() || !running.FinishedAt.IsZero() || running.Unique != "x" {
			t.Errorf("while it runs it is %+v", running)
		}
		again := y.put(jobs.Request{Kind: "once", Args: map[string]string{"a": "c"}, Unique: "x"})
		other := y.put(jobs.Request{Kind: "once", Unique: "y"})
		if again.ID != j.ID || other.ID == j.ID {
			t.Errorf("unique jobs are %d, %d and %d", j.ID, again.ID, other.ID)
		}
		y.begins()
		y.ends(nil)
		y.ends(nil)
		done := y.becomes(j.ID, jobs.OK)
		if string(done.Output) != fmt.Sprintf(`{"id": %d}`, j.ID) && string(done.Output) != fmt.Sprintf(`{"id":%d}`, j.ID) || done.FinishedAt.IsZero() || done.Error != "" {
			t.Errorf("when it is done it is %+v %s", done, done.Output)
		}
		y.becomes(other.ID, jobs.OK)
		first := y.put(jobs.Request{Kind: "once", Unique: "z", Once: true})
		y.begins()
		y.ends(nil)
		y.becomes(first.ID, jobs.OK)
		if next := y.put(jobs.Request{Kind: "once", Unique: "z", Once: true}); next.ID != first.ID {
			t.Error("what is done once is done again")
		}
		next := y.put(jobs.Request{Kind: "once", Unique: "x"})
		if next.ID == j.ID {
			t.Error("a unique job is never done again")
		}
		y.begins()
		y.ends(nil)
		y.becomes(next.ID, jobs.OK)
		if _, err := y.Enqueue(t.Context(), jobs.Request{Kind: "nothing"}); !errors.Is(err, jobs.ErrKind) {
			t.Errorf("a kind that nobody does: %v", err)
		}
		if _, err := y.Get(t.Context(), 999_999); !errors.Is(err, jobs.ErrNotFound) {
			t.Errorf("no job: %v", err)
		}
	})
}

func TestAJobFails(t *testing.T) {
	each(t, func(t *testing.T, y *yard) {
		j := y.put(jobs.Request{Kind: "wait"})
		y.begins()
		y.ends(errors.New("bang"))
		if task := y.begins(); task.Attempt != 2 || task.Again { // a second later, by itself
			t.Errorf("it is the attempt %d, wanted again: %v", task.Attempt, task.Again)
		}
		y.ends(errors.New("boom"))
		if again := y.becomes(j.ID, jobs.Retrying); again.Error != "boom" || !again.ScheduledAt.After(again.StartedAt) {
			t.Errorf("what failed twice is %+v", again)
		}
		if _, err := y.Retry(t.Context(), j.ID); err != nil {
			t.Fatal(err)
		}
		if task := y.begins(); task.Attempt != 3 || !task.Again {
			t.Errorf("it is the attempt %d, wanted again: %v", task.Attempt, task.Again)
		}
		if _, err := y.Retry(t.Context(), j.ID); !errors.Is(err, jobs.ErrRuns) {
			t.Errorf("a job that runs is tried again: %v", err)
		}
		y.ends(jobs.Final(errors.New("never")))
		y.becomes(j.ID, jobs.Failed)
		final := y.put(jobs.Request{Kind: "wait"})
		y.begins()
		y.ends(jobs.Final(errors.New("never")))
		y.becomes(final.ID, jobs.Cancelled) // River has no better word for what is not tried again
		once := y.put(jobs.Request{Kind: "once"})
		y.begins()
		y.ends(errors.New("boom"))
		y.becomes(once.ID, jobs.Failed)
		if _, err := y.Retry(t.Context(), once.ID); err != nil {
			t.Fatal(err)
		}
		y.begins()
		y.ends(nil)
		y.becomes(once.ID, jobs.OK)
	})
}

// Who asks in vain for a job to be retried takes nothing from who asked before.
func TestAJobIsRetriedTwice(t *testing.T) {
	each(t, func(t *testing.T, y *yard) {
		j := y.put(jobs.Request{Kind: "once"})
		y.begins()
		y.ends(errors.New("boom"))
		y.becomes(j.ID, jobs.Failed)
		for range y.cfg.Kinds["once"].Workers { // it cannot begin yet
			y.put(jobs.Request{Kind: "once"})
			y.begins()
		}
		if _, err := y.Retry(t.Context(), j.ID); err != nil {
			t.Fatal(err)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := y.Retry(gone, j.ID); !errors.Is(err, context.Canceled) {
			t.Errorf("Retry for somebody who is gone: %v", err)
		}
		y.ends(nil)
		if task := y.begins(); task.ID != j.ID || !task.Again {
			t.Errorf("job %d begins, wanted again: %v", task.ID, task.Again)
		}
		for range y.cfg.Kinds["once"].Workers {
			y.ends(nil)
		}
	})
}

func TestAJobIsCancelled(t *testing.T) {
	each(t, func(t *testing.T, y *yard) {
		for _, kind := range []string{"wait", "once"} {
			j := y.put(jobs.Request{Kind: kind})
			y.begins()
			if _, err := y.Cancel(t.Context(), j.ID); err != nil {
				t.Fatal(err)
			}
			y.becomes(j.ID, jobs.Cancelled)
		}
		inside := y.put(jobs.Request{Kind: "wait", Attempts: 3})
		y.begins()
		y.ends(fmt.Errorf("its run: %w", jobs.ErrCancelled))
		if got := y.becomes(inside.ID, jobs.Cancelled); got.Error != "its run: the job was cancelled by hand" {
			t.Errorf("it ended by %q", got.Error)
		}
		later := y.put(jobs.Request{Kind: "wait", Args: 7, At: time.Now().Add(time.Hour)})
		if later.State != jobs.Scheduled {
			t.Errorf("a later job is %s", later.State)
		}
		if got, err := y.Cancel(t.Context(), later.ID); err != nil || got.State != jobs.Cancelled {
			t.Errorf("Cancel = %+v, %v", got, err)
		}
		select {
		case args := <-y.dropped:
			if args != "7" {
				t.Errorf("dropped %s", args)
			}
		default: // who cancels tells it before it returns
			t.Error("nobody hears that it was dropped")
		}
		if _, err := y.Cancel(t.Context(), later.ID); !errors.Is(err, jobs.ErrOver) {
			t.Errorf("Cancel again: %v", err)
		}
		if _, err := y.Cancel(t.Context(), 999_999); !errors.Is(err, jobs.ErrNotFound) {
			t.Errorf("Cancel of nothing: %v", err)
		}
	})
}

// A job can be cancelled from the moment it is said to run, before its handler
// has begun, and nobody is told that it will be tried again.
func TestAJobIsCancelledAtItsBeginning(t *testing.T) {
	each(t, func(t *testing.T, y *yard) {
		for range 20 {
			j := y.put(jobs.Request{Kind: "wait"})
			y.becomes(j.ID, jobs.Running)
			if _, err := y.Cancel(t.Context(), j.ID); err != nil {
				t.Fatal(err)
			}
			y.becomes(j.ID, jobs.Cancelled)
		}
		for range len(y.changes) {
			if j := <-y.changes; j.State != jobs.Running && j.State != jobs.Cancelled {
				t.Errorf("job %d is said to be %s", j.ID, j.State)
			}
		}
	})
}

func TestJobsAreListed(t *testing.T) {
	each(t, func(t *testing.T, y *yard) {
		var ids []int64
		for i := range 3 {
			ids = append(ids, y.put(jobs.Request{Kind: "wait", At: time.Now().Add(time.Hour), Unique: strconv.Itoa(6 + i)}).ID)
		}
		over := y.put(jobs.Request{Kind: "once"}).ID
		y.begins()
		y.ends(nil)
		y.becomes(over, jobs.OK)
		slices.Reverse(ids)
		for name, tt := range map[string]struct {
			f    jobs.Filter
			want []int64
		}{
			"all":        {jobs.Filter{}, append([]int64{over}, ids...)},
			"unfinished": {jobs.Filter{Unfinished: true}, ids},
			"about":      {jobs.Filter{Kind: "wait", About: "7", Unfinished: true}, ids[1:2]},
			"a kind":     {jobs.Filter{Kind: "once"}, []int64{over}},
			"a state":    {jobs.Filter{State: jobs.Scheduled}, ids},
			"a page":     {jobs.Filter{Limit: 2, Before: over}, ids[:2]},
			"the next":   {jobs.Filter{Limit: 2, Before: ids[1]}, ids[2:]},
		} {
			list, err := y.List(t.Context(), tt.f)
			var got []int64
			for _, j := range list {
				got = append(got, j.ID)
			}
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("%s: %v, %v, want %v", name, got, err, tt.want)
			}
		}
	})
}

func TestATransactionTakesItsJobsAlong(t *testing.T) {
	each(t, func(t *testing.T, y *yard) {
		for _, commit := range []bool{false, true} {
			tx, err := y.cfg.Store.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			j, err := y.EnqueueTx(t.Context(), tx.SQL(), jobs.Request{Kind: "once", Unique: "t", Args: commit})
			if err != nil {
				t.Fatal(err)
			}
			same, err := y.EnqueueTx(t.Context(), tx.SQL(), jobs.Request{Kind: "once", Unique: "t"})
			if err != nil || same.ID != j.ID {
				t.Errorf("the same again is %+v, %v", same, err)
			}
			if !commit {
				if err := tx.Rollback(); err != nil {
					t.Fatal(err)
				}
				continue
			}
			if err := tx.Commit(); err != nil {
				t.Fatal(err)
			}
			if task := y.begins(); string(task.Args) != "true" {
				t.Errorf("the job of a transaction that was rolled back begins: %s", task.Args)
			}
			y.ends(nil)
			y.becomes(j.ID, jobs.OK)
		}
	})
}

// What is under way when the host ends goes on with the next one, with the
// attempts it had.
func TestJobsGoOn(t *testing.T) {
	each(t, func(t *testing.T, y *yard) {
		j := y.put(jobs.Request{Kind: "once"})
		y.begins()
		y.stop(y.Queue)()
		y.open()
		y.begins()
		y.ends(nil)
		if done := y.becomes(j.ID, jobs.OK); done.Attempt != 1 {
			t.Errorf("being shut down cost an attempt: %d", done.Attempt)
		}
	})
}

// TestDrop takes back what has not begun: what waits for its time, too, and
// nothing that runs, or that somebody else queued.
func TestDrop(t *testing.T) {
	each(t, func(t *testing.T, y *yard) {
		running := y.put(jobs.Request{Kind: "wait", Args: "mine"})
		y.begins()
		later := y.put(jobs.Request{Kind: "wait", Args: "mine", At: time.Now().Add(time.Hour)})
		other := y.put(jobs.Request{Kind: "wait", Args: "other", At: time.Now().Add(time.Hour)})
		if err := y.Drop(t.Context(), "wait", func(args json.RawMessage) bool { return string(args) == `"mine"` }); err != nil {
			t.Fatal(err)
		}
		y.becomes(later.ID, jobs.Cancelled)
		y.becomes(other.ID, jobs.Scheduled)
		y.becomes(running.ID, jobs.Running)
		y.ends(nil)
		y.becomes(running.ID, jobs.OK)
	})
}
