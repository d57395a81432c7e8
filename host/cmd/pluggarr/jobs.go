package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/spf13/cobra"
)

// jobEntry is what the command line shows of a job.
type jobEntry struct {
	ID          int64     `json:"id"`
	Kind        string    `json:"kind"`
	About       string    `json:"about"`
	State       string    `json:"state"`
	Attempt     int       `json:"attempt"`
	Error       string    `json:"error"`
	ScheduledAt time.Time `json:"scheduled_at"`
}

func newJobs() *cobra.Command {
	asJSON, limit, kind, state := false, 20, "", ""
	cmd := &cobra.Command{
		Use:   "jobs",
		Short: "List what is done in the background",
		Long: `Lists jobs, the newest first: runs in the background, refreshes, tasks of plugins.
They go on after the host was ended. Those that are over are kept for a day,
failed ones for a week.`,
		Example: `  pluggarr jobs
  pluggarr jobs --state failed
  pluggarr jobs retry 12`,
		Args: takes(0, 0, "flags only"),
	}
	jsonFlag(cmd, &asJSON)
	cmd.Flags().IntVar(&limit, "limit", limit, "how many, 500 at most")
	cmd.Flags().StringVar(&kind, "kind", "", "one kind only, as in m3u_refresh")
	cmd.Flags().StringVar(&state, "state", "", "one state only: queued, scheduled, running, retrying, ok, failed or cancelled")
	remote(cmd, func(cmd *cobra.Command, c *client, _ []string) error {
		query := url.Values{"limit": {strconv.Itoa(limit)}}
		for name, value := range map[string]string{"kind": kind, "state": state} {
			if value != "" {
				query.Set(name, value)
			}
		}
		raw, err := c.call(cmd.Context(), "/jobs/?"+query.Encode(), nil)
		if asJSON || err != nil {
			return answer(cmd, asJSON, raw, err)
		}
		var list struct {
			Jobs []jobEntry `json:"jobs"`
		}
		if err := json.Unmarshal(raw, &list); err != nil {
			return fmt.Errorf("read the list: %w", err)
		}
		if len(list.Jobs) == 0 {
			fmt.Fprintln(cmd.ErrOrStderr(), "no jobs")
			return nil
		}
		rows := [][]string{{"JOB", "KIND", "STATE", "ATTEMPT", "DUE", "ERROR"}}
		for _, j := range list.Jobs {
			rows = append(rows, []string{
				strconv.FormatInt(j.ID, 10), firstLine(j.Kind), firstLine(j.State), strconv.Itoa(j.Attempt),
				j.ScheduledAt.Local().Format(time.DateTime), firstLine(j.Error),
			})
		}
		return writeTable(cmd.OutOrStdout(), rows)
	})
	cmd.AddCommand(newJobVerb("cancel", "End a job, or keep it from beginning"), newJobVerb("retry", "Do a job again, at once"))
	return cmd
}

// newJobVerb is a command that does something with one job.
func newJobVerb(verb, short string) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use: verb + " JOB", Short: short, Example: "  pluggarr jobs " + verb + " 12", Args: takes(1, 1, "the number of a JOB"),
	}
	jsonFlag(cmd, &asJSON)
	return remote(cmd, func(cmd *cobra.Command, c *client, args []string) error {
		raw, err := c.call(cmd.Context(), "/jobs/"+url.PathEscape(args[0])+"/"+verb+"/", struct{}{})
		if asJSON || err != nil {
			return answer(cmd, asJSON, raw, err)
		}
		var j jobEntry
		if err := json.Unmarshal(raw, &j); err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%d %s\n", j.ID, firstLine(j.State))
		return nil
	})
}

// scheduleEntry is what the command line shows of a schedule.
type scheduleEntry struct {
	ID           int64       `json:"id"`
	Name         string      `json:"name"`
	Owner        string      `json:"owner"`
	Cron         string      `json:"cron"`
	EverySeconds int64       `json:"every_seconds"`
	Timezone     string      `json:"timezone"`
	Paused       bool        `json:"paused"`
	Next         []time.Time `json:"next"`
}

// when says in short when the schedule is due.
func (s scheduleEntry) when() string {
	if s.EverySeconds > 0 {
		return "every " + (time.Duration(s.EverySeconds) * time.Second).String()
	}
	if s.Timezone != "" {
		return s.Cron + " " + s.Timezone
	}
	return s.Cron
}

// next says when it is due next.
func (s scheduleEntry) next() string {
	switch {
	case s.Paused:
		return "paused"
	case len(s.Next) == 0:
		return "never"
	}
	return s.Next[0].Local().Format(time.DateTime)
}

