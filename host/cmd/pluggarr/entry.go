package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pluggarr/pluggarr/sdk/wire"
)

// entry is what the command line needs of a plugin's entry.
type entry struct {
	Key      string          `json:"key"`
	Name     string          `json:"name"`
	Version  string          `json:"version"`
	Enabled  bool            `json:"enabled"`
	Loaded   bool            `json:"loaded"`
	State    string          `json:"state"`
	Engine   string          `json:"engine"`
	Wish     string          `json:"engine_wish"`
	Reason   string          `json:"engine_reason"`
	Error    *trouble        `json:"error"`
	Warnings []string        `json:"warnings"`
	Schema   schema          `json:"schema"`
	Settings *object         `json:"settings"` // nil where the key may not see them
	Secrets  map[string]bool `json:"secrets"`
	Unfit    []struct {
		Field   string `json:"field"`
		Message string `json:"message"`
	} `json:"settings_errors"`
	Actions []struct {
		ID     string  `json:"id"`
		Params *schema `json:"params_schema"`
	} `json:"actions"`
}

// trouble is why a plugin cannot run, or does not do what it should.
type trouble struct {
	Message   string         `json:"message"`
	Hint      string         `json:"hint"`
	Problems  []wire.Problem `json:"problems"`
	Traceback string         `json:"traceback"`
	Output    []string       `json:"output"`
}

// details writes what the message has no room for, indented: mistakes with
// their source lines, frames, the last output.
func (t trouble) details(w io.Writer) {
	for i, p := range t.Problems {
		if i > 0 || !strings.HasPrefix(t.Message, place(p)) {
			fmt.Fprintf(w, "  %s%s\n", place(p), plain(p.Message))
		}
		indent(w, p.Excerpt)
	}
	indent(w, t.Traceback)
	for _, line := range t.Output {
		indent(w, line)
	}
	if t.Hint != "" {
		indent(w, t.Hint)
	}
}

// place is where a problem is, with what comes between it and the message.
func place(p wire.Problem) string {
	if at := p.Place(); at != "" {
		return plain(at) + ": "
	}
	return ""
}

func indent(w io.Writer, text string) {
	text = strings.TrimRight(text, "\n")
	if text == "" {
		return
	}
	for line := range strings.SplitSeq(plain(text), "\n") {
		fmt.Fprintln(w, strings.TrimRight("    "+line, " "))
	}
}

// readEntry asks for one plugin.
func readEntry(ctx context.Context, c *client, key string) (entry, json.RawMessage, error) {
	raw, err := c.plugin(ctx, key, "", nil)
	if err != nil {
		return entry{}, nil, err
	}
	var e entry
	if err := json.Unmarshal(raw, &e); err != nil {
		return entry{}, nil, fmt.Errorf("read the entry of %q: %w", key, err)
	}
	return e, raw, nil
}

// tell writes an error as [run] does, with all that a host said about it, and
// returns errTold.
func tell(cmd *cobra.Command, err error) error {
	refusal, ok := errors.AsType[*apiError](err)
	if !ok {
		return err
	}
	w := cmd.ErrOrStderr()
	fmt.Fprintln(w, "pluggarr: "+sentence(err))
	for _, f := range refusal.Fields {
		// The sentence has the first of them.
		if line := plain(cmp.Or(f.Field, "the values") + " " + f.Message); !strings.Contains(err.Error(), line) {
			fmt.Fprintln(w, "  "+line)
		}
	}
	trouble{
		Message: refusal.Error(), Hint: refusal.Hint, Problems: refusal.Problems,
		Traceback: refusal.Traceback, Output: refusal.Output,
	}.details(w)
	return errTold
}

// answer writes what a machine gets of an answer or a refusal; for people it
// does nothing. It returns err.
func answer(cmd *cobra.Command, asJSON bool, raw json.RawMessage, err error) error {
	if refusal, ok := errors.AsType[*apiError](err); ok {
		raw = refusal.Raw
	}
	if !asJSON || raw == nil {
		return err
	}
	return errors.Join(err, writeJSON(cmd.OutOrStdout(), raw))
}
