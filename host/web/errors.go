package web

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"syscall"

	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/registry"
	"github.com/pluggarr/pluggarr/host/settings"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// refusal is an error with its answer.
type refusal struct {
	status int
	body   any
}

// Error describes the refusal for logs.
func (r *refusal) Error() string {
	return fmt.Sprintf("%d %s: %+v", r.status, http.StatusText(r.status), r.body)
}

// failure is how the API answers when something around a plugin went wrong.
// Success and Error are all that Dispatcharr's clients know of it.
type failure struct {
	Success   bool                  `json:"success"`             // false
	Error     string                `json:"error"`               // what the plugin raised, word for word; else what is wrong
	Message   string                `json:"message"`             // names the plugin, whose fault it is and the next step
	Fault     store.RunFault        `json:"fault"`               // "user", "plugin" or "host"
	Code      string                `json:"code,omitempty"`      // why an archive is not imported, for programs
	Traceback string                `json:"traceback,omitempty"` // the plugin's own frames
	Output    []string              `json:"output,omitempty"`    // the last lines of a plugin that died
	Problems  []wire.Problem        `json:"problems,omitempty"`  // mistakes in the plugin's source
	Errors    []settings.FieldError `json:"errors,omitempty"`    // what is wrong with single values
}

// refuse makes an error that asks the sender to send something else.
func refuse(status int, short, message string) *refusal {
	return &refusal{status, failure{Error: short, Message: message, Fault: store.FaultUser}}
}

// fail answers a request that err ended.
func (s *server) fail(w http.ResponseWriter, r *request, err error) {
	var known *refusal
	var failed *registry.Failure
	var refused *plugindir.ImportError
	switch {
	case errors.As(err, &known):
		s.write(w, known.status, known.body)
	case errors.As(err, &refused):
		s.refused(w, refused)
	case errors.Is(err, registry.ErrNoRun):
		s.fail(w, r, refuse(http.StatusNotFound, "Run not found",
			"There is no such run. Runs are kept for 30 days, and the last 500 of a plugin."))
	case errors.Is(err, registry.ErrRunOver):
		s.fail(w, r, refuse(http.StatusConflict, "Run is over", "The run had ended before it could be cancelled."))
	case errors.Is(err, registry.ErrEngine):
		s.fail(w, r, refuse(http.StatusBadRequest, "Invalid 'engine'", `'engine' is "auto", "interpreted" or "compiled", for Go plugins; "" leaves it to plugin.json.`))
	case errors.Is(err, registry.ErrNotFound):
		s.fail(w, r, refuse(http.StatusNotFound, "Plugin not found",
			fmt.Sprintf("There is no plugin '%s'. GET %s lists those that there are.", r.key, pluginsPath)))
	case errors.Is(err, registry.ErrNotEnabled):
		s.fail(w, r, refuse(http.StatusForbidden, "Plugin is disabled",
			fmt.Sprintf("Plugin '%s' is disabled: enable it first.", r.key)))
	case errors.Is(err, registry.ErrNotLoaded):
		s.write(w, http.StatusInternalServerError, failure{
			Error: fmt.Sprintf("Plugin '%s' is not loaded", r.key), Fault: store.FaultPlugin,
			Message: fmt.Sprintf("Plugin '%s' is enabled and cannot run: its entry says why.", r.key),
		})
	case errors.Is(err, registry.ErrClosed):
		s.write(w, http.StatusServiceUnavailable, failure{
			Error: "The host is shutting down", Fault: store.FaultHost,
			Message: fmt.Sprintf("The host is shutting down and starts nothing of plugin '%s' any more: try again when it runs.", r.key),
		})
	case errors.As(err, &failed):
		s.write(w, statusOf(failed), failure{
			Error: failed.Message, Message: sentence(r.key, failed), Fault: failed.Fault,
			Traceback: failed.Traceback, Output: failed.Output, Problems: failed.Problems, Errors: failed.Fields,
		})
	default:
		s.internal(w, r, err)
	}
}

// refused answers for an archive that is not imported. The names in it are
// strangers' and go to the log.
func (s *server) refused(w http.ResponseWriter, err *plugindir.ImportError) {
	s.log.Info("an archive was not imported", "code", err.Code, "error", err)
	next, fault := "Nothing was changed.", store.FaultUser
	switch err.Code {
	case plugindir.CodeExists:
		next = "Send overwrite=true (pluggarr import --overwrite) to replace it; its settings are kept."
	case plugindir.CodeNoSpace, plugindir.CodeReplace:
		next, fault = "Nothing was changed; the host's log holds the details.", store.FaultHost
	}
	s.write(w, http.StatusBadRequest, failure{
		Error: err.Message, Message: strings.TrimRight(err.Message, ".") + ". " + next, Fault: fault, Code: err.Code,
	})
}

// internal answers for what the host itself could not do. Only an admin is told
// what that was.
func (s *server) internal(w http.ResponseWriter, r *request, err error) {
	s.log.Error("answer a request", "method", r.Method, "path", r.URL.Path, "error", err)
	short, why := "The host could not answer", ""
	if r.caller.Admin() {
		short, why = err.Error(), ": "+err.Error()
	}
	about := ""
	if r.key != "" {
		about = fmt.Sprintf(" about plugin '%s'", r.key)
	}
	next := "The fault is the host's: its log holds the details."
	if r.caller.Admin() && diskFull(err) {
		next = "The disk of its data folder is full: make room and try again."
	}
	s.write(w, http.StatusInternalServerError, failure{
		Error: short, Fault: store.FaultHost, Message: "The host could not answer" + about + why + ". " + next,
	})
}

// diskFull knows it by the system's error and by SQLite's.
func diskFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || strings.Contains(err.Error(), "disk is full")
}

// statusOf is Dispatcharr's status for a failed run, and 400 for wrong values.
func statusOf(f *registry.Failure) int {
	switch {
	case f.Code == wire.CodePermission:
		return http.StatusForbidden
	case f.Fault == store.FaultUser:
		return http.StatusBadRequest
	}
	return http.StatusInternalServerError
}

// sentence says for people what failed, whose fault it is and what to do.
func sentence(key string, f *registry.Failure) string {
	said := strings.TrimPrefix(f.Message, "plugin "+key+": ")
	said = strings.TrimRight(said, ".\n ")
	if said == "" { // an exception without a text, whose kind says it all: MemoryError
		trace := strings.TrimSpace(f.Traceback)
		said = trace[strings.LastIndexByte(trace, '\n')+1:]
	}
	if said == "" {
		said = "it did not say why"
	}
	lead, next := " could not run: ", "The fault is the host's: its log holds the details."
	switch {
	case f.Code == wire.CodePermission:
		lead, next = " refused: ", "The plugin does not permit it."
	case f.Fault == store.FaultUser:
		lead, next = ": ", "Correct the values and try again."
	case f.Fault == store.FaultPlugin:
		lead, next = " failed: ", "The fault is the plugin's: show this to its author."
	}
	if f.Hint != "" {
		next = f.Hint
	}
	return fmt.Sprintf("Plugin '%s'%s%s. %s", key, lead, said, next)
}
