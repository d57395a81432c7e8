package ingest

import (
	"context"
	"encoding/json"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/pluggarr/pluggarr/host/store"
)

// importer compares what a provider has with what the account has, and writes
// the difference chunk by chunk.
type importer struct {
	*m3uRun
	hasher  *hasher
	known   *known
	enabled map[string]int64 // group IDs by name
	changes store.StreamChanges
	fresh   []store.Stream // not among the account's; of another one, perhaps
	done    int
	told    time.Time
	begun   time.Time
}

// importStreams brings the account's streams up to date and marks those that are gone.
func (r *m3uRun) importStreams(ctx context.Context) error {
	known, err := readKnown(ctx, r.db, r.store.RewritesJSON(), r.result.Total)
	if err != nil {
		return err
	}
	in := &importer{
		m3uRun: r, hasher: newHasher(r.setup.HashKeys, &r.setup.Account), known: known,
		enabled: map[string]int64{}, begun: time.Now(),
	}
	for _, group := range r.groups {
		if group.Enabled {
			in.enabled[group.Name] = group.ChannelGroupID
		}
	}
	err = r.from.each(ctx, r.groups, func(e *entry) error { return in.take(ctx, e) })
	if err != nil {
		return err
	}
	if err := in.flush(ctx); err != nil {
		return err
	}
	for chunk := range slices.Chunk(known.missing(), chunkRows) {
		if err := r.pace.write(ctx, func() error { return r.db.MarkStale(ctx, chunk) }); err != nil {
			return err
		}
		r.result.Stale += len(chunk)
	}
	return nil
}

// take decides about one entry.
func (in *importer) take(ctx context.Context, e *entry) error {
	in.done++
	group, ok := in.enabled[e.group]
	if !ok || utf8.RuneCountInString(e.URL) > urlWidth {
		return nil
	}
	if keep, err := in.filters.keep(e); err != nil || !keep {
		return err
	}
	e.ChannelGroupID = group
	sum := in.hasher.sum(e)
	key := hashKey(sum[:len(hashKey{})])
	print := in.known.printer.print(&e.Stream)
	switch was := in.known.find(key); {
	case was == nil:
		// Twice in one playlist: the first one counts.
		in.known.add(key, knownStream{print: print, seen: true})
		s := e.keepable()
		s.StreamHash = hexOf(sum)
		in.fresh = append(in.fresh, s)
	case was.seen:
		return nil
	default:
		was.seen = true
		in.compare(was, print, func() store.Stream {
			s := e.keepable()
			s.StreamHash = hexOf(sum)
			return s
		})
	}
	if in.changes.Len()+len(in.fresh) >= in.pace.limit() {
		return in.flush(ctx)
	}
	return nil
}

// compare sorts a stream that is there already by whether it has changed.
func (in *importer) compare(was *knownStream, print uint64, changed func() store.Stream) {
	switch {
	case was.print != print:
		in.changes.Update = append(in.changes.Update, changed())
	case was.stale:
		in.changes.Back = append(in.changes.Back, was.id)
	default:
		in.changes.Seen = append(in.changes.Seen, was.id)
	}
}

// flush writes what has gathered.
func (in *importer) flush(ctx context.Context) error {
	if err := in.sortFresh(ctx); err != nil {
		return err
	}
	c := &in.changes
	if c.Len() == 0 {
		return nil
	}
	c.At = in.at
	err := in.pace.write(ctx, func() error {
		inserted, err := in.db.WriteStreams(ctx, c)
		in.result.Created += inserted
		return err
	})
	if err != nil {
		return err
	}
	in.result.Updated += len(c.Update)
	*c = store.StreamChanges{Insert: c.Insert[:0], Update: c.Update[:0], Seen: c.Seen[:0], Back: c.Back[:0]}
	in.tellDone()
	return nil
}

// sortFresh finds out which of the fresh streams are rows of other accounts:
// a stream that two accounts have is one row.
func (in *importer) sortFresh(ctx context.Context) error {
	if len(in.fresh) == 0 {
		return nil
	}
	hashes := make([]string, len(in.fresh))
	for i := range in.fresh {
		hashes[i] = in.fresh[i].StreamHash
	}
	others, err := in.db.StreamsByHash(ctx, hashes)
	if err != nil {
		return err
	}
	byHash := make(map[string]*store.Stream, len(others))
	for i := range others {
		byHash[others[i].StreamHash] = &others[i]
	}
	for i := range in.fresh {
		s := &in.fresh[i]
		other := byHash[s.StreamHash]
		if other == nil {
			in.changes.Insert = append(in.changes.Insert, *s)
			continue
		}
		if in.store.RewritesJSON() {
			other.CustomProperties = canonical(other.CustomProperties)
		}
		was := &knownStream{id: other.ID, print: in.known.printer.print(other), stale: other.IsStale}
		in.compare(was, in.known.printer.print(s), func() store.Stream { return *s })
	}
	in.fresh = in.fresh[:0]
	return nil
}

// tellDone says now and then how many entries are done.
func (in *importer) tellDone() {
	now := time.Now()
	if now.Sub(in.told) < reportEvery {
		return
	}
	in.told = now
	fraction := float64(in.done) / float64(max(in.done, in.result.Total))
	elapsed := now.Sub(in.begun)
	in.tell(Progress{Percent: int(100 * fraction), Details: map[string]any{
		"elapsed_time": seconds(elapsed), "time_remaining": seconds(remaining(elapsed, fraction)), "streams_processed": in.done,
	}})
}

// decode reads JSON that people stored into what to points at; what does not
// fit counts as not set.
func decode(text json.RawMessage, to any) {
	_ = json.Unmarshal(text, to) // see above
}
