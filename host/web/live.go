package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/pluggarr/pluggarr/host/auth"
	"github.com/pluggarr/pluggarr/host/hub"
	"github.com/pluggarr/pluggarr/host/store"
)

// live opens a WebSocket, for those who may look. A browser cannot send headers
// with it, so that a token is also taken from the query, as in Dispatcharr.
func (s *server) live(g *gate) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.hub == nil {
			s.nothing(w, r)
			return
		}
		if r.Method != http.MethodGet || !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
			w.Header().Set("Upgrade", "websocket")
			s.write(w, http.StatusUpgradeRequired, detail{Detail: "This is a WebSocket: connect with ws:// or wss://."})
			return
		}
		// To the rules a WebSocket is a GET, which any page may send; but it can be read.
		asPost := r.Clone(r.Context())
		asPost.Method = http.MethodPost
		if err := g.origins.Check(asPost); err != nil {
			s.write(w, http.StatusForbidden, detail{Detail: "Another site's page may not listen here. " +
				"If the page is this host's own, start it with --allow-host and the page's host name."})
			return
		}
		caller, err := s.listener(r)
		if err == nil {
			err = permitted(caller, endpoint{need: store.ScopeRead})
		}
		if err != nil {
			s.turnAway(w, r, err)
			return
		}
		if err := s.hub.Serve(w, r, s.viewer(r, caller)); err != nil { //nolint:contextcheck // a connection does not end with its request's context
			s.log.Debug("a WebSocket was not opened", "error", err)
		}
	}
}

// listener finds out who wants to listen.
func (s *server) listener(r *http.Request) (auth.Caller, error) {
	if token := r.URL.Query().Get("token"); token != "" {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return s.auth.Caller(r)
}

// turnAway answers who may not listen. Dispatcharr closes before it accepts,
// which is a 403 to clients.
func (s *server) turnAway(w http.ResponseWriter, r *http.Request, err error) {
	if body, ok := unknown(err); ok {
		s.write(w, http.StatusForbidden, body)
		return
	}
	s.fail(w, &request{Request: r}, fmt.Errorf("find out who wants to listen: %w", err))
}

// viewer is the caller of r as the hub knows them. Who would not be let in any
// more, with the same key or token and at the same level, hears no more.
func (s *server) viewer(r *http.Request, c auth.Caller) hub.Viewer {
	return hub.Viewer{Admin: c.Admin(), Still: func(ctx context.Context) bool {
		now, err := s.listener(r.WithContext(ctx))
		return err == nil && now.Level >= c.Level
	}}
}
