// Package m3u reads playlists of television channels, in the extended M3U form that providers send.
package m3u

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// What one entry may hold. Real ones have a tenth of it at most; what is
// beyond is left out, so that a hostile playlist costs no memory.
const (
	maxLine       = 1 << 20
	maxAttributes = 256
	maxOptions    = 256
)

// Attribute is one key="value" of a line.
type Attribute struct {
	// Key is the name in lower case, such as "tvg-id".
	Key string
	// Value is what stands between the quotes, as it stands there.
	Value string
}

// Entry is one stream of a playlist.
type Entry struct {
	// Name is the title behind the attributes; without one the attribute
	// tvc-guide-title, else tvg-name, else the whole text of the #EXTINF line.
	// It is never empty unless that line is.
	Name string
	// URL begins with http, rtsp, rtp or udp. It is as written, but for the @
	// of "udp://@", which is left out.
	URL string
	// Attributes are those of the #EXTINF line in their order, each key once
	// with its last value. #EXTGRP adds "group-title" when there was none.
	Attributes []Attribute
	// Options are the texts of the #EXTVLCOPT lines, such as
	// "http-referrer=http://example.org/". Nil when there are none.
	Options []string
	// Line is the number of the #EXTINF line, from 1.
	Line int
}

// Get returns the value of the attribute with this key, in lower case, and ""
// when there is none.
func (e Entry) Get(key string) string {
	value, _ := e.Lookup(key)
	return value
}

// Lookup returns the value of the attribute with this key, in lower case, and
// whether there is one.
func (e Entry) Lookup(key string) (string, bool) {
	for _, attribute := range e.Attributes {
		if attribute.Key == key {
			return attribute.Value, true
		}
	}
	return "", false
}

// Scanner reads a playlist entry by entry; its memory does not grow with the
// playlist. It takes what real playlists hold: a byte order mark, CRLF, lines
// of other programs (#KODIPROP and the like, which it skips), titles and quoted
// values with commas, and bytes that are not UTF-8, which it reads as Latin-1.
// An #EXTINF without a URL it knows and a URL without an #EXTINF are left out.
type Scanner struct {
	in    *bufio.Reader
	line  int  // number of the last line that was read
	begun bool // the first line was read

	header  []Attribute
	pending bool // entry has an #EXTINF and waits for its URL
	entry   Entry
	scratch []Attribute
	options []string
	err     error
}

// NewScanner reads the playlist in r, which is plain text: see compress/gzip
// and its like for others. It reads ahead.
func NewScanner(r io.Reader) *Scanner {
	return &Scanner{in: bufio.NewReaderSize(r, 128<<10)}
}

// Scan reads up to the end of the next entry and says whether there is one.
func (s *Scanner) Scan() bool {
	for s.err == nil {
		line, err := s.readLine()
		if err != nil {
			s.err = err
			return false
		}
		if s.take(line) {
			return true
		}
	}
	return false
}

// Entry is what the last Scan read. It stays as it is when Scan goes on.
func (s *Scanner) Entry() Entry { return s.entry }

// Header returns the attributes of the #EXTM3U line, such as url-tvg, once the
// first Scan has returned. Nil when there are none.
func (s *Scanner) Header() []Attribute { return s.header }

// Line is how many lines were read, for messages.
func (s *Scanner) Line() int { return s.line }

// Err returns what ended the reading before the end of the playlist, an error
// of the reader with the number of the line; nil at the end.
func (s *Scanner) Err() error {
	if errors.Is(s.err, io.EOF) {
		return nil
	}
	return s.err
}

// readLine returns the next line without the space around it, valid until the
// next call. A line that is too long comes back empty, and what waited for its
// URL is dropped: nobody knows what the line was.
func (s *Scanner) readLine() ([]byte, error) {
	line, err := s.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		line, err = s.readLong(line)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read playlist after line %d: %w", s.line, err)
	}
	if len(line) == 0 {
		return nil, io.EOF
	}
	s.line++
	if !s.begun {
		s.begun = true
		line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
	}
	return bytes.TrimSpace(line), nil
}

