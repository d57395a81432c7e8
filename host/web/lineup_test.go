package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/web"
)

// call sends a request as the admin and reads the answer, which has to have status.
func call[T any](t *testing.T, h *house, status int, request string, body string) T {
	t.Helper()
	method, path, _ := strings.Cut(request, " ")
	var into T
	got := h.send(message{method: method, path: path, body: body})
	if got.status != status {
		t.Fatalf("%s %s answers %d, want %d: %s", request, body, got.status, status, got.body)
	}
	if got.body != "" {
		if err := json.Unmarshal([]byte(got.body), &into); err != nil {
			t.Fatalf("%s: %v in %s", request, err, got.body)
		}
	}
	return into
}

type object = map[string]any

// list is a page.
type list struct {
	Count    int      `json:"count"`
	Next     *string  `json:"next"`
	Previous *string  `json:"previous"`
	Results  []object `json:"results"`
}

// names are those of the rows of a page.
func (l list) names() string {
	var all []string
	for _, row := range l.Results {
		all = append(all, fmt.Sprint(row["name"]))
	}
	return strings.Join(all, " ")
}

func TestChannelsByREST(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	profile := call[object](t, h, 201, "POST /api/channels/profiles/", `{"name": "Family"}`)
	group := call[object](t, h, 201, "POST /api/channels/groups/", `{"name": "News"}`)
	stream := call[object](t, h, 201, "POST /api/channels/streams/",
		fmt.Sprintf(`{"name": "One HD", "url": "http://x/1", "tvg_id": "one.tv", "logo_url": "http://x/1.png", "channel_group_id": %v}`, group["id"]))
	if stream["is_custom"] != true || stream["m3u_account_id"] != float64(1) {
		t.Errorf("a stream made by hand is %v", stream)
	}
	source := call[object](t, h, 201, "POST /api/epg/sources/", `{"name": "Made up", "source_type": "dummy", "is_active": "yes"}`)
	if source["epg_data_count"] != float64(1) {
		t.Errorf("a dummy source is %v", source)
	}
	first := call[object](t, h, 201, "POST /api/channels/channels/from-stream/", fmt.Sprintf(`{"stream_id": %v}`, stream["id"]))
	if first["name"] != "One HD" || first["channel_number"] != float64(1) || first["tvg_id"] != "one.tv" || first["logo_id"] == nil ||
		first["channel_group_id"] != group["id"] || !slices.Equal(first["streams"].([]any), []any{stream["id"]}) {
		t.Errorf("a channel of a stream is %v", first)
	}
	second := call[object](t, h, 201, "POST /api/channels/channels/", `{"name": " Two ", "channel_number": 1.5, "streams": [], "channel_profile_ids": []}`)
	at := fmt.Sprintf("/api/channels/channels/%v/", second["id"])
	second = call[object](t, h, 200, "PATCH "+at, fmt.Sprintf(`{"streams": [%v], "user_level": 1}`, stream["id"]))
	if second["name"] != "Two" || second["tvg_id"] != "one.tv" || second["user_level"] != float64(1) {
		t.Errorf("a channel that was changed is %v", second)
	}
	in := fmt.Sprintf("/api/channels/profiles/%v/channels/", profile["id"])
	if got := call[object](t, h, 200, "GET "+in, ""); !slices.Equal(got["channels"].([]any), []any{first["id"]}) {
		t.Errorf("in the profile is %v, want the first channel", got)
	}
	got := call[object](t, h, 200, "PATCH "+in, fmt.Sprintf(`{"channels": [{"channel_id": %v, "enabled": false}, {"channel_id": %v}]}`, first["id"], second["id"]))
	if !slices.Equal(got["channels"].([]any), []any{second["id"]}) {
		t.Errorf("in the profile is %v, want the second channel", got)
	}
	for query, want := range map[string]string{
		"":                          "One HD Two",
		"?ordering=-channel_number": "Two One HD",
		"?search=hd":                "One HD",
		"?channel_group=News":       "One HD",
		"?channel_group_id=null":    "Two",
		"?channel_profile_id=1":     "Two",
		"?stream_id=1":              "One HD Two",
		"?stream_id=99":             "",
		"?user_level=1":             "400",
		"?ordering=password":        "400",
		"?page=2":                   "404",
		"?page_size=0":              "400",
		"?auto_created=perhaps":     "400",
	} {
		answer := h.send(message{method: "GET", path: "/api/channels/channels/" + query})
		var page list
		h.must(json.Unmarshal([]byte(answer.body), &page))
		names := page.names()
		if answer.status != 200 {
			names = fmt.Sprint(answer.status)
		}
		if names != want {
			t.Errorf("%q lists %q, want %q: %s", query, names, want, answer.body)
		}
	}
	if streams := call[list](t, h, 200, "GET /api/channels/streams/?unassigned=1", ""); streams.Count != 0 {
		t.Errorf("streams without a channel: %v", streams)
	}
	call[object](t, h, 204, "DELETE "+at, "")
	if left := call[object](t, h, 200, "POST /api/channels/channels/bulk-delete/", fmt.Sprintf(`{"ids": [%v, 77]}`, first["id"])); left["deleted"] != float64(1) {
		t.Errorf("deleted %v", left)
	}
}

