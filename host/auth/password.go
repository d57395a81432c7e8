package auth

import (
	"context"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

const (
	// algorithm is how Django names the only kind of hash that is read and made.
	algorithm = "pbkdf2_sha256"
	// DefaultIterations is how often a new password is hashed, as by Django 5.2.
	DefaultIterations = 1_000_000
	// maxIterations bounds the work that a row of the database can ask for.
	maxIterations = 10_000_000
	// maxPassword is the longest password in bytes that is hashed, as in Django.
	maxPassword = 4096
)

// passwords makes and checks hashes, two at a time at most: each keeps a
// processor busy for a good part of a second.
type passwords struct {
	iterations int
	slots      chan struct{}
}

func newPasswords(iterations int) *passwords {
	if iterations <= 0 {
		iterations = DefaultIterations
	}
	return &passwords{iterations: iterations, slots: make(chan struct{}, 2)}
}

// HashPassword returns the hash of a password in Django's form,
// "pbkdf2_sha256$<iterations>$<salt>$<hash>". It takes a good part of a second.
func HashPassword(password string) (string, error) {
	return newPasswords(0).encode(password)
}

// acquire waits until a hash may be made; release gives the slot back.
func (p *passwords) acquire(ctx context.Context) (release func(), err error) {
	select {
	case p.slots <- struct{}{}:
		return func() { <-p.slots }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for others who log in: %w", context.Cause(ctx))
	}
}

// encode hashes a password with a new salt.
func (p *passwords) encode(password string) (string, error) {
	h := hashed{iterations: p.iterations, salt: rand.Text()[:22]}
	sum, err := h.of(password)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s$%d$%s$%s", algorithm, h.iterations, h.salt, base64.StdEncoding.EncodeToString(sum)), nil
}

// fits says whether a password is the one that was encoded. It takes as long
// for what no password fits as for a hash of this host.
func (p *passwords) fits(encoded, password string) bool {
	if len(password) > maxPassword {
		return false
	}
	h, ok := parseHash(encoded)
	if !ok {
		p.burn(p.iterations)
		return false
	}
	sum, err := h.of(password)
	p.burn(p.iterations - h.iterations)
	return err == nil && subtle.ConstantTimeCompare(sum, h.sum) == 1
}

// burn does work whose outcome nobody needs.
func (p *passwords) burn(iterations int) {
	if iterations > 0 {
		_, _ = hashed{iterations: iterations, salt: "salt of nobody's password"}.of("")
	}
}

// hashed is a password's hash taken apart.
type hashed struct {
	iterations int
	salt       string
	sum        []byte
}

// parseHash reads Django's form; false for what no password fits, like "!…".
func parseHash(encoded string) (hashed, bool) {
	parts := strings.Split(encoded, "$")
	if len(parts) != 4 || parts[0] != algorithm || parts[2] == "" {
		return hashed{}, false
	}
	iterations, err := strconv.Atoi(parts[1])
	if err != nil || iterations < 1 || iterations > maxIterations {
		return hashed{}, false
	}
	sum, err := base64.StdEncoding.Strict().DecodeString(parts[3])
	if err != nil || len(sum) != sha256.Size {
		return hashed{}, false
	}
	return hashed{iterations, parts[2], sum}, true
}

// of hashes a password as h was.
func (h hashed) of(password string) ([]byte, error) {
	sum, err := pbkdf2.Key(sha256.New, password, []byte(h.salt), h.iterations, sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("hash a password: %w", err)
	}
	return sum, nil
}
