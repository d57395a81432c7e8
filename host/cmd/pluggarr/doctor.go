package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"
)

// How a check came out.
const (
	isOK   = "ok"
	isWarn = "warn" // something does not work as well as it could
	isFail = "fail" // a host does not run here as configured
)

// finding is what a check found.
type finding struct {
	Check  string `json:"check"`
	Result string `json:"result"`         // one of the three above
	Detail string `json:"detail"`         // what was found
	Next   string `json:"next,omitempty"` // what to do about it; "" when nothing is
}

func ok(detail string) finding { return finding{Result: isOK, Detail: detail} }

func warn(detail, next string) finding { return finding{Result: isWarn, Detail: detail, Next: next} }

func fail(detail, next string) finding { return finding{Result: isFail, Detail: detail, Next: next} }

// check looks at one thing.
type check struct {
	name string
	look func(ctx context.Context, cfg *config) finding
}

// checks are all checks, in the order in which they are told.
func checks() []check {
	return []check{
		{"Go plugins", lookInterpreter},
		{"Go toolchain", lookToolchain},
		{"Python", lookPython},
		{"data folder", lookData},
		{"plugins folder", lookPlugins},
		{"database", lookDatabase},
		{"secret key", lookKey},
		{"address", lookAddress},
		{"memory limit", lookMemory},
		{"file limit", lookFiles},
		{"cgroup v2", lookCgroup},
		{"containers", lookContainers},
	}
}

func newDoctor() *cobra.Command {
	cfg := &config{}
	asJSON := false
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check what this machine can do",
		Long: `Looks at everything a host needs on this machine: what runs Go and Python plugins,
the folders, the database, the address, the limits. Each line says ok, warn or
fail, and what to do about it. Fails when a host would not run.

Give it the flags that the host gets. It only looks: it makes no files and leaves
the database as it is.`,
		Example: `  pluggarr doctor
  pluggarr doctor --data /var/lib/pluggarr --listen 0.0.0.0:9191
  pluggarr doctor --json`,
		Args: takes(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return doctor(cmd, cfg, asJSON)
		},
	}
	jsonFlag(cmd, &asJSON)
	cfg.attach(cmd, append(dataFlags(), "plugins", "database", "python", "listen", "memory", "files")...)
	cmd.ValidArgsFunction = cobra.NoFileCompletions
	return cmd
}

func doctor(cmd *cobra.Command, cfg *config, asJSON bool) error {
	findings, failures := []finding{}, 0
	for _, c := range checks() {
		f := c.look(cmd.Context(), cfg)
		if err := cmd.Context().Err(); err != nil {
			return err
		}
		f.Check = c.name
		findings = append(findings, f)
		if f.Result == isFail {
			failures++
		}
		if !asJSON {
			writeFinding(cmd, f)
		}
	}
	if asJSON {
		raw, err := json.Marshal(map[string]any{"ok": failures == 0, "checks": findings})
		if err != nil {
			return err
		}
		if err := writeJSON(cmd.OutOrStdout(), raw); err != nil {
			return err
		}
	}
	if failures == 1 {
		return fmt.Errorf("1 check failed")
	}
	if failures > 1 {
		return fmt.Errorf("%d checks failed", failures)
	}
	return nil
}

func writeFinding(cmd *cobra.Command, f finding) {
	result := fmt.Sprintf("%-4s", f.Result)
	if isTerminal(cmd.OutOrStdout()) {
		result = map[string]string{isOK: green, isWarn: yellow, isFail: red}[f.Result] + result + reset
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s  %-14s  %s\n", result, f.Check, plain(f.Detail))
	if f.Next != "" {
		fmt.Fprintf(cmd.OutOrStdout(), "%22s%s\n", "", plain(f.Next))
	}
}
