package store

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// Channel is what a viewer tunes to: a row of dispatcharr_channels_channel.
type Channel struct {
	bun.BaseModel `bun:"table:dispatcharr_channels_channel"`

	// ID is the row's number, from 1.
	ID int64 `bun:"id,pk,autoincrement"`
	// ChannelNumber orders the lineup; it may have a fraction and need not be unique. Nil means none.
	ChannelNumber *float64 `bun:"channel_number"`
	// Name is what viewers see, at most 512 characters.
	Name string `bun:"name,type:varchar(512)"`
	// LogoID is a Logo, 0 for none.
	LogoID int64 `bun:"logo_id,nullzero"`
	// ChannelGroupID is a ChannelGroup, 0 for none.
	ChannelGroupID int64 `bun:"channel_group_id,nullzero"`
	// TvgID is the guide's name for the channel, at most 255 characters, or empty.
	TvgID string `bun:"tvg_id,nullzero,type:varchar(255)"`
	// TvcGuideStationID is Gracenote's number of the station, or empty.
	TvcGuideStationID string `bun:"tvc_guide_stationid,nullzero,type:varchar(255)"`
	// EPGDataID is the EPGData whose programmes are the channel's, 0 for none.
	EPGDataID int64 `bun:"epg_data_id,nullzero"`
	// StreamProfileID is a StreamProfile, 0 for the default one.
	StreamProfileID int64 `bun:"stream_profile_id,nullzero"`
	// UUID names the channel in addresses, unique.
	UUID UUID `bun:"uuid"`
	// UserLevel is the lowest User.UserLevel that may watch.
	UserLevel int `bun:"user_level"`
	// IsAdult says that the channel is for adults.
	IsAdult bool `bun:"is_adult"`
	// AutoCreated says that an account's refresh made the channel and keeps it up to date.
	AutoCreated bool `bun:"auto_created"`
	// AutoCreatedByID is the M3UAccount that did, 0 for none.
	AutoCreatedByID int64 `bun:"auto_created_by_id,nullzero"`
	// IsCatchup says that one of the channel's streams can be watched later.
	IsCatchup bool `bun:"is_catchup"`
	// CatchupDays is how many days back, the most of its streams.
	CatchupDays int `bun:"catchup_days"`
	// HiddenFromOutput keeps the channel out of what players get.
	HiddenFromOutput bool `bun:"hidden_from_output"`
	// CreatedAt is when the row was made.
	CreatedAt time.Time `bun:"created_at"`
	// UpdatedAt is when the row was last saved.
	UpdatedAt time.Time `bun:"updated_at"`
}

// ChannelOverride is what somebody set for an auto-created channel in place of
// what the playlist says: a row of dispatcharr_channels_channeloverride. A
// refresh never writes it. Empty, 0 and nil mean "not overridden".
type ChannelOverride struct {
	bun.BaseModel `bun:"table:dispatcharr_channels_channeloverride"`

	// ID is the row's number, from 1.
	ID int64 `bun:"id,pk,autoincrement"`
	// ChannelID is the Channel, unique.
	ChannelID int64 `bun:"channel_id"`
	// Name replaces Channel.Name.
	Name string `bun:"name,nullzero,type:varchar(512)"`
	// ChannelNumber replaces Channel.ChannelNumber.
	ChannelNumber *float64 `bun:"channel_number"`
	// ChannelGroupID replaces Channel.ChannelGroupID.
	ChannelGroupID int64 `bun:"channel_group_id,nullzero"`
	// LogoID replaces Channel.LogoID.
	LogoID int64 `bun:"logo_id,nullzero"`
	// TvgID replaces Channel.TvgID.
	TvgID string `bun:"tvg_id,nullzero,type:varchar(255)"`
	// TvcGuideStationID replaces Channel.TvcGuideStationID.
	TvcGuideStationID string `bun:"tvc_guide_stationid,nullzero,type:varchar(255)"`
	// EPGDataID replaces Channel.EPGDataID.
	EPGDataID int64 `bun:"epg_data_id,nullzero"`
	// StreamProfileID replaces Channel.StreamProfileID.
	StreamProfileID int64 `bun:"stream_profile_id,nullzero"`
	// CreatedAt is when the row was made.
	CreatedAt time.Time `bun:"created_at"`
	// UpdatedAt is when the row was last saved.
	UpdatedAt time.Time `bun:"updated_at"`
}

