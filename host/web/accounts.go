package web

import (
	"errors"
	"math"
	"net"
	"net/http"
	"strconv"
	"strings"

	"github.com/pluggarr/pluggarr/host/auth"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/sdk"
)

// accountsPath is where the API of users and keys begins, as in Dispatcharr.
const accountsPath = "/api/accounts/"

// accountRoutes lists the API of users and keys for those who are known.
func (s *server) accountRoutes() []route {
	const read, admin = store.ScopeRead, store.ScopeAdmin
	return []route{
		{accountsPath + "auth/logout/", methods{http.MethodPost: {need: read, own: true, serve: s.logout}}},
		{accountsPath + "users/", methods{
			http.MethodGet:  {need: admin, serve: account(s.listUsers)},
			http.MethodPost: {need: admin, serve: account(s.createUser)},
		}},
		{accountsPath + "users/me/", methods{
			http.MethodGet:   {need: read, own: true, serve: account(s.me)},
			http.MethodPatch: {need: admin, own: true, serve: account(s.changeMe)},
		}},
		{accountsPath + "users/{id}/", methods{
			http.MethodGet:    {need: admin, serve: account(s.oneUser)},
			http.MethodPatch:  {need: admin, serve: account(s.changeUser)},
			http.MethodDelete: {need: admin, serve: account(s.deleteUser)},
		}},
		{accountsPath + "api-keys/", methods{http.MethodGet: {need: read, own: true, serve: account(s.listKeys)}}},
		{accountsPath + "api-keys/generate/", methods{http.MethodPost: {need: admin, own: true, serve: account(s.generateKey)}}},
		{accountsPath + "api-keys/revoke/", methods{http.MethodPost: {need: admin, own: true, serve: account(s.revokeKeys)}}},
	}
}

// openRoutes lists what is answered to anybody: how to become known.
func (s *server) openRoutes() []route {
	return []route{
		{accountsPath + "token/", methods{http.MethodPost: {open: true, serve: account(s.login)}}},
		{accountsPath + "auth/login/", methods{http.MethodPost: {open: true, serve: account(s.login)}}},
		{accountsPath + "token/refresh/", methods{http.MethodPost: {open: true, serve: account(s.refresh)}}},
		{accountsPath + "initialize-superuser/", methods{
			http.MethodGet:  {open: true, serve: account(s.firstAdmin)},
			http.MethodPost: {open: true, serve: account(s.makeFirstAdmin)},
		}},
	}
}

// account makes the answers to what can go wrong with accounts.
func account(do serve) serve {
	return func(w http.ResponseWriter, r *request) error {
		err := do(w, r)
		var throttled *auth.ThrottledError
		var invalid auth.Invalid
		switch {
		case errors.As(err, &invalid):
			return &refusal{http.StatusBadRequest, invalid}
		case errors.As(err, &throttled):
			seconds := strconv.Itoa(int(math.Ceil(throttled.After.Seconds())))
			w.Header().Set("Retry-After", seconds)
			return &refusal{http.StatusTooManyRequests, detail{
				Detail: "Request was throttled. Expected available in " + seconds + " seconds.",
			}}
		case errors.Is(err, auth.ErrNoAccount):
			challenge(w)
			return &refusal{http.StatusUnauthorized, detail{Detail: "No active account found with the given credentials"}}
		case errors.Is(err, auth.ErrInvalidToken), errors.Is(err, auth.ErrInactive):
			challenge(w)
			return &refusal{http.StatusUnauthorized, detail{
				Detail: "Token is invalid or expired", Code: "token_not_valid", Message: "Log in again.",
			}}
		case errors.Is(err, store.ErrUserExists):
			return &refusal{http.StatusBadRequest, auth.Invalid{"username": {"A user with that username already exists."}}}
		case errors.Is(err, store.ErrLastAdmin):
			return &refusal{http.StatusBadRequest, detail{
				Detail:  "The last admin cannot be deleted, demoted or locked out.",
				Message: "Make somebody else an admin first.",
			}}
		case errors.Is(err, store.ErrNotFound):
			return notFound("")
		}
		return err
	}
}

func notFound(message string) error {
	return &refusal{http.StatusNotFound, detail{Detail: "Not found.", Message: message}}
}

// challenge says how to become known, beside a 401.
func challenge(w http.ResponseWriter) {
	w.Header().Set("WWW-Authenticate", `Bearer realm="api"`)
}

