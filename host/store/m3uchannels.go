package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"
)

// ChannelLink is one stream of a channel that the account made.
type ChannelLink struct {
	// ChannelID is the Channel.
	ChannelID int64 `bun:"channel_id"`
	// StreamID is the Stream.
	StreamID int64 `bun:"stream_id"`
	// GroupID is the stream's ChannelGroup, 0 for none.
	GroupID int64 `bun:"group_id"`
	// Own says that the stream is the account's own.
	Own bool `bun:"own"`
	// Seen says that it was found since the time that was asked for.
	Seen bool `bun:"seen"`
}

// AutoChannels returns the channels that the account made, by ID, and their
// streams, those that come first last.
func (m *M3UImport) AutoChannels(ctx context.Context, at time.Time) ([]Channel, []ChannelLink, error) {
	var channels []Channel
	err := m.s.read.NewSelect().Model(&channels).Where("auto_created").Where("auto_created_by_id = ?", m.account).Order("id").Scan(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("read channels made by M3U account %d: %w", m.account, err)
	}
	var links []ChannelLink
	err = m.s.read.NewRaw(`SELECT cs.channel_id, cs.stream_id, COALESCE(s.channel_group_id, 0) AS group_id,
			COALESCE(s.m3u_account_id, 0) = ? AS own, s.last_seen >= ? AS seen
		FROM dispatcharr_channels_channel c JOIN dispatcharr_channels_channelstream cs ON cs.channel_id = c.id
		JOIN dispatcharr_channels_stream s ON s.id = cs.stream_id
		WHERE c.auto_created AND c.auto_created_by_id = ? ORDER BY c.id, cs."order" DESC, cs.id DESC`,
		m.account, stored(at), m.account).Scan(ctx, &links)
	if err != nil {
		return nil, nil, fmt.Errorf("read streams of channels made by M3U account %d: %w", m.account, err)
	}
	return channels, links, nil
}

// SeenStreams returns the account's streams of a group that were found since
// at, by ID. Of their fields, those that channels are made of are set.
func (m *M3UImport) SeenStreams(ctx context.Context, at time.Time, group int64) ([]Stream, error) {
	var streams []Stream
	err := m.s.read.NewSelect().Model(&streams).
		Column("id", "name", "tvg_id", "logo_url", "updated_at", "stream_chno", "is_adult", "custom_properties").
		Where("m3u_account_id = ?", m.account).Where("channel_group_id = ?", group).Where("last_seen >= ?", stored(at)).
		Order("id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read streams of M3U account %d: %w", m.account, err)
	}
	return streams, nil
}

// TakenNumbers returns the numbers of all channels and of their overrides, with
// repetitions.
func (m *M3UImport) TakenNumbers(ctx context.Context) ([]float64, error) {
	var numbers []float64
	err := m.s.read.NewRaw(`SELECT channel_number FROM dispatcharr_channels_channel WHERE channel_number IS NOT NULL
		UNION ALL SELECT channel_number FROM dispatcharr_channels_channeloverride WHERE channel_number IS NOT NULL`).Scan(ctx, &numbers)
	if err != nil {
		return nil, fmt.Errorf("read channel numbers: %w", err)
	}
	return numbers, nil
}

// GuideChannels returns an EPGData ID for each of these tvg-ids that a guide
// has, of the EPGSource with this ID or, with 0, of any: an active one before
// others, then the one of highest priority.
func (m *M3UImport) GuideChannels(ctx context.Context, tvgIDs []string, source int64) (map[string]int64, error) {
	found := map[string]int64{}
	for chunk := range slices.Chunk(tvgIDs, insertChunk) {
		var rows []EPGData
		query := m.s.read.NewSelect().Model(&rows).ModelTableExpr("epg_epgdata AS e").ColumnExpr("e.id, e.tvg_id").
			Join("LEFT JOIN epg_epgsource AS s ON s.id = e.epg_source_id").Where("e.tvg_id IN (?)", bun.List(chunk)).
			OrderExpr("COALESCE(s.is_active, ?) DESC, COALESCE(s.priority, 0) DESC, e.id", false)
		if source != 0 {
			query = query.Where("e.epg_source_id = ?", source)
		}
		if err := query.Scan(ctx); err != nil {
			return nil, fmt.Errorf("look for channels of guides: %w", err)
		}
		for _, row := range rows {
			if _, has := found[row.TvgID]; !has {
				found[row.TvgID] = row.ID
			}
		}
	}
	return found, nil
}

