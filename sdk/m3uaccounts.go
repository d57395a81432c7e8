package sdk

import (
	"context"
	"encoding/json"
	"time"
)

// M3UService reads and writes accounts with their groups, logins and filters,
// and has them refreshed.
type M3UService struct{ link link }

// M3UAccount is a provider of streams.
type M3UAccount struct {
	// ID is the row's number, from 1.
	ID int64 `json:"id,omitzero"`
	// Name is at most 255 characters, unique. Required.
	Name string `json:"name,omitzero"`
	// ServerURL is the playlist's address or the server's, at most 1,000 characters.
	ServerURL string `json:"server_url,omitzero"`
	// FilePath is a playlist on the host, used when there is no ServerURL.
	FilePath string `json:"file_path,omitzero"`
	// ServerGroupID is accounts that are one server.
	ServerGroupID int64 `json:"server_group_id,omitzero"`
	// MaxStreams is how many streams may run at once; 0 for no limit.
	MaxStreams int `json:"max_streams,omitzero"`
	// IsActive says that the account is refreshed; a new one is.
	IsActive bool `json:"is_active,omitzero"`
	// CreatedAt is when the row was made. The host sets it.
	CreatedAt time.Time `json:"created_at,omitzero"`
	// UpdatedAt is when the account was last refreshed well. The host sets it.
	UpdatedAt time.Time `json:"updated_at,omitzero"`
	// Status is "idle", "fetching", "parsing", "error", "success",
	// "pending_setup" or "disabled". The host sets it.
	Status string `json:"status,omitzero"`
	// LastMessage is the last refresh in a sentence. The host sets it.
	LastMessage string `json:"last_message,omitzero"`
	// UserAgentID is a [UserAgent]; 0 for the default one.
	UserAgentID int64 `json:"user_agent_id,omitzero"`
	// Locked says that the account belongs to the host.
	Locked bool `json:"locked,omitzero"`
	// StreamProfileID is a [StreamProfile]; 0 for the default one.
	StreamProfileID int64 `json:"stream_profile_id,omitzero"`
	// AccountType is "STD", a playlist, or "XC", an Xtream Codes server; "" for a
	// new one means "STD".
	AccountType string `json:"account_type,omitzero"`
	// Username is of Xtream Codes.
	Username string `json:"username,omitzero"`
	// Password is of Xtream Codes, in clear: keep it out of results and logs.
	Password string `json:"password,omitzero"`
	// CustomProperties is an object of options.
	CustomProperties json.RawMessage `json:"custom_properties,omitempty"`
	// RefreshInterval is in hours; 0 for never.
	RefreshInterval int `json:"refresh_interval,omitzero"`
	// StaleStreamDays is how long a stream that is gone is kept; 0 for a new one
	// means 7.
	StaleStreamDays int `json:"stale_stream_days,omitzero"`
	// Priority orders accounts, the highest first.
	Priority int `json:"priority,omitzero"`
}

// AccountFilter says which accounts; its zero value means all of them.
type AccountFilter struct {
	// IDs are those of the accounts.
	IDs []int64 `json:"ids,omitempty"`
	// Names are those of the accounts.
	Names []string `json:"names,omitempty"`
	// Active tells those that are refreshed.
	Active Choice `json:"active,omitempty"`
	// Limit is how many at most; 0 for all.
	Limit int `json:"-"`
}

// AccountGroup says how an account treats one of its groups.
type AccountGroup struct {
	// ID is the row's number, from 1.
	ID int64 `json:"id,omitzero"`
	// ChannelGroupID is the [ChannelGroup].
	ChannelGroupID int64 `json:"channel_group_id,omitzero"`
	// M3UAccountID is the [M3UAccount].
	M3UAccountID int64 `json:"m3u_account_id,omitzero"`
	// CustomProperties is an object of options of the channel sync.
	CustomProperties json.RawMessage `json:"custom_properties,omitempty"`
	// Enabled says that streams of the group are taken.
	Enabled bool `json:"enabled,omitzero"`
	// AutoChannelSync says that a refresh makes a channel of each of its streams.
	AutoChannelSync bool `json:"auto_channel_sync,omitzero"`
	// AutoSyncChannelStart is the first number such a channel gets; 0 means 1.
	AutoSyncChannelStart float64 `json:"auto_sync_channel_start,omitzero"`
	// AutoSyncChannelEnd is the last number; 0 means that there is none.
	AutoSyncChannelEnd float64 `json:"auto_sync_channel_end,omitzero"`
	// LastSeen is the start of the last refresh that found the group.
	LastSeen time.Time `json:"last_seen,omitzero"`
	// IsStale says that the last refresh did not find it.
	IsStale bool `json:"is_stale,omitzero"`
}

// List returns accounts in the order of their IDs.
func (s M3UService) List(ctx context.Context, filter AccountFilter) ([]M3UAccount, error) {
	return list[M3UAccount](ctx, s.link, listQuery{"m3u.list", filter, filter.Limit})
}

// Get returns one account, or [ErrNotFound].
func (s M3UService) Get(ctx context.Context, id int64) (M3UAccount, error) {
	return get[M3UAccount](ctx, s.link, "m3u.get", id)
}

// Create makes an account with its default profile, and returns it. It is not
// refreshed by that.
func (s M3UService) Create(ctx context.Context, account M3UAccount) (M3UAccount, error) {
	return sendOne(ctx, s.link, "m3u.create", account)
}

// UpdateMany changes the named fields of accounts, by their json names:
// UpdateMany(ctx, accounts, "is_active").
func (s M3UService) UpdateMany(ctx context.Context, accounts []M3UAccount, fields ...string) error {
	return update(ctx, s.link, rowsCall{"m3u.update", fields}, accounts)
}

// Delete removes accounts with their streams, and returns how many there were.
func (s M3UService) Delete(ctx context.Context, ids ...int64) (int, error) {
	return remove(ctx, s.link, "m3u.delete", ids)
}

// Refresh queues the refresh of accounts and returns the numbers of the jobs in
// the same order. An account that is not there is [ErrNotFound].
func (s M3UService) Refresh(ctx context.Context, ids ...int64) ([]int64, error) {
	return refresh(ctx, s.link, "m3u.refresh", ids)
}

// RefreshAll queues the refresh of every active account but "custom", and
// returns how many there are.
func (s M3UService) RefreshAll(ctx context.Context) (int, error) {
	jobs, err := refresh(ctx, s.link, "m3u.refresh_all", nil)
	return len(jobs), err
}

// Groups returns how an account treats its groups.
func (s M3UService) Groups(ctx context.Context, account int64) ([]AccountGroup, error) {
	return list[AccountGroup](ctx, s.link, listQuery{"m3u.groups", accountRows{account}, 0})
}

// UpdateGroups changes the named fields of what Groups returned, by their json
// names: UpdateGroups(ctx, groups, "enabled").
func (s M3UService) UpdateGroups(ctx context.Context, groups []AccountGroup, fields ...string) error {
	return update(ctx, s.link, rowsCall{"m3u.update_groups", fields}, groups)
}

// refresh queues refreshes and returns the numbers of the jobs.
func refresh(ctx context.Context, l link, method string, ids []int64) ([]int64, error) {
	var answer struct {
		Jobs []int64 `json:"jobs"`
	}
	err := l.call(ctx, method, idsParams{ids}, &answer)
	return answer.Jobs, err
}
