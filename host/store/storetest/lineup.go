package storetest

import (
	"context"
	"slices"
	"testing"

	"github.com/pluggarr/pluggarr/host/store"
)

// made makes a row from what a new one holds and what set puts into it.
func made[T any](t *testing.T, s *store.Store, set func(*T)) *T {
	t.Helper()
	row := store.New[T]()
	set(row)
	must(t, store.Create(t.Context(), s, row))
	return row
}

// all reads a whole table.
func all[T any](t *testing.T, s *store.Store) []T {
	t.Helper()
	rows, err := store.List[T](t.Context(), s, store.Query{})
	must(t, err)
	return rows
}

func freshRows(t *testing.T, s *store.Store) {
	accounts := all[store.M3UAccount](t, s)
	if len(accounts) != 1 || accounts[0].ID != 1 || accounts[0].Name != store.CustomAccount || !accounts[0].Locked || !accounts[0].IsActive {
		t.Errorf("accounts %+v, want the one for streams made by hand", accounts)
	}
	profiles := all[store.M3UAccountProfile](t, s)
	if len(profiles) != 1 || profiles[0].Name != "custom Default" || profiles[0].SearchPattern != "^(.*)$" || profiles[0].ReplacePattern != "$1" {
		t.Errorf("account profiles %+v", profiles)
	}
	var names []string
	for _, p := range all[store.StreamProfile](t, s) {
		names = append(names, p.Name)
	}
	for _, a := range all[store.UserAgent](t, s) {
		names = append(names, a.Name)
	}
	for _, setting := range all[store.CoreSetting](t, s) {
		names = append(names, setting.Key)
	}
	want := []string{
		"ffmpeg", "streamlink", "Proxy", "Redirect", "VLC", "TiviMate", "VLC", "Chrome", "stream_settings", "dvr_settings",
		"backup_settings", "network_access", "user_limit_settings", "system_settings", "proxy_settings",
	}
	if !slices.Equal(names, want) {
		t.Errorf("a fresh install has %q, want %q", names, want)
	}
	if tasks := all[store.PeriodicTask](t, s); len(tasks) != 1 || tasks[0].Name != "m3u_account-refresh-1" {
		t.Errorf("tasks %+v", tasks)
	}
}

func memberships(t *testing.T, s *store.Store) {
	before := made(t, s, func(p *store.ChannelProfile) { p.Name = "before" })
	channels := []*store.Channel{{Name: "one"}, {Name: "two"}}
	must(t, store.Create(t.Context(), s, channels...))
	after := made(t, s, func(p *store.ChannelProfile) { p.Name = "after" })
	one, two := channels[0].ID, channels[1].ID
	for _, profile := range []*store.ChannelProfile{before, after} {
		if got, err := s.ProfileChannels(t.Context(), profile.ID); err != nil || !slices.Equal(got, []int64{one, two}) {
			t.Errorf("profile %q has channels %v, %v, want both", profile.Name, got, err)
		}
	}
	must(t, s.SetMemberships(t.Context(), after.ID, map[int64]bool{one: false}))
	must(t, s.SetMemberships(t.Context(), after.ID, map[int64]bool{two: true}))
	if got, err := s.ProfileChannels(t.Context(), after.ID); err != nil || !slices.Equal(got, []int64{two}) {
		t.Errorf("the profile has channels %v, %v, want %d", got, err, two)
	}
	if err := s.SetMemberships(t.Context(), after.ID, map[int64]bool{99: true}); err == nil {
		t.Error("a channel that does not exist is in the profile")
	}
}

