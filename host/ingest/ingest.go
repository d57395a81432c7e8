// Package ingest brings playlists and guides into the database: it downloads, reads and compares them, and writes what changed.
package ingest

import (
	"errors"
	"log/slog"
	"sync"

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

	mu      sync.Mutex
	running map[target]bool
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
	return &Ingest{store: cfg.Store, fetch: fetch, log: log, running: map[target]bool{}}, nil
}

// Close ends connections that are kept for later. Refreshes end with their contexts.
func (i *Ingest) Close() { i.fetch.Close() }

// claim says that a target is being refreshed until release is called. It
// returns ErrBusy when it is being refreshed already.
func (i *Ingest) claim(kind string, id int64) (release func(), err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	t := target{kind, id}
	if i.running[t] {
		return nil, ErrBusy
	}
	i.running[t] = true
	return func() {
		i.mu.Lock()
		defer i.mu.Unlock()
		delete(i.running, t)
	}, nil
}