func TestPagesHangTogether(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var groups []*store.ChannelGroup
	for i := range 7 {
		groups = append(groups, &store.ChannelGroup{Name: fmt.Sprintf("g%d", i)})
	}
	h.must(store.Create(t.Context(), h.cfg.Users, groups...))
	path, names := "/api/channels/groups/?page_size=3&ordering=-name", ""
	for pages := range 3 {
		page := call[list](t, h, 200, "GET "+path, "")
		names += page.names() + " "
		if page.Count != 7 || (page.Previous == nil) != (pages == 0) || (page.Next == nil) != (pages == 2) {
			t.Fatalf("page %d is %+v", pages, page)
		}
		if page.Next != nil {
			path = strings.TrimPrefix(*page.Next, h.url)
		}
	}
	if names != "g6 g5 g4 g3 g2 g1 g0 " {
		t.Errorf("the pages hold %s", names)
	}
}

// What is wrong with values is said field by field, and nothing is stored.
func TestLineupRefuses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const accounts = "POST /api/m3u/accounts/"
	for _, c := range []struct{ request, body, fields string }{
		{accounts, `{}`, "name"},
		{accounts, `{"name": "custom"}`, "name"},
		{accounts, `{"name": "A", "max_streams": -1, "account_type": "FTP"}`, "account_type max_streams"},
		{accounts, `{"name": "A", "max_streams": "many", "is_active": "perhaps", "custom_properties": []}`, "is_active custom_properties max_streams"},
		{accounts, `{"name": null, "priority": 1.5}`, "name priority"},
		{accounts, `{"name": "A", "user_agent_id": 77}`, "user_agent_id"},
		{accounts, `{"name": "A", "locked": true}`, "locked"},
		{accounts, `{"name": "` + strings.Repeat("x", 256) + `"}`, "name"},
		{"POST /api/m3u/accounts/99/filters/", `{"regex_pattern": "x"}`, "m3u_account_id"},
		{"POST /api/m3u/accounts/1/filters/", `{"filter_type": "smell"}`, "regex_pattern filter_type"},
		{"POST /api/channels/channels/", `{"name": "A", "streams": [5]}`, "stream_id"},
		{"POST /api/channels/channels/", `{"name": "A", "streams": "5"}`, "streams"},
		{"PATCH /api/m3u/accounts/1/", `{"name": "mine"}`, ""},
		{"PATCH /api/core/streamprofiles/1/", `{"command": "rm"}`, ""},
	} {
		got := call[struct {
			Message string `json:"message"`
			Errors  []struct{ Field, Message string }
		}](t, h, 400, c.request, c.body)
		var fields []string
		for _, wrong := range got.Errors {
			fields = append(fields, wrong.Field)
		}
		slices.Sort(fields)
		want := strings.Fields(c.fields)
		slices.Sort(want)
		if !slices.Equal(fields, want) || got.Message == "" {
			t.Errorf("%s %s is refused for %q, want %q: %+v", c.request, c.body, fields, want, got)
		}
	}
	if got := call[list](t, h, 200, "GET /api/m3u/accounts/", ""); got.names() != "custom" {
		t.Errorf("the accounts are %s", got.names())
	}
	if got := call[list](t, h, 200, "GET /api/channels/channels/", ""); got.Count != 0 {
		t.Errorf("the channels are %s", got.names())
	}
}

