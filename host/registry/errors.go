package registry

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/pluggarr/pluggarr/host/redact"
	"github.com/pluggarr/pluggarr/host/settings"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/worker"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// Errors that callers decide on.
var (
	ErrNotFound   = errors.New("plugin not found")     // no folder and no row has the key
	ErrNotEnabled = errors.New("plugin is disabled")   // the user has not switched it on
	ErrNotLoaded  = errors.New("plugin is not loaded") // on, but it cannot run; its Failure says why
	ErrClosed     = errors.New("the host is shutting down")
	ErrEngine     = errors.New("no such engine") // see [Engines]
	ErrNoRun      = errors.New("run not found")  // no run has the id
	ErrRunOver    = errors.New("run is over")    // it had ended before it could be cancelled
)

// Failure is what went wrong with a plugin, for its author and its user.
type Failure struct {
	Message   string                `json:"message"`             // one sentence
	Fault     store.RunFault        `json:"fault"`               // whose it is: "user", "plugin" or "host"
	Hint      string                `json:"hint,omitempty"`      // the next step; "" when the message says it
	Problems  []wire.Problem        `json:"problems,omitempty"`  // mistakes with their places
	Traceback string                `json:"traceback,omitempty"` // the plugin's own frames
	Output    []string              `json:"output,omitempty"`    // the last lines it logged or printed
	Code      int                   `json:"-"`                   // the protocol's code when the plugin answered; else 0
	Fields    []settings.FieldError `json:"errors,omitempty"`    // what is wrong with single values the user gave
	cause     error
}

// Error returns the message.
func (f *Failure) Error() string { return f.Message }

// Unwrap returns what the Failure was made of; nil when it was made here.
func (f *Failure) Unwrap() error { return f.cause }

// hidden returns a copy without secrets.
func (f *Failure) hidden(hide redact.Redaction) *Failure {
	c := *f
	c.Message, c.Traceback = hide.Text(f.Message), hide.Text(f.Traceback)
	c.Output = slices.Clone(f.Output)
	for i, line := range c.Output {
		c.Output[i] = hide.Text(line)
	}
	return &c
}

// failureOf says what an error from a worker means for its plugin.
func failureOf(key string, err error) *Failure {
	var known *Failure
	var load *worker.LoadError
	var death *worker.DeathError
	var answer *wire.Error
	f := &Failure{cause: err, Fault: store.FaultPlugin}
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, errStopped):
		f.Message, f.Fault = fmt.Sprintf("plugin %s was stopped while it ran", key), store.FaultUser
		f.Hint = "Run it again if it is still wanted."
	case errors.Is(err, ErrCancelled):
		f.Message, f.Fault = fmt.Sprintf("the run of plugin %s was cancelled", key), store.FaultUser
		f.Hint = "Run it again if it is still wanted."
	case errors.As(err, &load):
		f.Message, f.Problems, f.Traceback = load.Message, load.Problems, load.Traceback
	case errors.As(err, &death):
		f.Message = fmt.Sprintf("plugin %s: %v", key, death)
		f.Output = death.Output
		if over := death.Over(); over != nil {
			f.Hint = fmt.Sprintf("The fault is the plugin's: tell its author, or start the host with a higher --%s.", over.Limit)
		}
	case errors.As(err, &answer):
		f.Message, f.Code = answer.Message, answer.Code
		var data wire.PluginFailure
		if json.Unmarshal(answer.Data, &data) == nil {
			f.Traceback = data.Traceback
			if data.Needs != "" {
				f.Fault, f.Hint = store.FaultUser, "Then run it again."
			}
		}
		if answer.Code == wire.CodeInternal {
			f.Message = fmt.Sprintf("plugin %s: %s", key, answer.Message)
		}
	case errors.Is(err, wire.ErrAnswer):
		f.Message = fmt.Sprintf("plugin %s: %v", key, err)
	default:
		f.Message, f.Fault = fmt.Sprintf("plugin %s: %v", key, err), store.FaultHost
	}
	return f
}

// problemsFailure makes one Failure of mistakes in a plugin's source.
func problemsFailure(problems []wire.Problem) *Failure {
	first := problems[0]
	f := &Failure{Message: first.Message, Fault: store.FaultPlugin, Problems: problems}
	if place := first.Place(); place != "" {
		f.Message = place + ": " + first.Message
	}
	if more := len(problems) - 1; more > 0 {
		f.Message += fmt.Sprintf(" (and %d more)", more)
	}
	return f
}
