package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// StorageService keeps JSON values by key, for this plugin alone. They outlive
// restarts and updates of the plugin, and go with it when it is deleted. A key
// has 1 to 255 characters, a value up to 1 MiB of JSON, all of them together up
// to 16 MiB, unless the operator chose otherwise.
type StorageService struct{ link link }

// StoredItem is one key with its value.
type StoredItem struct {
	// Key is unique within the plugin.
	Key string `json:"key"`
	// Value is any JSON.
	Value json.RawMessage `json:"value"`
	// UpdatedAt is when it was last set.
	UpdatedAt time.Time `json:"updated_at"`
}

type keyParams struct {
	Key string `json:"key"`
}

type keysParams struct {
	Keys []string `json:"keys"`
}

// Get decodes the value of a key into v, a pointer. When there is none it
// returns false and leaves v as it is.
func (s StorageService) Get(ctx context.Context, key string, v any) (bool, error) {
	var item StoredItem
	err := s.link.call(ctx, "storage.get", keyParams{key}, &item)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := json.Unmarshal(item.Value, v); err != nil {
		return false, fmt.Errorf("decode what is stored as %q: %w", key, err)
	}
	return true, nil
}

// Set keeps v, which must be encodable as JSON, in place of what the key had.
func (s StorageService) Set(ctx context.Context, key string, v any) error {
	return s.SetMany(ctx, map[string]any{key: v})
}

// SetMany keeps several values, all of them or none.
func (s StorageService) SetMany(ctx context.Context, values map[string]any) error {
	return s.link.call(ctx, "storage.set", struct {
		Values map[string]any `json:"values"`
	}{values}, nil)
}

// Delete forgets keys. One that is not there is no error.
func (s StorageService) Delete(ctx context.Context, keys ...string) error {
	return s.link.call(ctx, "storage.delete", keysParams{keys}, nil)
}

// List returns the items whose keys begin with prefix, ordered by key; "" for
// all of them.
func (s StorageService) List(ctx context.Context, prefix string) ([]StoredItem, error) {
	var items []StoredItem
	err := s.link.call(ctx, "storage.list", struct {
		Prefix string `json:"prefix"`
	}{prefix}, &items)
	return items, err
}

// Usage returns how many bytes the plugin's keys and values take, and how many
// they may.
func (s StorageService) Usage(ctx context.Context) (used, quota int64, err error) {
	var answer struct {
		Used  int64 `json:"used"`
		Quota int64 `json:"quota"`
	}
	err = s.link.call(ctx, "storage.usage", nil, &answer)
	return answer.Used, answer.Quota, err
}
