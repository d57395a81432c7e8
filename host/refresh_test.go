package host_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/pluggarr/pluggarr/host/store/storetest"
)

const listenerGo = `package main

import (
	"os"

	"github.com/pluggarr/pluggarr/sdk"
)

type Settings struct{}

func heard(ctx *sdk.Context, _ Settings) (sdk.Result, error) {
	name := "../../files/go_" + ctx.Event.Name
	return sdk.OK("heard"), os.WriteFile(name, ctx.Event.Payload, 0o600)
}

func main() {
	sdk.Serve(sdk.Plugin{Name: "Listener", Actions: []sdk.Action{
		{ID: "heard", Label: "Heard", Events: []string{"m3u_refresh", "epg_refresh", "login_failed"}, Run: sdk.Handle(heard)},
	}})
}
`

const listenerPython = `import json


class Plugin:
    name = "Listener"
    actions = [{"id": "heard", "label": "Heard", "events": ["m3u_refresh", "epg_refresh", "login_failed"]}]

    def run(self, action, params, context):
        with open("FILES/python_" + params["event"], "w") as file:
            json.dump(params["payload"], file)
        return {"status": "ok"}
`

// provider serves a playlist of n entries and a guide of as many programmes for
// one channel, "one".
func provider(t *testing.T, n int) string {
	t.Helper()
	var list, guide strings.Builder
	list.WriteString("#EXTM3U\n")
	guide.WriteString(`<?xml version="1.0" encoding="UTF-8"?><tv><channel id="one"><display-name>One</display-name></channel>`)
	begin := time.Now().UTC().Truncate(time.Hour)
	for i := range n {
		fmt.Fprintf(&list, "#EXTINF:-1 tvg-id=\"one\" group-title=\"Group %d\",Station %d\nhttp://tv.example/%d.ts\n", i%7, i, i)
		at := begin.Add(time.Duration(i) * time.Minute)
		fmt.Fprintf(&guide, `<programme start="%s" stop="%s" channel="one"><title>Show %d</title></programme>`,
			at.Format("20060102150405 -0700"), at.Add(time.Minute).Format("20060102150405 -0700"), i)
	}
	guide.WriteString("</tv>")
	mux := http.NewServeMux()
	for path, text := range map[string]string{"/list.m3u": list.String(), "/guide.xml": guide.String()} {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(text)) })
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// lineup makes an account, a source, and a channel that shows the guide's one
// channel, and waits until both were refreshed once.
func (s *site) lineup(from string) (account, source int64) {
	s.t.Helper()
	source = s.make("epg/sources/", `{"name":"Guide","url":"`+from+`/guide.xml"}`)
	s.rest()
	var data struct{ Results []struct{ ID int64 } }
	s.get("epg/epgdata/", &data)
	if len(data.Results) != 1 {
		s.t.Fatalf("the guide has %d channels", len(data.Results))
	}
	s.make("channels/channels/", fmt.Sprintf(`{"name":"One","epg_data_id":%d}`, data.Results[0].ID))
	account = s.make("m3u/accounts/", `{"name":"List","server_url":"`+from+`/list.m3u"}`)
	s.rest()
	return account, source
}

// make creates a row and returns its number.
func (s *site) make(path, body string) int64 {
	s.t.Helper()
	status, answer := s.ask("POST", "/api/"+path, body)
	var row struct{ ID int64 }
	if err := json.Unmarshal(answer, &row); err != nil || status != http.StatusCreated {
		s.t.Fatalf("POST %s %s: %d %s", path, body, status, answer)
	}
	return row.ID
}

// get reads something of the API.
func (s *site) get(path string, into any) {
	s.t.Helper()
	status, answer := s.ask("GET", "/api/"+path, "")
	if err := json.Unmarshal(answer, into); err != nil || status != http.StatusOK {
		s.t.Fatalf("GET %s: %d %s", path, status, answer)
	}
}

// job is a job as the API shows it.
type job struct {
	ID                 int64
	Kind, State, Error string
}

// rest waits until no job is waiting or running.
func (s *site) rest() {
	s.t.Helper()
	var all struct{ Jobs []job }
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if s.get("jobs/?unfinished=true", &all); len(all.Jobs) == 0 {
			return
		}
	}
	s.t.Fatalf("jobs do not come to rest: %+v", all.Jobs)
}

// patience is how long things may take on the slowest machine.
const patience = 2 * time.Minute

