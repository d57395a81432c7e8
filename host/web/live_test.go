package web_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/pluggarr/pluggarr/host/hub"
)

// dial opens a WebSocket; nil when it was refused, with the status.
func (h *house) dial(query string, header http.Header) (*websocket.Conn, int) {
	h.tb.Helper()
	ctx, cancel := context.WithTimeout(h.tb.Context(), 20*time.Second)
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
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
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
