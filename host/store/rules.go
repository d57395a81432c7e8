package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/uptrace/bun"
)

// The methods of rows in this file are what Dispatcharr does in Python when a
// row is made, changed or deleted; Create, Update and Delete call them.

func empty() json.RawMessage { return json.RawMessage("{}") }

func (c *Channel) made() {
	if c.UUID == (UUID{}) {
		c.UUID = NewUUID()
	}
	c.CreatedAt, c.UpdatedAt = now(), now()
}

func (c *Channel) saved() { c.UpdatedAt = now() }

func (c *Channel) check(_ *Channel, wrong *Invalid) {
	wrong.need("name", c.Name)
	wrong.positive("user_level", c.UserLevel)
	wrong.positive("catchup_days", c.CatchupDays)
}

// created puts the channel into every profile.
func (c *Channel) created(ctx context.Context, tx bun.Tx) error {
	_, err := tx.NewRaw(`INSERT INTO dispatcharr_channels_channelprofilemembership (channel_profile_id, channel_id, enabled)
		SELECT id, ?, ? FROM dispatcharr_channels_channelprofile`, c.ID, true).Exec(ctx)
	if err != nil {
		return fmt.Errorf("put channel %d into the profiles: %w", c.ID, err)
	}
	return nil
}

func (o *ChannelOverride) made()  { o.CreatedAt, o.UpdatedAt = now(), now() }
func (o *ChannelOverride) saved() { o.UpdatedAt = now() }

func (g *ChannelGroup) check(_ *ChannelGroup, wrong *Invalid) {
	wrong.need("name", g.Name)
}

func (g *ChannelGroupM3UAccount) preset() { g.Enabled, g.CustomProperties = true, empty() }

func (g *ChannelGroupM3UAccount) made() {
	if g.LastSeen.IsZero() {
		g.LastSeen = now()
	}
}

func (p *ChannelProfile) check(_ *ChannelProfile, wrong *Invalid) {
	wrong.need("name", p.Name)
}

// created puts every channel into the profile.
func (p *ChannelProfile) created(ctx context.Context, tx bun.Tx) error {
	_, err := tx.NewRaw(`INSERT INTO dispatcharr_channels_channelprofilemembership (channel_profile_id, channel_id, enabled)
		SELECT ?, id, ? FROM dispatcharr_channels_channel`, p.ID, true).Exec(ctx)
	if err != nil {
		return fmt.Errorf("put the channels into profile %d: %w", p.ID, err)
	}
	return nil
}

func (m *ChannelProfileMembership) preset() { m.Enabled = true }

func (s *Stream) preset() { s.Name, s.CustomProperties = "Default Stream", empty() }

func (s *Stream) made() {
	s.UpdatedAt = now()
	if s.LastSeen.IsZero() {
		s.LastSeen = now()
	}
}

func (s *Stream) saved() { s.UpdatedAt = now() }

func (s *Stream) check(_ *Stream, wrong *Invalid) {
	wrong.need("name", s.Name)
	wrong.positive("catchup_days", s.CatchupDays)
}

// created makes a stream without an account one of the account "custom", and
// gives it a hash of its own, so that no refresh takes it for one of its own.
func (s *Stream) created(ctx context.Context, tx bun.Tx) error {
	if s.M3UAccountID != 0 && (!s.IsCustom || s.StreamHash != "") {
		return nil
	}
	if s.M3UAccountID == 0 {
		err := tx.NewSelect().Model((*M3UAccount)(nil)).Column("id").Where("name = ? AND locked", CustomAccount).Scan(ctx, &s.M3UAccountID)
		if err != nil {
			return fmt.Errorf("find the account %q: %w", CustomAccount, one(err))
		}
		s.IsCustom = true
	}
	if s.IsCustom && s.StreamHash == "" {
		sum := sha256.Sum256(fmt.Appendf(nil, "custom_stream_%d", s.ID))
		s.StreamHash = hex.EncodeToString(sum[:])
	}
	return existing(tx.NewUpdate().Model(s).Column("m3u_account_id", "is_custom", "stream_hash").WherePK().Exec(ctx))
}

