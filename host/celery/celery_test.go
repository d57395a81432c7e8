package celery_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/celery"
)

// host notes what it is asked for.
type host struct{ said []string }

func (h *host) note(format string, args ...any) {
	h.said = append(h.said, fmt.Sprintf(format, args...))
}

func (h *host) Queue(_ context.Context, plugin string, m celery.Message, at time.Time) error {
	h.note("queue %q %s %s then %d later=%t", plugin, m.Task, m.Args, len(m.Then), !at.IsZero())
	return nil
}

func (h *host) Drop(_ context.Context, plugin, id string) error {
	h.note("drop %s of %s", id, plugin)
	return nil
}

func (h *host) Run(_ context.Context, plugin string, m celery.Message) (json.RawMessage, error) {
	h.note("run %s for %s", m.Task, plugin)
	return json.RawMessage(`{"n":1}`), nil
}

func (h *host) Refresh(_ context.Context, what celery.What, id int64) (string, error) {
	h.note("refresh %s %d", what, id)
	if id == 13 {
		return "", errors.New("no luck")
	}
	return "done", nil
}

func (h *host) All(context.Context, celery.What) ([]int64, error) { return []int64{2, 13, 3}, nil }

func message(t *testing.T, text string) celery.Message {
	t.Helper()
	var m celery.Message
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestPerform(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, message, result string
		said                  []string
	}{
		{"an account", `{"task":"apps.m3u.tasks.refresh_single_m3u_account","args":[7]}`, `"done"`, []string{"refresh account 7"}},
		{"by name", `{"task":"apps.epg.tasks.refresh_epg_data","kwargs":{"source_id":"8"}}`, `"done"`, []string{"refresh source 8"}},
		{
			"all accounts", `{"task":"apps.m3u.tasks.refresh_m3u_accounts"}`, `"3 refreshes queued"`,
			[]string{
				`queue "" apps.m3u.tasks.refresh_single_m3u_account [2] then 0 later=false`,
				`queue "" apps.m3u.tasks.refresh_single_m3u_account [13] then 0 later=false`,
				`queue "" apps.m3u.tasks.refresh_single_m3u_account [3] then 0 later=false`,
			},
		},
		{
			"all sources", `{"task":"apps.epg.tasks.refresh_all_epg_data"}`, `"2 of 3 refreshed"`,
			[]string{"refresh source 2", "refresh source 13", "refresh source 3"},
		},
		{"nothing to do", `{"task":"apps.m3u.tasks.check_account_expirations"}`, `null`, nil},
		{"a plugin's own", `{"task":"mine.work"}`, `{"n":1}`, []string{"run mine.work for p"}},
		{
			"a chain", `{"task":"mine.work","then":[{"task":"mine.next","args":[5],"countdown":3},{"task":"mine.last"}]}`, `{"n":1}`,
			[]string{"run mine.work for p", `queue "p" mine.next [{"n":1} 5] then 1 later=true`},
		},
		{
			"a chain that passes nothing on", `{"task":"mine.work","then":[{"task":"mine.next","args":[5],"immutable":true}]}`, `{"n":1}`,
			[]string{"run mine.work for p", `queue "p" mine.next [5] then 0 later=false`},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := &host{}
			result, err := celery.New(h).Perform(t.Context(), "p", message(t, tt.message))
			if err != nil || string(result) != tt.result || !slices.Equal(h.said, tt.said) {
				t.Errorf("Perform() = %s, %v, want %s; the host heard %q, want %q", result, err, tt.result, h.said, tt.said)
			}
		})
	}
}

func TestSend(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"task":"mine.work","args":[1]}`:                             `queue "p" mine.work [1] then 0 later=false`,
		`{"task":"mine.work","countdown":5}`:                          `queue "p" mine.work [] then 0 later=true`,
		`{"task":"mine.work","countdown":1e300}`:                      `queue "p" mine.work [] then 0 later=true`,
		`{"task":"mine.work","eta":"2026-01-02T03:04:05.678901"}`:     `queue "p" mine.work [] then 0 later=true`,
		`{"task":"mine.work","eta":"soon"}`:                           "",
		`{"task":"apps.m3u.tasks.refresh_single_m3u_account"}`:        "",
		`{"task":"apps.epg.tasks.refresh_epg_data","args":[{"a":1}]}`: "",
	} {
		h := &host{}
		err := celery.New(h).Send(t.Context(), "p", message(t, text))
		if want == "" {
			if !errors.Is(err, celery.ErrTask) || len(h.said) > 0 {
				t.Errorf("Send(%s) = %v, want %v; the host heard %q", text, err, celery.ErrTask, h.said)
			}
		} else if err != nil || !slices.Equal(h.said, []string{want}) {
			t.Errorf("Send(%s) = %v; the host heard %q, want %q", text, err, h.said, want)
		}
	}
}

func TestCallKnowsTheHostsAlone(t *testing.T) {
	t.Parallel()
	c := celery.New(&host{})
	if _, err := c.Call(t.Context(), message(t, `{"task":"mine.work"}`)); !errors.Is(err, celery.ErrTask) {
		t.Errorf("Call() = %v, want %v", err, celery.ErrTask)
	}
	if _, err := c.Call(t.Context(), message(t, `{"task":"apps.m3u.tasks.refresh_single_m3u_account","args":[13]}`)); err == nil {
		t.Error("Call() = nil, want the host's error")
	}
}

func TestRefreshOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"task":"apps.m3u.tasks.refresh_single_m3u_account","args":[7]}`:                       "account 7 true",
		`{"task":"apps.epg.tasks.refresh_epg_data","kwargs":{"source_id":8}}`:                   "source 8 true",
		`{"task":"apps.m3u.tasks.refresh_m3u_groups","args":[7]}`:                               " 0 false",
		`{"task":"apps.m3u.tasks.refresh_single_m3u_account","args":[7],"then":[{"task":"a"}]}`: " 0 false",
		`{"task":"mine.work"}`: " 0 false",
	} {
		what, id, ok := celery.RefreshOf(message(t, text))
		if got := fmt.Sprint(what, " ", id, " ", ok); got != want {
			t.Errorf("RefreshOf(%s) = %s, want %s", text, got, want)
		}
	}
}
