package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/pluggarr/pluggarr/host"
	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/registry"
)

func newDev() *cobra.Command {
	cfg, empty := &config{}, false
	cmd := &cobra.Command{
		Use:   "dev [DIR]",
		Short: "Run a plugin on a host of its own while it is written",
		Long: `Starts a host in a temporary folder with a made-up lineup, and the plugin in DIR,
by default this folder, enabled on it. Save a file, and the next call runs what was
saved; a mistake is printed with its line while the version before it answers. What
the plugin logs and prints is printed too.

A number and Enter runs an action, ? lists what else there is, q or Ctrl-C ends it
all and leaves nothing behind.`,
		Example: `  pluggarr dev
  pluggarr dev my_plugin
  pluggarr dev my_plugin --no-lineup --listen 127.0.0.1:9292`,
		Args: takes(0, 1, "the folder of a plugin"),
	}
	cmd.Flags().BoolVar(&empty, "no-lineup", false, "start without channels, streams and programmes")
	cfg.attach(cmd, "listen", "python", "log-level", "config", "memory", "files", "processes")
	if err := cmd.Flags().Set("listen", "127.0.0.1:0"); err == nil {
		cmd.Flags().Lookup("listen").DefValue = "127.0.0.1:0"
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		dir := "."
		if len(args) > 0 {
			dir = args[0]
		}
		return develop(cmd, cfg, dir, !empty)
	}
	return cmd
}

// bench is a host with one plugin on it.
type bench struct {
	cmd   *cobra.Command
	key   string
	out   *printer
	c     *client       // nil until begun
	begun chan struct{} // closed when the plugin was enabled
}

