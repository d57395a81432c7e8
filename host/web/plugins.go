package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/pluggarr/pluggarr/host/registry"
	"github.com/pluggarr/pluggarr/host/settings"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// listPlugins answers with all plugins, as the folder is now.
func (s *server) listPlugins(w http.ResponseWriter, r *request) error {
	if err := s.rescan(r); err != nil {
		return err
	}
	entries := s.plugins.Entries(r.Context())
	for i := range entries {
		entries[i] = r.shown(entries[i])
	}
	s.write(w, http.StatusOK, struct {
		Plugins []registry.Entry `json:"plugins"`
	}{entries})
	return nil
}

// onePlugin answers with one plugin, as its folder is now.
func (s *server) onePlugin(w http.ResponseWriter, r *request) error {
	if err := s.rescan(r); err != nil {
		return err
	}
	entry, err := s.plugins.Entry(r.Context(), r.key)
	if err != nil {
		return err
	}
	s.write(w, http.StatusOK, r.shown(entry))
	return nil
}

// reload loads every enabled plugin anew. The body is ignored.
func (s *server) reload(w http.ResponseWriter, r *request) error {
	if _, err := r.read(w, maxBody); err != nil {
		return err
	}
	ctx := context.WithoutCancel(r.Context()) // half of it done would be worse than a caller gone
	if err := s.plugins.Reload(ctx); err != nil {
		return err
	}
	s.write(w, http.StatusOK, struct {
		Success bool `json:"success"`
		Count   int  `json:"count"`
	}{true, len(s.plugins.Entries(ctx))})
	return nil
}

// setEnabled switches a plugin on or off.
func (s *server) setEnabled(w http.ResponseWriter, r *request) error {
	body, err := r.body(w, maxBody, "enabled")
	if err != nil {
		return err
	}
	if !body.given("enabled") {
		return refuse(http.StatusBadRequest, "Missing 'enabled' boolean", `The body has to say {"enabled": true} or false.`)
	}
	on, ok := truth(body["enabled"])
	if !ok {
		return refuse(http.StatusBadRequest, "Invalid 'enabled' boolean", `The body has to say {"enabled": true} or false.`)
	}
	// What is switched on is what lies in the folder now, mistakes included.
	if err := s.rescan(r); err != nil {
		return err
	}
	if err := s.plugins.SetEnabled(r.Context(), r.key, on); err != nil {
		return err
	}
	entry, err := s.plugins.Entry(r.Context(), r.key)
	if err != nil {
		return err
	}
	s.write(w, http.StatusOK, struct {
		Success     bool           `json:"success"`
		Enabled     bool           `json:"enabled"`
		EverEnabled bool           `json:"ever_enabled"`
		Plugin      registry.Entry `json:"plugin"`
	}{true, entry.Enabled, entry.EverEnabled, r.shown(entry)})
	return nil
}

// rescan takes in what has changed in the plugins folder. It goes on when the
// caller has gone: a change that was seen and not acted on would be lost.
func (s *server) rescan(r *request) error {
	return s.plugins.Rescan(context.WithoutCancel(r.Context()))
}

// found does something with a plugin, and again after a look into the folder
// when there was no such plugin: it may be new.
func (s *server) found(r *request, do func() error) error {
	err := do()
	if !errors.Is(err, registry.ErrNotFound) {
		return err
	}
	if err := s.rescan(r); err != nil {
		return err
	}
	return do()
}

// truth reads a boolean as Dispatcharr does: true, false, 0, 1 and the usual
// words for them.
func truth(raw json.RawMessage) (on, ok bool) {
	word := string(bytes.TrimSpace(raw))
	var text string
	if json.Unmarshal(raw, &text) == nil {
		word = strings.ToLower(strings.TrimSpace(text))
		switch word {
		case "yes", "y", "on":
			return true, true
		case "no", "n", "off":
			return false, true
		}
	}
	switch word {
	case "true", "1":
		return true, true
	case "false", "0":
		return false, true
	}
	return false, false
}

// shown is an entry as the caller may see it. Settings are an admin's, and so
// is what a plugin's code, its output and its folder would give away.
func (r *request) shown(e registry.Entry) registry.Entry {
	if e.Logo {
		at := r.base() + pluginsPath + url.PathEscape(e.Key) + "/logo/"
		e.LogoURL = &at
	}
	if r.caller.Admin() {
		if e.Unfit == nil {
			e.Unfit = []settings.FieldError{}
		}
		return e
	}
	e.Settings, e.Secrets, e.Unfit = nil, nil, nil
	if e.Error != nil {
		public := registry.Failure{Message: e.Error.Message, Fault: e.Error.Fault, Hint: e.Error.Hint}
		for _, p := range e.Error.Problems {
			public.Problems = append(public.Problems, wire.Problem{File: p.File, Line: p.Line, Column: p.Column, Message: p.Message})
		}
		e.Error = &public
	}
	return e
}

// base is how the caller reaches this host, as in "http://localhost:9191".
func (r *request) base() string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}
