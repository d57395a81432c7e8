package sdk

import (
	"cmp"
	"context"
	"strconv"
	"time"
)

// ChannelService reads and writes channels.
type ChannelService struct{ link link }

// Channel is what a viewer tunes to. In every row, 0, "" and the zero time mean
// that there is nothing.
type Channel struct {
	// ID is the row's number, from 1.
	ID int64 `json:"id,omitzero"`
	// ChannelNumber orders the lineup; it may have a fraction and need not be unique.
	ChannelNumber float64 `json:"channel_number,omitzero"`
	// Name is what viewers see, at most 512 characters. Required.
	Name string `json:"name,omitzero"`
	// LogoID is a [Logo].
	LogoID int64 `json:"logo_id,omitzero"`
	// ChannelGroupID is a [ChannelGroup].
	ChannelGroupID int64 `json:"channel_group_id,omitzero"`
	// TvgID is the guide's name for the channel, at most 255 characters.
	TvgID string `json:"tvg_id,omitzero"`
	// TvcGuideStationID is Gracenote's number of the station.
	TvcGuideStationID string `json:"tvc_guide_stationid,omitzero"`
	// EPGDataID is the [EPGData] whose programmes are the channel's.
	EPGDataID int64 `json:"epg_data_id,omitzero"`
	// StreamProfileID is a [StreamProfile]; 0 for the default one.
	StreamProfileID int64 `json:"stream_profile_id,omitzero"`
	// UUID names the channel in addresses. The host gives it.
	UUID string `json:"uuid,omitzero"`
	// UserLevel is the lowest level of a user that may watch: 0, 1 or 10.
	UserLevel int `json:"user_level,omitzero"`
	// IsAdult says that the channel is for adults.
	IsAdult bool `json:"is_adult,omitzero"`
	// AutoCreated says that an account's refresh made the channel and keeps it up to date.
	AutoCreated bool `json:"auto_created,omitzero"`
	// AutoCreatedByID is the [M3UAccount] that did.
	AutoCreatedByID int64 `json:"auto_created_by_id,omitzero"`
	// IsCatchup says that one of the channel's streams can be watched later. The
	// host sets it.
	IsCatchup bool `json:"is_catchup,omitzero"`
	// CatchupDays is how many days back. The host sets it.
	CatchupDays int `json:"catchup_days,omitzero"`
	// HiddenFromOutput keeps the channel out of what players get.
	HiddenFromOutput bool `json:"hidden_from_output,omitzero"`
	// CreatedAt is when the row was made. The host sets it.
	CreatedAt time.Time `json:"created_at,omitzero"`
	// UpdatedAt is when the row was last saved. The host sets it.
	UpdatedAt time.Time `json:"updated_at,omitzero"`
	// Override is what stands in place of some of the above; nil for nothing. It
	// is read only: [ChannelService.SetOverrides] changes it.
	Override *ChannelOverride `json:"override,omitempty"`
}

// Effective returns the channel as viewers see it: with what its Override says
// in place of its own values.
func (c Channel) Effective() Channel {
	o := c.Override
	if o == nil {
		return c
	}
	c.Name = cmp.Or(o.Name, c.Name)
	c.ChannelNumber = cmp.Or(o.ChannelNumber, c.ChannelNumber)
	c.ChannelGroupID = cmp.Or(o.ChannelGroupID, c.ChannelGroupID)
	c.LogoID = cmp.Or(o.LogoID, c.LogoID)
	c.TvgID = cmp.Or(o.TvgID, c.TvgID)
	c.TvcGuideStationID = cmp.Or(o.TvcGuideStationID, c.TvcGuideStationID)
	c.EPGDataID = cmp.Or(o.EPGDataID, c.EPGDataID)
	c.StreamProfileID = cmp.Or(o.StreamProfileID, c.StreamProfileID)
	return c
}

// ChannelOverride is what somebody wants of a channel in place of its own
// values, which a refresh may set again. What is 0 or "" is not overridden.
type ChannelOverride struct {
	// ChannelID is the [Channel]. Required.
	ChannelID int64 `json:"channel_id,omitzero"`
	// Name is at most 512 characters.
	Name string `json:"name,omitzero"`
	// ChannelNumber orders the lineup.
	ChannelNumber float64 `json:"channel_number,omitzero"`
	// ChannelGroupID is a [ChannelGroup].
	ChannelGroupID int64 `json:"channel_group_id,omitzero"`
	// LogoID is a [Logo].
	LogoID int64 `json:"logo_id,omitzero"`
	// TvgID is the guide's name for the channel, at most 255 characters.
	TvgID string `json:"tvg_id,omitzero"`
	// TvcGuideStationID is Gracenote's number of the station.
	TvcGuideStationID string `json:"tvc_guide_stationid,omitzero"`
	// EPGDataID is the [EPGData] whose programmes are the channel's.
	EPGDataID int64 `json:"epg_data_id,omitzero"`
	// StreamProfileID is a [StreamProfile].
	StreamProfileID int64 `json:"stream_profile_id,omitzero"`
}

