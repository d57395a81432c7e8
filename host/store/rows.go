package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/uptrace/bun"
	model "github.com/uptrace/bun/schema"
)

// Query says which rows of a table to read. The zero Query is all of them.
type Query struct {
	// Is holds values by column: a row has to have one of them. A nil among
	// them is NULL.
	Is map[string][]any
	// Search is a text that one of the columns In has to hold, whatever its
	// case. "" means any.
	Search string
	// In are the columns that Search looks into.
	In []string
	// Where is a further condition in SQL with a ? for each of Args, "" for
	// none. It never holds anything that somebody sent.
	Where string
	// Args are the values of Where.
	Args []any
	// Order are columns, each with a "-" before it for the highest first. The
	// id comes last by itself.
	Order []string
	// After is an id: only rows with a greater one; 0 for all.
	After int64
	// Without are columns that List does not read.
	Without []string
	// Limit is how many rows at most, 0 for all.
	Limit int
	// Offset is how many rows are left out before the first.
	Offset int
}

// List reads the rows of a table that q asks for. T is a row type of this package.
func List[T any](ctx context.Context, s *Store, q Query) ([]T, error) {
	rows := []T{}
	query, err := q.filter(s.read, s.read.NewSelect().Model(&rows), reflect.TypeFor[T]())
	if err != nil {
		return nil, err
	}
	if len(q.Without) > 0 {
		query = query.ExcludeColumn(q.Without...)
	}
	for _, column := range append(slices.Clip(q.Order), "id") {
		name, descending := strings.CutPrefix(column, "-")
		if !tableOf(s.read, reflect.TypeFor[T]()).HasField(name) {
			return nil, fmt.Errorf("list %s: there is no column %q", noun[T](), name)
		}
		if descending {
			query = query.OrderExpr("? DESC", bun.Ident(name))
		} else {
			query = query.OrderExpr("?", bun.Ident(name))
		}
	}
	if q.Limit > 0 {
		query = query.Limit(int64(q.Limit))
	}
	if q.Offset > 0 {
		query = query.Offset(int64(q.Offset))
	}
	if err := query.Scan(ctx); err != nil {
		return nil, fmt.Errorf("list %s: %w", noun[T](), err)
	}
	return rows, nil
}

// Count is how many rows of a table q asks for, whatever its Limit and Offset.
func Count[T any](ctx context.Context, s *Store, q Query) (int, error) {
	query, err := q.filter(s.read, s.read.NewSelect().Model((*T)(nil)), reflect.TypeFor[T]())
	if err != nil {
		return 0, err
	}
	n, err := query.Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count %s: %w", noun[T](), err)
	}
	return int(n), nil
}

// Find reads one row. It returns ErrNotFound when there is none.
func Find[T any](ctx context.Context, s *Store, id int64) (*T, error) {
	return find[T](ctx, s.read, id)
}

func find[T any](ctx context.Context, db bun.IDB, id int64) (*T, error) {
	return readOne[T](ctx, db.NewSelect(), id)
}

func readOne[T any](ctx context.Context, query *bun.SelectQuery, id int64) (*T, error) {
	row := new(T)
	if err := query.Model(row).Where("id = ?", id).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read %s %d: %w", noun[T](), id, one(err))
	}
	return row, nil
}

// holding reads rows that are about to be changed: nobody else changes them
// before the transaction ends. SQLite has one writer at a time.
func holding(tx bun.Tx) *bun.SelectQuery {
	if (&Store{write: tx}).isPostgres() {
		return tx.NewSelect().For("UPDATE")
	}
	return tx.NewSelect()
}

// New is a row as Dispatcharr makes one when nothing is said about it. Create
// adds what has to be new for each row, such as times.
func New[T any]() *T {
	row := new(T)
	if r, ok := any(row).(interface{ preset() }); ok {
		r.preset()
	}
	return row
}

