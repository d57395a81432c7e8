package storetest

import (
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/store"
)

// hash looks like a password's in Django's form.
const hash = "pbkdf2_sha256$1$salt$hash"

func userLife(t *testing.T, s *store.Store) {
	ann := &store.User{Username: "ann", Password: hash, IsActive: true, UserLevel: 1, Email: "a@example.org"}
	must(t, s.CreateUser(t.Context(), ann))
	if ann.ID == 0 || ann.DateJoined.IsZero() || string(ann.CustomProperties) != "{}" || string(ann.AvatarConfig) != "{}" {
		t.Errorf("CreateUser() made %+v", ann)
	}
	wantErr(t, "CreateUser twice", s.CreateUser(t.Context(), &store.User{Username: "ann"}), store.ErrUserExists)
	must(t, s.CreateUser(t.Context(), &store.User{Username: "Ann"}))

	got, err := s.UpdateUser(t.Context(), ann.ID, func(u *store.User) error {
		u.ID, u.FirstName, u.Username = 99, "Ann\x00", "anna"
		return nil
	})
	must(t, err)
	read, err := s.UserByID(t.Context(), ann.ID)
	must(t, err)
	if !reflect.DeepEqual(got, read) || read.FirstName != "Ann\uFFFD" || read.Username != "anna" || read.Password != hash ||
		!read.DateJoined.Equal(ann.DateJoined) {
		t.Errorf("UpdateUser() = %+v, and there is %+v", got, read)
	}
	_, err = s.UpdateUser(t.Context(), ann.ID, func(u *store.User) error { u.Username = "Ann"; return nil })
	wantErr(t, "UpdateUser to a name that is taken", err, store.ErrUserExists)
	changed := errors.New("changed my mind")
	_, err = s.UpdateUser(t.Context(), ann.ID, func(u *store.User) error { u.Username = "x"; return changed })
	wantErr(t, "UpdateUser that is called off", err, changed)
	_, err = s.UpdateUser(t.Context(), ann.ID, func(u *store.User) error { u.Email = strings.Repeat("x", 255); return nil })
	if err == nil {
		t.Error("UpdateUser with a long email = nil, want an error")
	}

	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	must(t, s.SetLastLogin(t.Context(), ann.ID, at))
	users, err := s.Users(t.Context())
	must(t, err)
	if len(users) != 2 || users[0].Username+users[1].Username != "Annanna" && users[0].Username+users[1].Username != "annaAnn" {
		t.Errorf("Users() = %+v, want Ann and anna", users)
	}

	_, key, err := s.CreateKey(t.Context(), store.NewKey{UserID: ann.ID, Scope: store.ScopeRead})
	must(t, err)
	prefixes, err := s.NewestPrefixes(t.Context())
	must(t, err)
	if want := map[int64]string{ann.ID: key.Prefix}; !reflect.DeepEqual(prefixes, want) {
		t.Errorf("NewestPrefixes() = %v, want %v", prefixes, want)
	}
	must(t, s.DeleteUser(t.Context(), ann.ID))
	_, err = s.KeyByHash(t.Context(), key.Hash)
	wantErr(t, "KeyByHash of a deleted user", err, store.ErrNotFound)
	wantErr(t, "DeleteUser twice", s.DeleteUser(t.Context(), ann.ID), store.ErrNotFound)
	wantErr(t, "SetLastLogin of nobody", s.SetLastLogin(t.Context(), ann.ID, at), store.ErrNotFound)
	_, err = s.UpdateUser(t.Context(), ann.ID, func(*store.User) error { return nil })
	wantErr(t, "UpdateUser of nobody", err, store.ErrNotFound)
}

func lastAdmin(t *testing.T, s *store.Store) {
	first, err := s.EnsureAdmin(t.Context(), "first")
	must(t, err)
	second := &store.User{Username: "second", IsActive: true, UserLevel: store.LevelAdmin}
	must(t, s.CreateUser(t.Context(), second))
	lockOut := func(u *store.User) error { u.IsActive = false; return nil }
	demote := func(u *store.User) error { u.UserLevel = 1; return nil }

	// Two admins who remove each other at the same time.
	errs := make([]error, 2)
	var both sync.WaitGroup
	for i, id := range []int64{first.ID, second.ID} {
		both.Go(func() { _, errs[i] = s.UpdateUser(t.Context(), id, demote) })
	}
	both.Wait()
	if errors.Is(errs[0], store.ErrLastAdmin) == errors.Is(errs[1], store.ErrLastAdmin) {
		t.Fatalf("two admins were demoted at once: %v, want one refusal", errs)
	}
	admin := first.ID
	if errs[0] == nil {
		admin = second.ID
	}
	_, err = s.UpdateUser(t.Context(), admin, lockOut)
	wantErr(t, "locking the last admin out", err, store.ErrLastAdmin)
	wantErr(t, "DeleteUser of the last admin", s.DeleteUser(t.Context(), admin), store.ErrLastAdmin)
	_, err = s.UpdateUser(t.Context(), admin, func(u *store.User) error { u.FirstName = "x"; return nil })
	must(t, err)
}

func firstAdmin(t *testing.T, s *store.Store) {
	keyed, err := s.EnsureAdmin(t.Context(), "admin")
	must(t, err)
	must(t, s.CreateUser(t.Context(), &store.User{Username: "bob", Password: hash, IsActive: true, UserLevel: 1}))
	has, err := s.HasLoginAdmin(t.Context())
	must(t, err)
	if has {
		t.Error("HasLoginAdmin() = true with an admin whom no password fits")
	}
	wantErr(t, "CreateFirstAdmin(bob)",
		s.CreateFirstAdmin(t.Context(), &store.User{Username: "bob", Password: hash}), store.ErrUserExists)

	// One of several wins, and takes over the admin who has keys only.
	errs := make([]error, 4)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			errs[i] = s.CreateFirstAdmin(t.Context(), &store.User{Username: "admin", Password: hash, Email: "e@example.org"})
		})
	}
	all.Wait()
	made := 0
	for _, err := range errs {
		if err == nil {
			made++
		} else {
			wantErr(t, "CreateFirstAdmin", err, store.ErrAdminExists)
		}
	}
	got, err := s.UserByName(t.Context(), "admin")
	must(t, err)
	if made != 1 || got.ID != keyed.ID || got.Password != hash || got.Email != "e@example.org" || got.UserLevel != store.LevelAdmin {
		t.Errorf("%d first admins were made, the row is %+v, want one, in the row of %+v", made, got, keyed)
	}
	has, err = s.HasLoginAdmin(t.Context())
	must(t, err)
	if !has {
		t.Error("HasLoginAdmin() = false after the first admin was made")
	}
}
