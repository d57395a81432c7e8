package store

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// CoreSetting is a group of settings of the host: a row of core_coresettings.
type CoreSetting struct {
	bun.BaseModel `bun:"table:core_coresettings"`

	// ID is the row's number, from 1.
	ID int64 `bun:"id,pk,autoincrement"`
	// Key names the group, such as "stream_settings"; at most 255 characters, unique.
	Key string `bun:"key,type:varchar(255)"`
	// Name is the same for people, at most 255 characters.
	Name string `bun:"name,type:varchar(255)"`
	// Value is the settings, a JSON object.
	Value json.RawMessage `bun:"value"`
}

// UserAgent is how downloads call themselves: a row of core_useragent.
type UserAgent struct {
	bun.BaseModel `bun:"table:core_useragent"`

	// ID is the row's number, from 1.
	ID int64 `bun:"id,pk,autoincrement"`
	// Name is at most 512 characters, unique.
	Name string `bun:"name,type:varchar(512)"`
	// UserAgent is the HTTP header's value, at most 512 characters, unique.
	UserAgent string `bun:"user_agent,type:varchar(512)"`
	// Description may be empty, at most 255 characters.
	Description string `bun:"description,type:varchar(255)"`
	// IsActive says that it may be chosen.
	IsActive bool `bun:"is_active"`
	// CreatedAt is when the row was made.
	CreatedAt time.Time `bun:"created_at"`
	// UpdatedAt is when the row was last saved.
	UpdatedAt time.Time `bun:"updated_at"`
}

// StreamProfile is a program that plays streams: a row of core_streamprofile.
type StreamProfile struct {
	bun.BaseModel `bun:"table:core_streamprofile"`

	// ID is the row's number, from 1.
	ID int64 `bun:"id,pk,autoincrement"`
	// Name is at most 255 characters.
	Name string `bun:"name,type:varchar(255)"`
	// Command is the program, at most 255 characters; empty for what needs none.
	Command string `bun:"command,type:varchar(255)"`
	// Parameters are its arguments, with {streamUrl}, {userAgent} and {channelId}.
	Parameters string `bun:"parameters"`
	// Locked says that only the user agent may be changed.
	Locked bool `bun:"locked"`
	// IsActive says that it may be chosen.
	IsActive bool `bun:"is_active"`
	// UserAgentID is a UserAgent, 0 for the default one.
	UserAgentID int64 `bun:"user_agent_id,nullzero"`
}

// OutputProfile is a program that converts what players get: a row of core_outputprofile.
type OutputProfile struct {
	bun.BaseModel `bun:"table:core_outputprofile"`

	// ID is the row's number, from 1.
	ID int64 `bun:"id,pk,autoincrement"`
	// Name is at most 255 characters, unique.
	Name string `bun:"name,type:varchar(255)"`
	// Command is the program, at most 255 characters.
	Command string `bun:"command,type:varchar(255)"`
	// Parameters are its arguments.
	Parameters string `bun:"parameters"`
	// Locked says that it cannot be changed.
	Locked bool `bun:"locked"`
	// IsActive says that it may be chosen.
	IsActive bool `bun:"is_active"`
}

// SystemEvent is something that happened: a row of core_systemevent.
type SystemEvent struct {
	bun.BaseModel `bun:"table:core_systemevent"`

	// ID is the row's number, from 1.
	ID int64 `bun:"id,pk,autoincrement"`
	// EventType is the event's name, at most 50 characters.
	EventType string `bun:"event_type,type:varchar(50)"`
	// Timestamp is when it happened.
	Timestamp time.Time `bun:"timestamp"`
	// ChannelID is Channel.UUID, zero for none. The channel may be gone.
	ChannelID UUID `bun:"channel_id,nullzero"`
	// ChannelName is at most 255 characters, or empty.
	ChannelName string `bun:"channel_name,nullzero,type:varchar(255)"`
	// Details is a JSON object.
	Details json.RawMessage `bun:"details"`
}
