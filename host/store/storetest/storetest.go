// Package storetest holds the rules that a store keeps on every database, and opens databases for tests.
package storetest

import (
	"errors"
	"testing"

	"github.com/pluggarr/pluggarr/host/store"
)

// Exercise checks every rule of a store. open opens a store on a fresh
// database which is closed and removed at the end of the test it is given.
func Exercise(t *testing.T, open func(t *testing.T) *store.Store) {
	t.Helper()
	rules := []struct {
		name  string
		check func(t *testing.T, s *store.Store)
	}{
		{"sync adds plugins disabled", syncAdds},
		{"sync overwrites what differs and leaves the rest", syncOverwrites},
		{"sync of nothing new writes nothing", syncIdle},
		{"sync cuts to the column width", syncCuts},
		{"sync refuses a bad key alone", syncRefuses},
		{"sync takes a thousand plugins", syncMany},
		{"enabling is remembered", enable},
		{"settings are kept", settings},
		{"a deleted plugin is gone", deletePlugin},
		{"an admin is made once", ensureAdmin},
		{"a bad name makes no admin", ensureAdminRefuses},
		{"a user goes from creation to deletion", userLife},
		{"the last admin stays", lastAdmin},
		{"the first admin is made once", firstAdmin},
		{"a key opens until it is revoked", keyLife},
		{"the host's own key has no user", keyLocal},
		{"a key is touched at most once a minute", keyTouch},
		{"a run goes from insert to finish", runLife},
		{"a run ends once", runEndsOnce},
		{"a run says that it failed", runSaysError},
		{"a queued run is started once", runQueued},
		{"a run keeps foreign text", runForeignText},
		{"runs come newest first, page by page", runPages},
		{"runs are trimmed by count and by age", runTrim},
		{"runs of a dead host are interrupted", runInterrupt},
		{"descriptions are found by hash", descriptions},
		{"a fresh install has its rows", freshRows},
		{"channels and profiles belong to each other", memberships},
		{"the streams of a channel are set", channelStreams},
		{"a stream made by hand has an account", streamsByHand},
		{"a dummy source has its channel", dummySource},
		{"an account goes with what is its", accountLife},
		{"what is the host's stays", lockedRows},
		{"the next channel number is free", channelNumbers},
		{"a user goes with what is theirs", deletedUser},
		{"as many events are kept as wanted", systemEvents},
		{"one row is changed by several at once", changedAtOnce},
		{"settings are changed by several at once", settingsAtOnce},
		{"what cannot be stored is not found", foreignWords},
		{"a login is kept by several at once", loginsAtOnce},
		{"refreshes of a dead host are interrupted", interruptedRefreshes},
		{"the clock takes nothing back", schedulesAtOnce},
	}
	for _, rule := range rules {
		t.Run(rule.name, func(t *testing.T) {
			t.Parallel()
			rule.check(t, open(t))
		})
	}
}

// must ends the test when err is not nil.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantErr fails the test unless err is want.
func wantErr(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: error %v, want %v", what, err, want)
	}
}
