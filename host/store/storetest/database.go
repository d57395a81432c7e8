package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"github.com/pluggarr/pluggarr/host/store"
)

// EnvPostgres names the variable with the address of a PostgreSQL server on
// which tests may create databases.
const EnvPostgres = "PLUGGARR_TEST_POSTGRES"

// SQLite names a SQLite file that does not exist yet; it goes with the test.
func SQLite(tb testing.TB) store.Config {
	tb.Helper()
	return store.Config{Path: filepath.Join(tb.TempDir(), "host", "pluggarr.db")}
}

// Postgres makes an empty PostgreSQL database and drops it at the end of the
// test. Without EnvPostgres the test is skipped, and fails where CI is set.
func Postgres(tb testing.TB) store.Config {
	tb.Helper()
	server := os.Getenv(EnvPostgres)
	if server == "" {
		if os.Getenv("CI") != "" {
			tb.Fatalf("%s is not set: CI must test on PostgreSQL", EnvPostgres)
		}
		tb.Skipf("%s is not set: no PostgreSQL server to test on", EnvPostgres)
	}
	address, err := url.Parse(server)
	if err != nil {
		tb.Fatalf("%s is not a URL", EnvPostgres)
	}
	name := "pluggarr_test_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	execute(tb, server, fmt.Sprintf("CREATE DATABASE %q TEMPLATE template0 ENCODING 'UTF8'", name))
	tb.Cleanup(func() { execute(tb, server, fmt.Sprintf("DROP DATABASE %q WITH (FORCE)", name)) })
	address.Path = "/" + name
	return store.Config{Database: address.String()}
}

// Open opens the store of cfg and closes it at the end of the test.
func Open(tb testing.TB, cfg store.Config) *store.Store {
	tb.Helper()
	s, err := store.Open(tb.Context(), cfg)
	must(tb, err)
	tb.Cleanup(func() { must(tb, s.Close()) })
	return s
}

// Raw opens the database of cfg beside the store, as another program would,
// and closes it at the end of the test.
func Raw(tb testing.TB, cfg store.Config) *sql.DB {
	tb.Helper()
	driver, source := "sqlite3", "file:"+cfg.Path+"?_busy_timeout=30000&_foreign_keys=true&_txlock=immediate"
	if cfg.Database != "" {
		driver, source = "pgx", cfg.Database
	}
	db, err := sql.Open(driver, source)
	must(tb, err)
	tb.Cleanup(func() { must(tb, db.Close()) })
	return db
}

// execute runs one statement on a connection of its own. Cleanups use it, so
// it does not use the context of the test, which has ended by then.
func execute(tb testing.TB, server, statement string) {
	tb.Helper()
	db, err := sql.Open("pgx", server)
	must(tb, err)
	_, err = db.ExecContext(context.Background(), statement)
	must(tb, err)
	must(tb, db.Close())
}
