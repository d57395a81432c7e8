package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"
)

var (
	// ErrUserExists is returned, wrapped, for a user name that is taken.
	ErrUserExists = errors.New("a user of that name exists")
	// ErrLastAdmin is returned, wrapped, for a change after which no admin who
	// is not locked out would be left.
	ErrLastAdmin = errors.New("the last admin stays one")
	// ErrAdminExists is returned, wrapped, when the first admin is to be made and
	// an admin can log in already.
	ErrAdminExists = errors.New("an admin exists")
)

// unusable fits the passwords with which nobody logs in.
const unusable = "!%"

// Users returns all users in the order of their names.
func (s *Store) Users(ctx context.Context) ([]User, error) {
	var users []User
	if err := s.read.NewSelect().Model(&users).Order("username").Scan(ctx); err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	return users, nil
}

// CreateUser makes a row of user and sets its ID. A zero DateJoined means now,
// no AvatarConfig or CustomProperties an empty object, and no Password one that
// nothing fits. It returns ErrUserExists when the name is taken.
func (s *Store) CreateUser(ctx context.Context, user *User) error {
	err := s.changeUsers(ctx, func(ctx context.Context, tx bun.Tx) error { return createUser(ctx, tx, user) })
	if err != nil {
		return fmt.Errorf("create user %q: %w", user.Username, err)
	}
	return nil
}

// CreateFirstAdmin makes user, who becomes an admin, unless an admin can log in
// already: then it returns ErrAdminExists. An admin by that name whom no password
// fits, as EnsureAdmin makes, gets the password and email of user. It returns
// ErrUserExists when the name belongs to anybody else.
func (s *Store) CreateFirstAdmin(ctx context.Context, user *User) error {
	err := s.changeUsers(ctx, func(ctx context.Context, tx bun.Tx) error {
		if has, err := hasLoginAdmin(ctx, tx); err != nil || has {
			return errors.Join(err, when(has, ErrAdminExists))
		}
		there, err := userWhere(ctx, tx, "username = ?", clean(user.Username))
		if errors.Is(err, ErrNotFound) {
			makeAdmin(user)
			return createUser(ctx, tx, user)
		}
		if err != nil {
			return err
		}
		if there.UserLevel < LevelAdmin || !there.IsActive || !strings.HasPrefix(there.Password, "!") {
			return ErrUserExists
		}
		there.Password, there.Email = user.Password, user.Email
		*user = *there
		return updateUser(ctx, tx, user)
	})
	if err != nil {
		return fmt.Errorf("create the first admin %q: %w", user.Username, err)
	}
	return nil
}

// HasLoginAdmin says whether there is an admin who is not locked out and whose
// password can fit.
func (s *Store) HasLoginAdmin(ctx context.Context) (bool, error) {
	has, err := hasLoginAdmin(ctx, s.read)
	if err != nil {
		return false, fmt.Errorf("look for an admin who can log in: %w", err)
	}
	return has, nil
}

// UpdateUser lets change alter a user and keeps what it made of them, all but
// the ID. It returns what change returns, ErrNotFound when there is no such
// user, ErrUserExists when the new name is taken, and ErrLastAdmin.
func (s *Store) UpdateUser(ctx context.Context, id int64, change func(*User) error) (*User, error) {
	var user *User
	err := s.changeUsers(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
		if user, err = userWhere(ctx, tx, "id = ?", id); err != nil {
			return err
		}
		before := *user
		if err := change(user); err != nil {
			return err
		}
		user.ID = id
		if user.Username != before.Username {
			if err := nameIsFree(ctx, tx, user.Username); err != nil {
				return err
			}
		}
		if err := updateUser(ctx, tx, user); err != nil {
			return err
		}
		return adminIsLeft(ctx, tx, &before)
	})
	if err != nil {
		return nil, fmt.Errorf("update user %d: %w", id, err)
	}
	return user, nil
}

// DeleteUser removes a user with their keys; their runs stay, without a user. It
// returns ErrNotFound when there is no such user, and ErrLastAdmin.
func (s *Store) DeleteUser(ctx context.Context, id int64) error {
	err := s.changeUsers(ctx, func(ctx context.Context, tx bun.Tx) error {
		before, err := userWhere(ctx, tx, "id = ?", id)
		if err != nil {
			return err
		}
		if _, err := deleteRows(ctx, tx, "accounts_user", where("id = ?", id)); err != nil {
			return err
		}
		return adminIsLeft(ctx, tx, before)
	})
	if err != nil {
		return fmt.Errorf("delete user %d: %w", id, err)
	}
	return nil
}

