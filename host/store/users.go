package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/uptrace/bun"
)

// LevelAdmin is the UserLevel of an admin; a standard user has 1, a streamer 0.
const LevelAdmin = 10

// usernameWidth is how many characters the column holds.
const usernameWidth = 150

// User is somebody who may log in: a row of accounts_user.
type User struct {
	bun.BaseModel `bun:"table:accounts_user"`

	// ID is the row's number, from 1.
	ID int64 `bun:"id,pk,autoincrement"`
	// Password is a hash in Django's form. One that begins with "!" fits no password.
	Password string `bun:"password"`
	// LastLogin is when the user last logged in, zero for never.
	LastLogin time.Time `bun:"last_login,nullzero"`
	// IsSuperuser is Django's flag for "has all permissions".
	IsSuperuser bool `bun:"is_superuser"`
	// Username is what the user logs in with, at most 150 characters, unique.
	Username string `bun:"username"`
	// FirstName may be empty, at most 150 characters.
	FirstName string `bun:"first_name"`
	// LastName may be empty, at most 150 characters.
	LastName string `bun:"last_name"`
	// Email may be empty, at most 254 characters.
	Email string `bun:"email"`
	// IsStaff is Django's flag for "may use Django's own admin pages".
	IsStaff bool `bun:"is_staff"`
	// IsActive is false for a user who is locked out.
	IsActive bool `bun:"is_active"`
	// DateJoined is when the user was made.
	DateJoined time.Time `bun:"date_joined"`
	// AvatarConfig is a JSON object that the page uses, or nil.
	AvatarConfig json.RawMessage `bun:"avatar_config"`
	// UserLevel is 0, 1 or LevelAdmin.
	UserLevel int `bun:"user_level"`
	// CustomProperties is a JSON object of preferences, or nil.
	CustomProperties json.RawMessage `bun:"custom_properties"`
	// APIKey is Dispatcharr's one key in clear, or empty. Keys of this host are in APIKey rows.
	APIKey string `bun:"api_key,nullzero"`
	// StreamLimit is how many streams the user may watch at once, 0 for no limit.
	StreamLimit int `bun:"stream_limit"`
}

// EnsureAdmin returns the first admin, one who is not locked out if there is
// any. When there is no admin at all it makes one by the name username whom no
// password fits. It returns an error when that name is not usable or belongs
// to somebody else.
func (s *Store) EnsureAdmin(ctx context.Context, username string) (*User, error) {
	admin, err := firstAdmin(ctx, s.read)
	if err == nil {
		return admin, nil
	}
	if !errors.Is(err, ErrNotFound) {
		return nil, fmt.Errorf("look for an admin: %w", err)
	}
	if username == "" || cut(clean(username), usernameWidth) != username {
		return nil, fmt.Errorf("make admin %q: a user name has 1 to %d characters", username, usernameWidth)
	}
	err = s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		fresh := newAdmin(username)
		// Another process may make the same admin at the same time.
		_, err := tx.NewInsert().Model(fresh).On("CONFLICT (username) DO NOTHING").Returning("NULL").Exec(ctx)
		if err != nil {
			return fmt.Errorf("insert: %w", err)
		}
		admin, err = firstAdmin(ctx, tx)
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return nil, fmt.Errorf("make admin %q: a user of that name exists and is not an admin; choose another name", username)
	}
	if err != nil {
		return nil, fmt.Errorf("make admin %q: %w", username, err)
	}
	return admin, nil
}

// UserByID returns a user. It returns ErrNotFound when there is none.
func (s *Store) UserByID(ctx context.Context, id int64) (*User, error) {
	user := new(User)
	if err := s.read.NewSelect().Model(user).Where("id = ?", id).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read user %d: %w", id, one(err))
	}
	return user, nil
}

// UserByName returns the user who logs in as username, whose case counts. It
// returns ErrNotFound when there is none.
func (s *Store) UserByName(ctx context.Context, username string) (*User, error) {
	user := new(User)
	if err := s.read.NewSelect().Model(user).Where("username = ?", clean(username)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read user %q: %w", username, one(err))
	}
	return user, nil
}

// firstAdmin is the admin with the lowest id, those who are locked out last.
func firstAdmin(ctx context.Context, db bun.IDB) (*User, error) {
	user := new(User)
	err := db.NewSelect().Model(user).Where("user_level >= ?", LevelAdmin).
		Order("is_active DESC", "id").Limit(1).Scan(ctx)
	if err != nil {
		return nil, one(err)
	}
	return user, nil
}

// newAdmin is the row that Dispatcharr's create_superuser makes when it gets no password.
func newAdmin(username string) *User {
	return &User{
		Username:         username,
		Password:         unusablePassword(),
		IsSuperuser:      true,
		IsStaff:          true,
		IsActive:         true,
		UserLevel:        LevelAdmin,
		DateJoined:       now(),
		AvatarConfig:     json.RawMessage("{}"),
		CustomProperties: json.RawMessage("{}"),
	}
}

// unusablePassword is what Django's make_password(None) gives: "!" and 40
// random letters and digits, so that no two such users have the same hash.
func unusablePassword() string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	text := []byte{'!'}
	for range 40 {
		// The reader of crypto/rand never fails.
		n, _ := rand.Int(rand.Reader, big.NewInt(int64(len(alphabet))))
		text = append(text, alphabet[n.Int64()])
	}
	return string(text)
}
