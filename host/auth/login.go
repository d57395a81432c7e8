package auth

import (
	"context"
	"errors"

	"github.com/pluggarr/pluggarr/host/store"
)

// ErrNoAccount reports a user name and a password that do not belong together,
// or a user who is locked out: which of them nobody learns.
var ErrNoAccount = errors.New("no active account with these credentials")

// Login is somebody's try to log in.
type Login struct {
	// Username is what they say they are called.
	Username string
	// Password is what they say their password is.
	Password string
	// Address is the IP address they come from.
	Address string
}

// Login returns tokens for a user name and a password. The error is
// ErrNoAccount, *ThrottledError, or the store's.
func (a *Authenticator) Login(ctx context.Context, l Login) (Tokens, error) {
	counted := guesses(l.Address, l.Username)
	if err := a.throttle.check(counted); err != nil {
		return Tokens{}, err
	}
	release, err := a.passwords.acquire(ctx)
	if err != nil {
		return Tokens{}, err
	}
	defer release()
	// Many may have waited, and failed meanwhile.
	if err := a.throttle.check(counted); err != nil {
		return Tokens{}, err
	}
	user, err := a.store.UserByName(ctx, l.Username)
	if errors.Is(err, store.ErrNotFound) {
		user, err = &store.User{}, nil // whose password takes as long to check
	}
	if err != nil {
		return Tokens{}, err
	}
	if !a.passwords.fits(user.Password, l.Password) || !user.IsActive {
		a.throttle.failed(counted)
		return Tokens{}, ErrNoAccount
	}
	return a.admit(ctx, user)
}

// admit makes the tokens of a user who has logged in.
func (a *Authenticator) admit(ctx context.Context, user *store.User) (Tokens, error) {
	long, err := a.signer.sign(refresh, user)
	if err != nil {
		return Tokens{}, err
	}
	short, err := a.signer.sign(access, user)
	if err != nil {
		return Tokens{}, err
	}
	ctx, at := context.WithoutCancel(ctx), a.now() // the request may be over first
	a.notes.Go(func() { _ = a.store.SetLastLogin(ctx, user.ID, at) })
	return Tokens{Refresh: long, Access: short}, nil
}

// Refresh returns an access token for a refresh token. The error is
// ErrInvalidToken with the reason, ErrInactive, or the store's.
func (a *Authenticator) Refresh(ctx context.Context, token string) (string, error) {
	user, err := a.bearer(ctx, refresh, token)
	if err != nil {
		return "", err
	}
	return a.signer.sign(access, user)
}

// HashPassword does what the function of that name does, in its turn.
func (a *Authenticator) HashPassword(ctx context.Context, password string) (string, error) {
	release, err := a.passwords.acquire(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	return a.passwords.encode(password)
}
