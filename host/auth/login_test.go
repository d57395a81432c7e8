package auth_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/pluggarr/pluggarr/host/auth"
	"github.com/pluggarr/pluggarr/host/store"
)

const password = "correct horse"

// account makes a user with the password.
func (h *house) account(tb testing.TB, name string, active bool) *store.User {
	tb.Helper()
	encoded, err := h.auth.HashPassword(tb.Context(), password)
	must(tb, err)
	user := &store.User{Username: name, Password: encoded, UserLevel: 1, IsActive: active}
	must(tb, h.store.CreateUser(tb.Context(), user))
	return user
}

func (h *house) login(tb testing.TB, name, word, address string) (auth.Tokens, error) {
	tb.Helper()
	return h.auth.Login(tb.Context(), auth.Login{Username: name, Password: word, Address: address})
}

// bearer is the error for a request with a token.
func (h *house) bearer(tb testing.TB, token string) error {
	tb.Helper()
	_, err := h.auth.Caller(request(tb.Context(), "Authorization", "Bearer "+token))
	return err
}

func TestLogin(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ann := h.account(t, "ann", true)
	h.account(t, "off", false)
	for _, tt := range []struct{ name, user, password string }{
		{"wrong password", "ann", "correct horsE"},
		{"no password", "ann", ""},
		{"another case", "Ann", password},
		{"nobody", "nobody", password},
		{"locked out", "off", password},
		{"no password fits", "admin", "!"},
	} {
		if tokens, err := h.login(t, tt.user, tt.password, tt.name); !errors.Is(err, auth.ErrNoAccount) || tokens != (auth.Tokens{}) {
			t.Errorf("%s: Login() = %v, %v, want %v", tt.name, tokens, err, auth.ErrNoAccount)
		}
	}
	tokens, err := h.login(t, "ann", password, "")
	must(t, err)
	caller, err := h.auth.Caller(request(t.Context(), "Authorization", "bearer "+tokens.Access, "X-API-Key", h.keys["admin"]))
	must(t, err)
	if want := (auth.Caller{UserID: ann.ID, Name: "ann", Level: 1, Scope: store.ScopeAdmin}); caller != want {
		t.Errorf("Caller() = %+v, want %+v", caller, want)
	}
	h.auth.Close()
	user, err := h.store.UserByID(t.Context(), ann.ID)
	must(t, err)
	if !user.LastLogin.Equal(h.now.UTC().Truncate(time.Microsecond)) {
		t.Errorf("last login %v, want %v", user.LastLogin, h.now)
	}
}

func TestTokensEnd(t *testing.T) {
	t.Parallel()
	change := func(change func(*store.User)) func(*house, *store.User) error {
		return func(h *house, user *store.User) error {
			_, err := h.store.UpdateUser(t.Context(), user.ID, func(u *store.User) error { change(u); return nil })
			return err
		}
	}
	for _, tt := range []struct {
		name            string
		do              func(h *house, user *store.User) error
		access, refresh error
	}{
		{"at first", func(*house, *store.User) error { return nil }, nil, nil},
		{"shortly before they expire", func(h *house, _ *store.User) error { h.now = h.now.Add(29 * time.Minute); return nil }, nil, nil},
		{"the access token has expired", func(h *house, _ *store.User) error {
			h.now = h.now.Add(31 * time.Minute)
			return nil
		}, auth.ErrInvalidToken, nil},
		{"both have expired", func(h *house, _ *store.User) error {
			h.now = h.now.Add(25 * time.Hour)
			return nil
		}, auth.ErrInvalidToken, auth.ErrInvalidToken},
		{"made in the future", func(h *house, _ *store.User) error {
			h.now = h.now.Add(-time.Hour)
			return nil
		}, auth.ErrInvalidToken, auth.ErrInvalidToken},
		{"the user is deleted", func(h *house, u *store.User) error {
			return h.store.DeleteUser(t.Context(), u.ID)
		}, auth.ErrInvalidToken, auth.ErrInvalidToken},
		{"the user is locked out", change(func(u *store.User) { u.IsActive = false }), auth.ErrInactive, auth.ErrInactive},
		{"the password is another", change(func(u *store.User) { u.Password += "x" }), auth.ErrInvalidToken, auth.ErrInvalidToken},
		{"something else is changed", change(func(u *store.User) { u.Email = "x" }), nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			ann := h.account(t, "ann", true)
			tokens, err := h.login(t, "ann", password, "")
			must(t, err)
			must(t, tt.do(h, ann))
			if err := h.bearer(t, tokens.Access); !errors.Is(err, tt.access) {
				t.Errorf("the access token: %v, want %v", err, tt.access)
			}
			if _, err := h.auth.Refresh(t.Context(), tokens.Refresh); !errors.Is(err, tt.refresh) {
				t.Errorf("the refresh token: %v, want %v", err, tt.refresh)
			}
			if err := h.bearer(t, tokens.Refresh); !errors.Is(err, auth.ErrInvalidToken) && !errors.Is(err, tt.access) {
				t.Errorf("the refresh token as an access token: %v", err)
			}
			if _, err := h.auth.Refresh(t.Context(), tokens.Access); err == nil {
				t.Error("the access token is taken for a refresh token")
			}
		})
	}
}

