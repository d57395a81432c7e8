package xmltv

// channel reads a channel element, whose start tag is the current token. It
// is false when the document ends first.
func (r *Reader) channel(c *Channel) bool {
	c.ID = r.attribute("id")
	return r.children("channel", func() bool {
		ok := true
		switch string(r.scan.name) {
		case "display-name":
			var name Text
			name, ok = r.named("display-name")
			c.Names = append(c.Names, name)
		case "icon":
			c.Icons = append(c.Icons, r.icon())
		case "url":
			var address string
			address, ok = r.content("url")
			c.URLs = append(c.URLs, address)
		}
		return ok
	})
}

// children calls child with each start tag inside the element called name,
// whose own start tag is the current token. What child leaves unread is
// passed over. It is false when the document ends first.
func (r *Reader) children(name string, child func() bool) bool {
	s := r.scan
	if s.closed {
		return true
	}
	begin := s.offset()
	for {
		switch s.next() {
		case tokenStart:
			if r.unclosed(name) {
				return true
			}
			if !child() {
				return false
			}
		case tokenEnd:
			if string(s.name) == name || r.unclosed(name) {
				return true
			}
		case tokenText:
		case tokenEOF:
			s.warn("the guide ends inside the %s element that begins before byte %d", name, begin)
			return false
		}
	}
}

// unclosed says that the current tag shows that the element called name was
// never closed. The tag is then read again by whoever is around.
func (r *Reader) unclosed(name string) bool {
	s := r.scan
	outer := string(s.name) == "programme" || string(s.name) == "channel" || string(s.name) == "tv"
	if !outer {
		// Inside a programme its own parts are closed by the next part.
		return false
	}
	s.warn("the %s element before byte %d is not closed", name, s.offset())
	s.again = true
	return true
}

// content is the text of the element called name, whose start tag is the
// current token, with the text of elements inside it. It is false when the
// document ends first.
func (r *Reader) content(name string) (string, bool) {
	s := r.scan
	if s.closed {
		return "", true
	}
	var first, text string
	s.joined = s.joined[:0]
	parts := 0
	for {
		switch s.next() {
		case tokenText:
			text = s.tokenText()
			switch parts++; parts {
			case 1:
				first = text
			case 2:
				s.joined = append(append(s.joined[:0], first...), text...)
			default:
				s.joined = append(s.joined, text...)
			}
			if len(s.joined) > maxToken {
				s.err = ErrTooLarge
				return "", false
			}
		case tokenStart, tokenEnd:
			if s.kind == tokenEnd && string(s.name) == name || r.unclosed(name) {
				if parts > 1 {
					return string(s.joined), true
				}
				return first, true
			}
		case tokenEOF:
			s.warn("the guide ends inside a %s element", name)
			return "", false
		}
	}
}

// named is the content of an element that has a lang attribute.
func (r *Reader) named(name string) (Text, bool) {
	lang := r.attribute("lang")
	value, ok := r.content(name)
	return Text{Value: value, Lang: lang}, ok
}

// icon reads the current start tag as a picture.
func (r *Reader) icon() Icon {
	var icon Icon
	r.attributes(func(name, value []byte) {
		switch string(name) {
		case "src":
			icon.Source = r.scan.text(value)
		case "width":
			icon.Width = r.name(value)
		case "height":
			icon.Height = r.name(value)
		}
	})
	return icon
}

// attribute is the value of one attribute of the current start tag, empty when
// it has none. Values that come again and again are kept once.
func (r *Reader) attribute(name string) string {
	if raw, ok := r.scan.attribute(name); ok {
		return r.name(raw)
	}
	return ""
}

// attributes calls each with the raw value of each attribute of the current start tag.
func (r *Reader) attributes(each func(name, value []byte)) {
	rest := r.scan.rest
	for {
		name, value, more, ok := nextAttribute(rest)
		if !ok {
			return
		}
		each(name, value)
		rest = more
	}
}
