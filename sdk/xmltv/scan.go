package xmltv

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Bounds of what the scanner keeps in memory.
const (
	bufferSize  = 256 << 10
	maxToken    = 8 << 20
	maxWarnings = 20
)

// kind is what a token is.
type kind uint8

const (
	tokenEOF kind = iota
	tokenStart
	tokenEnd
	tokenText
)

// scanner takes a document in UTF-8 apart, without copying: names and texts
// are slices of its buffer and valid until the next call. It checks nothing:
// what is not markup is text.
type scanner struct {
	source  io.Reader
	buf     []byte
	pos     int   // of what comes next, in buf
	limit   int   // of what was read, in buf
	before  int64 // bytes of the document before buf
	drained bool
	err     error // of the source, or ErrTooLarge

	kind   kind
	name   []byte // of a tag
	rest   []byte // of a start tag: its attributes, as they stand there
	closed bool   // of a start tag: it is its own end
	raw    []byte // of a text, as it stands there
	cdata  bool   // of a text: & is an ordinary character
	again  bool   // the current token is to be read again

	entities entities
	scratch  []byte // for text that is not as it stands there
	joined   []byte // for text in several tokens
	warnings []string
}

func newScanner(source io.Reader) *scanner {
	return &scanner{source: source, buf: make([]byte, bufferSize)}
}

func (s *scanner) offset() int64 { return s.before + int64(s.pos) }

func (s *scanner) warn(format string, arguments ...any) {
	if len(s.warnings) < maxWarnings {
		s.warnings = append(s.warnings, fmt.Sprintf(format, arguments...))
	}
}

// fill reads more behind what is there, which may move, and says whether it did.
func (s *scanner) fill() bool {
	if s.drained {
		return false
	}
	if s.pos > 0 {
		copy(s.buf, s.buf[s.pos:s.limit])
		s.before += int64(s.pos)
		s.limit -= s.pos
		s.pos = 0
	}
	if s.limit == len(s.buf) {
		if s.limit >= maxToken {
			s.drained, s.err = true, ErrTooLarge
			return false
		}
		grown := make([]byte, 2*len(s.buf))
		copy(grown, s.buf)
		s.buf = grown
	}
	for range 100 {
		n, err := s.source.Read(s.buf[s.limit:])
		s.limit += n
		if err != nil {
			s.drained = true
			if !errors.Is(err, io.EOF) {
				s.err = err
			}
		}
		if n > 0 || s.drained {
			return n > 0
		}
	}
	s.drained, s.err = true, io.ErrNoProgress
	return false
}

// ahead is what is known of the document from here, at least n bytes unless it
// ends before.
func (s *scanner) ahead(n int) []byte {
	for s.limit-s.pos < n && s.fill() {
	}
	return s.buf[s.pos:s.limit]
}

// find is where the first c from offset from on is, counted from here; -1
// when there is none.
func (s *scanner) find(c byte, from int) int {
	for {
		if i := bytes.IndexByte(s.buf[s.pos+from:s.limit], c); i >= 0 {
			return from + i
		}
		from = s.limit - s.pos
		if !s.fill() {
			return -1
		}
	}
}

// skipPast goes behind the next end, or to the end of the document, and keeps
// nothing of what is before.
func (s *scanner) skipPast(end string) {
	for {
		if i := bytes.Index(s.buf[s.pos:s.limit], []byte(end)); i >= 0 {
			s.pos += i + len(end)
			return
		}
		s.pos = max(s.pos, s.limit-len(end)+1)
		if !s.fill() {
			s.warn("the guide ends inside markup that %s would close", end)
			s.pos = s.limit
			return
		}
	}
}

// next goes to the next token and returns its kind.
func (s *scanner) next() kind {
	if s.again {
		s.again = false
		return s.kind
	}
	for {
		ahead := s.ahead(2)
		switch {
		case len(ahead) == 0 || s.err != nil:
			s.kind = tokenEOF
		case !markup(ahead):
			s.plain()
		case ahead[1] == '?':
			s.skipPast("?>")
			continue
		case ahead[1] == '!':
			if !s.declaration() {
				continue
			}
		case ahead[1] == '/':
			s.endTag()
		default:
			s.startTag()
		}
		return s.kind
	}
}

// markup says that ahead begins with markup, not with a text that may hold a "<".
func markup(ahead []byte) bool {
	if ahead[0] != '<' || len(ahead) < 2 {
		return false
	}
	c := ahead[1]
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '/' || c == '!' || c == '?' || c == '_' || c == ':' || c >= 0x80
}

