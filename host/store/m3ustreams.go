package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"
)

// EachStream calls do with every stream of the account that has a hash, in the
// order of their IDs. Set are the fields that a playlist can change, ID,
// StreamHash and IsStale. The stream is the same one each time: do keeps none
// of it.
func (m *M3UImport) EachStream(ctx context.Context, do func(*Stream)) error {
	rows, err := m.s.read.QueryContext(ctx, `SELECT id, stream_hash, name, COALESCE(url, ''), COALESCE(logo_url, ''),
		COALESCE(tvg_id, ''), custom_properties, is_adult, stream_id, stream_chno, COALESCE(channel_group_id, 0),
		is_catchup, catchup_days, is_stale
		FROM dispatcharr_channels_stream WHERE m3u_account_id = ? AND stream_hash IS NOT NULL ORDER BY id`, m.account)
	if err != nil {
		return fmt.Errorf("read streams of M3U account %d: %w", m.account, err)
	}
	defer rows.Close()
	var s Stream
	var properties sql.RawBytes
	for rows.Next() {
		err := rows.Scan(&s.ID, &s.StreamHash, &s.Name, &s.URL, &s.LogoURL, &s.TvgID, &properties, &s.IsAdult, &s.StreamID,
			&s.StreamChno, &s.ChannelGroupID, &s.IsCatchup, &s.CatchupDays, &s.IsStale)
		if err != nil {
			return fmt.Errorf("read streams of M3U account %d: %w", m.account, err)
		}
		s.CustomProperties = json.RawMessage(properties)
		do(&s)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read streams of M3U account %d: %w", m.account, err)
	}
	return nil
}

// StreamsByHash returns the streams with these hashes, of whatever account, in no order.
func (m *M3UImport) StreamsByHash(ctx context.Context, hashes []string) ([]Stream, error) {
	var all []Stream
	for chunk := range slices.Chunk(hashes, wideChunk) {
		var streams []Stream
		if err := m.s.read.NewSelect().Model(&streams).Where("stream_hash IN (?)", bun.List(chunk)).Scan(ctx); err != nil {
			return nil, fmt.Errorf("look for streams by hash: %w", err)
		}
		all = append(all, streams...)
	}
	return all, nil
}

// StreamChanges are what one transaction writes; some 1,000 rows at most, so
// that nobody waits for long.
type StreamChanges struct {
	// At is the start of the refresh: it becomes last_seen of all of them.
	At time.Time
	// Insert are new streams. One whose hash is there already is left as it is.
	Insert []Stream
	// Update are streams whose fields have changed; they are found by StreamHash.
	Update []Stream
	// Seen are the IDs of streams that are as they were, and not stale.
	Seen []int64
	// Back are the IDs of streams that are as they were, but stale.
	Back []int64
}

// Len is how many rows are written.
func (c *StreamChanges) Len() int { return len(c.Insert) + len(c.Update) + len(c.Seen) + len(c.Back) }

// wideChunk is how many streams, or programmes, one statement is about: the longer
// a statement is, the more memory the database takes to read it, in each thread
// that ever did.
const wideChunk = 40

// WriteStreams writes one chunk of changes and returns how many streams were inserted.
func (m *M3UImport) WriteStreams(ctx context.Context, changes *StreamChanges) (inserted int, err error) {
	at := stored(changes.At)
	err = m.s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		m.complete(changes.Insert, at)
		for chunk := range slices.Chunk(changes.Insert, wideChunk) {
			n, err := affected(tx.NewInsert().Model(&chunk).On("CONFLICT (stream_hash) DO NOTHING").Returning("NULL").Exec(ctx))
			if err != nil {
				return fmt.Errorf("insert: %w", err)
			}
			inserted += n
		}
		m.complete(changes.Update, at)
		for chunk := range slices.Chunk(changes.Update, wideChunk) {
			if err := updateStreams(ctx, tx, chunk); err != nil {
				return fmt.Errorf("update: %w", err)
			}
		}
		// Only the columns that change: each has an index of its own to keep.
		if len(changes.Seen) > 0 {
			_, err := tx.NewUpdate().Model((*Stream)(nil)).Set("last_seen = ?", at).Where("id IN (?)", bun.List(changes.Seen)).Exec(ctx)
			if err != nil {
				return fmt.Errorf("note as seen: %w", err)
			}
		}
		if len(changes.Back) > 0 {
			_, err := tx.NewUpdate().Model((*Stream)(nil)).Set("last_seen = ?", at).Set("is_stale = ?", false).
				Where("id IN (?)", bun.List(changes.Back)).Exec(ctx)
			if err != nil {
				return fmt.Errorf("note as back: %w", err)
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("write streams of M3U account %d: %w", m.account, err)
	}
	return inserted, nil
}

// updateStreams gives streams, found by their hash, what a playlist says of them.
func updateStreams(ctx context.Context, tx bun.Tx, rows []Stream) error {
	query := tx.NewInsert().Model(&rows).On("CONFLICT (stream_hash) DO UPDATE").Returning("NULL")
	for _, column := range []string{
		"name", "url", "logo_url", "tvg_id", "custom_properties", "is_adult", "stream_id", "stream_chno",
		"channel_group_id", "is_catchup", "catchup_days", "updated_at", "last_seen", "is_stale",
	} {
		query = query.Set("? = EXCLUDED.?", bun.Ident(column), bun.Ident(column))
	}
	_, err := query.Exec(ctx)
	return err //nolint:wrapcheck // WriteStreams says what for
}

// complete gives rows what every stream of a playlist has.
func (m *M3UImport) complete(rows []Stream, at time.Time) {
	updated := now()
	for i := range rows {
		row := &rows[i]
		row.M3UAccountID, row.LastSeen, row.UpdatedAt = m.account, at, updated
		row.Name, row.URL, row.LogoURL, row.TvgID = clean(row.Name), clean(row.URL), clean(row.LogoURL), clean(row.TvgID)
	}
}

// MarkStale notes that the streams with these IDs were not found.
func (m *M3UImport) MarkStale(ctx context.Context, ids []int64) error {
	_, err := m.s.write.NewUpdate().Model((*Stream)(nil)).Set("is_stale = ?", true).
		Where("id IN (?)", bun.List(ids)).Where("NOT is_stale").Exec(ctx)
	if err != nil {
		return fmt.Errorf("mark streams of M3U account %d as stale: %w", m.account, err)
	}
	return nil
}

// Surplus returns the IDs of up to limit streams of the account that are to go:
// those in groups that are not enabled, and those not seen since before.
func (m *M3UImport) Surplus(ctx context.Context, before time.Time, limit int) ([]int64, error) {
	var ids []int64
	off := m.s.read.NewSelect().Model((*ChannelGroupM3UAccount)(nil)).Column("channel_group_id").
		Where("m3u_account_id = ?", m.account).Where("NOT enabled")
	err := m.s.read.NewSelect().Model((*Stream)(nil)).Column("id").Where("m3u_account_id = ?", m.account).
		Where("(last_seen < ? OR channel_group_id IN (?))", stored(before), off).Limit(int64(limit)).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("look for streams of M3U account %d that are to go: %w", m.account, err)
	}
	return ids, nil
}

