package xmltv

import (
	"bytes"
	"strings"
)

// Bounds of what a document may declare: enough for every named character of
// HTML, too little to do harm.
const (
	maxDirective = 256 << 10
	maxEntity    = 64 << 10 // of one entity, with what it refers to
	maxExpanded  = 16 << 20 // of all references to declared entities together
	maxDepth     = 8        // of entities in entities
	maxSteps     = 4096     // of finding out what one entity gives
)

// entities are what a document declares between the brackets of its DOCTYPE.
type entities struct {
	declared map[string]string // as declared
	expanded map[string]string // with what they refer to
	refused  map[string]bool   // what would be too large, or refers to itself
	spent    int               // how much references have given so far
	steps    int               // left for the entity that is being expanded
}

// value is what a reference to name gives. It is false for an entity that is
// not declared, refers to itself, or would be too large.
func (e *entities) value(name string) (string, bool) {
	if len(e.declared) == 0 || e.refused[name] {
		return "", false
	}
	text, ok := e.expanded[name]
	if !ok {
		var b strings.Builder
		e.steps = maxSteps
		if !e.expand(&b, name, maxDepth) {
			e.refused[name] = true
			return "", false
		}
		text = b.String()
		e.expanded[name] = text
	}
	if e.spent += len(text); e.spent > maxExpanded {
		return "", false
	}
	return text, true
}

// expand writes what name stands for, with what its text refers to.
func (e *entities) expand(b *strings.Builder, name string, depth int) bool {
	text, ok := e.declared[name]
	if !ok || depth == 0 {
		return false
	}
	for {
		if e.steps--; e.steps < 0 || b.Len()+len(text) > maxEntity {
			return false
		}
		before, after, found := strings.Cut(text, "&")
		b.WriteString(before)
		if !found {
			return true
		}
		inner, rest, closed := strings.Cut(after, ";")
		switch _, known := e.declared[inner]; {
		case closed && known:
			if !e.expand(b, inner, depth-1) {
				return false
			}
			text = rest
		default:
			// Any other reference is one of XML or HTML, or a number.
			var s scanner
			out, left := s.reference(nil, []byte("&"+after))
			b.Write(out)
			text = string(left)
		}
	}
}

// declare keeps the entities that the text of a DOCTYPE declares. Those in
// other files, and parameter entities, are passed over: nothing is fetched.
func (e *entities) declare(doctype []byte) {
	_, subset, found := bytes.Cut(doctype, []byte("["))
	if !found {
		return
	}
	if e.declared == nil {
		e.declared, e.expanded, e.refused = map[string]string{}, map[string]string{}, map[string]bool{}
	}
	for {
		_, after, found := bytes.Cut(subset, []byte("<!ENTITY"))
		if !found {
			return
		}
		subset = after
		fields := bytes.Fields(after[:min(len(after), 2*maxReference)])
		if len(fields) == 0 || len(fields[0]) > maxReference {
			continue
		}
		name := fields[0]
		_, after, _ = bytes.Cut(after, name)
		after = bytes.TrimLeft(after, " \t\r\n")
		if len(after) == 0 || after[0] != '"' && after[0] != '\'' {
			continue
		}
		value, rest, closed := bytes.Cut(after[1:], after[:1])
		if !closed {
			return
		}
		if _, twice := e.declared[string(name)]; !twice {
			e.declared[string(name)] = strings.ToValidUTF8(string(value), "\uFFFD")
		}
		subset = rest
	}
}

// directive passes over "<!…>" and keeps what it declares. One that does not
// end is taken to end at the first ">".
func (s *scanner) directive() {
	first, depth, comments := -1, 0, true
	var quote byte
	for i := 1; i < maxDirective; i++ {
		if s.pos+i >= s.limit && !s.fill() {
			break
		}
		c := s.buf[s.pos+i]
		if c == '>' && first < 0 {
			first = i
		}
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '<':
			if comments {
				length, begins := s.comment(i)
				comments = !begins || length > 0
				if length > 0 {
					i += length - 1
					continue
				}
			}
			depth++
		case c == '>' && depth > 0:
			depth--
		case c == '>':
			s.entities.declare(s.buf[s.pos : s.pos+i])
			s.pos += i + 1
			return
		}
	}
	if first < 0 {
		s.warn("the guide ends inside a declaration")
		s.pos = s.limit
		return
	}
	s.warn("the declaration at byte %d has no end", s.offset())
	s.pos += first + 1
}

// comment is how long the comment is that begins at offset at from here, 0
// when it does not end; and whether one begins at all.
func (s *scanner) comment(at int) (length int, begins bool) {
	text := at + len("<!--")
	if !bytes.HasPrefix(s.ahead(text)[at:], []byte("<!--")) {
		return 0, false
	}
	for end := text; end < maxDirective; end++ {
		end = s.find('>', end)
		if end < 0 {
			break
		}
		if bytes.HasSuffix(s.buf[s.pos+text:s.pos+end], []byte("--")) {
			return end + 1 - at, true
		}
	}
	return 0, true
}
