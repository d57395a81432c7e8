// Package auth says who sent a request and what they may do. It knows API keys,
// passwords and tokens, and sends nothing: the answers are package web's.
package auth

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pluggarr/pluggarr/host/store"
)

// Why nobody is let in.
var (
	// ErrNoCredentials reports a request without a key or token.
	ErrNoCredentials = errors.New("no credentials")
	// ErrInvalidKey reports a key that is not one, or not any more.
	ErrInvalidKey = errors.New("invalid API key")
	// ErrInvalidToken reports a token that is not one of this host's, or not any
	// more. It comes with the reason, where the sender may know it.
	ErrInvalidToken = errors.New("token is not valid")
	// ErrInactive reports the key or token of a user who is locked out.
	ErrInactive = errors.New("user inactive")
)

// noteEvery is how far the time of a key's last use may be behind.
const noteEvery = time.Minute

// Config is what an Authenticator is made of. Only Store is required.
type Config struct {
	// Store holds the users and keys.
	Store *store.Store
	// KeyFile holds the key of tokens, and is made when it is not there; its
	// folder has to be. "" means a key that ends with the process.
	KeyFile string
	// Iterations is how often a new password is hashed. 0 means
	// DefaultIterations; anything less is for tests.
	Iterations int
	// Now tells the time. Nil means [time.Now].
	Now func() time.Time
}

// Authenticator tells callers apart by the users and keys in a store. Its methods
// may be used concurrently. Nothing is cached: a key that is revoked, or a user
// who is locked out, opens nothing from that moment on.
type Authenticator struct {
	store     *store.Store
	now       func() time.Time
	passwords *passwords
	signer    *signer
	throttle  *throttle
	setup     setup

	noting atomic.Bool // a use is being noted
	notes  sync.WaitGroup
}

// New returns an Authenticator; call Close before the store is closed.
func New(cfg Config) (*Authenticator, error) {
	key, err := signingKey(cfg.KeyFile)
	if err != nil {
		return nil, err
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Authenticator{
		store: cfg.Store, now: cfg.Now, passwords: newPasswords(cfg.Iterations),
		signer: newSigner(key, cfg.Now), throttle: newThrottle(cfg.Now),
	}, nil
}

// Close waits until the uses of keys are noted. Nobody may be let in any more.
func (a *Authenticator) Close() { a.notes.Wait() }

// Caller finds out who sent r, from "Authorization: Bearer <token>", "X-API-Key:
// <key>" or "Authorization: ApiKey <key>", the first of them that is there, as in
// Dispatcharr. The error is one of this package's when the sender cannot be let
// in, else the store's.
func (a *Authenticator) Caller(r *http.Request) (Caller, error) {
	scheme, value, _ := strings.Cut(strings.TrimSpace(r.Header.Get("Authorization")), " ")
	value = strings.TrimSpace(value)
	if strings.EqualFold(scheme, "Bearer") {
		user, err := a.bearer(r.Context(), access, value)
		if err != nil {
			return Caller{}, err
		}
		return Caller{UserID: user.ID, Name: user.Username, Level: user.UserLevel, Scope: store.ScopeAdmin}, nil
	}
	if raw := strings.TrimSpace(r.Header.Get("X-API-Key")); raw != "" {
		return a.holder(r.Context(), raw)
	}
	if value != "" && strings.EqualFold(scheme, "ApiKey") {
		return a.holder(r.Context(), value)
	}
	return Caller{}, ErrNoCredentials
}

// holder finds out whose key it is.
func (a *Authenticator) holder(ctx context.Context, raw string) (Caller, error) {
	key, err := a.store.KeyByHash(ctx, store.HashKey(raw))
	switch {
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrKeyRevoked):
		return Caller{}, ErrInvalidKey
	case errors.Is(err, store.ErrUserInactive):
		return Caller{}, ErrInactive
	case err != nil:
		return Caller{}, err
	}
	a.note(ctx, key)
	return callerOf(key), nil
}

// note writes down that a key was used. No request waits for it: somebody else
// may be writing for long. Notes that come meanwhile are dropped, a later use
// is as good.
func (a *Authenticator) note(ctx context.Context, key *store.APIKey) {
	now := a.now()
	if now.Sub(key.LastUsedAt) < noteEvery || !a.noting.CompareAndSwap(false, true) {
		return
	}
	ctx = context.WithoutCancel(ctx) // the request may be over first
	a.notes.Go(func() {
		defer a.noting.Store(false)
		_ = a.store.TouchKey(ctx, key, now) // the next use tries again
	})
}
