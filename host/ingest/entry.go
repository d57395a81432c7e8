package ingest

import (
	"hash/maphash"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/sdk/m3u"
)

// Widths of columns in characters.
const (
	urlWidth   = 4096
	nameWidth  = 512
	tvgIDWidth = 255
)

// defaultGroup is the group of streams that name none.
const defaultGroup = "Default Group"

// entry is one stream that a provider has, ready for its row.
type entry struct {
	store.Stream

	// group is the name of its group. Empty: the stream is not taken.
	group string
}

// entries turns what providers send into entries. The entry is the same one each time.
type entries struct {
	entry
	members []member
	chno    float64
	id      int64
}

// fromM3U is the entry of a playlist. The facts of which attribute becomes what
// are Dispatcharr's.
func (e *entries) fromM3U(from m3u.Entry) *entry {
	e.members = e.members[:0]
	for _, attribute := range from.Attributes {
		e.members = append(e.members, member{key: attribute.Key, value: attribute.Value})
	}
	if len(from.Options) > 0 {
		e.members = append(e.members, member{key: "vlc_opts", list: from.Options})
	}
	group, has := from.Lookup("group-title")
	if !has {
		group = defaultGroup
	}
	number := from.Get("tvg-chno")
	if number == "" {
		number = from.Get("channel-number")
	}
	e.fill(facts{
		name: from.Name, url: from.URL, group: group, tvgID: from.Get("tvg-id"), logo: from.Get("tvg-logo"), number: number,
		archive: from.Get("tv_archive"), archiveDays: from.Get("tv_archive_duration"), adult: from.Get("is_adult"),
	})
	return &e.entry
}

// facts are what the fields of a stream are made of, as text.
type facts struct {
	name, url, group, tvgID, logo, number, archive, archiveDays, adult, id string
}

func (e *entries) fill(f facts) {
	for _, text := range []*string{&f.group, &f.name, &f.url, &f.tvgID, &f.logo} {
		*text = strings.ReplaceAll(*text, "\x00", "\uFFFD") // no database takes it
	}
	e.group = f.group
	e.Stream = store.Stream{
		Name: cut(f.name, nameWidth), URL: f.url, TvgID: cut(f.tvgID, tvgIDWidth), LogoURL: f.logo,
		IsAdult: strings.TrimSpace(f.adult) == "1", IsCatchup: f.archive == "1" || f.archive == "True",
	}
	if number, err := strconv.ParseFloat(strings.TrimSpace(f.number), 64); err == nil && !math.IsInf(number, 0) && !math.IsNaN(number) {
		e.chno = number
		e.StreamChno = &e.chno
	}
	if days, err := strconv.ParseInt(strings.TrimSpace(f.archiveDays), 10, 32); err == nil && days > 0 {
		e.CatchupDays = int(days)
	}
	if id, err := strconv.ParseInt(strings.TrimSpace(f.id), 10, 32); err == nil {
		e.id = id
		e.StreamID = &e.id
	}
	e.CustomProperties = appendObject(nil, e.members)
}

// keepable is a copy of the stream that stays when the entry is used again.
func (e *entry) keepable() store.Stream {
	s := e.Stream
	if s.StreamChno != nil {
		number := *s.StreamChno
		s.StreamChno = &number
	}
	if s.StreamID != nil {
		id := *s.StreamID
		s.StreamID = &id
	}
	return s
}

// printer tells whether two streams have the same fields, by a number made of
// all those that a playlist can change.
type printer struct{ hash maphash.Hash }

func (p *printer) print(s *store.Stream) uint64 {
	h := &p.hash
	h.Reset()
	for _, text := range [...]string{s.Name, s.URL, s.LogoURL, s.TvgID} {
		maphash.WriteComparable(h, len(text))
		h.WriteString(text)
	}
	h.Write(s.CustomProperties)
	maphash.WriteComparable(h, s.ChannelGroupID)
	maphash.WriteComparable(h, [3]int{bit(s.IsAdult), bit(s.IsCatchup), s.CatchupDays})
	if s.StreamID != nil {
		maphash.WriteComparable(h, *s.StreamID)
	}
	h.WriteByte('/')
	if s.StreamChno != nil {
		maphash.WriteComparable(h, math.Float64bits(*s.StreamChno))
	}
	return h.Sum64()
}

func bit(is bool) int {
	if is {
		return 1
	}
	return 0
}

// cut is the first width characters of text.
func cut(text string, width int) string {
	if len(text) <= width || utf8.RuneCountInString(text) <= width {
		return text
	}
	n := 0
	for i := range text {
		if n == width {
			return text[:i]
		}
		n++
	}
	return text
}
