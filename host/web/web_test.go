package web_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/pluggarr/pluggarr/host/auth"
	"github.com/pluggarr/pluggarr/host/hub"
	"github.com/pluggarr/pluggarr/host/logs"
	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/proc"
	"github.com/pluggarr/pluggarr/host/registry"
	"github.com/pluggarr/pluggarr/host/settings"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/store/storetest"
	"github.com/pluggarr/pluggarr/host/web"
	"github.com/pluggarr/pluggarr/host/worker"
	"github.com/pluggarr/pluggarr/host/worker/workertest"
	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// TestMain lets the test binary stand in for the processes of plugins: for
// "pluggarr worker", and for every compiled plugin.
func TestMain(m *testing.M) {
	switch {
	case len(os.Args) > 1 && os.Args[1] == "worker":
		workertest.Play()
	case len(os.Args) > 1 && os.Args[1] == "compiled":
		sdk.Serve(compiled())
	default:
		goleak.VerifyTestMain(m)
	}
}

// patience is how long things may take on the slowest machine.
const patience = time.Minute

// compiled is the plugin in every executable folder.
func compiled() sdk.Plugin {
	return sdk.Plugin{Name: "Compiled", Actions: []sdk.Action{
		{ID: "noop", Label: "Nothing", Run: sdk.Handle(func(*sdk.Context, struct{}) (sdk.Result, error) {
			return sdk.Result{}, nil
		})},
		{ID: "forbid", Label: "Forbid", Run: sdk.Handle(func(*sdk.Context, struct{}) (sdk.Result, error) {
			return sdk.Result{}, wire.Errorf(wire.CodePermission, "not on a Sunday")
		})},
		{ID: "raise", Label: "Raise", Run: sdk.Handle(func(*sdk.Context, struct{}) (sdk.Result, error) {
			return sdk.Result{}, wire.Errorf(wire.CodePlugin, "boom").WithData(
				wire.PluginFailure{Type: "ValueError", Traceback: "plugin.py:3 run\n"})
		})},
		{ID: "exit", Label: "Exit", Run: sdk.Handle(func(*sdk.Context, struct{}) (sdk.Result, error) {
			fmt.Println("the last words")
			os.Exit(7)
			return sdk.Result{}, nil
		})},
	}}
}

// house is a host that is served, with people and keys in every condition.
type house struct {
	tb      testing.TB
	plugins string // the folder
	url     string
	keys    map[string]string // and tokens
	keyFile string            // of the tokens
	cfg     web.Config

	contract *contract // what the API says of itself
	closed   func()    // shuts the plugins down
}

func newHouse(tb testing.TB) *house {
	tb.Helper()
	h := &house{tb: tb, plugins: tb.TempDir(), keys: map[string]string{}, contract: newContract(tb)}
	db := storetest.SQLite(tb)
	s := storetest.Open(tb, db)
	dir, err := plugindir.Open(h.plugins)
	h.must(err)
	sealer, err := settings.NewSealer(filepath.Join(tb.TempDir(), "key"))
	h.must(err)
	starter := proc.NewStarter("")
	tb.Cleanup(starter.Close)
	kept, err := logs.Open(filepath.Join(tb.TempDir(), "logs"), logs.Config{})
	h.must(err)
	tb.Cleanup(func() { h.must(kept.Close()) })
	plugins := registry.New(registry.Config{
		Store: s, Dir: dir, Sealer: sealer, Build: "test", Line: kept.Append,
		Launch: func(_ context.Context, f plugindir.Found) (worker.Process, error) {
			as := "worker"
			if f.Runtime == plugindir.RuntimeExecutable {
				as = "compiled"
			}
			p, err := starter.Start(proc.Spec{Path: os.Args[0], Args: []string{as}, Env: os.Environ()})
			if err != nil {
				return worker.Process{}, err
			}
			return worker.Process{Stream: p.Stream, Stdout: p.Stdout, Stderr: p.Stderr, Child: p}, nil
		},
	})
	h.closed = func() { plugins.Close(context.Background()) }
	tb.Cleanup(h.closed)
	h.keyFile = filepath.Join(tb.TempDir(), "token.key")
	known, err := auth.New(auth.Config{Store: s, KeyFile: h.keyFile, Iterations: 10})
	h.must(err)
	tb.Cleanup(known.Close)
	h.people(s, db)
	told := hub.New(hub.Config{})
	tb.Cleanup(told.Close)
	h.cfg = web.Config{Plugins: plugins, Auth: known, Logs: kept, Hub: told, Temp: tb.TempDir(), Users: s, Version: "1.2.3", Listen: "127.0.0.1:9191"}
	served := httptest.NewUnstartedServer(nil)
	served.Config = web.Server(web.Handler(h.cfg))
	served.Start()
	tb.Cleanup(served.Close)
	h.url = served.URL
	return h
}

