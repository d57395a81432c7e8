package services

import (
	"context"

	"github.com/pluggarr/pluggarr/host/store"
)

func streamMethods() map[string]method {
	streams := newRows[store.Stream](streamQuery, "stream_hash", "is_custom", "updated_at", "last_seen", "is_stale", "m3u_account_id", "current_viewers").
		hiding("custom_properties", "stream_stats", "stream_hash")
	upserted := upsert[store.Stream]{
		table: streams,
		key:   func(row *store.Stream) string { return row.URL },
		find: func(ctx context.Context, c *call, wanted []*store.Stream) ([]store.Stream, error) {
			return store.List[store.Stream](ctx, c.db, store.Query{Is: map[string][]any{
				"is_custom": {true}, "url": each(wanted, func(row *store.Stream) any { return row.URL }),
			}})
		},
		change: []string{"name", "logo_url", "tvg_id", "channel_group_id", "stream_profile_id", "is_adult", "custom_properties"},
	}
	return map[string]method{
		"streams.list":   reads(streams.list),
		"streams.get":    reads(streams.get),
		"streams.upsert": writes(upserted.serve),
		"streams.update": writes(streams.update),
		"streams.delete": writes(streams.remove),
	}
}

// each lists a value of each row.
func each[T any](rows []*T, of func(row *T) any) []any {
	values := make([]any, len(rows))
	for i, row := range rows {
		values[i] = of(row)
	}
	return values
}

func groupMethods() map[string]method {
	groups := newRows[store.ChannelGroup](groupQuery)
	upserted := upsert[store.ChannelGroup]{
		table: groups,
		key:   func(row *store.ChannelGroup) string { return row.Name },
		find: func(ctx context.Context, c *call, wanted []*store.ChannelGroup) ([]store.ChannelGroup, error) {
			return store.List[store.ChannelGroup](ctx, c.db, store.Query{Is: map[string][]any{
				"name": each(wanted, func(row *store.ChannelGroup) any { return row.Name }),
			}})
		},
	}
	return map[string]method{
		"groups.list":   reads(groups.list),
		"groups.upsert": writes(upserted.serve),
		"groups.update": writes(groups.update),
		"groups.delete": writes(groups.remove),
	}
}

func logoMethods() map[string]method {
	logos := newRows[store.Logo](logoQuery)
	upserted := upsert[store.Logo]{
		table: logos,
		key:   func(row *store.Logo) string { return row.URL },
		find: func(ctx context.Context, c *call, wanted []*store.Logo) ([]store.Logo, error) {
			return store.List[store.Logo](ctx, c.db, store.Query{Is: map[string][]any{
				"url": each(wanted, func(row *store.Logo) any { return row.URL }),
			}})
		},
	}
	return map[string]method{
		"logos.list":   reads(logos.list),
		"logos.upsert": writes(upserted.serve),
		"logos.update": writes(logos.update),
		"logos.delete": writes(logos.remove),
	}
}