func channelStreams(t *testing.T, s *store.Store) {
	channel := &store.Channel{Name: "one"}
	must(t, store.Create(t.Context(), s, channel))
	var ids []int64
	for days, id := range []string{"", "a.tv", "b.tv"} {
		ids = append(ids, made(t, s, func(s *store.Stream) { s.TvgID, s.IsCatchup, s.CatchupDays = id, days > 0, days }).ID)
	}
	read := func() *store.Channel {
		t.Helper()
		row, err := store.Find[store.Channel](t.Context(), s, channel.ID)
		must(t, err)
		return row
	}
	must(t, s.SetChannelStreams(t.Context(), channel.ID, []int64{ids[2], ids[1]}))
	got, err := s.ChannelStreams(t.Context(), []int64{channel.ID})
	must(t, err)
	if !slices.Equal(got[channel.ID], []int64{ids[2], ids[1]}) {
		t.Errorf("streams %v, want the last before the second", got)
	}
	if row := read(); row.TvgID != "b.tv" || !row.IsCatchup || row.CatchupDays != 2 {
		t.Errorf("the channel is %+v, want the first stream's guide and its days", row)
	}
	must(t, s.SetChannelStreams(t.Context(), channel.ID, []int64{ids[1], ids[0]}))
	if row := read(); row.TvgID != "b.tv" || row.CatchupDays != 1 {
		t.Errorf("the channel is %+v, want the guide it had and one day", row)
	}
	n, err := store.Delete[store.Stream](t.Context(), s, ids[1])
	must(t, err)
	if row := read(); n != 1 || row.IsCatchup || row.CatchupDays != 0 {
		t.Errorf("%d streams are gone and the channel is %+v, want one and no catch-up", n, row)
	}
	err = s.SetChannelStreams(t.Context(), channel.ID, []int64{ids[0], ids[0]})
	if err == nil {
		t.Error("one stream is there twice")
	}
	wantErr(t, "streams of no channel", s.SetChannelStreams(t.Context(), 99, nil), store.ErrNotFound)
}

func streamsByHand(t *testing.T, s *store.Store) {
	streams := []*store.Stream{store.New[store.Stream](), store.New[store.Stream]()}
	must(t, store.Create(t.Context(), s, streams...))
	for _, row := range all[store.Stream](t, s) {
		if !row.IsCustom || row.M3UAccountID != 1 || len(row.StreamHash) != 64 {
			t.Errorf("a stream made by hand is %+v", row)
		}
	}
	if streams[0].ID == 0 || streams[0].StreamHash == streams[1].StreamHash {
		t.Errorf("two streams are %+v and %+v", streams[0], streams[1])
	}
}

func dummySource(t *testing.T, s *store.Store) {
	source := made(t, s, func(e *store.EPGSource) { e.Name, e.SourceType, e.IsActive = "My Dummy (1)", store.SourceDummy, false })
	guide := all[store.EPGData](t, s)
	if len(guide) != 1 || guide[0].TvgID != "dummy_my-dummy-1" || guide[0].EPGSourceID != source.ID {
		t.Errorf("a dummy source has %+v", guide)
	}
	if source.Status != store.StatusDisabled {
		t.Errorf("status %q of an inactive source", source.Status)
	}
	source, err := store.Update(t.Context(), s, source.ID, func(e *store.EPGSource) error { e.IsActive = true; return nil })
	must(t, err)
	if source.Status != store.StatusIdle {
		t.Errorf("status %q of a source that was switched on", source.Status)
	}
}

