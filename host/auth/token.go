package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/pluggarr/pluggarr/host/store"
)

// How long tokens are good, as in Dispatcharr.
const (
	accessLife  = 30 * time.Minute
	refreshLife = 24 * time.Hour
)

// kind is what a token is for.
type kind string

const (
	access  kind = "access"
	refresh kind = "refresh"
)

// Tokens are what a user gets for logging in.
type Tokens struct {
	// Refresh gets further access tokens for a day.
	Refresh string `json:"refresh"`
	// Access opens the API for half an hour, as "Authorization: Bearer <access>".
	Access string `json:"access"`
}

// claims are what a token says, in the words of Dispatcharr's.
type claims struct {
	jwt.RegisteredClaims
	Kind     kind   `json:"token_type"`
	UserID   string `json:"user_id"`
	Password string `json:"hash_password"` // fingerprint of the password's hash
}

// Validate refuses what this host never signs.
func (c claims) Validate() error {
	if len(c.Audience) > 0 || c.Issuer != "" || c.IssuedAt == nil {
		return errors.New("not a token of this host")
	}
	return nil
}

// signer makes and reads tokens.
type signer struct {
	key    []byte
	now    func() time.Time
	parser *jwt.Parser
}

func newSigner(key []byte, now func() time.Time) *signer {
	return &signer{key: key, now: now, parser: jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithStrictDecoding(), jwt.WithTimeFunc(now),
	)}
}

// sign makes a token of a user.
func (s *signer) sign(k kind, user *store.User) (string, error) {
	life := accessLife
	if k == refresh {
		life = refreshLife
	}
	now := s.now()
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			ExpiresAt: jwt.NewNumericDate(now.Add(life)), IssuedAt: jwt.NewNumericDate(now), ID: rand.Text(),
		},
		Kind: k, UserID: strconv.FormatInt(user.ID, 10), Password: s.fingerprint(user),
	}).SignedString(s.key)
	if err != nil {
		return "", fmt.Errorf("sign a token: %w", err)
	}
	return token, nil
}

// read returns what a token of the given kind says, and whose it is. The error
// is ErrInvalidToken with the reason.
func (s *signer) read(k kind, raw string) (claims, int64, error) {
	var c claims
	_, err := s.parser.ParseWithClaims(raw, &c, func(*jwt.Token) (any, error) { return s.key, nil })
	switch {
	case errors.Is(err, jwt.ErrTokenExpired):
		return claims{}, 0, fmt.Errorf("%w: it has expired", ErrInvalidToken)
	case err != nil:
		return claims{}, 0, ErrInvalidToken // whatever is wrong with it, it is not ours
	case c.Kind != k:
		return claims{}, 0, fmt.Errorf("%w: this takes a token of type %s", ErrInvalidToken, k)
	}
	id, err := strconv.ParseInt(c.UserID, 10, 64)
	if err != nil {
		return claims{}, 0, ErrInvalidToken
	}
	return c, id, nil
}

// fingerprint tells a user's password hashes apart and gives nothing away.
func (s *signer) fingerprint(user *store.User) string {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte("password of a user\x00" + user.Password)) // nothing else is signed that begins like this
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
}

// bearer finds the user of a token. The error is ErrInvalidToken with the reason,
// ErrInactive, or the store's.
func (a *Authenticator) bearer(ctx context.Context, k kind, raw string) (*store.User, error) {
	c, id, err := a.signer.read(k, raw)
	if err != nil {
		return nil, err
	}
	user, err := a.store.UserByID(ctx, id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, fmt.Errorf("%w: there is no such user any more", ErrInvalidToken)
	case err != nil:
		return nil, err
	case !user.IsActive:
		return nil, ErrInactive
	case !hmac.Equal([]byte(c.Password), []byte(a.signer.fingerprint(user))):
		return nil, fmt.Errorf("%w: the password has been changed", ErrInvalidToken)
	}
	return user, nil
}
