package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/pluggarr/pluggarr/host/auth"
	"github.com/pluggarr/pluggarr/host/store"
)

// maxKeys is how many keys a user may have that are not revoked.
const maxKeys = 100

// apiKey is a key as the API shows it. The key itself is not kept.
type apiKey struct {
	ID       int64          `json:"id"`
	Name     string         `json:"name"`
	Prefix   string         `json:"prefix"`
	Scope    store.KeyScope `json:"scope"`
	Created  time.Time      `json:"created_at"`
	LastUsed *time.Time     `json:"last_used_at"`
}

// openKeys are a user's keys that are not revoked, the newest first.
func (s *server) openKeys(r *request, userID int64) ([]store.APIKey, error) {
	all, err := s.users.Keys(r.Context(), userID)
	if err != nil {
		return nil, err
	}
	var open []store.APIKey
	for _, key := range all {
		if key.RevokedAt.IsZero() {
			open = append(open, key)
		}
	}
	return open, nil
}

// listKeys answers with the caller's keys: how the newest begins, for
// Dispatcharr's clients, and what is known of each.
func (s *server) listKeys(w http.ResponseWriter, r *request) error {
	id, err := r.self()
	if err != nil {
		return err
	}
	open, err := s.openKeys(r, id)
	if err != nil {
		return err
	}
	answer := struct {
		Key  *string  `json:"key"`
		Keys []apiKey `json:"keys"`
	}{Keys: []apiKey{}}
	for _, key := range open {
		if answer.Key == nil {
			answer.Key = masked(key.Prefix)
		}
		shown := apiKey{ID: key.ID, Name: key.Name, Prefix: key.Prefix, Scope: key.Scope, Created: key.CreatedAt}
		if !key.LastUsedAt.IsZero() {
			shown.LastUsed = &key.LastUsedAt
		}
		answer.Keys = append(answer.Keys, shown)
	}
	s.write(w, http.StatusOK, answer)
	return nil
}

// owner finds out whose keys are meant: the caller's, or with user_id those of
// somebody else, which is for admins.
func (s *server) owner(r *request, v *values) (*store.User, error) {
	id, given := v.number("user_id")
	if err := v.err(); err != nil {
		return nil, err
	}
	if !given {
		var err error
		if id, err = r.self(); err != nil {
			return nil, err
		}
	}
	if id != r.caller.UserID {
		if err := permitted(r.caller, endpoint{need: store.ScopeAdmin}); err != nil {
			return nil, err
		}
	}
	return s.users.UserByID(r.Context(), id)
}

// generateKey makes a key. The answer is the only copy of it.
func (s *server) generateKey(w http.ResponseWriter, r *request) error {
	v, err := r.account(w, "user_id", "name", "scope")
	if err != nil {
		return err
	}
	want := store.NewKey{Scope: store.ScopeAdmin}
	want.Name, _ = v.text("name", 100)
	if scope, ok := v.text("scope", 20); ok {
		want.Scope = store.KeyScope(scope)
	}
	if !(auth.Caller{Scope: want.Scope}).Allows(store.ScopeRead) {
		v.is("scope", "A key's scope is admin, run or read.")
	}
	owner, err := s.owner(r, v)
	if err != nil {
		return err
	}
	if !owner.IsActive {
		return auth.Invalid{"user_id": {"This user is locked out: a key of theirs would open nothing."}}
	}
	open, err := s.openKeys(r, owner.ID)
	if err != nil {
		return err
	}
	if len(open) >= maxKeys {
		return auth.Invalid{"user_id": {fmt.Sprintf("This user has %d keys: revoke some first.", len(open))}}
	}
	want.UserID = owner.ID
	raw, key, err := s.users.CreateKey(r.Context(), want)
	if err != nil {
		return err
	}
	s.log.Info("a key was made", "key", key.ID, "scope", key.Scope, "user", owner.Username, "by", r.caller.Name)
	s.write(w, http.StatusCreated, struct {
		Key  string `json:"key"`
		User user   `json:"user"`
	}{raw, shownUser(owner, map[int64]string{owner.ID: key.Prefix})})
	return nil
}

// revokeKeys revokes one key, or without id all of a user's.
func (s *server) revokeKeys(w http.ResponseWriter, r *request) error {
	v, err := r.account(w, "user_id", "id")
	if err != nil {
		return err
	}
	id, one := v.number("id")
	owner, err := s.owner(r, v)
	if err != nil {
		return err
	}
	open, err := s.openKeys(r, owner.ID)
	if err != nil {
		return err
	}
	found := !one
	for _, key := range open {
		if one && key.ID != id {
			continue
		}
		found = true
		if err := s.users.RevokeKey(r.Context(), key.ID); err != nil {
			return err
		}
		s.log.Info("a key was revoked", "key", key.ID, "user", owner.Username, "by", r.caller.Name)
	}
	if !found {
		return notFound("There is no such key, or it is revoked already.")
	}
	s.write(w, http.StatusOK, json.RawMessage(`{"success":true}`))
	return nil
}
