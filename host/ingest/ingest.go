// Package ingest brings playlists and guides into the database: it downloads, reads and compares them, and writes what changed.
package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/pluggarr/pluggarr/host/store"
)

// ErrBusy is returned, wrapped, when what is to be refreshed is being refreshed already.
var ErrBusy = errors.New("a refresh is running already")

// Config is what an Ingest is made of.
type Config struct {
	// Store is where everything ends.
	Store *store.Store
	// Dir is the folder for copies of what was downloaded.
	Dir string
	// Limits bound downloads; the zero value is fit for use.
	Limits Limits
	// Log is told what nobody waits for. Nil means silence.
	Log *slog.Logger
}

// Ingest refreshes M3U accounts and EPG sources. It is safe for concurrent use.
type Ingest struct {
	store *store.Store
	fetch *Fetcher
	log   *slog.Logger

	atOnce time.Duration // how long one transaction may take where others wait for it

	mu      sync.Mutex
	running map[target]*claimed
}

// target is an account or a source.
type target struct {
	kind string
	id   int64
}

// New makes an Ingest. It starts nothing.
func New(cfg Config) (*Ingest, error) {
	fetch, err := NewFetcher(cfg.Dir, cfg.Limits)
	if err != nil {
		return nil, err
	}
	log := cfg.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Ingest{store: cfg.Store, fetch: fetch, log: log, atOnce: longWrite, running: map[target]*claimed{}}, nil
}

// Tidy removes copies of accounts and sources that are gone: they may hold
// what somebody wanted to be gone. It notes at the others that a refresh did
// not come to its end. It is for the start of the host.
func (i *Ingest) Tidy(ctx context.Context) error {
	if err := i.store.InterruptRefreshes(ctx, "the host was ended during the refresh"); err != nil {
		return err
	}
	accounts, err := store.List[store.M3UAccount](ctx, i.store, store.Query{})
	if err != nil {
		return err
	}
	sources, err := store.List[store.EPGSource](ctx, i.store, store.Query{})
	if err != nil {
		return err
	}
	there := map[string]bool{}
	for _, account := range accounts {
		there[fmt.Sprintf("m3u-%d", account.ID)] = true
	}
	for _, source := range sources {
		there[fmt.Sprintf("epg-%d", source.ID)] = true
	}
	return i.fetch.Sweep(func(name string) bool {
		part := strings.SplitN(name, "-", 3) // kind, number, and which answer of a server
		return len(part) > 1 && there[part[0]+"-"+part[1]]
	})
}

// claimed is a target that is being read.
type claimed struct {
	part bool          // not all of it: its groups, or some programmes
	over chan struct{} // closed when it is done
}

// claim says that a target is being refreshed until release is called. It
// returns ErrBusy when it is being refreshed already. When only a part of it is
// being read, all of it waits for that: whoever asked for it would miss it.
func (i *Ingest) claim(ctx context.Context, t target, part bool) (release func(), err error) {
	for {
		held, release := i.tryClaim(t, part)
		if held == nil {
			return release, nil
		}
		if part || !held.part {
			return nil, ErrBusy
		}
		select {
		case <-held.over:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// tryClaim returns who has the target, nil when it is the caller now.
func (i *Ingest) tryClaim(t target, part bool) (held *claimed, release func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if held := i.running[t]; held != nil {
		return held, nil
	}
	own := &claimed{part: part, over: make(chan struct{})}
	i.running[t] = own
	return nil, func() {
		i.mu.Lock()
		defer i.mu.Unlock()
		delete(i.running, t)
		close(own.over)
	}
}
