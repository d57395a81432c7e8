package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

func newRun() *cobra.Command {
	asJSON, background := false, false
	var given runArgs
	cmd := &cobra.Command{
		Use:   "run KEY ACTION",
		Short: "Run an action of a plugin",
		Long: `Runs an action, waits for it, and prints its result, a JSON object. Fails when the
plugin fails, and when the result's status is "error".

Parameters are --param NAME=VALUE, written as the action's form wants them (where
it declares none, as text), or all of them as one JSON object with --params.
NAME=@FILE takes a value from a file.

Ctrl-C ends the waiting; the run goes on in the host. With --background, or where
the action asks for it, it does so from the start, and the run's id is printed:
"pluggarr runs" and "pluggarr logs" tell more of it, "pluggarr cancel" ends it.`,
		Example: `  pluggarr run my_plugin do_work
  pluggarr run my_plugin do_work --param group=News --param limit=5
  pluggarr run my_plugin do_work --params '{"group": "News"}'
  pluggarr run my_plugin do_work --params @params.json --json
  pluggarr run my_plugin do_work --background`,
		Args: takes(2, 2, "the KEY of a plugin and the ACTION"),
	}
	jsonFlag(cmd, &asJSON)
	cmd.Flags().StringArrayVar(&given.single, "param", nil, "one parameter, NAME=VALUE; may be repeated")
	cmd.Flags().StringVar(&given.all, "params", "", "all parameters: a JSON object, or @FILE (@- is standard input)")
	cmd.Flags().BoolVar(&background, "background", false, "do not wait, print the run's id (default as the action says)")
	return remote(cmd, func(cmd *cobra.Command, c *client, args []string) error {
		given.key, given.action = args[0], args[1]
		values, err := given.values(cmd, c)
		if err != nil {
			return answer(cmd, asJSON, nil, err)
		}
		body := map[string]any{"action": args[1], "params": values}
		if cmd.Flags().Changed("background") {
			body["background"] = background
		}
		raw, err := c.plugin(cmd.Context(), args[0], "run", body)
		if cmd.Context().Err() != nil {
			return errors.New("waits no longer; the run goes on in the host")
		}
		if err != nil {
			return answer(cmd, asJSON, raw, err)
		}
		err = writeResult(cmd, raw, asJSON)
		if errors.Is(err, errTold) && !asJSON {
			given.tellActions(cmd, c)
		}
		return err
	})
}

// runArgs say what to run.
type runArgs struct {
	key, action string
	single      []string // parameters, each NAME=VALUE
	all         string   // all of them, or @FILE
}

// values makes the parameters of the run.
func (a *runArgs) values(cmd *cobra.Command, c *client) (*object, error) {
	values := &object{}
	if a.all != "" {
		raw := []byte(a.all)
		if path, isFile := strings.CutPrefix(a.all, "@"); isFile {
			var err error
			if raw, err = readSource(cmd, path); err != nil {
				return nil, fmt.Errorf("read the parameters: %w", err)
			}
		}
		if err := json.Unmarshal(raw, values); err != nil {
			return nil, wrongf("--params: %w", err)
		}
	}
	if len(a.single) == 0 {
		return values, nil
	}
	all, err := readAssignments(cmd, a.single)
	if err != nil {
		return nil, err
	}
	e, _, err := readEntry(cmd.Context(), c, a.key)
	if err != nil {
		return nil, err
	}
	for _, action := range e.Actions {
		if action.ID != a.action || action.Params == nil {
			continue
		}
		if wrong := assign(values, *action.Params, all); len(wrong) > 0 {
			return nil, tellAll(cmd, wrong)
		}
		return values, nil
	}
	for _, one := range all {
		text, err := json.Marshal(one.text)
		if err != nil {
			return nil, err
		}
		values.set(one.name, text)
	}
	return values, nil
}

// tellActions lists the actions of the plugin when the one that was to run is
// not among them.
func (a *runArgs) tellActions(cmd *cobra.Command, c *client) {
	e, _, err := readEntry(cmd.Context(), c, a.key)
	if err != nil {
		return // what went wrong is told already
	}
	var known []string
	for _, action := range e.Actions {
		if action.ID == a.action {
			return
		}
		known = append(known, action.ID)
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "  %s has the actions: %s\n", a.key, firstLine(cmp.Or(strings.Join(known, ", "), "none")))
}

// writeResult prints what a run returned, and fails when that says so.
func writeResult(cmd *cobra.Command, raw json.RawMessage, asJSON bool) error {
	var is struct {
		Result json.RawMessage `json:"result"`
		Run    string          `json:"run"`
	}
	if err := json.Unmarshal(raw, &is); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if is.Run != "" && is.Result == nil && !asJSON {
		fmt.Fprintln(cmd.OutOrStdout(), firstLine(is.Run))
		return nil
	}
	out := is.Result
	if asJSON || out == nil {
		out = raw
	}
	if err := writeJSON(cmd.OutOrStdout(), out); err != nil {
		return err
	}
	var result struct {
		Status    any `json:"status"`
		Message   any `json:"message"`
		Error     any `json:"error"`
		Traceback any `json:"traceback"`
	}
	_ = json.Unmarshal(is.Result, &result) // a result may be anything: then it is no error
	if result.Status != "error" {
		return nil
	}
	word := func(v any) string { text, _ := v.(string); return text }
	fmt.Fprintln(cmd.ErrOrStderr(), "pluggarr: "+firstLine(cmp.Or(word(result.Message), word(result.Error), "the result says error")))
	indent(cmd.ErrOrStderr(), word(result.Traceback))
	return errTold
}
