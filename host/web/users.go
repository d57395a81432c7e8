package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/gorilla/mux"

	"github.com/pluggarr/pluggarr/host/auth"
	"github.com/pluggarr/pluggarr/host/store"
)

// user is a user as the API shows them: Dispatcharr's keys, and is_active.
type user struct {
	ID         int64           `json:"id"`
	Username   string          `json:"username"`
	APIKey     *string         `json:"api_key"` // how the newest key begins
	Email      string          `json:"email"`
	Level      int             `json:"user_level"`
	Profiles   []int64         `json:"channel_profiles"`
	Properties json.RawMessage `json:"custom_properties"`
	Avatar     json.RawMessage `json:"avatar_config"`
	Streams    int             `json:"stream_limit"`
	Staff      bool            `json:"is_staff"`
	Superuser  bool            `json:"is_superuser"`
	Active     bool            `json:"is_active"`
	LastLogin  *time.Time      `json:"last_login"`
	Joined     time.Time       `json:"date_joined"`
	FirstName  string          `json:"first_name"`
	LastName   string          `json:"last_name"`
}

// shownUser leaves out what opens: the password and the keys.
func shownUser(u *store.User, prefixes map[int64]string) user {
	shown := user{
		ID: u.ID, Username: u.Username, Email: u.Email, Level: u.UserLevel, Profiles: []int64{},
		Properties: object(u.CustomProperties), Avatar: object(u.AvatarConfig), Streams: u.StreamLimit,
		Staff: u.IsStaff, Superuser: u.IsSuperuser, Active: u.IsActive, Joined: u.DateJoined,
		FirstName: u.FirstName, LastName: u.LastName,
	}
	if prefix, ok := prefixes[u.ID]; ok {
		shown.APIKey = masked(prefix)
	}
	if !u.LastLogin.IsZero() {
		shown.LastLogin = &u.LastLogin
	}
	return shown
}

// masked shows a key by how it begins.
func masked(prefix string) *string {
	text := prefix + "…"
	return &text
}

func object(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("{}")
	}
	return raw
}

// writeUser answers with one user.
func (s *server) writeUser(ctx context.Context, w http.ResponseWriter, status int, u *store.User) error {
	prefixes, err := s.users.NewestPrefixes(ctx)
	if err != nil {
		return err
	}
	shown := shownUser(u, prefixes)
	if shown.Profiles, err = s.users.UserProfiles(ctx, u.ID); err != nil {
		return err
	}
	s.write(w, status, shown)
	return nil
}

func (s *server) listUsers(w http.ResponseWriter, r *request) error {
	users, err := s.users.Users(r.Context())
	if err != nil {
		return err
	}
	prefixes, err := s.users.NewestPrefixes(r.Context())
	if err != nil {
		return err
	}
	shown := make([]user, len(users))
	for i := range users {
		shown[i] = shownUser(&users[i], prefixes)
		if shown[i].Profiles, err = s.users.UserProfiles(r.Context(), users[i].ID); err != nil {
			return err
		}
	}
	s.write(w, http.StatusOK, shown)
	return nil
}

// self returns the number of the caller's user. The host's own command line is
// nobody.
func (r *request) self() (int64, error) {
	if r.caller.UserID == 0 {
		return 0, notFound("This key is the host's own and belongs to no user.")
	}
	return r.caller.UserID, nil
}

// userID reads the number in the path.
func (r *request) userID() (int64, error) {
	id, err := strconv.ParseInt(mux.Vars(r.Request)["id"], 10, 64)
	if err != nil {
		return 0, notFound("")
	}
	return id, nil
}

func (s *server) me(w http.ResponseWriter, r *request) error {
	id, err := r.self()
	if err != nil {
		return err
	}
	return s.showUser(w, r, id)
}

func (s *server) oneUser(w http.ResponseWriter, r *request) error {
	id, err := r.userID()
	if err != nil {
		return err
	}
	return s.showUser(w, r, id)
}

func (s *server) showUser(w http.ResponseWriter, r *request, id int64) error {
	u, err := s.users.UserByID(r.Context(), id)
	if err != nil {
		return err
	}
	return s.writeUser(r.Context(), w, http.StatusOK, u)
}

// What may be changed: by everybody of themselves, and by an admin of anybody.
func ownFields() []string {
	return []string{"password", "email", "first_name", "last_name", "custom_properties"}
}

func allFields() []string {
	return append(ownFields(), "username", "user_level", "is_active", "stream_limit", "avatar_config", "channel_profiles")
}

func (s *server) createUser(w http.ResponseWriter, r *request) error {
	v, err := r.account(w, allFields()...)
	if err != nil {
		return err
	}
	v.need("username", "password")
	change, err := s.change(r.Context(), v)
	if err != nil {
		return err
	}
	u := &store.User{IsActive: true}
	if err := change(u); err != nil {
		return err
	}
	err = s.users.Atomic(r.Context(), func(tx *store.Store) error {
		if err := tx.CreateUser(r.Context(), u); err != nil {
			return err
		}
		return setProfiles(r.Context(), tx, u.ID, v)
	})
	if err != nil {
		return err
	}
	s.log.Info("a user was made", "user", u.Username, "level", u.UserLevel, "by", r.caller.Name)
	return s.writeUser(r.Context(), w, http.StatusCreated, u)
}

