package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/pluggarr/pluggarr/host/store"
)

// hasher makes the hash by which a refresh knows a stream again: SHA-256 of a
// JSON object of those parts of the stream that the setting m3u_hash_key names.
type hasher struct {
	account int64
	xtream  bool
	name    bool
	url     bool
	tvgID   bool
	m3uID   bool
	group   bool
	text    []byte
}

// newHasher reads the setting, a list of name, url, tvg_id, m3u_id and group
// with commas. What names none of them means the URL alone.
func newHasher(keys string, account *store.M3UAccount) *hasher {
	var parts []string
	for part := range strings.SplitSeq(keys, ",") {
		parts = append(parts, strings.TrimSpace(part))
	}
	h := &hasher{account: account.ID, xtream: account.AccountType == store.AccountXC}
	for key, wanted := range map[string]*bool{"name": &h.name, "url": &h.url, "tvg_id": &h.tvgID, "m3u_id": &h.m3uID, "group": &h.group} {
		*wanted = slices.Contains(parts, key)
	}
	if !h.name && !h.url && !h.tvgID && !h.m3uID && !h.group {
		h.url = true
	}
	// The addresses of an Xtream Codes server hold the password, which changes:
	// the server's own number of the stream stands for them.
	h.m3uID = h.m3uID || h.xtream && h.url
	return h
}

// sum is the hash of a stream.
func (h *hasher) sum(e *entry) [sha256.Size]byte {
	b := append(h.text[:0], '{')
	key := func(name string) {
		if len(b) > 1 {
			b = append(b, ", "...)
		}
		b = appendString(b, name)
		b = append(b, ": "...)
	}
	if h.group {
		key("group")
		b = appendString(b, e.group)
	}
	if h.m3uID {
		key("m3u_id")
		b = strconv.AppendInt(b, h.account, 10)
	}
	if h.name {
		key("name")
		b = appendString(b, e.Name)
	}
	if h.tvgID {
		key("tvg_id")
		b = appendString(b, e.TvgID)
	}
	if h.url {
		key("url")
		if h.xtream && e.StreamID != nil {
			b = strconv.AppendInt(b, *e.StreamID, 10)
		} else {
			b = appendString(b, e.URL)
		}
	}
	h.text = append(b, '}')
	return sha256.Sum256(h.text)
}

// hexOf is a hash as its column holds it.
func hexOf(sum [sha256.Size]byte) string { return hex.EncodeToString(sum[:]) }
