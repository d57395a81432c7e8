package store

import (
	"context"
	"encoding/json"
	"fmt"
)

// mostSystemEvents is how many events are kept unless the settings say otherwise.
const mostSystemEvents = 100

// LogSystemEvent writes down that something happened, now, and forgets what is
// older than the last max_system_events of the settings. The details are
// anything that encodes to an object.
func (s *Store) LogSystemEvent(ctx context.Context, name string, details any) error {
	raw, err := json.Marshal(details)
	if err != nil {
		return fmt.Errorf("encode the details of the event %s: %w", name, err)
	}
	var settings struct {
		Most int `json:"max_system_events"`
	}
	if err := s.coreSetting(ctx, "system_settings", &settings); err != nil {
		return err
	}
	if settings.Most <= 0 {
		settings.Most = mostSystemEvents
	}
	err = s.Atomic(ctx, func(s *Store) error {
		row := &SystemEvent{EventType: name, Timestamp: now(), Details: raw}
		if _, err := s.write.NewInsert().Model(row).Exec(ctx); err != nil {
			return fmt.Errorf("insert: %w", err)
		}
		_, err := s.write.NewDelete().Model((*SystemEvent)(nil)).
			Where("id NOT IN (SELECT id FROM core_systemevent ORDER BY timestamp DESC, id DESC LIMIT ?)", settings.Most).Exec(ctx)
		if err != nil {
			return fmt.Errorf("forget old ones: %w", err)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("write down the event %s: %w", name, err)
	}
	return nil
}
