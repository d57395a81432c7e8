package web_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/web"
)

// A panic is one answer and one line of the log.
func TestPanic(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var log bytes.Buffer
	cfg := h.cfg
	cfg.Plugins = nil // so that whoever asks for it panics
	cfg.Log = slog.New(slog.NewTextHandler(&log, nil))
	handler := web.Handler(cfg)
	for _, want := range []struct {
		path   string
		status int
	}{{"/api/plugins/plugins/", 500}, {"/healthz", 200}} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, want.path, nil)
		r.Host = "localhost"
		r.Header.Set("X-API-Key", h.keys["admin"])
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != want.status || w.Header().Get("Content-Type") != "application/json; charset=utf-8" {
			t.Errorf("%s: status %d, want %d as JSON: %s", want.path, w.Code, want.status, w.Body)
		}
	}
	if n := strings.Count(log.String(), "panic="); n != 1 {
		t.Errorf("the log tells of %d panics, want 1: %s", n, log.String())
	}
}

// The log names each request and holds nothing by which it could be repeated.
func TestLog(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var log bytes.Buffer
	cfg := h.cfg
	cfg.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/plugins/plugins/?token=canary", nil)
	r.Host = "localhost"
	r.Header.Set("X-API-Key", h.keys["admin"])
	web.Handler(cfg).ServeHTTP(httptest.NewRecorder(), r)
	got := log.String()
	if !strings.Contains(got, "method=GET path=/api/plugins/plugins/ status=200") {
		t.Errorf("the log does not name the request: %s", got)
	}
	if strings.Contains(got, "canary") || strings.Contains(got, h.keys["admin"]) {
		t.Errorf("the log holds what opens: %s", got)
	}
}
