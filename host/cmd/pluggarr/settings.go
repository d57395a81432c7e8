package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

func newSettings() *cobra.Command {
	asJSON, file := false, ""
	cmd := &cobra.Command{
		Use:   "settings KEY [NAME=VALUE...]",
		Short: "Show or change the settings of a plugin",
		Long: `Shows the settings of a plugin, with their defaults; of secrets only whether they
are set.

With NAME=VALUE it changes single values and leaves the others as they are. A
value is written as its field wants it: yes or no, a number, a text, texts with
commas between them, or JSON for a table. NAME= empties it; a field in a section
is SECTION.NAME. NAME=@FILE takes the value from a file (@- from standard input),
which keeps a secret off the list of processes; NAME=@@TEXT is a text that
begins with @.

With --file it replaces all values by a JSON object. A secret that the object
does not name stays; null removes it.`,
		Example: `  pluggarr settings my_plugin
  pluggarr settings my_plugin limit=7 mode=fast note=
  pluggarr settings my_plugin api_key=@key.txt
  pluggarr settings my_plugin --file settings.json
  pluggarr settings my_plugin --json`,
		Args: takes(1, -1, "the KEY of a plugin and any number of NAME=VALUE"),
	}
	jsonFlag(cmd, &asJSON)
	cmd.Flags().StringVar(&file, "file", "", "replace all values by the JSON object in this file; - is standard input")
	return remote(cmd, func(cmd *cobra.Command, c *client, args []string) error {
		key, changes := args[0], args[1:]
		switch {
		case file != "" && len(changes) > 0:
			return wrongf("--file replaces all values: give it or NAME=VALUE, not both")
		case file != "":
			return saving{c, key, asJSON}.replace(cmd, file)
		case len(changes) > 0:
			return saving{c, key, asJSON}.change(cmd, changes)
		}
		e, raw, err := readEntry(cmd.Context(), c, key)
		if asJSON || err != nil {
			return answer(cmd, asJSON, raw, err)
		}
		return showSettings(cmd, e)
	})
}

// saving is one change of a plugin's settings.
type saving struct {
	host   *client
	key    string
	asJSON bool
}

// showSettings writes a table of what the plugin is given.
func showSettings(cmd *cobra.Command, e entry) error {
	fields, err := e.Schema.fields()
	if err != nil {
		return err
	}
	if e.Settings == nil {
		return errors.New("this key may not see settings: use one of an admin")
	}
	rows := [][]string{{"FIELD", "VALUE", "DEFAULT"}}
	declared := map[string]bool{}
	for _, f := range fields {
		declared[f.path[0]] = true
		standard := shown(f.schema.Default)
		value := standard
		switch saved := f.in(e.Settings); {
		case f.schema.WriteOnly:
			value, standard = map[bool]string{true: "(set)", false: "(not set)"}[e.Secrets[f.name()]], ""
		case saved != nil:
			value = shown(saved)
		}
		rows = append(rows, []string{firstLine(f.name()), value, standard})
	}
	for _, key := range e.Settings.keys {
		if !declared[key] {
			rows = append(rows, []string{firstLine(key), shown(e.Settings.get(key)), "(not a field of this version)"})
		}
	}
	if len(rows) == 1 {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s has no settings\n", firstLine(e.Key))
		return nil
	}
	if err := writeTable(cmd.OutOrStdout(), rows); err != nil {
		return err
	}
	for _, u := range e.Unfit {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s %s\n", plain(u.Field), plain(u.Message))
	}
	return nil
}

// shown writes a value for a table: a text as it is where that leaves no doubt.
func shown(raw json.RawMessage) string {
	var text string
	switch {
	case raw == nil:
		return "-"
	case json.Unmarshal(raw, &text) != nil || string(raw) == "null":
		return firstLine(string(raw))
	case text == "" || text == "-" || text != firstLine(text) || strings.HasPrefix(text, "("):
		return strconv.Quote(text)
	}
	return text
}

// change sets single values over the saved ones.
func (s saving) change(cmd *cobra.Command, assignments []string) error {
	all, err := readAssignments(cmd, assignments)
	if err != nil {
		return err
	}
	e, _, err := readEntry(cmd.Context(), s.host, s.key)
	if err != nil {
		return answer(cmd, s.asJSON, nil, err)
	}
	values := e.Settings
	if values == nil {
		return errors.New("this key may not see settings, and cannot change them: use one of an admin")
	}
	if wrong := assign(values, e.Schema, all); len(wrong) > 0 {
		return tellAll(cmd, wrong)
	}
	return s.send(cmd, values)
}

// replace sets all values to what is in a file.
func (s saving) replace(cmd *cobra.Command, file string) error {
	raw, err := readSource(cmd, file)
	if err != nil {
		return fmt.Errorf("read the settings: %w", err)
	}
	values := &object{}
	if err := json.Unmarshal(raw, values); err != nil {
		return fmt.Errorf("read the settings in %s: %w", file, err)
	}
	return s.send(cmd, values)
}

// send lets the host check and save all values.
func (s saving) send(cmd *cobra.Command, values *object) error {
	raw, err := s.host.plugin(cmd.Context(), s.key, "settings", map[string]any{"settings": values})
	if s.asJSON || err != nil {
		return answer(cmd, s.asJSON, raw, err)
	}
	var saved struct {
		Unknown []string `json:"unknown"`
	}
	if err := json.Unmarshal(raw, &saved); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	for _, name := range saved.Unknown {
		fmt.Fprintf(cmd.ErrOrStderr(), "%q is kept, but is not a field of this plugin\n", plain(name))
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s saved\n", firstLine(s.key))
	return nil
}

// readAssignments reads all NAME=VALUE of a command line.
func readAssignments(cmd *cobra.Command, args []string) ([]assignment, error) {
	all := make([]assignment, 0, len(args))
	for _, arg := range args {
		a, err := readAssignment(arg, func(path string) ([]byte, error) { return readSource(cmd, path) })
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(all, func(b assignment) bool { return b.name == a.name }) {
			return nil, wrongf("%s is set twice", a.name)
		}
		all = append(all, a)
	}
	return all, nil
}

// readSource reads a file, or standard input for "-".
func readSource(cmd *cobra.Command, path string) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(cmd.InOrStdin())
	}
	return os.ReadFile(path)
}

// tellAll writes several errors, each on its line.
func tellAll(cmd *cobra.Command, all []error) error {
	for _, err := range all {
		fmt.Fprintln(cmd.ErrOrStderr(), "pluggarr: "+plain(sentence(err)))
	}
	return errTold
}
