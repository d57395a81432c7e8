package store

import (
	"context"
	"fmt"
	"hash/maphash"
	"slices"

	"github.com/uptrace/bun"
)

// EPGImport is what a refresh of one EPG source reads and writes. Each of its
// methods that write is one short transaction, or part of the open one: who
// calls them in a loop lets others write in between.
type EPGImport struct {
	s      *Store
	source int64
	seed   maphash.Seed
}

// EPGImport returns the import of the source with this ID.
func (s *Store) EPGImport(source int64) *EPGImport { return &EPGImport{s, source, maphash.MakeSeed()} }

// In is the same import, as part of an open transaction.
func (m *EPGImport) In(tx *Tx) *EPGImport { return &EPGImport{tx.Store, m.source, m.seed} }

// EPGSetup is what a refresh must know before it begins.
type EPGSetup struct {
	// Source is the source that is refreshed.
	Source EPGSource
	// UserAgent is how downloads call themselves; may be empty.
	UserAgent string
}

// Setup reads what a refresh must know. It returns ErrNotFound when there is
// no such source.
func (m *EPGImport) Setup(ctx context.Context) (*EPGSetup, error) {
	source, err := find[EPGSource](ctx, m.s.read, m.source)
	if err != nil {
		return nil, fmt.Errorf("read EPG source %d: %w", m.source, err)
	}
	agent, err := m.s.DefaultUserAgent(ctx)
	return &EPGSetup{Source: *source, UserAgent: agent}, err
}

// SetStatus notes what a refresh is doing, or how it ended: a Status constant.
// An empty message leaves the last one. StatusSuccess sets updated_at too. It
// returns ErrNotFound when the source is gone.
func (m *EPGImport) SetStatus(ctx context.Context, status, message string) error {
	query := m.s.write.NewUpdate().Model((*EPGSource)(nil)).Set("status = ?", status).Where("id = ?", m.source)
	if message != "" {
		query = query.Set("last_message = ?", clean(message))
	}
	if status == StatusSuccess {
		query = query.Set("updated_at = ?", now())
	}
	if err := existing(query.Exec(ctx)); err != nil {
		return fmt.Errorf("note the status of EPG source %d: %w", m.source, err)
	}
	return nil
}

// Channels returns all channels of the source's guide, in the order of their IDs.
func (m *EPGImport) Channels(ctx context.Context) ([]EPGData, error) {
	var rows []EPGData
	if err := m.s.read.NewSelect().Model(&rows).Where("epg_source_id = ?", m.source).Order("id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read the channels of EPG source %d: %w", m.source, err)
	}
	return rows, nil
}

// inUse is the condition for EPGData that channels show: a channel's own, or
// one that somebody set for it.
const inUse = `(id IN (SELECT epg_data_id FROM dispatcharr_channels_channel WHERE epg_data_id IS NOT NULL)
	OR id IN (SELECT epg_data_id FROM dispatcharr_channels_channeloverride WHERE epg_data_id IS NOT NULL))`

// Mapped returns the channels of the source's guide that a channel of the
// lineup shows, in the order of their IDs.
func (m *EPGImport) Mapped(ctx context.Context) ([]EPGData, error) {
	var rows []EPGData
	err := m.s.read.NewSelect().Model(&rows).Where("epg_source_id = ?", m.source).Where(inUse).Order("id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the mapped channels of EPG source %d: %w", m.source, err)
	}
	return rows, nil
}

// IsMapped says whether a channel of the lineup shows this channel of the guide.
func (m *EPGImport) IsMapped(ctx context.Context, channel int64) (bool, error) {
	mapped, err := m.s.read.NewSelect().Model((*EPGData)(nil)).Where("id = ?", channel).Where(inUse).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("look whether EPG data %d is mapped: %w", channel, err)
	}
	return mapped, nil
}

// SaveChannels makes channels of the guide, or gives those that there are
// their new name and icon; some 1,000 at a time. They are told by TvgID, which
// must not be there twice.
func (m *EPGImport) SaveChannels(ctx context.Context, rows []EPGData) error {
	for i := range rows {
		row := &rows[i]
		row.ID, row.EPGSourceID = 0, m.source
		row.TvgID, row.Name, row.IconURL = clean(row.TvgID), clean(row.Name), clean(row.IconURL)
	}
	err := m.s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		for chunk := range slices.Chunk(rows, insertChunk) {
			_, err := tx.NewInsert().Model(&chunk).On("CONFLICT (tvg_id, epg_source_id) DO UPDATE").
				Set("name = EXCLUDED.name").Set("icon_url = EXCLUDED.icon_url").Returning("NULL").Exec(ctx)
			if err != nil {
				return fmt.Errorf("insert: %w", err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("save channels of EPG source %d: %w", m.source, err)
	}
	return nil
}

// RemoveChannels deletes channels of the guide that no channel of the lineup
// has as its own, and returns how many there were; some 500 at a time, after
// their programmes. What somebody set for a channel does not keep them.
func (m *EPGImport) RemoveChannels(ctx context.Context, ids []int64) (int, error) {
	n := 0
	err := m.s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var err error
		n, err = deleteRows(ctx, tx, "epg_epgdata", where(`id IN (?) AND epg_source_id = ? AND id NOT IN (SELECT epg_data_id
			FROM dispatcharr_channels_channel WHERE epg_data_id IS NOT NULL)`, bun.List(ids), m.source))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("remove channels of EPG source %d: %w", m.source, err)
	}
	return n, nil
}

// ApplyLogos gives up to limit channels of the lineup, whose guide is this
// source's, the icon of the guide as their logo, and returns how many had another.
func (m *EPGImport) ApplyLogos(ctx context.Context, limit int) (int, error) {
	var found []struct {
		Channel int64
		Name    string
		IconURL string
	}
	err := m.s.read.NewRaw(`SELECT c.id AS channel, e.name, e.icon_url FROM dispatcharr_channels_channel c
		JOIN epg_epgdata e ON e.id = c.epg_data_id LEFT JOIN dispatcharr_channels_logo l ON l.id = c.logo_id
		WHERE e.epg_source_id = ? AND e.icon_url <> '' AND (l.url IS NULL OR l.url <> e.icon_url) ORDER BY c.id LIMIT ?`,
		m.source, limit).Scan(ctx, &found)
	if err != nil {
		return 0, fmt.Errorf("look for logos of EPG source %d: %w", m.source, err)
	}
	if len(found) == 0 {
		return 0, nil
	}
	err = m.s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		for _, f := range found {
			logo := Logo{Name: cut(f.Name, nameWidth), URL: f.IconURL}
			if _, err := tx.NewInsert().Model(&logo).On("CONFLICT (url) DO NOTHING").Returning("NULL").Exec(ctx); err != nil {
				return fmt.Errorf("insert a logo: %w", err)
			}
			_, err := tx.NewRaw(`UPDATE dispatcharr_channels_channel SET updated_at = ?,
				logo_id = (SELECT id FROM dispatcharr_channels_logo WHERE url = ?) WHERE id = ?`, now(), f.IconURL, f.Channel).Exec(ctx)
			if err != nil {
				return fmt.Errorf("set the logo of channel %d: %w", f.Channel, err)
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("apply the logos of EPG source %d: %w", m.source, err)
	}
	return len(found), nil
}
