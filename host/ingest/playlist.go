package ingest

import (
	"context"
	"strings"

	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/sdk/m3u"
)

// playlist is a provider that gives its streams in one file.
type playlist struct {
	fetcher *Fetcher
	source  Source
	content *Content
}

func (p *playlist) fetch(ctx context.Context, report func(Transfer)) (err error) {
	p.source.Report = report
	p.content, err = p.fetcher.Fetch(ctx, p.source)
	return err
}

// groups returns the groups of all entries, and [defaultGroup] always.
func (p *playlist) groups(ctx context.Context) ([]store.FoundGroup, int, error) {
	names := map[string]bool{defaultGroup: true}
	total := 0
	err := p.scan(ctx, func(from m3u.Entry) error {
		if total++; total > maxEntries {
			return tooMany()
		}
		group, has := from.Lookup("group-title")
		if has && group != "" && !names[group] {
			names[strings.Clone(group)] = true // not the whole line with it
		}
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	if total == 0 {
		// An empty playlist is a provider's mistake more often than not; taking
		// it for the truth would take every channel away.
		return nil, 0, &Failure{
			Message: "there are no streams in what the provider sent", Next: "check that the address or file is that of a playlist",
			Fault: FaultSource,
		}
	}
	found := make([]store.FoundGroup, 0, len(names))
	for name := range names {
		found = append(found, store.FoundGroup{Name: name})
	}
	return found, total, nil
}

func (p *playlist) each(ctx context.Context, _ []store.AccountGroup, do func(*entry) error) error {
	var all entries
	return p.scan(ctx, func(from m3u.Entry) error { return do(all.fromM3U(from)) })
}

// scan reads the playlist from its start.
func (p *playlist) scan(ctx context.Context, do func(m3u.Entry) error) error {
	reader, err := p.content.Open()
	if err != nil {
		return err
	}
	defer func() { _ = reader.Close() }() // it was only read
	scanner := m3u.NewScanner(reader)
	for n := 0; scanner.Scan(); n++ {
		if n%chunkRows == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := do(scanner.Entry()); err != nil {
			return err
		}
	}
	return scanner.Err()
}

func tooMany() error {
	return &Failure{
		Message: "the provider has more than two million streams", Next: "ask it for a smaller playlist", Fault: FaultSource,
	}
}
