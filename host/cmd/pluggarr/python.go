package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pluggarr/pluggarr/compat"
	"github.com/pluggarr/pluggarr/host"
)

func newPython() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "python",
		Short: "Look after what Python plugins need",
		Long: `Python plugins written for Dispatcharr import Django, Celery and more. These
commands put that into the data folder.`,
		Example: "  pluggarr python setup",
		Args:    takes(0, 0, "one of its commands"),
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newPythonSetup())
	return cmd
}

func newPythonSetup() *cobra.Command {
	cfg := &config{}
	asJSON := false
	cmd := &cobra.Command{
		Use:   "setup",
		Short: "Install the packages that Python plugins import",
		Long: `Makes a virtual environment in the data folder and installs Django, Celery and
the other packages that Python plugins import, in the versions this release was
tested with. Plugins in Go need none of it, nor does a Python plugin that imports
only Python's own library.

It may be interrupted, and goes on where it stopped. A host that runs finds the
environment by itself: 'pluggarr reload' then loads the plugins that lacked it.`,
		Example: `  pluggarr python setup
  pluggarr python setup --python python3.13
  PIP_INDEX_URL=https://mirror.example/simple pluggarr python setup`,
		Args: takes(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			env, err := setupPython(cmd.Context(), cfg, showSetup(cmd, asJSON))
			if err != nil {
				return err
			}
			return writeSetup(cmd, env, asJSON)
		},
	}
	jsonFlag(cmd, &asJSON)
	cfg.attach(cmd, append(dataFlags(), "python")...)
	cmd.ValidArgsFunction = cobra.NoFileCompletions
	return cmd
}

// setupPython makes the environment in the data folder. What pip said is kept
// beside it.
func setupPython(ctx context.Context, cfg *config, progress func(compat.Progress)) (_ compat.Environment, err error) {
	python, err := compat.Find(ctx, cfg.python)
	if err != nil {
		return compat.Environment{}, err
	}
	dir := host.VenvDir(cfg.data)
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return compat.Environment{}, fmt.Errorf("make the data folder: %w", err)
	}
	log, err := os.OpenFile(dir+".log", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return compat.Environment{}, fmt.Errorf("keep what pip says: %w", err)
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	env, err := compat.Setup(ctx, compat.SetupConfig{
		Python: python, Dir: dir, Env: pipEnv(), Progress: progress, Output: log,
	})
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("%w (what pip said is in %s)", err, log.Name())
	}
	return env, err
}

// pipEnv is the environment without what would lead Python to other packages.
func pipEnv() []string {
	var env []string
	for _, e := range os.Environ() {
		name, _, _ := strings.Cut(e, "=")
		switch name {
		case "PYTHONPATH", "PYTHONHOME", "PIP_REQUIRE_VIRTUALENV", "PIP_TARGET", "PIP_USER", "PIP_PREFIX":
		default:
			env = append(env, e)
		}
	}
	return env
}

// showSetup writes the progress: on one line for somebody who looks at a
// terminal, else a line a package.
func showSetup(cmd *cobra.Command, quiet bool) func(compat.Progress) {
	if quiet {
		return nil
	}
	out := cmd.ErrOrStderr()
	begin, end := "", "\n"
	if isTerminal(out) {
		begin, end = "\r\x1b[K", ""
	}
	last := ""
	return func(p compat.Progress) {
		line := fmt.Sprintf("[%2d/%d] %s", p.Done, p.Total, p.What)
		if line == last {
			return
		}
		last = line
		if p.Done == p.Total && end == "" {
			end = "\n"
		}
		fmt.Fprint(out, begin+line+end)
	}
}

// writeSetup says what came of it.
func writeSetup(cmd *cobra.Command, env compat.Environment, asJSON bool) error {
	out := cmd.OutOrStdout()
	if asJSON {
		raw, err := json.Marshal(env)
		if err != nil {
			return err
		}
		return writeJSON(out, raw)
	}
	fmt.Fprintf(out, "Python plugins run with Python %s and the packages in %s\n",
		env.Python.Version, filepath.Dir(filepath.Dir(env.Python.Path)))
	writeMissing(out, env.Missing)
	return nil
}

func writeMissing(out io.Writer, missing []compat.Missing) {
	for _, m := range missing {
		fmt.Fprintf(out, "without %s: %s (%s)\n", m.Package, m.Without, plain(m.Why))
	}
}
