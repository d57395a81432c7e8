package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/pluggarr/pluggarr/host/store"
)

// known are the streams that an account has and those that this refresh has
// come across, small enough for hundreds of thousands: by hash what they look
// like, not what they hold.
type known struct {
	index   map[hashKey]int32
	streams []knownStream
	printer printer
}

// hashKey is the first half of a hash: enough to tell streams apart.
type hashKey [sha256.Size / 2]byte

type knownStream struct {
	id    int64 // 0 for one that the account did not have
	print uint64
	stale bool // it was marked before this refresh
	seen  bool // this refresh has come across it
}

// readKnown reads what the account has. rewritten says that the database
// stores JSON in a form of its own; expected is how many streams there will be.
func readKnown(ctx context.Context, from *store.M3UImport, rewritten bool, expected int) (*known, error) {
	k := &known{index: make(map[hashKey]int32, expected), streams: make([]knownStream, 0, expected)}
	err := from.EachStream(ctx, func(s *store.Stream) {
		key, ok := keyOf(s.StreamHash)
		if !ok {
			return
		}
		if rewritten {
			s.CustomProperties = canonical(s.CustomProperties)
		}
		k.add(key, knownStream{id: s.ID, print: k.printer.print(s), stale: s.IsStale})
	})
	return k, err
}

func (k *known) add(key hashKey, s knownStream) {
	k.index[key] = int32(len(k.streams))
	k.streams = append(k.streams, s)
}

// find returns the stream with this hash, nil when there is none.
func (k *known) find(key hashKey) *knownStream {
	at, ok := k.index[key]
	if !ok {
		return nil
	}
	return &k.streams[at]
}

// missing returns the IDs of streams of the account that this refresh has not
// come across and that are not marked, in order.
func (k *known) missing() []int64 {
	var ids []int64
	for _, s := range k.streams {
		if s.id != 0 && !s.seen && !s.stale {
			ids = append(ids, s.id)
		}
	}
	slices.Sort(ids)
	return ids
}

// keyOf reads a hash as its column holds it; not all are made by a refresh.
func keyOf(text string) (hashKey, bool) {
	var key hashKey
	if len(text) != 2*sha256.Size {
		return key, false
	}
	_, err := hex.Decode(key[:], []byte(text[:2*len(key)]))
	return key, err == nil
}
