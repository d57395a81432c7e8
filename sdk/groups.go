package sdk

import (
	"context"
	"strconv"
)

// GroupService reads and writes groups of channels and streams.
type GroupService struct{ link link }

// ChannelGroup is a heading such as "News", shared by all accounts.
type ChannelGroup struct {
	// ID is the row's number, from 1.
	ID int64 `json:"id,omitzero"`
	// Name is unique. Required.
	Name string `json:"name,omitzero"`
}

// GroupFilter says which groups; its zero value means all of them.
type GroupFilter struct {
	// IDs are those of the groups.
	IDs []int64 `json:"ids,omitempty"`
	// Names are those of the groups.
	Names []string `json:"names,omitempty"`
	// AccountID is an [M3UAccount] that has streams in them.
	AccountID int64 `json:"account_id,omitempty"`
	// Search is a text within their name, whatever its case.
	Search string `json:"search,omitempty"`
	// Limit is how many at most; 0 for all.
	Limit int `json:"-"`
}

// List returns groups in the order of their IDs.
func (s GroupService) List(ctx context.Context, filter GroupFilter) ([]ChannelGroup, error) {
	return list[ChannelGroup](ctx, s.link, listQuery{"groups.list", filter, filter.Limit})
}

// UpsertMany returns the groups with these names, in the same order; those that
// are not there are made.
func (s GroupService) UpsertMany(ctx context.Context, names ...string) ([]ChannelGroup, error) {
	rows := make([]ChannelGroup, len(names))
	for i, name := range names {
		rows[i].Name = name
	}
	return send(ctx, s.link, rowsCall{"groups.upsert", nil}, rows)
}

// UpdateMany changes the named fields of groups: UpdateMany(ctx, groups, "name").
func (s GroupService) UpdateMany(ctx context.Context, groups []ChannelGroup, fields ...string) error {
	return update(ctx, s.link, rowsCall{"groups.update", fields}, groups)
}

// Delete removes groups and returns how many there were. Their channels and
// streams stay, without a group.
func (s GroupService) Delete(ctx context.Context, ids ...int64) (int, error) {
	return remove(ctx, s.link, "groups.delete", ids)
}

// ProfileService reads and writes channel profiles.
type ProfileService struct{ link link }

// ChannelProfile is a selection of channels for some viewers.
type ChannelProfile struct {
	// ID is the row's number, from 1.
	ID int64 `json:"id,omitzero"`
	// Name is at most 100 characters, unique. Required.
	Name string `json:"name,omitzero"`
}

// List returns all profiles in the order of their IDs.
func (s ProfileService) List(ctx context.Context) ([]ChannelProfile, error) {
	return list[ChannelProfile](ctx, s.link, listQuery{"profiles.list", struct{}{}, 0})
}

// Create makes a profile with every channel in it.
func (s ProfileService) Create(ctx context.Context, name string) (ChannelProfile, error) {
	return sendOne(ctx, s.link, "profiles.create", ChannelProfile{Name: name})
}

// UpdateMany changes the named fields of profiles: UpdateMany(ctx, profiles, "name").
func (s ProfileService) UpdateMany(ctx context.Context, profiles []ChannelProfile, fields ...string) error {
	return update(ctx, s.link, rowsCall{"profiles.update", fields}, profiles)
}

// Delete removes profiles and returns how many there were.
func (s ProfileService) Delete(ctx context.Context, ids ...int64) (int, error) {
	return remove(ctx, s.link, "profiles.delete", ids)
}

// Channels returns the IDs of the channels that are in a profile.
func (s ProfileService) Channels(ctx context.Context, profile int64) ([]int64, error) {
	ids := []int64{}
	err := s.link.call(ctx, "profiles.channels", idParams{profile}, &ids)
	return ids, err
}

// SetChannels puts channels into a profile, by their ID, where true, or takes
// them out. Other channels stay as they are.
func (s ProfileService) SetChannels(ctx context.Context, profile int64, in map[int64]bool) error {
	byChannel := make(map[string]bool, len(in))
	for channel, is := range in {
		byChannel[strconv.FormatInt(channel, 10)] = is
	}
	return s.link.call(ctx, "profiles.set_channels", struct {
		ID       int64           `json:"id"`
		Channels map[string]bool `json:"channels"`
	}{profile, byChannel}, nil)
}

// LogoService reads and writes logos.
type LogoService struct{ link link }

// Logo is a picture of channels.
type Logo struct {
	// ID is the row's number, from 1.
	ID int64 `json:"id,omitzero"`
	// Name is at most 255 characters. Required.
	Name string `json:"name,omitzero"`
	// URL is the picture's address or a path on the host, unique. Required.
	URL string `json:"url,omitzero"`
}

// LogoFilter says which logos; its zero value means all of them.
type LogoFilter struct {
	// IDs are those of the logos.
	IDs []int64 `json:"ids,omitempty"`
	// URLs are those of the logos.
	URLs []string `json:"urls,omitempty"`
	// Search is a text within their name, whatever its case.
	Search string `json:"search,omitempty"`
	// Limit is how many at most; 0 for all.
	Limit int `json:"-"`
}

// List returns logos in the order of their IDs.
func (s LogoService) List(ctx context.Context, filter LogoFilter) ([]Logo, error) {
	return list[Logo](ctx, s.link, listQuery{"logos.list", filter, filter.Limit})
}

// UpsertMany returns the logos with these URLs, in the same order; those that
// are not there are made, the others keep their names.
func (s LogoService) UpsertMany(ctx context.Context, logos []Logo) ([]Logo, error) {
	return send(ctx, s.link, rowsCall{"logos.upsert", nil}, logos)
}

// UpdateMany changes the named fields of logos: UpdateMany(ctx, logos, "name").
func (s LogoService) UpdateMany(ctx context.Context, logos []Logo, fields ...string) error {
	return update(ctx, s.link, rowsCall{"logos.update", fields}, logos)
}

// Delete removes logos and returns how many there were. Their channels stay,
// without one.
func (s LogoService) Delete(ctx context.Context, ids ...int64) (int, error) {
	return remove(ctx, s.link, "logos.delete", ids)
}
