// Package auth says who sent a request and what they may do. It knows the keys
// of the REST API, and sends nothing: the answers are package web's.
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
	// ErrNoCredentials reports a request without a key.
	ErrNoCredentials = errors.New("no credentials")
	// ErrInvalidKey reports a key that is not one, or not any more.
	ErrInvalidKey = errors.New("invalid API key")
	// ErrInvalidToken reports a bearer token; this host gives none out.
	ErrInvalidToken = errors.New("invalid token")
	// ErrInactive reports the key of a user who is locked out.
	ErrInactive = errors.New("user inactive")
)

// noteEvery is how far the time of a key's last use may be behind.
const noteEvery = time.Minute

// Authenticator tells callers apart by the keys in a store. Its methods may be
// used concurrently. Nothing is cached: a key that is revoked opens nothing from
// that moment on.
type Authenticator struct {
	store  *store.Store
	noting atomic.Bool // a use is being noted
	notes  sync.WaitGroup
}

// New returns an Authenticator for the keys in s; call Close before s is closed.
func New(s *store.Store) *Authenticator { return &Authenticator{store: s} }

// Close waits until the uses of keys are noted. Nobody may be let in any more.
func (a *Authenticator) Close() { a.notes.Wait() }

// Caller finds out who sent r, from "X-API-Key: <key>" or "Authorization:
// ApiKey <key>"; as in Dispatcharr a bearer token goes first and the former
// before the latter. The error is one of this package's when the sender cannot
// be let in, else the store's.
func (a *Authenticator) Caller(r *http.Request) (Caller, error) {
	raw, err := credentials(r.Header)
	if err != nil {
		return Caller{}, err
	}
	key, err := a.store.KeyByHash(r.Context(), store.HashKey(raw))
	switch {
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrKeyRevoked):
		return Caller{}, ErrInvalidKey
	case errors.Is(err, store.ErrUserInactive):
		return Caller{}, ErrInactive
	case err != nil:
		return Caller{}, err
	}
	a.note(r.Context(), key)
	return callerOf(key), nil
}

// credentials finds the key in the headers.
func credentials(h http.Header) (string, error) {
	scheme, value, _ := strings.Cut(strings.TrimSpace(h.Get("Authorization")), " ")
	if strings.EqualFold(scheme, "Bearer") {
		return "", ErrInvalidToken
	}
	if raw := strings.TrimSpace(h.Get("X-API-Key")); raw != "" {
		return raw, nil
	}
	if raw := strings.TrimSpace(value); raw != "" && strings.EqualFold(scheme, "ApiKey") {
		return raw, nil
	}
	return "", ErrNoCredentials
}

// note writes down that a key was used. No request waits for it: somebody else
// may be writing for long. Notes that come meanwhile are dropped, a later use
// is as good.
func (a *Authenticator) note(ctx context.Context, key *store.APIKey) {
	now := time.Now()
	if now.Sub(key.LastUsedAt) < noteEvery || !a.noting.CompareAndSwap(false, true) {
		return
	}
	ctx = context.WithoutCancel(ctx) // the request may be over first
	a.notes.Go(func() {
		defer a.noting.Store(false)
		_ = a.store.TouchKey(ctx, key, now) // the next use tries again
	})
}