// people makes the keys, by what they are.
func (h *house) people(s *store.Store, db store.Config) {
	h.tb.Helper()
	admin, err := s.EnsureAdmin(h.tb.Context(), "admin")
	h.must(err)
	key := func(name string, user int64, scope store.KeyScope) int64 {
		raw, made, err := s.CreateKey(h.tb.Context(), store.NewKey{UserID: user, Scope: scope})
		h.must(err)
		h.keys[name] = raw
		return made.ID
	}
	raw := storetest.Raw(h.tb, db)
	user := func(name string, level int, active bool) int64 {
		result, err := raw.ExecContext(h.tb.Context(), `INSERT INTO accounts_user
			(username, password, is_superuser, first_name, last_name, email, is_staff, is_active, date_joined, user_level, stream_limit)
			VALUES (?, '!', 0, '', '', '', 0, ?, '2026-01-01 00:00:00', ?, 0)`, name, active, level)
		h.must(err)
		id, err := result.LastInsertId()
		h.must(err)
		return id
	}
	h.tokens(s, raw)
	key("admin", admin.ID, store.ScopeAdmin)
	key("run", admin.ID, store.ScopeRun)
	key("read", admin.ID, store.ScopeRead)
	key("local", 0, store.ScopeAdmin)
	key("standard", user("bob", 1, true), store.ScopeAdmin)
	key("streamer", user("tim", 0, true), store.ScopeAdmin)
	key("inactive", user("eve", store.LevelAdmin, false), store.ScopeAdmin)
	h.must(s.RevokeKey(h.tb.Context(), key("revoked", admin.ID, store.ScopeAdmin)))
	h.keys["wrong"] = "pgr_" + strings.Repeat("x", 40)
	h.keys["none"] = ""
}

func (h *house) must(err error) {
	h.tb.Helper()
	if err != nil {
		h.tb.Fatal(err)
	}
}

// file puts a file into the plugins folder.
func (h *house) file(path, text string) {
	h.tb.Helper()
	path = filepath.Join(h.plugins, path)
	h.must(os.MkdirAll(filepath.Dir(path), 0o755))
	h.must(os.WriteFile(path, []byte(text), 0o755))
}

// message is one request with its answer.
type message struct {
	method, path, body string
	as                 string // whose key; "" means "admin"
	header             http.Header
}

// reply is an answer that has arrived as a whole.
type reply struct {
	status int
	header http.Header
	body   string
}

// send sends a request and waits for the answer.
func (h *house) send(m message) reply {
	h.tb.Helper()
	r, err := http.NewRequestWithContext(h.tb.Context(), m.method, h.url+m.path, strings.NewReader(m.body))
	h.must(err)
	if m.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	maps.Copy(r.Header, m.header)
	if m.as == "" {
		m.as = "admin"
	}
	key, ok := h.keys[m.as]
	if !ok {
		h.tb.Fatalf("there is no key %q", m.as)
	}
	if strings.HasPrefix(key, "Bearer ") {
		r.Header.Set("Authorization", key)
	} else if key != "" {
		r.Header.Set("X-API-Key", key)
	}
	client := http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	answer, err := client.Do(r)
	h.must(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	h.must(err)
	got := reply{answer.StatusCode, answer.Header, string(body)}
	h.contract.check(h.tb, m, got)
	return got
}

// post sends a JSON body as the admin and returns status and answer.
func (h *house) post(path, body string) (int, string) {
	h.tb.Helper()
	got := h.send(message{method: http.MethodPost, path: path, body: body})
	return got.status, got.body
}
