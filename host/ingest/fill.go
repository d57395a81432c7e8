package ingest

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/pluggarr/pluggarr/host/store"
)

// Filler brings in the programmes of channels that were mapped since their
// guide was read, whoever mapped them: a person, a refresh, or a plugin that
// writes to the database itself. It is for one goroutine.
type Filler struct {
	in *Ingest
	// tried holds, by EPGData, when the source was read that had nothing for it, or could not be read again.
	tried map[int64]time.Time
}

// NewFiller returns a filler that uses the copies of guides of in.
func NewFiller(in *Ingest) *Filler { return &Filler{in, map[int64]time.Time{}} }

// Fill looks once. Each guide is read once for all its channels; what a guide
// has nothing for is looked for again after the guide's next refresh. Sources
// that are being refreshed are left for the next time.
func (f *Filler) Fill(ctx context.Context) error {
	rows, err := f.in.store.Unfilled(ctx)
	if err != nil {
		return err
	}
	empty := map[int64]bool{}
	bySource := map[int64][]store.EPGData{}
	for _, row := range rows {
		empty[row.ID] = true
		bySource[row.EPGSourceID] = append(bySource[row.EPGSourceID], row)
	}
	for id := range f.tried {
		if !empty[id] {
			delete(f.tried, id)
		}
	}
	var failed error
	for source, rows := range bySource {
		if err := f.fill(ctx, source, rows); err != nil && !errors.Is(err, ErrBusy) {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

// fill brings in the programmes of channels of one guide.
func (f *Filler) fill(ctx context.Context, source int64, rows []store.EPGData) error {
	release, err := f.in.claim(ctx, target{TypeEPG, source}, true)
	if err != nil {
		return err
	}
	defer release()
	r, err := f.in.guideRefresh(ctx, source, nil)
	if err != nil {
		return err
	}
	var wanted []store.EPGData
	for _, row := range rows {
		if at, tried := f.tried[row.ID]; !tried || !at.Equal(r.source.UpdatedAt) {
			wanted = append(wanted, row)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	r.content, err = r.fetch.Copy(r.where())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = nil // the next refresh brings a copy
	case err == nil:
		err = r.replace(ctx, wanted)
	}
	if _, bad := errors.AsType[*Failure](err); err == nil || bad { // only another copy will do
		for _, row := range wanted {
			f.tried[row.ID] = r.source.UpdatedAt
		}
	}
	return err
}