// login answers with tokens for a user name and a password.
func (s *server) login(w http.ResponseWriter, r *request) error {
	v, err := r.account(w, "username", "password")
	if err != nil {
		return err
	}
	v.need("username", "password")
	name, _ := v.text("username", maxAccount)
	password, _ := v.text("password", maxAccount)
	if err := v.err(); err != nil {
		return err
	}
	tokens, err := s.auth.Login(r.Context(), auth.Login{Username: name, Password: password, Address: r.address()})
	if err != nil {
		s.log.Warn("a login failed", "address", r.address(), "error", err)
		if s.loginFailed != nil && errors.Is(err, auth.ErrNoAccount) {
			s.loginFailed(r.Context(), sdk.LoginFailed{User: shortened(name), ClientIP: r.address(), UserAgent: shortened(r.UserAgent()), Reason: err.Error()})
		}
		return err
	}
	s.write(w, http.StatusOK, tokens)
	return nil
}

// shortened is at most 200 bytes of a text that somebody sent.
func shortened(text string) string {
	return strings.ToValidUTF8(text[:min(len(text), 200)], "")
}

// refresh answers with a new access token.
func (s *server) refresh(w http.ResponseWriter, r *request) error {
	v, err := r.account(w, "refresh")
	if err != nil {
		return err
	}
	v.need("refresh")
	token, _ := v.text("refresh", maxAccount)
	if err := v.err(); err != nil {
		return err
	}
	access, err := s.auth.Refresh(r.Context(), token)
	if err != nil {
		return err
	}
	s.write(w, http.StatusOK, struct {
		Access string `json:"access"`
	}{access})
	return nil
}

// logout only says so: tokens end by themselves. The body is ignored.
func (s *server) logout(w http.ResponseWriter, r *request) error {
	if _, err := r.read(w, maxAccount); err != nil {
		return err
	}
	s.write(w, http.StatusOK, struct {
		Message string `json:"message"`
	}{"Logout successful"})
	return nil
}

// setupState says whether the first admin is still to be made.
type setupState struct {
	Exists   bool   `json:"superuser_exists"`
	ClientIP string `json:"client_ip,omitempty"`
	Allowed  *bool  `json:"setup_allowed,omitempty"`
}

// firstAdmin says whether the first admin is still to be made.
func (s *server) firstAdmin(w http.ResponseWriter, r *request) error {
	exists, err := s.users.HasLoginAdmin(r.Context())
	if err != nil {
		return err
	}
	state := setupState{Exists: exists}
	if !exists {
		open := s.auth.SetupOpen()
		state.ClientIP, state.Allowed = r.address(), &open
	}
	s.write(w, http.StatusOK, state)
	return nil
}

// setupError is how Dispatcharr answers when the first admin is not made.
type setupError struct {
	Error string `json:"error"`
}

// makeFirstAdmin makes the first admin for whoever has the token that was printed.
func (s *server) makeFirstAdmin(w http.ResponseWriter, r *request) error {
	v, err := r.account(w, "username", "password", "email", "token")
	if err != nil {
		return err
	}
	token, ok := v.text("token", maxAccount)
	if !ok {
		token = r.Header.Get("X-Setup-Token")
	}
	v.need("username", "password")
	user := &store.User{}
	user.Username, _ = v.text("username", maxAccount)
	user.Password, _ = v.text("password", maxAccount)
	user.Email, _ = v.email("email")
	exists, err := s.users.HasLoginAdmin(r.Context())
	if err != nil {
		return err
	}
	if exists {
		return &refusal{http.StatusForbidden, setupError{"There is an admin already: log in, or run pluggarr user passwd on the host's machine."}}
	}
	// Values are looked at once the token is right.
	if err = v.err(); err == nil || !s.auth.IsSetup(token) {
		err = s.auth.FirstAdmin(r.Context(), token, user)
	}
	var invalid auth.Invalid
	switch {
	case errors.Is(err, auth.ErrSetupToken), errors.Is(err, store.ErrAdminExists):
		return &refusal{http.StatusForbidden, setupError{"This needs the one-time token of the link that the host printed when it started: " +
			`send it as "token". It is good for an hour; a restart prints another. ` +
			"Without it, run pluggarr user add NAME --level 10 on the host's machine."}}
	case errors.As(err, &invalid):
		return &refusal{http.StatusBadRequest, setupError{invalid.Error()}}
	case errors.Is(err, store.ErrUserExists):
		return &refusal{http.StatusBadRequest, setupError{"username: it belongs to somebody who is not an admin."}}
	case err != nil:
		return err
	}
	s.log.Info("the first admin was made", "user", user.Username, "address", r.address())
	s.write(w, http.StatusOK, setupState{Exists: true})
	return nil
}

// address is the IP address the request came from. What proxies say about it is
// not believed.
func (r *request) address() string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
