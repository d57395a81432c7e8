package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/uptrace/bun"
)

// M3UImport is what a refresh of one M3U account reads and writes. Each of its
// methods that write is one short transaction: who calls them in a loop lets
// others write in between.
type M3UImport struct {
	s       *Store
	account int64
}

// M3UImport returns the import of the account with this ID.
func (s *Store) M3UImport(account int64) *M3UImport { return &M3UImport{s, account} }

// M3USetup is what a refresh must know before it begins.
type M3USetup struct {
	// Account is the account that is refreshed.
	Account M3UAccount
	// Filters are the account's, in the order in which they are asked.
	Filters []M3UFilter
	// UserAgent is how downloads call themselves: the account's, else the default one; may be empty.
	UserAgent string
	// HashKeys is the setting m3u_hash_key, "name,url" for example; may be empty.
	HashKeys string
}

// Setup reads what a refresh must know. It returns ErrNotFound when there is no such account.
func (m *M3UImport) Setup(ctx context.Context) (*M3USetup, error) {
	setup := &M3USetup{}
	err := m.s.read.NewSelect().Model(&setup.Account).Where("id = ?", m.account).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read M3U account %d: %w", m.account, one(err))
	}
	err = m.s.read.NewSelect().Model(&setup.Filters).Where("m3u_account_id = ?", m.account).Order("order", "id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read filters of M3U account %d: %w", m.account, err)
	}
	var settings struct {
		HashKeys string `json:"m3u_hash_key"`
	}
	if err := m.s.coreSetting(ctx, "stream_settings", &settings); err != nil {
		return nil, err
	}
	setup.HashKeys = settings.HashKeys
	if agent := setup.Account.UserAgentID; agent != 0 {
		setup.UserAgent, err = m.s.userAgent(ctx, agent)
	} else {
		setup.UserAgent, err = m.s.DefaultUserAgent(ctx)
	}
	return setup, err
}

// SetStatus notes how a refresh stands. An empty message leaves the last one.
func (m *M3UImport) SetStatus(ctx context.Context, status, message string) error {
	query := m.s.write.NewUpdate().Model((*M3UAccount)(nil)).Set("status = ?", status).Where("id = ?", m.account)
	if message != "" {
		query = query.Set("last_message = ?", clean(message))
	}
	if status == StatusSuccess {
		query = query.Set("updated_at = ?", now())
	}
	if err := existing(query.Exec(ctx)); err != nil {
		return fmt.Errorf("set status of M3U account %d: %w", m.account, err)
	}
	return nil
}

// Profiles returns the logins of the account that are in use, the default one first.
func (m *M3UImport) Profiles(ctx context.Context) ([]M3UAccountProfile, error) {
	var profiles []M3UAccountProfile
	err := m.s.read.NewSelect().Model(&profiles).Where("m3u_account_id = ?", m.account).Where("is_active").
		OrderExpr("is_default DESC, id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read profiles of M3U account %d: %w", m.account, err)
	}
	return profiles, nil
}

// SaveLogin keeps what an Xtream Codes server says of a profile: properties
// replace those of the same key. A zero expires means unknown. A profile that
// is gone is no error.
func (m *M3UImport) SaveLogin(ctx context.Context, profile int64, properties map[string]any, expires time.Time) error {
	err := m.s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		row := new(M3UAccountProfile)
		err := holding(tx).Model(row).Where("id = ? AND m3u_account_id = ?", profile, m.account).Scan(ctx)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the profile: %w", err)
		}
		row.ExpDate = expires
		if row.CustomProperties, err = merged(row.CustomProperties, properties); err != nil {
			return err
		}
		_, err = tx.NewUpdate().Model(row).Column("custom_properties", "exp_date").WherePK().Exec(ctx)
		return err //nolint:wrapcheck // named below
	})
	if err != nil {
		return fmt.Errorf("save the login of profile %d: %w", profile, err)
	}
	return nil
}

// merged is the object with the keys of changes set; what is no object counts as empty.
func merged(object json.RawMessage, changes map[string]any) (json.RawMessage, error) {
	properties := map[string]any{}
	if json.Unmarshal(object, &properties) != nil || properties == nil {
		properties = map[string]any{}
	}
	maps.Copy(properties, changes)
	text, err := json.Marshal(properties)
	if err != nil {
		return nil, fmt.Errorf("encode properties: %w", err)
	}
	return text, nil
}

