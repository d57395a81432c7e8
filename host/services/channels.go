package services

import (
	"context"
	"maps"
	"reflect"
	"slices"

	"github.com/pluggarr/pluggarr/host/store"
)

func channelMethods() map[string]method {
	channels := newRows[store.Channel](channelQuery, "uuid", "is_catchup", "catchup_days", "created_at", "updated_at").
		showing(overridesOf(overrideRows()))
	return map[string]method{
		"channels.list":            reads(channels.list),
		"channels.get":             reads(channels.get),
		"channels.create":          writes(channels.create),
		"channels.update":          writes(channels.update),
		"channels.delete":          writes(channels.remove),
		"channels.streams":         reads(channelStreams),
		"channels.set_streams":     writes(channelSetStreams),
		"channels.set_overrides":   writes(channelSetOverrides),
		"channels.clear_overrides": writes(channelClearOverrides),
		"channels.next_number":     reads(channelNextNumber),
	}
}

func channelStreams(ctx context.Context, c *call, p idsParams) (map[int64][]int64, error) {
	return c.db.ChannelStreams(ctx, p.IDs)
}

type streamsParams struct {
	Streams map[int64][]int64 `json:"streams"` // by channel, in order
}

func channelSetStreams(ctx context.Context, c *call, p streamsParams) (none, error) {
	for _, channel := range slices.Sorted(maps.Keys(p.Streams)) {
		if err := c.db.SetChannelStreams(ctx, channel, p.Streams[channel]); err != nil {
			return none{}, err
		}
	}
	return none{}, nil
}

// overrideRows are overrides as plugins know them: by their channel.
func overrideRows() *rows[store.ChannelOverride] {
	table := newRows[store.ChannelOverride](everyRow)
	table.columns = slices.DeleteFunc(table.columns, func(c column) bool {
		return c.name == "id" || c.name == "created_at" || c.name == "updated_at"
	})
	return table
}

// overridesOf finds the overrides of channels that were read.
func overridesOf(table *rows[store.ChannelOverride]) func(context.Context, *call, []int64) (besides, error) {
	return func(ctx context.Context, c *call, ids []int64) (besides, error) {
		found, err := c.db.ChannelOverrides(ctx, ids)
		all := besides{}
		for i := range found {
			all[found[i].ChannelID] = table.appendRow([]byte(`"override":`), reflect.ValueOf(&found[i]).Elem(), nil)
		}
		return all, err
	}
}

func channelSetOverrides(ctx context.Context, c *call, p rowsParams) (none, error) {
	table := overrideRows()
	wanted := make([]*store.ChannelOverride, len(p.Rows))
	for i, values := range p.Rows {
		wanted[i] = store.New[store.ChannelOverride]()
		if err := table.fill(wanted[i], values); err != nil {
			return none{}, err
		}
	}
	return none{}, c.db.SetOverrides(ctx, wanted)
}

func channelClearOverrides(ctx context.Context, c *call, p idsParams) (countAnswer, error) {
	n, err := c.db.ClearOverrides(ctx, p.IDs)
	return countAnswer{n}, err
}

type startParams struct {
	Start int `json:"start"` // the lowest number that will do
}

type numberAnswer struct {
	Number int `json:"number"` // of a channel
}

func channelNextNumber(ctx context.Context, c *call, p startParams) (numberAnswer, error) {
	n, err := c.db.NextChannelNumber(ctx, p.Start)
	return numberAnswer{n}, err
}

func profileMethods() map[string]method {
	profiles := newRows[store.ChannelProfile](everyRow)
	return map[string]method{
		"profiles.list":         reads(profiles.list),
		"profiles.create":       writes(profiles.create),
		"profiles.update":       writes(profiles.update),
		"profiles.delete":       writes(profiles.remove),
		"profiles.channels":     reads(profileChannels),
		"profiles.set_channels": writes(profileSetChannels),
	}
}

func profileChannels(ctx context.Context, c *call, p idParams) ([]int64, error) {
	if _, err := store.Find[store.ChannelProfile](ctx, c.db, p.ID); err != nil {
		return nil, err
	}
	return c.db.ProfileChannels(ctx, p.ID)
}

type membersParams struct {
	ID       int64          `json:"id"`       // of the profile
	Channels map[int64]bool `json:"channels"` // whether it is in, by channel
}

func profileSetChannels(ctx context.Context, c *call, p membersParams) (none, error) {
	return none{}, c.db.SetMemberships(ctx, p.ID, p.Channels)
}
