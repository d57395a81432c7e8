package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/mail"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pluggarr/pluggarr/host/auth"
)

const (
	maxAccount = 64 << 10 // bytes of a body about an account, and of what is kept as JSON in it
	maxDepth   = 50       // objects and lists in each other in what is kept as JSON
)

const required = "This field is required."

// values are the fields of a body about an account. Reading one that is not what
// it should be adds to wrong, in Dispatcharr's words.
type values struct {
	fields
	wrong auth.Invalid
}

// account reads a body about an account.
func (r *request) account(w http.ResponseWriter, known ...string) (*values, error) {
	all, err := r.body(w, maxAccount, known...)
	if err != nil {
		return nil, err
	}
	return &values{fields: all, wrong: auth.Invalid{}}, nil
}

// err is what is wrong, nil when nothing is.
func (v *values) err() error {
	if len(v.wrong) == 0 {
		return nil
	}
	return v.wrong
}

// add takes over what is wrong; any other error is returned.
func (v *values) add(err error) error {
	var invalid auth.Invalid
	if !errors.As(err, &invalid) {
		return err
	}
	for name, texts := range invalid {
		v.wrong[name] = append(v.wrong[name], texts...)
	}
	return nil
}

func (v *values) is(name, what string) {
	v.wrong[name] = append(v.wrong[name], what)
}

// need complains about fields that are not there.
func (v *values) need(names ...string) {
	for _, name := range names {
		if _, ok := v.fields[name]; !ok {
			v.is(name, required)
		}
	}
}

// has says whether a field is there; null is a mistake.
func (v *values) has(name string) bool {
	raw, ok := v.fields[name]
	if ok && string(raw) == "null" {
		v.is(name, "This field may not be null.")
		return false
	}
	return ok
}

// text reads a text of at most width characters; false when there is none.
func (v *values) text(name string, width int) (string, bool) {
	if !v.has(name) {
		return "", false
	}
	var text string
	switch err := json.Unmarshal(v.fields[name], &text); {
	case err != nil:
		v.is(name, "Not a valid string.")
	case strings.ContainsRune(text, 0):
		v.is(name, "Null characters are not allowed.")
	case utf8.RuneCountInString(text) > width:
		v.is(name, fmt.Sprintf("Ensure this field has no more than %d characters.", width))
	default:
		return text, true
	}
	return "", false
}

// email reads an address, which may be empty.
func (v *values) email(name string) (string, bool) {
	text, ok := v.text(name, 254)
	if !ok || text == "" {
		return text, ok
	}
	if address, err := mail.ParseAddress(text); err != nil || address.Address != text {
		v.is(name, "Enter a valid email address.")
		return "", false
	}
	return text, true
}

// number reads a whole number, also one that is written as a text, from 0 on.
func (v *values) number(name string) (int64, bool) {
	if !v.has(name) {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.Trim(string(v.fields[name]), `"`), 10, 64)
	switch {
	case err != nil:
		v.is(name, "A valid integer is required.")
	case n < 0:
		v.is(name, "Ensure this value is greater than or equal to 0.")
	case n > math.MaxInt32:
		v.is(name, fmt.Sprintf("Ensure this value is less than or equal to %d.", math.MaxInt32))
	default:
		return n, true
	}
	return 0, false
}

// truth reads a boolean.
func (v *values) truth(name string) (on, ok bool) {
	if !v.has(name) {
		return false, false
	}
	if on, ok = truth(v.fields[name]); !ok {
		v.is(name, "Must be a valid boolean.")
	}
	return on, ok
}

// object reads a JSON object that every database can keep.
func (v *values) object(name string) (map[string]json.RawMessage, bool) {
	if !v.has(name) {
		return nil, false
	}
	raw, err := plainJSON(v.fields[name])
	var object map[string]json.RawMessage
	switch {
	case err != nil || json.Unmarshal(raw, &object) != nil:
		v.is(name, "Must be a JSON object.")
	case bytes.Contains(raw, []byte(`\u0000`)):
		v.is(name, "Null characters are not allowed.")
	case depth(raw) > maxDepth:
		v.is(name, fmt.Sprintf("Ensure this value is nested at most %d levels deep.", maxDepth))
	default:
		return object, true
	}
	return nil, false
}

// plainJSON writes JSON again, as a database that looks into it takes it: no half
// of a surrogate pair, and no number that is beyond all others.
func plainJSON(raw json.RawMessage) (json.RawMessage, error) {
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		return nil, err //nolint:wrapcheck // its caller says what is wrong
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber() // as they are written
	if err := dec.Decode(&value); err != nil {
		return nil, err //nolint:wrapcheck // as above
	}
	return encode(value)
}

// depth is how many objects and lists of valid JSON are in each other.
func depth(raw []byte) int {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	open, most := 0, 0
	for {
		token, err := dec.Token()
		if err != nil {
			return most
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			open++
			most = max(most, open)
		case json.Delim('}'), json.Delim(']'):
			open--
		}
	}
}

// merged changes single keys of an object; null removes one.
func merged(object json.RawMessage, changes map[string]json.RawMessage) (json.RawMessage, error) {
	all := map[string]json.RawMessage{}
	if json.Unmarshal(object, &all) != nil || all == nil {
		all = map[string]json.RawMessage{} // no object, as another program may have left it
	}
	for name, value := range changes {
		if string(value) == "null" {
			delete(all, name)
			continue
		}
		all[name] = value
	}
	raw, err := encode(all)
	if err == nil && len(raw) > maxAccount {
		return nil, auth.Invalid{"custom_properties": {fmt.Sprintf("Ensure this value has no more than %d bytes.", maxAccount)}}
	}
	return raw, err
}
