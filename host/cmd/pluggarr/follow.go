package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// lookAgain is how often a refresh is looked at.
const lookAgain = 200 * time.Millisecond

// following says how a refresh is followed.
type following struct {
	wait   bool // until it has ended
	asJSON bool
}

// job is what the command line needs of a job.
type job struct {
	State    string `json:"state"`
	Error    string `json:"error"`
	Progress struct {
		Action  string  `json:"action"`
		Percent float64 `json:"progress"`
		Message string  `json:"message"`
	} `json:"progress"`
}

// over says whether nothing more becomes of it.
func (j job) over() bool { return slices.Contains([]string{"ok", "failed", "cancelled"}, j.State) }

// follow queues a refresh and shows how far it is until it has ended.
func (k kind) follow(cmd *cobra.Command, c *client, row source, how following) error {
	path, body := k.refresh(row.ID)
	raw, err := c.call(cmd.Context(), path, body)
	if err != nil {
		return answer(cmd, how.asJSON, nil, err)
	}
	var queued struct {
		Jobs []int64 `json:"jobs"`
	}
	if err := json.Unmarshal(raw, &queued); err != nil || len(queued.Jobs) == 0 {
		return errors.Join(errors.New("the host names no job that refreshes"), err)
	}
	if !how.wait {
		if how.asJSON {
			return writeJSON(cmd.OutOrStdout(), raw)
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s: refresh queued as job %d\n", firstLine(row.Name), queued.Jobs[0])
		return nil
	}
	bar := &bar{to: cmd.ErrOrStderr(), name: firstLine(row.Name), terminal: isTerminal(cmd.ErrOrStderr()), silent: how.asJSON}
	done, err := waitFor(cmd.Context(), c, queued.Jobs[0], bar)
	if err != nil {
		return err
	}
	raw, err = c.call(cmd.Context(), k.path+strconv.FormatInt(row.ID, 10)+"/", nil)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, &row); err != nil {
		return fmt.Errorf("read the %s: %w", k.noun, err)
	}
	if done.State != "ok" || row.Status == "error" {
		why := row.message()
		if why == "" || row.Status != "error" {
			why = done.State + " " + done.Error
		}
		return fmt.Errorf("%s: %s", firstLine(row.Name), firstLine(why))
	}
	if how.asJSON {
		return writeJSON(cmd.OutOrStdout(), raw)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s: %s. %s\n", firstLine(row.Name), k.fetched(row), firstLine(row.message()))
	return nil
}

// waitFor looks at a job until it is over.
func waitFor(ctx context.Context, c *client, id int64, bar *bar) (job, error) {
	defer bar.clear()
	again := time.NewTicker(lookAgain)
	defer again.Stop()
	for {
		raw, err := c.call(ctx, fmt.Sprintf("/jobs/%d/", id), nil)
		if ctx.Err() != nil {
			return job{}, errors.New("waits no longer; the refresh goes on in the host")
		}
		if err != nil {
			return job{}, err
		}
		var now job
		if err := json.Unmarshal(raw, &now); err != nil {
			return job{}, fmt.Errorf("read the job: %w", err)
		}
		if now.over() {
			return now, nil
		}
		bar.show(now)
		select {
		case <-again.C:
		case <-ctx.Done():
		}
	}
}

// bar shows how far a job is: in place on a terminal, else in a line for each
// thing it does.
type bar struct {
	to       io.Writer
	name     string
	terminal bool
	silent   bool
	last     string // what it did when it was shown last
}

func (b *bar) show(j job) {
	const width = 30
	doing := strings.ReplaceAll(firstLine(j.Progress.Action), "_", " ")
	if doing == "" {
		doing = firstLine(j.State)
	}
	switch {
	case b.silent:
	case b.terminal:
		full := min(width, max(0, int(j.Progress.Percent*width/100)))
		fmt.Fprintf(b.to, "\r\x1b[K%s [%s%s] %3.0f %% %s", b.name, strings.Repeat("#", full), strings.Repeat(".", width-full), j.Progress.Percent, doing)
	case doing != b.last:
		fmt.Fprintf(b.to, "%s: %s\n", b.name, doing)
	}
	b.last = doing
}

func (b *bar) clear() {
	if b.terminal && !b.silent && b.last != "" {
		fmt.Fprint(b.to, "\r\x1b[K")
	}
}