// Tokens that somebody else made, or changed.
func TestForgedTokens(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.account(t, "ann", true)
	tokens, err := h.login(t, "ann", password, "")
	must(t, err)
	good := map[string]any{}
	parts := strings.Split(tokens.Access, ".")
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	must(t, err)
	must(t, json.Unmarshal(text, &good))
	if good["user_id"] == nil || good["jti"] == "" || strings.Contains(string(text), "pbkdf2") {
		t.Errorf("the token says %s", text)
	}
	own, err := os.ReadFile(h.keyFile)
	must(t, err)
	for _, tt := range []struct {
		name   string
		method jwt.SigningMethod
		key    any
		change map[string]any
		ok     bool
	}{
		{"as it is", jwt.SigningMethodHS256, own, nil, true},
		{"alg none", jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil, false},
		{"another key", jwt.SigningMethodHS256, make([]byte, 32), nil, false},
		{"an empty key", jwt.SigningMethodHS256, []byte{}, nil, false},
		{"another hash", jwt.SigningMethodHS512, own, nil, false},
		{"no expiry", jwt.SigningMethodHS256, own, map[string]any{"exp": nil}, false},
		{"no time", jwt.SigningMethodHS256, own, map[string]any{"iat": nil}, false},
		{"for somebody else", jwt.SigningMethodHS256, own, map[string]any{"aud": "other"}, false},
		{"from somebody else", jwt.SigningMethodHS256, own, map[string]any{"iss": "other"}, false},
		{"another type", jwt.SigningMethodHS256, own, map[string]any{"token_type": "sliding"}, false},
		{"no type", jwt.SigningMethodHS256, own, map[string]any{"token_type": nil}, false},
		{"another user", jwt.SigningMethodHS256, own, map[string]any{"user_id": strconv.FormatInt(h.admin.ID, 10)}, false},
		{"no user", jwt.SigningMethodHS256, own, map[string]any{"user_id": ""}, false},
		{"no fingerprint", jwt.SigningMethodHS256, own, map[string]any{"hash_password": nil}, false},
		{"not yet", jwt.SigningMethodHS256, own, map[string]any{"nbf": h.now.Add(time.Hour).Unix()}, false},
	} {
		said := jwt.MapClaims(maps.Clone(good))
		for name, value := range tt.change {
			said[name] = value
			if value == nil {
				delete(said, name)
			}
		}
		raw, err := jwt.NewWithClaims(tt.method, said).SignedString(tt.key)
		must(t, err)
		if err := h.bearer(t, raw); (err == nil) != tt.ok || !tt.ok && !errors.Is(err, auth.ErrInvalidToken) {
			t.Errorf("%s: %v, want it taken: %t", tt.name, err, tt.ok)
		}
	}
	for _, raw := range []string{"", "x", "..", parts[0] + "." + parts[1] + ".", tokens.Access + "=", tokens.Access + ".x", strings.Repeat("a.", 1000)} {
		if err := h.bearer(t, raw); !errors.Is(err, auth.ErrInvalidToken) {
			t.Errorf("%.40q: %v, want %v", raw, err, auth.ErrInvalidToken)
		}
	}
}

