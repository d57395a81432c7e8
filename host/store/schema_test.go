package store_test

import (
	"database/sql"
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/store/storetest"
)

// table is what Dispatcharr's PostgreSQL catalog says of one of its tables.
type table struct {
	Columns     map[string]column `json:"columns"`
	Indexes     map[string]index  `json:"indexes"`
	Constraints map[string]string `json:"constraints"`
}

type column struct {
	Type       string `json:"type"`
	Null       bool   `json:"null"`
	PrimaryKey bool   `json:"primary_key"`
	Unique     bool   `json:"unique"`
	FK         string `json:"fk"`
	OnDelete   string `json:"on_delete"`
}

type index struct {
	Unique  bool   `json:"unique"`
	Columns string `json:"columns"`
	Where   string `json:"where"`
}

// dispatcharr reads what its tables are like.
func dispatcharr(t *testing.T) map[string]table {
	t.Helper()
	text, err := os.ReadFile("testdata/dispatcharr.json")
	if err != nil {
		t.Fatal(err)
	}
	var tables map[string]table
	if err := json.Unmarshal(text, &tables); err != nil {
		t.Fatal(err)
	}
	return tables
}

func TestSchemaPostgres(t *testing.T) {
	t.Parallel()
	cfg := storetest.Postgres(t)
	storetest.Open(t, cfg)
	db := storetest.Raw(t, cfg)
	for name, want := range dispatcharr(t) {
		got := table{Columns: map[string]column{}, Indexes: map[string]index{}, Constraints: map[string]string{}}
		names := strings.NewReplacer("character varying", "varchar", "timestamp with time zone", "timestamptz",
			"time without time zone", "time")
		query(t, db, `SELECT attname, format_type(atttypid, atttypmod), NOT attnotnull, atthasdef FROM pg_attribute
			WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped`, name, func(rows *sql.Rows) error {
			var key string
			var c column
			var hasDefault bool
			err := rows.Scan(&key, &c.Type, &c.Null, &hasDefault)
			c.Type = names.Replace(c.Type)
			// The facts name these with the column; here the constraints hold them.
			facts := want.Columns[key]
			c.PrimaryKey, c.Unique, c.FK, c.OnDelete = facts.PrimaryKey, facts.Unique, facts.FK, facts.OnDelete
			got.Columns[key] = c
			if hasDefault {
				t.Errorf("%s.%s has a default, want none", name, key)
			}
			return err
		})
		columns := regexp.MustCompile(`USING btree \((.*?)\)(?: WHERE (.*))?$`)
		query(t, db, `SELECT indexrelid::regclass::text, indisunique, pg_get_indexdef(indexrelid) FROM pg_index
			WHERE indrelid = $1::text::regclass`, name, func(rows *sql.Rows) error {
			var key, definition string
			var i index
			err := rows.Scan(&key, &i.Unique, &definition)
			if found := columns.FindStringSubmatch(definition); found != nil {
				i.Columns, i.Where = strings.ReplaceAll(found[1], `"`, ""), found[2]
			}
			got.Indexes[key] = i
			return err
		})
		query(t, db, `SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
			WHERE conrelid = $1::text::regclass`, name, func(rows *sql.Rows) error {
			var key, definition string
			err := rows.Scan(&key, &definition)
			got.Constraints[key] = definition
			return err
		})
		same(t, name+" columns", got.Columns, want.Columns)
		same(t, name+" indexes", got.Indexes, want.Indexes)
		same(t, name+" constraints", got.Constraints, want.Constraints)
	}
}

