package web

import (
	"encoding/json"
	"net/http"

	"github.com/pluggarr/pluggarr/host/registry"
	"github.com/pluggarr/pluggarr/host/store"
)

// runHeader is where an answer names the run it is about: in the body it would
// stand among what Dispatcharr's clients know.
const runHeader = "X-Pluggarr-Run"

// run runs one action and answers with its result, or with the run's id when it
// goes on in the background.
func (s *server) run(w http.ResponseWriter, r *request) error {
	body, err := r.body(w, maxParams, "action", "params", "background")
	if err != nil {
		return err
	}
	action, err := actionOf(body["action"])
	if err != nil {
		return err
	}
	call := registry.Call{Action: action, Params: body["params"], UserID: r.caller.UserID, Trigger: store.TriggerAPI}
	if body.given("background") {
		on, ok := truth(body["background"])
		if !ok {
			return refuse(http.StatusBadRequest, "Invalid 'background' boolean", "'background' is true or false; without it the action decides.")
		}
		call.Background = &on
	}
	var outcome registry.Outcome
	err = s.found(r, func() error {
		var err error
		outcome, err = s.plugins.Run(r.Context(), r.key, call)
		return err
	})
	if outcome.Run != "" {
		w.Header().Set(runHeader, outcome.Run)
	}
	if err != nil {
		return err
	}
	if outcome.Result == nil {
		s.write(w, http.StatusAccepted, struct {
			Success bool   `json:"success"`
			Run     string `json:"run"`
		}{true, outcome.Run})
		return nil
	}
	answer := make([]byte, 0, len(outcome.Result)+32)
	answer = append(answer, `{"success":true,"result":`...)
	answer = append(answer, outcome.Result...) // as the plugin wrote it: the order of keys is its own
	writeRaw(w, http.StatusOK, append(answer, '}'))
	return nil
}

// actionOf reads the action's id. As in Dispatcharr every empty value counts as
// none.
func actionOf(raw json.RawMessage) (string, error) {
	switch string(raw) {
	case "", "null", `""`, "false", "0", "[]", "{}":
		return "", refuse(http.StatusBadRequest, "Missing 'action'", `The body has to say {"action": "<id>"}; the plugin's entry lists its actions.`)
	}
	var action string
	if json.Unmarshal(raw, &action) != nil {
		return "", refuse(http.StatusBadRequest, "Invalid 'action'", "The action's id is a text; the plugin's entry lists its actions.")
	}
	return action, nil
}
