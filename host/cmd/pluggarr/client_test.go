package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// What answers may be anything: another program, a proxy, a newer host.
func TestCallUnderstandsRefusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		status int
		kind   string
		body   string
		want   string
	}{
		{"host", 500, "application/json", `{"success":false,"error":"boom","message":"Plugin 'x' failed: boom."}`, "Plugin 'x' failed: boom."},
		{"dispatcharr", 400, "application/json; charset=utf-8", `{"success":false,"error":"Missing 'action'"}`, "Missing 'action'"},
		{"framework", 404, "application/json", `{"detail":"Not found."}`, "Not found."},
		{"key", 401, "application/json", `{"detail":"Invalid API key"}`, "Invalid API key: the host does not take this key; 'pluggarr apikey' makes another"},
		{"another shape", 400, "application/json", `{"error":["a"]}`, "Bad Request"},
		{"terminal tricks", 400, "application/json", `{"error":"a\u001b[2Jb"}`, "a\uFFFD[2Jb"},
		{"page", 200, "text/html", "<html>", "is no Pluggarr host (200 OK, text/html): check --url"},
		{"broken", 200, "application/json", `{"a"`, "is no Pluggarr host"},
		{"proxy", 502, "text/plain", "bad gateway", "is no Pluggarr host (502 Bad Gateway, text/plain)"},
		{"redirect", 302, "application/json", `{}`, "Found"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("X-API-Key") != "k" || r.URL.Path != "/below/api/plugins/plugins/a/b/" || r.URL.RawPath != "/below/api/plugins/plugins/a%2Fb/" {
					t.Errorf("asked for %s with key %q", r.URL, r.Header.Get("X-API-Key"))
				}
				w.Header().Set("Content-Type", test.kind)
				w.Header().Set("Location", "http://elsewhere.invalid/")
				w.WriteHeader(test.status)
				_, _ = w.Write([]byte(test.body))
			}))
			defer server.Close()
			c, err := connect(&config{data: t.TempDir(), url: server.URL + "/below/", key: "k"})
			if err != nil {
				t.Fatal(err)
			}
			if _, err = c.plugin(t.Context(), "a/b", "", nil); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestCallEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}))
	defer server.Close()
	c, err := connect(&config{data: t.TempDir(), url: server.URL, key: "k"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.call(ctx, "plugins/", nil); err != context.Canceled { //nolint:errorlint // that very one: no words around it
		t.Errorf("got %v", err)
	}
}

func TestSameHost(t *testing.T) {
	t.Parallel()
	tests := []struct {
		local, asked string
		want         bool
	}{
		{"http://127.0.0.1:9191", "http://127.0.0.1:9191/", true},
		{"http://127.0.0.1:9191", "http://localhost:9191", true},
		{"http://127.0.0.1:9191", "http://127.0.0.1:9192", false},
		{"http://127.0.0.1:9191", "https://127.0.0.1:9191", false},
		{"http://127.0.0.1:9191", "http://127.0.0.1.example:9191", false},
		{"http://[::]:9191", "http://[::]:9191", true},
		{"::", "http://127.0.0.1:9191", false},
	}
	for _, test := range tests {
		t.Run(test.asked, func(t *testing.T) {
			t.Parallel()
			u, err := url.Parse(test.asked)
			if err != nil {
				t.Fatal(err)
			}
			if got := sameHost(test.local, u); got != test.want {
				t.Errorf("got %t", got)
			}
		})
	}
}
