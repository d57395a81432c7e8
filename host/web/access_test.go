package web_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/web"
)

// Every route, for everybody there is.
func TestAccess(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.file("p/plugin.json", `{"name": "P", "executable": "run"}`)
	h.file("p/run", "")
	if status, body := h.post("/api/plugins/plugins/p/enabled/", `{"enabled": true}`); status != http.StatusOK {
		t.Fatal(body)
	}
	people := []string{"streamer", "standard", "standard token", "read", "run", "admin", "admin token", "local"}
	const base, runs, accounts = "/api/plugins/plugins/", "/api/plugins/runs/", "/api/accounts/"
	all := func(status int) [8]int {
		return [8]int{status, status, status, status, status, status, status, status}
	}
	look := func(status int) [8]int { // what a standard user may, and any key
		return [8]int{403, status, status, status, status, status, status, status}
	}
	act := func(status int) [8]int { // what an admin may
		return [8]int{403, 403, 403, 403, 403, status, status, status}
	}
	inside := func(status int) [8]int { // what an admin may, and with any key
		return [8]int{403, 403, 403, status, status, status, status, status}
	}
	own := func(status int) [8]int { // what everybody may with themselves; the local key is nobody's
		return [8]int{status, status, status, 403, 403, status, status, 404}
	}
	type access struct {
		method, path, body string
		nobody             int    // by nobodies
		want               [8]int // by people
	}
	routes := []access{
		{"GET", base, "", 401, look(200)},
		{"HEAD", base, "", 401, look(200)},
		{"GET", base + "p/", "", 401, look(200)},
		{"GET", base + "nobody/", "", 401, look(404)},
		{"GET", base + "p/logo/", "", 401, look(404)},
		{"GET", "/api/channels/logos/999999/cache/", "", 401, look(404)},
		{"POST", base + "p/run/", `{"action": "noop"}`, 401, [8]int{403, 403, 403, 403, 200, 200, 200, 200}},
		{"POST", base + "nobody/run/", `{"action": "noop"}`, 401, [8]int{403, 403, 403, 403, 404, 404, 404, 404}},
		{"POST", base + "p/settings/", `{"settings": {}}`, 401, act(200)},
		{"POST", base + "p/options/", `{"field": "x"}`, 401, act(400)},
		{"POST", base + "p/enabled/", `{"enabled": true}`, 401, act(200)},
		{"POST", base + "p/engine/", `{"engine": "auto"}`, 401, act(200)},
		{"POST", base + "reload/", "", 401, act(200)},
		{"GET", base + "reload/", "", 401, all(405)},
		{"POST", base + "import/", `{}`, 401, act(400)},
		{"DELETE", base + "nobody/delete/", "", 401, act(200)},
		{"GET", base + "nobody/export/", "", 401, inside(404)},
		{"GET", base + "p/files/", "", 401, inside(200)},
		{"GET", base + "p/file/?path=run", "", 401, inside(200)},
		{"GET", base + "p/file/?path=../p/run", "", 401, inside(400)},
		{"GET", base + "p/logs/", "", 401, inside(200)},
		{"GET", base + "p/runs/", "", 401, look(200)},
		{"GET", runs + "x/", "", 401, look(404)},
		{"POST", runs + "x/cancel/", "", 401, [8]int{403, 403, 403, 403, 404, 404, 404, 404}},
		{"GET", base + "p", "", 401, all(308)},
		// These people's host has no queue.
		{"POST", "/api/jobs/1/cancel/", "", 401, [8]int{403, 403, 403, 403, 503, 503, 503, 503}},
		{"POST", "/api/jobs/1/retry/", "", 401, [8]int{403, 403, 403, 403, 503, 503, 503, 503}},
		{"GET", "/api/schedules/", "", 401, look(503)},
		{"POST", "/api/schedules/", `{}`, 401, act(503)},
		{"GET", "/api/schedules/next/?cron=x", "", 401, look(503)},
		{"GET", "/api/schedules/1/", "", 401, look(503)},
		{"PATCH", "/api/schedules/1/", `{}`, 401, act(503)},
		{"DELETE", "/api/schedules/1/", "", 401, act(503)},
		{"POST", "/api/schedules/1/run/", "", 401, [8]int{403, 403, 403, 403, 503, 503, 503, 503}},
		{"GET", "/api/core/doctor/", "", 401, inside(503)}, // nobody examines this machine
		{"GET", "/api/schema/", "", 401, all(200)},
		{"GET", "/api/nothing/", "", 401, all(404)},
		{"GET", "/api", "", 401, all(404)},
		{"GET", "/healthz", "", 200, all(200)},
		{"GET", "/", "", 404, all(404)},

		{"POST", accounts + "token/", `{}`, 400, all(400)},
		{"GET", accounts + "token/", "", 405, all(405)},
		{"POST", accounts + "auth/login/", `{}`, 400, all(400)},
		{"POST", accounts + "token/refresh/", `{"refresh": "x"}`, 401, all(401)},
		{"POST", accounts + "token/refresh", `{"refresh": "x"}`, 308, all(308)},
		{"GET", accounts + "initialize-superuser/", "", 200, all(200)},
		{"POST", accounts + "initialize-superuser/", `{"username": "x", "password": "correct horse"}`, 403, all(403)},
		{"POST", accounts + "auth/logout/", "", 401, all(200)},
		{"GET", accounts + "users/me/", "", 401, [8]int{200, 200, 200, 200, 200, 200, 200, 404}},
		{"PATCH", accounts + "users/me/", `{}`, 401, own(200)},
		{"PATCH", accounts + "users/me/", `{"user_level": 10}`, 401, own(400)},
		{"DELETE", accounts + "users/me/", "", 401, all(405)},
		{"GET", accounts + "users/", "", 401, act(200)},
		{"POST", accounts + "users/", `{}`, 401, act(400)},
		{"GET", accounts + "users/1/", "", 401, act(200)},
		{"GET", accounts + "users/999999/", "", 401, act(404)},
		{"GET", accounts + "users/x/", "", 401, act(404)},
		{"PATCH", accounts + "users/999999/", `{}`, 401, act(404)},
		{"DELETE", accounts + "users/999999/", "", 401, act(404)},
		{"GET", accounts + "api-keys/", "", 401, [8]int{200, 200, 200, 200, 200, 200, 200, 404}},
		{"POST", accounts + "api-keys/generate/", `{}`, 401, own(201)},
		{"POST", accounts + "api-keys/generate/", `{"user_id": 999999}`, 401, act(404)},
		{"POST", accounts + "api-keys/revoke/", `{"id": 999999}`, 401, own(404)},
		{"POST", accounts + "api-keys/revoke/", `{"user_id": 1, "id": 999999}`, 401, act(404)},
		{"GET", accounts, "", 401, all(404)},
	}
	const channels, m3u, epg, core = "/api/channels/", "/api/m3u/", "/api/epg/", "/api/core/"
	for path, methods := range map[string]string{
		channels + "channels/": "list create one change delete", channels + "groups/": "list create one change delete",
		channels + "streams/": "list create one change delete", channels + "profiles/": "list create one change delete",
		channels + "logos/": "list create one change delete", m3u + "accounts/": "list create one change delete",
		m3u + "accounts/1/profiles/": "list create one change delete", m3u + "accounts/1/filters/": "list create one change delete",
		m3u + "accounts/1/groups/": "list one change", m3u + "server-groups/": "list create one change delete",
		epg + "sources/": "list create one change delete", epg + "epgdata/": "list one", epg + "programs/": "list one",
		core + "useragents/": "list create one change delete", core + "streamprofiles/": "list create one change delete",
		core + "settings/": "list one change", core + "systemevents/": "list one",
	} {
		for name, row := range map[string]access{
			"list":   {"GET", path, "", 401, look(200)},
			"create": {"POST", path, `{"nonsense": 1}`, 401, act(400)},
			"one":    {"GET", path + "999999/", "", 401, look(404)},
			"change": {"PATCH", path + "999999/", `{}`, 401, act(404)},
			"delete": {"DELETE", path + "999999/", "", 401, act(404)},
		} {
			if !strings.Contains(methods, name) {
				row.body, row.want = "", all(405)
			}
			routes = append(routes, row)
		}
	}
	routes = append(routes,
		access{"POST", channels + "channels/from-stream/", `{"stream_id": 999999}`, 401, act(404)},
		access{"POST", channels + "channels/bulk-delete/", `{"ids": []}`, 401, act(200)},
		access{"POST", channels + "streams/bulk-delete/", `{"ids": []}`, 401, act(200)},
		access{"GET", channels + "profiles/999999/channels/", "", 401, look(404)},
		access{"PATCH", channels + "profiles/999999/channels/", `{}`, 401, act(404)},
		access{"POST", m3u + "refresh/", "", 401, act(503)}, // there is no queue here
		access{"POST", m3u + "refresh/999999/", "", 401, act(404)},
		access{"POST", epg + "import/", `{"id": 999999}`, 401, act(404)},
		access{"GET", "/api/jobs/", "", 401, look(200)},
		access{"GET", "/api/jobs/999999/", "", 401, look(404)},
	)
	for _, route := range routes {
		t.Run(route.method+" "+route.path+" "+route.body, func(t *testing.T) {
			t.Parallel()
			for i, as := range slices.Concat(nobodies, people) {
				want := route.nobody
				if i >= len(nobodies) {
					want = route.want[i-len(nobodies)]
				}
				answer := h.send(message{method: route.method, path: route.path, body: route.body, as: as})
				if answer.status != want {
					t.Errorf("%s: status %d, want %d: %s", as, answer.status, want, answer.body)
				}
				if answer.header.Get("Content-Type") != "application/json; charset=utf-8" ||
					answer.header.Get("X-Content-Type-Options") != "nosniff" || answer.header.Get("Cache-Control") != "no-store" {
					t.Errorf("%s: headers %v", as, answer.header)
				}
				if challenge := answer.header.Get("WWW-Authenticate"); (challenge == `Bearer realm="api"`) != (want == http.StatusUnauthorized) {
					t.Errorf("%s: WWW-Authenticate %q beside %d", as, challenge, want)
				}
			}
		})
	}
}

