package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pluggarr/pluggarr/compat"
)

// writeTried tells what came of the plugins, and fails when one does not load.
func writeTried(cmd *cobra.Command, results []tried, asJSON bool) error {
	bad := 0
	for i := range results {
		if !results[i].Loads {
			bad++
		}
		if results[i].Missing == nil {
			results[i].Missing = []compat.MissingImport{}
		}
		if results[i].Fields == nil { // it could not even be listed
			results[i].Fields, results[i].Actions = []named{}, []string{}
		}
	}
	if err := showTried(cmd.OutOrStdout(), results, asJSON); err != nil {
		return err
	}
	switch bad {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("1 of %d plugins does not load", len(results))
	}
	return fmt.Errorf("%d of %d plugins do not load", bad, len(results))
}

func showTried(to io.Writer, results []tried, asJSON bool) error {
	if asJSON {
		raw, err := json.Marshal(map[string]any{"plugins": results})
		if err != nil {
			return fmt.Errorf("write the results: %w", err)
		}
		return writeJSON(to, raw)
	}
	rows := [][]string{{"PLUGIN", "LOADS", "FIELDS", "ACTIONS", "START", "STOP", "MEMORY", "LACKS"}}
	for _, r := range results {
		rows = append(rows, r.row())
	}
	if err := writeTable(to, rows); err != nil {
		return err
	}
	for _, r := range results {
		if err := r.explain(to); err != nil {
			return err
		}
	}
	return nil
}

// row is the plugin's line of the table.
func (r tried) row() []string {
	if !r.Loads {
		return []string{firstLine(r.Plugin), "no", "", "", "", "", "", firstLine(r.Error)}
	}
	var lacks []string
	for _, m := range r.Missing {
		if !m.Guarded && !m.Apart {
			lacks = append(lacks, firstLine(m.Name))
		}
	}
	memory := ""
	if r.Memory > 0 {
		memory = fmt.Sprintf("%.1f MiB", float64(r.Memory)/(1<<20))
	}
	return []string{
		firstLine(r.Plugin), "yes", strconv.Itoa(len(r.Fields)), strconv.Itoa(len(r.Actions)),
		fmt.Sprintf("%.0f ms", r.StartMS), fmt.Sprintf("%.0f ms", r.StopMS), memory, some(lacks, 2),
	}
}

// some names the first ones, and counts the others.
func some(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s, and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// explain writes what the table has no room for.
func (r tried) explain(to io.Writer) error {
	var lines []string
	if !r.Loads && r.Error != "" {
		lines = append(lines, "does not load: "+plain(r.Error))
	}
	for line := range strings.SplitSeq(strings.TrimSpace(r.Trace), "\n") {
		if line != "" {
			lines = append(lines, "  "+plain(line))
		}
	}
	headings := func(n named) bool { return n.Type == "info" }
	if settings := slices.DeleteFunc(slices.Clone(r.Fields), headings); len(settings) > 0 {
		lines = append(lines, "settings: "+firstLine(some(ids(settings), 12)))
	}
	if len(r.Actions) > 0 {
		lines = append(lines, "actions: "+firstLine(strings.Join(r.Actions, ", ")))
	}
	for _, m := range r.Missing {
		lines = append(lines, fmt.Sprintf("%s: %s, %s (%s:%d)", grade(m), firstLine(m.Name), firstLine(m.Why), firstLine(m.File), m.Line))
	}
	for _, w := range r.Warnings {
		lines = append(lines, firstLine(w))
	}
	if len(lines) == 0 {
		return nil
	}
	if _, err := fmt.Fprintf(to, "\n%s\n  %s\n", firstLine(r.Plugin), strings.Join(lines, "\n  ")); err != nil {
		return fmt.Errorf("write the results: %w", err)
	}
	return nil
}

// grade says how much it hurts that something is missing.
func grade(m compat.MissingImport) string {
	switch {
	case m.Apart:
		return "another file wants"
	case m.Guarded:
		return "does without"
	}
	return "cannot do without"
}
