package services_test

import (
	"errors"
	"testing"

	"github.com/pluggarr/pluggarr/host/services"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/sdk"
)

// What stands in place of a channel's own values is seen with it, and changed
// apart from it.
func TestOverrides(t *testing.T) {
	t.Parallel()
	lineup(t, func(ctx *sdk.Context, h *sdk.Host) error {
		groups, err := h.ChannelGroups.UpsertMany(ctx, "News", "Sport")
		if err != nil {
			return err
		}
		made, err := h.Channels.CreateMany(ctx, []sdk.Channel{
			{Name: "plain", ChannelNumber: 1}, {Name: "own", ChannelNumber: 2, ChannelGroupID: groups[0].ID, TvgID: "own.uk"},
		})
		if err != nil {
			return err
		}
		id := made[1].ID
		set := h.Channels.SetOverrides(ctx,
			sdk.ChannelOverride{ChannelID: id, Name: "by \"hand\"", ChannelNumber: 7.5, ChannelGroupID: groups[1].ID},
			sdk.ChannelOverride{ChannelID: made[0].ID},
		)
		list, listing := h.Channels.List(ctx, sdk.ChannelFilter{})
		if err := errors.Join(set, listing); err != nil {
			return err
		}
		seen := list[1].Effective()
		got, getting := h.Channels.Get(ctx, id)
		if err := errors.Join(
			getting, differ("a channel without", list[0].Override, (*sdk.ChannelOverride)(nil)),
			differ("its own", []any{list[1].Name, list[1].ChannelNumber}, []any{"own", 2.0}),
			differ("what viewers see", []any{seen.Name, seen.ChannelNumber, seen.ChannelGroupID, seen.TvgID}, []any{"by \"hand\"", 7.5, groups[1].ID, "own.uk"}),
			differ("the one", got, list[1]),
		); err != nil {
			return err
		}
		// A second one is taken as a whole, within a transaction as well.
		err = h.Tx(ctx, func(tx *sdk.Host) error {
			return tx.Channels.SetOverrides(ctx, sdk.ChannelOverride{ChannelID: id, TvgID: "other.uk"})
		})
		got, getting = h.Channels.Get(ctx, id)
		if err := errors.Join(err, getting, differ("replaced", *got.Override, sdk.ChannelOverride{ChannelID: id, TvgID: "other.uk"})); err != nil {
			return err
		}
		if err := errors.Join(
			refused(h.Channels.SetOverrides(ctx, sdk.ChannelOverride{ChannelID: 999, Name: "x"}), "channel_id names 999"),
			refused(h.Channels.SetOverrides(ctx, sdk.ChannelOverride{ChannelID: id, LogoID: 9}), "logo_id names 9"),
			refused(h.Channels.SetOverrides(ctx, sdk.ChannelOverride{ChannelID: id}, sdk.ChannelOverride{ChannelID: id}), "twice"),
			refused(h.Channels.UpdateMany(ctx, list, "override"), "cannot be changed"),
		); err != nil {
			return err
		}
		n, clearing := h.Channels.ClearOverrides(ctx, id, made[0].ID)
		got, getting = h.Channels.Get(ctx, id)
		emptied := h.Channels.SetOverrides(ctx, sdk.ChannelOverride{ChannelID: id, Name: "x"})
		emptied = errors.Join(emptied, h.Channels.SetOverrides(ctx, sdk.ChannelOverride{ChannelID: id}))
		again, regetting := h.Channels.Get(ctx, id)
		return errors.Join(clearing, getting, emptied, regetting, differ("cleared", n, 1),
			differ("after that", got.Override, (*sdk.ChannelOverride)(nil)), differ("emptied", again.Override, (*sdk.ChannelOverride)(nil)))
	})
}

