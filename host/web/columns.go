package web

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pluggarr/pluggarr/host/store"
)

// column is a field of a row type of package store, by the name that it has in
// SQL and JSON.
type column struct {
	name string
	at   int  // the field's index
	null bool // its zero stands for null
}

// columnsOf lists the columns of a row type in their order.
func columnsOf(row reflect.Type) []column {
	var all []column
	for i := range row.NumField() {
		name, options, _ := strings.Cut(row.Field(i).Tag.Get("bun"), ",")
		if strings.HasPrefix(name, "table:") {
			continue
		}
		kind := row.Field(i).Type.Kind()
		null := strings.Contains(options, "nullzero") || kind == reflect.Pointer || kind == reflect.Slice
		all = append(all, column{name, i, null})
	}
	return all
}

// member is a name of a JSON object with its value.
type member struct {
	name  string
	value any
}

// members is a JSON object that keeps the order of its names.
type members []member

// MarshalJSON writes the object.
func (m members) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, member := range m {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Quote(member.name))
		b.WriteByte(':')
		value, err := encode(member.value)
		if err != nil {
			return nil, err
		}
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// showRow is a row as JSON has it: without the columns in hidden, and null in
// place of those in private.
func showRow(row any, hidden, private []string) members {
	at := reflect.ValueOf(row).Elem()
	columns := columnsOf(at.Type())
	shown := make(members, 0, len(columns)+2)
	for _, c := range columns {
		field := at.Field(c.at)
		switch {
		case slices.Contains(hidden, c.name):
		case c.null && field.IsZero(), slices.Contains(private, c.name):
			shown = append(shown, member{c.name, nil})
		default:
			shown = append(shown, member{c.name, field.Interface()})
		}
	}
	return shown
}

// setRow puts the values of a body into a row, as far as they are its columns,
// and says which do not fit.
func setRow(row any, body fields, columns []string) store.Invalid {
	at := reflect.ValueOf(row).Elem()
	var wrong store.Invalid
	for _, c := range columnsOf(at.Type()) {
		raw, there := body[c.name]
		if !there || !slices.Contains(columns, c.name) {
			continue
		}
		field := at.Field(c.at)
		switch problem := setField(field, raw, c.null); {
		case problem != "":
			wrong = append(wrong, store.Problem{Field: c.name, Message: problem})
		case field.Kind() == reflect.String:
			field.SetString(strings.TrimSpace(field.String()))
		}
	}
	return wrong
}

// setField puts a JSON value into a field; it returns what is wrong, "" when
// nothing is.
func setField(field reflect.Value, raw json.RawMessage, null bool) string {
	if string(raw) == "null" {
		if !null {
			return "may not be null"
		}
		field.SetZero()
		return ""
	}
	switch to := field.Addr().Interface().(type) {
	case *bool:
		on, ok := truth(raw)
		if !ok {
			return "has to be true or false"
		}
		*to = on
		return ""
	case *json.RawMessage:
		plain, err := plainJSON(raw)
		if err != nil || !bytes.HasPrefix(plain, []byte("{")) {
			return "has to be a JSON object"
		}
		if len(plain) > maxObject || depth(plain) > maxDepth {
			return "is too long or nested too deeply"
		}
		*to = plain
		return ""
	}
	kind := field.Kind()
	if kind == reflect.Pointer {
		kind = field.Type().Elem().Kind()
	}
	if kind == reflect.Int || kind == reflect.Int64 || kind == reflect.Float64 {
		raw = bytes.Trim(raw, `"`) // forms know only texts
	}
	fresh := reflect.New(field.Type())
	if json.Unmarshal(raw, fresh.Interface()) != nil {
		return wanted(field.Type(), kind)
	}
	field.Set(fresh.Elem())
	return ""
}

// maxObject is how many bytes of JSON one column of the lineup takes.
const maxObject = 256 << 10

// wanted says what a field takes.
func wanted(of reflect.Type, kind reflect.Kind) string {
	switch {
	case of == reflect.TypeFor[time.Time]():
		return `has to be a time, like "2026-03-01T12:00:00Z"`
	case of == reflect.TypeFor[store.UUID]():
		return "has to be a UUID"
	case kind == reflect.Int, kind == reflect.Int64:
		return "has to be a whole number"
	case kind == reflect.Float64:
		return "has to be a number"
	}
	return "has to be a text"
}
