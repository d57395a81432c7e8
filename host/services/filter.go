package services

import (
	"time"

	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/sdk"
)

// filter is what lists may be narrowed by; each knows some of it.
type filter struct {
	IDs         []int64    `json:"ids"`
	Names       []string   `json:"names"`
	TvgIDs      []string   `json:"tvg_ids"`
	URLs        []string   `json:"urls"`
	Group       string     `json:"group"`
	GroupID     int64      `json:"group_id"`
	ProfileID   int64      `json:"profile_id"`
	AccountID   int64      `json:"account_id"`
	SourceID    int64      `json:"source_id"`
	ChannelID   int64      `json:"channel_id"`
	StreamID    int64      `json:"stream_id"`
	ChannelIDs  []int64    `json:"channel_ids"`
	EPGDataIDs  []int64    `json:"epg_data_ids"`
	Search      string     `json:"search"`
	Hidden      sdk.Choice `json:"hidden"`
	AutoCreated sdk.Choice `json:"auto_created"`
	Stale       sdk.Choice `json:"stale"`
	Custom      sdk.Choice `json:"custom"`
	Active      sdk.Choice `json:"active"`
	From        time.Time  `json:"from"`
	To          time.Time  `json:"to"`
	Details     bool       `json:"details"`
}

// mostValues is how many values one list may be narrowed to; databases take
// only so many.
const mostValues = 30_000

// builder makes a query of a filter.
type builder struct {
	q    store.Query
	many bool
}

func build() *builder { return &builder{q: store.Query{Is: map[string][]any{}}} }

// done returns the query.
func (b *builder) done() (store.Query, error) {
	if b.many {
		return store.Query{}, invalid("a list can be narrowed to %d values at once", mostValues)
	}
	return b.q, nil
}

// id wants a column to have this id; 0 means any.
func (b *builder) id(column string, id int64) *builder {
	if id != 0 {
		b.q.Is[column] = []any{id}
	}
	return b
}

// ids wants a column to have one of these; none means any.
func (b *builder) ids(column string, values []int64) *builder { return anyOf(b, column, values) }

// texts wants a column to have one of these; none means any.
func (b *builder) texts(column string, values []string) *builder { return anyOf(b, column, values) }

func anyOf[T any](b *builder, column string, values []T) *builder {
	for _, v := range values {
		b.q.Is[column] = append(b.q.Is[column], v)
	}
	b.many = b.many || len(values) > mostValues
	return b
}

// choice wants a column to be true or false.
func (b *builder) choice(column string, c sdk.Choice) *builder {
	if c == sdk.Yes || c == sdk.No {
		b.q.Is[column] = []any{c == sdk.Yes}
	}
	return b
}

// search wants a text within a column.
func (b *builder) search(column, text string) *builder {
	if text != "" {
		b.q.Search, b.q.In = text, []string{column}
	}
	return b
}

// where adds a condition in SQL when wanted is true.
func (b *builder) where(wanted bool, sql string, args ...any) *builder {
	if !wanted {
		return b
	}
	if b.q.Where != "" {
		b.q.Where += " AND "
	}
	b.q.Where += sql
	b.q.Args = append(b.q.Args, args...)
	return b
}

func channelQuery(f filter) (store.Query, error) {
	return build().ids("id", f.IDs).id("channel_group_id", f.GroupID).texts("tvg_id", f.TvgIDs).
		choice("hidden_from_output", f.Hidden).choice("auto_created", f.AutoCreated).search("name", f.Search).
		where(f.Group != "", "channel_group_id IN (SELECT id FROM dispatcharr_channels_channelgroup WHERE name = ?)", f.Group).
		where(f.ProfileID != 0, "id IN (SELECT channel_id FROM dispatcharr_channels_channelprofilemembership WHERE channel_profile_id = ? AND enabled)", f.ProfileID).
		where(f.StreamID != 0, "id IN (SELECT channel_id FROM dispatcharr_channels_channelstream WHERE stream_id = ?)", f.StreamID).done()
}

func streamQuery(f filter) (store.Query, error) {
	return build().ids("id", f.IDs).id("m3u_account_id", f.AccountID).id("channel_group_id", f.GroupID).
		texts("tvg_id", f.TvgIDs).texts("url", f.URLs).
		choice("is_stale", f.Stale).choice("is_custom", f.Custom).search("name", f.Search).
		where(f.Group != "", "channel_group_id IN (SELECT id FROM dispatcharr_channels_channelgroup WHERE name = ?)", f.Group).
		where(f.ChannelID != 0, "id IN (SELECT stream_id FROM dispatcharr_channels_channelstream WHERE channel_id = ?)", f.ChannelID).done()
}

func groupQuery(f filter) (store.Query, error) {
	return build().ids("id", f.IDs).texts("name", f.Names).search("name", f.Search).
		where(f.AccountID != 0, "id IN (SELECT channel_group_id FROM dispatcharr_channels_channelgroupm3uaccount WHERE m3u_account_id = ?)", f.AccountID).done()
}

func logoQuery(f filter) (store.Query, error) {
	return build().ids("id", f.IDs).texts("url", f.URLs).search("name", f.Search).done()
}

func accountQuery(f filter) (store.Query, error) {
	return build().ids("id", f.IDs).texts("name", f.Names).choice("is_active", f.Active).done()
}

func ofAccount(f filter) (store.Query, error) {
	return build().id("m3u_account_id", f.AccountID).done()
}

func epgDataQuery(f filter) (store.Query, error) {
	return build().ids("id", f.IDs).id("epg_source_id", f.SourceID).texts("tvg_id", f.TvgIDs).search("name", f.Search).done()
}

func programmeQuery(f filter) (store.Query, error) {
	b := build().ids("epg_id", f.EPGDataIDs).search("title", f.Search).
		where(!f.From.IsZero(), "end_time > ?", f.From).where(!f.To.IsZero(), "start_time < ?", f.To)
	b.many = b.many || len(f.ChannelIDs) > mostValues
	return b.where(len(f.ChannelIDs) > 0, `epg_id IN (SELECT COALESCE(o.epg_data_id, c.epg_data_id) FROM dispatcharr_channels_channel c
		LEFT JOIN dispatcharr_channels_channeloverride o ON o.channel_id = c.id WHERE c.id IN (?))`, store.In(f.ChannelIDs)).done()
}

func everyRow(filter) (store.Query, error) { return store.Query{}, nil }
