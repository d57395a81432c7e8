package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"
	"github.com/uptrace/bun"
	model "github.com/uptrace/bun/schema"
)

// Problem is a value that a column cannot hold.
type Problem struct {
	// Field is the column's name.
	Field string `json:"field"`
	// Message continues it: "has 300 characters, more than 255".
	Message string `json:"message"`
}

// Invalid is what is wrong with values that were to be stored, at least one.
type Invalid []Problem

// Error lists the problems.
func (v Invalid) Error() string {
	texts := make([]string, len(v))
	for i, problem := range v {
		texts[i] = problem.Field + " " + problem.Message
	}
	return strings.Join(texts, "; ")
}

// is adds a problem.
func (v *Invalid) is(field, format string, args ...any) {
	*v = append(*v, Problem{field, fmt.Sprintf(format, args...)})
}

// need complains about a text that is empty.
func (v *Invalid) need(field, text string) {
	if strings.TrimSpace(text) == "" {
		v.is(field, "is required")
	}
}

// choose complains about a text that is none of those.
func (v *Invalid) choose(field, text string, of ...string) {
	if !slices.Contains(of, text) {
		v.is(field, "has to be one of %s", strings.Join(of, ", "))
	}
}

// positive complains about a number below 0.
func (v *Invalid) positive(field string, n int) {
	if n < 0 {
		v.is(field, "has to be 0 or more")
	}
}

// validate makes the texts of rows storable and says what cannot be stored.
// before is the row as it was, nil for new ones.
func validate[T any](ctx context.Context, tx bun.IDB, before *T, rows ...*T) error {
	var wrong Invalid
	table := tableOf(tx, reflect.TypeFor[T]())
	for _, row := range rows {
		at := reflect.ValueOf(row).Elem()
		for _, field := range table.Fields {
			fieldFits(&wrong, field, field.Value(at))
		}
		if r, ok := any(row).(interface {
			check(before *T, wrong *Invalid)
		}); ok {
			r.check(before, &wrong)
		}
	}
	for _, ref := range referencesWhere(func(ref reference) bool { return ref.table == table.Name }) {
		field := table.FieldMap[ref.column]
		ids := map[int64]bool{}
		for _, row := range rows {
			if id := field.Value(reflect.ValueOf(row).Elem()).Int(); id != 0 || !field.NullZero {
				ids[id] = true
			}
		}
		missing, err := refersTo(ctx, tx, ref, ids)
		if err != nil {
			return err
		}
		wrong = append(wrong, missing...)
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}

// fieldFits looks at one value: a text, or JSON.
func fieldFits(wrong *Invalid, field *model.Field, value reflect.Value) {
	switch v := value.Interface().(type) {
	case string:
		v = clean(v)
		value.SetString(v)
		width, found := strings.CutPrefix(field.UserSQLType, "varchar(")
		most, err := strconv.Atoi(strings.TrimSuffix(width, ")"))
		if n := utf8.RuneCountInString(v); found && err == nil && n > most {
			wrong.is(field.Name, "has %d characters, more than %d", n, most)
		}
	case json.RawMessage:
		if len(v) > 0 && !json.Valid(v) {
			wrong.is(field.Name, "is not JSON")
		}
		if strings.Contains(string(v), `\u0000`) {
			wrong.is(field.Name, "holds a NUL character")
		}
	}
}

// refersTo says which of ids are of no row.
func refersTo(ctx context.Context, tx bun.IDB, ref reference, ids map[int64]bool) (wrong Invalid, err error) {
	all := make([]int64, 0, len(ids))
	for id := range ids {
		all = append(all, id)
	}
	for chunk := range slices.Chunk(all, insertChunk) {
		var there []int64
		err := tx.NewSelect().TableExpr("?", bun.Ident(ref.parent)).Column("id").
			Where("id IN (?)", bun.List(chunk)).Scan(ctx, &there)
		if err != nil {
			return nil, fmt.Errorf("look for rows of %s: %w", ref.parent, err)
		}
		for _, id := range there {
			delete(ids, id)
		}
	}
	for id := range ids {
		wrong.is(ref.column, "names %d, which does not exist", id)
	}
	return wrong, nil
}

// asInvalid turns a broken uniqueness into Invalid.
func asInvalid(err error) error {
	const message = "is taken: there is another one with this value"
	if failed, ok := errors.AsType[sqlite3.Error](err); ok && failed.ExtendedCode == sqlite3.ErrConstraintUnique {
		_, columns, _ := strings.Cut(failed.Error(), "constraint failed: ")
		first, _, _ := strings.Cut(columns, ",")
		_, column, _ := strings.Cut(first, ".")
		return Invalid{{column, message}}
	}
	if failed, ok := errors.AsType[*pgconn.PgError](err); ok && failed.Code == "23505" {
		column := failed.Detail // "Key (name)=(x) already exists."
		_, column, _ = strings.Cut(column, "(")
		column, _, _ = strings.Cut(column, ")")
		column, _, _ = strings.Cut(column, ",")
		return Invalid{{strings.Trim(column, `"`), message}}
	}
	return err
}
