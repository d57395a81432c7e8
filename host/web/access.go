package web

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/pluggarr/pluggarr/host/auth"
	"github.com/pluggarr/pluggarr/host/store"
)

// gate keeps other sites' pages out. A browser lets them send requests to this
// machine, under a name of their own (DNS rebinding) or under its own.
type gate struct {
	loopback bool            // only names of this machine are answered to
	names    map[string]bool // further ones, in lower case
	origins  *http.CrossOriginProtection
}

func newGate(cfg Config) *gate {
	g := &gate{names: map[string]bool{}, origins: http.NewCrossOriginProtection()}
	g.loopback = isLoopback(hostname(cfg.Listen))
	for _, name := range cfg.AllowHosts {
		g.names[hostname(name)] = true
		for _, scheme := range []string{"http://", "https://"} {
			_ = g.origins.AddTrustedOrigin(scheme + strings.ToLower(name)) // what is no origin is sent by no browser
		}
	}
	return g
}

// guarded lets only requests through that no other site's page made.
func (s *server) guarded(g *gate, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := hostname(r.Host)
		if g.loopback && !isLoopback(name) && !g.names[name] {
			s.write(w, http.StatusMisdirectedRequest, detail{Detail: fmt.Sprintf(
				"This host listens for this machine only and does not answer to the name %q. "+
					"If that name is its own, start it with --allow-host %s.", name, name)})
			return
		}
		if err := g.origins.Check(r); err != nil {
			s.write(w, http.StatusForbidden, detail{Detail: "Another site's page may not send this request. " +
				"If the page is this host's own, start it with --allow-host and the page's host name."})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// hostname is the name in "name:port", in lower case, without port, brackets
// and the dot at the end.
func hostname(hostport string) string {
	name, _, err := net.SplitHostPort(hostport)
	if err != nil {
		name = strings.Trim(hostport, "[]")
	}
	return strings.ToLower(strings.TrimSuffix(name, "."))
}

// isLoopback says whether a name can only mean this machine.
func isLoopback(name string) bool {
	if name == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(name)
	return err == nil && addr.Unmap().IsLoopback()
}

// known lets only requests through whose sender it knows.
func (s *server) known(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		caller, err := s.auth.Caller(r)
		if err == nil {
			next.ServeHTTP(w, r.WithContext(withCaller(r.Context(), caller)))
			return
		}
		body, ok := unknown(err)
		if !ok {
			s.fail(w, &request{Request: r}, fmt.Errorf("find out who sent a request: %w", err))
			return
		}
		challenge(w)
		s.write(w, http.StatusUnauthorized, body)
	})
}

// unknown is Dispatcharr's answer to somebody who is not let in; false when err
// is about something else.
func unknown(err error) (detail, bool) {
	switch {
	case errors.Is(err, auth.ErrNoCredentials):
		return detail{
			Detail:  "Authentication credentials were not provided.",
			Message: "Send an API key as X-API-Key: <key>. The command pluggarr apikey makes one.",
		}, true
	case errors.Is(err, auth.ErrInvalidKey):
		return detail{Detail: "Invalid API key"}, true
	case errors.Is(err, auth.ErrInactive):
		return detail{Detail: "User inactive"}, true
	case errors.Is(err, auth.ErrInvalidToken):
		return detail{
			Detail: "Given token not valid for any token type", Code: "token_not_valid",
			Message:  "Log in again, or send an API key as X-API-Key: <key>.",
			Messages: []tokenMessage{{Class: "AccessToken", Type: "access", Message: "The " + err.Error()}},
		}, true
	}
	return detail{}, false
}

// permitted says why the caller may not use an endpoint.
func permitted(c auth.Caller, e endpoint) error {
	need := e.need
	if c.May(need) || e.own && c.Allows(need) {
		return nil
	}
	body := detail{
		Detail:  "You do not have permission to perform this action.",
		Message: "Only an admin may do this.",
	}
	switch {
	case need == store.ScopeRead && c.Allows(need):
		body.Message = "A streamer may do nothing here but look after their own account."
	case !c.Allows(need):
		body.Message = fmt.Sprintf("The key's scope is %q, this needs %q: pluggarr apikey --scope %s makes such a key.", c.Scope, need, need)
	}
	return &refusal{http.StatusForbidden, body}
}