func TestSchemaSQLite(t *testing.T) {
	t.Parallel()
	cfg := storetest.SQLite(t)
	storetest.Open(t, cfg)
	db := storetest.Raw(t, cfg)
	for name, want := range dispatcharr(t) {
		var definition string
		err := db.QueryRowContext(t.Context(), `SELECT sql FROM sqlite_master WHERE name = ?`, name).Scan(&definition)
		if err != nil {
			t.Fatal(err)
		}
		got := table{Columns: map[string]column{}, Indexes: map[string]index{}}
		query(t, db, `SELECT c.name, lower(c.type), NOT c."notnull", c.pk > 0, c.dflt_value,
				EXISTS (SELECT 1 FROM pragma_index_list(?1) i, pragma_index_info(i.name) ic
					WHERE i.origin = 'u' AND ic.name = c.name),
				COALESCE((SELECT f."table" || '.' || f."to" FROM pragma_foreign_key_list(?1) f WHERE f."from" = c.name), '')
			FROM pragma_table_info(?1) c`, name, func(rows *sql.Rows) error {
			var key string
			var c column
			var preset sql.NullString
			err := rows.Scan(&key, &c.Type, &c.Null, &c.PrimaryKey, &preset, &c.Unique, &c.FK)
			got.Columns[key] = c
			if preset.Valid {
				t.Errorf("%s.%s has a default, want none", name, key)
			}
			return err
		})
		query(t, db, `SELECT i.name, i."unique", group_concat(ic.name || iif(ic."desc", ' DESC', ''), ', ' ORDER BY ic.seqno), i.partial
			FROM pragma_index_list(?1) i, pragma_index_xinfo(i.name) ic
			WHERE i.origin = 'c' AND ic.key GROUP BY i.name`, name, func(rows *sql.Rows) error {
			var key string
			var i index
			var partial bool
			err := rows.Scan(&key, &i.Unique, &i.Columns, &partial)
			if partial {
				i.Where = want.Indexes[key].Where
			}
			got.Indexes[key] = i
			return err
		})
		same(t, name+" columns", got.Columns, onSQLite(t, want, definition))
		// Django makes no _like index on SQLite, and a unique one of one column with that column.
		maps.DeleteFunc(want.Indexes, func(key string, i index) bool {
			column := want.Columns[i.Columns]
			return i.Unique && (column.Unique || column.PrimaryKey) || strings.HasSuffix(key, "_like")
		})
		same(t, name+" indexes", got.Indexes, want.Indexes)
	}
}

// onSQLite gives columns the types of Django's SQLite backend, and checks in
// the table's definition what the catalog does not tell.
func onSQLite(t *testing.T, facts table, definition string) map[string]column {
	t.Helper()
	types := map[string]string{
		"boolean": "bool", "jsonb": "text", "timestamptz": "datetime",
		"double precision": "real", "uuid": "char(32)", "numeric(9,6)": "decimal",
	}
	checks := slices.Collect(maps.Values(facts.Constraints))
	translated := map[string]column{}
	for name, c := range facts.Columns {
		var parts []string
		if c.PrimaryKey && name == "id" {
			c.Type, parts = "integer", append(parts, `"id" integer NOT NULL PRIMARY KEY AUTOINCREMENT`)
		}
		if c.FK != "" {
			parts = append(parts, `("id") DEFERRABLE INITIALLY DEFERRED`)
		}
		if c.Type == "jsonb" {
			parts = append(parts, `CHECK ((JSON_VALID("`+name+`") OR "`+name+`" IS NULL))`)
		}
		if other := types[c.Type]; other != "" {
			c.Type = other
		}
		positive := func(check string) bool { return strings.ReplaceAll(check, `"`, "") == "CHECK (("+name+" >= 0))" }
		if slices.ContainsFunc(checks, positive) {
			c.Type += " unsigned"
			parts = append(parts, `CHECK ("`+name+`" >= 0)`)
		}
		for _, part := range parts {
			if !strings.Contains(definition, part) {
				t.Errorf("column %s lacks %s in %s", name, part, definition)
			}
		}
		c.OnDelete = "" // what Django does, not the database
		translated[name] = c
	}
	return translated
}

// query runs statement for a table and gives each row to scan.
func query(t *testing.T, db *sql.DB, statement, table string, scan func(rows *sql.Rows) error) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), statement, table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// same compares name by name, so that a difference is readable.
func same[V comparable](t *testing.T, what string, got, want map[string]V) {
	t.Helper()
	for name, v := range want {
		if have, ok := got[name]; !ok || have != v {
			t.Errorf("%s: %s is %+v (there: %t), want %+v", what, name, have, ok, v)
		}
	}
	for name, v := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s: %s is %+v, want no such name", what, name, v)
		}
	}
}