func accountLife(t *testing.T, s *store.Store) {
	ctx := t.Context()
	account := made(t, s, func(a *store.M3UAccount) { a.Name, a.MaxStreams = "A", 2 })
	account, err := store.Update(ctx, s, account.ID, func(a *store.M3UAccount) error { a.MaxStreams = 3; return nil })
	must(t, err)
	profiles := all[store.M3UAccountProfile](t, s)
	if len(profiles) != 2 || profiles[1].Name != "A Default" || profiles[1].MaxStreams != 3 || !profiles[1].IsDefault {
		t.Errorf("the account has the profiles %+v", profiles)
	}
	group := made(t, s, func(g *store.ChannelGroup) { g.Name = "News" })
	made(t, s, func(g *store.ChannelGroupM3UAccount) { g.ChannelGroupID, g.M3UAccountID = group.ID, account.ID })
	made(t, s, func(f *store.M3UFilter) { f.M3UAccountID, f.RegexPattern = account.ID, "x" })
	stream := made(t, s, func(row *store.Stream) {
		row.M3UAccountID, row.ChannelGroupID, row.StreamHash = account.ID, group.ID, "h"
	})
	channel := &store.Channel{Name: "c", AutoCreatedByID: account.ID, ChannelGroupID: group.ID}
	must(t, store.Create(ctx, s, channel))
	must(t, s.SetChannelStreams(ctx, channel.ID, []int64{stream.ID}))

	deleted[store.M3UAccount](t, s, account.ID)
	left := len(all[store.Stream](t, s)) + len(all[store.ChannelStream](t, s)) + len(all[store.M3UFilter](t, s)) +
		len(all[store.ChannelGroupM3UAccount](t, s)) + len(all[store.M3UAccountProfile](t, s))
	if left != 1 {
		t.Errorf("%d rows are left, want the profile of the account %q", left, store.CustomAccount)
	}
	deleted[store.ChannelGroup](t, s, group.ID)
	row, err := store.Find[store.Channel](ctx, s, channel.ID)
	if err != nil || row.AutoCreatedByID != 0 || row.ChannelGroupID != 0 {
		t.Errorf("the channel is %+v, %v, want it without account and group", row, err)
	}
}

// deleted deletes a row and fails unless it was there.
func deleted[T any](t *testing.T, s *store.Store, id int64) {
	t.Helper()
	n, err := store.Delete[T](t.Context(), s, id)
	must(t, err)
	if n != 1 {
		t.Errorf("%d rows %T %d, want one", n, *new(T), id)
	}
	_, err = store.Find[T](t.Context(), s, id)
	wantErr(t, "find what is deleted", err, store.ErrNotFound)
}

func lockedRows(t *testing.T, s *store.Store) {
	ctx := context.Background()
	_, err := store.Delete[store.M3UAccount](ctx, s, 1)
	wantErr(t, "delete the account of the host", err, store.ErrLocked)
	_, err = store.Update(ctx, s, 1, func(a *store.M3UAccount) error { a.Name = "x"; return nil })
	wantErr(t, "change the account of the host", err, store.ErrLocked)
	_, err = store.Update(ctx, s, 1, func(p *store.StreamProfile) error { p.UserAgentID = 2; return nil })
	must(t, err)
	_, err = store.Update(ctx, s, 1, func(p *store.StreamProfile) error { p.Command = "x"; return nil })
	wantErr(t, "change a profile of the host", err, store.ErrLocked)
	_, err = store.Delete[store.StreamProfile](ctx, s, 99, 1)
	wantErr(t, "delete a profile of the host", err, store.ErrLocked)
}

func channelNumbers(t *testing.T, s *store.Store) {
	number := func(n float64) *float64 { return &n }
	channels := []*store.Channel{{Name: "a", ChannelNumber: number(1)}, {Name: "b", ChannelNumber: number(2.5)}, {Name: "c"}}
	must(t, store.Create(t.Context(), s, channels...))
	made(t, s, func(o *store.ChannelOverride) { o.ChannelID, o.ChannelNumber = channels[2].ID, number(2) })
	for start, want := range map[int]int{1: 3, 2: 3, 10: 10} {
		if got, err := s.NextChannelNumber(t.Context(), start); err != nil || got != want {
			t.Errorf("the next number from %d on is %d, %v, want %d", start, got, err, want)
		}
	}
}

// deletedUser checks that nothing of a user is left in the tables of Django.
func deletedUser(t *testing.T, s *store.Store) {
	profile := made(t, s, func(p *store.ChannelProfile) { p.Name = "p" })
	user := &store.User{Username: "u", IsActive: true}
	must(t, s.CreateUser(t.Context(), user))
	must(t, s.SetUserProfiles(t.Context(), user.ID, []int64{profile.ID}))
	if got, err := s.UserProfiles(t.Context(), user.ID); err != nil || !slices.Equal(got, []int64{profile.ID}) {
		t.Errorf("the user has the profiles %v, %v", got, err)
	}
	must(t, s.DeleteUser(t.Context(), user.ID))
	deleted[store.ChannelProfile](t, s, profile.ID)
}
