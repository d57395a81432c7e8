package xmltv

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// asUTF8 returns r as UTF-8, without byte order mark. The encoding is what the
// mark or the XML declaration says, UTF-8 without either.
func asUTF8(r io.Reader, other func(string, io.Reader) (io.Reader, error)) (io.Reader, error) {
	text := bufio.NewReaderSize(r, 64<<10)
	head, err := text.Peek(1024)
	if len(head) == 0 && err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read guide: %w", err)
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		_, err := text.Discard(3)
		return text, err
	case bytes.HasPrefix(head, []byte("\xFE\xFF")):
		_, err := text.Discard(2)
		return &utf16Reader{source: text, big: true}, err
	case bytes.HasPrefix(head, []byte("\xFF\xFE")):
		_, err := text.Discard(2)
		return &utf16Reader{source: text}, err
	}
	label := encoding(head)
	switch label {
	case "", "utf-8", "utf8", "us-ascii", "ascii":
		return text, nil
	case "iso-8859-1", "iso8859-1", "latin1", "latin-1", "windows-1252", "cp1252":
		// Whoever says ISO-8859-1 and uses 0x80 to 0x9F means Windows-1252.
		return &byteReader{source: text, char: windows1252}, nil
	case "iso-8859-15", "iso8859-15", "latin-9", "latin9":
		return &byteReader{source: text, char: latin9}, nil
	}
	if other == nil {
		return nil, fmt.Errorf("read guide: its encoding %q is not known", label)
	}
	decoded, err := other(label, text)
	if err != nil {
		return nil, fmt.Errorf("read guide in encoding %q: %w", label, err)
	}
	return decoded, nil
}

// encoding is what the XML declaration in head calls the document's encoding,
// in lower case, empty when it does not say.
func encoding(head []byte) string {
	head = bytes.TrimLeft(head, " \t\r\n")
	if !bytes.HasPrefix(head, []byte("<?xml")) {
		return ""
	}
	declaration, _, _ := bytes.Cut(head, []byte("?>"))
	for rest := declaration[len("<?xml"):]; ; {
		name, value, more, ok := nextAttribute(rest)
		if !ok {
			return ""
		}
		if string(name) == "encoding" {
			return strings.ToLower(string(value))
		}
		rest = more
	}
}

// windows1252 is the character of a byte from 0x80 on. Five bytes are none;
// they stand for the control characters of ISO-8859-1.
func windows1252(c byte) rune {
	const special = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ"
	if c >= 0xA0 || c < 0x80 {
		return rune(c)
	}
	n := 0
	for _, char := range special {
		if n == int(c-0x80) {
			return char
		}
		n++
	}
	return rune(c)
}

// latin9 is the character of a byte of ISO-8859-15.
func latin9(c byte) rune {
	switch c {
	case 0xA4:
		return '€'
	case 0xA6:
		return 'Š'
	case 0xA8:
		return 'š'
	case 0xB4:
		return 'Ž'
	case 0xB8:
		return 'ž'
	case 0xBC:
		return 'Œ'
	case 0xBD:
		return 'œ'
	case 0xBE:
		return 'Ÿ'
	}
	return rune(c)
}

// byteReader reads an encoding of one byte a character as UTF-8.
type byteReader struct {
	source io.ByteReader
	char   func(byte) rune
	left   []byte // of a character that did not fit
	spare  [utf8.UTFMax]byte
}

// Read implements io.Reader.
func (r *byteReader) Read(p []byte) (int, error) {
	n := copy(p, r.left)
	r.left = r.left[n:]
	for n < len(p) {
		c, err := r.source.ReadByte()
		if err != nil {
			return n, err
		}
		if c < utf8.RuneSelf {
			p[n] = c
			n++
			continue
		}
		size := utf8.EncodeRune(r.spare[:], r.char(c))
		copied := copy(p[n:], r.spare[:size])
		r.left = r.spare[copied:size]
		n += copied
	}
	return n, nil
}

// utf16Reader reads UTF-16 as UTF-8.
type utf16Reader struct {
	source io.ByteReader
	big    bool
	unread rune // one unit that was read too far, with 1<<16 added; 0 for none
	left   []byte
	spare  [utf8.UTFMax]byte
}

// Read implements io.Reader.
func (r *utf16Reader) Read(p []byte) (int, error) {
	n := copy(p, r.left)
	r.left = r.left[n:]
	for n < len(p) {
		char, err := r.char()
		if err != nil {
			return n, err
		}
		size := utf8.EncodeRune(r.spare[:], char)
		copied := copy(p[n:], r.spare[:size])
		r.left = r.spare[copied:size]
		n += copied
	}
	return n, nil
}

// char is the next character; half a pair is U+FFFD.
func (r *utf16Reader) char() (rune, error) {
	first, err := r.unit()
	if err != nil || !utf16.IsSurrogate(first) {
		return first, err
	}
	second, err := r.unit()
	if err != nil {
		return utf8.RuneError, nil //nolint:nilerr // the next call meets the error again
	}
	char := utf16.DecodeRune(first, second)
	if char == utf8.RuneError {
		r.unread = second + 1<<16
	}
	return char, nil
}

func (r *utf16Reader) unit() (rune, error) {
	if r.unread != 0 {
		unit := r.unread - 1<<16
		r.unread = 0
		return unit, nil
	}
	a, err := r.source.ReadByte()
	if err != nil {
		return 0, err
	}
	b, err := r.source.ReadByte()
	if err != nil {
		return 0, err
	}
	if r.big {
		a, b = b, a
	}
	return rune(a) | rune(b)<<8, nil
}