// follow reads a WebSocket until every one of the types has come with its last
// news, and returns how often each came.
func (s *site) follow(ctx context.Context) <-chan map[string][]string {
	s.t.Helper()
	conn, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(s.origin(), "http")+"/ws/", &websocket.DialOptions{ //nolint:bodyclose // it closes that itself
		HTTPHeader: http.Header{"X-Api-Key": {s.key}},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	conn.SetReadLimit(1 << 20)
	result := make(chan map[string][]string, 1)
	go func() {
		seen := map[string][]string{}
		defer func() { result <- seen }()
		defer func() { _ = conn.CloseNow() }()
		// A guide's channels come in with a success of their own, before its programmes.
		for last := (map[string]bool{}); !last["m3u_refresh success"] || !last["epg_refresh parsing_programs success"]; {
			_, raw, err := conn.Read(ctx)
			if err != nil {
				return
			}
			var m struct {
				Data struct{ Type, Action, Status string }
			}
			if json.Unmarshal(raw, &m) == nil {
				seen[m.Data.Type] = append(seen[m.Data.Type], m.Data.Action, m.Data.Status)
				last[m.Data.Type+" "+m.Data.Status] = true
				last[m.Data.Type+" "+m.Data.Action+" "+m.Data.Status] = true
			}
		}
	}()
	return result
}

// origin is where the host listens.
func (s *site) origin() string { return strings.TrimSuffix(s.url, "/api/plugins/") }

// TestRefreshAll has a plugin queue every refresh, and everybody who should
// hear of it hear of it.
func TestRefreshAll(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func(*testing.T) string{
		"sqlite":   func(*testing.T) string { return "" },
		"postgres": func(t *testing.T) string { t.Helper(); return storetest.Postgres(t).Database },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.database = database(t)
			refreshAll(t, s)
		})
	}
}

func refreshAll(t *testing.T, s *site) {
	t.Helper()
	s.copy("../examples/refresh_all_go", "refresh_all_go")
	s.write(edited{name: "listener_go", file: "main.go", code: listenerGo}, "")
	s.write(edited{name: "listener_python", file: "plugin.py", code: strings.ReplaceAll(listenerPython, "FILES", filepath.Join(s.data, "files"))}, "")
	s.begin()
	s.lineup(provider(t, 3000))
	for _, plugin := range []string{"refresh_all_go", "listener_go", "listener_python"} {
		s.want("POST", plugin+"/enabled/", `{"enabled":true}`)
	}
	var before struct{ Jobs []job }
	s.get("jobs/", &before)
	short, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	news := s.follow(short)
	status, answer := s.ask("POST", "plugins/refresh_all_go/run/", `{"action":"refresh_all"}`)
	if status != http.StatusOK || !strings.Contains(string(answer), `"status":"queued"`) {
		t.Fatalf("refresh_all: %d %s", status, answer)
	}
	seen := <-news
	for kind, actions := range map[string][]string{"m3u_refresh": {"downloading", "parsing"}, "epg_refresh": {"parsing_channels", "parsing_programs"}, "job": nil} {
		for _, action := range actions {
			if !slices.Contains(seen[kind], action) {
				t.Errorf("the WebSocket told of %s: %q, want %q too", kind, seen[kind], action)
			}
		}
		if len(seen[kind]) == 0 {
			t.Errorf("the WebSocket told nothing of %s", kind)
		}
	}
	s.rest()
	var after struct{ Jobs []job }
	s.get("jobs/", &after)
	var kinds []string
	for _, j := range after.Jobs[:len(after.Jobs)-len(before.Jobs)] {
		kinds = append(kinds, j.Kind+" "+j.State)
	}
	slices.Sort(kinds)
	if want := []string{"epg_refresh ok", "m3u_refresh ok"}; !slices.Equal(kinds, want) {
		t.Errorf("the jobs are %q, want %q", kinds, want)
	}
	if status, answer := s.ask("POST", "/api/accounts/token/", `{"username":"nobody","password":"wrong"}`); status != http.StatusUnauthorized {
		t.Errorf("a wrong login: %d %s", status, answer)
	}
	for file, want := range map[string]string{
		"go_login_failed": `"user":"nobody"`, "python_login_failed": `"user": "nobody"`,
		"go_m3u_refresh": `"account_name":"List"`, "go_epg_refresh": `"source_name":"Guide"`,
		"python_m3u_refresh": `"total_processed": 3000`, "python_epg_refresh": `"programs": 3000`,
	} {
		if got := s.awaitFile(file); !strings.Contains(got, want) {
			t.Errorf("%s holds %s, want %s in it", file, got, want)
		}
	}
}

// awaitFile returns what a plugin writes.
func (s *site) awaitFile(name string) string {
	s.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		raw, err := os.ReadFile(filepath.Join(s.data, "files", name))
		if err == nil && len(raw) > 0 {
			return string(raw)
		}
		var entry json.RawMessage
		s.get("plugins/plugins/listener_go/", &entry) // so that this loop is no busy one
	}
	s.t.Fatalf("no plugin wrote %s", name)
	return ""
}
