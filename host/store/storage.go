package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"
)

// StoredItem is a value that a plugin keeps: a row of pluggarr_storage.
type StoredItem struct {
	bun.BaseModel `bun:"table:pluggarr_storage"`

	// Plugin is the plugin's key.
	Plugin string `bun:"plugin,pk"`
	// Key is the plugin's own name for the value.
	Key string `bun:"key,pk"`
	// Value is any JSON, as given.
	Value json.RawMessage `bun:"value"`
	// Size is what it counts of the quota, in bytes: key and value.
	Size int64 `bun:"size"`
	// UpdatedAt is when it was last set.
	UpdatedAt time.Time `bun:"updated_at"`
}

// Item returns one value of a plugin. It returns ErrNotFound when there is none.
func (s *Store) Item(ctx context.Context, plugin, key string) (*StoredItem, error) {
	item := new(StoredItem)
	err := s.read.NewSelect().Model(item).Where("plugin = ?", clean(plugin)).Where(`"key" = ?`, clean(key)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read %q of plugin %q: %w", key, plugin, one(err))
	}
	return item, nil
}

// Items returns what a plugin keeps under keys that begin with prefix, ordered
// by key.
func (s *Store) Items(ctx context.Context, plugin, prefix string) ([]StoredItem, error) {
	items := []StoredItem{}
	query := s.read.NewSelect().Model(&items).Where("plugin = ?", clean(plugin))
	if prefix = clean(prefix); prefix != "" {
		query = query.Where(`substr("key", 1, ?) = ?`, len([]rune(prefix)), prefix)
	}
	if err := query.Scan(ctx); err != nil {
		return nil, fmt.Errorf("list what plugin %q keeps: %w", plugin, err)
	}
	slices.SortFunc(items, func(a, b StoredItem) int { return strings.Compare(a.Key, b.Key) }) // the databases collate differently
	return items, nil
}

// SaveItems keeps values of a plugin in place of those with the same keys, and
// fills in Plugin, Size and UpdatedAt.
func (s *Store) SaveItems(ctx context.Context, plugin string, items []StoredItem) error {
	at := now()
	for i := range items {
		items[i].Plugin, items[i].Key, items[i].UpdatedAt = clean(plugin), clean(items[i].Key), at
		items[i].Size = int64(len(items[i].Key) + len(items[i].Value))
	}
	for chunk := range slices.Chunk(items, insertChunk) {
		_, err := s.write.NewInsert().Model(&chunk).On("CONFLICT (plugin, key) DO UPDATE").
			Set("value = EXCLUDED.value").Set("size = EXCLUDED.size").Set("updated_at = EXCLUDED.updated_at").Exec(ctx)
		if err != nil {
			return fmt.Errorf("keep values of plugin %q: %w", plugin, err)
		}
	}
	return nil
}

// DeleteItems forgets values of a plugin. Keys that are not there are no error.
func (s *Store) DeleteItems(ctx context.Context, plugin string, keys []string) error {
	all := make([]string, len(keys))
	for i, key := range keys {
		all[i] = clean(key)
	}
	for chunk := range slices.Chunk(all, insertChunk) {
		_, err := s.write.NewDelete().Model((*StoredItem)(nil)).
			Where("plugin = ?", clean(plugin)).Where(`"key" IN (?)`, bun.List(chunk)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("forget values of plugin %q: %w", plugin, err)
		}
	}
	return nil
}

// deleteStorage forgets all that a plugin keeps.
func (s *Store) deleteStorage(ctx context.Context, plugin string) error {
	if _, err := s.write.NewDelete().Model((*StoredItem)(nil)).Where("plugin = ?", clean(plugin)).Exec(ctx); err != nil {
		return fmt.Errorf("forget what plugin %q keeps: %w", plugin, err)
	}
	return nil
}

// StorageSize returns how many bytes a plugin keeps.
func (s *Store) StorageSize(ctx context.Context, plugin string) (int64, error) {
	var size int64
	err := s.read.NewSelect().Model((*StoredItem)(nil)).ColumnExpr("COALESCE(SUM(size), 0)").
		Where("plugin = ?", clean(plugin)).Scan(ctx, &size)
	if err != nil {
		return 0, fmt.Errorf("measure what plugin %q keeps: %w", plugin, err)
	}
	return size, nil
}
