package sdk

import (
	"context"
	"encoding/json"
	"time"
)

// EPGService reads and writes the sources of guides and the channels that they
// know, and has sources refreshed.
type EPGService struct{ link link }

// EPGSource is where programmes come from.
type EPGSource struct {
	// ID is the row's number, from 1.
	ID int64 `json:"id,omitzero"`
	// Name is at most 255 characters, unique. Required.
	Name string `json:"name,omitzero"`
	// SourceType is "xmltv", "schedules_direct" or "dummy"; "" for a new one
	// means "xmltv".
	SourceType string `json:"source_type,omitzero"`
	// URL is the guide's address, at most 1,000 characters.
	URL string `json:"url,omitzero"`
	// Username is of Schedules Direct.
	Username string `json:"username,omitzero"`
	// Password is of Schedules Direct, in clear: keep it out of results and logs.
	Password string `json:"password,omitzero"`
	// IsActive says that the source is refreshed; a new one is.
	IsActive bool `json:"is_active,omitzero"`
	// FilePath is a guide on the host, used when there is no URL.
	FilePath string `json:"file_path,omitzero"`
	// RefreshInterval is in hours; 0 for never.
	RefreshInterval int `json:"refresh_interval,omitzero"`
	// CustomProperties is an object of options.
	CustomProperties json.RawMessage `json:"custom_properties,omitempty"`
	// Priority says whose guide wins, the highest.
	Priority int `json:"priority,omitzero"`
	// Status is "idle", "fetching", "parsing", "error", "success" or "disabled".
	// The host sets it.
	Status string `json:"status,omitzero"`
	// LastMessage is the last refresh in a sentence. The host sets it.
	LastMessage string `json:"last_message,omitzero"`
	// CreatedAt is when the row was made. The host sets it.
	CreatedAt time.Time `json:"created_at,omitzero"`
	// UpdatedAt is when the source was last refreshed well. The host sets it.
	UpdatedAt time.Time `json:"updated_at,omitzero"`
}

// SourceFilter says which sources; its zero value means all of them.
type SourceFilter struct {
	// IDs are those of the sources.
	IDs []int64 `json:"ids,omitempty"`
	// Names are those of the sources.
	Names []string `json:"names,omitempty"`
	// Active tells those that are refreshed.
	Active Choice `json:"active,omitempty"`
	// Limit is how many at most; 0 for all.
	Limit int `json:"-"`
}

// EPGData is a channel as a guide knows it.
type EPGData struct {
	// ID is the row's number, from 1.
	ID int64 `json:"id,omitzero"`
	// TvgID is the guide's id of the channel, at most 255 characters, once in a
	// source.
	TvgID string `json:"tvg_id,omitzero"`
	// Name is at most 512 characters. Required.
	Name string `json:"name,omitzero"`
	// IconURL is a picture's address, at most 500 characters.
	IconURL string `json:"icon_url,omitzero"`
	// EPGSourceID is the [EPGSource].
	EPGSourceID int64 `json:"epg_source_id,omitzero"`
}

// EPGDataFilter says which channels of guides; its zero value means all of them.
type EPGDataFilter struct {
	// IDs are those of the rows.
	IDs []int64 `json:"ids,omitempty"`
	// SourceID is their source.
	SourceID int64 `json:"source_id,omitempty"`
	// TvgIDs are the guide's ids of them.
	TvgIDs []string `json:"tvg_ids,omitempty"`
	// Search is a text within their name, whatever its case.
	Search string `json:"search,omitempty"`
	// Limit is how many at most; 0 for all.
	Limit int `json:"-"`
}

// Sources returns sources in the order of their IDs.
func (s EPGService) Sources(ctx context.Context, filter SourceFilter) ([]EPGSource, error) {
	return list[EPGSource](ctx, s.link, listQuery{"epg.sources", filter, filter.Limit})
}

// CreateSource makes a source and returns it; a dummy one gets its channel. It
// is not refreshed by that.
func (s EPGService) CreateSource(ctx context.Context, source EPGSource) (EPGSource, error) {
	return sendOne(ctx, s.link, "epg.create_source", source)
}

// UpdateSources changes the named fields of sources, by their json names:
// UpdateSources(ctx, sources, "url").
func (s EPGService) UpdateSources(ctx context.Context, sources []EPGSource, fields ...string) error {
	return update(ctx, s.link, rowsCall{"epg.update_sources", fields}, sources)
}

// DeleteSources removes sources with their channels and programmes, and returns
// how many there were.
func (s EPGService) DeleteSources(ctx context.Context, ids ...int64) (int, error) {
	return remove(ctx, s.link, "epg.delete_sources", ids)
}

