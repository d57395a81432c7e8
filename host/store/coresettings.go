package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"github.com/uptrace/bun"
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
	err := s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		row := new(CoreSetting)
		err := holding(tx).Model(row).Where(`"key" = ?`, clean(key)).Scan(ctx)
		if errors.Is(err, sql.ErrNoRows) {
			row, err = &CoreSetting{Key: clean(key), Name: clean(key), Value: json.RawMessage("{}")}, nil
		}
		if err != nil {
			return err
		}
		all := map[string]json.RawMessage{}
		if err := json.Unmarshal(row.Value, &all); err != nil || all == nil { // some old rows hold a string, or null
			all = map[string]json.RawMessage{}
		}
		maps.Copy(all, values)
		if row.Value, err = json.Marshal(all); err != nil {
			return fmt.Errorf("encode: %w", err)
		}
		if row.ID != 0 {
			return existing(tx.NewUpdate().Model(row).Column("value").WherePK().Exec(ctx))
		}
		_, err = tx.NewInsert().Model(row).Exec(ctx)
		return err //nolint:wrapcheck // named below
	})
	if err != nil {
		return fmt.Errorf("change the settings %q: %w", key, err)
	}
	return nil
}

// DefaultUserAgent is what downloads call themselves when nothing else was
// chosen; "" when the settings name none.
func (s *Store) DefaultUserAgent(ctx context.Context) (string, error) {
	var chosen struct {
		ID json.Number `json:"default_user_agent"`
	}
	if err := s.coreSetting(ctx, "stream_settings", &chosen); err != nil {
		return "", err
	}
	id, _ := chosen.ID.Int64() // what is no number chooses nothing
	return s.userAgent(ctx, id)
}

// userAgent is the text of a UserAgent; "" when there is none.
func (s *Store) userAgent(ctx context.Context, id int64) (string, error) {
	agent := new(UserAgent)
	err := s.read.NewSelect().Model(agent).Where("id = ?", id).Scan(ctx)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read user agent %d: %w", id, err)
	}
	return agent.UserAgent, nil
}

// coreSetting decodes a group of core settings into what to points at, and
// leaves that as it is when there is no such group or it is no object.
func (s *Store) coreSetting(ctx context.Context, key string, to any) error {
	setting := new(CoreSetting)
	err := s.read.NewSelect().Model(setting).Where(`"key" = ?`, key).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read core setting %q: %w", key, err)
	}
	_ = json.Unmarshal(setting.Value, to) // people may have stored anything; what does not fit counts as not set
	return nil
}
