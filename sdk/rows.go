package sdk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/pluggarr/pluggarr/sdk/wire"
)

// Choice narrows a list by something that rows are or are not.
type Choice int

// The choices.
const (
	Any Choice = iota // both
	Yes               // only those that are
	No                // only those that are not
)

// pageSize is how many rows the host is asked for at once.
const pageSize = 5000

// listParams is one page of a list.
type listParams struct {
	Filter any   `json:"filter"`
	After  int64 `json:"after,omitempty"`
	Limit  int   `json:"limit"`
}

type idParams struct {
	ID int64 `json:"id"`
}

type idsParams struct {
	IDs []int64 `json:"ids"`
}

type rowsParams struct {
	Rows   any      `json:"rows"`
	Fields []string `json:"fields,omitempty"`
}

// eachPage calls f with the rows that filter wants, in the order of their IDs,
// limit of them or with 0 all. While f works with one page the next is on its
// way.
func eachPage[T any](ctx context.Context, l link, q listQuery, f func([]T) error) error {
	left := q.limit
	after := int64(0)
	pending, err := q.ask(ctx, l, after, left)
	for err == nil {
		var raw json.RawMessage
		if raw, err = l.answer(ctx, pending, q.method); err != nil {
			break
		}
		next, rows, err := splitPage(raw)
		if err != nil {
			return fmt.Errorf("decode the answer to %s: %w", q.method, err)
		}
		more := next != 0
		if q.limit > 0 {
			left -= pageSize
			more = more && left > 0
		}
		if more {
			if pending, err = q.ask(ctx, l, next, left); err != nil {
				return err
			}
		}
		page, err := decodeRows[T](rows)
		if err != nil {
			return fmt.Errorf("decode the answer to %s: %w", q.method, err)
		}
		if len(page) > 0 {
			if err := f(page); err != nil {
				if more {
					pending.Cancel()
				}
				return err
			}
		}
		if !more {
			return nil
		}
	}
	return err
}

// listQuery is what a list is asked with.
type listQuery struct {
	method string
	filter any
	limit  int
}

// ask sends for the page after a row.
func (q listQuery) ask(ctx context.Context, l link, after int64, left int) (*wire.Pending, error) {
	limit := pageSize
	if q.limit > 0 {
		limit = min(limit, left)
	}
	if q.limit < 0 {
		return nil, errors.New("a limit cannot be negative")
	}
	return l.begin(ctx, q.method, listParams{q.filter, after, limit})
}

// splitPage takes {"next":5,"rows":[…]} apart; next is 0 on the last page. The
// host writes it so that next is found without decoding the rows.
func splitPage(raw json.RawMessage) (next int64, rows json.RawMessage, err error) {
	if rest, ok := bytes.CutPrefix(raw, []byte(`{"next":`)); ok {
		number, rest, ok := bytes.Cut(rest, []byte(`,"rows":`))
		next, err := strconv.ParseInt(string(number), 10, 64)
		if ok && err == nil && len(rest) > 0 {
			return next, json.RawMessage(rest[:len(rest)-1]), nil
		}
	}
	var page struct {
		Next int64           `json:"next"`
		Rows json.RawMessage `json:"rows"`
	}
	if err := json.Unmarshal(raw, &page); err != nil {
		return 0, nil, err //nolint:wrapcheck // eachPage says what it was
	}
	return page.Next, page.Rows, nil
}

// list returns what eachPage finds in one slice, never nil.
func list[T any](ctx context.Context, l link, q listQuery) ([]T, error) {
	all := []T{}
	err := eachPage(ctx, l, q, func(page []T) error {
		if len(all) == 0 {
			all = page
		} else {
			all = append(all, page...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// get returns one row by its ID.
func get[T any](ctx context.Context, l link, method string, id int64) (T, error) {
	var row T
	err := l.call(ctx, method, idParams{id}, &row)
	return row, err
}

// rowChunk is how many rows one call carries, so that no frame is too long.
const rowChunk = 2000

// rowsCall is a call with rows.
type rowsCall struct {
	method string
	fields []string // those that are to change; nil for calls that change none
}

// send makes a call with rows, in chunks, and returns the rows it answers with.
func send[T any](ctx context.Context, l link, c rowsCall, rows []T) ([]T, error) {
	answered := make([]T, 0, len(rows))
	for len(rows) > 0 {
		n := min(rowChunk, len(rows))
		var some []T
		if err := l.call(ctx, c.method, rowsParams{rows[:n], c.fields}, &some); err != nil {
			return answered, err
		}
		answered = append(answered, some...)
		rows = rows[n:]
	}
	return answered, nil
}

// sendOne is send for one row.
func sendOne[T any](ctx context.Context, l link, method string, row T) (T, error) {
	rows, err := send(ctx, l, rowsCall{method, nil}, []T{row})
	if err != nil || len(rows) != 1 {
		return row, err
	}
	return rows[0], nil
}

// update changes fields of rows.
func update[T any](ctx context.Context, l link, c rowsCall, rows []T) error {
	if len(c.fields) == 0 {
		return fmt.Errorf("%s: name the fields that are to change, as in \"name\"", c.method)
	}
	_, err := send(ctx, l, c, rows)
	return err
}

// remove deletes rows and returns how many there were.
func remove(ctx context.Context, l link, method string, ids []int64) (int, error) {
	var answer struct {
		Count int `json:"count"`
	}
	err := l.call(ctx, method, idsParams{ids}, &answer)
	return answer.Count, err
}