// readLong reads on from begin, which filled the buffer.
func (s *Scanner) readLong(begin []byte) ([]byte, error) {
	line := slices.Clone(begin)
	for {
		more, err := s.in.ReadSlice('\n')
		if len(line) <= maxLine {
			line = append(line, more...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if len(line) > maxLine {
			s.pending = false
			line = []byte("\n")
		}
		return line, err
	}
}

// take looks at one line and says whether it completes an entry.
func (s *Scanner) take(line []byte) bool {
	switch {
	case len(line) == 0:
	case line[0] != '#':
		return s.pending && isURL(line) && s.complete(line)
	case bytes.HasPrefix(line, []byte("#EXTINF:")):
		s.begin(text(line[len("#EXTINF:"):]))
	case bytes.HasPrefix(line, []byte("#EXTGRP:")):
		if _, has := s.entry.Lookup("group-title"); s.pending && !has {
			s.entry.Attributes = append(s.entry.Attributes, Attribute{"group-title", text(bytes.TrimSpace(line[len("#EXTGRP:"):]))})
		}
	case bytes.HasPrefix(line, []byte("#EXTVLCOPT:")):
		if s.pending && len(s.entry.Options) < maxOptions {
			s.entry.Options = append(s.entry.Options, text(bytes.TrimSpace(line[len("#EXTVLCOPT:"):])))
		}
	case bytes.HasPrefix(line, []byte("#EXTM3U")) && s.header == nil:
		header, _ := attributes(nil, text(line[len("#EXTM3U"):]))
		s.header = header
	}
	return false
}

// begin takes what stands behind #EXTINF: and waits for the URL.
func (s *Scanner) begin(info string) {
	found, end := attributes(s.scratch[:0], info)
	s.scratch = found
	s.entry = Entry{Attributes: found, Options: s.options[:0], Line: s.line}
	s.entry.Name = s.entry.name(info, end)
	s.pending = true
}

// name is the entry's name; its attributes end at end of info, 0 when there are none.
func (e Entry) name(info string, end int) string {
	title := strings.TrimSpace(info[end:])
	if end == 0 {
		_, title, _ = strings.Cut(info, ",")
	}
	if title = strings.TrimSpace(strings.TrimPrefix(title, ",")); title != "" {
		return title
	}
	for _, key := range []string{"tvc-guide-title", "tvg-name"} {
		if title := strings.TrimSpace(e.Get(key)); title != "" {
			return title
		}
	}
	return strings.TrimSpace(info)
}

// complete gives the pending entry its URL and memory of its own.
func (s *Scanner) complete(line []byte) bool {
	s.scratch, s.options = s.entry.Attributes, s.entry.Options
	s.entry.Attributes = append([]Attribute(nil), s.entry.Attributes...)
	s.entry.Options = append([]string(nil), s.entry.Options...)
	s.entry.URL = text(line)
	if rest, ok := strings.CutPrefix(s.entry.URL, "udp://@"); ok {
		s.entry.URL = "udp://" + rest
	}
	s.pending = false
	return true
}

// isURL says whether a line is an address of a kind that players are given.
// Others (rtmp, mms, files) are not, and their entries are left out.
func isURL(line []byte) bool {
	for _, scheme := range []string{"http", "rtsp", "rtp", "udp"} {
		if len(line) >= len(scheme) && string(line[:len(scheme)]) == scheme {
			return true
		}
	}
	return false
}

// text is a copy of line as text: what is not UTF-8 is taken for Latin-1,
// whose bytes are the first code points.
func text(line []byte) string {
	if utf8.Valid(line) {
		return string(line)
	}
	var b strings.Builder
	b.Grow(2 * len(line))
	for _, c := range line {
		b.WriteRune(rune(c))
	}
	return b.String()
}
