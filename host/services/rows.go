package services

import (
	"context"
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pluggarr/pluggarr/host/store"
)

// A row travels as an object whose keys are the columns. Columns that are NULL,
// "", 0 or false are left out.

// column is one column of a row type.
type column struct {
	name  string
	index int // of the field in the struct
}

// columnsOf lists the columns of a row type.
func columnsOf(t reflect.Type) []column {
	var columns []column
	for i := range t.NumField() {
		if t.Field(i).Anonymous {
			continue // bun's own
		}
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("bun"), ",")
		columns = append(columns, column{name, i})
	}
	return columns
}

// rows is a table that plugins reach.
type rows[T any] struct {
	columns []column
	fixed   []string // columns that the host alone sets
	once    []string // columns that stay what they are when a row is made
	large   []string // columns that lists leave out unless details are asked for
	beside  func(ctx context.Context, c *call, ids []int64) (besides, error)
	query   func(f filter) (store.Query, error)
}

// newRows describes a table. fixed are the columns, besides the id, that only
// the host sets.
func newRows[T any](query func(f filter) (store.Query, error), fixed ...string) *rows[T] {
	return &rows[T]{columns: columnsOf(reflect.TypeFor[T]()), fixed: append(fixed, "id"), query: query}
}

// besides are members of rows that are no columns, encoded as `"name":value`,
// by the row's id.
type besides map[int64][]byte

// keeping has columns stay what they are when a row is made.
func (t *rows[T]) keeping(columns ...string) *rows[T] {
	t.once = columns
	return t
}

// showing adds to rows that are read what beside knows of them.
func (t *rows[T]) showing(beside func(ctx context.Context, c *call, ids []int64) (besides, error)) *rows[T] {
	t.beside = beside
	return t
}

// hiding leaves columns out of lists.
func (t *rows[T]) hiding(columns ...string) *rows[T] {
	t.large = columns
	return t
}

// pageParams asks for a page.
type pageParams struct {
	Filter filter `json:"filter"` // which rows
	After  int64  `json:"after"`  // the last id of the page before; 0 for the first page
	Limit  int    `json:"limit"`  // how many rows; 0 for as many as the host likes
}

// mostRows is how many rows a page has at most.
const mostRows = 5000

// list answers with one page: {"next":5,"rows":[…]}. Next is what to ask after
// for the page that follows, 0 when this is the last.
func (t *rows[T]) list(ctx context.Context, c *call, p pageParams) (json.RawMessage, error) {
	q, err := t.query(p.Filter)
	if err != nil {
		return nil, err
	}
	q.Limit = mostRows
	if p.Limit > 0 && p.Limit < mostRows {
		q.Limit = p.Limit
	}
	q.After = p.After
	if !p.Filter.Details {
		q.Without = t.large
	}
	found, err := store.List[T](ctx, c.db, q)
	if err != nil {
		return nil, err
	}
	next := int64(0)
	if len(found) == q.Limit {
		next = t.idOf(&found[len(found)-1])
	}
	more, err := t.known(ctx, c, found)
	if err != nil {
		return nil, err
	}
	b := append([]byte(`{"next":`), strconv.FormatInt(next, 10)...)
	b = append(b, `,"rows":`...)
	return append(t.appendRows(b, found, more), '}'), nil
}

// known is what is shown beside rows.
func (t *rows[T]) known(ctx context.Context, c *call, found []T) (besides, error) {
	if t.beside == nil {
		return nil, nil
	}
	ids := make([]int64, len(found))
	for i := range found {
		ids[i] = t.idOf(&found[i])
	}
	return t.beside(ctx, c, ids)
}

// idOf is the id of a row.
func (t *rows[T]) idOf(row *T) int64 { return reflect.ValueOf(row).Elem().FieldByName("ID").Int() }

// get answers with one row.
func (t *rows[T]) get(ctx context.Context, c *call, p idParams) (json.RawMessage, error) {
	row, err := store.Find[T](ctx, c.db, p.ID)
	if err != nil {
		return nil, err
	}
	more, err := t.known(ctx, c, []T{*row})
	if err != nil {
		return nil, err
	}
	return t.appendRow(nil, reflect.ValueOf(row).Elem(), more[p.ID]), nil
}

// rowsParams are rows to be made or changed.
type rowsParams struct {
	Rows   []map[string]json.RawMessage `json:"rows"`   // values by column
	Fields []string                     `json:"fields"` // for changes: the columns that are to change
}

// create makes rows and answers with them.
func (t *rows[T]) create(ctx context.Context, c *call, p rowsParams) (json.RawMessage, error) {
	made := make([]*T, len(p.Rows))
	for i, values := range p.Rows {
		row := store.New[T]()
		if err := t.fill(row, values); err != nil {
			return nil, err
		}
		made[i] = row
	}
	if err := store.Create(ctx, c.db, made...); err != nil {
		return nil, err
	}
	return t.answer(made), nil
}