func FuzzToken(f *testing.F) {
	h := newHouse(f)
	h.account(f, "ann", true)
	tokens, err := h.login(f, "ann", password, "")
	must(f, err)
	f.Add(tokens.Access)
	f.Add(tokens.Refresh)
	f.Add("e30.e30.")
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Fuzz(func(t *testing.T, raw string) {
		if strings.TrimSpace(raw) == tokens.Access {
			return
		}
		if err := h.bearer(t, raw); !errors.Is(err, auth.ErrInvalidToken) {
			t.Errorf("%q: %v, want %v", raw, err, auth.ErrInvalidToken)
		}
	})
}

func TestThrottle(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.account(t, "ann", true)
	h.account(t, "ben", true)
	fail := func(user, address string, times int) {
		t.Helper()
		for range times {
			if _, err := h.login(t, user, "guess", address); !errors.Is(err, auth.ErrNoAccount) {
				t.Fatalf("a guess from %s: %v, want %v", address, err, auth.ErrNoAccount)
			}
		}
	}
	put := func(user, address string, after time.Duration) {
		t.Helper()
		_, err := h.login(t, user, password, address)
		var throttled *auth.ThrottledError
		switch {
		case after == 0 && err != nil:
			t.Errorf("%s from %s: %v, want them let in", user, address, err)
		case after != 0 && (!errors.As(err, &throttled) || throttled.After != after):
			t.Errorf("%s from %s: %v, want them put off by %v", user, address, err, after)
		}
	}
	// Who logs in rightly is never counted.
	for range 20 {
		put("ann", "192.0.2.1", 0)
	}
	// An address, whatever the account; its neighbours are not meant.
	fail("ann", "192.0.2.1", 3)
	fail("nobody", "192.0.2.1", 2)
	put("ann", "192.0.2.1", time.Minute)
	put("ann", "192.0.2.2", 0)
	put("ann", "::ffff:192.0.2.1", time.Minute)
	// A network of IPv6 is one address.
	fail("nobody else", "2001:db8::1", 5)
	put("ben", "2001:db8::2:3", time.Minute)
	put("ben", "2001:db8:0:1::1", 0)
	// Waiting helps, also who keeps trying.
	h.now = h.now.Add(59 * time.Second)
	put("ann", "192.0.2.1", time.Second)
	h.now = h.now.Add(time.Second)
	put("ann", "192.0.2.1", 0)
	// An account, whatever the address, whether or not it exists.
	for _, user := range []string{"ben", "ghost"} {
		for i := range 10 {
			fail(user, fmt.Sprintf("198.51.100.%d", i), 1)
		}
		put(user, "203.0.113.1", 5*time.Minute)
		h.now = h.now.Add(time.Minute)
	}
	put("ben", "203.0.113.2", 3*time.Minute)
	put("ann", "203.0.113.3", 0)
}

func TestSetup(t *testing.T) {
	t.Parallel()
	h := newHouse(t) // its admin has keys, and no password
	first := func(token, name string) error {
		return h.auth.FirstAdmin(t.Context(), token, &store.User{Username: name, Password: password})
	}
	if err := first("", "root"); !errors.Is(err, auth.ErrSetupToken) || h.auth.SetupOpen() {
		t.Errorf("before a token is made: %v, open %t", err, h.auth.SetupOpen())
	}
	stale, err := h.auth.OpenSetup(t.Context())
	must(t, err)
	token, err := h.auth.OpenSetup(t.Context())
	must(t, err)
	for name, wrong := range map[string]string{"none": "", "the one before": stale, "longer": token + "x"} {
		if err := first(wrong, "root"); !errors.Is(err, auth.ErrSetupToken) {
			t.Errorf("%s: %v, want %v", name, err, auth.ErrSetupToken)
		}
	}
	h.now = h.now.Add(59 * time.Minute)
	var invalid auth.Invalid
	if err := first(token, "no good name"); !errors.As(err, &invalid) || len(invalid["username"]) != 1 {
		t.Errorf("a bad name: %v", err)
	}
	if err := h.auth.FirstAdmin(t.Context(), token, &store.User{Username: "root", Password: "short"}); !errors.As(err, &invalid) {
		t.Errorf("a bad password: %v", err)
	}
	if err := first(token, "bob"); !errors.Is(err, store.ErrUserExists) {
		t.Errorf("the name of a standard user: %v, want %v", err, store.ErrUserExists)
	}
	must(t, first(token, "root"))
	if _, err := h.login(t, "root", password, ""); err != nil {
		t.Errorf("the first admin cannot log in: %v", err)
	}
	if err := first(token, "root2"); !errors.Is(err, auth.ErrSetupToken) || h.auth.SetupOpen() {
		t.Errorf("a second time: %v, open %t", err, h.auth.SetupOpen())
	}
	if token, err := h.auth.OpenSetup(t.Context()); token != "" || err != nil {
		t.Errorf("OpenSetup() with an admin = %q, %v", token, err)
	}
}

