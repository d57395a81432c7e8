package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/jobs"
	"github.com/pluggarr/pluggarr/host/web"
)

// job is a job as the API shows it.
type job struct {
	ID     int64
	Kind   string
	State  string
	Args   json.RawMessage
	Output json.RawMessage
	Error  string
}

// schedule is a schedule as the API shows it.
type schedule struct {
	ID      int64
	Owner   string
	Name    string
	Cron    string
	Missed  string
	Paused  bool
	Next    []time.Time
	LastJob *int64 `json:"last_job"`
	Args    json.RawMessage
}

// work gives the house a queue; what comes over the channel ends a job.
func (h *house) work() chan error {
	h.tb.Helper()
	end := make(chan error)
	queue, err := jobs.Open(h.tb.Context(), jobs.Config{Store: h.cfg.Users, Kinds: map[string]jobs.Kind{
		jobs.KindRun: {Queue: "runs", Workers: 2, Do: func(ctx context.Context, t *jobs.Task) (any, error) {
			select {
			case err := <-end:
				return "done", err
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}},
	}})
	h.must(err)
	h.must(queue.Start())
	h.cfg.Jobs, h.cfg.Schedules = queue, jobs.NewSchedules(queue)
	served := httptest.NewServer(web.Handler(h.cfg))
	h.url = served.URL
	h.tb.Cleanup(func() {
		served.Close()
		h.must(queue.Stop(context.Background()))
		queue.Close()
	})
	return end
}

// becomes waits until a job has a state.
func (h *house) becomes(id int64, want string) job {
	h.tb.Helper()
	for until := time.Now().Add(patience); ; {
		var j job
		h.get("admin", fmt.Sprintf("/api/jobs/%d/", id), &j)
		if j.State == want {
			return j
		}
		if time.Now().After(until) {
			h.tb.Fatalf("job %d is %s, want %s", id, j.State, want)
		}
		<-time.After(5 * time.Millisecond) // nothing tells that it was written
	}
}

func TestJobs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	end := h.work()
	first, err := h.cfg.Jobs.Enqueue(t.Context(), jobs.Request{Kind: jobs.KindRun, Args: map[string]string{"plugin": "p", "sealed": "canary"}})
	h.must(err)
	end <- nil
	if j := h.becomes(first.ID, "ok"); string(j.Args) != `{"plugin":"p"}` || string(j.Output) != `"done"` {
		t.Errorf("a job that is done is %+v", j)
	}
	second, err := h.cfg.Jobs.Enqueue(t.Context(), jobs.Request{Kind: jobs.KindRun})
	h.must(err)
	end <- fmt.Errorf("no luck")
	h.becomes(second.ID, "failed")
	at := func(id int64, verb string) message {
		return message{method: http.MethodPost, path: fmt.Sprintf("/api/jobs/%d/%s/", id, verb), as: "run"}
	}
	if got := h.send(at(second.ID, "retry")); got.status != http.StatusOK {
		t.Errorf("retry: %d %s", got.status, got.body)
	}
	h.becomes(second.ID, "running")
	if got := h.send(at(second.ID, "retry")); got.status != http.StatusConflict {
		t.Errorf("retry of a job that runs: %d %s", got.status, got.body)
	}
	if got := h.send(at(second.ID, "cancel")); got.status != http.StatusOK {
		t.Errorf("cancel: %d %s", got.status, got.body)
	}
	h.becomes(second.ID, "cancelled")
	if got := h.send(at(second.ID, "cancel")); got.status != http.StatusConflict {
		t.Errorf("cancel of a job that is over: %d %s", got.status, got.body)
	}
	if got := h.send(at(999, "cancel")); got.status != http.StatusNotFound {
		t.Errorf("cancel of no job: %d %s", got.status, got.body)
	}
	var list struct{ Jobs []job }
	h.get("standard", "/api/jobs/?kind=plugin_run&limit=1", &list)
	if len(list.Jobs) != 1 || list.Jobs[0].ID != second.ID || string(list.Jobs[0].Args) != "null" || list.Jobs[0].Error != "" {
		t.Errorf("a standard user sees %+v", list)
	}
	h.get("admin", fmt.Sprintf("/api/jobs/?before=%d&state=ok", second.ID), &list)
	if len(list.Jobs) != 1 || list.Jobs[0].ID != first.ID {
		t.Errorf("the job before is %+v", list)
	}
	for _, query := range []string{"?state=lost", "?unfinished=x", "?limit=0", "?before=x", "?order=1"} {
		if got := h.send(message{method: http.MethodGet, path: "/api/jobs/" + query}); got.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", query, got.status, got.body)
		}
	}
}

