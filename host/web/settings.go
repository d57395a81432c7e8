package web

import (
	"encoding/json"
	"net/http"

	"github.com/pluggarr/pluggarr/host/registry"
)

// saveSettings replaces the settings of a plugin.
func (s *server) saveSettings(w http.ResponseWriter, r *request) error {
	body, err := r.body(w, maxBody, "settings")
	if err != nil {
		return err
	}
	values, ok := body["settings"]
	if !ok {
		return refuse(http.StatusBadRequest, "Missing 'settings'", `The body has to say {"settings": {…}}, with all of them.`)
	}
	var saved registry.Saved
	err = s.found(r, func() error {
		var err error
		saved, err = s.plugins.SaveSettings(r.Context(), r.key, values)
		return err
	})
	if err != nil {
		return err
	}
	s.write(w, http.StatusOK, struct {
		Success  bool            `json:"success"`
		Settings json.RawMessage `json:"settings"`
		Secrets  map[string]bool `json:"secrets"`
		Unknown  []string        `json:"unknown,omitempty"`
	}{true, saved.Settings, saved.Secrets, saved.Unknown})
	return nil
}
