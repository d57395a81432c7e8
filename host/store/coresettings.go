package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// CoreSetting returns a group of settings. It returns ErrNotFound when there is
// none with this key.
func (s *Store) CoreSetting(ctx context.Context, key string) (*CoreSetting, error) {
	row := new(CoreSetting)
	if err := s.read.NewSelect().Model(row).Where(`"key" = ?`, clean(key)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read the settings %q: %w", key, one(err))
	}
	return row, nil
}

// UpdateCoreSetting changes these values of a group and keeps the others. A
// group that is not there is made.
func (s *Store) UpdateCoreSetting(ctx context.Context, key string, values map[string]json.RawMessage) error {
	err := s.Atomic(ctx, func(s *Store) error {
		row, err := s.CoreSetting(ctx, key)
		if errors.Is(err, ErrNotFound) {
			row, err = &CoreSetting{Key: clean(key), Name: clean(key), Value: json.RawMessage("{}")}, nil
		}
		if err != nil {
			return err
		}
		all := map[string]json.RawMessage{}
		if err := json.Unmarshal(row.Value, &all); err != nil { // some old rows hold a string
			all = map[string]json.RawMessage{}
		}
		for name, value := range values {
			all[name] = value
		}
		if row.Value, err = json.Marshal(all); err != nil {
			return fmt.Errorf("encode: %w", err)
		}
		if row.ID != 0 {
			return existing(s.write.NewUpdate().Model(row).Column("value").WherePK().Exec(ctx))
		}
		_, err = s.write.NewInsert().Model(row).Exec(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("change the settings %q: %w", key, err)
	}
	return nil
}

// DefaultUserAgent is what downloads call themselves when nothing else was
// chosen; "" when the settings name none.
func (s *Store) DefaultUserAgent(ctx context.Context) (string, error) {
	row, err := s.CoreSetting(ctx, "stream_settings")
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	var chosen struct {
		ID json.Number `json:"default_user_agent"`
	}
	if json.Unmarshal(row.Value, &chosen) != nil || chosen.ID == "" {
		return "", nil
	}
	agent := new(UserAgent)
	err = one(s.read.NewSelect().Model(agent).Where("id = ?", chosen.ID.String()).Scan(ctx))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return "", fmt.Errorf("read the default user agent: %w", err)
	}
	return agent.UserAgent, nil
}
