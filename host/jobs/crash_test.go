package jobs_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/jobs"
	"github.com/pluggarr/pluggarr/host/store/storetest"
)

// A host that died leaves jobs that nobody runs; the next one does them, also
// those that may be tried only once, but not for ever.
func TestJobsOfADeadHost(t *testing.T) {
	each(t, func(t *testing.T, y *yard) {
		var ids []int64
		for range 3 {
			ids = append(ids, y.put(jobs.Request{Kind: "once"}).ID)
			y.begins()
			y.ends(nil)
			y.becomes(ids[len(ids)-1], jobs.OK)
		}
		y.stop(y.Queue)()
		raw := storetest.Raw(t, y.db)
		for i, attempt := range []int{1, 49, 50} { // as a host leaves them that was killed
			query := "UPDATE river_job SET state = 'running', finalized_at = NULL, attempt = $1 WHERE id = $2"
			if _, err := raw.ExecContext(t.Context(), query, attempt, ids[i]); err != nil {
				t.Fatal(err)
			}
		}
		y.open()
		for range 2 {
			task := y.begins()
			if task.Attempt != 2 && task.Attempt != 50 {
				t.Errorf("it is the attempt %d", task.Attempt)
			}
		}
		y.ends(nil)
		y.ends(nil)
		y.becomes(ids[0], jobs.OK)
		y.becomes(ids[1], jobs.OK)
		if j := y.becomes(ids[2], jobs.Failed); j.Error != "the host was ended while it ran" {
			t.Errorf("what ended the host fifty times is %+v", j)
		}
	})
}

// A database has one host.
func TestTwoHosts(t *testing.T) {
	t.Parallel()
	y := newYard(t, storetest.Postgres(t))
	if _, err := jobs.Open(t.Context(), y.cfg); err == nil || err.Error() !=
		"open the queue of jobs: another host uses this database: stop it, or give this one another --database" {
		t.Errorf("a second host opens it: %v", err)
	}
}

// BenchmarkStart is from a request to the beginning of its job.
func BenchmarkStart(b *testing.B) {
	y := newYard(b, storetest.SQLite(b))
	var took []time.Duration
	for b.Loop() {
		begun := time.Now()
		y.put(jobs.Request{Kind: "once"})
		y.begins()
		took = append(took, time.Since(begun))
		b.StopTimer()
		y.ends(nil)
		b.StartTimer()
	}
	slices.Sort(took)
	for _, q := range []int{50, 99} {
		b.ReportMetric(float64(took[len(took)*q/100].Microseconds())/1000, fmt.Sprintf("p%d-ms", q))
	}
}
