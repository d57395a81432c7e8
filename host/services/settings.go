package services

import (
	"context"
	"encoding/json"

	"github.com/pluggarr/pluggarr/host/store"
)

func settingMethods() map[string]method {
	profiles := newRows[store.StreamProfile](everyRow)
	agents := newRows[store.UserAgent](everyRow)
	return map[string]method{
		"settings.get":             reads(settingGet),
		"settings.update":          writes(settingUpdate),
		"settings.stream_profiles": reads(profiles.list),
		"settings.user_agents":     reads(agents.list),
	}
}

func settingGet(ctx context.Context, c *call, p keyParams) (json.RawMessage, error) {
	row, err := c.db.CoreSetting(ctx, p.Key)
	if err != nil {
		return nil, err
	}
	return row.Value, nil
}

type settingParams struct {
	Key    string                     `json:"key"`    // of the group
	Values map[string]json.RawMessage `json:"values"` // what is to change, by name
}

func settingUpdate(ctx context.Context, c *call, p settingParams) (none, error) {
	if p.Key == "" {
		return none{}, invalid("a group of settings has a key, as in \"system_settings\"")
	}
	return none{}, c.db.UpdateCoreSetting(ctx, p.Key, p.Values)
}
