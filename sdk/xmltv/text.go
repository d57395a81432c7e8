package xmltv

import (
	"bytes"
	"encoding/xml"
	"strconv"
	"strings"
	"unicode/utf8"
)

// What a byte of text may ask for.
const (
	asksReference = 1 << iota // & begins one
	asksNewline               // \r is written as \n
	asksDrop                  // a control character that no XML holds
	asksCheck                 // part of a longer character, or none
)

// asks is what c, a byte of text, asks for; zero for nothing.
func asks(c byte) byte {
	switch {
	case c == '&':
		return asksReference
	case c == '\r':
		return asksNewline
	case c >= 0x80:
		return asksCheck
	case c < ' ' && c != '\t' && c != '\n':
		return asksDrop
	}
	return 0
}

// tokenText is the current text token as a string.
func (s *scanner) tokenText() string {
	if s.cdata {
		return s.decode(s.raw, asksNewline|asksDrop|asksCheck)
	}
	return s.text(s.raw)
}

// text is raw as it is meant: references replaced, ends of lines made one
// character, valid UTF-8.
func (s *scanner) text(raw []byte) string {
	return s.decode(raw, asksReference|asksNewline|asksDrop|asksCheck)
}

// decode is raw with what asks for it replaced.
func (s *scanner) decode(raw []byte, heed byte) string {
	var asked byte
	for _, c := range raw {
		asked |= asks(c)
	}
	asked &= heed
	if asked&asksCheck != 0 && utf8.Valid(raw) {
		asked &^= asksCheck
	}
	if asked == 0 {
		return string(raw)
	}
	if asked&asksCheck != 0 {
		s.warn("bytes before byte %d are not UTF-8; they are read as Windows-1252", s.offset())
	}
	out := s.scratch[:0]
	for len(raw) > 0 {
		ask := asks(raw[0]) & heed
		switch {
		case ask&asksReference != 0:
			out, raw = s.reference(out, raw)
		case ask&asksNewline != 0:
			out = append(out, '\n')
			raw = bytes.TrimPrefix(raw[1:], []byte("\n"))
		case ask&asksDrop != 0:
			raw = raw[1:]
		case ask&asksCheck != 0:
			char, size := utf8.DecodeRune(raw)
			if char == utf8.RuneError && size == 1 {
				char = windows1252(raw[0])
			}
			out = utf8.AppendRune(out, char)
			raw = raw[size:]
		default:
			n := 1
			for n < len(raw) && asks(raw[n])&heed == 0 {
				n++
			}
			out = append(out, raw[:n]...)
			raw = raw[n:]
		}
	}
	s.scratch = out
	return string(out)
}

// maxReference is how long a reference may be; a "&" with no ";" that near is
// only a character.
const maxReference = 64

// reference appends what the reference at the beginning of raw stands for, and
// returns what follows it. What nobody knows stays as it is.
func (s *scanner) reference(out, raw []byte) (text, rest []byte) {
	end := bytes.IndexByte(raw[:min(len(raw), maxReference)], ';')
	if end < 0 {
		return append(out, '&'), raw[1:]
	}
	name := raw[1:end]
	switch string(name) {
	case "amp":
		out = append(out, '&')
	case "lt":
		out = append(out, '<')
	case "gt":
		out = append(out, '>')
	case "quot":
		out = append(out, '"')
	case "apos":
		out = append(out, '\'')
	default:
		var known bool
		if bytes.HasPrefix(name, []byte("#")) {
			out, known = appendCharacter(out, string(name[1:]))
		} else {
			out, known = s.appendEntity(out, string(name))
		}
		if !known {
			return append(out, '&'), raw[1:]
		}
	}
	return out, raw[end+1:]
}

// appendCharacter appends the character with this number, decimal or x and
// hexadecimal; nothing for a character that no text may hold.
func appendCharacter(out []byte, number string) ([]byte, bool) {
	base := 10
	if strings.HasPrefix(number, "x") || strings.HasPrefix(number, "X") {
		number, base = number[1:], 16
	}
	n, err := strconv.ParseUint(number, base, 32)
	if err != nil || n > utf8.MaxRune {
		return out, false
	}
	if n < ' ' && n != '\t' && n != '\n' && n != '\r' {
		return out, true
	}
	return utf8.AppendRune(out, rune(n)), true
}

// appendEntity appends what an entity stands for: the document's own, else HTML's.
func (s *scanner) appendEntity(out []byte, name string) ([]byte, bool) {
	if value, ok := s.entities.value(name); ok {
		return append(out, value...), true
	}
	value, ok := xml.HTMLEntity[name]
	return append(out, value...), ok
}