// A password goes in and never comes out; who is no admin sees no addresses.
func TestLineupKeepsSecrets(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const secret = "pass-word-42"
	account := call[object](t, h, 201, "POST /api/m3u/accounts/",
		`{"name": "A", "account_type": "XC", "server_url": "http://host-42", "username": "user-42", "password": "`+secret+`"}`)
	source := call[object](t, h, 201, "POST /api/epg/sources/", `{"name": "A", "url": "http://host-42", "password": "`+secret+`"}`)
	call[object](t, h, 201, "POST /api/channels/streams/", `{"name": "S", "url": "http://host-42/`+secret+`"}`)
	profile := &store.M3UAccountProfile{M3UAccountID: int64(account["id"].(float64)), Name: "x", CustomProperties: json.RawMessage(`{"user_info": {"password": "` + secret + `"}}`)}
	h.must(store.Create(t.Context(), h.cfg.Users, profile))
	account = call[object](t, h, 200, fmt.Sprintf("PATCH /api/m3u/accounts/%v/", account["id"]), `{"priority": 3}`)
	if stored, err := store.Find[store.M3UAccount](t.Context(), h.cfg.Users, int64(account["id"].(float64))); err != nil || stored.Password != secret {
		t.Errorf("the password is %q, %v after a change without it", stored.Password, err)
	}
	if account["secrets"].(object)["password"] != true || account["server_url"] != "http://host-42" {
		t.Errorf("an admin sees %v", account)
	}
	for _, path := range []string{
		"m3u/accounts/", fmt.Sprintf("m3u/accounts/%v/", account["id"]), fmt.Sprintf("m3u/accounts/%v/profiles/", account["id"]),
		"epg/sources/", fmt.Sprintf("epg/sources/%v/", source["id"]), "channels/streams/",
	} {
		if body := h.send(message{method: "GET", path: "/api/" + path}).body; strings.Contains(body, secret) && path != "channels/streams/" {
			t.Errorf("%s shows the password: %s", path, body)
		}
		if body := h.send(message{method: "GET", path: "/api/" + path, as: "standard"}).body; strings.Contains(body, "-42") {
			t.Errorf("%s shows a standard user: %s", path, body)
		}
	}
	call[object](t, h, 200, fmt.Sprintf("PATCH /api/m3u/accounts/%v/", account["id"]), `{"password": null}`)
	if got := call[object](t, h, 200, fmt.Sprintf("GET /api/m3u/accounts/%v/", account["id"]), ""); got["secrets"].(object)["password"] != false {
		t.Errorf("a password that was taken away: %v", got)
	}
}

// queue notes what is to be refreshed.
type queue struct{ jobs []string }

func (q *queue) QueueM3U(_ context.Context, account int64) (int64, error) {
	q.jobs = append(q.jobs, fmt.Sprintf("m3u %d", account))
	return int64(len(q.jobs)), nil
}

func (q *queue) QueueEPG(_ context.Context, source int64) (int64, error) {
	q.jobs = append(q.jobs, fmt.Sprintf("epg %d", source))
	return int64(len(q.jobs)), nil
}

func TestRefreshIsQueued(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	queue := &queue{}
	h.cfg.Refresh = queue
	served := httptest.NewServer(web.Handler(h.cfg))
	t.Cleanup(served.Close)
	h.url = served.URL

	call[object](t, h, 201, "POST /api/m3u/accounts/", `{"name": "A", "server_url": "http://x/"}`)
	call[object](t, h, 201, "POST /api/m3u/accounts/", `{"name": "off", "server_url": "http://x/", "is_active": false}`)
	call[object](t, h, 201, "POST /api/epg/sources/", `{"name": "B", "file_path": "/x.xml"}`)
	call[object](t, h, 201, "POST /api/epg/sources/", `{"name": "dummy", "source_type": "dummy"}`)
	for _, c := range []struct {
		request, body string
		status        int
	}{
		{"POST /api/m3u/refresh/", "", http.StatusAccepted},
		{"POST /api/m3u/refresh/2/", "", http.StatusAccepted},
		{"POST /api/m3u/refresh/3/", "", http.StatusConflict},
		{"POST /api/m3u/refresh/1/", "", http.StatusBadRequest},
		{"POST /api/epg/import/", `{"id": 1}`, http.StatusAccepted},
		{"POST /api/epg/import/", `{"id": 2}`, http.StatusConflict},
		{"POST /api/epg/import/", `{"id": "x"}`, http.StatusBadRequest},
	} {
		call[object](t, h, c.status, c.request, c.body)
	}
	if want := []string{"m3u 2", "epg 1", "m3u 2", "m3u 2", "epg 1"}; !slices.Equal(queue.jobs, want) {
		t.Errorf("queued were %q, want %q", queue.jobs, want)
	}
}

func TestUsersHaveProfiles(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	profile := call[object](t, h, 201, "POST /api/channels/profiles/", `{"name": "Family"}`)
	user := call[object](t, h, 201, "POST /api/accounts/users/", fmt.Sprintf(`{"username": "kid", "password": "correct horse", "channel_profiles": [%v]}`, profile["id"]))
	if !slices.Equal(user["channel_profiles"].([]any), []any{profile["id"]}) {
		t.Errorf("a user is %v", user)
	}
	at := fmt.Sprintf("/api/accounts/users/%v/", user["id"])
	call[object](t, h, 400, "PATCH "+at, `{"channel_profiles": [99], "email": "kid@tv.example"}`)
	call[object](t, h, 400, "POST /api/accounts/users/", `{"username": "other", "password": "correct horse", "channel_profiles": [99]}`)
	for _, user := range call[[]object](t, h, 200, "GET /api/accounts/users/", "") {
		if user["username"] == "other" || user["email"] == "kid@tv.example" {
			t.Errorf("a refused change has left %v", user)
		}
	}
	call[object](t, h, 400, "PATCH "+at, `{"channel_profiles": "all"}`)
	if user = call[object](t, h, 200, "PATCH "+at, `{"channel_profiles": []}`); len(user["channel_profiles"].([]any)) != 0 {
		t.Errorf("a user without profiles is %v", user)
	}
}
