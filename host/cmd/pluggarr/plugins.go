package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"
)

// remote completes a command that asks a host: its flags, and what it does
// with the client.
func remote(cmd *cobra.Command, do func(cmd *cobra.Command, c *client, args []string) error) *cobra.Command {
	cfg := &config{}
	cfg.attach(cmd, clientFlags()...)
	cmd.ValidArgsFunction = cobra.NoFileCompletions
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := connect(cfg)
		if err == nil {
			err = do(cmd, c, args)
		}
		if err != nil {
			return tell(cmd, err)
		}
		return nil
	}
	return cmd
}

func newList() *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the plugins",
		Long: `Looks at the plugins folder anew and lists every plugin: its key, by which the
other commands name it, its name and version, whether it is enabled, its state,
what runs it, and what is wrong with it.`,
		Example: `  pluggarr list
  pluggarr list --json
  pluggarr list --url http://nas:9191 --key pgr_...`,
		Args: takes(0, 0, "no arguments"),
	}
	jsonFlag(cmd, &asJSON)
	return remote(cmd, func(cmd *cobra.Command, c *client, _ []string) error {
		raw, err := c.call(cmd.Context(), "plugins/", nil)
		if asJSON || err != nil {
			return answer(cmd, asJSON, raw, err)
		}
		var list struct {
			Plugins []entry `json:"plugins"`
		}
		if err := json.Unmarshal(raw, &list); err != nil {
			return fmt.Errorf("read the list: %w", err)
		}
		if len(list.Plugins) == 0 {
			fmt.Fprintln(cmd.ErrOrStderr(), "no plugins: put a folder with a main.go or a plugin.py into the plugins folder")
			return nil
		}
		return writeTable(cmd.OutOrStdout(), listRows(list.Plugins))
	})
}

func listRows(plugins []entry) [][]string {
	rows := [][]string{{"KEY", "NAME", "VERSION", "ENABLED", "STATE", "ENGINE", "ERROR"}}
	for _, p := range plugins {
		enabled, wrong := "no", ""
		if p.Enabled {
			enabled = "yes"
		}
		if p.Error != nil {
			wrong = firstLine(p.Error.Message)
		}
		rows = append(rows, []string{
			firstLine(p.Key), firstLine(p.Name), firstLine(p.Version), enabled, firstLine(p.State), firstLine(p.Engine), wrong,
		})
	}
	return rows
}

func newEnable() *cobra.Command {
	return newSwitch(true, &cobra.Command{
		Use:   "enable KEY...",
		Short: "Enable plugins",
		Long: `Enables plugins: their code may run from now on, with the rights of the host.
Fails when one of them cannot run, and says why; it stays enabled and is tried
again when its code has changed.`,
		Example: `  pluggarr enable hello
  pluggarr enable hello my_plugin`,
	})
}

func newDisable() *cobra.Command {
	return newSwitch(false, &cobra.Command{
		Use:   "disable KEY...",
		Short: "Disable plugins",
		Long:  `Stops plugins: their runs are cancelled and their processes end. Settings are kept.`,
		Example: `  pluggarr disable hello
  pluggarr disable hello my_plugin`,
	})
}

// newSwitch completes the command that enables or disables.
func newSwitch(on bool, cmd *cobra.Command) *cobra.Command {
	asJSON := false
	cmd.Args = takes(1, -1, "the KEY of one plugin or more")
	jsonFlag(cmd, &asJSON)
	return remote(cmd, func(cmd *cobra.Command, c *client, keys []string) error {
		var failure error
		for _, key := range keys {
			raw, err := c.plugin(cmd.Context(), key, "enabled", map[string]bool{"enabled": on})
			err = answer(cmd, asJSON, raw, err)
			if err == nil {
				err = switched(cmd, on, raw)
			}
			if err == nil && !asJSON {
				fmt.Fprintf(cmd.OutOrStdout(), "%s %s\n", firstLine(key), map[bool]string{true: "enabled", false: "disabled"}[on])
			}
			if err != nil {
				// The others are done all the same.
				failure = tell(cmd, err)
			}
			if cmd.Context().Err() != nil {
				break
			}
		}
		return failure
	})
}

// switched fails when a plugin that was enabled cannot run.
func switched(cmd *cobra.Command, on bool, raw json.RawMessage) error {
	var is struct {
		Plugin *entry `json:"plugin"`
	}
	if err := json.Unmarshal(raw, &is); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if p := is.Plugin; on && p != nil && p.Error != nil && !p.Loaded {
		fmt.Fprintf(cmd.ErrOrStderr(), "pluggarr: %s is enabled but cannot run: %s\n", firstLine(p.Key), firstLine(p.Error.Message))
		p.Error.details(cmd.ErrOrStderr())
		return errTold
	}
	return nil
}

func newReload() *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "reload",
		Short: "Load the plugins anew",
		Long: `Looks at the plugins folder and loads every enabled plugin anew; those that failed
are tried again. A version that cannot be loaded does not replace one that runs; its
mistakes are printed.`,
		Example: `  pluggarr reload
  pluggarr reload --json`,
		Args: takes(0, 0, "no arguments"),
	}
	jsonFlag(cmd, &asJSON)
	return remote(cmd, func(cmd *cobra.Command, c *client, _ []string) error {
		raw, err := c.call(cmd.Context(), "plugins/reload/", struct{}{})
		if asJSON || err != nil {
			return answer(cmd, asJSON, raw, err)
		}
		var is struct {
			Count int `json:"count"`
		}
		if err := json.Unmarshal(raw, &is); err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}
		plural := "s"
		if is.Count == 1 {
			plural = ""
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%d plugin%s\n", is.Count, plural)
		return printBroken(cmd, c)
	})
}

// printBroken says which enabled plugins do not run the code they have, and
// why. It is no failure of the command: the others were loaded.
func printBroken(cmd *cobra.Command, c *client) error {
	raw, err := c.call(cmd.Context(), "plugins/", nil)
	if err != nil {
		return err
	}
	var list struct {
		Plugins []entry `json:"plugins"`
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		return fmt.Errorf("read the list of plugins: %w", err)
	}
	for _, p := range list.Plugins {
		if p.Enabled && p.Error != nil {
			fmt.Fprintf(cmd.ErrOrStderr(), "%s  %s\n", firstLine(p.Key), firstLine(p.Error.Message))
			p.Error.details(cmd.ErrOrStderr())
		}
	}
	return nil
}
