package sdk

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"
)

// M3UAccountProfile is one login of an account: what is to be written in place
// of parts of its streams' URLs, and how many may run at once.
type M3UAccountProfile struct {
	// ID is the row's number, from 1.
	ID int64 `json:"id,omitzero"`
	// M3UAccountID is the [M3UAccount]. Required; it stays what it is.
	M3UAccountID int64 `json:"m3u_account_id,omitzero"`
	// Name is at most 255 characters, once in an account. Required.
	Name string `json:"name,omitzero"`
	// IsDefault marks the one that every account has, which cannot be deleted.
	// The host sets it.
	IsDefault bool `json:"is_default,omitzero"`
	// MaxStreams is how many streams may run at once; 0 for no limit. That of the
	// default profile follows the account's.
	MaxStreams int `json:"max_streams,omitzero"`
	// IsActive says that the profile may be used; CreateProfiles makes it so.
	IsActive bool `json:"is_active,omitzero"`
	// SearchPattern is a regular expression over a stream's URL, at most 255
	// characters; "" for a new one means all of it.
	SearchPattern string `json:"search_pattern,omitzero"`
	// ReplacePattern is what takes its place, with $1 for groups; "" for a new one
	// means what was there.
	ReplacePattern string `json:"replace_pattern,omitzero"`
	// CustomProperties is an object with what the server said of the login.
	CustomProperties json.RawMessage `json:"custom_properties,omitempty"`
	// ExpDate is when the login expires. The host sets it.
	ExpDate time.Time `json:"exp_date,omitzero"`
}

// M3UFilter keeps streams out of an account: the first whose pattern is found
// decides. A refresh heeds it.
type M3UFilter struct {
	// ID is the row's number, from 1.
	ID int64 `json:"id,omitzero"`
	// M3UAccountID is the [M3UAccount]. Required; it stays what it is.
	M3UAccountID int64 `json:"m3u_account_id,omitzero"`
	// FilterType is where to look: "group", "name" or "url"; "" for a new one
	// means "group".
	FilterType string `json:"filter_type,omitzero"`
	// RegexPattern is at most 200 characters. Required.
	RegexPattern string `json:"regex_pattern,omitzero"`
	// Exclude says that a stream that fits is dropped, else it is kept, whatever
	// later filters say.
	Exclude bool `json:"exclude"`
	// Order says which filter is asked first: the lowest, from 0.
	Order int `json:"order,omitzero"`
	// CustomProperties is an object; case_sensitive is true unless it says false.
	CustomProperties json.RawMessage `json:"custom_properties,omitempty"`
}

// accountRows asks for what belongs to an account.
type accountRows struct {
	AccountID int64 `json:"account_id"`
}

// Profiles returns the logins of an account in the order of their IDs.
func (s M3UService) Profiles(ctx context.Context, account int64) ([]M3UAccountProfile, error) {
	return list[M3UAccountProfile](ctx, s.link, listQuery{"m3u.profiles", accountRows{account}, 0})
}

// CreateProfiles makes logins, active ones, and returns them in the same order.
func (s M3UService) CreateProfiles(ctx context.Context, profiles ...M3UAccountProfile) ([]M3UAccountProfile, error) {
	return send(ctx, s.link, rowsCall{"m3u.create_profiles", nil}, profiles)
}

// UpdateProfiles changes the named fields of logins, by their json names:
// UpdateProfiles(ctx, profiles, "is_active").
func (s M3UService) UpdateProfiles(ctx context.Context, profiles []M3UAccountProfile, fields ...string) error {
	return update(ctx, s.link, rowsCall{"m3u.update_profiles", fields}, profiles)
}

// DeleteProfiles removes logins and returns how many there were. The default
// one of an account stays, with an error.
func (s M3UService) DeleteProfiles(ctx context.Context, ids ...int64) (int, error) {
	return remove(ctx, s.link, "m3u.delete_profiles", ids)
}

// Filters returns the filters of an account in the order in which they are
// asked.
func (s M3UService) Filters(ctx context.Context, account int64) ([]M3UFilter, error) {
	filters, err := list[M3UFilter](ctx, s.link, listQuery{"m3u.filters", accountRows{account}, 0})
	slices.SortStableFunc(filters, func(a, b M3UFilter) int { return cmp.Compare(a.Order, b.Order) })
	return filters, err
}

// CreateFilters makes filters and returns them in the same order.
func (s M3UService) CreateFilters(ctx context.Context, filters ...M3UFilter) ([]M3UFilter, error) {
	return send(ctx, s.link, rowsCall{"m3u.create_filters", nil}, filters)
}

// UpdateFilters changes the named fields of filters, by their json names:
// UpdateFilters(ctx, filters, "order").
func (s M3UService) UpdateFilters(ctx context.Context, filters []M3UFilter, fields ...string) error {
	return update(ctx, s.link, rowsCall{"m3u.update_filters", fields}, filters)
}

// DeleteFilters removes filters and returns how many there were.
func (s M3UService) DeleteFilters(ctx context.Context, ids ...int64) (int, error) {
	return remove(ctx, s.link, "m3u.delete_filters", ids)
}
