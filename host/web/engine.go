package web

import (
	"encoding/json"
	"net/http"

	"github.com/pluggarr/pluggarr/host/registry"
)

// setEngine wishes for what should run a Go plugin.
func (s *server) setEngine(w http.ResponseWriter, r *request) error {
	body, err := r.body(w, maxBody, "engine")
	if err != nil {
		return err
	}
	var wish *string
	if json.Unmarshal(body["engine"], &wish) != nil || wish == nil {
		return registry.ErrEngine
	}
	if err := s.plugins.SetEngine(r.Context(), r.key, *wish); err != nil {
		return err
	}
	entry, err := s.plugins.Entry(r.Context(), r.key)
	if err != nil {
		return err
	}
	s.write(w, http.StatusOK, struct {
		Success bool           `json:"success"`
		Plugin  registry.Entry `json:"plugin"`
	}{true, r.shown(entry)})
	return nil
}
