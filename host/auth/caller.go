package auth

import (
	"slices"

	"github.com/pluggarr/pluggarr/host/store"
)

// The levels of users, beside [store.LevelAdmin].
const (
	levelStreamer = 0
	levelStandard = 1 // the least that may look
)

// Caller is who sent a request.
type Caller struct {
	// UserID is the user's number; 0 for the host's own command line.
	UserID int64
	// Name is what the user logs in with; "" for the host's own command line.
	Name string
	// Level is the user's level: 0, 1 or [store.LevelAdmin].
	Level int
	// Scope is what the key allows, whoever the user is; a token allows all.
	Scope store.KeyScope
	// KeyID is the number of the key's row, 0 for a token.
	KeyID int64
}

// callerOf is the caller with a key that opens. The host's own key, which has
// no user, is an admin's.
func callerOf(key *store.APIKey) Caller {
	c := Caller{UserID: key.UserID, Level: store.LevelAdmin, Scope: key.Scope, KeyID: key.ID}
	if key.User != nil {
		c.Name, c.Level = key.User.Username, key.User.UserLevel
	}
	return c
}

// Admin says that the user, whatever the key allows, is an admin.
func (c Caller) Admin() bool { return c.Level >= store.LevelAdmin }

// May says whether the caller may do what needs a key of the given scope: the
// key has to allow it, and so has the user's level. As in Dispatcharr a standard
// user may look and only an admin may change anything.
func (c Caller) May(need store.KeyScope) bool {
	level := store.LevelAdmin
	if need == store.ScopeRead {
		level = levelStandard
	}
	return c.Level >= level && c.Allows(need)
}

// Allows says whether the key's scope includes another one. Scopes that are not
// known are included in none and include none.
func (c Caller) Allows(need store.KeyScope) bool {
	order := []store.KeyScope{store.ScopeRead, store.ScopeRun, store.ScopeAdmin}
	wanted := slices.Index(order, need)
	return wanted >= 0 && slices.Index(order, c.Scope) >= wanted
}