// ChannelStream says that a channel can be fed by a stream: a row of
// dispatcharr_channels_channelstream. A pair is there at most once.
type ChannelStream struct {
	bun.BaseModel `bun:"table:dispatcharr_channels_channelstream"`

	// ID is the row's number, from 1.
	ID int64 `bun:"id,pk,autoincrement"`
	// ChannelID is the Channel.
	ChannelID int64 `bun:"channel_id"`
	// StreamID is the Stream.
	StreamID int64 `bun:"stream_id"`
	// Order says which stream is tried first: the lowest, from 0.
	Order int `bun:"order"`
}

// ChannelProfile is a selection of channels for some viewers: a row of
// dispatcharr_channels_channelprofile.
type ChannelProfile struct {
	bun.BaseModel `bun:"table:dispatcharr_channels_channelprofile"`

	// ID is the row's number, from 1.
	ID int64 `bun:"id,pk,autoincrement"`
	// Name is at most 100 characters, unique.
	Name string `bun:"name,type:varchar(100)"`
}

// ChannelProfileMembership says whether a channel is in a profile: a row of
// dispatcharr_channels_channelprofilemembership. A pair is there at most once.
type ChannelProfileMembership struct {
	bun.BaseModel `bun:"table:dispatcharr_channels_channelprofilemembership"`

	// ID is the row's number, from 1.
	ID int64 `bun:"id,pk,autoincrement"`
	// ChannelProfileID is the ChannelProfile.
	ChannelProfileID int64 `bun:"channel_profile_id"`
	// ChannelID is the Channel.
	ChannelID int64 `bun:"channel_id"`
	// Enabled says that the channel is in the profile; no row means that it is not.
	Enabled bool `bun:"enabled"`
}

// ChannelGroup is a heading such as "News", shared by all accounts: a row of
// dispatcharr_channels_channelgroup.
type ChannelGroup struct {
	bun.BaseModel `bun:"table:dispatcharr_channels_channelgroup"`

	// ID is the row's number, from 1.
	ID int64 `bun:"id,pk,autoincrement"`
	// Name is of any length, unique.
	Name string `bun:"name"`
}

// ChannelGroupM3UAccount says how an account treats one of its groups: a row
// of dispatcharr_channels_channelgroupm3uaccount. A pair is there at most once.
type ChannelGroupM3UAccount struct {
	bun.BaseModel `bun:"table:dispatcharr_channels_channelgroupm3uaccount"`

	// ID is the row's number, from 1.
	ID int64 `bun:"id,pk,autoincrement"`
	// ChannelGroupID is the ChannelGroup.
	ChannelGroupID int64 `bun:"channel_group_id"`
	// M3UAccountID is the M3UAccount.
	M3UAccountID int64 `bun:"m3u_account_id"`
	// CustomProperties is a JSON object of options of the channel sync, and xc_id; or nil.
	CustomProperties json.RawMessage `bun:"custom_properties"`
	// Enabled says that streams of the group are taken.
	Enabled bool `bun:"enabled"`
	// AutoChannelSync says that a refresh makes a channel of each of the group's streams.
	AutoChannelSync bool `bun:"auto_channel_sync"`
	// AutoSyncChannelStart is the first number such a channel gets, nil for 1.
	AutoSyncChannelStart *float64 `bun:"auto_sync_channel_start"`
	// AutoSyncChannelEnd is the last number, nil for no end.
	AutoSyncChannelEnd *float64 `bun:"auto_sync_channel_end"`
	// LastSeen is the start of the last refresh that found the group.
	LastSeen time.Time `bun:"last_seen"`
	// IsStale says that the last refresh did not find it.
	IsStale bool `bun:"is_stale"`
}