// deleting rolls up what is left of the channels that had the streams.
func (s *Stream) deleting(ctx context.Context, tx bun.Tx, ids []int64) (func() error, error) {
	var channels []int64
	for chunk := range slices.Chunk(ids, insertChunk) {
		var some []int64
		err := tx.NewSelect().Model((*ChannelStream)(nil)).ColumnExpr("DISTINCT channel_id").
			Where("stream_id IN (?)", bun.List(chunk)).Scan(ctx, &some)
		if err != nil {
			return nil, fmt.Errorf("find the channels of streams: %w", err)
		}
		channels = append(channels, some...)
	}
	return func() error { return rollUpCatchup(ctx, tx, channels) }, nil
}

func (l *Logo) check(_ *Logo, wrong *Invalid) {
	wrong.need("name", l.Name)
	wrong.need("url", l.URL)
}

func (a *M3UAccount) preset() {
	a.IsActive, a.Status, a.AccountType, a.StaleStreamDays, a.CustomProperties = true, StatusIdle, AccountSTD, 7, empty()
}

func (a *M3UAccount) made() {
	a.CreatedAt = now()
	if !a.IsActive {
		a.Status = StatusDisabled
	}
}

func (a *M3UAccount) check(before *M3UAccount, wrong *Invalid) {
	wrong.need("name", a.Name)
	wrong.choose("account_type", a.AccountType, AccountSTD, AccountXC)
	wrong.choose("status", a.Status, StatusIdle, StatusFetching, StatusParsing, StatusError, StatusSuccess, StatusPendingSetup, StatusDisabled)
	wrong.positive("max_streams", a.MaxStreams)
	wrong.positive("refresh_interval", a.RefreshInterval)
	wrong.positive("stale_stream_days", a.StaleStreamDays)
	wrong.positive("priority", a.Priority)
	if before != nil && before.IsActive != a.IsActive {
		a.Status = flipped(a.IsActive)
	}
}

func (a *M3UAccount) mayBecome(*M3UAccount) error { return when(a.Locked, ErrLocked) }

// flipped is the status of what was switched on or off.
func flipped(active bool) string {
	if active {
		return StatusIdle
	}
	return StatusDisabled
}

// created makes the account's default profile.
func (a *M3UAccount) created(ctx context.Context, tx bun.Tx) error {
	profile := New[M3UAccountProfile]()
	profile.M3UAccountID, profile.IsDefault, profile.MaxStreams = a.ID, true, a.MaxStreams
	profile.Name = cut(a.Name, nameWidth-len(" Default")) + " Default"
	if _, err := tx.NewInsert().Model(profile).Exec(ctx); err != nil {
		return fmt.Errorf("make the default profile: %w", err)
	}
	return nil
}

// changed takes the limit over into the default profile.
func (a *M3UAccount) changed(ctx context.Context, tx bun.Tx, before *M3UAccount) error {
	if before.MaxStreams == a.MaxStreams {
		return nil
	}
	_, err := tx.NewUpdate().Model((*M3UAccountProfile)(nil)).Set("max_streams = ?", a.MaxStreams).
		Where("m3u_account_id = ? AND is_default", a.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("take over the limit: %w", err)
	}
	return nil
}

// drain deletes the streams of accounts bit by bit, so that nobody waits long.
func (a *M3UAccount) drain(ctx context.Context, s *Store, ids []int64) error {
	return drainRows[Stream](ctx, s, where("m3u_account_id IN (?)", bun.List(ids)))
}

func (p *M3UAccountProfile) preset() {
	p.IsActive, p.SearchPattern, p.ReplacePattern, p.CustomProperties = true, "^(.*)$", "$1", empty()
}

func (p *M3UAccountProfile) check(_ *M3UAccountProfile, wrong *Invalid) {
	wrong.need("name", p.Name)
	wrong.positive("max_streams", p.MaxStreams)
}

// deleting keeps the profile that every account has.
func (p *M3UAccountProfile) deleting(ctx context.Context, tx bun.Tx, ids []int64) (func() error, error) {
	kept, err := tx.NewSelect().Model(p).Where("is_default AND id IN (?)", bun.List(ids)).Exists(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for default profiles: %w", err)
	}
	return func() error { return nil }, when(kept, fmt.Errorf("the default profile of an account: %w", ErrLocked))
}

