// Package xmltv reads TV guides in the XMLTV format, one channel or programme
// at a time, fast and in little memory whatever the size of the guide.
//
// It forgives what real guides get wrong: entities of HTML, bytes that are no
// UTF-8, a bare "&" or "<", tags that nobody closed, and an end that is
// missing. What it forgave is told by [Reader.Warnings].
package xmltv

import (
	"errors"
	"fmt"
	"io"
)

// ErrNotXMLTV is returned, wrapped, when a document holds neither a tv element
// nor a channel or programme: an error page, for example.
var ErrNotXMLTV = errors.New("this is not an XMLTV guide")

// ErrTooLarge is returned, wrapped, when one tag or text is longer than 8 MiB.
var ErrTooLarge = errors.New("one tag or text is longer than 8 MiB")

// Options say what to read. The zero value reads everything.
type Options struct {
	// SkipChannels leaves channel elements out.
	SkipChannels bool

	// SkipProgrammes leaves programme elements out.
	SkipProgrammes bool

	// Wanted says whether the programmes of a channel are read; it is called
	// with the channel attribute of each programme. Programmes that are not
	// wanted cost little. Nil means all.
	Wanted func(channel string) bool

	// Charset returns r as UTF-8. It is asked for encodings other than UTF-8,
	// UTF-16 with a byte order mark, ISO-8859-1, ISO-8859-15 and Windows-1252,
	// with the label that the document gives, in lower case. Nil means that
	// such documents are an error.
	Charset func(label string, r io.Reader) (io.Reader, error)
}

// Entry is one element of a guide: exactly one field is not nil.
type Entry struct {
	// Channel is a channel element.
	Channel *Channel
	// Programme is a programme element.
	Programme *Programme
}

// Reader reads a guide. It is not safe for concurrent use.
type Reader struct {
	options Options
	source  io.Reader
	scan    *scanner          // nil before the first Read
	names   map[string]string // texts that come again and again
	known   bool              // something of a guide was seen
	open    bool              // the tv element has begun and not ended
	err     error             // what every further Read returns
}

// NewReader returns a reader of the guide in r. Nothing is read yet.
func NewReader(r io.Reader, options Options) *Reader {
	return &Reader{options: options, source: r, names: map[string]string{}}
}

// Read returns the next channel or programme, in the order of the document,
// and io.EOF after the last. An element that the end of the document cuts off
// is left out, with a warning. What Read returned is the caller's to keep.
//
// It returns ErrNotXMLTV, ErrTooLarge, an error of the source, or one that
// names an encoding which cannot be read; after an error every call returns it.
func (r *Reader) Read() (Entry, error) {
	if r.err != nil {
		return Entry{}, r.err
	}
	entry, err := r.next()
	if err != nil {
		r.err = err
		return Entry{}, err
	}
	return entry, nil
}

// Warnings tells what the reader had to forgive so far, with the place in the
// document as UTF-8, at most twenty lines. Nil means that nothing was wrong.
func (r *Reader) Warnings() []string {
	if r.scan == nil {
		return nil
	}
	return r.scan.warnings
}

// Truncated says, once Read has returned io.EOF, that the document ends before
// its tv element does: there was more.
func (r *Reader) Truncated() bool { return r.open }

// Offset is how many bytes of the document, as UTF-8, have been read. It is
// for showing progress.
func (r *Reader) Offset() int64 {
	if r.scan == nil {
		return 0
	}
	return r.scan.offset()
}

func (r *Reader) next() (Entry, error) {
	if r.scan == nil {
		text, err := asUTF8(r.source, r.options.Charset)
		if err != nil {
			return Entry{}, err
		}
		r.scan = newScanner(text)
	}
	for {
		switch r.scan.next() {
		case tokenStart:
			entry, err := r.element()
			if entry != (Entry{}) || err != nil {
				return entry, err
			}
		case tokenEnd:
			if string(r.scan.name) == "tv" {
				r.open = false
			}
		case tokenText:
		case tokenEOF:
			return Entry{}, r.end()
		}
	}
}

// element reads the element whose start tag is the current token, the empty
// Entry when nobody wants it.
func (r *Reader) element() (Entry, error) {
	switch string(r.scan.name) {
	case "tv":
		r.known, r.open = true, !r.scan.closed
	case "channel":
		r.known = true
		if r.options.SkipChannels {
			break
		}
		channel := new(Channel)
		if !r.channel(channel) {
			return Entry{}, r.end()
		}
		return Entry{Channel: channel}, nil
	case "programme":
		r.known = true
		if r.options.SkipProgrammes {
			break
		}
		programme := r.wanted()
		if programme == nil {
			break
		}
		if !r.programme(programme) {
			return Entry{}, r.end()
		}
		return Entry{Programme: programme}, nil
	}
	return Entry{}, nil
}

// end is why there is nothing more to read.
func (r *Reader) end() error {
	if err := r.scan.err; err != nil {
		return fmt.Errorf("read guide at byte %d: %w", r.scan.offset(), err)
	}
	if !r.known {
		return fmt.Errorf("%w: it has no tv element", ErrNotXMLTV)
	}
	if r.open {
		r.scan.warn("the guide ends without the end of its tv element")
	}
	return io.EOF
}

// Bounds of what is kept once for all elements that hold it.
const (
	maxNames   = 8192
	maxNameLen = 64
)

// name is a text that is likely to come again: it is kept once.
func (r *Reader) name(raw []byte) string {
	if known, ok := r.names[string(raw)]; ok {
		return known
	}
	text := r.scan.text(raw)
	if len(r.names) < maxNames && len(raw) <= maxNameLen && len(raw) == len(text) {
		r.names[text] = text
	}
	return text
}