// ChannelFilter says which channels; its zero value means all of them. What is
// set has to hold all together, of the channel's own values.
type ChannelFilter struct {
	// IDs are those of the channels.
	IDs []int64 `json:"ids,omitempty"`
	// Group is the name of their group.
	Group string `json:"group,omitempty"`
	// GroupID is their group.
	GroupID int64 `json:"group_id,omitempty"`
	// ProfileID is a [ChannelProfile] that they are in.
	ProfileID int64 `json:"profile_id,omitempty"`
	// TvgIDs are the guide's names for them.
	TvgIDs []string `json:"tvg_ids,omitempty"`
	// StreamID is a [Stream] that feeds them.
	StreamID int64 `json:"stream_id,omitempty"`
	// Search is a text within their name, whatever its case.
	Search string `json:"search,omitempty"`
	// Hidden tells those that players do not get.
	Hidden Choice `json:"hidden,omitempty"`
	// AutoCreated tells those that a refresh made.
	AutoCreated Choice `json:"auto_created,omitempty"`
	// Limit is how many at most; 0 for all.
	Limit int `json:"-"`
}

// List returns channels in the order of their IDs.
func (s ChannelService) List(ctx context.Context, filter ChannelFilter) ([]Channel, error) {
	return list[Channel](ctx, s.link, listQuery{"channels.list", filter, filter.Limit})
}

// Each calls f with channels in the order of their IDs, some thousand at a
// time, until there are no more or f returns an error, which Each returns.
func (s ChannelService) Each(ctx context.Context, filter ChannelFilter, f func(page []Channel) error) error {
	return eachPage(ctx, s.link, listQuery{"channels.list", filter, filter.Limit}, f)
}

// Get returns one channel, or [ErrNotFound].
func (s ChannelService) Get(ctx context.Context, id int64) (Channel, error) {
	return get[Channel](ctx, s.link, "channels.get", id)
}

// Create makes a channel, in every profile, and returns it with what the host
// has set.
func (s ChannelService) Create(ctx context.Context, channel Channel) (Channel, error) {
	return sendOne(ctx, s.link, "channels.create", channel)
}

// CreateMany makes channels as Create does and returns them in the same order.
// 2,000 at a time are made or not at all; for more, use [Host.Tx].
func (s ChannelService) CreateMany(ctx context.Context, channels []Channel) ([]Channel, error) {
	return send(ctx, s.link, rowsCall{"channels.create", nil}, channels)
}

// UpdateMany changes the named fields of channels, by their json names, to what
// these have: UpdateMany(ctx, channels, "name", "channel_group_id"). 2,000 at a
// time are changed or not at all; for more, use [Host.Tx]. A channel that is not
// there is [ErrNotFound].
func (s ChannelService) UpdateMany(ctx context.Context, channels []Channel, fields ...string) error {
	return update(ctx, s.link, rowsCall{"channels.update", fields}, channels)
}

// Delete removes channels with all that belongs to them, and returns how many
// there were.
func (s ChannelService) Delete(ctx context.Context, ids ...int64) (int, error) {
	return remove(ctx, s.link, "channels.delete", ids)
}

// Streams returns the IDs of the streams of channels, by the channel's ID, each
// in the order in which they are tried.
func (s ChannelService) Streams(ctx context.Context, channels ...int64) (map[int64][]int64, error) {
	found := map[int64][]int64{}
	err := s.link.call(ctx, "channels.streams", idsParams{channels}, &found)
	return found, err
}

// SetStreams gives channels their streams, by the channel's ID, in the order in
// which they are tried, in place of those they had; all or none. A channel
// without a TvgID gets that of its first new stream.
func (s ChannelService) SetStreams(ctx context.Context, streams map[int64][]int64) error {
	byChannel := make(map[string][]int64, len(streams))
	for channel, ids := range streams {
		byChannel[strconv.FormatInt(channel, 10)] = append([]int64{}, ids...)
	}
	return s.link.call(ctx, "channels.set_streams", struct {
		Streams map[string][]int64 `json:"streams"`
	}{byChannel}, nil)
}

// SetOverrides gives channels overrides, each in place of all of the one that
// the channel had; all or none. One that overrides nothing is taken away.
func (s ChannelService) SetOverrides(ctx context.Context, overrides ...ChannelOverride) error {
	return s.link.call(ctx, "channels.set_overrides", rowsParams{Rows: append([]ChannelOverride{}, overrides...)}, nil)
}

// ClearOverrides takes the overrides of channels away, and returns how many
// there were.
func (s ChannelService) ClearOverrides(ctx context.Context, channels ...int64) (int, error) {
	return remove(ctx, s.link, "channels.clear_overrides", channels)
}

// NextNumber returns the lowest whole number from start on that no channel has,
// overridden or not.
func (s ChannelService) NextNumber(ctx context.Context, start int) (int, error) {
	var answer struct {
		Number int `json:"number"`
	}
	err := s.link.call(ctx, "channels.next_number", struct {
		Start int `json:"start"`
	}{start}, &answer)
	return answer.Number, err
}
