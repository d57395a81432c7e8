package store

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// The values of M3UAccount.AccountType.
const (
	// AccountSTD is a playlist: a URL or a file.
	AccountSTD = "STD"
	// AccountXC is an Xtream Codes server.
	AccountXC = "XC"
)

// The values of M3UAccount.Status and EPGSource.Status.
const (
	// StatusIdle is one that was never refreshed.
	StatusIdle = "idle"
	// StatusFetching is one that is being downloaded.
	StatusFetching = "fetching"
	// StatusParsing is one that is being read.
	StatusParsing = "parsing"
	// StatusSuccess is one whose last refresh went well.
	StatusSuccess = "success"
	// StatusError is one whose last refresh did not; the message says why.
	StatusError = "error"
	// StatusPendingSetup is an account whose groups are known and whose streams are not.
	StatusPendingSetup = "pending_setup"
	// StatusDisabled is one that is not active.
	StatusDisabled = "disabled"
)

// CustomAccount is the name of the locked account that streams made by hand belong to.
const CustomAccount = "custom"

// M3UAccount is a provider: a row of m3u_m3uaccount.
type M3UAccount struct {
	bun.BaseModel `bun:"table:m3u_m3uaccount"`

	// ID is the row's number, from 1.
	ID int64 `bun:"id,pk,autoincrement"`
	// Name is at most 255 characters, unique.
	Name string `bun:"name,type:varchar(255)"`
	// ServerURL is the playlist's address or the server's, at most 1000 characters, or empty.
	ServerURL string `bun:"server_url,nullzero,type:varchar(1000)"`
	// FilePath is a playlist on the host, used when there is no ServerURL, or empty.
	FilePath string `bun:"file_path,nullzero,type:varchar(255)"`
	// ServerGroupID is a ServerGroup, 0 for none.
	ServerGroupID int64 `bun:"server_group_id,nullzero"`
	// MaxStreams is how many streams may run at once, 0 for no limit.
	MaxStreams int `bun:"max_streams"`
	// IsActive says that the account is refreshed.
	IsActive bool `bun:"is_active"`
	// CreatedAt is when the row was made.
	CreatedAt time.Time `bun:"created_at"`
	// UpdatedAt is when the account was last refreshed well, zero for never.
	UpdatedAt time.Time `bun:"updated_at,nullzero"`
	// Status is one of the Status constants.
	Status string `bun:"status,type:varchar(20)"`
	// LastMessage is the last refresh in a sentence, or empty.
	LastMessage string `bun:"last_message,nullzero"`
	// UserAgentID is the UserAgent of downloads, 0 for the default one.
	UserAgentID int64 `bun:"user_agent_id,nullzero"`
	// Locked says that the account cannot be changed or deleted.
	Locked bool `bun:"locked"`
	// StreamProfileID is a StreamProfile, 0 for the default one.
	StreamProfileID int64 `bun:"stream_profile_id,nullzero"`
	// AccountType is AccountSTD or AccountXC.
	AccountType string `bun:"account_type"`
	// Username is of Xtream Codes, or empty.
	Username string `bun:"username,nullzero,type:varchar(255)"`
	// Password is of Xtream Codes, or empty.
	Password string `bun:"password,nullzero,type:varchar(255)"`
	// CustomProperties is a JSON object of options, or nil.
	CustomProperties json.RawMessage `bun:"custom_properties"`
	// RefreshInterval is in hours, 0 for never.
	RefreshInterval int `bun:"refresh_interval"`
	// RefreshTaskID is the PeriodicTask that refreshes, 0 for none.
	RefreshTaskID int64 `bun:"refresh_task_id,nullzero"`
	// StaleStreamDays is how long a stream that is gone is kept.
	StaleStreamDays int `bun:"stale_stream_days"`
	// Priority orders accounts, the highest first.
	Priority int `bun:"priority"`
}

// M3UAccountProfile is one login of an account: a row of m3u_m3uaccountprofile.
// The name is unique within the account.
type M3UAccountProfile struct {
	bun.BaseModel `bun:"table:m3u_m3uaccountprofile"`

	// ID is the row's number, from 1.
	ID int64 `bun:"id,pk,autoincrement"`
	// M3UAccountID is the M3UAccount.
	M3UAccountID int64 `bun:"m3u_account_id"`
	// Name is at most 255 characters.
	Name string `bun:"name,type:varchar(255)"`
	// IsDefault marks the one that every account has.
	IsDefault bool `bun:"is_default"`
	// MaxStreams is how many streams may run at once, 0 for no limit.
	MaxStreams int `bun:"max_streams"`
	// IsActive says that the profile may be used.
	IsActive bool `bun:"is_active"`
	// SearchPattern is a regular expression over a stream's URL, at most 255 characters.
	SearchPattern string `bun:"search_pattern,type:varchar(255)"`
	// ReplacePattern is what takes its place, with $1 for groups.
	ReplacePattern string `bun:"replace_pattern,type:varchar(255)"`
	// CurrentViewers is a count from 0; this host leaves it at 0.
	CurrentViewers int `bun:"current_viewers"`
	// CustomProperties is a JSON object with the server's user_info and server_info, or nil.
	CustomProperties json.RawMessage `bun:"custom_properties"`
	// ExpDate is when the login expires, zero for unknown.
	ExpDate time.Time `bun:"exp_date,nullzero"`
}

// The values of M3UFilter.FilterType.
const (
	// FilterGroup looks at the group's title.
	FilterGroup = "group"
	// FilterName looks at the stream's name.
	FilterName = "name"
	// FilterURL looks at the stream's URL.
	FilterURL = "url"
)

// M3UFilter keeps streams out of an account: a row of m3u_m3ufilter. The first
// whose pattern is found decides.
type M3UFilter struct {
	bun.BaseModel `bun:"table:m3u_m3ufilter"`

	// ID is the row's number, from 1.
	ID int64 `bun:"id,pk,autoincrement"`
	// M3UAccountID is the M3UAccount.
	M3UAccountID int64 `bun:"m3u_account_id"`
	// FilterType is one of the Filter constants.
	FilterType string `bun:"filter_type,type:varchar(50)"`
	// RegexPattern is at most 200 characters.
	RegexPattern string `bun:"regex_pattern,type:varchar(200)"`
	// Exclude says that a stream that fits is dropped; else it is kept.
	Exclude bool `bun:"exclude"`
	// Order says which filter is asked first: the lowest, from 0.
	Order int `bun:"order"`
	// CustomProperties is a JSON object with case_sensitive, or nil.
	CustomProperties json.RawMessage `bun:"custom_properties"`
}

// ServerGroup is accounts that are one server: a row of m3u_servergroup.
type ServerGroup struct {
	bun.BaseModel `bun:"table:m3u_servergroup"`

	// ID is the row's number, from 1.
	ID int64 `bun:"id,pk,autoincrement"`
	// Name is at most 100 characters, unique.
	Name string `bun:"name,type:varchar(100)"`
}
