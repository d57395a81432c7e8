package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"
)

func newEngine() *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "engine KEY [auto|interpreted|compiled|default]",
		Short: "Show or choose what runs a Go plugin",
		Long: `Shows what runs a Go plugin and why, or chooses it:

  auto         from source after an edit, and compiled as soon as that is done
  interpreted  from source, always
  compiled     as a program, always; this needs Go on the host's machine
  default      what plugin.json says, else auto

A plugin that runs is put onto the other engine at once, without a lost call.`,
		Example: `  pluggarr engine hello
  pluggarr engine hello compiled
  pluggarr engine hello default`,
		Args: takes(1, 2, "a plugin's KEY, and what should run it or nothing"),
	}
	jsonFlag(cmd, &asJSON)
	return remote(cmd, func(cmd *cobra.Command, c *client, args []string) error {
		var raw json.RawMessage
		var err error
		if len(args) == 1 {
			raw, err = c.plugin(cmd.Context(), args[0], "", nil)
		} else {
			wish := args[1]
			if wish == "default" {
				wish = ""
			}
			if wish == "compiled" && !asJSON {
				fmt.Fprintln(cmd.ErrOrStderr(), "compiling: seconds when Go has been at work here before, else up to a minute")
			}
			raw, err = c.plugin(cmd.Context(), args[0], "engine", map[string]string{"engine": wish})
		}
		if asJSON || err != nil {
			return answer(cmd, asJSON, raw, err)
		}
		var is struct {
			entry
			Plugin *entry `json:"plugin"`
		}
		if err := json.Unmarshal(raw, &is); err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}
		e := is.entry
		if is.Plugin != nil {
			e = *is.Plugin
		}
		line := fmt.Sprintf("%s: %s", firstLine(e.Key), firstLine(e.Engine))
		if e.Wish != "" {
			line += ", wished: " + firstLine(e.Wish)
		}
		if e.Reason != "" {
			line += " (" + firstLine(e.Reason) + ")"
		}
		fmt.Fprintln(cmd.OutOrStdout(), line)
		return nil
	})
}
