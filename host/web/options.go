package web

import (
	"encoding/json"
	"net/http"

	"github.com/pluggarr/pluggarr/sdk"
)

// options lists the choices of a settings field that the plugin knows.
func (s *server) options(w http.ResponseWriter, r *request) error {
	body, err := r.body(w, maxBody, "field", "settings")
	if err != nil {
		return err
	}
	var field string
	if json.Unmarshal(body["field"], &field) != nil || field == "" {
		return refuse(http.StatusBadRequest, "Missing 'field'", `The body has to say {"field": "<name>"}: a field whose schema says x-options.`)
	}
	var values json.RawMessage
	if body.given("settings") {
		values = body["settings"]
	}
	list := []sdk.Option{}
	err = s.found(r, func() error {
		found, err := s.plugins.Options(r.Context(), r.key, field, values)
		list = append(list, found...)
		return err
	})
	if err != nil {
		return err
	}
	s.write(w, http.StatusOK, struct {
		Success bool         `json:"success"`
		Options []sdk.Option `json:"options"`
	}{true, list})
	return nil
}