// TidyGroups marks groups that the account has not had since at as stale, takes
// those that it has not had since before from it, and deletes groups that
// thereby have neither an account nor a channel.
func (m *M3UImport) TidyGroups(ctx context.Context, at, before time.Time) error {
	err := m.s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model((*ChannelGroupM3UAccount)(nil)).Set("is_stale = ?", true).
			Where("m3u_account_id = ?", m.account).Where("last_seen < ?", stored(at)).Where("NOT is_stale").Exec(ctx)
		if err != nil {
			return fmt.Errorf("mark: %w", err)
		}
		var gone []int64
		err = tx.NewSelect().Model((*ChannelGroupM3UAccount)(nil)).Column("channel_group_id").
			Where("m3u_account_id = ?", m.account).Where("last_seen < ?", stored(before)).Scan(ctx, &gone)
		if err != nil {
			return fmt.Errorf("look for those that are gone: %w", err)
		}
		for chunk := range slices.Chunk(gone, insertChunk) {
			if err := m.dropGroups(ctx, tx, chunk); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("tidy groups of M3U account %d: %w", m.account, err)
	}
	return nil
}

func (m *M3UImport) dropGroups(ctx context.Context, tx bun.Tx, gone []int64) error {
	_, err := tx.NewDelete().Model((*ChannelGroupM3UAccount)(nil)).
		Where("m3u_account_id = ?", m.account).Where("channel_group_id IN (?)", bun.List(gone)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("take groups from the account: %w", err)
	}
	var orphans []int64
	err = tx.NewSelect().Model((*ChannelGroup)(nil)).Column("id").Where("id IN (?)", bun.List(gone)).
		Where("id NOT IN (SELECT channel_group_id FROM dispatcharr_channels_channelgroupm3uaccount)").
		Where("id NOT IN (SELECT channel_group_id FROM dispatcharr_channels_channel WHERE channel_group_id IS NOT NULL)").
		Scan(ctx, &orphans)
	if err != nil || len(orphans) == 0 {
		return err //nolint:wrapcheck // TidyGroups says what for
	}
	_, err = deleteRows(ctx, tx, "dispatcharr_channels_channelgroup", where("id IN (?)", bun.List(orphans)))
	return err
}

// RollUpCatchup copies to channels with a stream of the account whether, and
// how many days, one of their streams can be watched later.
func (m *M3UImport) RollUpCatchup(ctx context.Context) error {
	var rows []struct {
		ID   int64 `bun:"id"`
		Is   bool  `bun:"is_now"`
		Days int   `bun:"days_now"`
	}
	const of = `FROM dispatcharr_channels_channelstream cs JOIN dispatcharr_channels_stream s ON s.id = cs.stream_id AND s.is_catchup
		WHERE cs.channel_id = c.id`
	err := m.s.read.NewRaw(`SELECT id, is_now, days_now FROM (
		SELECT c.id, c.is_catchup, c.catchup_days, EXISTS (SELECT 1 `+of+`) AS is_now,
			COALESCE((SELECT MAX(s.catchup_days) `+of+`), 0) AS days_now
		FROM dispatcharr_channels_channel c WHERE c.id IN (SELECT cs.channel_id FROM dispatcharr_channels_channelstream cs
			JOIN dispatcharr_channels_stream s ON s.id = cs.stream_id WHERE s.m3u_account_id = ?)) AS rolled
		WHERE is_catchup <> is_now OR catchup_days <> days_now`, m.account).Scan(ctx, &rows)
	if err != nil {
		return fmt.Errorf("roll up catch-up of M3U account %d: %w", m.account, err)
	}
	for chunk := range slices.Chunk(rows, insertChunk) {
		err := m.s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			for _, row := range chunk {
				_, err := tx.NewUpdate().Model((*Channel)(nil)).Set("is_catchup = ?", row.Is).Set("catchup_days = ?", row.Days).
					Where("id = ?", row.ID).Exec(ctx)
				if err != nil {
					return fmt.Errorf("update channel %d: %w", row.ID, err)
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("roll up catch-up of M3U account %d: %w", m.account, err)
		}
	}
	return nil
}
