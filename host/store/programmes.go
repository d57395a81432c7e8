package store

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"slices"
	"time"

	"github.com/uptrace/bun"
)

// programmesAtOnce is how many rows of programmes one transaction on SQLite
// may change, so that nobody who wants to write waits for long.
const programmesAtOnce = 6000

// AtOnce is how many programmes one transaction may delete and insert without
// holding others up, 0 for any number: on PostgreSQL nobody waits.
func (m *EPGImport) AtOnce() int {
	if m.s.isPostgres() {
		return 0
	}
	return programmesAtOnce
}

// Fingerprint is the same for two programmes whose columns are the same but
// for ID and EPGID. It holds for this import only.
func (m *EPGImport) Fingerprint(p *Programme) uint64 {
	var h maphash.Hash
	h.SetSeed(m.seed)
	for _, t := range []time.Time{p.StartTime, p.EndTime} {
		maphash.WriteComparable(&h, t.UnixMicro())
	}
	for _, text := range []string{p.Title, p.SubTitle, p.Description, p.TvgID, p.ProgramID} {
		_, _ = h.WriteString(text) // it never fails
		_ = h.WriteByte(0)
	}
	properties := []byte(p.CustomProperties)
	if m.s.isPostgres() {
		properties = canonical(properties)
	}
	_, _ = h.Write(properties)
	return h.Sum64()
}

// canonical is JSON in one form, whatever jsonb made of its order and spaces.
func canonical(text []byte) []byte {
	var value any
	if len(text) == 0 || json.Unmarshal(text, &value) != nil {
		return text
	}
	same, err := json.Marshal(value)
	if err != nil {
		return text
	}
	return same
}

// EachProgramme calls do with the programmes of channels of the guide, those
// of one channel after each other. The programme is the same one each time: do
// keeps none of it.
func (m *EPGImport) EachProgramme(ctx context.Context, channels []int64, do func(*Programme)) error {
	for chunk := range slices.Chunk(channels, insertChunk) {
		if err := m.programmesOf(ctx, chunk, do); err != nil {
			return fmt.Errorf("read programmes of EPG source %d: %w", m.source, err)
		}
	}
	return nil
}

func (m *EPGImport) programmesOf(ctx context.Context, channels []int64, do func(*Programme)) error {
	rows, err := m.s.read.QueryContext(ctx, `SELECT id, epg_id, start_time, end_time, title, COALESCE(sub_title, ''),
		COALESCE(description, ''), COALESCE(tvg_id, ''), COALESCE(program_id, ''), custom_properties
		FROM epg_programdata WHERE epg_id IN (?) ORDER BY epg_id, id`, bun.List(channels))
	if err != nil {
		return err //nolint:wrapcheck // EachProgramme says what it was for
	}
	defer rows.Close()
	for rows.Next() {
		var p Programme
		var properties []byte
		err := rows.Scan(&p.ID, &p.EPGID, &p.StartTime, &p.EndTime, &p.Title, &p.SubTitle, &p.Description, &p.TvgID,
			&p.ProgramID, &properties)
		if err != nil {
			return err //nolint:wrapcheck // as above
		}
		p.CustomProperties = properties
		do(&p)
	}
	return rows.Err() //nolint:wrapcheck // as above
}

// Fit is the programme as its columns hold it.
func (p *Programme) Fit() {
	p.StartTime, p.EndTime = stored(p.StartTime), stored(p.EndTime)
	p.Title = cut(clean(p.Title), nameWidth)
	p.SubTitle, p.Description, p.TvgID = clean(p.SubTitle), clean(p.Description), clean(p.TvgID)
}

// ReplaceProgrammes deletes the programmes with these IDs and inserts others,
// which have to be [Programme.Fit]; all of it or nothing.
func (m *EPGImport) ReplaceProgrammes(ctx context.Context, gone []int64, arrived []Programme) error {
	err := m.s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		for chunk := range slices.Chunk(gone, insertChunk) {
			_, err := tx.NewDelete().Model((*Programme)(nil)).Where("id IN (?)", bun.List(chunk)).Exec(ctx)
			if err != nil {
				return fmt.Errorf("delete: %w", err)
			}
		}
		for chunk := range slices.Chunk(arrived, wideChunk) {
			if _, err := tx.NewInsert().Model(&chunk).Returning("NULL").Exec(ctx); err != nil {
				return fmt.Errorf("insert: %w", err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("replace programmes of EPG source %d: %w", m.source, err)
	}
	return nil
}

// RemoveUnmapped deletes up to limit programmes of channels of the guide that
// no channel of the lineup shows, and returns how many there were.
func (m *EPGImport) RemoveUnmapped(ctx context.Context, limit int) (int, error) {
	return m.removeProgrammes(ctx, m.s.read.NewSelect().Model((*EPGData)(nil)).Column("id").
		Where("epg_source_id = ?", m.source).Where("NOT "+inUse), limit)
}

// RemoveProgrammes deletes up to limit programmes of channels of the guide,
// and returns how many there were.
func (m *EPGImport) RemoveProgrammes(ctx context.Context, channels []int64, limit int) (int, error) {
	return m.removeProgrammes(ctx, bun.List(channels), limit)
}

func (m *EPGImport) removeProgrammes(ctx context.Context, channels any, limit int) (int, error) {
	var ids []int64
	err := m.s.read.NewSelect().Model((*Programme)(nil)).Column("id").Where("epg_id IN (?)", channels).
		Limit(int64(limit)).Scan(ctx, &ids)
	if err != nil {
		return 0, fmt.Errorf("look for programmes of EPG source %d that are to go: %w", m.source, err)
	}
	if len(ids) == 0 {
		return 0, nil
	}
	return len(ids), m.ReplaceProgrammes(ctx, ids, nil)
}

// Unfilled returns the channels of guides that a channel of the lineup shows
// and that have no programmes, of active XMLTV sources that were read before.
func (s *Store) Unfilled(ctx context.Context) ([]EPGData, error) {
	var rows []EPGData
	err := s.read.NewSelect().Model(&rows).Where(inUse).
		Where("NOT EXISTS (SELECT 1 FROM epg_programdata p WHERE p.epg_id = epg_data.id)").
		Where(`epg_source_id IN (SELECT id FROM epg_epgsource WHERE is_active AND source_type = ? AND updated_at IS NOT NULL)`, SourceXMLTV).
		Order("epg_source_id", "id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for channels without programmes: %w", err)
	}
	return rows, nil
}
