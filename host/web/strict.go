package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// decodeJSON reads a body that has to be one JSON object.
func decodeJSON(raw []byte) (fields, error) {
	raw, err := strictJSON(raw)
	if err != nil {
		return nil, malformed("JSON parse error - %v", err)
	}
	if !bytes.HasPrefix(raw, []byte("{")) {
		return nil, malformed("The body has to be a JSON object.")
	}
	var all fields
	if err := json.Unmarshal(raw, &all); err != nil {
		return nil, malformed("JSON parse error - %v", err)
	}
	return all, nil
}

// strictJSON takes one JSON value in UTF-8, with or without a byte order mark
// before it and space around it, in which no object has a key twice: which of
// the two counts differs from reader to reader.
func strictJSON(raw []byte) (json.RawMessage, error) {
	raw = bytes.TrimSpace(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")))
	if !utf8.Valid(raw) {
		return nil, errors.New("the text is not UTF-8")
	}
	var whole json.RawMessage
	if err := json.Unmarshal(raw, &whole); err != nil {
		return nil, placed(raw, err)
	}
	if err := unique(raw); err != nil {
		return nil, err
	}
	return raw, nil
}

// placed adds line and column to a mistake in JSON.
func placed(raw []byte, err error) error {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return err
	}
	before := raw[:min(max(int(syntax.Offset)-1, 0), len(raw))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := len(before) - (bytes.LastIndexByte(before, '\n') + 1) + 1
	return fmt.Errorf("%w (line %d, column %d)", err, line, column)
}

// level is one open object or array.
type level struct {
	keys  map[string]bool // those that came; nil in an array
	value bool            // the value of a key comes next
}

// unique looks for a key that comes twice in an object of valid JSON.
func unique(raw []byte) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var open []level
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err //nolint:wrapcheck // it was read once already
		}
		if token == json.Delim('}') || token == json.Delim(']') {
			open = open[:len(open)-1]
			continue
		}
		if len(open) > 0 {
			top := &open[len(open)-1]
			key, text := token.(string)
			if top.keys != nil && !top.value && text {
				if top.keys[key] {
					return fmt.Errorf("the key %q comes twice", cut(key))
				}
				top.keys[key], top.value = true, true
				continue
			}
			top.value = false
		}
		switch token {
		case json.Delim('{'):
			open = append(open, level{keys: map[string]bool{}})
		case json.Delim('['):
			open = append(open, level{})
		}
	}
}
