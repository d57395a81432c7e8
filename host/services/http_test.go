package services_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/services"
	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

func TestHTTP(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/echo":
			body, _ := io.ReadAll(r.Body)
			w.Header().Set("X-Was", r.Method+" "+r.Header.Get("X-My")+fmt.Sprintf(" %x", body))
			w.WriteHeader(http.StatusTeapot)
			_, _ = io.WriteString(w, `{"agent":"`+r.UserAgent()+`"}`)
		case "/long":
			_, _ = io.WriteString(w, strings.Repeat("x", 2000))
		case "/slow":
			<-r.Context().Done()
		case "/once":
			http.Redirect(w, r, "/echo", http.StatusFound)
		case "/out":
			http.Redirect(w, r, "ftp://x/", http.StatusFound)
		default:
			http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
		}
	}))
	defer server.Close()
	limits := services.Limits{HTTP: services.HTTPLimits{Bytes: 1000, Redirects: 3, Rate: 1000}}
	s, _ := open(t, services.Config{Limits: limits}, storetestSQLite(t))
	ask(t, s, "p", func(ctx *sdk.Context) error {
		web := ctx.Host.HTTP
		answer, err := web.Do(ctx, sdk.HTTPRequest{Method: "PUT", URL: server.URL + "/echo", Header: map[string]string{"X-My": "a"}, Body: []byte("b\x00")})
		if err != nil || answer.Status != http.StatusTeapot || answer.Header["X-Was"] != "PUT a 6200" {
			return fmt.Errorf("echo = %+v, %w", answer, err)
		}
		var said struct {
			Agent string `json:"agent"`
		}
		if err := answer.Decode(&said); err != nil || !strings.Contains(said.Agent, "TiviMate") {
			return fmt.Errorf("it called itself %q, %w", said.Agent, err)
		}
		if answer, err = web.Get(ctx, server.URL+"/once"); err != nil || answer.URL != server.URL+"/echo" {
			return fmt.Errorf("once = %+v, %w", answer, err)
		}
		for what, request := range map[string]sdk.HTTPRequest{
			"longer than 1000 bytes": {URL: server.URL + "/long"},
			"longer than 10 bytes":   {URL: server.URL + "/echo", MaxBytes: 10},
			"more than 3 redirects":  {URL: server.URL + "/away"},
			"ftp":                    {URL: server.URL + "/out"},
			"deadline exceeded":      {URL: server.URL + "/slow", Timeout: sdk.Duration(20 * time.Millisecond)},
			"no http":                {URL: "file:///etc/passwd"},
			"invalid method":         {URL: server.URL, Method: "a b"},
		} {
			var failure *sdk.HostError
			if _, err := web.Do(ctx, request); !errors.As(err, &failure) || !strings.Contains(err.Error(), what) {
				return fmt.Errorf("%v = %w, want %q", request, err, what)
			}
		}
		short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
		defer cancel()
		if _, err := web.Get(short, server.URL+"/slow"); !errors.Is(err, context.DeadlineExceeded) {
			return fmt.Errorf("a call that is waited for no longer = %w", err)
		}
		return nil
	})
}

// A long answer waits for room while others of the process are being fetched.
func TestHTTPHoldsSoMuchAtATime(t *testing.T) {
	t.Parallel()
	rest := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", 100<<10))
		if r.URL.Path == "/slow" {
			_ = http.NewResponseController(w).Flush()
			<-rest
		}
	}))
	defer server.Close()
	limits := services.Limits{HTTP: services.HTTPLimits{Bytes: 200 << 10, Held: 200 << 10, Rate: 1e6}}
	s, _ := open(t, services.Config{Limits: limits}, storetestSQLite(t))
	ask(t, s, "p", func(ctx *sdk.Context) error {
		web := ctx.Host.HTTP
		slow := make(chan error)
		go func() {
			_, err := web.Get(ctx, server.URL+"/slow")
			slow <- err
		}()
		var err error
		for end := time.Now().Add(time.Minute); err == nil || !strings.Contains(err.Error(), "wait for other answers"); {
			if time.Now().After(end) {
				close(rest)
				return fmt.Errorf("a second long answer: %w", errors.Join(err, <-slow))
			}
			_, err = web.Do(ctx, sdk.HTTPRequest{URL: server.URL, Timeout: sdk.Duration(50 * time.Millisecond)})
		}
		close(rest)
		if err := <-slow; err != nil {
			return err
		}
		_, err = web.Get(ctx, server.URL)
		return err
	})
}

// privateNetworks are asked for by address; nobody answers at any of them.
func privateNetworks() []string {
	return []string{
		"0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.254", "127.0.0.2", "169.254.169.254", "192.168.0.1",
		"[::1]", "[fd00::1]", "[fe80::1]", "[::ffff:10.0.0.1]", "[::ffff:100.64.0.1]", "[64:ff9b::a00:1]", "[64:ff9b:1::a00:1]",
	}
}

func TestHTTPIntoPrivateNetworks(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	s, _ := open(t, services.Config{Limits: services.Limits{HTTP: services.HTTPLimits{NoPrivate: true}}}, storetestSQLite(t))
	ask(t, s, "p", func(ctx *sdk.Context) error {
		_, err := ctx.Host.HTTP.Get(ctx, strings.Replace(server.URL, "127.0.0.1", "localhost", 1))
		var failure *sdk.HostError
		if !errors.As(err, &failure) || failure.Code != wire.CodeFetch || !strings.Contains(err.Error(), "private network") {
			return fmt.Errorf("a server on this machine: %w", err)
		}
		for _, host := range privateNetworks() {
			if _, err := ctx.Host.HTTP.Get(ctx, "http://"+host+":9/"); err == nil || !strings.Contains(err.Error(), "private network") {
				return fmt.Errorf("a server at %s: %w", host, err)
			}
		}
		return nil
	})
}
