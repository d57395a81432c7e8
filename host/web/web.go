// Package web is everything that is reached over HTTP: the REST API and the page. It decides
// who may ask and how an answer looks; what happens is package registry's.
package web

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/pluggarr/pluggarr/host/auth"
	"github.com/pluggarr/pluggarr/host/hub"
	"github.com/pluggarr/pluggarr/host/jobs"
	"github.com/pluggarr/pluggarr/host/logs"
	"github.com/pluggarr/pluggarr/host/registry"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/sdk"
)

// Config is what a Handler is made of.
type Config struct {
	// Plugins is what the API is about. Required.
	Plugins *registry.Registry
	// Auth tells callers apart. Required.
	Auth *auth.Authenticator
	// Users keeps users and keys. Required.
	Users *store.Store
	// Logs are what plugins logged. Required.
	Logs *logs.Logs
	// Schedules put jobs there by the clock. Nil: there are none.
	Schedules *jobs.Schedules
	// Hub tells what happens over a WebSocket. Nil: there is none.
	Hub *hub.Hub
	// Jobs are what is done later, or in the background. Nil: there are none.
	Jobs *jobs.Queue
	// Refresh queues refreshes of accounts and sources. Nil: they are refused.
	Refresh Refresher
	// Pictures bring the images of channels. Nil: there are none.
	Pictures Pictures
	// LoginFailed hears of each login whose name and password do not fit, in the
	// time of the answer. Nil: nobody does.
	LoginFailed func(ctx context.Context, e sdk.LoginFailed)
	// Temp is the folder for what is uploaded, while it is taken in. "" means
	// the system's.
	Temp string
	// Version is the host's own, for /healthz. May be "".
	Version string
	// Log hears each request, at debug, and what went wrong in the host. Nil
	// means silence.
	Log *slog.Logger
	// Listen is the address that is served, as in "127.0.0.1:9191". On a
	// loopback address only requests for a name of this machine are answered.
	Listen string
	// AllowHosts are further names, as in "tv.example", under which a host on
	// loopback is reached, and whose pages may send requests.
	AllowHosts []string
	// Examine says what this machine can do. Nil: nobody does.
	Examine func(ctx context.Context) []Finding
	// Page holds the web page, index.html and what it loads under assets/. Nil
	// means that there is none.
	Page fs.FS
}

// server answers requests.
type server struct {
	plugins   *registry.Registry
	auth      *auth.Authenticator
	logs      *logs.Logs
	hub       *hub.Hub
	schedules *jobs.Schedules
	temp      string
	users     *store.Store
	version   string
	log       *slog.Logger
	refresher Refresher
	pictures  Pictures
	jobs      *jobs.Queue
	examine   func(ctx context.Context) []Finding

	loginFailed func(ctx context.Context, e sdk.LoginFailed)
}

// Handler returns the API: everything under /api, and /healthz, where every
// answer, also that nothing is there, is JSON; and the page at every other path.
func Handler(cfg Config) http.Handler {
	s := &server{
		plugins: cfg.Plugins, auth: cfg.Auth, logs: cfg.Logs, hub: cfg.Hub, jobs: cfg.Jobs, schedules: cfg.Schedules, temp: cfg.Temp, users: cfg.Users,
		refresher: cfg.Refresh, pictures: cfg.Pictures, version: cfg.Version, log: cfg.Log, loginFailed: cfg.LoginFailed, examine: cfg.Examine,
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	g := newGate(cfg)
	return s.observed(s.guarded(g, s.router(g, newPage(cfg.Page))))
}

// Server returns a server for h that cuts off clients that dawdle. Runs are
// long, so that nothing limits the time to an answer. Whoever serves with it
// shuts it down.
func Server(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
}

// health says that the host answers. It asks no plugin and no database.
func (s *server) health(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		s.wrongMethod(w, r, []string{http.MethodGet, http.MethodHead})
		return
	}
	s.write(w, http.StatusOK, struct {
		Status  string `json:"status"`
		Version string `json:"version"`
	}{"ok", s.version})
}
