package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/pluggarr/pluggarr/host/worker"
)

// usualTail is how many lines are shown to somebody who did not ask for more.
const usualTail = 100

// logArgs say which lines are wanted, and how.
type logArgs struct {
	run, level, contains, since string
	tail                        int
	follow, download, asJSON    bool
}

func newLogs() *cobra.Command {
	var given logArgs
	level := choice{of: []string{"debug", "info", "warning", "error"}}
	cmd := &cobra.Command{
		Use:   "logs KEY",
		Short: "Show what a plugin logged and printed",
		Long: `Shows a plugin's log: what it logged, and what it printed to its standard output and
error. Without --tail, --run or --since it is the last 100 lines. With --follow it
goes on until Ctrl-C.

--download writes the host's own text of all lines, with whole dates; --json writes
one JSON object a line.`,
		Example: `  pluggarr logs my_plugin
  pluggarr logs my_plugin --follow --level warning
  pluggarr logs my_plugin --run 019a7b1e-7c3a-7d53-9a55-3e1f0c9b2a44
  pluggarr logs my_plugin --download`,
		Args: takes(1, 1, "the KEY of a plugin"),
	}
	jsonFlag(cmd, &given.asJSON)
	cmd.Flags().BoolVarP(&given.follow, "follow", "f", false, "go on with the lines that come")
	cmd.Flags().BoolVar(&given.download, "download", false, "write the log as a text to keep")
	cmd.Flags().StringVar(&given.run, "run", "", "only lines of the run with this id")
	cmd.Flags().Var(&level, "level", "the least serious level: debug, info, warning or error (default all)")
	cmd.Flags().StringVar(&given.contains, "contains", "", "only lines with this text, whatever its case")
	cmd.Flags().StringVar(&given.since, "since", "", "only lines from this time on, as in 2026-03-01T12:00:00Z")
	cmd.Flags().IntVar(&given.tail, "tail", 0, "the last lines, so many (default 100)")
	return remote(cmd, func(cmd *cobra.Command, c *client, args []string) error {
		given.level = level.value
		path, err := pluginPath(args[0], "logs")
		if err == nil {
			path, err = given.path(cmd, path)
		}
		if err != nil {
			return err
		}
		body, err := given.open(cmd, c, path)
		if err != nil {
			return err
		}
		defer body.Close()
		err = given.show(cmd, body)
		if given.follow && cmd.Context().Err() != nil {
			return nil // that is how it ends
		}
		return err
	})
}

// path adds the query.
func (a *logArgs) path(cmd *cobra.Command, path string) (string, error) {
	if a.follow && a.download {
		return "", wrongf("a download ends and --follow does not: give one of them")
	}
	query := url.Values{}
	for name, value := range map[string]string{"run": a.run, "level": a.level, "contains": a.contains, "since": a.since} {
		if value != "" {
			query.Set(name, value)
		}
	}
	switch {
	case cmd.Flags().Changed("tail"):
		query.Set("tail", strconv.Itoa(a.tail))
	case a.run == "" && a.since == "" && !a.download:
		query.Set("tail", strconv.Itoa(usualTail))
	}
	if a.follow {
		query.Set("follow", "1")
	}
	if a.download {
		query.Set("download", "1")
	}
	return path + "?" + query.Encode(), nil
}

// open asks for the log: one JSON object a line, or the text of a download.
func (a *logArgs) open(cmd *cobra.Command, c *client, path string) (io.ReadCloser, error) {
	if a.follow || a.download {
		return c.open(cmd.Context(), path)
	}
	raw, err := c.call(cmd.Context(), path, nil)
	if err != nil {
		return nil, answer(cmd, a.asJSON, raw, err)
	}
	var log struct {
		Lines []json.RawMessage `json:"lines"`
	}
	if err := json.Unmarshal(raw, &log); err != nil {
		return nil, fmt.Errorf("read the log: %w", err)
	}
	var text strings.Builder
	for _, line := range log.Lines {
		text.Write(line)
		text.WriteByte('\n')
	}
	return io.NopCloser(strings.NewReader(text.String())), nil
}

// show prints what comes, line by line.
func (a *logArgs) show(cmd *cobra.Command, from io.Reader) error {
	w := cmd.OutOrStdout()
	lines := bufio.NewReader(from)
	for {
		raw, err := lines.ReadBytes('\n')
		switch {
		case errors.Is(err, io.EOF) && len(raw) == 0:
			return nil
		case err != nil && !errors.Is(err, io.EOF):
			return fmt.Errorf("read the log: %w", err)
		case a.download:
			_, err = fmt.Fprintln(w, plain(strings.TrimSuffix(string(raw), "\n")))
		case a.asJSON:
			err = writeJSON(w, raw)
		default:
			var line worker.Line
			if err := json.Unmarshal(raw, &line); err != nil {
				return fmt.Errorf("read the log: %w", err)
			}
			err = showLine(w, line)
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
	}
}

// showLine prints one line for people: what belongs to a message of several
// lines is indented.
func showLine(w io.Writer, l worker.Line) error {
	source := ""
	if l.Source != "log" {
		source = " [" + l.Source + "]"
	}
	var text strings.Builder
	text.WriteString(strings.ReplaceAll(plain(strings.TrimRight(l.Message, "\n")), "\n", "\n    "))
	var values object
	if json.Unmarshal(l.Attrs, &values) == nil {
		for _, key := range values.keys {
			text.WriteString(" " + firstLine(key) + "=" + firstLine(unquoted(values.get(key))))
		}
	}
	_, err := fmt.Fprintf(w, "%s %-7s%s %s\n", l.Time.Local().Format(time.DateTime), strings.ToUpper(l.Level), source, text.String())
	if err != nil {
		return fmt.Errorf("write the log: %w", err)
	}
	return nil
}
