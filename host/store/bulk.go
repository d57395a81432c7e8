package store

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/uptrace/bun"
)

// Changes are what is to become of several rows.
type Changes[T any] struct {
	// IDs are the rows', each once.
	IDs []int64
	// Columns are those that are kept of what Alter does.
	Columns []string
	// Alter changes the row with the id at this place of IDs.
	Alter func(i int, row *T) error
}

// UpdateMany alters rows, with what follows from that, all or none of them. It
// returns what Alter returns, ErrNotFound when a row does not exist, ErrLocked,
// and Invalid.
func UpdateMany[T any](ctx context.Context, s *Store, c Changes[T]) error {
	err := s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		befores, err := byID[T](ctx, tx, c.IDs)
		if err != nil {
			return err
		}
		rows := make([]*T, len(befores))
		for i := range befores {
			row := befores[i]
			if err := c.Alter(i, &row); err != nil {
				return err
			}
			rows[i] = &row
		}
		if err := checkChanged(ctx, tx, befores, rows); err != nil {
			return err
		}
		columns := c.Columns
		table := tableOf(tx, reflect.TypeFor[T]())
		for _, follows := range []string{"updated_at", "status"} { // what saved and check alter
			if table.HasField(follows) && !slices.Contains(columns, follows) && (follows != "updated_at" || saves[T]()) {
				columns = append(slices.Clip(columns), follows)
			}
		}
		for chunk := range slices.Chunk(rows, insertChunk) {
			if _, err := tx.NewUpdate().Model(&chunk).Column(columns...).Bulk().Exec(ctx); err != nil {
				return asInvalid(err)
			}
		}
		for i, row := range rows {
			if r, ok := any(row).(interface {
				changed(ctx context.Context, tx bun.Tx, before *T) error
			}); ok {
				if err := r.changed(ctx, tx, &befores[i]); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("update %s: %w", noun[T](), err)
	}
	return nil
}

// saves says whether rows of the type note when they are saved.
func saves[T any]() bool {
	_, ok := any(new(T)).(interface{ saved() })
	return ok
}

// byID reads rows that are about to be changed, in the order of ids; each has
// to be there, and to be asked for once.
func byID[T any](ctx context.Context, tx bun.Tx, ids []int64) ([]T, error) {
	found := make(map[int64]T, len(ids))
	primary := tableOf(tx, reflect.TypeFor[T]()).PKs[0]
	for chunk := range slices.Chunk(slices.Sorted(slices.Values(ids)), insertChunk) { // in one order, lest two wait for each other
		var rows []T
		if err := holding(tx).Model(&rows).Where("id IN (?)", bun.List(chunk)).OrderExpr("id").Scan(ctx); err != nil {
			return nil, fmt.Errorf("read: %w", err)
		}
		for i := range rows {
			found[primary.Value(reflect.ValueOf(&rows[i]).Elem()).Int()] = rows[i]
		}
	}
	ordered := make([]T, len(ids))
	seen := make(map[int64]bool, len(ids))
	for i, id := range ids {
		row, there := found[id]
		if !there {
			return nil, fmt.Errorf("row %d: %w", id, ErrNotFound)
		}
		if seen[id] {
			return nil, Invalid{{"id", fmt.Sprintf("has %d twice", id)}}
		}
		ordered[i], seen[id] = row, true
	}
	return ordered, nil
}

// checkChanged looks at changed rows, each beside what it was.
func checkChanged[T any](ctx context.Context, tx bun.Tx, befores []T, rows []*T) error {
	var wrong Invalid
	for i, row := range rows {
		if r, ok := any(row).(interface{ saved() }); ok {
			r.saved()
		}
		if err := mayBecome(&befores[i], row); err != nil {
			return err
		}
		if r, ok := any(row).(interface {
			check(before *T, wrong *Invalid)
		}); ok {
			r.check(&befores[i], &wrong)
		}
	}
	if len(wrong) > 0 {
		return wrong
	}
	return validate(ctx, tx, nil, rows...)
}

// In is a value for the ? of Query.Where within "IN (?)".
func In[T any](values []T) any { return bun.List(values) }
