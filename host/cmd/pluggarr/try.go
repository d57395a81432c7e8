package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/pluggarr/pluggarr/compat"
	"github.com/pluggarr/pluggarr/host"
	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/registry"
)

func newTry() *cobra.Command {
	cfg, asJSON, empty := &config{}, false, false
	cmd := &cobra.Command{
		Use:   "try PATH...",
		Short: "Say which plugins run here, and what the others lack",
		Long: `Starts a host in a temporary folder with a made-up lineup, enables one plugin
after the other on it, and disables them again: does it load, and why not; how
many settings and actions it shows, how long it takes to start and to stop, how
much memory it takes while the others run too; what it imports that is not
there. A PATH is a plugin's folder, a zip archive, or a folder of such.

No action is run, but what a plugin does when it is loaded it does here too: its
code has the rights of whoever calls this. The plugins themselves are copied,
and nothing is left behind. Python plugins find the packages of the data folder,
see 'pluggarr python setup'. Fails when a plugin does not load.`,
		Example: `  pluggarr try my_plugin.zip
  pluggarr try ~/dispatcharr/data/plugins
  pluggarr try ~/plugins --json`,
		Args: takes(1, -1, "the folders or zip archives of plugins"),
	}
	jsonFlag(cmd, &asJSON)
	cmd.Flags().BoolVar(&empty, "no-lineup", false, "start without channels, streams and programmes")
	cfg.attach(cmd, append(dataFlags(), "python", "memory", "files", "processes", "load-timeout", "grace")...)
	cmd.RunE = func(cmd *cobra.Command, paths []string) error {
		t := &trial{cmd: cmd, cfg: cfg, lineup: !empty}
		err := t.prepare(paths)
		if err == nil {
			err = t.run()
		}
		err = errors.Join(err, t.clear())
		if err != nil {
			return err
		}
		return writeTried(cmd, t.results, asJSON)
	}
	return cmd
}

// tried is what came of one plugin.
type tried struct {
	Plugin   string                 `json:"plugin"`              // its key, else the path that holds none
	Version  string                 `json:"version"`             // "" when it has none
	Runtime  string                 `json:"runtime"`             // "python" or "go"; "" when it cannot be told
	Loads    bool                   `json:"loads"`               // it was enabled without a failure
	Error    string                 `json:"error,omitempty"`     // why it does not load
	Trace    string                 `json:"traceback,omitempty"` // of that; "" when there is none
	StartMS  float64                `json:"start_ms"`            // until it was enabled
	StopMS   float64                `json:"stop_ms"`             // until it was disabled
	Memory   int64                  `json:"memory_bytes"`        // of its processes, with their parts of what is shared; 0 where the system does not tell
	Fields   []named                `json:"fields"`              // the settings that it shows
	Actions  []string               `json:"actions"`             // by id
	Warnings []string               `json:"warnings"`            // what of it was left out
	Missing  []compat.MissingImport `json:"missing"`             // what it imports in vain
}

// trial is a host on which plugins are tried.
type trial struct {
	cmd     *cobra.Command
	cfg     *config
	lineup  bool
	dir     string            // all that it makes
	folders map[string]string // the plugins' copies, by the path that was given
	zips    []string
	results []tried
}

// prepare copies the plugins, and makes the host's folder.
func (t *trial) prepare(paths []string) (err error) {
	venv := host.VenvDir(t.cfg.data)
	if venv, err = filepath.Abs(venv); err != nil {
		return fmt.Errorf("find the packages of Python plugins: %w", err)
	}
	if t.dir, err = os.MkdirTemp("", "pluggarr-try-"); err != nil {
		return fmt.Errorf("make a folder for the host: %w", err)
	}
	t.cfg.data, t.cfg.listen = t.dir, "127.0.0.1:0"
	own := host.VenvDir(t.dir)
	if err := os.MkdirAll(filepath.Dir(own), 0o700); err != nil {
		return fmt.Errorf("make a folder for the host: %w", err)
	}
	if err := os.Symlink(venv, own); err != nil {
		return fmt.Errorf("link the packages of Python plugins: %w", err)
	}
	t.folders = map[string]string{}
	for _, path := range paths {
		if err := t.take(path, true); err != nil {
			return err
		}
	}
	return nil
}

