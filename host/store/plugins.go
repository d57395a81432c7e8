package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"
)

// Widths of columns in characters, as Dispatcharr has them. SQLite does not hold them by itself.
const (
	keyWidth     = 128
	nameWidth    = 255
	versionWidth = 64
)

// insertChunk is how many rows one statement inserts.
const insertChunk = 500

// Plugin is what is kept of a plugin: a row of plugins_pluginconfig. The row
// of a plugin whose folder was removed stays.
type Plugin struct {
	bun.BaseModel `bun:"table:plugins_pluginconfig"`

	// ID is the row's number, from 1.
	ID int64 `bun:"id,pk,autoincrement"`
	// Key is the plugin's key, at most 128 characters, unique.
	Key string `bun:"key"`
	// Name is the display name, at most 255 characters.
	Name string `bun:"name"`
	// Version is the plugin's own version, at most 64 characters, or empty.
	Version string `bun:"version"`
	// Description is one or more sentences, or empty.
	Description string `bun:"description"`
	// Enabled says that the plugin's code may run.
	Enabled bool `bun:"enabled"`
	// EverEnabled says that somebody has enabled the plugin at some time and
	// so has seen the warning about foreign code.
	EverEnabled bool `bun:"ever_enabled"`
	// Settings are the saved values, any JSON, {} at first. SQLite keeps the
	// text as given; PostgreSQL's jsonb sorts the keys and rewrites spaces.
	Settings json.RawMessage `bun:"settings"`
	// SourceRepoID is the plugins_pluginrepo row that the plugin was installed from, 0 for none.
	SourceRepoID int64 `bun:"source_repo_id,nullzero"`
	// Slug is the plugin's name in that repository, or empty.
	Slug string `bun:"slug"`
	// InstalledVersionIsPrerelease says so of the version installed from a repository.
	InstalledVersionIsPrerelease bool `bun:"installed_version_is_prerelease"`
	// Deprecated says that the repository calls the plugin deprecated.
	Deprecated bool `bun:"deprecated"`
	// CreatedAt is when the row was made.
	CreatedAt time.Time `bun:"created_at"`
	// UpdatedAt is when the row was last changed.
	UpdatedAt time.Time `bun:"updated_at"`
}

// PluginMeta is what a plugin says of itself, as far as it is kept.
type PluginMeta struct {
	// Key is the plugin's key, 1 to 128 characters.
	Key string
	// Name is the display name; it is cut to 255 characters.
	Name string
	// Version is the plugin's own version; it is cut to 64 characters.
	Version string
	// Description may be empty and of any length.
	Description string
}

// Plugins returns all plugins ordered by key, those without a folder too.
func (s *Store) Plugins(ctx context.Context) ([]Plugin, error) {
	var plugins []Plugin
	if err := s.read.NewSelect().Model(&plugins).Order("key").Scan(ctx); err != nil {
		return nil, fmt.Errorf("list plugins: %w", err)
	}
	return plugins, nil
}

// Plugin returns one plugin. It returns ErrNotFound when there is no row.
func (s *Store) Plugin(ctx context.Context, key string) (*Plugin, error) {
	plugin := new(Plugin)
	err := s.read.NewSelect().Model(plugin).Where(`"key" = ?`, clean(key)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read plugin %q: %w", key, one(err))
	}
	return plugin, nil
}

// SyncPlugins makes a row, disabled, for each plugin that has none, and
// overwrites name, version and description where they differ, all in one
// transaction. When nothing differs nothing is written. Rows that are not in
// metas stay. A key that is empty or longer than 128 characters is left out
// and named in the error; the others are synced all the same.
func (s *Store) SyncPlugins(ctx context.Context, metas []PluginMeta) error {
	var rows []Plugin
	err := s.read.NewSelect().Model(&rows).Column("key", "name", "version", "description").Scan(ctx)
	if err != nil {
		return fmt.Errorf("sync plugins: %w", err)
	}
	kept := make(map[string]PluginMeta, len(rows))
	for _, row := range rows {
		kept[row.Key] = PluginMeta{Key: row.Key, Name: row.Name, Version: row.Version, Description: row.Description}
	}
	var added, changed []PluginMeta
	var refused []error
	for _, meta := range metas {
		if meta.Key == "" || cut(meta.Key, keyWidth) != meta.Key {
			refused = append(refused, fmt.Errorf("sync plugin %q: a key has 1 to %d characters", meta.Key, keyWidth))
			continue
		}
		meta = meta.fit()
		was, ok := kept[meta.Key]
		switch {
		case !ok:
			added = append(added, meta)
		case was != meta:
			changed = append(changed, meta)
		}
		kept[meta.Key] = meta
	}
	if err := s.writePlugins(ctx, added, changed); err != nil {
		return err
	}
	return errors.Join(refused...)
}