func (s *server) changeMe(w http.ResponseWriter, r *request) error {
	id, err := r.self()
	if err != nil {
		return err
	}
	return s.update(w, r, id, ownFields())
}

func (s *server) changeUser(w http.ResponseWriter, r *request) error {
	id, err := r.userID()
	if err != nil {
		return err
	}
	return s.update(w, r, id, allFields())
}

func (s *server) update(w http.ResponseWriter, r *request, id int64, known []string) error {
	v, err := r.account(w, known...)
	if err != nil {
		return err
	}
	// Nobody waits for a hash to learn that there is nobody.
	if _, err := s.users.UserByID(r.Context(), id); err != nil {
		return err
	}
	change, err := s.change(r.Context(), v)
	if err != nil {
		return err
	}
	var u *store.User
	err = s.users.Atomic(r.Context(), func(tx *store.Store) error {
		if u, err = tx.UpdateUser(r.Context(), id, change); err != nil {
			return err
		}
		return setProfiles(r.Context(), tx, id, v)
	})
	if err != nil {
		return err
	}
	s.log.Info("a user was changed", "user", u.Username, "by", r.caller.Name)
	return s.writeUser(r.Context(), w, http.StatusOK, u)
}

// setProfiles sets the profiles whose channels a user sees, if v has them.
func setProfiles(ctx context.Context, s *store.Store, user int64, v *values) error {
	raw, ok := v.fields["channel_profiles"]
	if !ok {
		return nil
	}
	ids, err := numbers("channel_profiles", raw)
	if err == nil {
		err = s.SetUserProfiles(ctx, user, ids)
	}
	if _, ok := errors.AsType[store.Invalid](err); ok {
		return auth.Invalid{"channel_profiles": {"Give a list of the numbers of profiles that there are."}}
	}
	return err
}

func (s *server) deleteUser(w http.ResponseWriter, r *request) error {
	id, err := r.userID()
	if err != nil {
		return err
	}
	if err := s.users.DeleteUser(r.Context(), id); err != nil {
		return err
	}
	s.log.Info("a user was deleted", "user", id, "by", r.caller.Name)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// change reads what is to become of a user; fields that are not there stay as
// they are. The error is [auth.Invalid] when the values are wrong.
func (s *server) change(ctx context.Context, v *values) (func(*store.User) error, error) {
	var to []func(*store.User)
	text := func(name string, width int, at func(*store.User) *string) {
		if text, ok := v.text(name, width); ok {
			to = append(to, func(u *store.User) { *at(u) = text })
		}
	}
	text("first_name", 150, func(u *store.User) *string { return &u.FirstName })
	text("last_name", 150, func(u *store.User) *string { return &u.LastName })
	if email, ok := v.email("email"); ok {
		to = append(to, func(u *store.User) { u.Email = email })
	}
	if name, ok := v.text("username", maxAccount); ok {
		name, err := auth.Username(name)
		_ = v.add(err) // it is nothing else
		to = append(to, func(u *store.User) { u.Username = name })
	}
	if level, ok := v.number("user_level"); ok {
		_ = v.add(auth.SetLevel(&store.User{}, int(level))) // it is nothing else
		to = append(to, func(u *store.User) { _ = auth.SetLevel(u, int(level)) })
	}
	if limit, ok := v.number("stream_limit"); ok {
		to = append(to, func(u *store.User) { u.StreamLimit = int(limit) })
	}
	if on, ok := v.truth("is_active"); ok {
		to = append(to, func(u *store.User) { u.IsActive = on })
	}
	if avatar, ok := v.object("avatar_config"); ok {
		raw, err := encode(avatar)
		if err != nil {
			return nil, err
		}
		to = append(to, func(u *store.User) { u.AvatarConfig = raw })
	}
	properties, _ := v.object("custom_properties")
	password, err := s.newPassword(ctx, v)
	if err != nil {
		return nil, err
	}
	return func(u *store.User) error {
		for _, set := range to {
			set(u)
		}
		if password != "" {
			u.Password = password
		}
		if len(properties) == 0 {
			return nil
		}
		var err error
		u.CustomProperties, err = merged(u.CustomProperties, properties)
		return err
	}, nil
}

// newPassword hashes the new password, "" when there is none, once nothing else
// is wrong.
func (s *server) newPassword(ctx context.Context, v *values) (string, error) {
	password, ok := v.text("password", maxAccount)
	if ok {
		_ = v.add(auth.CheckPassword(password)) // it is nothing else
	}
	if err := v.err(); err != nil || !ok {
		return "", err
	}
	return s.auth.HashPassword(ctx, password)
}
