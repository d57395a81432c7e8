package services_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/services"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

func TestStorage(t *testing.T) {
	t.Parallel()
	bothDatabases(t, func(t *testing.T, db store.Config) {
		s, _ := open(t, services.Config{Limits: services.Limits{Storage: 200, Value: 100}}, db)
		type mark struct {
			Page int      `json:"page"`
			Tags []string `json:"tags"`
		}
		ask(t, s, "a", func(ctx *sdk.Context) error {
			storage := ctx.Host.Storage
			var got mark
			if found, err := storage.Get(ctx, "mark", &got); found || err != nil {
				return fmt.Errorf("a key that was never set: %t, %w", found, err)
			}
			err := errors.Join(
				storage.Set(ctx, "mark", mark{Page: 7, Tags: []string{"ü", "<"}}),
				storage.SetMany(ctx, map[string]any{"b/2": 2, "b/1": []int{1}, "B/3": nil}),
				storage.Set(ctx, "mark", mark{Page: 8}),
			)
			if err != nil {
				return err
			}
			if found, err := storage.Get(ctx, "mark", &got); !found || err != nil || got.Page != 8 || got.Tags != nil {
				return fmt.Errorf("mark = %+v, %t, %w", got, found, err)
			}
			items, err := storage.List(ctx, "b/")
			if err != nil || len(items) != 2 || items[0].Key != "b/1" || string(items[1].Value) != "2" || items[0].UpdatedAt.IsZero() {
				return fmt.Errorf("list = %+v, %w", items, err)
			}
			if err := storage.Delete(ctx, "b/1", "nothing"); err != nil {
				return err
			}
			items, err = storage.List(ctx, "")
			if err != nil || len(items) != 3 {
				return fmt.Errorf("list of all = %+v, %w", items, err)
			}
			used, quota, err := storage.Usage(ctx)
			if used != int64(len(`B/3nullb/22mark{"page":8,"tags":null}`)) || quota != 200 {
				return fmt.Errorf("usage = %d of %d, %w", used, quota, err)
			}
			return err
		})
		ask(t, s, "b", func(ctx *sdk.Context) error {
			items, err := ctx.Host.Storage.List(ctx, "")
			if len(items) != 0 {
				return fmt.Errorf("another plugin sees %+v", items)
			}
			return err
		})
	})
}

func TestStorageLimits(t *testing.T) {
	t.Parallel()
	bothDatabases(t, func(t *testing.T, db store.Config) {
		s, _ := open(t, services.Config{Limits: services.Limits{Storage: 200, Value: 100}}, db)
		ask(t, s, "a", func(ctx *sdk.Context) error {
			storage := ctx.Host.Storage
			if err := storage.Set(ctx, "one", strings.Repeat("x", 90)); err != nil {
				return err
			}
			for want, values := range map[string]map[string]any{
				"are allowed: keep it in several":   {"big": strings.Repeat("x", 100)},
				"are allowed: delete what":          {"two": strings.Repeat("x", 90), "three": strings.Repeat("x", 90)},
				"a key has 1 to 255 characters":     {"": 1},
				"a key has 1 to 255 characters, \"": {strings.Repeat("k", 256): 1},
			} {
				var failure *sdk.HostError
				err := storage.SetMany(ctx, values)
				if !errors.As(err, &failure) || failure.Code != wire.CodeInvalidParams || !strings.Contains(err.Error(), want) {
					return fmt.Errorf("set %d values: %w, want %q", len(values), err, want)
				}
			}
			if items, err := storage.List(ctx, ""); err != nil || len(items) != 1 {
				return fmt.Errorf("something of a refused call is left: %+v, %w", items, err)
			}
			return nil
		})
	})
}