// Data returns channels of guides in the order of their IDs.
func (s EPGService) Data(ctx context.Context, filter EPGDataFilter) ([]EPGData, error) {
	return list[EPGData](ctx, s.link, listQuery{"epg.data", filter, filter.Limit})
}

// UpsertData makes channels of a guide, and returns them in the same order.
// Those that the source has already, by their TvgID, get the name and icon that are
// given and not empty.
func (s EPGService) UpsertData(ctx context.Context, data []EPGData) ([]EPGData, error) {
	return send(ctx, s.link, rowsCall{"epg.upsert_data", nil}, data)
}

// DeleteData removes channels of guides with their programmes, and returns how
// many there were.
func (s EPGService) DeleteData(ctx context.Context, ids ...int64) (int, error) {
	return remove(ctx, s.link, "epg.delete_data", ids)
}

// Refresh queues the refresh of sources and returns the numbers of the jobs in
// the same order. A source that is not there is [ErrNotFound].
func (s EPGService) Refresh(ctx context.Context, ids ...int64) ([]int64, error) {
	return refresh(ctx, s.link, "epg.refresh", ids)
}

// RefreshAll queues the refresh of every active source that is no dummy, and
// returns how many there are.
func (s EPGService) RefreshAll(ctx context.Context) (int, error) {
	jobs, err := refresh(ctx, s.link, "epg.refresh_all", nil)
	return len(jobs), err
}

// ProgrammeService reads and writes what is on.
type ProgrammeService struct{ link link }

// Programme is one broadcast.
type Programme struct {
	// ID is the row's number, from 1.
	ID int64 `json:"id,omitzero"`
	// EPGDataID is the [EPGData] that it is on.
	EPGDataID int64 `json:"epg_id,omitzero"`
	// StartTime is when it begins. Required.
	StartTime time.Time `json:"start_time,omitzero"`
	// EndTime is when it ends, after StartTime. Required.
	EndTime time.Time `json:"end_time,omitzero"`
	// Title is at most 255 characters. Required.
	Title string `json:"title,omitzero"`
	// SubTitle is of any length.
	SubTitle string `json:"sub_title,omitzero"`
	// Description is of any length.
	Description string `json:"description,omitzero"`
	// TvgID is the guide's id of the channel.
	TvgID string `json:"tvg_id,omitzero"`
	// CustomProperties is an object of what else the guide says. Lists leave it
	// out unless [ProgrammeFilter.Details] is set.
	CustomProperties json.RawMessage `json:"custom_properties,omitempty"`
}

// ProgrammeFilter says which programmes; its zero value means all of them. What
// is set has to hold all together.
type ProgrammeFilter struct {
	// EPGDataIDs are the guide's channels that they are on.
	EPGDataIDs []int64 `json:"epg_data_ids,omitempty"`
	// ChannelIDs are the [Channel]s that they are on.
	ChannelIDs []int64 `json:"channel_ids,omitempty"`
	// From leaves out what ends before or at it.
	From time.Time `json:"from,omitzero"`
	// To leaves out what begins at it or later.
	To time.Time `json:"to,omitzero"`
	// Search is a text within their title, whatever its case.
	Search string `json:"search,omitempty"`
	// Details asks for CustomProperties, too.
	Details bool `json:"details,omitempty"`
	// Limit is how many at most; 0 for all.
	Limit int `json:"-"`
}

// List returns programmes in the order of their IDs.
func (s ProgrammeService) List(ctx context.Context, filter ProgrammeFilter) ([]Programme, error) {
	return list[Programme](ctx, s.link, listQuery{"programmes.list", filter, filter.Limit})
}

// Each calls f with programmes in the order of their IDs, some thousand at a
// time, until there are no more or f returns an error, which Each returns.
func (s ProgrammeService) Each(ctx context.Context, filter ProgrammeFilter, f func(page []Programme) error) error {
	return eachPage(ctx, s.link, listQuery{"programmes.list", filter, filter.Limit}, f)
}

// Replace gives a channel of a guide these programmes in place of all it had.
// The refresh of its source does the same, so it is for sources that are not
// refreshed, as dummy ones.
func (s ProgrammeService) Replace(ctx context.Context, epgData int64, programmes []Programme) error {
	return s.link.call(ctx, "programmes.replace", struct {
		ID   int64       `json:"id"`
		Rows []Programme `json:"rows"`
	}{epgData, append([]Programme{}, programmes...)}, nil)
}