// AccountGroup is one group of an account.
type AccountGroup struct {
	ChannelGroupM3UAccount `bun:",extend"`

	// Name is the group's.
	Name string `bun:"name"`
}

// Groups returns the groups of the account, in the order of their names.
func (m *M3UImport) Groups(ctx context.Context) ([]AccountGroup, error) {
	var groups []AccountGroup
	err := m.s.read.NewSelect().Model(&groups).ModelTableExpr("dispatcharr_channels_channelgroupm3uaccount AS r").
		ColumnExpr("r.*, g.name").Join("JOIN dispatcharr_channels_channelgroup AS g ON g.id = r.channel_group_id").
		Where("r.m3u_account_id = ?", m.account).Order("g.name").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list groups of M3U account %d: %w", m.account, err)
	}
	return groups, nil
}

// FoundGroup is a group that a playlist has.
type FoundGroup struct {
	// Name is the group's.
	Name string
	// XCID is the category's number on an Xtream Codes server, or empty.
	XCID string
}

// SyncGroups notes that the account has these groups at this time. Groups that
// nobody had are made; those that are new to the account are enabled as given.
func (m *M3UImport) SyncGroups(ctx context.Context, at time.Time, found []FoundGroup, enable bool) error {
	for chunk := range slices.Chunk(found, insertChunk) {
		err := m.s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			return m.syncGroups(ctx, tx, groupSync{at: stored(at), found: chunk, enable: enable})
		})
		if err != nil {
			return fmt.Errorf("sync groups of M3U account %d: %w", m.account, err)
		}
	}
	return nil
}

type groupSync struct {
	at     time.Time
	found  []FoundGroup
	enable bool
}

func (m *M3UImport) syncGroups(ctx context.Context, tx bun.Tx, sync groupSync) error {
	groups := make([]ChannelGroup, len(sync.found))
	names := make([]string, len(sync.found))
	for i, group := range sync.found {
		names[i] = clean(group.Name)
		groups[i].Name = names[i]
	}
	if _, err := tx.NewInsert().Model(&groups).On("CONFLICT (name) DO NOTHING").Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("insert groups: %w", err)
	}
	groups = nil
	if err := tx.NewSelect().Model(&groups).Where("name IN (?)", bun.List(names)).Scan(ctx); err != nil {
		return fmt.Errorf("read groups: %w", err)
	}
	ids := make(map[string]int64, len(groups))
	for _, group := range groups {
		ids[group.Name] = group.ID
	}
	var before []ChannelGroupM3UAccount
	if err := tx.NewSelect().Model(&before).Where("m3u_account_id = ?", m.account).Scan(ctx); err != nil {
		return fmt.Errorf("read the account's groups: %w", err)
	}
	kept := make(map[int64]json.RawMessage, len(before))
	for _, row := range before {
		kept[row.ChannelGroupID] = row.CustomProperties
	}
	rows := make([]ChannelGroupM3UAccount, len(sync.found))
	for i, group := range sync.found {
		id := ids[names[i]]
		properties, err := withXCID(kept[id], group.XCID)
		if err != nil {
			return err
		}
		rows[i] = ChannelGroupM3UAccount{
			ChannelGroupID: id, M3UAccountID: m.account, CustomProperties: properties, Enabled: sync.enable, LastSeen: sync.at,
		}
	}
	_, err := tx.NewInsert().Model(&rows).On("CONFLICT (channel_group_id, m3u_account_id) DO UPDATE").
		Set("last_seen = EXCLUDED.last_seen").Set("is_stale = EXCLUDED.is_stale").
		Set("custom_properties = EXCLUDED.custom_properties").Returning("NULL").Exec(ctx)
	if err != nil {
		return fmt.Errorf("note the account's groups: %w", err)
	}
	return nil
}

// withXCID is the properties of a group with the number of its category, the
// same bytes when that is there already.
func withXCID(properties json.RawMessage, id string) (json.RawMessage, error) {
	var has struct {
		XCID any `json:"xc_id"`
	}
	if id == "" || json.Unmarshal(properties, &has) == nil && fmt.Sprint(has.XCID) == id {
		if properties == nil {
			return json.RawMessage("{}"), nil
		}
		return properties, nil
	}
	return merged(properties, map[string]any{"xc_id": id})
}