// develop runs a host with the plugin until it is interrupted.
func develop(cmd *cobra.Command, cfg *config, dir string, lineup bool) (err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return err
	}
	found, err := plugindir.Look(dir)
	if err != nil {
		return err
	}
	if cfg.data, err = os.MkdirTemp("", "pluggarr-dev-"); err != nil {
		return fmt.Errorf("make a folder for the host: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(cfg.data)) }()
	plugins := filepath.Join(cfg.data, "plugins")
	if err := os.Mkdir(plugins, 0o755); err != nil { //nolint:gosec // plugins are no secret
		return fmt.Errorf("make the plugins folder: %w", err)
	}
	if err := os.Symlink(dir, filepath.Join(plugins, found.Folder)); err != nil {
		return fmt.Errorf("link the plugin: %w", err)
	}
	lines := newLines(cmd.OutOrStdout())
	defer lines.Close()
	b := &bench{cmd: cmd, key: found.Key, begun: make(chan struct{}), out: newPrinter(lines, cfg, isTerminal(cmd.OutOrStdout()))}
	return b.serve(cfg, lineup)
}

// serve runs the host, and what is done with it.
func (b *bench) serve(cfg *config, lineup bool) error {
	ctx, stop := context.WithCancel(b.cmd.Context())
	defer stop()
	ready := make(chan struct{})
	settings := hostConfig(cfg, b.out)
	settings.Ready = func([]registry.Entry) { close(ready) }
	settings.Log = slog.New(pluginsOnly{b.out.log.Handler()})
	h, err := host.New(ctx, settings)
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	var work sync.WaitGroup
	work.Go(func() {
		select {
		case <-ready:
		case <-ctx.Done():
			return
		}
		if err := b.begin(ctx, cfg, lineup, h.SetupToken()); err != nil && ctx.Err() == nil {
			b.out.line("pluggarr: " + sentence(err))
		}
	})
	go b.listen(ctx, stop) // ends with the process: nothing wakes who reads from a terminal
	err = <-ended
	stop()
	work.Wait()
	return err
}

// begin enables the plugin, says where its page is, which the token opens, and
// loads the lineup.
func (b *bench) begin(ctx context.Context, cfg *config, lineup bool, token string) error {
	c, err := connect(cfg)
	if err != nil {
		return err
	}
	b.c = c
	if _, err := c.plugin(ctx, b.key, "enabled", map[string]bool{"enabled": true}); err != nil {
		return err
	}
	b.out.say("its page:", "setup", c.base.String()+"/?setup="+token)
	b.help(ctx)
	close(b.begun)
	if !lineup {
		return nil
	}
	quiet := *b.cmd
	quiet.SetOut(io.Discard)
	quiet.SetErr(io.Discard)
	quiet.SetContext(ctx)
	if err := loadSample(&quiet, c, filepath.Join(cfg.data, "files", "sample")); err != nil { //nolint:contextcheck // quiet has it
		return fmt.Errorf("load the made-up lineup: %w", err)
	}
	b.out.say("a made-up lineup is there: try 'pluggarr channels list --data "+cfg.data+"'", "", "")
	return nil
}

// listen obeys what is typed until ctx ends.
func (b *bench) listen(ctx context.Context, stop func()) {
	select {
	case <-b.begun:
	case <-ctx.Done():
		return
	}
	typed := bufio.NewScanner(b.cmd.InOrStdin())
	for typed.Scan() && ctx.Err() == nil {
		switch word := strings.TrimSpace(typed.Text()); word {
		case "":
		case "q":
			stop()
			return
		default:
			b.obey(ctx, word)
		}
	}
}

// obey does what a line says.
func (b *bench) obey(ctx context.Context, line string) {
	word, rest, _ := strings.Cut(line, " ")
	e, _, err := readEntry(ctx, b.c, b.key)
	if err != nil {
		b.out.line("pluggarr: " + sentence(err))
		return
	}
	for i, action := range e.Actions {
		if word == fmt.Sprint(i+1) || word == action.ID {
			b.run(ctx, action.ID, rest)
			return
		}
	}
	b.help(ctx)
}

// run runs an action with parameters, as JSON, and prints what comes of it.
func (b *bench) run(ctx context.Context, action, params string) {
	if params = strings.TrimSpace(params); params == "" {
		params = "{}"
	}
	if !json.Valid([]byte(params)) {
		b.out.line(`parameters are one JSON object, as in: 1 {"group": "News"}`)
		return
	}
	raw, err := b.c.plugin(ctx, b.key, "run", map[string]any{"action": action, "params": json.RawMessage(params)})
	if err != nil {
		b.out.line(b.out.paint(red, action) + "  " + sentence(err))
		return
	}
	var is struct {
		Result json.RawMessage `json:"result"`
		Run    string          `json:"run"`
	}
	if err := json.Unmarshal(raw, &is); err != nil {
		b.out.line("pluggarr: " + sentence(err))
		return
	}
	if is.Result == nil {
		is.Result = json.RawMessage("runs in the background: " + is.Run)
	}
	b.out.line(b.out.paint(green, action) + "  " + plain(string(is.Result)))
}

// help lists what can be typed.
func (b *bench) help(ctx context.Context) {
	e, _, err := readEntry(ctx, b.c, b.key)
	if err != nil {
		return
	}
	words := []string{}
	for i, action := range e.Actions {
		words = append(words, fmt.Sprintf("%d runs %s", i+1, firstLine(action.ID)))
	}
	words = append(words, "? says this", "q ends")
	b.out.line(strings.Join(words, ", ") + `; after a number parameters may follow as JSON`)
}

// pluginsOnly passes on what plugins log, and of the host only what is wrong.
type pluginsOnly struct{ slog.Handler }

// Handle is slog.Handler's.
func (h pluginsOnly) Handle(ctx context.Context, r slog.Record) error {
	ofPlugin := false
	r.Attrs(func(a slog.Attr) bool {
		ofPlugin = a.Key == "plugin"
		return !ofPlugin
	})
	if !ofPlugin && r.Level < slog.LevelWarn {
		return nil
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs is slog.Handler's.
func (h pluginsOnly) WithAttrs(attrs []slog.Attr) slog.Handler {
	return pluginsOnly{h.Handler.WithAttrs(attrs)}
}

// WithGroup is slog.Handler's.
func (h pluginsOnly) WithGroup(name string) slog.Handler {
	return pluginsOnly{h.Handler.WithGroup(name)}
}
