package store

import (
	"database/sql"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/uptrace/bun"
)

// Queue is where a queue of jobs keeps its own tables: one of the two is set.
type Queue struct {
	// SQLite is the one writing connection.
	SQLite *sql.DB
	// Postgres is how to open a pool of connections of one's own.
	Postgres *pgxpool.Config
}

// Queue returns the database for a queue that brings its own SQL.
func (s *Store) Queue() Queue {
	if s.postgres != nil {
		return Queue{Postgres: s.postgres.Copy()}
	}
	if db, ok := s.write.(*bun.DB); ok {
		return Queue{SQLite: db.DB}
	}
	return Queue{} // a transaction has no queue
}
