package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

var (
	// ErrKeyRevoked is returned, wrapped, for a key that was revoked.
	ErrKeyRevoked = errors.New("the key was revoked")
	// ErrUserInactive is returned, wrapped, for a key whose user is locked out.
	ErrUserInactive = errors.New("the key's user is not active")
)

// KeyScope is what a key allows; each scope includes those before it.
type KeyScope string

// The scopes of a key.
const (
	// ScopeRead allows to look.
	ScopeRead KeyScope = "read"
	// ScopeRun allows to run actions.
	ScopeRun KeyScope = "run"
	// ScopeAdmin allows everything.
	ScopeAdmin KeyScope = "admin"
)

// touchEvery is how long a key's last use is allowed to be out of date.
const touchEvery = time.Minute

// APIKey is a key of the REST API: a row of pluggarr_apikey. The key itself is not kept.
type APIKey struct {
	bun.BaseModel `bun:"table:pluggarr_apikey,alias:k"`

	// ID is the row's number, from 1.
	ID int64 `bun:"id,pk,autoincrement"`
	// UserID is whose key it is, 0 for the host's own local key.
	UserID int64 `bun:"user_id,nullzero"`
	// User is whose key it is. Only KeyByHash fills it; nil for the host's own local key.
	User *User `bun:"rel:belongs-to,join:user_id=id"`
	// Name is the user's word for the key, or empty.
	Name string `bun:"name"`
	// Prefix is how the key begins, to tell keys apart: 8 characters.
	Prefix string `bun:"prefix"`
	// Hash is HashKey of the key, unique.
	Hash string `bun:"hash"`
	// Scope is what the key allows.
	Scope KeyScope `bun:"scope"`
	// CreatedAt is when the key was made.
	CreatedAt time.Time `bun:"created_at"`
	// LastUsedAt is when the key was last used, up to a minute early; zero for never.
	LastUsedAt time.Time `bun:"last_used_at,nullzero"`
	// RevokedAt is when the key was revoked, zero when it was not.
	RevokedAt time.Time `bun:"revoked_at,nullzero"`
}

// NewKey is what CreateKey needs to know.
type NewKey struct {
	// UserID is whose key it will be, 0 for the host's own local key.
	UserID int64
	// Name is the user's word for the key, or empty.
	Name string
	// Scope is what the key will allow.
	Scope KeyScope
}

// HashKey is the form in which a key is kept and looked up: the SHA-256 of its
// characters in hex. A key has 240 random bits, so a slow hash would add nothing.
func HashKey(raw string) string {
	sum := sha256.Sum256([]byte(raw))
	return hex.EncodeToString(sum[:])
}

// CreateKey makes a key, "pgr_" and 40 URL-safe characters, and keeps its
// hash. raw is the only copy of the key.
func (s *Store) CreateKey(ctx context.Context, want NewKey) (raw string, key *APIKey, err error) {
	random := make([]byte, 30)
	// Read of crypto/rand never fails.
	_, _ = rand.Read(random)
	raw = "pgr_" + base64.RawURLEncoding.EncodeToString(random)
	key = &APIKey{
		UserID: want.UserID, Name: clean(want.Name), Scope: want.Scope,
		Prefix: raw[:8], Hash: HashKey(raw), CreatedAt: now(),
	}
	if _, err := s.write.NewInsert().Model(key).Exec(ctx); err != nil {
		return "", nil, fmt.Errorf("create API key of user %d: %w", want.UserID, err)
	}
	return raw, key, nil
}

// KeyByHash returns the key with that HashKey and its user. It returns
// ErrNotFound when there is none; and, together with the key, ErrKeyRevoked or
// ErrUserInactive when it opens nothing any more.
func (s *Store) KeyByHash(ctx context.Context, hash string) (*APIKey, error) {
	key := new(APIKey)
	err := s.read.NewSelect().Model(key).Relation("User").Where("k.hash = ?", clean(hash)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read API key: %w", one(err))
	}
	if !key.RevokedAt.IsZero() {
		return key, fmt.Errorf("use API key %s…: %w", key.Prefix, ErrKeyRevoked)
	}
	if key.User != nil && !key.User.IsActive {
		return key, fmt.Errorf("use API key %s…: %w", key.Prefix, ErrUserInactive)
	}
	return key, nil
}

// TouchKey notes that key, as KeyByHash returned it, was used at the given
// time. It writes nothing when the last use noted is less than a minute before.
func (s *Store) TouchKey(ctx context.Context, key *APIKey, at time.Time) error {
	at = stored(at)
	if at.Sub(key.LastUsedAt) < touchEvery {
		return nil
	}
	_, err := s.write.NewUpdate().Model((*APIKey)(nil)).Set("last_used_at = ?", at).
		Where("id = ?", key.ID).
		Where("(last_used_at IS NULL OR last_used_at <= ?)", at.Add(-touchEvery)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("touch API key %s…: %w", key.Prefix, err)
	}
	return nil
}

// RevokeKey makes a key open nothing any more; doing it again changes
// nothing. It returns ErrNotFound when there is no such key.
func (s *Store) RevokeKey(ctx context.Context, id int64) error {
	err := existing(s.write.NewUpdate().Model((*APIKey)(nil)).
		Set("revoked_at = COALESCE(revoked_at, ?)", now()).Where("id = ?", id).Exec(ctx))
	if err != nil {
		return fmt.Errorf("revoke API key %d: %w", id, err)
	}
	return nil
}

// Keys returns a user's keys, newest first, revoked ones too; for user 0 the host's own.
func (s *Store) Keys(ctx context.Context, userID int64) ([]APIKey, error) {
	var keys []APIKey
	query := s.read.NewSelect().Model(&keys).Order("k.id DESC")
	if userID == 0 {
		query = query.Where("k.user_id IS NULL")
	} else {
		query = query.Where("k.user_id = ?", userID)
	}
	if err := query.Scan(ctx); err != nil {
		return nil, fmt.Errorf("list API keys of user %d: %w", userID, err)
	}
	return keys, nil
}

// NewestPrefixes returns how the newest key of each user begins that was not
// revoked, by the user's number. Users without a key are left out.
func (s *Store) NewestPrefixes(ctx context.Context) (map[int64]string, error) {
	var keys []APIKey
	err := s.read.NewSelect().Model(&keys).Column("user_id", "prefix").
		Where("k.user_id IS NOT NULL AND k.revoked_at IS NULL").Order("k.id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list API keys: %w", err)
	}
	newest := make(map[int64]string, len(keys))
	for _, key := range keys {
		newest[key.UserID] = key.Prefix
	}
	return newest, nil
}