func TestAccountProfilesAndFilters(t *testing.T) {
	t.Parallel()
	lineup(t, func(ctx *sdk.Context, h *sdk.Host) error {
		account, err := h.M3U.Create(ctx, sdk.M3UAccount{Name: "A", ServerURL: "http://a/", MaxStreams: 3})
		if err != nil {
			return err
		}
		made, err := h.M3U.CreateProfiles(ctx, sdk.M3UAccountProfile{M3UAccountID: account.ID, Name: "second", MaxStreams: 1, IsDefault: true})
		if err != nil || !made[0].IsActive || made[0].IsDefault || made[0].SearchPattern != "^(.*)$" || made[0].ReplacePattern != "$1" {
			return differ("made", made, err)
		}
		made[0].IsActive, made[0].SearchPattern = false, "a/(.*)"
		changing := h.M3U.UpdateProfiles(ctx, made, "is_active", "search_pattern")
		profiles, listing := h.M3U.Profiles(ctx, account.ID)
		if err := errors.Join(changing, listing, differ("profiles", names(profiles), "A Default second"),
			differ("the default one", []any{profiles[0].IsDefault, profiles[0].MaxStreams}, []any{true, 3}),
			differ("changed", []any{profiles[1].IsActive, profiles[1].SearchPattern}, []any{false, "a/(.*)"})); err != nil {
			return err
		}
		_, twice := h.M3U.CreateProfiles(ctx, sdk.M3UAccountProfile{M3UAccountID: account.ID, Name: "second"})
		_, nobodys := h.M3U.CreateProfiles(ctx, sdk.M3UAccountProfile{Name: "x"})
		_, kept := h.M3U.DeleteProfiles(ctx, profiles[0].ID, profiles[1].ID)
		n, deleting := h.M3U.DeleteProfiles(ctx, profiles[1].ID)
		if err := errors.Join(deleting, differ("deleted", n, 1), refused(twice, "is taken"), refused(nobodys, "m3u_account_id names 0"),
			refused(kept, "part of the host"), refused(h.M3U.UpdateProfiles(ctx, profiles, "m3u_account_id"), "cannot be changed"),
			refused(h.M3U.UpdateProfiles(ctx, profiles, "is_default"), "cannot be changed")); err != nil {
			return err
		}
		filters, err := h.M3U.CreateFilters(ctx,
			sdk.M3UFilter{M3UAccountID: account.ID, RegexPattern: "later", Order: 2},
			sdk.M3UFilter{M3UAccountID: account.ID, RegexPattern: "first", Order: 1, FilterType: "name", Exclude: true},
		)
		if err != nil || filters[0].FilterType != "group" || filters[0].Exclude || !filters[1].Exclude {
			return errors.Join(err, differ("filters", filters, nil))
		}
		filters[0].RegexPattern = "last"
		changing = h.M3U.UpdateFilters(ctx, filters[:1], "regex_pattern")
		asked, listing := h.M3U.Filters(ctx, account.ID)
		_, wrong := h.M3U.CreateFilters(ctx, sdk.M3UFilter{M3UAccountID: account.ID, RegexPattern: "x", FilterType: "genre"})
		m, removing := h.M3U.DeleteFilters(ctx, asked[0].ID, asked[1].ID)
		return errors.Join(changing, listing, removing, refused(wrong, "has to be one of group, name, url"), differ("removed", m, 2),
			differ("their order", []string{asked[0].RegexPattern, asked[1].RegexPattern}, []string{"first", "last"}))
	})
}

// What a plugin sets is what the database has, and a refresh and Django see.
func TestOverridesAreRows(t *testing.T) {
	t.Parallel()
	bothDatabases(t, func(t *testing.T, cfg store.Config) {
		s, db := open(t, services.Config{}, cfg)
		var channel sdk.Channel
		ask(t, s, "p", func(ctx *sdk.Context) (err error) {
			if channel, err = ctx.Host.Channels.Create(ctx, sdk.Channel{Name: "own"}); err != nil {
				return err
			}
			return ctx.Host.Channels.SetOverrides(ctx, sdk.ChannelOverride{ChannelID: channel.ID, Name: "first"})
		})
		before := one(t, db)
		ask(t, s, "p", func(ctx *sdk.Context) error {
			return ctx.Host.Channels.SetOverrides(ctx, sdk.ChannelOverride{ChannelID: channel.ID, ChannelNumber: 4})
		})
		after := one(t, db)
		if after.ID != before.ID || !after.CreatedAt.Equal(before.CreatedAt) || after.Name != "" || *after.ChannelNumber != 4 || before.Name != "first" {
			t.Errorf("the row was %+v and is %+v", before, after)
		}
		if _, err := store.Delete[store.Channel](t.Context(), db, channel.ID); err != nil {
			t.Fatal(err)
		}
		if left, err := store.Count[store.ChannelOverride](t.Context(), db, store.Query{}); err != nil || left != 0 {
			t.Errorf("%d overrides outlive their channel, %v", left, err)
		}
	})
}

// one is the only override.
func one(t *testing.T, db *store.Store) store.ChannelOverride {
	t.Helper()
	rows, err := store.List[store.ChannelOverride](t.Context(), db, store.Query{})
	if err != nil || len(rows) != 1 {
		t.Fatalf("overrides = %+v, %v", rows, err)
	}
	return rows[0]
}
