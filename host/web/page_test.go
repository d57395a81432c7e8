package web_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pluggarr/pluggarr/host/web"
)

func TestPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	index := strings.Repeat("<!doctype html>", 20)
	script := strings.Repeat("console.log(1);", 20)
	cfg := h.cfg
	cfg.Page = fstest.MapFS{
		"index.html":        {Data: []byte(index)},
		"assets/main-1a.js": {Data: []byte(script)},
	}
	served := httptest.NewServer(web.Handler(cfg))
	t.Cleanup(served.Close)
	const html, json = "text/html,application/xhtml+xml,*/*;q=0.8", "application/json"
	for _, test := range []struct {
		name, method, path, accept string
		status                     int
		body, cache                string
	}{
		{"the page", "GET", "/", "", 200, index, "no-cache"},
		{"one of its views", "GET", "/plugins/a.b/runs", html, 200, index, "no-cache"},
		{"its head", "HEAD", "/", html, 200, "", "no-cache"},
		{"a script", "GET", "/assets/main-1a.js", "*/*", 200, script, "public, max-age=31536000, immutable"},
		{"a script of another build", "GET", "/assets/main-1b.js", html, 404, `{"detail":"Not found."}`, "no-store"},
		{"a folder", "GET", "/assets/", html, 404, `{"detail":"Not found."}`, "no-store"},
		{"what is outside", "GET", "/assets/../index.html", html, 404, `{"detail":"Not found."}`, "no-store"},
		{"a program that lost its way", "GET", "/plugins", json, 404, `{"detail":"Not found."}`, "no-store"},
		{"the API", "GET", "/api/plugins/plugins/", html, 401, "", "no-store"},
		{"nothing in the API", "GET", "/api/nothing", html, 401, "", "no-store"},
		{"the socket's place", "GET", "/ws/x", html, 404, `{"detail":"Not found."}`, "no-store"},
		{"another method", "POST", "/", html, 405, `{"detail":"Method \"POST\" not allowed."}`, "no-store"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, encoding := range []string{"identity", "gzip"} {
				req, err := http.NewRequestWithContext(t.Context(), test.method, served.URL+test.path, http.NoBody)
				h.must(err)
				req.URL.Opaque = test.path // as it is, uncleaned
				req.Header.Set("Accept", test.accept)
				req.Header.Set("Accept-Encoding", encoding)
				answer, err := http.DefaultTransport.RoundTrip(req)
				h.must(err)
				body := read(t, answer)
				if answer.StatusCode != test.status || test.body != "" && strings.TrimSpace(body) != test.body {
					t.Errorf("%s %s = %d %q, want %d %q", test.method, test.path, answer.StatusCode, body, test.status, test.body)
				}
				if got := answer.Header.Get("Cache-Control"); got != test.cache {
					t.Errorf("%s %s: Cache-Control = %q, want %q", test.method, test.path, got, test.cache)
				}
				policy := answer.Header.Get("Content-Security-Policy")
				if test.status == 200 && (!strings.Contains(policy, "script-src 'self';") || strings.Contains(policy, "unsafe-eval")) {
					t.Errorf("%s %s: Content-Security-Policy = %q", test.method, test.path, policy)
				}
			}
		})
	}
}

// read returns the body, unpacked.
func read(t *testing.T, answer *http.Response) string {
	t.Helper()
	defer answer.Body.Close()
	from := io.Reader(answer.Body)
	if answer.Header.Get("Content-Encoding") == "gzip" && answer.Request.Method != http.MethodHead {
		z, err := gzip.NewReader(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		from = z
	}
	body, err := io.ReadAll(from)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
