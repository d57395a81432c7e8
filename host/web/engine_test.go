package web_test

import (
	"net/http"
	"testing"
)

func TestEngineIsNoChoiceForPython(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.file("py/plugin.py", "class Plugin:\n    name = 'Py'\n")
	h.post("/api/plugins/plugins/reload/", "")
	const at = "/api/plugins/plugins/py/engine/"
	if status, answer := h.post(at, `{"engine": "compiled"}`); status != http.StatusBadRequest {
		t.Errorf("compiled: %d %s", status, answer)
	}
	if status, answer := h.post(at, `{"engine": ""}`); status != http.StatusOK {
		t.Errorf("none: %d %s", status, answer)
	}
}
