package celery

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// task is a task of the host's.
type task struct {
	// what it is about, and whether it is about all there is of that.
	what What
	all  bool
	// id names the argument with the number of what it is about. "": it takes none.
	id string
	// alone says that it does all one after the other, and not by messages of
	// their own.
	alone bool
	// nothing says that there is nothing to do for it.
	nothing bool
}

// tasks are the host's by their names, which plugins and schedules use.
var tasks = map[string]task{ //nolint:gochecknoglobals // a table
	"apps.m3u.tasks.refresh_m3u_accounts":       {what: Account, all: true},
	"apps.m3u.tasks.refresh_single_m3u_account": {what: Account, id: "account_id"},
	"apps.m3u.tasks.refresh_m3u_groups":         {what: Groups, id: "account_id"},
	"apps.m3u.tasks.sync_auto_channels":         {what: Account, id: "account_id"},
	"apps.m3u.tasks.refresh_account_profiles":   {what: Account, id: "account_id"},
	"apps.m3u.tasks.check_account_expirations":  {nothing: true},
	"apps.epg.tasks.refresh_all_epg_data":       {what: Source, all: true, alone: true},
	"apps.epg.tasks.refresh_epg_data":           {what: Source, id: "source_id"},
	"apps.epg.tasks.parse_programs_for_tvg_id":  {what: Programmes, id: "epg_id"},
	"apps.epg.tasks.build_programme_index_task": {nothing: true},
}

// refreshOne are the tasks that refresh one of all.
var refreshOne = map[What]string{ //nolint:gochecknoglobals // a table
	Account: "apps.m3u.tasks.refresh_single_m3u_account",
	Source:  "apps.epg.tasks.refresh_epg_data",
}

// arguments returns the number of what the task is about; 0 when it takes none.
func (t task) arguments(m Message) (int64, error) {
	if t.id == "" {
		return 0, nil
	}
	raw := m.Kwargs[t.id]
	if len(m.Args) > 0 {
		raw = m.Args[0]
	}
	id, err := strconv.ParseInt(string(bytes.Trim(raw, `" `)), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%w: %s needs %s, a number, and got %.60q", ErrTask, m.Task, t.id, raw)
	}
	return id, nil
}

// own carries out a task of the host's.
func (c *Celery) own(ctx context.Context, t task, m Message) (json.RawMessage, error) {
	if t.nothing {
		return json.RawMessage("null"), nil
	}
	if t.all {
		return c.all(ctx, t)
	}
	id, err := t.arguments(m)
	if err != nil {
		return nil, err
	}
	said, err := c.host.Refresh(ctx, t.what, id)
	if err != nil {
		return nil, err
	}
	return text(said)
}

// all does what is to be done with each that is active.
func (c *Celery) all(ctx context.Context, t task) (json.RawMessage, error) {
	ids, err := c.host.All(ctx, t.what)
	if err != nil {
		return nil, err
	}
	failed := 0
	for _, id := range ids {
		if t.alone {
			if _, err := c.host.Refresh(ctx, t.what, id); err != nil {
				failed++ // its status says why; the others are read all the same
			}
		} else {
			arg := json.RawMessage(strconv.FormatInt(id, 10))
			err = c.host.Queue(ctx, "", Message{Task: refreshOne[t.what], Args: []json.RawMessage{arg}}, time.Time{})
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
	}
	if t.alone {
		return text(fmt.Sprintf("%d of %d refreshed", len(ids)-failed, len(ids)))
	}
	return text(fmt.Sprintf("%d refreshes queued", len(ids)))
}

func text(s string) (json.RawMessage, error) {
	raw, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("encode a result: %w", err)
	}
	return raw, nil
}

// RefreshOf says what a message has read anew, when that is one account or
// source and nothing follows it.
func RefreshOf(m Message) (what What, id int64, ok bool) {
	t, known := tasks[m.Task]
	if !known || t.id == "" || len(m.Then) > 0 || refreshOne[t.what] != m.Task {
		return "", 0, false
	}
	id, err := t.arguments(m)
	return t.what, id, err == nil
}