// Create makes rows and what Dispatcharr makes with them, such as the
// memberships of a new channel, in one transaction, and sets their IDs. Start
// from New, so that columns hold what they hold there. It returns Invalid when
// values do not fit.
func Create[T any](ctx context.Context, s *Store, rows ...*T) error {
	if len(rows) == 0 {
		return nil
	}
	err := s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		for _, row := range rows {
			if r, ok := any(row).(interface{ made() }); ok {
				r.made()
			}
		}
		if err := validate(ctx, tx, nil, rows...); err != nil {
			return err
		}
		for chunk := range slices.Chunk(rows, insertChunk) {
			if _, err := tx.NewInsert().Model(&chunk).Exec(ctx); err != nil {
				return asInvalid(err)
			}
		}
		for _, row := range rows {
			if r, ok := any(row).(interface {
				created(ctx context.Context, tx bun.Tx) error
			}); ok {
				if err := r.created(ctx, tx); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("create %s: %w", noun[T](), err)
	}
	return nil
}

// Update lets change alter a row and keeps what it made of it, all but the ID,
// with what follows from that in other rows. It returns what change returns,
// ErrNotFound when there is no such row, ErrLocked, and Invalid.
func Update[T any](ctx context.Context, s *Store, id int64, change func(*T) error) (*T, error) {
	var row *T
	err := s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) (err error) {
		if row, err = readOne[T](ctx, holding(tx), id); err != nil {
			return err
		}
		before := *row
		if err := change(row); err != nil {
			return err
		}
		primary := tableOf(tx, reflect.TypeFor[T]()).PKs[0]
		primary.Value(reflect.ValueOf(row).Elem()).SetInt(id)
		if r, ok := any(row).(interface{ saved() }); ok {
			r.saved()
		}
		if err := mayBecome(&before, row); err != nil {
			return err
		}
		if err := validate(ctx, tx, &before, row); err != nil {
			return err
		}
		if err := existing(tx.NewUpdate().Model(row).WherePK().Exec(ctx)); err != nil {
			return asInvalid(err)
		}
		if r, ok := any(row).(interface {
			changed(ctx context.Context, tx bun.Tx, before *T) error
		}); ok {
			return r.changed(ctx, tx, &before)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("update %s %d: %w", noun[T](), id, err)
	}
	return row, nil
}

// Delete removes the rows with these ids; rows that name them go too or forget
// them, as Dispatcharr says. It returns how many there were, and ErrLocked when
// one of them stays, and then they all do.
func Delete[T any](ctx context.Context, s *Store, ids ...int64) (int, error) {
	if len(ids) == 0 {
		return 0, nil
	}
	var probe T
	name := tableOf(s.write, reflect.TypeFor[T]()).Name
	if err := refuseLocked[T](ctx, s.read, ids); err != nil {
		return 0, err
	}
	if r, ok := any(&probe).(interface {
		drain(ctx context.Context, s *Store, ids []int64) error
	}); ok {
		if err := r.drain(ctx, s, ids); err != nil {
			return 0, fmt.Errorf("delete %s: %w", noun[T](), err)
		}
	}
	n := 0
	err := s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := refuseLocked[T](ctx, tx, ids); err != nil {
			return err
		}
		after := func() error { return nil }
		if r, ok := any(&probe).(interface {
			deleting(ctx context.Context, tx bun.Tx, ids []int64) (func() error, error)
		}); ok {
			var err error
			if after, err = r.deleting(ctx, tx, ids); err != nil {
				return err
			}
		}
		for chunk := range slices.Chunk(ids, insertChunk) {
			gone, err := deleteRows(ctx, tx, name, where("id IN (?)", bun.List(chunk)))
			if err != nil {
				return err
			}
			n += gone
		}
		return after()
	})
	if err != nil {
		return 0, fmt.Errorf("delete %s: %w", noun[T](), err)
	}
	return n, nil
}

// ErrLocked is returned, wrapped, for a change of a row that belongs to the
// host, such as the account "custom".
var ErrLocked = errors.New("it is part of the host and stays as it is")

// mayBecome returns ErrLocked when the host keeps the row as it was.
func mayBecome[T any](before, after *T) error {
	if r, ok := any(before).(interface{ mayBecome(after *T) error }); ok {
		return r.mayBecome(after)
	}
	return nil
}

// refuseLocked returns ErrLocked when one of the rows is locked.
func refuseLocked[T any](ctx context.Context, db bun.IDB, ids []int64) error {
	if !tableOf(db, reflect.TypeFor[T]()).HasField("locked") {
		return nil
	}
	locked, err := db.NewSelect().Model((*T)(nil)).Where("locked AND id IN (?)", bun.List(ids)).Exists(ctx)
	if err != nil {
		return fmt.Errorf("look for locked rows: %w", err)
	}
	return when(locked, ErrLocked)
}

func tableOf(db bun.IDB, of reflect.Type) *model.Table { return db.Dialect().Tables().Get(of) }

// filter adds the conditions of q.
func (q Query) filter(db bun.IDB, query *bun.SelectQuery, of reflect.Type) (*bun.SelectQuery, error) {
	table := tableOf(db, of)
	for column, values := range q.Is {
		if !table.HasField(column) {
			return nil, fmt.Errorf("list %v: there is no column %q", of, column)
		}
		some := slices.DeleteFunc(cleaned(values), func(v any) bool { return v == nil })
		null := len(some) < len(values)
		query = query.WhereGroup(" AND ", func(query *bun.SelectQuery) *bun.SelectQuery {
			if len(some) > 0 || !null {
				query = query.Where("? IN (?)", bun.Ident(column), bun.List(some))
			}
			if null {
				query = query.WhereOr("? IS NULL", bun.Ident(column))
			}
			return query
		})
	}
	if q.Search != "" {
		like := "? LIKE ? ESCAPE '\\'"
		if (&Store{write: db}).isPostgres() {
			like = "? ILIKE ? ESCAPE '\\'"
		}
		text := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(clean(q.Search)) + "%"
		query = query.WhereGroup(" AND ", func(query *bun.SelectQuery) *bun.SelectQuery {
			for _, column := range q.In {
				query = query.WhereOr(like, bun.Ident(column), text)
			}
			return query
		})
	}
	if q.After != 0 {
		query = query.Where("id > ?", q.After)
	}
	if q.Where != "" {
		query = query.Where("("+q.Where+")", cleaned(q.Args)...)
	}
	return query, nil
}

// cleaned is a copy of values to compare with, in which texts are as they
// would be stored: PostgreSQL refuses others.
func cleaned(values []any) []any {
	all := slices.Clone(values)
	for i, v := range all {
		if text, ok := v.(string); ok {
			all[i] = clean(text)
		}
	}
	return all
}
