package ingest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/sdk/xmltv"
)

// Bounds of a guide, far above any that is real.
const (
	maxGuideChannels   = 500_000
	maxGuideProgrammes = 10_000_000
)

// Widths of the columns of a channel, in characters.
const (
	channelNameWidth = 512
	iconWidth        = 500
)

// channels brings in the channels of the guide.
func (r *guideRefresh) channels(ctx context.Context) error {
	r.begin("parsing_channels")
	found := map[string]store.EPGData{}
	err := r.read(ctx, xmltv.Options{SkipProgrammes: true}, func(entry xmltv.Entry, fraction float64) error {
		if row, ok := channelRow(entry.Channel); ok {
			found[row.TvgID] = row
		}
		if len(found) > maxGuideChannels {
			return &Failure{
				Message: fmt.Sprintf("the guide has more than %d channels", maxGuideChannels), Next: "check that it is a guide", Fault: FaultSource,
			}
		}
		if r.due() {
			r.say(Progress{Percent: int(25 * fraction)})
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.Channels = len(found)
	r.say(Progress{Percent: 25, Details: map[string]any{"total_channels": len(found)}})
	if err := r.saveChannels(ctx, found); err != nil {
		return err
	}
	r.say(Progress{Percent: 100, Status: store.StatusSuccess, Details: map[string]any{"channels_count": len(found)}})
	return r.logos(ctx)
}

// channelRow is a channel of a guide as a row, false for one that nothing can
// be mapped to.
func channelRow(c *xmltv.Channel) (store.EPGData, bool) {
	id := strings.TrimSpace(c.ID)
	if id == "" || utf8.RuneCountInString(id) > tvgIDWidth {
		return store.EPGData{}, false
	}
	row := store.EPGData{TvgID: id, Name: id}
	for _, name := range c.Names {
		if text := strings.TrimSpace(name.Value); text != "" {
			row.Name = cut(text, channelNameWidth)
			break
		}
	}
	for _, icon := range c.Icons {
		if icon.Source != "" && utf8.RuneCountInString(icon.Source) <= iconWidth {
			row.IconURL = icon.Source
			break
		}
	}
	return row, true
}

// saveChannels writes the channels that are new or have changed, and removes
// those that the guide has no longer.
func (r *guideRefresh) saveChannels(ctx context.Context, found map[string]store.EPGData) error {
	before, err := r.rows.Channels(ctx)
	if err != nil {
		return err
	}
	var gone []int64
	for _, old := range before {
		now, there := found[old.TvgID]
		switch {
		case !there:
			gone = append(gone, old.ID)
		case now.Name == old.Name && now.IconURL == old.IconURL:
			delete(found, old.TvgID)
		}
	}
	changed := slices.SortedFunc(maps.Values(found), func(a, b store.EPGData) int { return strings.Compare(a.TvgID, b.TvgID) })
	done := 0
	for done < len(changed) {
		chunk := changed[done:min(len(changed), done+r.pacer.limit())]
		if err := r.pacer.write(ctx, func() error { return r.rows.SaveChannels(ctx, chunk) }); err != nil {
			return err
		}
		done += len(chunk)
		if r.due() {
			r.say(Progress{Percent: 25 + 70*done/len(changed), Details: map[string]any{"processed": done, "total": len(changed)}})
		}
	}
	if r.cut {
		return nil // who knows what the rest of the guide holds
	}
	return r.removeChannels(ctx, gone)
}

// removeChannels removes channels, unless a channel of the lineup has one as
// its own; their programmes go first, because there may be many.
func (r *guideRefresh) removeChannels(ctx context.Context, gone []int64) error {
	mapped, err := r.rows.Mapped(ctx)
	if err != nil {
		return err
	}
	kept := map[int64]bool{}
	for _, row := range mapped {
		kept[row.ID] = true
	}
	for chunk := range slices.Chunk(gone, 500) {
		// Those that only an override names go too, but they are few.
		unmapped := slices.DeleteFunc(slices.Clone(chunk), func(id int64) bool { return kept[id] })
		err := r.bitByBit(ctx, func(limit int) (int, error) { return r.rows.RemoveProgrammes(ctx, unmapped, limit) })
		if err != nil {
			return err
		}
		err = r.pacer.write(ctx, func() error {
			_, err := r.rows.RemoveChannels(ctx, chunk)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// logos gives channels of the lineup the icons of the guide, where the source
// asks for it.
func (r *guideRefresh) logos(ctx context.Context) error {
	var options struct {
		AutoApplyEPGLogos bool `json:"auto_apply_epg_logos"`
	}
	decode(r.source.CustomProperties, &options)
	if !options.AutoApplyEPGLogos {
		return nil
	}
	return r.bitByBit(ctx, func(limit int) (int, error) { return r.rows.ApplyLogos(ctx, limit) })
}

// bitByBit calls step, which is one transaction of up to limit rows and says
// how many there were, until there is nothing left to do.
func (r *guideRefresh) bitByBit(ctx context.Context, step func(limit int) (int, error)) error {
	for {
		n := 0
		err := r.pacer.write(ctx, func() (err error) {
			n, err = step(r.pacer.limit())
			return err
		})
		if n == 0 || err != nil {
			return err
		}
	}
}
