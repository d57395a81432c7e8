package web_test

import (
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/pluggarr/pluggarr/host/auth"
	"github.com/pluggarr/pluggarr/host/store"
)

// password is everybody's.
const password = "correct horse"

// nobodies are all who are not let in.
var nobodies = []string{
	"none", "wrong", "revoked", "inactive",
	"expired", "alg none", "other key", "refresh", "deleted", "disabled", "password changed",
}

// tokens makes users with passwords and tokens in every condition, by what they are.
func (h *house) tokens(s *store.Store, db *sql.DB) {
	h.tb.Helper()
	login := func(name string, change auth.Config) auth.Tokens {
		change.Store, change.Iterations = s, 10
		a, err := auth.New(change)
		h.must(err)
		defer a.Close()
		tokens, err := a.Login(h.tb.Context(), auth.Login{Username: name, Password: password})
		h.must(err)
		return tokens
	}
	maker, err := auth.New(auth.Config{Store: s, Iterations: 10})
	h.must(err)
	hash, err := maker.HashPassword(h.tb.Context(), password)
	h.must(err)
	ids := map[string]int64{}
	for name, level := range map[string]int{"ann": store.LevelAdmin, "sam": 1, "deleted": 1, "disabled": store.LevelAdmin, "changed": store.LevelAdmin} {
		user := &store.User{Username: name, Password: hash, UserLevel: level, IsActive: true}
		h.must(s.CreateUser(h.tb.Context(), user))
		ids[name] = user.ID
	}
	own := auth.Config{KeyFile: h.keyFile}
	put := func(name, token string) { h.keys[name] = "Bearer " + token }
	admin := login("ann", own)
	put("admin token", admin.Access)
	put("refresh", admin.Refresh)
	put("standard token", login("sam", own).Access)
	put("deleted", login("deleted", own).Access)
	put("disabled", login("disabled", own).Access)
	put("password changed", login("changed", own).Access)
	put("expired", login("ann", auth.Config{KeyFile: h.keyFile, Now: func() time.Time { return time.Now().Add(-time.Hour) }}).Access)
	put("other key", login("ann", auth.Config{}).Access)
	said := jwt.MapClaims{}
	text, err := base64.RawURLEncoding.DecodeString(strings.Split(admin.Access, ".")[1])
	h.must(err)
	h.must(json.Unmarshal(text, &said))
	unsigned, err := jwt.NewWithClaims(jwt.SigningMethodNone, said).SignedString(jwt.UnsafeAllowNoneSignatureType)
	h.must(err)
	put("alg none", unsigned)
	for _, change := range []string{
		"DELETE FROM accounts_user WHERE username = 'deleted'",
		"UPDATE accounts_user SET is_active = 0 WHERE username = 'disabled'",
		"UPDATE accounts_user SET password = password || 'x' WHERE username = 'changed'",
	} {
		_, err := db.ExecContext(h.tb.Context(), change)
		h.must(err)
	}
}
