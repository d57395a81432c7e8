package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"
)

// overrides is the table of ChannelOverride.
const overrides = "dispatcharr_channels_channeloverride"

// ChannelOverrides returns the overrides of channels; most channels have none.
func (s *Store) ChannelOverrides(ctx context.Context, channels []int64) ([]ChannelOverride, error) {
	var all []ChannelOverride
	for chunk := range slices.Chunk(channels, insertChunk) {
		var found []ChannelOverride
		err := s.read.NewSelect().Model(&found).Where("channel_id IN (?)", bun.List(chunk)).OrderExpr("id").Scan(ctx)
		if err != nil {
			return nil, fmt.Errorf("read the overrides of channels: %w", err)
		}
		all = append(all, found...)
	}
	return all, nil
}

// SetOverrides makes rows the overrides of their channels, each in place of the
// one that the channel has; an override of nothing is deleted. All or none of
// them are kept. It returns Invalid, also for a channel that is not there or
// that is named twice.
func (s *Store) SetOverrides(ctx context.Context, rows []*ChannelOverride) error {
	err := s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := validate(ctx, tx, nil, rows...); err != nil {
			return err
		}
		there, err := overridesOf(ctx, tx, rows)
		if err != nil {
			return err
		}
		var empty []int64
		for _, row := range rows {
			switch old := there[row.ChannelID]; {
			case row.isEmpty():
				empty = append(empty, row.ChannelID)
				continue
			case old != nil:
				row.ID, row.CreatedAt, row.UpdatedAt = old.ID, old.CreatedAt, now()
				_, err = tx.NewUpdate().Model(row).WherePK().Exec(ctx)
			default:
				row.made()
				_, err = tx.NewInsert().Model(row).Exec(ctx)
			}
			if err != nil {
				return fmt.Errorf("of channel %d: %w", row.ChannelID, asInvalid(err))
			}
		}
		_, err = clearOverrides(ctx, tx, empty)
		return err
	})
	if err != nil {
		return fmt.Errorf("set overrides: %w", err)
	}
	return nil
}

// ClearOverrides deletes the overrides of channels and returns how many there
// were.
func (s *Store) ClearOverrides(ctx context.Context, channels []int64) (n int, err error) {
	err = s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		n, err = clearOverrides(ctx, tx, channels)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("clear overrides: %w", err)
	}
	return n, nil
}

func clearOverrides(ctx context.Context, tx bun.Tx, channels []int64) (int, error) {
	n := 0
	for chunk := range slices.Chunk(channels, insertChunk) {
		gone, err := deleteRows(ctx, tx, overrides, where("channel_id IN (?)", bun.List(chunk)))
		if err != nil {
			return 0, err
		}
		n += gone
	}
	return n, nil
}

// overridesOf reads what the channels of rows have, by channel.
func overridesOf(ctx context.Context, tx bun.Tx, rows []*ChannelOverride) (map[int64]*ChannelOverride, error) {
	there := make(map[int64]*ChannelOverride, len(rows))
	for chunk := range slices.Chunk(rows, insertChunk) {
		ids := make([]int64, len(chunk))
		for i, row := range chunk {
			ids[i] = row.ChannelID
			if _, twice := there[row.ChannelID]; twice {
				return nil, Invalid{{"channel_id", fmt.Sprintf("has %d twice", row.ChannelID)}}
			}
			there[row.ChannelID] = nil
		}
		var found []*ChannelOverride
		if err := holding(tx).Model(&found).Where("channel_id IN (?)", bun.List(ids)).OrderExpr("id").Scan(ctx); err != nil {
			return nil, fmt.Errorf("read: %w", err)
		}
		for _, row := range found {
			there[row.ChannelID] = row
		}
	}
	return there, nil
}

// isEmpty says that the row overrides nothing.
func (o *ChannelOverride) isEmpty() bool {
	return o.Name == "" && o.ChannelNumber == nil && o.ChannelGroupID == 0 && o.LogoID == 0 && o.TvgID == "" &&
		o.TvcGuideStationID == "" && o.EPGDataID == 0 && o.StreamProfileID == 0
}
