package store

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/uptrace/bun"
)

// drainChunk is how many rows one transaction of drainRows deletes.
const drainChunk = 1500

// SetChannelStreams makes streams, in this order, those that feed a channel. A
// channel without a TvgID gets that of its first new stream. It returns
// ErrNotFound when there is no such channel, and Invalid.
func (s *Store) SetChannelStreams(ctx context.Context, channel int64, streams []int64) error {
	err := s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		row, err := find[Channel](ctx, tx, channel)
		if err != nil {
			return err
		}
		var had []int64
		err = tx.NewSelect().Model((*ChannelStream)(nil)).Column("stream_id").Where("channel_id = ?", channel).Scan(ctx, &had)
		if err != nil {
			return fmt.Errorf("read its streams: %w", err)
		}
		if _, err := deleteRows(ctx, tx, "dispatcharr_channels_channelstream", where("channel_id = ?", channel)); err != nil {
			return err
		}
		if err := insertChannelStreams(ctx, tx, channel, streams); err != nil {
			return err
		}
		added := slices.IndexFunc(streams, func(id int64) bool { return !slices.Contains(had, id) })
		if row.TvgID == "" && added >= 0 {
			_, err := tx.NewRaw(`UPDATE dispatcharr_channels_channel SET tvg_id = (SELECT NULLIF(tvg_id, '')
				FROM dispatcharr_channels_stream WHERE id = ?) WHERE id = ?`, streams[added], channel).Exec(ctx)
			if err != nil {
				return fmt.Errorf("take over the guide's name: %w", err)
			}
		}
		return rollUpCatchup(ctx, tx, []int64{channel})
	})
	if err != nil {
		return fmt.Errorf("set the streams of channel %d: %w", channel, err)
	}
	return nil
}

func insertChannelStreams(ctx context.Context, tx bun.Tx, channel int64, streams []int64) error {
	rows := make([]*ChannelStream, len(streams))
	for i, id := range streams {
		if slices.Contains(streams[:i], id) {
			return Invalid{{"streams", fmt.Sprintf("has %d twice", id)}}
		}
		rows[i] = &ChannelStream{ChannelID: channel, StreamID: id, Order: i}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := validate(ctx, tx, nil, rows...); err != nil {
		return err
	}
	if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
		return fmt.Errorf("insert: %w", err)
	}
	return nil
}

// ChannelStreams returns the ids of the streams of channels, by channel, each
// in order.
func (s *Store) ChannelStreams(ctx context.Context, channels []int64) (map[int64][]int64, error) {
	found := make(map[int64][]int64, len(channels))
	for chunk := range slices.Chunk(channels, insertChunk) {
		var rows []ChannelStream
		err := s.read.NewSelect().Model(&rows).Where("channel_id IN (?)", bun.List(chunk)).
			OrderExpr(`channel_id, "order", id`).Scan(ctx)
		if err != nil {
			return nil, fmt.Errorf("read the streams of channels: %w", err)
		}
		for _, row := range rows {
			found[row.ChannelID] = append(found[row.ChannelID], row.StreamID)
		}
	}
	return found, nil
}

// SetMemberships puts channels into a profile, where true, or takes them out.
// Other channels stay as they are. It returns Invalid when the profile or a
// channel does not exist.
func (s *Store) SetMemberships(ctx context.Context, profile int64, in map[int64]bool) error {
	rows := make([]*ChannelProfileMembership, 0, len(in))
	for _, channel := range slices.Sorted(maps.Keys(in)) {
		rows = append(rows, &ChannelProfileMembership{ChannelProfileID: profile, ChannelID: channel, Enabled: in[channel]})
	}
	if len(rows) == 0 {
		return nil
	}
	err := s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := validate(ctx, tx, nil, rows...); err != nil {
			return err
		}
		for chunk := range slices.Chunk(rows, insertChunk) {
			_, err := tx.NewInsert().Model(&chunk).On("CONFLICT (channel_profile_id, channel_id) DO UPDATE").
				Set("enabled = EXCLUDED.enabled").Returning("NULL").Exec(ctx)
			if err != nil {
				return fmt.Errorf("insert: %w", err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("set the channels of profile %d: %w", profile, err)
	}
	return nil
}

// ProfileChannels returns the ids of the channels that are in a profile.
func (s *Store) ProfileChannels(ctx context.Context, profile int64) ([]int64, error) {
	ids := []int64{}
	err := s.read.NewSelect().Model((*ChannelProfileMembership)(nil)).Column("channel_id").
		Where("channel_profile_id = ? AND enabled", profile).Order("channel_id").Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("read the channels of profile %d: %w", profile, err)
	}
	return ids, nil
}

// UserProfiles returns the ids of the profiles whose channels a user sees; none
// means all channels.
func (s *Store) UserProfiles(ctx context.Context, user int64) ([]int64, error) {
	ids := []int64{}
	err := s.read.NewSelect().Table("accounts_user_channel_profiles").Column("channelprofile_id").
		Where("user_id = ?", user).Order("channelprofile_id").Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("read the profiles of user %d: %w", user, err)
	}
	return ids, nil
}

// SetUserProfiles makes profiles those whose channels a user sees. It returns
// Invalid when a profile or the user does not exist.
func (s *Store) SetUserProfiles(ctx context.Context, user int64, profiles []int64) error {
	rows := make([]*userProfile, len(profiles))
	for i, id := range profiles {
		rows[i] = &userProfile{UserID: user, ProfileID: id}
	}
	err := s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if _, err := deleteRows(ctx, tx, "accounts_user_channel_profiles", where("user_id = ?", user)); err != nil {
			return err
		}
		if len(rows) == 0 {
			return nil
		}
		if err := validate(ctx, tx, nil, rows...); err != nil {
			return err
		}
		_, err := tx.NewInsert().Model(&rows).Exec(ctx)
		return asInvalid(err)
	})
	if err != nil {
		return fmt.Errorf("set the profiles of user %d: %w", user, err)
	}
	return nil
}