// No answer to anybody holds a secret.
func TestSecretsStayInside(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const canary = "canary-4711"
	h.file("p/main.go", `package main

import (
	"errors"

	"github.com/pluggarr/pluggarr/sdk"
)

type Settings struct {
	Token sdk.Secret `+"`json:\"token\"`"+`
	Limit int        `+"`json:\"limit\"`"+`
}

func tell(ctx *sdk.Context, s Settings) (sdk.Result, error) {
	ctx.Log.Info("it is "+string(s.Token), "token", string(s.Token))
	println("printed " + string(s.Token))
	return sdk.OK("%s", string(s.Token)).With("token", string(s.Token)), nil
}

func fail(ctx *sdk.Context, s Settings) (sdk.Result, error) {
	return sdk.Result{}, errors.New("refused " + string(s.Token))
}

func crash(ctx *sdk.Context, s Settings) (sdk.Result, error) {
	panic("with " + string(s.Token))
}

func main() {
	sdk.Serve(sdk.Plugin{Name: "P", Settings: Settings{}, Actions: []sdk.Action{
		{ID: "tell", Label: "Tell", Run: sdk.Handle(tell)},
		{ID: "fail", Label: "Fail", Run: sdk.Handle(fail)},
		{ID: "crash", Label: "Crash", Run: sdk.Handle(crash)},
	}})
}
`)
	const p = "/api/plugins/plugins/p/"
	all := ""
	for _, m := range []message{
		{method: "POST", path: p + "settings/", body: `{"settings": {"token": "` + canary + `", "limit": 1}}`},
		{method: "POST", path: p + "settings/", body: `{"settings": {"token": "` + canary + `", "limit": "x"}}`},
		{method: "POST", path: p + "enabled/", body: `{"enabled": true}`},
		{method: "POST", path: p + "run/", body: `{"action": "tell"}`},
		{method: "POST", path: p + "run/", body: `{"action": "fail"}`},
		{method: "POST", path: p + "run/", body: `{"action": "crash"}`},
		{method: "POST", path: p + "settings/", body: `{"settings": {"limit": 2}}`},
		{method: "GET", path: "/api/plugins/plugins/"},
		{method: "GET", path: p, as: "read"},
		{method: "GET", path: p, as: "standard"},
		{method: "GET", path: p + "runs/"},
		{method: "GET", path: p + "logs/"},
		{method: "GET", path: p + "logs/?download=1"},
	} {
		answer := h.send(m)
		all += answer.body
		if run := answer.header.Get("X-Pluggarr-Run"); run != "" {
			all += h.send(message{method: "GET", path: "/api/plugins/runs/" + run + "/"}).body
		}
	}
	if strings.Contains(all, canary) {
		t.Errorf("the secret is in the answers: %.5000s", all)
	}
	for _, want := range []string{"refused [secret]", "panic: with [secret]", `"message":"it is [secret]","attrs":{"token":"[secret]"}`} {
		if !strings.Contains(all, want) {
			t.Errorf("the answers do not hold %q: %.5000s", want, all)
		}
	}
}

