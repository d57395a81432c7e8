package ingest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/sdk/xmltv"
)

// mappedGuide is a channel of the guide that is shown.
type mappedGuide struct {
	id      int64
	arrived []place   // programmes of the guide; in the end only those that are to be inserted
	reaches time.Time // when the last of the guide's programmes ends; zero without one
	gone    []int64   // programmes that are to be deleted
}

// changes is how many rows are to be written.
func (g *mappedGuide) changes() int { return len(g.arrived) + len(g.gone) }

// programmes brings in the programmes of the channels that are shown, and
// removes those of others.
func (r *guideRefresh) programmes(ctx context.Context) error {
	r.begin("parsing_programs")
	mapped, err := r.rows.Mapped(ctx)
	if err != nil {
		return err
	}
	if len(mapped) == 0 {
		return nil
	}
	r.Mapped = len(mapped)
	r.say(Progress{Percent: 10, Message: fmt.Sprintf("Reading the programmes of %d channels", len(mapped))})
	if err := r.replace(ctx, mapped); err != nil {
		return err
	}
	return r.bitByBit(ctx, func(limit int) (int, error) { return r.rows.RemoveUnmapped(ctx, limit) })
}

// replace makes the programmes of channels those of the guide. What is the
// same as before is not touched.
func (r *guideRefresh) replace(ctx context.Context, mapped []store.EPGData) error {
	kept, err := newSpool(r.fetch.dir)
	if err != nil {
		return err
	}
	defer kept.close()
	guides, err := r.collect(ctx, kept, mapped)
	if err != nil {
		return err
	}
	if err := r.compare(ctx, guides); err != nil {
		return err
	}
	r.say(Progress{Percent: 90, Message: "Saving programmes"})
	return r.write(ctx, kept, guides)
}

