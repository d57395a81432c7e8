package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// openPostgres opens the database at address with one pool for all.
func openPostgres(ctx context.Context, address string, logger *slog.Logger) (_ *Store, err error) {
	cfg, err := postgresConfig(address)
	if err != nil {
		return nil, err
	}
	db := stdlib.OpenDB(*cfg, stdlib.OptionAfterConnect(func(_ context.Context, conn *pgx.Conn) error {
		conn.TypeMap().RegisterType(&pgtype.Type{
			Name: "timestamptz", OID: pgtype.TimestamptzOID,
			Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC},
		})
		return nil
	}))
	defer func() {
		if err != nil {
			err = errors.Join(err, db.Close())
		}
	}()
	db.SetMaxOpenConns(10)
	db.SetMaxIdleConns(10)

	where := fmt.Sprintf("database %q at %s:%d", cfg.Database, cfg.Host, cfg.Port)
	if err := db.PingContext(ctx); err != nil {
		return nil, fmt.Errorf("open %s: %w: check that the server runs and that user, password and "+
			"database of the address are right", where, err)
	}
	// Two hosts may start at once on one database.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", where, err)
	}
	to := schema{db: db, dialect: goose.DialectPostgres, folder: "postgres", locker: locker}
	if err := migrate(ctx, to, logger); err != nil {
		return nil, fmt.Errorf("open %s: %w", where, err)
	}
	pool := bun.NewDB(db, pgdialect.New())
	s := newStore(pool, pool)
	if s.postgres, err = pgxpool.ParseConfig(address); err != nil {
		return nil, fmt.Errorf("open %s: %w", where, err)
	}
	s.postgres.ConnConfig.ConnectTimeout = cfg.ConnectTimeout
	return s, nil
}

// postgresConfig reads address. Its errors never quote the address: pgx masks
// a password as well as it can, but in a URL that cannot be taken apart nobody
// knows which part the password is.
func postgresConfig(address string) (*pgx.ConnConfig, error) {
	scheme, _, _ := strings.Cut(address, "://")
	if scheme != "postgres" && scheme != "postgresql" {
		return nil, errors.New("open database: the address does not begin with postgres://; " +
			"leave it out to use SQLite")
	}
	if _, err := url.Parse(address); err != nil {
		return nil, errors.New("open database: the address is not a valid URL; write " +
			"postgres://user:password@host:5432/name, with %xx for special characters in the password")
	}
	cfg, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, errors.New("open database: PostgreSQL does not know what the address asks for; write " +
			"postgres://user:password@host:5432/name, and after it only parameters of libpq such as ?sslmode=require")
	}
	// bun writes values into the statement, so every statement is another one
	// and preparing them would only cost a round trip each; and its quoting is
	// right only while a backslash is an ordinary character.
	cfg.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	cfg.RuntimeParams["standard_conforming_strings"] = "on"
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = 10 * time.Second
	}
	if cfg.RuntimeParams["application_name"] == "" {
		cfg.RuntimeParams["application_name"] = "pluggarr"
	}
	return cfg, nil
}