// update changes columns of rows.
func (t *rows[T]) update(ctx context.Context, c *call, p rowsParams) (json.RawMessage, error) {
	for _, name := range p.Fields {
		if slices.Contains(t.fixed, name) || slices.Contains(t.once, name) || !t.has(name) {
			return nil, invalid("%q cannot be changed: the fields that can are %s", name, strings.Join(t.free(), ", "))
		}
	}
	if len(p.Fields) == 0 {
		return nil, invalid("name the fields that are to change")
	}
	ids := make([]int64, len(p.Rows))
	for i, values := range p.Rows {
		if err := json.Unmarshal(values["id"], &ids[i]); err != nil {
			return nil, invalid("a row that is to change has an id")
		}
	}
	return json.RawMessage("[]"), store.UpdateMany(ctx, c.db, store.Changes[T]{IDs: ids, Columns: p.Fields, Alter: func(i int, row *T) error {
		chosen := make(map[string]json.RawMessage, len(p.Fields))
		for _, name := range p.Fields {
			chosen[name] = p.Rows[i][name] // nothing empties it
		}
		return t.fill(row, chosen)
	}})
}

type idsParams struct {
	IDs []int64 `json:"ids"` // of rows
}

type countAnswer struct {
	Count int `json:"count"` // of rows
}

// remove deletes rows.
func (t *rows[T]) remove(ctx context.Context, c *call, p idsParams) (countAnswer, error) {
	n, err := store.Delete[T](ctx, c.db, p.IDs...)
	return countAnswer{n}, err
}

func (t *rows[T]) has(name string) bool {
	return slices.ContainsFunc(t.columns, func(c column) bool { return c.name == name })
}

// free lists the columns that plugins may set.
func (t *rows[T]) free() []string {
	var names []string
	for _, c := range t.columns {
		if !slices.Contains(t.fixed, c.name) && !slices.Contains(t.once, c.name) {
			names = append(names, c.name)
		}
	}
	return names
}

// fill sets columns of a row. What only the host sets is left as it is: rows
// come back as they were read.
func (t *rows[T]) fill(row *T, values map[string]json.RawMessage) error {
	v := reflect.ValueOf(row).Elem()
	for _, c := range t.columns {
		raw, given := values[c.name]
		if !given || slices.Contains(t.fixed, c.name) {
			continue
		}
		field := v.Field(c.index)
		field.SetZero()
		if len(raw) == 0 || string(raw) == "null" {
			continue
		}
		if field.Type() == reflect.TypeFor[json.RawMessage]() {
			field.SetBytes(raw)
			continue
		}
		if err := json.Unmarshal(raw, field.Addr().Interface()); err != nil {
			return invalid("%s cannot be %.60s", c.name, raw)
		}
		if field.Kind() == reflect.Pointer && field.Elem().IsZero() {
			field.SetZero() // 0 stands for NULL, as in what is read
		}
	}
	return nil
}

// answer encodes rows that were made.
func (t *rows[T]) answer(made []*T) json.RawMessage {
	b := []byte{'['}
	for i, row := range made {
		if i > 0 {
			b = append(b, ',')
		}
		b = t.appendRow(b, reflect.ValueOf(row).Elem(), nil)
	}
	return append(b, ']')
}

func (t *rows[T]) appendRows(b []byte, found []T, more besides) []byte {
	b = append(b, '[')
	for i := range found {
		if i > 0 {
			b = append(b, ',')
		}
		var of []byte
		if len(more) > 0 {
			of = more[t.idOf(&found[i])]
		}
		b = t.appendRow(b, reflect.ValueOf(&found[i]).Elem(), of)
	}
	return append(b, ']')
}

// appendRow encodes one row, which has an id, and what more is known of it.
// Package encoding/json would take half the time of reading 100,000 rows.
func (t *rows[T]) appendRow(b []byte, row reflect.Value, more []byte) []byte {
	b = append(b, '{')
	first := true
	for _, c := range t.columns {
		field := row.Field(c.index)
		if field.IsZero() {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(b, '"')
		b = append(b, c.name...)
		b = append(b, '"', ':')
		b = appendValue(b, field)
	}
	if len(more) > 0 {
		b = append(append(b, ','), more...)
	}
	return append(b, '}')
}

func appendValue(b []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.Int, reflect.Int64:
		return strconv.AppendInt(b, v.Int(), 10)
	case reflect.Bool:
		return strconv.AppendBool(b, v.Bool())
	case reflect.String:
		return appendString(b, v.String())
	case reflect.Float64:
		if f := v.Float(); !math.IsNaN(f) && !math.IsInf(f, 0) {
			return strconv.AppendFloat(b, f, 'f', -1, 64)
		}
		return append(b, '0') // the database has what JSON has not
	case reflect.Pointer:
		return appendValue(b, v.Elem())
	}
	switch value := v.Interface().(type) {
	case json.RawMessage:
		return append(b, value...)
	case time.Time:
		b = append(b, '"')
		b = value.AppendFormat(b, time.RFC3339Nano)
		return append(b, '"')
	}
	raw, err := json.Marshal(v.Interface())
	if err != nil {
		return append(b, "null"...) // no column has such a type
	}
	return append(b, raw...)
}

// appendString encodes a text; most need no escapes.
func appendString(b []byte, s string) []byte {
	plain := utf8.ValidString(s)
	for i := 0; plain && i < len(s); i++ {
		plain = s[i] >= ' ' && s[i] != '"' && s[i] != '\\'
	}
	if !plain {
		raw, err := json.Marshal(s)
		if err != nil {
			return append(b, `""`...) // texts always encode
		}
		return append(b, raw...)
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}
