package store

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// Stream is an address that a provider serves: a row of dispatcharr_channels_stream.
type Stream struct {
	bun.BaseModel `bun:"table:dispatcharr_channels_stream"`

	// ID is the row's number, from 1.
	ID int64 `bun:"id,pk,autoincrement"`
	// Name is at most 512 characters.
	Name string `bun:"name,type:varchar(512)"`
	// URL is at most 4096 characters, or empty.
	URL string `bun:"url,nullzero,type:varchar(4096)"`
	// M3UAccountID is the M3UAccount that the stream came with, 0 for none. A
	// stream that a person made has the account "custom".
	M3UAccountID int64 `bun:"m3u_account_id,nullzero"`
	// LogoURL is an image's address, or empty. An import writes "" and not NULL.
	LogoURL string `bun:"logo_url"`
	// TvgID is the guide's name for the stream, at most 255 characters, or
	// empty. An import writes "" and not NULL.
	TvgID string `bun:"tvg_id,type:varchar(255)"`
	// LocalFile is a file's path, at most 100 characters, or empty.
	LocalFile string `bun:"local_file,nullzero,type:varchar(100)"`
	// CurrentViewers is a count from 0; this host leaves it at 0.
	CurrentViewers int `bun:"current_viewers"`
	// UpdatedAt is when the row was last saved.
	UpdatedAt time.Time `bun:"updated_at"`
	// ChannelGroupID is a ChannelGroup, 0 for none.
	ChannelGroupID int64 `bun:"channel_group_id,nullzero"`
	// StreamProfileID is a StreamProfile, 0 for the default one.
	StreamProfileID int64 `bun:"stream_profile_id,nullzero"`
	// IsCustom says that a person made the stream, not a refresh.
	IsCustom bool `bun:"is_custom"`
	// StreamHash is what a refresh knows the stream by, unique, or empty:
	// 64 hex digits of SHA-256.
	StreamHash string `bun:"stream_hash,nullzero,type:varchar(255)"`
	// LastSeen is the start of the last refresh that found the stream.
	LastSeen time.Time `bun:"last_seen"`
	// IsStale says that the last refresh did not find it.
	IsStale bool `bun:"is_stale"`
	// IsAdult says that the stream is for adults.
	IsAdult bool `bun:"is_adult"`
	// CustomProperties is a JSON object of all attributes of the playlist's entry, or nil.
	CustomProperties json.RawMessage `bun:"custom_properties"`
	// StreamID is the provider's number (Xtream Codes), nil for none.
	StreamID *int64 `bun:"stream_id"`
	// StreamChno is the provider's channel number, nil for none.
	StreamChno *float64 `bun:"stream_chno"`
	// StreamStats is a JSON object of what a probe found, or nil.
	StreamStats json.RawMessage `bun:"stream_stats"`
	// StreamStatsUpdatedAt is when it did, zero for never.
	StreamStatsUpdatedAt time.Time `bun:"stream_stats_updated_at,nullzero"`
	// IsCatchup says that the stream can be watched later.
	IsCatchup bool `bun:"is_catchup"`
	// CatchupDays is how many days back.
	CatchupDays int `bun:"catchup_days"`
}

// Logo is an image of channels: a row of dispatcharr_channels_logo.
type Logo struct {
	bun.BaseModel `bun:"table:dispatcharr_channels_logo"`

	// ID is the row's number, from 1.
	ID int64 `bun:"id,pk,autoincrement"`
	// Name is at most 255 characters.
	Name string `bun:"name,type:varchar(255)"`
	// URL is the image's address or a path on the host, unique.
	URL string `bun:"url"`
}
