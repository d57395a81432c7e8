package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"sync"
	"time"

	"github.com/pluggarr/pluggarr/host/store"
)

// setupLife is how long the first admin can be made.
const setupLife = time.Hour

// ErrSetupToken reports a token that does not make the first admin: a wrong one,
// or one that was used or is too old.
var ErrSetupToken = errors.New("not the token of the link that was printed at the start")

// setup is the token with which the first admin is made, once.
type setup struct {
	mu    sync.Mutex
	hash  [sha256.Size]byte
	until time.Time // zero: there is none
}

// OpenSetup returns a token with which the first admin can be made within an
// hour, once; "" when an admin can log in already. A token before it ends.
func (a *Authenticator) OpenSetup(ctx context.Context) (string, error) {
	has, err := a.store.HasLoginAdmin(ctx)
	if err != nil || has {
		return "", err
	}
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails
	token := base64.RawURLEncoding.EncodeToString(random)
	a.setup.mu.Lock()
	defer a.setup.mu.Unlock()
	a.setup.hash, a.setup.until = sha256.Sum256([]byte(token)), a.now().Add(setupLife)
	return token, nil
}

// SetupOpen says whether there is a token that makes the first admin.
func (a *Authenticator) SetupOpen() bool {
	a.setup.mu.Lock()
	defer a.setup.mu.Unlock()
	return a.setup.until.After(a.now())
}

// IsSetup says whether a token makes the first admin.
func (a *Authenticator) IsSetup(token string) bool {
	a.setup.mu.Lock()
	defer a.setup.mu.Unlock()
	return a.fits(token)
}

// FirstAdmin makes the first admin, whose Password is still the password itself.
// The error is ErrSetupToken, Invalid, [store.ErrAdminExists],
// [store.ErrUserExists] or the store's; after the last two the token is good for
// another try.
func (a *Authenticator) FirstAdmin(ctx context.Context, token string, user *store.User) error {
	until, ok := a.claim(token)
	if !ok {
		return ErrSetupToken
	}
	err := a.firstAdmin(ctx, user)
	if err != nil && !errors.Is(err, store.ErrAdminExists) {
		a.setup.mu.Lock()
		defer a.setup.mu.Unlock()
		a.setup.until = until
	}
	return err
}

// claim takes the token, so that nobody else uses it meanwhile.
func (a *Authenticator) claim(token string) (time.Time, bool) {
	a.setup.mu.Lock()
	defer a.setup.mu.Unlock()
	if !a.fits(token) {
		return time.Time{}, false
	}
	until := a.setup.until
	a.setup.until = time.Time{}
	return until, true
}

// fits says whether a token is the one, and good; the lock is held.
func (a *Authenticator) fits(token string) bool {
	hash := sha256.Sum256([]byte(token))
	return a.setup.until.After(a.now()) && subtle.ConstantTimeCompare(hash[:], a.setup.hash[:]) == 1
}

func (a *Authenticator) firstAdmin(ctx context.Context, user *store.User) error {
	var err error
	if user.Username, err = Username(user.Username); err != nil {
		return err
	}
	if err := CheckPassword(user.Password); err != nil {
		return err
	}
	if user.Password, err = a.HashPassword(ctx, user.Password); err != nil {
		return err
	}
	return a.store.CreateFirstAdmin(ctx, user)
}
