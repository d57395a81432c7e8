package sdk

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// decodeRows decodes an array of rows: json.Unmarshal four times as fast, for
// what a host sends, which is objects of plain values. Everything else
// json.Unmarshal has to look at.
func decodeRows[T any](raw []byte) ([]T, error) {
	d := rowDecoder{rest: raw, fields: fieldsOf(reflect.TypeFor[T]())}
	rows := make([]T, 0, bytes.Count(raw, []byte(`{"id":`)))
	if d.array(func() bool {
		rows = append(rows, *new(T))
		return d.object(reflect.ValueOf(&rows[len(rows)-1]).Elem())
	}) {
		return rows, nil
	}
	rows = nil
	if err := json.Unmarshal(raw, &rows); err != nil {
		return nil, err //nolint:wrapcheck // eachPage says what it was
	}
	return rows, nil
}

// fieldsOf finds the fields of a row type by their json names.
func fieldsOf(t reflect.Type) map[string]int {
	fields := map[string]int{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		fields[name] = i
	}
	return fields
}

// rowDecoder goes through JSON that is valid. Its methods return false when
// they meet something that they do not know.
type rowDecoder struct {
	rest   []byte
	fields map[string]int
}

// skip passes over c.
func (d *rowDecoder) skip(c byte) bool {
	if len(d.rest) == 0 || d.rest[0] != c {
		return false
	}
	d.rest = d.rest[1:]
	return true
}

// array calls element for each, and wants nothing to follow.
func (d *rowDecoder) array(element func() bool) bool {
	if !d.skip('[') {
		return false
	}
	if d.skip(']') {
		return len(d.rest) == 0
	}
	for element() {
		if d.skip(']') {
			return len(d.rest) == 0
		}
		if !d.skip(',') {
			return false
		}
	}
	return false
}

func (d *rowDecoder) object(row reflect.Value) bool {
	if !d.skip('{') {
		return false
	}
	if d.skip('}') {
		return true
	}
	for {
		name, ok := d.plain()
		if !ok || !d.skip(':') {
			return false
		}
		index, known := d.fields[string(name)]
		if !known || !d.value(row.Field(index)) {
			return false
		}
		if d.skip('}') {
			return true
		}
		if !d.skip(',') {
			return false
		}
	}
}

// plain is a text without escapes.
func (d *rowDecoder) plain() ([]byte, bool) {
	if len(d.rest) == 0 || d.rest[0] != '"' {
		return nil, false
	}
	end := bytes.IndexByte(d.rest[1:], '"') + 1
	if end == 0 || bytes.IndexByte(d.rest[:end], '\\') >= 0 {
		return nil, false
	}
	text := d.rest[1:end]
	d.rest = d.rest[end+1:]
	return text, true
}

func (d *rowDecoder) value(field reflect.Value) bool {
	switch field.Kind() {
	case reflect.String:
		return d.text(field)
	case reflect.Bool:
		rest, ok := bytes.CutPrefix(d.rest, []byte("true"))
		field.SetBool(ok)
		d.rest = rest
		return ok
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(string(d.number()), 10, 64)
		field.SetInt(n)
		return err == nil
	case reflect.Float64:
		n, err := strconv.ParseFloat(string(d.number()), 64)
		field.SetFloat(n)
		return err == nil
	}
	moment, ok := reflect.TypeAssert[*time.Time](field.Addr())
	if !ok {
		return d.any(field)
	}
	text, ok := d.plain()
	if !ok {
		return false
	}
	return moment.UnmarshalText(text) == nil
}

// text reads a text; one with escapes is left to json.Unmarshal.
func (d *rowDecoder) text(field reflect.Value) bool {
	if text, ok := d.plain(); ok {
		field.SetString(string(text))
		return true
	}
	return d.any(field)
}

// number is what looks like one.
func (d *rowDecoder) number() []byte {
	end := 0
	for end < len(d.rest) && strings.IndexByte("+-.0123456789Ee", d.rest[end]) >= 0 {
		end++
	}
	number := d.rest[:end]
	d.rest = d.rest[end:]
	return number
}

// any reads a value of any shape.
func (d *rowDecoder) any(field reflect.Value) bool {
	decoder := json.NewDecoder(bytes.NewReader(d.rest))
	if err := decoder.Decode(field.Addr().Interface()); err != nil {
		return false
	}
	d.rest = d.rest[decoder.InputOffset():]
	return true
}