// EnsureLogos returns the IDs of logos by their URLs, and makes those that are
// missing with the given names.
func (m *M3UImport) EnsureLogos(ctx context.Context, names map[string]string) (map[string]int64, error) {
	var logos []Logo
	for url, name := range names {
		logos = append(logos, Logo{Name: cut(clean(name), nameWidth), URL: clean(url)})
	}
	slices.SortFunc(logos, func(a, b Logo) int {
		if a.URL < b.URL {
			return -1
		}
		return 1
	})
	ids := make(map[string]int64, len(logos))
	for chunk := range slices.Chunk(logos, insertChunk) {
		if err := m.ensureLogos(ctx, chunk, ids); err != nil {
			return nil, fmt.Errorf("make logos: %w", err)
		}
	}
	return ids, nil
}

func (m *M3UImport) ensureLogos(ctx context.Context, logos []Logo, ids map[string]int64) error {
	urls := make([]string, len(logos))
	for i, logo := range logos {
		urls[i] = logo.URL
	}
	find := func() error {
		var found []Logo
		if err := m.s.read.NewSelect().Model(&found).Column("id", "url").Where("url IN (?)", bun.List(urls)).Scan(ctx); err != nil {
			return fmt.Errorf("look for logos: %w", err)
		}
		for _, logo := range found {
			ids[logo.URL] = logo.ID
		}
		return nil
	}
	if err := find(); err != nil {
		return err
	}
	missing := slices.DeleteFunc(logos, func(logo Logo) bool { return ids[logo.URL] != 0 })
	if len(missing) == 0 {
		return nil
	}
	if _, err := m.s.write.NewInsert().Model(&missing).On("CONFLICT (url) DO NOTHING").Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("insert logos: %w", err)
	}
	return find()
}

// AutoChannel is a channel to be made for a stream.
type AutoChannel struct {
	// Channel is the row; its ID is set when it was made.
	Channel
	// StreamID is the Stream that feeds it.
	StreamID int64
	// Profiles are the ChannelProfiles that have it. Nil means all of them.
	Profiles []int64
}

// WriteAutoChannels makes channels with their streams and memberships, and
// saves changed ones, in one transaction: some 500 at most.
func (m *M3UImport) WriteAutoChannels(ctx context.Context, made []AutoChannel, changed []Channel) error {
	err := m.s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		for i := range changed {
			changed[i].saved()
			if _, err := tx.NewUpdate().Model(&changed[i]).WherePK().Exec(ctx); err != nil {
				return fmt.Errorf("update channel %d: %w", changed[i].ID, err)
			}
		}
		if len(made) == 0 {
			return nil
		}
		return m.makeChannels(ctx, tx, made)
	})
	if err != nil {
		return fmt.Errorf("write channels of M3U account %d: %w", m.account, err)
	}
	return nil
}

func (m *M3UImport) makeChannels(ctx context.Context, tx bun.Tx, made []AutoChannel) error {
	rows := make([]*Channel, len(made))
	for i := range made {
		rows[i] = &made[i].Channel
		rows[i].AutoCreated, rows[i].AutoCreatedByID = true, m.account
		rows[i].made()
	}
	if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
		return fmt.Errorf("insert channels: %w", err)
	}
	var all []int64
	if err := tx.NewSelect().Model((*ChannelProfile)(nil)).Column("id").Scan(ctx, &all); err != nil {
		return fmt.Errorf("read the profiles: %w", err)
	}
	links := make([]ChannelStream, len(made))
	var members []ChannelProfileMembership
	for i, channel := range made {
		links[i] = ChannelStream{ChannelID: channel.ID, StreamID: channel.StreamID}
		for _, profile := range all {
			if channel.Profiles == nil || slices.Contains(channel.Profiles, profile) {
				members = append(members, ChannelProfileMembership{ChannelProfileID: profile, ChannelID: channel.ID, Enabled: true})
			}
		}
	}
	if _, err := tx.NewInsert().Model(&links).Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("insert streams of channels: %w", err)
	}
	for chunk := range slices.Chunk(members, insertChunk) {
		if _, err := tx.NewInsert().Model(&chunk).Returning("NULL").Exec(ctx); err != nil {
			return fmt.Errorf("insert memberships: %w", err)
		}
	}
	return nil
}
