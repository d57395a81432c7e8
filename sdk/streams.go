package sdk

import (
	"context"
	"encoding/json"
	"time"
)

// StreamService reads and writes streams.
type StreamService struct{ link link }

// Stream is an address that a provider serves.
type Stream struct {
	// ID is the row's number, from 1.
	ID int64 `json:"id,omitzero"`
	// Name is at most 512 characters; "" for a new one means "Default Stream".
	Name string `json:"name,omitzero"`
	// URL is at most 4,096 characters.
	URL string `json:"url,omitzero"`
	// M3UAccountID is the [M3UAccount] that the stream came with. Streams that a
	// plugin makes without one belong to the account "custom".
	M3UAccountID int64 `json:"m3u_account_id,omitzero"`
	// LogoURL is a picture's address.
	LogoURL string `json:"logo_url,omitzero"`
	// TvgID is the guide's name for the stream, at most 255 characters.
	TvgID string `json:"tvg_id,omitzero"`
	// LocalFile is a file's path, at most 100 characters.
	LocalFile string `json:"local_file,omitzero"`
	// CurrentViewers is always 0: this host plays nothing.
	CurrentViewers int `json:"current_viewers,omitzero"`
	// UpdatedAt is when the row was last saved. The host sets it.
	UpdatedAt time.Time `json:"updated_at,omitzero"`
	// ChannelGroupID is a [ChannelGroup].
	ChannelGroupID int64 `json:"channel_group_id,omitzero"`
	// StreamProfileID is a [StreamProfile]; 0 for the default one.
	StreamProfileID int64 `json:"stream_profile_id,omitzero"`
	// IsCustom says that no refresh made the stream.
	IsCustom bool `json:"is_custom,omitzero"`
	// StreamHash is what a refresh knows the stream by, unique. The host sets it.
	// Lists leave it out unless [StreamFilter.Details] is set.
	StreamHash string `json:"stream_hash,omitzero"`
	// LastSeen is the start of the last refresh that found the stream.
	LastSeen time.Time `json:"last_seen,omitzero"`
	// IsStale says that the last refresh did not find it.
	IsStale bool `json:"is_stale,omitzero"`
	// IsAdult says that the stream is for adults.
	IsAdult bool `json:"is_adult,omitzero"`
	// CustomProperties is an object of all attributes of the playlist's entry.
	// Lists leave it out unless [StreamFilter.Details] is set.
	CustomProperties json.RawMessage `json:"custom_properties,omitempty"`
	// StreamID is the provider's number (Xtream Codes).
	StreamID int64 `json:"stream_id,omitzero"`
	// StreamChno is the provider's channel number.
	StreamChno float64 `json:"stream_chno,omitzero"`
	// StreamStats is an object of what a probe found. Lists leave it out unless
	// [StreamFilter.Details] is set.
	StreamStats json.RawMessage `json:"stream_stats,omitempty"`
	// StreamStatsUpdatedAt is when it did.
	StreamStatsUpdatedAt time.Time `json:"stream_stats_updated_at,omitzero"`
	// IsCatchup says that the stream can be watched later.
	IsCatchup bool `json:"is_catchup,omitzero"`
	// CatchupDays is how many days back.
	CatchupDays int `json:"catchup_days,omitzero"`
}

// StreamFilter says which streams; its zero value means all of them. What is
// set has to hold all together.
type StreamFilter struct {
	// IDs are those of the streams.
	IDs []int64 `json:"ids,omitempty"`
	// AccountID is the account that they came with.
	AccountID int64 `json:"account_id,omitempty"`
	// Group is the name of their group.
	Group string `json:"group,omitempty"`
	// GroupID is their group.
	GroupID int64 `json:"group_id,omitempty"`
	// ChannelID is a [Channel] that they feed.
	ChannelID int64 `json:"channel_id,omitempty"`
	// TvgIDs are the guide's names for them.
	TvgIDs []string `json:"tvg_ids,omitempty"`
	// URLs are their addresses.
	URLs []string `json:"urls,omitempty"`
	// Search is a text within their name, whatever its case.
	Search string `json:"search,omitempty"`
	// Stale tells those that the last refresh did not find.
	Stale Choice `json:"stale,omitempty"`
	// Custom tells those that no refresh made.
	Custom Choice `json:"custom,omitempty"`
	// Details asks for CustomProperties, StreamStats and StreamHash, too, which
	// are most of a row.
	Details bool `json:"details,omitempty"`
	// Limit is how many at most; 0 for all.
	Limit int `json:"-"`
}

// List returns streams in the order of their IDs.
func (s StreamService) List(ctx context.Context, filter StreamFilter) ([]Stream, error) {
	return list[Stream](ctx, s.link, listQuery{"streams.list", filter, filter.Limit})
}

// Each calls f with streams in the order of their IDs, some thousand at a time,
// until there are no more or f returns an error, which Each returns.
func (s StreamService) Each(ctx context.Context, filter StreamFilter, f func(page []Stream) error) error {
	return eachPage(ctx, s.link, listQuery{"streams.list", filter, filter.Limit}, f)
}

// Get returns one stream with all its details, or [ErrNotFound].
func (s StreamService) Get(ctx context.Context, id int64) (Stream, error) {
	return get[Stream](ctx, s.link, "streams.get", id)
}

// UpsertMany makes streams of the account "custom", and returns them in the same
// order. A custom stream that has the URL already is changed instead: to the
// name, logo, guide's name, group, and properties that are given and not empty.
// 2,000 at a time are done or not at all; for more, use [Host.Tx].
func (s StreamService) UpsertMany(ctx context.Context, streams []Stream) ([]Stream, error) {
	return send(ctx, s.link, rowsCall{"streams.upsert", nil}, streams)
}

// UpdateMany changes the named fields of streams, by their json names:
// UpdateMany(ctx, streams, "name", "is_adult"). Of a stream that a playlist has, the
// next refresh changes some of them back. 2,000 at a time are changed or not at
// all; for more, use [Host.Tx]. A stream that is not there is [ErrNotFound].
func (s StreamService) UpdateMany(ctx context.Context, streams []Stream, fields ...string) error {
	return update(ctx, s.link, rowsCall{"streams.update", fields}, streams)
}

// Delete removes streams, from their channels too, and returns how many there
// were. A refresh makes those anew that a playlist has.
func (s StreamService) Delete(ctx context.Context, ids ...int64) (int, error) {
	return remove(ctx, s.link, "streams.delete", ids)
}
