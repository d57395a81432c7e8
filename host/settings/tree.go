package settings

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// deepest is how many levels of arrays and objects a value may have; Python's
// decoder gives up at about 1000.
const deepest = 100

// object is a JSON object that keeps the order of its keys. Values are nil,
// bool, json.Number, string, []any, *object, and json.RawMessage for what was
// put there without being looked at.
type object struct {
	keys   []string
	values map[string]any
}

func newObject(size int) *object {
	return &object{keys: make([]string, 0, size), values: make(map[string]any, size)}
}

func (o *object) get(key string) (any, bool) {
	v, ok := o.values[key]
	return v, ok
}

// set adds or replaces; what is replaced keeps its place.
func (o *object) set(key string, value any) {
	if _, taken := o.values[key]; !taken {
		o.keys = append(o.keys, key)
	}
	o.values[key] = value
}

func (o *object) remove(key string) {
	if _, there := o.values[key]; there {
		delete(o.values, key)
		o.keys = slices.DeleteFunc(o.keys, func(k string) bool { return k == key })
	}
}

// object returns the object at key, or nil.
func (o *object) object(key string) *object {
	inner, _ := o.values[key].(*object)
	return inner
}

// errNotObject reports a JSON value that had to be an object.
var errNotObject = errors.New("has to be a JSON object")

// readObject decodes a JSON object. Of a key that comes twice the last counts.
func readObject(raw json.RawMessage) (*object, error) {
	v, err := readValue(raw)
	if err != nil {
		return nil, err
	}
	o, ok := v.(*object)
	if !ok {
		return nil, errNotObject
	}
	return o, nil
}

// readValue decodes one JSON value.
func readValue(raw json.RawMessage) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	v, err := next(dec, 0)
	if err != nil {
		return nil, fmt.Errorf("is not JSON: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("is more than one JSON value")
	}
	return v, nil
}

func next(dec *json.Decoder, depth int) (any, error) {
	token, err := dec.Token()
	if err != nil {
		if errors.Is(err, io.EOF) {
			return nil, io.ErrUnexpectedEOF
		}
		return nil, err //nolint:wrapcheck // readValue says what was being read
	}
	if depth > deepest {
		return nil, fmt.Errorf("more than %d levels deep", deepest)
	}
	switch token {
	case json.Delim('{'):
		return members(dec, depth+1)
	case json.Delim('['):
		return elements(dec, depth+1)
	}
	return token, nil
}

func members(dec *json.Decoder, depth int) (*object, error) {
	o := newObject(8)
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, err //nolint:wrapcheck // readValue says what was being read
		}
		value, err := next(dec, depth)
		if err != nil {
			return nil, err
		}
		name, _ := key.(string) // the decoder lets nothing else be a key
		o.set(name, value)
	}
	_, err := dec.Token()
	return o, err //nolint:wrapcheck // readValue says what was being read
}

func elements(dec *json.Decoder, depth int) ([]any, error) {
	list := []any{}
	for dec.More() {
		value, err := next(dec, depth)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	_, err := dec.Token()
	return list, err //nolint:wrapcheck // readValue says what was being read
}

// write encodes a value of a tree.
func write(v any) json.RawMessage { return appendValue(make([]byte, 0, 256), v) }

func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case bool:
		if v {
			return append(b, "true"...)
		}
		return append(b, "false"...)
	case json.Number:
		return append(b, v...)
	case json.RawMessage:
		return append(b, v...)
	case string:
		return appendText(b, v)
	case []any:
		b = append(b, '[')
		for i, element := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendValue(b, element)
		}
		return append(b, ']')
	case *object:
		b = append(b, '{')
		for i, key := range v.keys {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendText(b, key), ':')
			b = appendValue(b, v.values[key])
		}
		return append(b, '}')
	}
	return append(b, "null"...)
}

func appendText(b []byte, text string) []byte {
	plain := strings.IndexFunc(text, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }) < 0
	if plain {
		b = append(b, '"')
		b = append(b, text...)
		return append(b, '"')
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(text); err != nil {
		return append(b, `""`...) // a string always encodes
	}
	return append(b, bytes.TrimRight(out.Bytes(), "\n")...)
}

// same says whether two values are the same JSON: the order of keys and the
// writing of whole numbers do not matter.
func same(a, b any) bool {
	switch a := a.(type) {
	case *object:
		b, ok := b.(*object)
		if !ok || len(a.keys) != len(b.keys) {
			return false
		}
		for _, key := range a.keys {
			other, there := b.get(key)
			if !there || !same(a.values[key], other) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, same)
	case json.Number:
		b, ok := b.(json.Number)
		return ok && plainNumber(a) == plainNumber(b)
	}
	switch b.(type) {
	case *object, []any:
		return false
	}
	return a == b
}
