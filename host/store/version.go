package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/stdlib"
)

// Version says at which step of its schema a database is, 0 for one without
// tables, and which step Open would bring it to. It changes nothing. Errors are
// those of Open.
func Version(ctx context.Context, cfg Config) (at, latest int64, err error) {
	db, folder, explain := (*sql.DB)(nil), "sqlite", func(err error) error { return explainSQLite(cfg.Path, err) }
	exists := "SELECT COUNT(*) FROM sqlite_master WHERE name = '" + migrationTable + "'"
	if cfg.Database != "" {
		folder, exists = "postgres", "SELECT COUNT(to_regclass('"+migrationTable+"'))"
		var to string
		if db, to, err = lookPostgres(cfg.Database); err != nil {
			return 0, 0, err
		}
		explain = func(err error) error { return fmt.Errorf("open %s: %w", to, err) }
	} else if db, err = sql.Open("sqlite3", sqliteDSN(cfg.Path, url.Values{"mode": {"rw"}, "_query_only": {"true"}})); err != nil {
		return 0, 0, explain(err)
	}
	defer func() {
		if bad := db.Close(); err == nil && bad != nil {
			err = explain(bad)
		}
	}()
	if latest, err = lastStep(folder); err != nil {
		return 0, 0, err
	}
	var tables int
	if err = db.QueryRowContext(ctx, exists).Scan(&tables); err == nil && tables > 0 {
		err = db.QueryRowContext(ctx, "SELECT COALESCE(MAX(version_id), 0) FROM "+migrationTable+" WHERE is_applied").Scan(&at)
	}
	if err != nil {
		return 0, 0, explain(err)
	}
	if at > latest {
		return 0, 0, explain(newer(at, latest))
	}
	return at, latest, nil
}

// lookPostgres returns a pool for a look, and the words for where it leads.
func lookPostgres(address string) (db *sql.DB, to string, err error) {
	cfg, err := postgresConfig(address)
	if err != nil {
		return nil, "", err
	}
	return stdlib.OpenDB(*cfg), fmt.Sprintf("database %q at %s:%d", cfg.Database, cfg.Host, cfg.Port), nil
}

// lastStep is the highest number that a migration begins with.
func lastStep(folder string) (int64, error) {
	names, err := fs.Glob(migrations, "migrations/"+folder+"/*.sql")
	if err != nil || len(names) == 0 {
		return 0, errors.Join(errors.New("there are no migrations"), err)
	}
	name := names[len(names)-1] // sorted
	number, _, _ := strings.Cut(name[strings.LastIndexByte(name, '/')+1:], "_")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read the number of migration %s: %w", name, err)
	}
	return n, nil
}
