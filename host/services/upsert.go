package services

import (
	"context"
	"encoding/json"

	"github.com/pluggarr/pluggarr/host/store"
)

// upsert answers with rows that are there or were made, found by what their
// columns say.
type upsert[T any] struct {
	table *rows[T]
	// key says what a row is found by; "" for a row that is not to be looked for.
	key func(row *T) string
	// find returns the rows that are there with one of these keys.
	find func(ctx context.Context, c *call, wanted []*T) ([]T, error)
	// change lists the columns that a row that is there takes over, when they
	// are given and not empty.
	change []string
	// fresh prepares a row that is to be made. May be nil.
	fresh func(row *T)
}

func (u upsert[T]) serve(ctx context.Context, c *call, p rowsParams) (json.RawMessage, error) {
	wanted := make([]*T, len(p.Rows))
	for i, values := range p.Rows {
		row := store.New[T]()
		if err := u.table.fill(row, values); err != nil {
			return nil, err
		}
		wanted[i] = row
	}
	there := map[string]*T{}
	found, err := u.find(ctx, c, wanted)
	if err != nil {
		return nil, err
	}
	for i := range found {
		if _, twice := there[u.key(&found[i])]; !twice {
			there[u.key(&found[i])] = &found[i]
		}
	}
	var made []*T
	answer := make([]*T, len(wanted))
	changes := map[string]map[string]json.RawMessage{}
	for i, row := range wanted {
		key := u.key(row)
		if old := there[key]; old != nil && key != "" {
			answer[i] = old
			changes[key] = u.given(p.Rows[i])
			continue
		}
		if u.fresh != nil {
			u.fresh(row)
		}
		made, answer[i] = append(made, row), row
		there[key] = row
	}
	if err := store.Create(ctx, c.db, made...); err != nil {
		return nil, err
	}
	if err := u.apply(ctx, c, there, changes); err != nil {
		return nil, err
	}
	return u.table.answer(answer), nil
}

// given are the columns that a row that is there takes over.
func (u upsert[T]) given(values map[string]json.RawMessage) map[string]json.RawMessage {
	chosen := map[string]json.RawMessage{}
	for _, name := range u.change {
		switch raw := values[name]; string(raw) {
		case "", "null", `""`, "0", "false":
		default:
			chosen[name] = raw
		}
	}
	return chosen
}

// apply changes the rows that were there.
func (u upsert[T]) apply(ctx context.Context, c *call, there map[string]*T, changes map[string]map[string]json.RawMessage) error {
	var ids []int64
	var keys []string
	for key, chosen := range changes {
		if len(chosen) == 0 {
			continue
		}
		if id := u.table.idOf(there[key]); id != 0 {
			ids, keys = append(ids, id), append(keys, key)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return store.UpdateMany(ctx, c.db, store.Changes[T]{IDs: ids, Columns: u.change, Alter: func(i int, row *T) error {
		err := u.table.fill(row, changes[keys[i]])
		*there[keys[i]] = *row
		return err
	}})
}
