// Package host puts the parts together: read New from top to bottom to see
// every part of Pluggarr and what it is given.
package host

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/pluggarr/pluggarr/host/auth"
	"github.com/pluggarr/pluggarr/host/celery"
	"github.com/pluggarr/pluggarr/host/events"
	"github.com/pluggarr/pluggarr/host/hub"
	"github.com/pluggarr/pluggarr/host/ingest"
	"github.com/pluggarr/pluggarr/host/jobs"
	"github.com/pluggarr/pluggarr/host/logs"
	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/proc"
	"github.com/pluggarr/pluggarr/host/registry"
	"github.com/pluggarr/pluggarr/host/settings"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/web"
	"github.com/pluggarr/pluggarr/host/web/ui"
	"github.com/pluggarr/pluggarr/host/worker"
	"github.com/pluggarr/pluggarr/sdk"
)

// Host is a plugin host: New opens its parts, Run serves until its context ends
// and closes them.
type Host struct {
	cfg       Config
	lock      *os.File
	store     *store.Store
	auth      *auth.Authenticator
	logs      *logs.Logs
	bus       *events.Bus
	hub       *hub.Hub
	ingest    *ingest.Ingest
	pictures  *ingest.Pictures
	jobs      *jobs.Queue
	celery    *celery.Celery
	outbox    celery.Outbox // what plugins sent to it
	schedules *jobs.Schedules
	replan    chan struct{} // holds one token when schedules may have changed
	launcher  *launcher
	dir       *plugindir.Dir
	plugins   *registry.Registry
	listener  net.Listener
	server    *http.Server
	setup     string // the token that makes the first admin
}

// New opens everything and starts nothing but listening, so that a caller knows
// the address. Whoever got a Host calls Run, which closes it.
func New(ctx context.Context, cfg Config) (*Host, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	h := &Host{cfg: cfg, replan: make(chan struct{}, 1)}
	if err := h.open(ctx); err != nil {
		return nil, errors.Join(err, h.close()) //nolint:contextcheck // an end needs no caller who waits
	}
	return h, nil
}

func (h *Host) open(ctx context.Context) error {
	cfg := h.cfg
	if err := cfg.makeFolders(); err != nil {
		return err
	}
	locked, err := lock(cfg.hostDir())
	if err != nil {
		return err
	}
	h.lock = locked
	if n, err := proc.EndOrphans(owner(cfg.Data)); err != nil || n > 0 {
		cfg.Log.Warn("processes that plugins left behind were ended", "processes", n, "error", err)
	}
	if h.listener, err = listen(ctx, cfg.Listen); err != nil {
		return err
	}
	if h.store, err = store.Open(ctx, StoreConfig(cfg)); err != nil {
		return err
	}
	sealer, err := settings.NewSealer(filepath.Join(cfg.hostDir(), "secret.key"))
	if err != nil {
		return err
	}
	if h.dir, err = plugindir.Open(cfg.Plugins); err != nil {
		return err
	}
	h.auth, err = auth.New(auth.Config{Store: h.store, KeyFile: filepath.Join(cfg.hostDir(), "token.key")})
	if err != nil {
		return err
	}
	if h.setup, err = h.auth.OpenSetup(ctx); err != nil {
		return err
	}
	h.logs, err = logs.Open(filepath.Join(cfg.hostDir(), "logs"), logs.Config{Log: cfg.Log})
	if err != nil {
		return err
	}
	h.bus = events.NewBus()
	h.hub = hub.New(hub.Config{Follow: h.follow, Origins: cfg.AllowHosts, Log: cfg.Log})
	if err := h.openIngest(ctx); err != nil {
		return err
	}
	h.celery = celery.New(tasks{h})
	if err := h.openQueue(ctx); err != nil {
		return err
	}
	h.launcher = newLauncher(cfg)
	h.plugins = registry.New(registry.Config{
		Store: h.store, Dir: h.dir, Sealer: sealer, Launch: h.launcher.Launch, Session: h.sessions(),
		Program: h.launcher.program, Compiler: newCompiler(cfg, h.dir), Queue: queue{h.jobs},
		Data: cfg.filesDir(), Build: buildID(cfg), Times: cfg.Times,
		Report: h.report, Line: h.logLine, News: h.news(),
	})
	h.server = web.Server(web.Handler(web.Config{ //nolint:contextcheck // requests bring their own
		Plugins: h.plugins, Auth: h.auth, Logs: h.logs, Hub: h.hub, Refresh: queue{h.jobs}, Jobs: h.jobs, Schedules: h.schedules, Temp: cfg.hostDir(), Users: h.store, Version: cfg.Version, Log: cfg.Log,
		Pictures: h.pictures, Listen: h.Addr(), AllowHosts: cfg.AllowHosts, Page: ui.Files(), Examine: cfg.Examine,
		LoginFailed: func(ctx context.Context, e sdk.LoginFailed) { h.happened(ctx, sdk.EventLoginFailed, e) },
	}))
	return nil
}

// StoreConfig says which database a host with cfg uses.
func StoreConfig(cfg Config) store.Config {
	return store.Config{Database: cfg.Database, Path: filepath.Join(cfg.hostDir(), "pluggarr.db"), Logger: cfg.Log}
}