// writePlugins inserts and updates in one transaction, or opens none when there is nothing to do.
func (s *Store) writePlugins(ctx context.Context, added, changed []PluginMeta) error {
	if len(added)+len(changed) == 0 {
		return nil
	}
	at := now()
	rows := make([]Plugin, len(added))
	for i, meta := range added {
		rows[i] = Plugin{
			Key: meta.Key, Name: meta.Name, Version: meta.Version, Description: meta.Description,
			Settings: json.RawMessage("{}"), CreatedAt: at, UpdatedAt: at,
		}
	}
	err := s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		for chunk := range slices.Chunk(rows, insertChunk) {
			// Another process may have made the row since it was looked for.
			_, err := tx.NewInsert().Model(&chunk).On(`CONFLICT ("key") DO NOTHING`).Returning("NULL").Exec(ctx)
			if err != nil {
				return fmt.Errorf("insert: %w", err)
			}
		}
		for _, meta := range changed {
			_, err := tx.NewUpdate().Model((*Plugin)(nil)).
				Set("name = ?", meta.Name).Set("version = ?", meta.Version).
				Set("description = ?", meta.Description).Set("updated_at = ?", at).
				Where(`"key" = ?`, meta.Key).Exec(ctx)
			if err != nil {
				return fmt.Errorf("update %q: %w", meta.Key, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("sync plugins: %w", err)
	}
	return nil
}

// SetEnabled switches a plugin on or off and returns its row; on is also
// remembered in EverEnabled. It returns ErrNotFound when there is no row.
func (s *Store) SetEnabled(ctx context.Context, key string, on bool) (*Plugin, error) {
	plugin := new(Plugin)
	err := existing(s.write.NewUpdate().Model(plugin).
		Set("enabled = ?", on).Set("ever_enabled = (ever_enabled OR ?)", on).Set("updated_at = ?", now()).
		Where(`"key" = ?`, clean(key)).Returning("*").Exec(ctx))
	if err != nil {
		return nil, fmt.Errorf("set plugin %q enabled to %t: %w", key, on, err)
	}
	return plugin, nil
}

// SaveSettings replaces the settings of a plugin by any JSON value. It
// returns ErrNotFound when there is no row, and an error when settings are not
// JSON or the database cannot hold them: PostgreSQL refuses "\u0000" in a
// string, SQLite more than 1,000 levels.
func (s *Store) SaveSettings(ctx context.Context, key string, settings json.RawMessage) error {
	if !json.Valid(settings) {
		return fmt.Errorf("save settings of plugin %q: not valid JSON", key)
	}
	err := existing(s.write.NewUpdate().Model((*Plugin)(nil)).
		Set("settings = ?", settings).Set("updated_at = ?", now()).
		Where(`"key" = ?`, clean(key)).Exec(ctx))
	if err != nil {
		return fmt.Errorf("save settings of plugin %q: %w", key, err)
	}
	return nil
}

// DeletePlugin removes the row of a plugin with its settings, and what the
// plugin keeps; its runs stay until they are trimmed. It returns ErrNotFound
// when there is no row.
func (s *Store) DeletePlugin(ctx context.Context, key string) error {
	err := s.Atomic(ctx, func(s *Store) error {
		if err := errors.Join(s.deleteStorage(ctx, key), s.SetEngine(ctx, key, "")); err != nil {
			return err
		}
		return existing(s.write.NewDelete().Model((*Plugin)(nil)).Where(`"key" = ?`, clean(key)).Exec(ctx))
	})
	if err != nil {
		return fmt.Errorf("delete plugin %q: %w", key, err)
	}
	return nil
}

// fit is the meta as its columns hold it.
func (m PluginMeta) fit() PluginMeta {
	m.Name = cut(clean(m.Name), nameWidth)
	m.Version = cut(clean(m.Version), versionWidth)
	m.Description = clean(m.Description)
	return m
}

// cut is the first width characters of text.
func cut(text string, width int) string {
	n := 0
	for i := range text {
		if n == width {
			return text[:i]
		}
		n++
	}
	return text
}
