package web

import (
	"net/http"

	"github.com/pluggarr/pluggarr/host/store"
)

// Finding is what a check of the machine found.
type Finding struct {
	// Check is what was looked at, for users.
	Check string `json:"check"`
	// Result is "ok"; "warn", when something does not work as well as it could;
	// or "fail", when a host would not run as configured.
	Result string `json:"result"`
	// Detail is what was found.
	Detail string `json:"detail"`
	// Next is what to do about it; "" when nothing is.
	Next string `json:"next"`
}

// doctor answers with what this machine can do.
func (s *server) doctor(w http.ResponseWriter, r *request) error {
	if s.examine == nil {
		return &refusal{http.StatusServiceUnavailable, failure{
			Error: "This host does not examine its machine", Message: "Start it with 'pluggarr serve', or run 'pluggarr doctor' on its machine.", Fault: store.FaultHost,
		}}
	}
	s.write(w, http.StatusOK, struct {
		Checks []Finding `json:"checks"`
	}{append([]Finding{}, s.examine(r.Context())...)})
	return nil
}