// buildID names this very program: what it read of plugins may not be what
// another one reads.
func buildID(cfg Config) string {
	info, err := os.Stat(cfg.Self)
	if err != nil {
		return cfg.Version
	}
	return cfg.Version + "." + strconv.FormatInt(info.ModTime().Unix(), 36)
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w: give another address with --listen, or port 0 for any free one", addr, err)
	}
	return l, nil
}

// Addr returns the address the host listens on, as in "127.0.0.1:9191".
func (h *Host) Addr() string { return h.listener.Addr().String() }

// URL returns where the API is, as in "http://127.0.0.1:9191".
func (h *Host) URL() string { return "http://" + h.Addr() }

// SetupToken returns the token that makes the first admin, once and within an
// hour; "" when an admin can log in already.
func (h *Host) SetupToken() string { return h.setup }

// Run serves until ctx ends, then stops every part and closes the host.
func (h *Host) Run(ctx context.Context) error {
	err := h.serve(ctx)
	return errors.Join(err, h.close()) //nolint:contextcheck // as in New
}

func (h *Host) serve(ctx context.Context) error {
	if err := writeLocal(ctx, h.cfg.Data, h.URL(), h.store); err != nil {
		return err
	}
	h.bus.Subscribe(h.plugins.Dispatch) //nolint:contextcheck // the bus has a life of its own, and ends below
	failed := make(chan error, 1)
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := h.server.Serve(h.listener); !errors.Is(err, http.ErrServerClosed) {
			failed <- fmt.Errorf("serve the API: %w", err)
		}
	})
	seen, blind := context.WithCancel(ctx)
	var watching sync.WaitGroup
	err := h.plugins.Open(ctx)
	if err == nil {
		if h.cfg.Ready != nil {
			h.cfg.Ready(h.plugins.Entries(ctx))
		}
		watching.Go(func() { h.watch(seen) })
		err = h.work(ctx, failed)
	} else if ctx.Err() != nil {
		err = nil // told to stop while it was still reading plugins
	}
	blind()
	watching.Wait()
	// Plugins first: requests wait for their runs, which end with them.
	end := context.WithoutCancel(ctx)
	h.plugins.Close(end)
	h.bus.Close()
	h.hub.Close()
	_ = h.logs.Close() // who follows one has its end; what could not be stored, close says
	err = errors.Join(err, h.server.Shutdown(end))
	serving.Wait()
	return err
}

// work does jobs until ctx ends or serving fails. What is under way then goes
// on with the next start.
func (h *Host) work(ctx context.Context, failed <-chan error) error {
	err := h.jobs.Start() //nolint:contextcheck // jobs are told why they end, which a context that ends by itself cannot
	if err != nil {
		return err
	}
	timed, untimed := context.WithCancel(ctx)
	var timing sync.WaitGroup
	timing.Go(func() { h.keepTime(timed) })
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	untimed()
	timing.Wait()
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), jobsGrace)
	defer cancel()
	return errors.Join(err, h.jobs.Stop(stopping))
}

// watch follows the plugins folder until ctx ends.
func (h *Host) watch(ctx context.Context) {
	err := h.dir.Watch(ctx, plugindir.Watching{
		Changed: h.plugins.Edited,
		Trouble: func(err error) {
			h.cfg.Log.Warn("plugin folders cannot be watched: they are looked at every few seconds instead", "error", err)
		},
	})
	if err != nil {
		h.cfg.Log.Error("edits are no longer seen by themselves: run pluggarr reload after an edit", "error", err)
	}
}

// close gives back what New took, the last first.
func (h *Host) close() error {
	var errs []error
	if h.launcher != nil {
		errs = append(errs, h.launcher.Close())
	}
	if h.jobs != nil {
		h.jobs.Close()
	}
	if h.bus != nil {
		h.bus.Close()
	}
	if h.hub != nil {
		h.hub.Close()
	}
	if h.logs != nil {
		errs = append(errs, h.logs.Close())
	}
	if h.auth != nil {
		h.auth.Close()
	}
	if h.store != nil {
		errs = append(errs, h.store.Close())
	}
	if h.listener != nil {
		if err := h.listener.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	if h.lock != nil {
		errs = append(errs, unlock(h.lock))
	}
	return errors.Join(errs...)
}

// follow is the log of a plugin for who listens.
func (h *Host) follow(ctx context.Context, plugin string, tail int) iter.Seq2[worker.Line, error] {
	if tail == 0 {
		tail = -1 // none of those that are there
	}
	return h.logs.Follow(ctx, plugin, logs.Filter{Tail: tail})
}

// logLine keeps what a plugin logs and passes it on.
func (h *Host) logLine(plugin string, l worker.Line) {
	h.logs.Append(plugin, l)
	level := map[string]slog.Level{
		"debug": slog.LevelDebug, "info": slog.LevelInfo, "warning": slog.LevelWarn, "error": slog.LevelError,
	}[l.Level]
	attrs := []slog.Attr{slog.String("plugin", plugin)}
	if l.Run != "" {
		attrs = append(attrs, slog.String("run", l.Run))
	}
	if l.Source != "log" {
		attrs = append(attrs, slog.String("source", l.Source))
	}
	if l.Attrs != nil {
		attrs = append(attrs, slog.Any("attrs", l.Attrs))
	}
	h.cfg.Log.LogAttrs(context.Background(), level, l.Message, attrs...)
}
