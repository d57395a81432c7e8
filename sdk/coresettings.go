package sdk

import (
	"context"
	"encoding/json"
)

// SettingService reads and writes the settings of the whole host, which come in
// groups of JSON objects.
type SettingService struct{ link link }

// Get decodes a group, as in "system_settings", into v, a pointer to a struct
// or a map. The error is [ErrNotFound] when there is none.
func (s SettingService) Get(ctx context.Context, group string, v any) error {
	var raw json.RawMessage
	if err := s.link.call(ctx, "settings.get", keyParams{group}, &raw); err != nil {
		return err
	}
	return decode(group, raw, v)
}

// Update changes the named values of a group and keeps the others; a group that
// is not there is made.
func (s SettingService) Update(ctx context.Context, group string, values map[string]any) error {
	return s.link.call(ctx, "settings.update", struct {
		Key    string         `json:"key"`
		Values map[string]any `json:"values"`
	}{group, values}, nil)
}

// TimeZone returns the host's time zone, as in "Europe/Berlin"; "UTC" when none
// was chosen.
func (s SettingService) TimeZone(ctx context.Context) (string, error) {
	var system struct {
		TimeZone string `json:"time_zone"`
	}
	if err := s.Get(ctx, "system_settings", &system); err != nil {
		return "", err
	}
	if system.TimeZone == "" {
		return "UTC", nil
	}
	return system.TimeZone, nil
}

// StreamProfile is a program that plays streams.
type StreamProfile struct {
	// ID is the row's number, from 1.
	ID int64 `json:"id,omitzero"`
	// Name is what users see.
	Name string `json:"name,omitzero"`
	// Command is the program; "" for what needs none.
	Command string `json:"command,omitzero"`
	// Parameters are its arguments, with {streamUrl}, {userAgent} and {channelId}.
	Parameters string `json:"parameters,omitzero"`
	// Locked says that it belongs to the host.
	Locked bool `json:"locked,omitzero"`
	// IsActive says that it may be chosen.
	IsActive bool `json:"is_active,omitzero"`
	// UserAgentID is a [UserAgent]; 0 for the default one.
	UserAgentID int64 `json:"user_agent_id,omitzero"`
}

// UserAgent is how downloads call themselves.
type UserAgent struct {
	// ID is the row's number, from 1.
	ID int64 `json:"id,omitzero"`
	// Name is what users see.
	Name string `json:"name,omitzero"`
	// UserAgent is the value of the HTTP header.
	UserAgent string `json:"user_agent,omitzero"`
	// IsActive says that it may be chosen.
	IsActive bool `json:"is_active,omitzero"`
}

// StreamProfiles returns all stream profiles in the order of their IDs.
func (s SettingService) StreamProfiles(ctx context.Context) ([]StreamProfile, error) {
	return list[StreamProfile](ctx, s.link, listQuery{"settings.stream_profiles", struct{}{}, 0})
}

// UserAgents returns all user agents in the order of their IDs.
func (s SettingService) UserAgents(ctx context.Context) ([]UserAgent, error) {
	return list[UserAgent](ctx, s.link, listQuery{"settings.user_agents", struct{}{}, 0})
}