// plain makes the text from here to the next markup the current token.
func (s *scanner) plain() {
	n := 0
	for {
		n = s.find('<', n)
		if n < 0 {
			n = s.limit - s.pos
			break
		}
		if s.limit-s.pos < n+2 {
			s.fill()
		}
		if s.limit-s.pos < n+2 || markup(s.buf[s.pos+n:s.limit]) {
			break
		}
		n++
	}
	// A document that ends with "<" ends there.
	if n == 0 {
		n = s.limit - s.pos
	}
	s.kind, s.raw, s.cdata = tokenText, s.buf[s.pos:s.pos+n], false
	s.pos += n
}

// declaration reads what begins with "<!" and says whether it is a token.
func (s *scanner) declaration() bool {
	ahead := s.ahead(len("<![CDATA["))
	switch {
	case bytes.HasPrefix(ahead, []byte("<!--")):
		s.pos += len("<!--")
		s.skipPast("-->")
		return false
	case bytes.HasPrefix(ahead, []byte("<![CDATA[")):
		s.characterData()
		return true
	}
	s.directive()
	return false
}

// characterData makes a CDATA section the current token.
func (s *scanner) characterData() {
	s.pos += len("<![CDATA[")
	n := 0
	for {
		n = s.find('>', n)
		if n < 0 {
			s.warn("the guide ends inside CDATA")
			n = s.limit - s.pos
			s.kind, s.raw, s.cdata = tokenText, s.buf[s.pos:s.pos+n], true
			s.pos += n
			return
		}
		if n >= 2 && s.buf[s.pos+n-1] == ']' && s.buf[s.pos+n-2] == ']' {
			break
		}
		n++
	}
	s.kind, s.raw, s.cdata = tokenText, s.buf[s.pos:s.pos+n-2], true
	s.pos += n + 1
}

// endTag makes an end tag the current token.
func (s *scanner) endTag() {
	n, past := s.tagEnd(2)
	name := s.buf[s.pos+2 : s.pos+n]
	s.kind, s.name = tokenEnd, bytes.TrimRight(name, " \t\r\n")
	s.pos += past
}

// startTag makes a start tag the current token.
func (s *scanner) startTag() {
	n, past := s.tagEnd(1)
	tag := s.buf[s.pos+1 : s.pos+n]
	s.pos += past
	s.closed = len(tag) > 0 && tag[len(tag)-1] == '/'
	if s.closed {
		tag = tag[:len(tag)-1]
	}
	name := 0
	for name < len(tag) && !isSpace(tag[name]) {
		name++
	}
	s.kind, s.name, s.rest = tokenStart, tag[:name], tag[name:]
}

// tagEnd is where the tag ends that begins here, and where what follows it
// begins. A tag which the next one cuts off ends there.
func (s *scanner) tagEnd(from int) (end, past int) {
	var quote byte
	for i := from; ; i++ {
		if s.pos+i >= s.limit && !s.fill() {
			s.warn("the guide ends inside a tag")
			i = s.limit - s.pos
			return max(i, from), i
		}
		switch c := s.buf[s.pos+i]; {
		case c == '<':
			s.warn("the tag before byte %d has no end", s.offset()+int64(i))
			return max(i, from), i
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '>':
			return i, i + 1
		case c == '"' || c == '\'':
			quote = c
		}
	}
}

// attribute is the raw value of an attribute of the current start tag.
func (s *scanner) attribute(wanted string) ([]byte, bool) {
	for rest := s.rest; ; {
		name, value, more, ok := nextAttribute(rest)
		if !ok || string(name) == wanted {
			return value, ok
		}
		rest = more
	}
}

// nextAttribute takes the first attribute off a start tag. One without a
// value, or whose value has no quotes, is taken as it can be.
func nextAttribute(tag []byte) (name, value, rest []byte, ok bool) {
	i := 0
	for i < len(tag) && (isSpace(tag[i]) || tag[i] == '/') {
		i++
	}
	begin := i
	for i < len(tag) && tag[i] != '=' && !isSpace(tag[i]) {
		i++
	}
	name = tag[begin:i]
	for i < len(tag) && isSpace(tag[i]) {
		i++
	}
	if i == len(tag) || tag[i] != '=' {
		return name, nil, tag[i:], len(name) > 0
	}
	i++
	for i < len(tag) && isSpace(tag[i]) {
		i++
	}
	if i < len(tag) && (tag[i] == '"' || tag[i] == '\'') {
		quote := tag[i]
		i++
		n := bytes.IndexByte(tag[i:], quote)
		if n < 0 {
			return name, tag[i:], nil, true
		}
		return name, tag[i : i+n], tag[i+n+1:], true
	}
	begin = i
	for i < len(tag) && !isSpace(tag[i]) {
		i++
	}
	return name, tag[begin:i], tag[i:], true
}