func newSchedules() *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "schedules",
		Short: "List what is done by the clock",
		Long: `Lists schedules: of actions that declare one, of playlists and guides that are
refreshed, and those that were made with "pluggarr schedules add".`,
		Example: `  pluggarr schedules
  pluggarr schedules add my_plugin tidy --cron "0 4 * * *"
  pluggarr schedules pause 3`,
		Args: takes(0, 0, "flags only"),
	}
	jsonFlag(cmd, &asJSON)
	remote(cmd, func(cmd *cobra.Command, c *client, _ []string) error {
		raw, err := c.call(cmd.Context(), "/schedules/", nil)
		if asJSON || err != nil {
			return answer(cmd, asJSON, raw, err)
		}
		var list struct {
			Schedules []scheduleEntry `json:"schedules"`
		}
		if err := json.Unmarshal(raw, &list); err != nil {
			return fmt.Errorf("read the list: %w", err)
		}
		if len(list.Schedules) == 0 {
			fmt.Fprintln(cmd.ErrOrStderr(), "no schedules")
			return nil
		}
		rows := [][]string{{"SCHEDULE", "OF", "NAME", "WHEN", "NEXT"}}
		for _, s := range list.Schedules {
			rows = append(rows, []string{
				strconv.FormatInt(s.ID, 10), firstLine(s.Owner), firstLine(s.Name), firstLine(s.when()), firstLine(s.next()),
			})
		}
		return writeTable(cmd.OutOrStdout(), rows)
	})
	cmd.AddCommand(
		newScheduleAdd(),
		newScheduleChange("pause", "Queue nothing until it is resumed", http.MethodPatch, map[string]bool{"paused": true}),
		newScheduleChange("resume", "Go on after a pause", http.MethodPatch, map[string]bool{"paused": false}),
		newScheduleChange("run", "Do it now, whenever it is due", http.MethodPost, struct{}{}),
		newScheduleChange("delete", "Delete a schedule that a user made", http.MethodDelete, nil),
	)
	return cmd
}

func newScheduleAdd() *cobra.Command {
	asJSON, body := false, struct {
		Name     string          `json:"name,omitempty"`
		Plugin   string          `json:"plugin"`
		Action   string          `json:"action"`
		Params   json.RawMessage `json:"params,omitempty"`
		Cron     string          `json:"cron"`
		Timezone string          `json:"timezone,omitempty"`
		Missed   string          `json:"missed,omitempty"`
	}{}
	params := ""
	cmd := &cobra.Command{
		Use:   "add KEY ACTION --cron EXPRESSION",
		Short: "Run an action by the clock",
		Example: `  pluggarr schedules add my_plugin tidy --cron "0 4 * * *" --timezone Europe/Berlin
  pluggarr schedules add my_plugin tidy --cron "*/30 * * * *" --missed skip`,
		Args: takes(2, 2, "the KEY of a plugin and an ACTION"),
	}
	jsonFlag(cmd, &asJSON)
	cmd.Flags().StringVar(&body.Cron, "cron", "", "minute, hour, day of the month, month and day of the week")
	cmd.Flags().StringVar(&body.Timezone, "timezone", "", "where the clock hangs (default the host's own)")
	cmd.Flags().StringVar(&body.Missed, "missed", "", "times at which no host ran: skip, once or all (default once)")
	cmd.Flags().StringVar(&body.Name, "name", "", "what to call it (default the plugin and the action)")
	cmd.Flags().StringVar(&params, "params", "", "the parameters: a JSON object; with a secret among them they are kept sealed")
	return remote(cmd, func(cmd *cobra.Command, c *client, args []string) error {
		body.Plugin, body.Action = args[0], args[1]
		if params != "" {
			if !json.Valid([]byte(params)) {
				return wrongf("--params is no JSON object")
			}
			body.Params = json.RawMessage(params)
		}
		raw, err := c.call(cmd.Context(), "/schedules/", body)
		return answerSchedule(cmd, asJSON, raw, err)
	})
}

// newScheduleChange is a command that does something with one schedule.
func newScheduleChange(verb, short, method string, body any) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use: verb + " SCHEDULE", Short: short, Example: "  pluggarr schedules " + verb + " 3", Args: takes(1, 1, "the number of a SCHEDULE"),
	}
	jsonFlag(cmd, &asJSON)
	return remote(cmd, func(cmd *cobra.Command, c *client, args []string) error {
		path := "/schedules/" + url.PathEscape(args[0]) + "/"
		if verb == "run" {
			path += "run/"
		}
		raw, err := c.change(cmd.Context(), method, path, body)
		if asJSON || err != nil {
			return answer(cmd, asJSON, raw, err)
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s: %s done\n", firstLine(args[0]), verb)
		return nil
	})
}

func answerSchedule(cmd *cobra.Command, asJSON bool, raw json.RawMessage, err error) error {
	if asJSON || err != nil {
		return answer(cmd, asJSON, raw, err)
	}
	var s scheduleEntry
	if err := json.Unmarshal(raw, &s); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%d %s, next at %s\n", s.ID, firstLine(s.Name), firstLine(s.next()))
	return nil
}
