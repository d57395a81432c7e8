package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/spf13/cobra"
)

// runEntry is what the command line needs of a run.
type runEntry struct {
	ID         string    `json:"id"`
	Action     string    `json:"action"`
	Status     string    `json:"status"`
	Failed     bool      `json:"failed"` // also when it is ok and its result says error
	Error      string    `json:"error"`
	CreatedAt  time.Time `json:"created_at"`
	DurationMS *int64    `json:"duration_ms"`
	Progress   struct {
		Done    int64  `json:"done"`
		Total   int64  `json:"total"`
		Message string `json:"message"`
	} `json:"progress"`
}

func newRuns() *cobra.Command {
	asJSON, limit, before := false, 20, ""
	cmd := &cobra.Command{
		Use:   "runs KEY",
		Short: "List the runs of a plugin",
		Long: `Lists the runs of a plugin's actions, the newest first: those that go on, and those
of the last 30 days, 500 at most.`,
		Example: `  pluggarr runs my_plugin
  pluggarr runs my_plugin --limit 100 --json`,
		Args: takes(1, 1, "the KEY of a plugin"),
	}
	jsonFlag(cmd, &asJSON)
	cmd.Flags().IntVar(&limit, "limit", limit, "how many, 500 at most")
	cmd.Flags().StringVar(&before, "before", "", "only runs older than the one with this id")
	return remote(cmd, func(cmd *cobra.Command, c *client, args []string) error {
		path, err := pluginPath(args[0], "runs")
		if err != nil {
			return err
		}
		query := url.Values{"limit": {strconv.Itoa(limit)}}
		if before != "" {
			query.Set("before", before)
		}
		raw, err := c.call(cmd.Context(), path+"?"+query.Encode(), nil)
		if asJSON || err != nil {
			return answer(cmd, asJSON, raw, err)
		}
		var list struct {
			Runs []runEntry `json:"runs"`
		}
		if err := json.Unmarshal(raw, &list); err != nil {
			return fmt.Errorf("read the list: %w", err)
		}
		if len(list.Runs) == 0 {
			fmt.Fprintln(cmd.ErrOrStderr(), "no runs")
			return nil
		}
		rows := [][]string{{"RUN", "ACTION", "STATUS", "BEGUN", "TOOK", "PROGRESS", "ERROR"}}
		for _, r := range list.Runs {
			rows = append(rows, []string{
				firstLine(r.ID), firstLine(r.Action), firstLine(r.status()), r.CreatedAt.Local().Format(time.DateTime),
				r.took(), firstLine(r.progress()), firstLine(r.Error),
			})
		}
		return writeTable(cmd.OutOrStdout(), rows)
	})
}

// status is how the run went: an action that says that it did not do its work
// has failed, too.
func (r runEntry) status() string {
	if r.Failed {
		return "error"
	}
	return r.Status
}

// took is how long the run took; "" while it goes on.
func (r runEntry) took() string {
	if r.DurationMS == nil {
		return ""
	}
	return (time.Duration(*r.DurationMS) * time.Millisecond).String()
}

// progress is how far the run says it is; "" when it says nothing.
func (r runEntry) progress() string {
	text := ""
	switch p := r.Progress; {
	case p.Total > 0:
		text = fmt.Sprintf("%d/%d ", p.Done, p.Total)
	case p.Done > 0:
		text = fmt.Sprintf("%d ", p.Done)
	}
	return text + r.Progress.Message
}

func newCancel() *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "cancel RUN",
		Short: "End a run",
		Long: `Cancels a run and waits until it has ended. The plugin is told; when it does not
end the run within the grace (5 s), its process is killed.`,
		Example: `  pluggarr cancel 019a7b1e-7c3a-7d53-9a55-3e1f0c9b2a44`,
		Args:    takes(1, 1, "the id of a RUN"),
	}
	jsonFlag(cmd, &asJSON)
	return remote(cmd, func(cmd *cobra.Command, c *client, args []string) error {
		raw, err := c.call(cmd.Context(), "runs/"+url.PathEscape(args[0])+"/cancel/", struct{}{})
		if asJSON || err != nil {
			return answer(cmd, asJSON, raw, err)
		}
		var r runEntry
		if err := json.Unmarshal(raw, &r); err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s %s\n", firstLine(r.ID), firstLine(r.Status))
		return nil
	})
}