// take copies what is at path: a plugin, an archive, or, at the top, a folder of such.
func (t *trial) take(path string, top bool) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return fmt.Errorf("look at the plugin: %w", err)
	case !info.IsDir() && filepath.Ext(path) == ".zip":
		t.zips = append(t.zips, path)
		return nil
	case !info.IsDir() && top:
		return wrongf("%s is neither a folder nor a zip archive", path)
	case !info.IsDir():
		return nil
	}
	if _, err := plugindir.Look(path); err != nil {
		return t.takeAll(path, top, err)
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("look at the plugin: %w", err)
	}
	to := filepath.Join(t.dir, "plugins", filepath.Base(full))
	if err := os.CopyFS(to, os.DirFS(full)); err != nil {
		return fmt.Errorf("copy the plugin in %s: %w", path, err)
	}
	t.folders[path] = to
	return nil
}

// takeAll takes what is in a folder that is no plugin itself, as why says.
func (t *trial) takeAll(path string, top bool, why error) error {
	if !top {
		t.results = append(t.results, tried{Plugin: path, Error: why.Error()})
		return nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return fmt.Errorf("look at the plugins: %w", err)
	}
	found := len(t.folders) + len(t.zips)
	for _, e := range entries {
		if e.Name()[0] == '.' || e.Name() == "__pycache__" {
			continue
		}
		if err := t.take(filepath.Join(path, e.Name()), false); err != nil {
			return err
		}
	}
	if len(t.folders)+len(t.zips) == found {
		return fmt.Errorf("%s holds no plugins: %w", path, why)
	}
	return nil
}

// clear removes everything.
func (t *trial) clear() error {
	if t.dir == "" {
		return nil
	}
	if err := os.RemoveAll(t.dir); err != nil {
		return fmt.Errorf("remove the host's folder: %w", err)
	}
	return nil
}

// run starts the host, tries every plugin and ends it.
func (t *trial) run() error {
	ctx, stop := context.WithCancel(t.cmd.Context())
	defer stop()
	quiet := newPrinter(io.Discard, t.cfg, false)
	quiet.log = slog.New(slog.DiscardHandler)
	settings, ready := hostConfig(t.cfg, quiet), make(chan struct{})
	settings.Ready = func([]registry.Entry) { close(ready) }
	h, err := host.New(ctx, settings)
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	var work sync.WaitGroup
	var failure error
	work.Go(func() {
		defer stop()
		select {
		case <-ready:
			failure = t.all(ctx)
		case <-ctx.Done():
		}
	})
	err = <-ended
	stop()
	work.Wait()
	if canceled := t.cmd.Context().Err(); canceled != nil {
		return canceled
	}
	return errors.Join(failure, err)
}

// all tries the plugins of a host that is ready.
func (t *trial) all(ctx context.Context) error {
	c, err := connect(t.cfg)
	if err != nil {
		return err
	}
	quiet := *t.cmd
	quiet.SetOut(io.Discard)
	quiet.SetErr(io.Discard)
	quiet.SetContext(ctx)
	if t.lineup {
		if err := loadSample(&quiet, c, filepath.Join(t.dir, "files", "sample")); err != nil { //nolint:contextcheck // quiet has it
			return fmt.Errorf("load the made-up lineup: %w", err)
		}
	}
	for _, path := range t.zips {
		if _, err := sendArchive(&quiet, c, path, false); err != nil { //nolint:contextcheck // as above
			t.results = append(t.results, tried{Plugin: path, Error: err.Error()})
		}
	}
	raw, err := c.call(ctx, "plugins/", nil)
	if err != nil {
		return err
	}
	var list struct {
		Plugins []triedEntry `json:"plugins"`
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		return fmt.Errorf("read the list: %w", err)
	}
	missing, err := t.missing(ctx, list.Plugins)
	if err != nil {
		return err
	}
	return t.each(ctx, c, list.Plugins, missing)
}

