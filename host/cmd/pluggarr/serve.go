package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/pluggarr/pluggarr/host"
	"github.com/pluggarr/pluggarr/host/proc"
	"github.com/pluggarr/pluggarr/host/registry"
)

// never is a time that does not come.
const never = 100 * 365 * 24 * time.Hour

func newServe() *cobra.Command {
	cfg := &config{}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the host",
		Long: `Runs the host: loads the plugins that are enabled and answers the REST API until
Ctrl-C. It prints where it listens, what it loads, and what cannot be loaded with
the line that is wrong. A second Ctrl-C ends it at once.

Every flag has a variable, PLUGGARR_ and its name (--run-timeout-go is
PLUGGARR_RUN_TIMEOUT_GO), and a key of its name in pluggarr.yaml, which is looked
for here and in the data folder. A flag goes before a variable, a variable before
the file.`,
		Example: `  pluggarr serve
  pluggarr serve --listen 0.0.0.0:9191 --data /var/lib/pluggarr
  pluggarr serve --plugins ~/plugins --log-level debug
  PLUGGARR_DATABASE=postgres://pluggarr@db/pluggarr pluggarr serve`,
		Args: takes(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			out := newLines(cmd.OutOrStdout())
			defer out.Close()
			return serve(cmd.Context(), cfg, newPrinter(out, cfg, isTerminal(cmd.OutOrStdout())))
		},
	}
	cfg.attach(
		cmd, "listen", "data", "plugins", "database", "python", "allow-host", "allow-executables",
		"grace", "idle", "load-timeout", "run-timeout-go", "run-timeout-python", "memory", "files", "processes",
		"log-level", "log-format", "config",
	)
	cmd.ValidArgsFunction = cobra.NoFileCompletions
	return cmd
}

func serve(ctx context.Context, cfg *config, p *printer) error {
	h, err := host.New(ctx, hostConfig(cfg, p))
	if errors.Is(err, syscall.EADDRINUSE) {
		return taken(ctx, cfg.listen)
	}
	if err != nil {
		return err
	}
	p.say("pluggarr "+thisBuild().Version+" listens on", "url", h.URL())
	p.say("plugins are in", "plugins", pluginsDir(cfg))
	if token := h.SetupToken(); token != "" {
		p.say("no admin has a password yet: this makes one, once, within an hour:", "setup", h.URL()+"/?setup="+token)
		p.say("so does 'pluggarr user add NAME --level 10', at any time", "", "")
	}
	defer context.AfterFunc(ctx, func() { p.say("stopping...", "", "") })()
	return h.Run(ctx)
}

// hostConfig says it in the host's words, where zero means the default.
func hostConfig(cfg *config, p *printer) host.Config {
	limit := func(n int64) int64 {
		if n == 0 {
			return -1
		}
		return n
	}
	endless := func(d time.Duration) time.Duration {
		if d == 0 {
			return never
		}
		return d
	}
	return host.Config{
		Listen: cfg.listen, Data: cfg.data, Plugins: cfg.plugins, Database: cfg.database,
		Python: cfg.python, AllowHosts: cfg.allowHosts, AllowExecutables: cfg.allowExecutables,
		Limits: proc.Limits{
			Memory: limit(int64(cfg.memory)), Files: int(limit(int64(cfg.files))), Processes: int(limit(int64(cfg.processes))),
		},
		Times: registry.Times{
			Grace: cfg.grace, Load: cfg.load, Idle: endless(cfg.idle),
			RunGo: endless(cfg.runGo), RunPython: cfg.runPython,
		},
		Version: thisBuild().Version, Log: p.log, Report: p.report, Ready: p.ready, Examine: examine(cfg),
	}
}

// pluginsDir is where the plugins are, as an absolute path if possible.
func pluginsDir(cfg *config) string {
	dir := cfg.plugins
	if dir == "" {
		dir = filepath.Join(cfg.data, "plugins")
	}
	if abs, err := filepath.Abs(dir); err == nil {
		return abs
	}
	return dir
}

// taken says who has the address and what to do.
func taken(ctx context.Context, listen string) error {
	const advice = "stop it, or give this host another address with --listen (port 0 takes any free one)"
	if other := askHealth(ctx, listen); other != "" {
		return fmt.Errorf("%s is taken by another host, pluggarr %s: %s", listen, other, advice)
	}
	_, port, err := net.SplitHostPort(listen)
	if err != nil {
		port = "PORT"
	}
	return fmt.Errorf("%s is taken by another program ('ss -ltnp sport = :%s' names it): %s", listen, port, advice)
}

// askHealth returns the version of the host that answers at an address; "" when
// none does.
func askHealth(ctx context.Context, addr string) string {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	name, port, err := net.SplitHostPort(addr)
	if err != nil {
		return ""
	}
	if ip := net.ParseIP(name); name == "" || ip != nil && ip.IsUnspecified() {
		name = "localhost"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(name, port)+"/healthz", http.NoBody)
	if err != nil {
		return ""
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return ""
	}
	defer response.Body.Close()
	var health struct {
		Status  string `json:"status"`
		Version string `json:"version"`
	}
	if json.NewDecoder(http.MaxBytesReader(nil, response.Body, 1<<16)).Decode(&health) != nil || health.Status != "ok" {
		return ""
	}
	return health.Version
}
