package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations
var migrations embed.FS

// migrationTable is where goose notes what was applied.
const migrationTable = "pluggarr_migration"

// schema is a database to be brought up to date.
type schema struct {
	db      *sql.DB
	dialect goose.Dialect
	// folder below migrations holds the steps of this dialect.
	folder string
	// locker keeps two hosts from migrating at once. Nil: what goes wrong is tried again.
	locker lock.SessionLocker
}

// migrate applies the steps that to lacks. It refuses a database that has
// steps which this program does not know.
func migrate(ctx context.Context, to schema, logger *slog.Logger) error {
	steps, err := fs.Sub(migrations, "migrations/"+to.folder)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	options := []goose.ProviderOption{
		goose.WithTableName(migrationTable),
		goose.WithDisableGlobalRegistry(true),
		goose.WithSlog(slog.New(slog.DiscardHandler)),
	}
	if to.locker != nil {
		options = append(options, goose.WithSessionLocker(to.locker))
	}
	provider, err := goose.NewProvider(to.dialect, to.db, steps, options...)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	current, known, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if current > known {
		return newer(current, known)
	}
	return applyAll(ctx, provider, logger)
}

func newer(current, known int64) error {
	return fmt.Errorf("the database is newer than this program (schema %d, known up to %d) and was left as it is: "+
		"start the newer Pluggarr again, or restore the backup made before it was installed", current, known)
}

// applyAll applies the pending steps one by one. A step that fails may have
// been applied by another process meanwhile; then the schema has moved on.
func applyAll(ctx context.Context, provider *goose.Provider, logger *slog.Logger) error {
	for {
		before, known, err := provider.GetVersions(ctx)
		if err != nil {
			return fmt.Errorf("read schema version: %w", err)
		}
		if before >= known {
			return nil
		}
		applied, err := provider.UpByOne(ctx)
		if errors.Is(err, goose.ErrNoNextVersion) {
			return nil
		}
		if err != nil {
			after, versionErr := provider.GetDBVersion(ctx)
			if versionErr != nil || after == before {
				return fmt.Errorf("migrate schema %d: %w", before, err)
			}
			continue
		}
		logger.InfoContext(ctx, "database migrated",
			"schema", applied.Source.Version, "step", applied.Source.Path, "took", applied.Duration)
	}
}
