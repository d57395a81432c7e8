package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pluggarr/pluggarr/host"
	"github.com/pluggarr/pluggarr/host/registry"
)

func newCheck() *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "check [DIR...]",
		Short: "Say what is wrong with a plugin without running it",
		Long: `Reads the plugin in a folder, by default this one, and says everything that can be
said of it without running it: mistakes with file, line and column in the compiler's
words, what the interpreter cannot run, settings and actions that cannot be shown.
A host says the same. Fails when the plugin cannot be run on every host.`,
		Example: `  pluggarr check
  pluggarr check data/plugins/*
  pluggarr check my_plugin --json`,
		Args: takes(0, -1, "the folders of plugins"),
	}
	jsonFlag(cmd, &asJSON)
	cfg := &config{}
	cfg.attach(cmd, "python", "config")
	cmd.RunE = func(cmd *cobra.Command, dirs []string) error {
		if len(dirs) == 0 {
			dirs = []string{"."}
		}
		checker, err := host.NewChecker(host.Config{Python: cfg.python, Version: thisBuild().Version})
		if err != nil {
			return err
		}
		defer func() { _ = checker.Close() }() // what it leaves is in a temporary folder
		return checkAll(cmd, checker, dirs, asJSON)
	}
	return cmd
}

// checkAll tells of each folder, and fails when one is not right.
func checkAll(cmd *cobra.Command, checker *host.Checker, dirs []string, asJSON bool) error {
	verdicts, wrong := []registry.Verdict{}, false
	for _, dir := range dirs {
		v, err := checker.Check(cmd.Context(), dir)
		if err != nil {
			if len(dirs) == 1 {
				return err
			}
			fmt.Fprintln(cmd.ErrOrStderr(), "pluggarr: "+sentence(err))
			wrong = true
			continue
		}
		verdicts = append(verdicts, v)
		wrong = wrong || !v.OK
		if !asJSON {
			writeVerdict(cmd.OutOrStdout(), v)
		}
	}
	if asJSON {
		raw, err := json.Marshal(map[string]any{"ok": !wrong, "plugins": verdicts})
		if err != nil {
			return err
		}
		if err := writeJSON(cmd.OutOrStdout(), raw); err != nil {
			return err
		}
	}
	if wrong {
		return errTold
	}
	return nil
}

// writeVerdict tells of one plugin.
func writeVerdict(w io.Writer, v registry.Verdict) {
	count := func(n int, what string) string {
		if n != 1 {
			what += "s"
		}
		return fmt.Sprintf("%d %s", n, what)
	}
	said := "ok"
	switch {
	case v.Compile:
		said = "needs the compiler: " + count(len(v.Problems), "place") + " that would run differently from source"
	case v.Error != "":
		said = firstLine(v.Error)
	case !v.OK:
		said = count(len(v.Problems), "mistake")
	}
	named := strings.TrimSpace(firstLine(v.Name) + " " + firstLine(v.Version))
	fmt.Fprintf(w, "%s (%s, %s, %s): %s\n", firstLine(v.Key), named,
		count(v.Fields, "setting"), count(len(v.Actions), "action"), said)
	for _, p := range v.Problems {
		fmt.Fprintf(w, "  %s%s\n", place(p), plain(p.Message))
		indent(w, p.Excerpt)
	}
	for _, warning := range v.Warnings {
		fmt.Fprintf(w, "  warning: %s\n", plain(warning))
	}
}
