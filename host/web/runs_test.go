package web_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/worker"
)

// talker says something, and waits when it is told to.
const talker = `package main

import (
	"errors"
	"fmt"

	"github.com/pluggarr/pluggarr/sdk"
)

func main() {
	sdk.Serve(sdk.Plugin{Name: "Talker", Version: "1.0.0", Actions: []sdk.Action{
		{ID: "say", Label: "Say", Run: sdk.Handle(func(ctx *sdk.Context, _ struct{}) (sdk.Result, error) {
			ctx.Log.Info("hello", "n", 1)
			ctx.Log.Debug("quiet")
			fmt.Println("printed")
			return sdk.OK("said"), nil
		})},
		{ID: "fail", Label: "Fail", Run: sdk.Handle(func(ctx *sdk.Context, _ struct{}) (sdk.Result, error) {
			return sdk.Result{}, errors.New("boom")
		})},
		{ID: "wait", Label: "Wait", Run: sdk.Handle(func(ctx *sdk.Context, _ struct{}) (sdk.Result, error) {
			ctx.Progress(1, 3, "waits")
			ctx.Log.Warn("waiting")
			<-ctx.Done()
			return sdk.Result{}, ctx.Err()
		})},
		{ID: "slow", Label: "Slow", Background: true, Run: sdk.Handle(func(ctx *sdk.Context, _ struct{}) (sdk.Result, error) {
			return sdk.OK("slowly"), nil
		})},
	}})
}
`

// run is a run as the API shows it.
type run struct {
	ID       string
	Plugin   string
	Action   string
	UserID   *int64 `json:"user_id"`
	Params   json.RawMessage
	Status   string
	Progress struct {
		Done, Total int
		Message     string
	}
	Result     json.RawMessage
	Error      string
	Fault      string
	FinishedAt *string `json:"finished_at"`
	DurationMS *int64  `json:"duration_ms"`
}

// get asks for JSON.
func (h *house) get(as, path string, to any) {
	h.tb.Helper()
	got := h.send(message{method: http.MethodGet, path: path, as: as})
	if got.status != http.StatusOK {
		h.tb.Fatalf("%s: %d %s", path, got.status, got.body)
	}
	h.must(json.Unmarshal([]byte(got.body), to))
}

// begin starts an action that goes on, and returns the run's id.
func (h *house) begin(body string) string {
	h.tb.Helper()
	status, answer := h.post("/api/plugins/plugins/talker/run/", body)
	var is struct {
		Success bool
		Run     string
	}
	if err := json.Unmarshal([]byte(answer), &is); err != nil || status != http.StatusAccepted || !is.Success || is.Run == "" {
		h.tb.Fatalf("a run in the background: %d %s", status, answer)
	}
	return is.Run
}

// heard follows the talker's log until a message comes.
func (h *house) heard(want string) {
	h.tb.Helper()
	r, err := http.NewRequestWithContext(h.tb.Context(), http.MethodGet, h.url+"/api/plugins/plugins/talker/logs/?follow=1", nil)
	h.must(err)
	r.Header.Set("X-API-Key", h.keys["read"])
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(r)
	h.must(err)
	defer answer.Body.Close()
	if kind := answer.Header.Get("Content-Type"); kind != "application/x-ndjson; charset=utf-8" {
		h.tb.Errorf("a log that is followed is %s", kind)
	}
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		var line worker.Line
		h.must(json.Unmarshal(lines.Bytes(), &line))
		if line.Message == want {
			return
		}
	}
	h.tb.Fatalf("the log ended without %q: %v", want, lines.Err())
}

func newTalker(t *testing.T) *house {
	t.Helper()
	h := newHouse(t)
	h.file("talker/main.go", talker)
	if got := h.send(message{method: http.MethodGet, path: "/api/plugins/plugins/"}); got.status != http.StatusOK {
		t.Fatal(got.body)
	}
	h.enable("talker")
	return h
}