// each enables every plugin, looks at them while all of them are there, as on a
// host, and disables them.
func (t *trial) each(ctx context.Context, c *client, plugins []triedEntry, missing map[string][]compat.MissingImport) error {
	others, workers := descendants(os.Getpid()), make([]map[int]bool, len(plugins))
	first := len(t.results)
	for i, p := range plugins {
		t.progress(fmt.Sprintf("[%d/%d] %s", i+1, len(plugins), firstLine(p.Key)))
		result, err := enableOne(ctx, c, p.Key)
		if err != nil {
			return err
		}
		result.Missing = missing[p.Folder]
		t.results = append(t.results, result)
		workers[i] = descendants(os.Getpid())
		for pid := range others {
			delete(workers[i], pid)
		}
		for pid := range workers[i] {
			others[pid] = true
			maps.Copy(others, descendants(pid)) // what it starts later is its own
		}
	}
	for i := range plugins {
		result := &t.results[first+i]
		own := map[int]bool{}
		for pid := range workers[i] {
			own[pid] = true
			maps.Copy(own, descendants(pid))
		}
		result.Memory = footprint(own)
	}
	for i, p := range plugins {
		begun := time.Now()
		if err := switchTo(ctx, c, p.Key, false); err != nil {
			return err
		}
		t.results[first+i].StopMS = milliseconds(time.Since(begun))
	}
	t.progress("")
	return nil
}

// progress says how far it is, to somebody who looks.
func (t *trial) progress(text string) {
	if out := t.cmd.ErrOrStderr(); isTerminal(out) {
		fmt.Fprint(out, "\r\x1b[K"+text)
	}
}

// triedEntry is what counts of a plugin's entry.
type triedEntry struct {
	Key      string   `json:"key"`
	Folder   string   `json:"-"`
	Version  string   `json:"version"`
	Runtime  string   `json:"runtime"`
	Loaded   bool     `json:"loaded"`
	Error    *trouble `json:"error"`
	Warnings []string `json:"warnings"`
	Fields   []named  `json:"fields"`
	Actions  []named  `json:"actions"`
}

// named is a setting or an action, as far as it counts.
type named struct {
	ID   string `json:"id"`
	Type string `json:"type,omitempty"` // of a setting
}

// ids lists them as they are shown.
func ids(of []named) []string {
	all := make([]string, 0, len(of))
	for _, n := range of {
		all = append(all, n.ID)
	}
	return all
}

// missing is what Python plugins import in vain, by their folders; nil without a Python.
func (t *trial) missing(ctx context.Context, plugins []triedEntry) (map[string][]compat.MissingImport, error) {
	env, err := compat.OpenEnvironment(host.VenvDir(t.dir))
	python := env.Python
	if err != nil {
		if python, err = compat.Find(ctx, t.cfg.python); err != nil {
			return nil, nil //nolint:nilerr // every plugin says that there is none
		}
	}
	entries, err := os.ReadDir(filepath.Join(t.dir, "plugins"))
	if err != nil {
		return nil, fmt.Errorf("look at the plugins: %w", err)
	}
	var folders []string
	for _, e := range entries {
		dir := filepath.Join(t.dir, "plugins", e.Name())
		found, err := plugindir.Look(dir)
		if err != nil {
			continue // not a plugin's
		}
		for i := range plugins {
			if plugins[i].Key == found.Key {
				plugins[i].Folder = dir
			}
		}
		if found.Runtime == plugindir.RuntimePython {
			folders = append(folders, dir)
		}
	}
	return compat.Imports(ctx, python, filepath.Join(t.dir, "host", "python"), folders)
}

// enableOne enables a plugin and reads its entry.
func enableOne(ctx context.Context, c *client, key string) (tried, error) {
	begun := time.Now()
	if err := switchTo(ctx, c, key, true); err != nil {
		return tried{}, err
	}
	start := time.Since(begun)
	raw, err := c.plugin(ctx, key, "", nil)
	if err != nil {
		return tried{}, err
	}
	var e triedEntry
	if err := json.Unmarshal(raw, &e); err != nil {
		return tried{}, fmt.Errorf("read the entry of %q: %w", key, err)
	}
	result := tried{
		Plugin: key, Version: e.Version, Runtime: e.Runtime, Loads: e.Loaded, Fields: e.Fields, Actions: ids(e.Actions),
		StartMS: milliseconds(start), Warnings: e.Warnings,
	}
	if e.Error != nil {
		result.Error, result.Trace = e.Error.Message, e.Error.Traceback
	}
	return result, nil
}

// switchTo enables or disables a plugin; one that does not load is no error.
func switchTo(ctx context.Context, c *client, key string, on bool) error {
	_, err := c.plugin(ctx, key, "enabled", map[string]bool{"enabled": on})
	if _, refused := errors.AsType[*apiError](err); refused {
		return nil
	}
	return err
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