// userProfile is a row of accounts_user_channel_profiles.
type userProfile struct {
	bun.BaseModel `bun:"table:accounts_user_channel_profiles"`

	ID        int64 `bun:"id,pk,autoincrement"`
	UserID    int64 `bun:"user_id"`
	ProfileID int64 `bun:"channelprofile_id"`
}

// NextChannelNumber is the lowest whole number from start on that no channel
// has, overridden or not.
func (s *Store) NextChannelNumber(ctx context.Context, start int) (int, error) {
	var taken []float64
	err := s.read.NewRaw(`SELECT channel_number FROM dispatcharr_channels_channel WHERE channel_number >= ?0
		UNION SELECT channel_number FROM dispatcharr_channels_channeloverride WHERE channel_number >= ?0 ORDER BY 1`, start).Scan(ctx, &taken)
	if err != nil {
		return 0, fmt.Errorf("read the channel numbers: %w", err)
	}
	next := start
	for _, number := range taken {
		if number == float64(next) {
			next++
		}
	}
	return next, nil
}

// rollUpCatchup sets the catch-up columns of channels from their streams.
func rollUpCatchup(ctx context.Context, tx bun.IDB, channels []int64) error {
	for chunk := range slices.Chunk(channels, insertChunk) {
		_, err := tx.NewRaw(`UPDATE dispatcharr_channels_channel SET is_catchup = streams.days IS NOT NULL, catchup_days = COALESCE(streams.days, 0)
			FROM (SELECT c.id, (SELECT max(s.catchup_days) FROM dispatcharr_channels_channelstream cs
					JOIN dispatcharr_channels_stream s ON s.id = cs.stream_id AND s.is_catchup WHERE cs.channel_id = c.id) AS days
				FROM dispatcharr_channels_channel c WHERE c.id IN (?)) streams
			WHERE streams.id = dispatcharr_channels_channel.id`, bun.List(chunk)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("roll up catch-up: %w", err)
		}
	}
	return nil
}

// drainRows deletes the rows that those means with all that names them, a
// chunk in each transaction.
func drainRows[T any](ctx context.Context, s *Store, those condition) error {
	name := tableOf(s.write, reflect.TypeFor[T]()).Name
	for {
		var ids []int64
		err := s.write.NewSelect().Model((*T)(nil)).Column("id").Where(those.sql, those.args...).Limit(drainChunk).Scan(ctx, &ids)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		if len(ids) == 0 {
			return nil
		}
		err = s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			_, err := deleteRows(ctx, tx, name, where("id IN (?)", bun.List(ids)))
			return err
		})
		if err != nil {
			return err //nolint:wrapcheck // deleteRows says what it did
		}
	}
}

// LogoFor returns the id of the logo at address, which is made by that name
// when there is none; 0 for an empty address.
func (s *Store) LogoFor(ctx context.Context, name, address string) (int64, error) {
	if address == "" {
		return 0, nil
	}
	rows, err := List[Logo](ctx, s, Query{Is: map[string][]any{"url": {clean(address)}}, Limit: 1})
	if err != nil {
		return 0, err
	}
	if len(rows) > 0 {
		return rows[0].ID, nil
	}
	logo := &Logo{Name: cut(name, nameWidth), URL: address}
	if err := Create(ctx, s, logo); err != nil {
		return 0, err
	}
	return logo.ID, nil
}

// GuideFor returns the id of the EPGData with exactly this tvg_id, of several
// that of the active source with the highest priority; 0 when there is none.
func (s *Store) GuideFor(ctx context.Context, tvgID string) (int64, error) {
	var ids []int64
	if tvgID == "" {
		return 0, nil
	}
	err := s.read.NewRaw(`SELECT d.id FROM epg_epgdata d JOIN epg_epgsource s ON s.id = d.epg_source_id
		WHERE d.tvg_id = ? AND s.is_active ORDER BY s.priority DESC, d.id LIMIT 1`, clean(tvgID)).Scan(ctx, &ids)
	if err != nil {
		return 0, fmt.Errorf("find %q in the guides: %w", tvgID, err)
	}
	return slices.Concat(ids, []int64{0})[0], nil
}

// StreamCounts is how many streams each account has, by account.
func (s *Store) StreamCounts(ctx context.Context) (map[int64]int, error) {
	return s.counts(ctx, (*Stream)(nil), "m3u_account_id")
}

// GuideCounts is how many channels each source has, by source.
func (s *Store) GuideCounts(ctx context.Context) (map[int64]int, error) {
	return s.counts(ctx, (*EPGData)(nil), "epg_source_id")
}

// counts is how many rows there are by the value of a column.
func (s *Store) counts(ctx context.Context, row any, column string) (map[int64]int, error) {
	var found []struct {
		ID    int64 `bun:"id"`
		Count int   `bun:"count"`
	}
	err := s.read.NewSelect().Model(row).ColumnExpr("? AS id, count(*) AS count", bun.Ident(column)).
		Where("? IS NOT NULL", bun.Ident(column)).GroupExpr("?", bun.Ident(column)).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("count by %s: %w", column, err)
	}
	counts := make(map[int64]int, len(found))
	for _, row := range found {
		counts[row.ID] = row.Count
	}
	return counts, nil
}
