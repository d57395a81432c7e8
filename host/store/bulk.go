package store

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/uptrace/bun"
)

// Page reads the rows after one with this id that q asks for, in the order of
// their ids, q.Limit of them, without what is in some columns.
func Page[T any](ctx context.Context, s *Store, q Query, after int64, without ...string) ([]T, error) {
	rows := []T{}
	query, err := q.filter(s.read, s.read.NewSelect().Model(&rows), reflect.TypeFor[T]())
	if err != nil {
		return nil, err
	}
	if len(without) > 0 {
		query = query.ExcludeColumn(without...)
	}
	if err := query.Where("id > ?", after).OrderExpr("id").Limit(int64(q.Limit)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("list %s: %w", noun[T](), err)
	}
	return rows, nil
}

// UpdateMany lets change alter each of the rows with these ids, and keeps what
// it made of these columns, with what follows from that, of all rows or of
// none. It returns what change returns, ErrNotFound when a row does not exist,
// ErrLocked, and Invalid.
func UpdateMany[T any](ctx context.Context, s *Store, ids []int64, columns []string, change func(i int, row *T) error) error {
	err := s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		befores, err := byID[T](ctx, tx, ids)
		if err != nil {
			return err
		}
		rows := make([]*T, len(ids))
		for i, id := range ids {
			row := befores[id]
			if err := change(i, &row); err != nil {
				return err
			}
			rows[i] = &row
		}
		if err := checkChanged(ctx, tx, befores, rows, ids); err != nil {
			return err
		}
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
			before := befores[ids[i]]
			if r, ok := any(row).(interface {
				changed(ctx context.Context, tx bun.Tx, before *T) error
			}); ok {
				if err := r.changed(ctx, tx, &before); err != nil {
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

// byID reads rows; each has to be there, and to be asked for once.
func byID[T any](ctx context.Context, tx bun.Tx, ids []int64) (map[int64]T, error) {
	found := make(map[int64]T, len(ids))
	primary := tableOf(tx, reflect.TypeFor[T]()).PKs[0]
	for chunk := range slices.Chunk(ids, insertChunk) {
		var rows []T
		if err := tx.NewSelect().Model(&rows).Where("id IN (?)", bun.List(chunk)).Scan(ctx); err != nil {
			return nil, fmt.Errorf("read: %w", err)
		}
		for i := range rows {
			found[primary.Value(reflect.ValueOf(&rows[i]).Elem()).Int()] = rows[i]
		}
	}
	seen := make(map[int64]bool, len(ids))
	for _, id := range ids {
		if _, there := found[id]; !there {
			return nil, fmt.Errorf("row %d: %w", id, ErrNotFound)
		}
		if seen[id] {
			return nil, Invalid{{"id", fmt.Sprintf("has %d twice", id)}}
		}
		seen[id] = true
	}
	return found, nil
}

// checkChanged looks at changed rows, each beside what it was.
func checkChanged[T any](ctx context.Context, tx bun.Tx, befores map[int64]T, rows []*T, ids []int64) error {
	var wrong Invalid
	for i, row := range rows {
		if r, ok := any(row).(interface{ saved() }); ok {
			r.saved()
		}
		before := befores[ids[i]]
		if err := mayBecome(&before, row); err != nil {
			return err
		}
		if r, ok := any(row).(interface {
			check(before *T, wrong *Invalid)
		}); ok {
			r.check(&before, &wrong)
		}
	}
	if len(wrong) > 0 {
		return wrong
	}
	return validate(ctx, tx, nil, rows...)
}

// In is a value for the ? of Query.Where within "IN (?)".
func In[T any](values []T) any { return bun.List(values) }
