package services

import (
	"context"
	"encoding/json"
	"time"
	"unicode/utf8"

	"github.com/pluggarr/pluggarr/host/store"
)

// longestKey is how many characters a key may have.
const longestKey = 255

func storageMethods() map[string]method {
	return map[string]method{
		"storage.get":    reads(storageGet),
		"storage.list":   reads(storageList),
		"storage.usage":  reads(storageUsage),
		"storage.set":    writes(storageSet),
		"storage.delete": writes(storageDelete),
	}
}

// item is what a plugin is shown of a value.
type item struct {
	Key       string          `json:"key"`        // the plugin's own name for it
	Value     json.RawMessage `json:"value"`      // any JSON
	UpdatedAt time.Time       `json:"updated_at"` // when it was last set
}

func shown(row store.StoredItem) item { return item{row.Key, row.Value, row.UpdatedAt} }

type keyParams struct {
	Key string `json:"key"` // of a value, or of a group of settings
}

func storageGet(ctx context.Context, c *call, p keyParams) (item, error) {
	row, err := c.db.Item(ctx, c.plugin, p.Key)
	if err != nil {
		return item{}, err
	}
	return shown(*row), nil
}

type prefixParams struct {
	Prefix string `json:"prefix"` // "" for everything
}

func storageList(ctx context.Context, c *call, p prefixParams) ([]item, error) {
	rows, err := c.db.Items(ctx, c.plugin, p.Prefix)
	items := make([]item, len(rows))
	for i, row := range rows {
		items[i] = shown(row)
	}
	return items, err
}

type usage struct {
	Used  int64 `json:"used"`  // bytes of keys and values
	Quota int64 `json:"quota"` // how many there may be
}

func storageUsage(ctx context.Context, c *call, _ none) (usage, error) {
	used, err := c.db.StorageSize(ctx, c.plugin)
	return usage{used, c.cfg.Limits.Storage}, err
}

type valuesParams struct {
	Values map[string]json.RawMessage `json:"values"` // by key
}

// storageSet saves first and measures then: it is undone when it is too much.
func storageSet(ctx context.Context, c *call, p valuesParams) (none, error) {
	var rows []store.StoredItem
	for key, value := range p.Values {
		if key == "" || utf8.RuneCountInString(key) > longestKey {
			return none{}, invalid("a key has 1 to %d characters, %.40q has not", longestKey, key)
		}
		if int64(len(value)) > c.cfg.Limits.Value {
			return none{}, invalid("the value of %q is %d bytes long, %d are allowed: keep it in several, or in a file", key, len(value), c.cfg.Limits.Value)
		}
		rows = append(rows, store.StoredItem{Key: key, Value: value})
	}
	if err := c.db.SaveItems(ctx, c.plugin, rows); err != nil {
		return none{}, err
	}
	used, err := c.db.StorageSize(ctx, c.plugin)
	if err == nil && used > c.cfg.Limits.Storage {
		err = invalid("the plugin would keep %d bytes, %d are allowed: delete what is no longer needed", used, c.cfg.Limits.Storage)
	}
	return none{}, err
}

type keysParams struct {
	Keys []string `json:"keys"` // which values
}

func storageDelete(ctx context.Context, c *call, p keysParams) (none, error) {
	return none{}, c.db.DeleteItems(ctx, c.plugin, p.Keys)
}
