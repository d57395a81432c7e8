package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/auth"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/store/storetest"
	"github.com/pluggarr/pluggarr/host/web"
	"github.com/pluggarr/pluggarr/sdk"
)

// office is the API of accounts alone, on a store with nobody in it.
type office struct {
	t       *testing.T
	handler http.Handler
	auth    *auth.Authenticator
	users   *store.Store
	now     time.Time // the clock, which stands still
	log     bytes.Buffer
	all     strings.Builder // every answer
	failed  []sdk.LoginFailed
}

func newOffice(t *testing.T) *office {
	t.Helper()
	return newOfficeOn(t, storetest.SQLite(t))
}

func newOfficeOn(t *testing.T, db store.Config) *office {
	t.Helper()
	o := &office{t: t, users: storetest.Open(t, db), now: time.Now()}
	var err error
	o.auth, err = auth.New(auth.Config{Store: o.users, Iterations: 10, Now: func() time.Time { return o.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.auth.Close)
	o.handler = web.Handler(web.Config{
		Auth: o.auth, Users: o.users, Listen: "127.0.0.1:9191",
		LoginFailed: func(_ context.Context, e sdk.LoginFailed) { o.failed = append(o.failed, e) },
		Log:         slog.New(slog.NewTextHandler(&o.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	return o
}

// send sends a request, with name-value pairs of headers.
func (o *office) send(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	o.t.Helper()
	r := httptest.NewRequestWithContext(o.t.Context(), method, "/api/accounts/"+path, strings.NewReader(body))
	r.Host = "localhost"
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	o.handler.ServeHTTP(w, r)
	o.all.WriteString(w.Body.String())
	return w
}

// want sends a request and reads the JSON of its answer.
func (o *office) want(status int, method, path, body string, headers ...string) map[string]any {
	o.t.Helper()
	w := o.send(method, path, body, headers...)
	if w.Code != status {
		o.t.Fatalf("%s %s %s: status %d, want %d: %s", method, path, body, w.Code, status, w.Body)
	}
	var answer map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil && w.Body.Len() > 0 && w.Body.Bytes()[0] == '{' {
		o.t.Fatal(err)
	}
	return answer
}

// root makes the first admin, and returns the header of their token.
func (o *office) root() []string {
	o.t.Helper()
	token, err := o.auth.OpenSetup(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	o.want(200, "POST", "initialize-superuser/", fmt.Sprintf(`{"username": "root", "password": "correct horse", "token": %q}`, token))
	return o.login("root", "correct horse")
}

func (o *office) login(name, word string) []string {
	o.t.Helper()
	answer := o.want(200, "POST", "token/", fmt.Sprintf(`{"username": %q, "password": %q}`, name, word))
	return []string{"Authorization", "Bearer " + answer["access"].(string)}
}

func TestFirstAdmin(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	const path, body = "initialize-superuser/", `{"username": "root", "password": "correct horse", "email": "root@example.org"}`
	if _, err := o.users.EnsureAdmin(t.Context(), "admin"); err != nil { // as pluggarr apikey does
		t.Fatal(err)
	}
	state := o.want(200, "GET", path, "")
	if state["superuser_exists"] != false || state["setup_allowed"] != false || state["client_ip"] != "192.0.2.1" {
		t.Errorf("before a token is there: %v", state)
	}
	token, err := o.auth.OpenSetup(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if state := o.want(200, "GET", path, ""); state["setup_allowed"] != true {
		t.Errorf("with a token: %v", state)
	}
	for name, sent := range map[string][]string{
		"no token": nil, "a wrong one": {"X-Setup-Token", token[1:]}, "a bad body": {"X-Setup-Token", "x"},
	} {
		text := body
		if name == "a bad body" {
			text = `{"username": 5}`
		}
		if answer := o.want(403, "POST", path, text, sent...); !strings.Contains(answer["error"].(string), "printed when it started") {
			t.Errorf("%s: %v names no next step", name, answer)
		}
	}
	for _, bad := range []string{`{}`, `{"username": "root", "password": "short"}`, `{"username": "a b", "password": "correct horse"}`, `{"username": "root", "password": "correct horse", "email": "x"}`} {
		o.want(400, "POST", path, bad, "X-Setup-Token", token)
	}
	o.want(200, "POST", path, body, "X-Setup-Token", token)
	o.want(403, "POST", path, body, "X-Setup-Token", token)
	if state := o.want(200, "GET", path, ""); state["superuser_exists"] != true || state["client_ip"] != nil {
		t.Errorf("afterwards: %v", state)
	}
	me := o.want(200, "GET", "users/me/", "", o.login("root", "correct horse")...)
	if me["user_level"] != 10.0 || me["is_superuser"] != true || me["email"] != "root@example.org" {
		t.Errorf("the first admin is %v", me)
	}
}

func TestLoginIsThrottled(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.root()
	const right, wrong = `{"username": "root", "password": "correct horse"}`, `{"username": "root", "password": "guess"}`
	for i := range 5 {
		o.want(200, "POST", "token/", right)
		// Who says which address they come from is not believed.
		o.want(401, "POST", "token/", wrong, "X-Forwarded-For", fmt.Sprintf("203.0.113.%d", i), "X-Real-IP", "203.0.113.9")
	}
	o.now = o.now.Add(500 * time.Millisecond)
	w := o.send("POST", "auth/login/", right, "X-Forwarded-For", "203.0.113.77")
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "60" ||
		w.Body.String() != `{"detail":"Request was throttled. Expected available in 60 seconds."}` {
		t.Errorf("the sixth: %d, Retry-After %q, %s", w.Code, w.Header().Get("Retry-After"), w.Body)
	}
	o.now = o.now.Add(time.Minute)
	o.want(200, "POST", "token/", right)
}

func TestUsersOverREST(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	root := o.root()
	self := fmt.Sprintf("users/%.0f/", o.want(200, "GET", "users/me/", "", root...)["id"])
	for _, step := range []struct{ method, body string }{
		{"DELETE", ""}, {"PATCH", `{"user_level": 1}`}, {"PATCH", `{"is_active": false}`},
	} {
		answer := o.want(400, step.method, self, step.body, root...)
		if answer["detail"] != "The last admin cannot be deleted, demoted or locked out." {
			t.Errorf("%s %s of the last admin: %v", step.method, step.body, answer)
		}
	}
	made := o.want(201, "POST", "users/", `{"username": "bob", "password": "battery staple", "user_level": "1"}`, root...)
	bob := fmt.Sprintf("users/%.0f/", made["id"])
	byBob := o.login("bob", "battery staple")
	key := o.want(201, "POST", "api-keys/generate/", `{}`, byBob...)["key"].(string)
	byKey := []string{"X-API-Key", key}
	o.want(200, "GET", "users/me/", "", byKey...)
	o.want(400, "PATCH", bob, `{"username": "root"}`, root...)

	// A new password ends the tokens and leaves the keys.
	o.want(200, "PATCH", "users/me/", `{"password": "staple battery"}`, byBob...)
	o.want(401, "GET", "users/me/", "", byBob...)
	o.want(200, "GET", "users/me/", "", byKey...)
	o.want(401, "POST", "token/", `{"username": "bob", "password": "battery staple"}`)
	byBob = o.login("bob", "staple battery")

	// Who is locked out is so at once, and may come back.
	o.want(200, "PATCH", bob, `{"is_active": false}`, root...)
	o.want(401, "GET", "users/me/", "", byBob...)
	o.want(401, "GET", "users/me/", "", byKey...)
	o.want(400, "POST", "api-keys/generate/", fmt.Sprintf(`{"user_id": %.0f}`, made["id"]), root...)
	o.want(200, "PATCH", bob, `{"is_active": true, "user_level": 10}`, root...)
	o.want(200, "GET", self, "", byBob...)

	// With another admin the first one may go.
	o.want(204, "DELETE", self, "", byBob...)
	o.want(401, "GET", "users/me/", "", root...)
	o.want(404, "GET", self, "", byBob...)
}

// What is kept as JSON is what every database takes, whatever is sent.
func TestPropertiesOnEveryDatabase(t *testing.T) {
	t.Parallel()
	for name, fresh := range map[string]func(testing.TB) store.Config{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOfficeOn(t, fresh(t))
			root := o.root()
			for _, tt := range []struct {
				value  string
				status int
			}{
				{`{"a": "é\u00e9 ?", "b": [1.50, 12345678901234567890, null, {"c": true}]}`, 200},
				{`{"half": "\ud800"}`, 200},
				{`{"nul": "\u0000"}`, 400},
				{`{"\u0000": 1}`, 400},
				{`{"large": 1e400}`, 400},
				{`{"deep": ` + strings.Repeat("[", 60) + strings.Repeat("]", 60) + `}`, 400},
				{`[]`, 400},
				{`null`, 400},
			} {
				for _, field := range []string{"custom_properties", "avatar_config"} {
					path := "users/me/"
					if field == "avatar_config" {
						path = "users/1/"
					}
					if w := o.send("PATCH", path, `{"`+field+`": `+tt.value+`}`, root...); w.Code != tt.status {
						t.Errorf("%s %s: %d, want %d: %s", field, tt.value, w.Code, tt.status, w.Body)
					}
				}
			}
			me := o.want(200, "GET", "users/me/", "", root...)
			properties, err := json.Marshal(me["custom_properties"])
			if want := `{"a":"éé ?","b":[1.5,12345678901234567000,null,{"c":true}],"half":"�"}`; err != nil || string(properties) != want {
				t.Errorf("the properties are %s, want %s", properties, want)
			}
		})
	}
}

func TestKeysAreBounded(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	root := o.root()
	for range 100 {
		o.want(201, "POST", "api-keys/generate/", `{}`, root...)
	}
	o.want(400, "POST", "api-keys/generate/", `{}`, root...)
	keys := o.want(200, "GET", "api-keys/", "", root...)["keys"].([]any)
	first := keys[0].(map[string]any)
	o.want(200, "POST", "api-keys/revoke/", fmt.Sprintf(`{"id": %.0f}`, first["id"]), root...)
	o.want(404, "POST", "api-keys/revoke/", fmt.Sprintf(`{"id": %.0f}`, first["id"]), root...)
	if left := o.want(200, "GET", "api-keys/", "", root...)["keys"].([]any); len(left) != 99 {
		t.Errorf("%d keys are left, want 99", len(left))
	}
	o.want(200, "POST", "api-keys/revoke/", `{}`, root...)
	if left := o.want(200, "GET", "api-keys/", "", root...); len(left["keys"].([]any)) != 0 || left["key"] != nil {
		t.Errorf("left is %v, want nothing", left)
	}
}

// What opens is in no answer but the one that hands it out, and in no log.
func TestCredentialsStayInside(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	setup, err := o.auth.OpenSetup(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	root := o.root() // whose token is another one
	key := o.want(201, "POST", "api-keys/generate/", `{"name": "k"}`, root...)["key"].(string)
	tokens := o.want(200, "POST", "token/", `{"username": "root", "password": "correct horse"}`)
	user, err := o.users.UserByName(t.Context(), "root")
	if err != nil {
		t.Fatal(err)
	}
	o.all.Reset()
	for _, call := range []struct{ method, path, body string }{
		{"GET", "users/me/", ""},
		{"GET", "users/", ""},
		{"GET", fmt.Sprintf("users/%d/?token=%s", user.ID, setup), ""},
		{"PATCH", "users/me/", `{"first_name": "Root"}`},
		{"POST", "users/", `{"username": "bob", "password": "correct horse"}`},
		{"POST", "users/", `{"username": "bob", "password": "correct horse"}`},
		{"POST", "users/", `{"username": "b b", "password": "correct horse"}`},
		{"GET", "api-keys/", ""},
		{"POST", "token/", `{"username": "root", "password": "correct horse!"}`},
		{"POST", "token/", `{"username": "root", "password": ["correct horse"]}`},
		{"POST", "token/refresh/", `{"refresh": "` + key + `"}`},
		{"POST", "initialize-superuser/", `{"username": "x", "password": "correct horse", "token": "` + setup + `"}`},
		{"POST", "auth/logout/", ""},
	} {
		o.send(call.method, call.path, call.body, "X-API-Key", key)
		o.send(call.method, call.path, call.body, root...)
		o.send(call.method, call.path, call.body, "Authorization", "Bearer "+tokens["refresh"].(string))
	}
	o.send("POST", "token/", `{"username": "root", "password": "correct horse"}`, "Content-Type", "application/x-www-form-urlencoded")
	for name, opens := range map[string]string{
		"the password": "correct horse", "a hash": "pbkdf2", "the hash": user.Password, "the key": key, "the key's hash": store.HashKey(key),
		"the token": strings.TrimPrefix(root[1], "Bearer "), "an access token": tokens["access"].(string), "the setup token": setup,
	} {
		if strings.Contains(o.all.String(), opens) {
			t.Errorf("%s is in the answers: %s", name, o.all.String())
		}
		if strings.Contains(o.log.String(), opens) {
			t.Errorf("%s is in the log: %s", name, o.log.String())
		}
	}
	if !strings.Contains(o.log.String(), "a login failed") {
		t.Errorf("the log does not tell of logins that failed: %s", o.log.String())
	}
}

// Plugins hear of a login that does not fit, and not of the host's own errors.
func TestLoginFailedIsTold(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.root()
	o.send("POST", "token/", `{"username": "root", "password": "wrong"}`, "User-Agent", strings.Repeat("ü", 300))
	o.send("POST", "token/", `{"username": "nobody", "password": "correct horse"}`)
	o.send("POST", "token/", `{"username": "root"}`)
	o.send("POST", "token/", `{"username": "`+strings.Repeat("ü", 300)+`", "password": "wrong"}`)
	if len(o.failed) != 3 || o.failed[0].User != "root" || o.failed[0].ClientIP == "" || o.failed[0].Reason == "" || o.failed[1].User != "nobody" {
		t.Errorf("told were %+v", o.failed)
	}
	if agent := o.failed[0].UserAgent; agent != strings.Repeat("ü", 100) {
		t.Errorf("the client calls itself %q", agent)
	}
	if user := o.failed[2].User; user != strings.Repeat("ü", 100) {
		t.Errorf("a long name is told as %q", user)
	}
}

func FuzzAccount(f *testing.F) {
	users := storetest.Open(f, storetest.SQLite(f))
	known, err := auth.New(auth.Config{Store: users, Iterations: 1})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(known.Close)
	admin, err := users.EnsureAdmin(f.Context(), "admin")
	if err != nil {
		f.Fatal(err)
	}
	key, _, err := users.CreateKey(f.Context(), store.NewKey{UserID: admin.ID, Scope: store.ScopeAdmin})
	if err != nil {
		f.Fatal(err)
	}
	handler := web.Handler(web.Config{Auth: known, Users: users, Listen: "127.0.0.1:9191"})
	f.Add(`{"username": "a", "password": "correct horse", "custom_properties": {"a": [null]}}`)
	f.Add(`{"user_level": 1e9, "stream_limit": "7", "is_active": "yes"}`)
	f.Add(`{"custom_properties": {"\u0000": ` + strings.Repeat("[", 60) + strings.Repeat("]", 60) + `}}`)
	f.Fuzz(func(t *testing.T, body string) {
		for _, to := range []struct{ method, path string }{{"POST", "users/"}, {"PATCH", "users/me/"}} {
			r := httptest.NewRequestWithContext(t.Context(), to.method, "/api/accounts/"+to.path, strings.NewReader(body))
			r.Host = "localhost"
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("X-API-Key", key)
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			answer, err := io.ReadAll(w.Body)
			if err != nil || w.Code >= http.StatusInternalServerError || !json.Valid(answer) {
				t.Errorf("%s %s %q: %d %s", to.method, to.path, body, w.Code, answer)
			}
		}
	})
}
