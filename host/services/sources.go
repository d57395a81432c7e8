package services

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/pluggarr/pluggarr/host/store"
)

func m3uMethods() map[string]method {
	accounts := newRows[store.M3UAccount](accountQuery, "created_at", "updated_at", "status", "last_message", "locked", "refresh_task_id")
	groups := newRows[store.ChannelGroupM3UAccount](ofAccount, "channel_group_id", "m3u_account_id", "last_seen", "is_stale")
	profiles := newRows[store.M3UAccountProfile](ofAccount, "is_default", "current_viewers", "exp_date").keeping("m3u_account_id")
	filters := newRows[store.M3UFilter](ofAccount).keeping("m3u_account_id")
	return map[string]method{
		"m3u.profiles":        reads(profiles.list),
		"m3u.create_profiles": writes(profiles.create),
		"m3u.update_profiles": writes(profiles.update),
		"m3u.delete_profiles": writes(profiles.remove),
		"m3u.filters":         reads(filters.list),
		"m3u.create_filters":  writes(filters.create),
		"m3u.update_filters":  writes(filters.update),
		"m3u.delete_filters":  writes(filters.remove),

		"m3u.list":          reads(accounts.list),
		"m3u.get":           reads(accounts.get),
		"m3u.create":        writes(accounts.create),
		"m3u.update":        writes(accounts.update),
		"m3u.delete":        joins(accounts.remove), // bit by bit, it may be long
		"m3u.groups":        reads(groups.list),
		"m3u.update_groups": writes(groups.update),
		"m3u.refresh":       joins(refreshes[store.M3UAccount](Queue.RefreshM3U)),
		"m3u.refresh_all": joins(refreshesAll(Queue.RefreshM3U, func(ctx context.Context, c *call) ([]int64, error) {
			return idsOf[store.M3UAccount](ctx, c, store.Query{Is: map[string][]any{"is_active": {true}, "locked": {false}}})
		})),
	}
}

func epgMethods() map[string]method {
	sources := newRows[store.EPGSource](accountQuery, "created_at", "updated_at", "status", "last_message", "refresh_task_id", "extracted_file_path")
	data := newRows[store.EPGData](epgDataQuery)
	upserted := upsert[store.EPGData]{
		table: data,
		key:   func(row *store.EPGData) string { return fmt.Sprintf("%d %s", row.EPGSourceID, row.TvgID) },
		find: func(ctx context.Context, c *call, wanted []*store.EPGData) ([]store.EPGData, error) {
			return store.List[store.EPGData](ctx, c.db, store.Query{Is: map[string][]any{
				"epg_source_id": each(wanted, func(row *store.EPGData) any { return row.EPGSourceID }),
				"tvg_id":        each(wanted, func(row *store.EPGData) any { return row.TvgID }),
			}})
		},
		change: []string{"name", "icon_url"},
	}
	return map[string]method{
		"epg.sources":        reads(sources.list),
		"epg.create_source":  writes(sources.create),
		"epg.update_sources": writes(sources.update),
		"epg.delete_sources": joins(sources.remove), // bit by bit, it may be long
		"epg.data":           reads(data.list),
		"epg.upsert_data":    writes(upserted.serve),
		"epg.delete_data":    writes(data.remove),
		"epg.refresh":        joins(refreshes[store.EPGSource](Queue.RefreshEPG)),
		"epg.refresh_all": joins(refreshesAll(Queue.RefreshEPG, func(ctx context.Context, c *call) ([]int64, error) {
			return idsOf[store.EPGSource](ctx, c, store.Query{
				Is: map[string][]any{"is_active": {true}}, Where: "source_type <> ?", Args: []any{store.SourceDummy},
			})
		})),
	}
}

// enqueue is a method of [Queue] that queues a refresh.
type enqueue func(q Queue, ctx context.Context, tx *sql.Tx, id int64) (int64, error)

type jobsAnswer struct {
	Jobs []int64 `json:"jobs"` // their numbers
}

// refreshes queues the refresh of these rows.
func refreshes[T any](queue enqueue) func(context.Context, *call, idsParams) (jobsAnswer, error) {
	return func(ctx context.Context, c *call, p idsParams) (jobsAnswer, error) {
		for _, id := range p.IDs {
			if _, err := store.Find[T](ctx, c.db, id); err != nil {
				return jobsAnswer{}, err
			}
		}
		return queueAll(ctx, c, queue, p.IDs)
	}
}

// refreshesAll queues the refresh of the rows that choose returns.
func refreshesAll(queue enqueue, choose func(context.Context, *call) ([]int64, error)) func(context.Context, *call, none) (jobsAnswer, error) {
	return func(ctx context.Context, c *call, _ none) (jobsAnswer, error) {
		ids, err := choose(ctx, c)
		if err != nil {
			return jobsAnswer{}, err
		}
		return queueAll(ctx, c, queue, ids)
	}
}

func queueAll(ctx context.Context, c *call, queue enqueue, ids []int64) (jobsAnswer, error) {
	if c.cfg.Queue == nil {
		return jobsAnswer{}, errNoQueue()
	}
	jobs := []int64{}
	for _, id := range ids {
		job, err := queue(c.cfg.Queue, ctx, c.tx, id)
		if err != nil {
			return jobsAnswer{jobs}, err
		}
		jobs = append(jobs, job)
	}
	return jobsAnswer{jobs}, nil
}

func idsOf[T any](ctx context.Context, c *call, q store.Query) ([]int64, error) {
	found, err := store.List[T](ctx, c.db, q)
	ids := make([]int64, len(found))
	for i := range found {
		ids[i] = reflect.ValueOf(found[i]).FieldByName("ID").Int()
	}
	return ids, err
}

func programmeMethods() map[string]method {
	programmes := newRows[store.Programme](programmeQuery, "program_id").hiding("custom_properties")
	return map[string]method{
		"programmes.list": reads(programmes.list),
		"programmes.replace": writes(func(ctx context.Context, c *call, p replaceParams) (none, error) {
			return replace(ctx, c, programmes, p)
		}),
	}
}

type replaceParams struct {
	ID   int64                        `json:"id"`   // of the guide's channel
	Rows []map[string]json.RawMessage `json:"rows"` // values by column
}

// replace gives a guide's channel other programmes.
func replace(ctx context.Context, c *call, table *rows[store.Programme], p replaceParams) (none, error) {
	channel, err := store.Find[store.EPGData](ctx, c.db, p.ID)
	if err != nil {
		return none{}, err
	}
	fresh := make([]*store.Programme, len(p.Rows))
	for i, values := range p.Rows {
		fresh[i] = store.New[store.Programme]()
		if err := table.fill(fresh[i], values); err != nil {
			return none{}, err
		}
		fresh[i].EPGID = p.ID
		if fresh[i].TvgID == "" {
			fresh[i].TvgID = channel.TvgID
		}
	}
	old, err := idsOf[store.Programme](ctx, c, store.Query{Is: map[string][]any{"epg_id": {p.ID}}})
	if err != nil {
		return none{}, err
	}
	if _, err := store.Delete[store.Programme](ctx, c.db, old...); err != nil {
		return none{}, err
	}
	return none{}, store.Create(ctx, c.db, fresh...)
}