func TestRuns(t *testing.T) {
	t.Parallel()
	h := newTalker(t)
	const runs = "/api/plugins/runs/"
	id := h.begin(`{"action": "wait", "params": {"n": 1}, "background": true}`)
	h.heard("waiting")
	var is run
	h.get("admin", runs+id+"/", &is)
	if is.Status != "running" || is.Progress.Done != 1 || is.Progress.Total != 3 || is.Progress.Message != "waits" ||
		is.FinishedAt != nil || is.DurationMS != nil || string(is.Params) != `{"n":1}` && string(is.Params) != `{}` || is.UserID == nil {
		t.Errorf("a run that goes on is %+v", is)
	}
	h.get("standard", runs+id+"/", &is)
	if is.Status != "running" || is.Progress.Done != 1 || string(is.Params) != "null" || is.UserID != nil {
		t.Errorf("a standard user sees %+v", is)
	}
	got := h.send(message{method: http.MethodPost, path: runs + id + "/cancel/", as: "run"})
	if got.status != http.StatusOK || !strings.Contains(got.body, `"status":"cancelled"`) || !strings.Contains(got.body, `"fault":"user"`) {
		t.Errorf("cancelled: %d %s", got.status, got.body)
	}
	if got := h.send(message{method: http.MethodPost, path: runs + id + "/cancel/"}); got.status != http.StatusConflict {
		t.Errorf("cancelled again: %d %s", got.status, got.body)
	}

	h.post("/api/plugins/plugins/talker/run/", `{"action": "fail"}`)
	h.post("/api/plugins/plugins/talker/run/", `{"action": "slow", "background": false}`)
	h.begin(`{"action": "slow"}`)
	var list struct{ Runs []run }
	h.get("read", "/api/plugins/plugins/talker/runs/", &list)
	var actions []string
	for _, r := range list.Runs {
		actions = append(actions, r.Action)
	}
	if !slices.Equal(actions, []string{"slow", "slow", "fail", "wait"}) || list.Runs[2].Error != "boom" || list.Runs[2].Fault != "plugin" {
		t.Fatalf("the runs are %+v", list.Runs)
	}
	h.get("admin", "/api/plugins/plugins/talker/runs/?limit=1&before="+list.Runs[2].ID, &list)
	if len(list.Runs) != 1 || list.Runs[0].ID != id {
		t.Errorf("the run before is %+v", list.Runs)
	}
	h.get("standard", "/api/plugins/plugins/talker/runs/?limit=3", &list)
	if len(list.Runs) != 3 || list.Runs[2].Error != "" || list.Runs[2].Status != "error" {
		t.Errorf("a standard user sees %+v", list.Runs)
	}
}

func TestLogs(t *testing.T) {
	t.Parallel()
	h := newTalker(t)
	const at = "/api/plugins/plugins/talker/logs/"
	first := h.send(message{method: http.MethodPost, path: "/api/plugins/plugins/talker/run/", body: `{"action": "say"}`})
	h.post("/api/plugins/plugins/talker/run/", `{"action": "say"}`)
	h.heard("printed")
	for query, want := range map[string]string{
		"?run=" + first.header.Get("X-Pluggarr-Run") + "&level=info":   "hello",
		"?level=info&contains=HELL":                                    "hello,hello",
		"?contains=%22n%22:1&tail=1":                                   "hello",
		"?tail=0":                                                      "",
		"?since=2999-01-01T00:00:00Z":                                  "",
		"?contains=quiet&since=2000-01-01T00:00:00%2B01:00&level=info": "",
	} {
		var log struct{ Lines []worker.Line }
		h.get("admin", at+query, &log)
		var messages []string
		for _, l := range log.Lines {
			messages = append(messages, l.Message)
		}
		if got := strings.Join(messages, ","); got != want || log.Lines == nil {
			t.Errorf("%s gives %q, want %q", query, got, want)
		}
	}
	got := h.send(message{method: http.MethodGet, path: at + "?download=1&level=info"})
	if got.header.Get("Content-Type") != "text/plain; charset=utf-8" || got.header.Get("Content-Disposition") != "attachment; filename=talker.log" ||
		strings.Count(got.body, "hello") != 2 {
		t.Errorf("a download: %v\n%s", got.header, got.body)
	}
	for _, query := range []string{
		"?level=loud", "?tail=-1", "?tail=x", "?since=yesterday", "?follow=maybe", "?follow=1&download=1", "?x=1", "?run=a&run=b", "?%zz",
	} {
		if got := h.send(message{method: http.MethodGet, path: at + query}); got.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", query, got.status, got.body)
		}
	}
	if got := h.send(message{method: http.MethodDelete, path: "/api/plugins/plugins/talker/delete/"}); got.status != http.StatusOK {
		t.Fatal(got.body)
	}
	h.file("talker/main.go", talker)
	var log struct{ Lines []worker.Line }
	h.get("admin", at, &log)
	if len(log.Lines) != 0 {
		t.Errorf("the log outlives its plugin: %+v", log.Lines)
	}
}
