package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// ErrNoPicture is returned, wrapped, when an address has no picture that may be
// shown, or its server does not answer.
var ErrNoPicture = errors.New("there is no picture")

const (
	pictureFresh   = 7 * 24 * time.Hour // in which a copy is shown without asking its server
	pictureMissing = 10 * time.Minute   // in which an address without a picture is not asked again
	serverMissing  = time.Minute        // and a server that did not answer
	pictureTurns   = 8                  // downloads at once
	picturesKept   = 256 << 20          // bytes of copies
	mostMissing    = 10_000             // addresses and servers that are remembered
)

// PicturesConfig is what Pictures are made of.
type PicturesConfig struct {
	// Dir is the folder for copies of what was downloaded.
	Dir string
	// Own is the folder that addresses below /data/logos/ mean.
	Own string
	// Bytes is how much the copies may take; zero means 256 MiB.
	Bytes int64
	// Limits bound one download. Zero values are those of a small file: 1 MiB
	// within 15 s, of which the server has 5 to begin with.
	Limits Limits
}

// Pictures brings images from their addresses and keeps copies of them. Like
// playlists they may come from any server that the host reaches. It is safe for
// concurrent use.
type Pictures struct {
	cfg   PicturesConfig
	fetch *Fetcher
	turns chan struct{} // holds a token for each download

	mu      sync.Mutex
	asked   map[string]chan struct{} // by source, closed when its caller is done
	missing map[string]time.Time     // addresses and servers that are not asked before then
	size    int64                    // of the copies; -1 while nobody has looked
}

// NewPictures keeps its copies in cfg.Dir, which it makes when it is missing.
func NewPictures(cfg PicturesConfig) (*Pictures, error) {
	cfg.Bytes = cmp.Or(cfg.Bytes, picturesKept)
	l := &cfg.Limits
	l.Bytes, l.Total = cmp.Or(l.Bytes, maxPicture), cmp.Or(l.Total, 15*time.Second)
	l.Connect, l.Idle = cmp.Or(l.Connect, 5*time.Second), cmp.Or(l.Idle, 5*time.Second)
	fetch, err := NewFetcher(cfg.Dir, cfg.Limits)
	if err != nil {
		return nil, err
	}
	return &Pictures{
		cfg: cfg, fetch: fetch, turns: make(chan struct{}, pictureTurns),
		asked: map[string]chan struct{}{}, missing: map[string]time.Time{}, size: -1,
	}, nil
}

// Picture returns the image at an address: http, https, or a path below
// /data/logos/. The error is ErrNoPicture or the context's.
func (p *Pictures) Picture(ctx context.Context, address string) (Picture, error) {
	if name, ok := strings.CutPrefix(address, "/data/logos/"); ok {
		return p.own(name)
	}
	source := Source{Name: fingerprint(address)[:40], URL: address}
	leave, err := p.enter(ctx, source.Name)
	if err != nil {
		return Picture{}, err
	}
	defer leave()
	before, at, err := p.copyOf(source)
	kept := err == nil
	if kept && time.Since(at) < pictureFresh {
		return before, nil
	}
	picture, err := p.download(ctx, source)
	if err != nil && kept {
		return before, nil // better than none
	}
	return picture, err
}

// enter waits until nobody else asks for the source.
func (p *Pictures) enter(ctx context.Context, name string) (leave func(), err error) {
	for {
		p.mu.Lock()
		other := p.asked[name]
		if other == nil {
			own := make(chan struct{})
			p.asked[name] = own
			p.mu.Unlock()
			return func() {
				p.mu.Lock()
				defer p.mu.Unlock()
				delete(p.asked, name)
				close(own)
			}, nil
		}
		p.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// copyOf reads the copy of a source, and says since when it is that.
func (p *Pictures) copyOf(source Source) (Picture, time.Time, error) {
	path := p.fetch.copy(source.Name)
	info, err := os.Stat(path)
	if err != nil {
		return Picture{}, time.Time{}, err
	}
	bytes, err := os.ReadFile(path)
	if err != nil {
		return Picture{}, time.Time{}, err
	}
	picture, err := pictureOf(bytes)
	return picture, info.ModTime(), err
}

// download asks the server, unless it had nothing a moment ago.
func (p *Pictures) download(ctx context.Context, source Source) (Picture, error) {
	select {
	case p.turns <- struct{}{}:
		defer func() { <-p.turns }()
	case <-ctx.Done():
		return Picture{}, context.Cause(ctx)
	}
	server := hostOf(source.URL)
	if p.isMissing(source.Name) || p.isMissing(server) {
		return Picture{}, fmt.Errorf("%w: nothing came from %s a moment ago", ErrNoPicture, server)
	}
	content, err := p.fetch.Fetch(ctx, source)
	if ctx.Err() != nil {
		return Picture{}, context.Cause(ctx)
	}
	if err != nil {
		if silent(err) {
			p.miss(server, serverMissing)
		}
		p.miss(source.Name, pictureMissing)
		return Picture{}, fmt.Errorf("%w: %w", ErrNoPicture, err)
	}
	picture, _, err := p.copyOf(source)
	if err != nil {
		p.miss(source.Name, pictureMissing)
		return Picture{}, errors.Join(fmt.Errorf("%w: %w", ErrNoPicture, err), p.drop(source.Name))
	}
	if content.Unchanged {
		now := time.Now()
		return picture, os.Chtimes(p.fetch.copy(source.Name), now, now)
	}
	return picture, p.grow(content.Size)
}

// silent says whether the server did not answer at all.
func silent(err error) bool {
	_, network := errors.AsType[net.Error](err)
	return network || errors.Is(err, errIdle) || errors.Is(err, errTooSlow)
}

func (p *Pictures) isMissing(name string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Now().Before(p.missing[name])
}

func (p *Pictures) miss(name string, pause time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.missing) >= mostMissing {
		clear(p.missing)
	}
	p.missing[name] = time.Now().Add(pause)
}

func (p *Pictures) drop(name string) error {
	return errors.Join(os.Remove(p.fetch.copy(name)), os.Remove(p.fetch.notes(name)))
}

// grow counts a new copy, and removes those that are shown longest when there
// are too many.
func (p *Pictures) grow(by int64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.size += by; p.size >= by && p.size <= p.cfg.Bytes {
		return nil
	}
	entries, err := os.ReadDir(p.cfg.Dir)
	if err != nil {
		return err
	}
	var files []os.FileInfo
	p.size = 0
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil {
			files = append(files, info)
			p.size += info.Size()
		}
	}
	slices.SortFunc(files, func(a, b os.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	for _, file := range files {
		if p.size <= p.cfg.Bytes*9/10 {
			break
		}
		if os.Remove(filepath.Join(p.cfg.Dir, file.Name())) == nil {
			p.size -= file.Size()
		}
	}
	return nil
}

// own reads a picture that somebody put on this machine.
func (p *Pictures) own(name string) (Picture, error) {
	bytes, err := readOwn(p.cfg.Own, name)
	if err != nil {
		return Picture{}, fmt.Errorf("%w: %w", ErrNoPicture, bare(err))
	}
	picture, err := pictureOf(bytes)
	if err != nil {
		return Picture{}, fmt.Errorf("%w: %w", ErrNoPicture, err)
	}
	return picture, nil
}

// readOwn reads a file in a folder, never anything outside of it.
func readOwn(dir, name string) ([]byte, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()                                                  //nolint:errcheck // it was only read
	file, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe by that name must not be waited for
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxPicture {
		return nil, errors.New("not a file of a picture's size")
	}
	return io.ReadAll(io.LimitReader(file, maxPicture))
}
