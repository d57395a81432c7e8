package xmltv

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// ours lists the tokens of a document, one text for all that follow each other.
func ours(document io.Reader) []string {
	var tokens tokenList
	s := newScanner(document)
	for {
		switch s.next() {
		case tokenStart:
			name := string(s.name)
			tag := "<" + name
			for rest := s.rest; ; {
				name, value, more, ok := nextAttribute(rest)
				if !ok {
					break
				}
				tag += " " + string(name) + "=" + s.text(value)
				rest = more
			}
			tokens.add(tag)
			if s.closed {
				tokens.add("</" + name)
			}
		case tokenEnd:
			tokens.add("</" + string(s.name))
		case tokenText:
			tokens.text(s.tokenText())
		case tokenEOF:
			return tokens.list
		}
	}
}

// theirs is the same by encoding/xml.
func theirs(document io.Reader) ([]string, error) {
	var tokens tokenList
	d := xml.NewDecoder(document)
	d.Entity = xml.HTMLEntity
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return tokens.list, nil
		}
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			tag := "<" + full(token.Name)
			for _, a := range token.Attr {
				tag += " " + full(a.Name) + "=" + a.Value
			}
			tokens.add(tag)
		case xml.EndElement:
			tokens.add("</" + full(token.Name))
		case xml.CharData:
			tokens.text(string(token))
		case xml.Directive:
			if bytes.Contains(token, []byte("<")) || !bytes.HasPrefix(token, []byte("DOCTYPE")) {
				return nil, errors.New("declares something, which encoding/xml does not heed")
			}
		}
	}
}

func full(name xml.Name) string {
	if name.Space == "" {
		return name.Local
	}
	return name.Space + ":" + name.Local
}

type tokenList struct{ list []string }

func (t *tokenList) add(token string) { t.list = append(t.list, token) }

func (t *tokenList) text(text string) {
	if text == "" {
		return
	}
	if n := len(t.list); n > 0 && strings.HasPrefix(t.list[n-1], "text ") {
		t.list[n-1] += text
		return
	}
	t.add("text " + text)
}

// documents are whole, as encoding/xml takes them.
var documents = []string{
	`<tv><channel id="a"><display-name>A</display-name></channel></tv>`,
	`<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE tv SYSTEM "xmltv.dtd"><tv a='1' b = "2"/>`,
	"<a>one\r\ntwo\rthree\n&#13;&#x41;&amp;&eacute;<!-- <b> --><![CDATA[<c> & \r\n]]]]></a >",
	"<a x=\"1\r\n2\ty>z\"y='&quot;&apos;'><b:c d:e=\"f\"/></a>",
	"<!DOCTYPE a [ <!-- > ' --> ]><a/>",
	"<!DOCTYPE a PUBLIC \"x>y\" 'z'><?pi <a> ?><a>\u00e9\U0001F4FA\u4e16</a>",
	"<a>]]</a><b>&lt;&gt;</b>",
	"",
}

func FuzzScanner(f *testing.F) {
	for _, document := range documents {
		f.Add([]byte(document))
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		got := ours(bytes.NewReader(document))
		want, err := theirs(bytes.NewReader(document))
		if err == nil && !slices.Equal(got, want) {
			t.Errorf("tokens of %q = %q, encoding/xml has %q", document, got, want)
		}
		if slow := ours(iotest.OneByteReader(bytes.NewReader(document))); !slices.Equal(got, slow) {
			t.Errorf("tokens of %q = %q, read byte by byte %q", document, got, slow)
		}
	})
}

func TestScannerAgreesWithEncodingXML(t *testing.T) {
	t.Parallel()
	for _, document := range documents {
		want, err := theirs(strings.NewReader(document))
		if err != nil {
			t.Fatalf("encoding/xml refuses %q: %v", document, err)
		}
		if got := ours(strings.NewReader(document)); !slices.Equal(got, want) {
			t.Errorf("tokens of %q = %q, encoding/xml has %q", document, got, want)
		}
	}
}