func TestStandardUserSeesNoSettings(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.file("p/plugin.json", `{"name": "P", "executable": "run"}`)
	h.file("p/run", "")
	if status, body := h.post("/api/plugins/plugins/p/settings/", `{"settings": {"x": "canary"}}`); status != http.StatusOK {
		t.Error(body)
	}
	for as, want := range map[string]bool{"standard": false, "read": true, "admin": true, "local": true} {
		for _, path := range []string{"/api/plugins/plugins/", "/api/plugins/plugins/p/"} {
			answer := h.send(message{method: http.MethodGet, path: path, as: as})
			if got := strings.Contains(answer.body, "canary"); got != want {
				t.Errorf("%s sees the settings in %s: %t, want %t", as, path, got, want)
			}
		}
	}
}

func TestOtherSitesArePutOff(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	serve := func(listen string, allow ...string) http.Handler {
		cfg := h.cfg
		cfg.Listen, cfg.AllowHosts = listen, allow
		return web.Handler(cfg)
	}
	const loopback, open = "127.0.0.1:9191", "0.0.0.0:9191"
	for _, tt := range []struct {
		name, listen string
		allow        []string
		method, host string
		header       []string
		want         int
	}{
		{"its own name", loopback, nil, "GET", "localhost:9191", nil, 200},
		{"its own name in capitals, with a dot", loopback, nil, "GET", "LOCALHOST.:9191", nil, 200},
		{"its address", loopback, nil, "GET", "127.0.0.1:1", nil, 200},
		{"its address in IPv6", loopback, nil, "GET", "[::1]:9191", nil, 200},
		{"without a port", loopback, nil, "GET", "[::1]", nil, 200},
		{"listening on IPv6", "[::1]:9191", nil, "GET", "evil.example", nil, 421},
		{"a name that was bound to it", loopback, nil, "GET", "evil.example:9191", nil, 421},
		{"a name that looks like it", loopback, nil, "GET", "localhost.evil.example", nil, 421},
		{"an address that looks like it", loopback, nil, "GET", "127.0.0.1.evil.example", nil, 421},
		{"another address", loopback, nil, "GET", "192.168.0.7:9191", nil, 421},
		{"no name", loopback, nil, "GET", "", nil, 421},
		{"a name that is allowed", loopback, []string{"TV.example"}, "GET", "tv.example:80", nil, 200},
		{"a name under one that is allowed", loopback, []string{"tv.example"}, "GET", "x.tv.example", nil, 421},
		{"any name where everybody may come", open, nil, "GET", "tv.example:9191", nil, 200},
		{"a page of its own", loopback, nil, "POST", "localhost:9191", []string{"Origin", "http://localhost:9191"}, 405},
		{"another page", loopback, nil, "POST", "localhost:9191", []string{"Origin", "http://evil.example"}, 403},
		{"another page on this machine", loopback, nil, "POST", "localhost:9191", []string{"Origin", "http://localhost:3000"}, 403},
		{"a page without a site", loopback, nil, "POST", "localhost:9191", []string{"Origin", "null"}, 403},
		{"another page, by its fetch", open, nil, "POST", "tv.example", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"another page that only looks", loopback, nil, "GET", "localhost:9191", []string{"Origin", "http://evil.example"}, 200},
		{"a page behind a proxy", loopback, []string{"tv.example"}, "POST", "127.0.0.1:9191", []string{"Origin", "https://tv.example"}, 405},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequestWithContext(t.Context(), tt.method, "/healthz", nil)
			r.Host = tt.host
			for pair := range slices.Chunk(tt.header, 2) {
				r.Header.Set(pair[0], pair[1])
			}
			w := httptest.NewRecorder()
			serve(tt.listen, tt.allow...).ServeHTTP(w, r)
			if w.Code != tt.want || w.Header().Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("status %d, want %d: %s", w.Code, tt.want, w.Body)
			}
			if refused := w.Code == 421 || w.Code == 403; refused && !strings.Contains(w.Body.String(), "--allow-host") {
				t.Errorf("the refusal names no next step: %s", w.Body)
			}
		})
	}
}
