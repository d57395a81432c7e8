package host

import (
	"context"
	"time"

	"github.com/pluggarr/pluggarr/host/ingest"
)

// fillEvery is how soon a channel has programmes after it was mapped to a guide.
const fillEvery = 5 * time.Second

// fillGuides brings in the programmes of channels that were mapped since their
// guide was read, until ctx ends.
func (h *Host) fillGuides(ctx context.Context) {
	filler := ingest.NewFiller(h.ingest)
	tick := time.NewTicker(fillEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := filler.Fill(ctx); err != nil && ctx.Err() == nil {
			h.cfg.Log.Warn("channels that were just mapped have no programmes yet", "error", err)
		}
	}
}
