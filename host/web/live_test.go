package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/pluggarr/pluggarr/host/auth"
	"github.com/pluggarr/pluggarr/host/hub"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/web"
)

// dial opens a WebSocket; nil when it was refused, with the status.
func (h *house) dial(query string, header http.Header) (*websocket.Conn, int) {
	h.tb.Helper()
	ctx, cancel := context.WithTimeout(h.tb.Context(), patience)
	defer cancel()
	conn, answer, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(h.url, "http")+"/ws/?"+query, &websocket.DialOptions{
		HTTPHeader: header, HTTPClient: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
	})
	if answer != nil && answer.Body != nil {
		answer.Body.Close()
	}
	if err == nil {
		h.tb.Cleanup(func() { _ = conn.CloseNow() })
		return conn, http.StatusSwitchingProtocols
	}
	if answer == nil {
		h.tb.Fatal(err)
	}
	return nil, answer.StatusCode
}

func TestWhoMayListen(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for as, key := range h.keys {
		want := http.StatusSwitchingProtocols
		if slices.Contains(nobodies, as) || as == "streamer" {
			want = http.StatusForbidden
		}
		token, isToken := strings.CutPrefix(key, "Bearer ")
		header := http.Header{"X-Api-Key": {key}}
		if isToken {
			header = nil
		} else {
			token = ""
		}
		if _, got := h.dial("token="+token, header); got != want {
			t.Errorf("%s: status %d, want %d", as, got, want)
		}
	}
	if _, got := h.dial("token="+h.keys["admin"], nil); got != http.StatusForbidden {
		t.Errorf("a key in the query, where it is written down: %d", got)
	}
	token := strings.TrimPrefix(h.keys["admin token"], "Bearer ")
	for origin, want := range map[string]int{"http://evil.example": 403, h.url: 101, "null": 403} {
		if _, got := h.dial("token="+token, http.Header{"Origin": {origin}}); got != want {
			t.Errorf("from %s: %d, want %d", origin, got, want)
		}
	}
	if got := h.send(message{method: http.MethodGet, path: "/ws/"}); got.status != http.StatusUpgradeRequired {
		t.Errorf("a plain GET: %d %s", got.status, got.body)
	}
}

func TestListening(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	admin, _ := h.dial("", http.Header{"X-Api-Key": {h.keys["admin"]}})
	user, _ := h.dial("", http.Header{"X-Api-Key": {h.keys["standard"]}})
	read := func(c *websocket.Conn) string {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		_, text, err := c.Read(ctx)
		h.must(err)
		return string(text)
	}
	read(admin)
	read(user)
	type state struct {
		Type  string `json:"type"`
		Error string `json:"error"`
	}
	h.cfg.Hub.Send(hub.Message{Data: state{hub.TypePluginState, ""}, Admins: state{hub.TypePluginState, "why"}})
	if got := read(admin); got != `{"type":"update","data":{"type":"plugin_state","error":"why"}}` {
		t.Errorf("an admin hears %s", got)
	}
	if got := read(user); got != `{"type":"update","data":{"type":"plugin_state","error":""}}` {
		t.Errorf("a user hears %s", got)
	}
}

// TestListeningEnds takes from listeners what let them in.
func TestListeningEnds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		token bool
		lose  func(o *office, key, user int64, clock *atomic.Int64) error
	}{
		{"a revoked key", false, func(o *office, key, _ int64, _ *atomic.Int64) error { return o.users.RevokeKey(t.Context(), key) }},
		{"the key of a deleted user", false, func(o *office, _, user int64, _ *atomic.Int64) error {
			return o.users.DeleteUser(t.Context(), user)
		}},
		{"a user who is locked out", true, func(o *office, _, user int64, _ *atomic.Int64) error {
			_, err := o.users.UpdateUser(t.Context(), user, func(u *store.User) error { u.IsActive = false; return nil })
			return err
		}},
		{"a user with a lower level", true, func(o *office, _, user int64, _ *atomic.Int64) error {
			_, err := o.users.UpdateUser(t.Context(), user, func(u *store.User) error { return auth.SetLevel(u, 1) })
			return err
		}},
		{"an expired token", true, func(_ *office, _, _ int64, clock *atomic.Int64) error {
			clock.Store(int64(time.Hour))
			return nil
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			o.root()
			var clock atomic.Int64
			known, err := auth.New(auth.Config{Store: o.users, Iterations: 10, Now: func() time.Time { return time.Now().Add(time.Duration(clock.Load())) }})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(known.Close)
			told := hub.New(hub.Config{Ping: 10 * time.Millisecond})
			t.Cleanup(told.Close)
			served := httptest.NewServer(web.Handler(web.Config{Auth: known, Users: o.users, Hub: told, Listen: "127.0.0.1:9191"}))
			t.Cleanup(served.Close)
			h := &house{tb: t, url: served.URL}

			hash, err := auth.HashPassword("correct horse")
			h.must(err)
			user := &store.User{Username: "ann", Password: hash, IsActive: true}
			h.must(auth.SetLevel(user, store.LevelAdmin))
			h.must(o.users.CreateUser(t.Context(), user))
			raw, key, err := o.users.CreateKey(t.Context(), store.NewKey{UserID: user.ID, Scope: store.ScopeRead})
			h.must(err)
			query, header := "", http.Header{"X-Api-Key": {raw}}
			if tt.token {
				tokens, err := known.Login(t.Context(), auth.Login{Username: "ann", Password: "correct horse"})
				h.must(err)
				query, header = "token="+tokens.Access, nil
			}
			conn, status := h.dial(query, header)
			if conn == nil {
				t.Fatalf("the WebSocket is refused with %d", status)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if _, _, err := conn.Read(ctx); err != nil {
				t.Fatal(err)
			}
			h.must(tt.lose(o, key.ID, user.ID, &clock))
			if _, text, err := conn.Read(ctx); websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
				t.Errorf("the listener goes on: %s, %v", text, err)
			}
		})
	}
}