// SetLastLogin notes when a user logged in. It returns ErrNotFound when there is
// no such user.
func (s *Store) SetLastLogin(ctx context.Context, id int64, at time.Time) error {
	err := existing(s.write.NewUpdate().Model((*User)(nil)).Set("last_login = ?", stored(at)).Where("id = ?", id).Exec(ctx))
	if err != nil {
		return fmt.Errorf("note the login of user %d: %w", id, err)
	}
	return nil
}

// changeUsers does something with users that nobody else changes meanwhile: the
// rules about admins are about several rows.
func (s *Store) changeUsers(ctx context.Context, do func(ctx context.Context, tx bun.Tx) error) error {
	return s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error { //nolint:wrapcheck // the callers name the user
		if s.isPostgres() { // SQLite has one writer at a time
			if _, err := tx.ExecContext(ctx, "LOCK TABLE accounts_user IN SHARE ROW EXCLUSIVE MODE"); err != nil {
				return fmt.Errorf("lock the users: %w", err)
			}
		}
		return do(ctx, tx)
	})
}

func createUser(ctx context.Context, tx bun.Tx, user *User) error {
	if user.DateJoined.IsZero() {
		user.DateJoined = now()
	}
	if user.Password == "" {
		user.Password = unusablePassword()
	}
	for _, object := range []*json.RawMessage{&user.AvatarConfig, &user.CustomProperties} {
		if len(*object) == 0 {
			*object = json.RawMessage("{}")
		}
	}
	if err := fits(user); err != nil {
		return err
	}
	if err := nameIsFree(ctx, tx, user.Username); err != nil {
		return err
	}
	if _, err := tx.NewInsert().Model(user).Exec(ctx); err != nil {
		return fmt.Errorf("insert: %w", err)
	}
	return nil
}

func updateUser(ctx context.Context, tx bun.Tx, user *User) error {
	if err := fits(user); err != nil {
		return err
	}
	return existing(tx.NewUpdate().Model(user).WherePK().Exec(ctx))
}

// fits makes the texts of a user storable and says which is too long.
func fits(user *User) error {
	for _, column := range []struct {
		name  string
		text  *string
		width int
	}{
		{"username", &user.Username, usernameWidth},
		{"password", &user.Password, 128},
		{"first_name", &user.FirstName, 150},
		{"last_name", &user.LastName, 150},
		{"email", &user.Email, 254},
	} {
		*column.text = clean(*column.text)
		if n := utf8.RuneCountInString(*column.text); n > column.width {
			return fmt.Errorf("%s has %d characters, more than %d", column.name, n, column.width)
		}
	}
	if user.Username == "" {
		return errors.New("the user name is empty")
	}
	return nil
}

func nameIsFree(ctx context.Context, tx bun.Tx, name string) error {
	_, err := userWhere(ctx, tx, "username = ?", clean(name))
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return errors.Join(err, when(err == nil, ErrUserExists))
}

// adminIsLeft says whether the host still has an admin after before was changed.
func adminIsLeft(ctx context.Context, tx bun.Tx, before *User) error {
	if before.UserLevel < LevelAdmin || !before.IsActive {
		return nil
	}
	left, err := tx.NewSelect().Model((*User)(nil)).Where("user_level >= ? AND is_active = ?", LevelAdmin, true).Exists(ctx)
	if err != nil {
		return fmt.Errorf("look for another admin: %w", err)
	}
	return when(!left, ErrLastAdmin)
}

func hasLoginAdmin(ctx context.Context, db bun.IDB) (bool, error) {
	return db.NewSelect().Model((*User)(nil)). //nolint:wrapcheck // the callers say what for
							Where("user_level >= ? AND is_active = ?", LevelAdmin, true).
							Where("password NOT LIKE ? AND password <> ''", unusable).Exists(ctx)
}

func userWhere(ctx context.Context, db bun.IDB, condition string, arg any) (*User, error) {
	user := new(User)
	if err := db.NewSelect().Model(user).Where(condition, arg).Scan(ctx); err != nil {
		return nil, one(err)
	}
	return user, nil
}

// makeAdmin sets what makes a user an admin, here and for Django.
func makeAdmin(user *User) {
	user.UserLevel, user.IsStaff, user.IsSuperuser, user.IsActive = LevelAdmin, true, true, true
}

// when is err where something is so, else nil.
func when(so bool, err error) error {
	if so {
		return err
	}
	return nil
}
