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

// run runs one action and answers with its result.
func (s *server) run(w http.ResponseWriter, r *request) error {
	body, err := r.body(w, maxParams, "action", "params")
	if err != nil {
		return err
	}
	action, err := actionOf(body["action"])
	if err != nil {
		return err
	}
	var outcome registry.Outcome
	err = s.found(r, func() error {
		var err error
		outcome, err = s.plugins.Run(r.Context(), r.key, registry.Call{
			Action: action, Params: body["params"], UserID: r.caller.UserID, Trigger: store.TriggerAPI,
		})
		return err
	})
	if outcome.Run != "" {
		w.Header().Set(runHeader, outcome.Run)
	}
	if err != nil {
		return err
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