func TestSchedules(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.file("p/plugin.json", `{"name": "P", "executable": "run"}`)
	h.file("p/run", "")
	h.post("/api/plugins/plugins/p/enabled/", `{"enabled": true}`)
	end := h.work()
	const at = "/api/schedules/"
	for body, want := range map[string]int{
		`{"plugin": "p", "action": "noop", "cron": "at four"}`:                             400,
		`{"plugin": "p", "action": "noop", "cron": "0 4 * * *", "timezone": "X/Y"}`:        400,
		`{"plugin": "p", "action": "noop", "cron": "0 4 * * *", "missed": "never"}`:        400,
		`{"plugin": "p", "action": "noop", "cron": 4}`:                                     400,
		`{"plugin": "p", "cron": "0 4 * * *"}`:                                             400,
		`{"plugin": "q", "action": "noop", "cron": "0 4 * * *"}`:                           404,
		`{"plugin": "p", "action": "noop", "cron": "0 4 * * *", "every": 1}`:               400,
		`{"plugin": "p", "action": "noop", "cron": "0 4 * * *", "timezone": "Asia/Tokyo"}`: 201,
	} {
		if status, answer := h.post(at, body); status != want {
			t.Errorf("%s: %d %s", body, status, answer)
		}
	}
	var list struct{ Schedules []schedule }
	h.get("read", at, &list)
	if len(list.Schedules) != 1 || list.Schedules[0].Name != "P: noop" || len(list.Schedules[0].Next) != 3 || list.Schedules[0].Owner != "user" {
		t.Fatalf("the schedules are %+v", list)
	}
	if hour := list.Schedules[0].Next[0].UTC().Hour(); hour != 19 {
		t.Errorf("four in Tokyo is %d", hour)
	}
	var soon struct{ Next []time.Time }
	h.get("standard", at+"next/?cron=0+4+*+*+*&timezone=Asia/Tokyo", &soon)
	if len(soon.Next) != 3 || !soon.Next[0].Equal(list.Schedules[0].Next[0]) {
		t.Errorf("what is not made yet is due at %v, want %v", soon.Next, list.Schedules[0].Next)
	}
	if got := h.send(message{method: http.MethodGet, path: at + "next/?cron=0+4+*"}); got.status != http.StatusBadRequest || !strings.Contains(got.body, "is no cron expression") {
		t.Errorf("no cron expression: %d %s", got.status, got.body)
	}
	one := fmt.Sprintf("%s%d/", at, list.Schedules[0].ID)
	got := h.send(message{method: http.MethodPatch, path: one, body: `{"paused": true, "missed": "all"}`})
	if got.status != http.StatusOK || !strings.Contains(got.body, `"next":[]`) || !strings.Contains(got.body, `"missed":"all"`) {
		t.Errorf("paused: %d %s", got.status, got.body)
	}
	if got := h.send(message{method: http.MethodPatch, path: one, body: `{"paused": 1}`}); got.status != http.StatusBadRequest {
		t.Errorf("paused with a number: %d %s", got.status, got.body)
	}
	got = h.send(message{method: http.MethodPost, path: one + "run/", as: "run"})
	var j job
	h.must(json.Unmarshal([]byte(got.body), &j))
	if got.status != http.StatusAccepted || j.Kind != jobs.KindRun || !strings.Contains(string(j.Args), `"trigger":"schedule"`) {
		t.Errorf("run now: %d %s", got.status, got.body)
	}
	end <- nil
	h.becomes(j.ID, "ok")
	var s schedule
	h.get("standard", one, &s)
	if s.LastJob == nil || *s.LastJob != j.ID || string(s.Args) != "null" {
		t.Errorf("a standard user sees %+v", s)
	}
	for _, want := range []int{http.StatusOK, http.StatusNotFound} {
		if got := h.send(message{method: http.MethodDelete, path: one}); got.status != want {
			t.Errorf("delete: %d %s", got.status, got.body)
		}
	}
}