func (f *M3UFilter) preset() {
	f.FilterType, f.Exclude, f.CustomProperties = FilterGroup, true, empty()
}

func (f *M3UFilter) check(_ *M3UFilter, wrong *Invalid) {
	wrong.need("regex_pattern", f.RegexPattern)
	wrong.choose("filter_type", f.FilterType, FilterGroup, FilterName, FilterURL)
	wrong.positive("order", f.Order)
}

func (g *ServerGroup) check(_ *ServerGroup, wrong *Invalid) {
	wrong.need("name", g.Name)
}

func (e *EPGSource) preset() {
	e.SourceType, e.IsActive, e.Status, e.CustomProperties = SourceXMLTV, true, StatusIdle, empty()
}

func (e *EPGSource) made() {
	e.CreatedAt = now()
	if !e.IsActive {
		e.Status = StatusDisabled
	}
}

func (e *EPGSource) check(before *EPGSource, wrong *Invalid) {
	wrong.need("name", e.Name)
	wrong.choose("source_type", e.SourceType, SourceXMLTV, SourceSchedulesDirect, SourceDummy)
	wrong.choose("status", e.Status, StatusIdle, StatusFetching, StatusParsing, StatusError, StatusSuccess, StatusDisabled)
	wrong.positive("refresh_interval", e.RefreshInterval)
	wrong.positive("priority", e.Priority)
	if before != nil && before.IsActive != e.IsActive {
		e.Status = flipped(e.IsActive)
	}
}

// created gives a dummy source its one channel.
func (e *EPGSource) created(ctx context.Context, tx bun.Tx) error {
	if e.SourceType != SourceDummy {
		return nil
	}
	row := &EPGData{TvgID: cut("dummy_"+slug(e.Name), nameWidth), Name: e.Name, EPGSourceID: e.ID}
	if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
		return fmt.Errorf("make the channel of the dummy source: %w", err)
	}
	return nil
}

// drain deletes the programmes of sources bit by bit, so that nobody waits long.
func (e *EPGSource) drain(ctx context.Context, s *Store, ids []int64) error {
	return drainRows[Programme](ctx, s, where("epg_id IN (SELECT id FROM epg_epgdata WHERE epg_source_id IN (?))", bun.List(ids)))
}

func (e *EPGData) check(_ *EPGData, wrong *Invalid) {
	wrong.need("name", e.Name)
}

func (p *Programme) check(_ *Programme, wrong *Invalid) {
	wrong.need("title", p.Title)
	if !p.EndTime.After(p.StartTime) {
		wrong.is("end_time", "is not after start_time")
	}
}

func (c *CoreSetting) check(_ *CoreSetting, wrong *Invalid) {
	wrong.need("key", c.Key)
	if !strings.HasPrefix(strings.TrimSpace(string(c.Value)), "{") {
		wrong.is("value", "is not a JSON object")
	}
}

func (u *UserAgent) preset() { u.IsActive = true }
func (u *UserAgent) made()   { u.CreatedAt, u.UpdatedAt = now(), now() }
func (u *UserAgent) saved()  { u.UpdatedAt = now() }

func (u *UserAgent) check(_ *UserAgent, wrong *Invalid) {
	wrong.need("name", u.Name)
	wrong.need("user_agent", u.UserAgent)
}

func (p *StreamProfile) preset() { p.IsActive = true }

func (p *StreamProfile) check(_ *StreamProfile, wrong *Invalid) { wrong.need("name", p.Name) }

// mayBecome lets nothing of a locked profile be changed but its user agent.
func (p *StreamProfile) mayBecome(after *StreamProfile) error {
	same := *p
	same.UserAgentID = after.UserAgentID
	return when(p.Locked && same != *after, ErrLocked)
}

func (p *OutputProfile) preset() { p.IsActive = true }

func (p *OutputProfile) check(_ *OutputProfile, wrong *Invalid) { wrong.need("name", p.Name) }

func (p *OutputProfile) mayBecome(*OutputProfile) error { return when(p.Locked, ErrLocked) }

// slug is a text in lower case with a hyphen in place of what is no letter or digit.
func slug(text string) string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return r >= unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	return strings.Join(words, "-")
}