// collect reads the programmes of the mapped channels into the spool.
func (r *guideRefresh) collect(ctx context.Context, kept *spool, mapped []store.EPGData) ([]*mappedGuide, error) {
	guides := make([]*mappedGuide, len(mapped))
	byID := make(map[string]*mappedGuide, len(mapped))
	for i, row := range mapped {
		guides[i] = &mappedGuide{id: row.ID}
		if row.TvgID != "" {
			byID[row.TvgID] = guides[i]
		}
	}
	options := xmltv.Options{SkipChannels: true, Wanted: func(channel string) bool {
		wanted := byID[channel] != nil
		if !wanted {
			r.Skipped++
		}
		return wanted
	}}
	err := r.read(ctx, options, func(entry xmltv.Entry, fraction float64) error {
		row, ok := r.episodes.row(entry.Programme)
		if !ok {
			r.Dropped++
			return nil
		}
		at, err := kept.add(&row)
		if err != nil {
			return err
		}
		at.print = r.rows.Fingerprint(&row)
		guide := byID[entry.Programme.Channel]
		guide.arrived = append(guide.arrived, at)
		if row.EndTime.After(guide.reaches) {
			guide.reaches = row.EndTime
		}
		if r.Programmes++; r.Programmes > maxGuideProgrammes {
			return &Failure{
				Message: fmt.Sprintf("the guide has more than %d programmes", maxGuideProgrammes), Next: "check that it is a guide", Fault: FaultSource,
			}
		}
		if r.due() {
			r.say(Progress{
				Percent: 10 + int(75*fraction), Message: fmt.Sprintf("Read %d programmes", r.Programmes),
				Details: map[string]any{"processed": r.Programmes, "channels": len(mapped)},
			})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return guides, kept.flush()
}

// compare leaves in each guide only what differs from the database.
func (r *guideRefresh) compare(ctx context.Context, guides []*mappedGuide) error {
	ids := make([]int64, len(guides))
	byID := make(map[int64]*mappedGuide, len(guides))
	for i, guide := range guides {
		ids[i], byID[guide.id] = guide.id, guide
	}
	var current *mappedGuide
	var unseen map[uint64]int // how many of the current guide's programmes were not met in the database
	done := func() {
		if current == nil {
			return
		}
		missing := current.arrived[:0]
		for _, at := range current.arrived {
			if unseen[at.print] > 0 {
				unseen[at.print]--
				missing = append(missing, at)
			}
		}
		current.arrived = missing
	}
	err := r.rows.EachProgramme(ctx, ids, func(p *store.Programme) {
		guide := byID[p.EPGID]
		if guide != current {
			done()
			current = guide
			unseen = make(map[uint64]int, len(guide.arrived))
			for _, at := range guide.arrived {
				unseen[at.print]++
			}
		}
		if print := r.rows.Fingerprint(p); unseen[print] > 0 {
			unseen[print]--
		} else if !r.cut || p.StartTime.Before(guide.reaches) {
			guide.gone = append(guide.gone, p.ID)
		}
	})
	done()
	return err
}

// errSlow is why one transaction is given up for several: it held others up.
var errSlow = errors.New("the changes take too long for one transaction")

// write makes the changes: in one transaction, or channel by channel where
// that would hold others up, or does.
func (r *guideRefresh) write(ctx context.Context, kept *spool, guides []*mappedGuide) error {
	changes := 0
	for _, guide := range guides {
		changes += guide.changes()
		r.Added, r.Removed = r.Added+len(guide.arrived), r.Removed+len(guide.gone)
	}
	if changes == 0 {
		return nil
	}
	limit := r.rows.AtOnce()
	if limit > 0 && changes > limit {
		return r.writeInto(ctx, r.rows, kept, guides)
	}
	err := r.pacer.write(ctx, func() error {
		if limit > 0 {
			r.until = time.Now().Add(r.atOnce)
		}
		tx, err := r.store.Begin(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }() // what is left to do after an error, and nothing after Commit
		if err := r.writeInto(ctx, r.rows.In(tx), kept, guides); err != nil {
			return err
		}
		return tx.Commit()
	})
	if errors.Is(err, errSlow) {
		return r.writeInto(ctx, r.rows, kept, guides)
	}
	return err
}

// insertion is a programme that is to be inserted.
type insertion struct {
	place
	channel int64
}

// step is what one transaction changes.
type step struct {
	gone    []int64
	arrived []insertion
}

func (s *step) len() int { return len(s.gone) + len(s.arrived) }

// writeInto makes the changes in steps, each of whole channels unless one is
// very large.
func (r *guideRefresh) writeInto(ctx context.Context, rows *store.EPGImport, kept *spool, guides []*mappedGuide) error {
	var next step
	for _, guide := range guides {
		limit := r.pacer.limit()
		if next.len()+guide.changes() > limit {
			if err := r.apply(ctx, rows, kept, &next); err != nil {
				return err
			}
		}
		whole := guide.changes() <= 2*chunkRows
		for _, id := range guide.gone {
			next.gone = append(next.gone, id)
			if !whole && next.len() >= limit {
				if err := r.apply(ctx, rows, kept, &next); err != nil {
					return err
				}
			}
		}
		for _, at := range guide.arrived {
			next.arrived = append(next.arrived, insertion{at, guide.id})
			if !whole && next.len() >= limit {
				if err := r.apply(ctx, rows, kept, &next); err != nil {
					return err
				}
			}
		}
	}
	return r.apply(ctx, rows, kept, &next)
}

// apply makes the changes of a step and empties it.
func (r *guideRefresh) apply(ctx context.Context, rows *store.EPGImport, kept *spool, next *step) error {
	if next.len() == 0 {
		return nil
	}
	arrived := make([]store.Programme, 0, len(next.arrived))
	for _, at := range next.arrived {
		row, err := kept.read(at.place)
		if err != nil {
			return err
		}
		row.EPGID = at.channel
		arrived = append(arrived, row)
	}
	replace := func() error { return rows.ReplaceProgrammes(ctx, next.gone, arrived) }
	var err error
	switch {
	case rows == r.rows:
		err = r.pacer.write(ctx, replace)
	case !r.until.IsZero() && time.Now().After(r.until):
		err = errSlow
	default:
		err = replace() // within one transaction nobody could use a pause
	}
	if err != nil {
		return err
	}
	next.gone, next.arrived = next.gone[:0], next.arrived[:0]
	return nil
}