func TestSetupEnds(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	token, err := h.auth.OpenSetup(t.Context())
	must(t, err)
	h.now = h.now.Add(time.Hour)
	if err := h.auth.FirstAdmin(t.Context(), token, &store.User{Username: "root", Password: password}); !errors.Is(err, auth.ErrSetupToken) {
		t.Errorf("after an hour: %v, want %v", err, auth.ErrSetupToken)
	}
}

func TestKeyFile(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.account(t, "ann", true)
	tokens, err := h.login(t, "ann", password, "")
	must(t, err)
	info, err := os.Stat(h.keyFile)
	must(t, err)
	left, err := filepath.Glob(filepath.Join(filepath.Dir(h.keyFile), ".*"))
	if info.Mode().Perm() != 0o600 || info.Size() != sha256.Size || err != nil || len(left) > 0 {
		t.Errorf("the key file is %v, %d bytes; beside it are %v", info.Mode(), info.Size(), left)
	}
	open := func(file string) (*house, error) {
		again := *h
		var err error
		again.auth, err = auth.New(auth.Config{Store: h.store, KeyFile: file, Now: func() time.Time { return h.now }})
		return &again, err
	}
	again, err := open(h.keyFile)
	must(t, err)
	must(t, again.bearer(t, tokens.Access))
	other, err := open("")
	must(t, err)
	if err := other.bearer(t, tokens.Access); !errors.Is(err, auth.ErrInvalidToken) {
		t.Errorf("with another key: %v, want %v", err, auth.ErrInvalidToken)
	}
	must(t, os.WriteFile(h.keyFile, []byte("short"), 0o600))
	if _, err := open(h.keyFile); err == nil || !strings.Contains(err.Error(), h.keyFile) {
		t.Errorf("New() with a bad key file: %v, want an error that names it", err)
	}
}

func TestUsername(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"ann": "ann", "Ann.B-c_d+1@example.org": "Ann.B-c_d+1@example.org", "Ämü世": "Ämü世", "ﬁ": "fi", strings.Repeat("x", 150): strings.Repeat("x", 150),
		"": "", "a b": "", "a\n": "", "a\x00": "", "<b>": "", "a/b": "", "a\u202eb": "", strings.Repeat("x", 151): "",
	} {
		got, err := auth.Username(in)
		var invalid auth.Invalid
		if got != want || (err != nil) != (want == "") || err != nil && !errors.As(err, &invalid) {
			t.Errorf("Username(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
}

// BenchmarkLogin shows that it takes as long for nobody as for somebody.
func BenchmarkLogin(b *testing.B) {
	h := newHouse(b)
	var err error
	h.auth, err = auth.New(auth.Config{Store: h.store, Now: func() time.Time { h.now = h.now.Add(time.Hour); return h.now }})
	must(b, err)
	b.Cleanup(h.auth.Close)
	h.account(b, "ann", true)
	for _, user := range []string{"ann", "nobody", "admin"} {
		b.Run(user, func(b *testing.B) {
			for b.Loop() {
				if _, err := h.login(b, user, "wrong", ""); !errors.Is(err, auth.ErrNoAccount) {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkToken(b *testing.B) {
	h := newHouse(b)
	h.account(b, "ann", true)
	tokens, err := h.login(b, "ann", password, "")
	must(b, err)
	for b.Loop() {
		if err := h.bearer(b, tokens.Access); err != nil {
			b.Fatal(err)
		}
	}
}
