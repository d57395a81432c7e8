package ingest

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf16"
)

// JSON here is written as Python's json.dumps(value, sort_keys=True) writes it:
// hashes of streams are made of that text, and a property that Django saves
// again without a change stays the same bytes.

// member is one member of a JSON object.
type member struct {
	key   string
	value string
	list  []string // the value, when it is a list
	raw   []byte   // the value, when it is JSON already
}

// appendObject appends an object of members, which it sorts.
func appendObject(b []byte, members []member) []byte {
	slices.SortFunc(members, func(x, y member) int { return strings.Compare(x.key, y.key) })
	b = append(b, '{')
	for i, m := range members {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = appendString(b, m.key)
		b = append(b, ": "...)
		if m.raw != nil {
			b = append(b, m.raw...)
			continue
		}
		if m.list == nil {
			b = appendString(b, m.value)
			continue
		}
		b = append(b, '[')
		for i, text := range m.list {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = appendString(b, text)
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

const hexDigits = "0123456789abcdef"

// appendString appends a JSON string of ASCII characters. A NUL, which no
// database takes, becomes the replacement character.
func appendString(b []byte, text string) []byte {
	b = append(b, '"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r >= ' ' && r <= '~':
			b = append(b, byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r == '\b':
			b = append(b, `\b`...)
		case r == '\f':
			b = append(b, `\f`...)
		case r == 0:
			b = append(b, `\ufffd`...)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			b = appendEscape(appendEscape(b, high), low)
		default:
			b = appendEscape(b, r)
		}
	}
	return append(b, '"')
}

func appendEscape(b []byte, r rune) []byte {
	return append(b, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

// canonical is stored JSON as it is written here. PostgreSQL rewrites what it
// stores, and others write as they like. What cannot be read stays as it is.
func canonical(text json.RawMessage) json.RawMessage {
	var object map[string]any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if decoder.Decode(&object) != nil {
		return text
	}
	return appendValue(nil, object)
}

// outlandish says that no database takes a number, or that Python would read it as infinite.
func outlandish(number json.Number) bool {
	value, err := number.Float64()
	return err != nil || len(number) > 400 || value == 0 && strings.ContainsAny(string(number), "eE")
}

// appendValue appends what a decoder made of JSON.
func appendValue(b []byte, value any) []byte {
	switch value := value.(type) {
	case string:
		return appendString(b, value)
	case json.Number:
		if outlandish(value) {
			return appendString(b, string(value))
		}
		return append(b, value...)
	case bool:
		if value {
			return append(b, "true"...)
		}
		return append(b, "false"...)
	case []any:
		b = append(b, '[')
		for i, element := range value {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = appendValue(b, element)
		}
		return append(b, ']')
	case map[string]any:
		keys := make([]string, 0, len(value))
		for key := range value {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		b = append(b, '{')
		for i, key := range keys {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = appendString(b, key)
			b = append(b, ": "...)
			b = appendValue(b, value[key])
		}
		return append(b, '}')
	}
	return append(b, "null"...)
}
