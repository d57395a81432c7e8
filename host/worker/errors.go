package worker

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pluggarr/pluggarr/host/proc"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// DeathError reports that a plugin's process ended while it was needed.
type DeathError struct {
	// Exit is how the process ended; nil after exit status 0.
	Exit error
	// Cause is why the connection ended; [wire.ErrFrame] when the process sent
	// something that is not the protocol.
	Cause error
	// Output are the last lines the plugin logged or printed, oldest first.
	Output []string
}

// Error says how the process ended, without its output.
func (e *DeathError) Error() string {
	switch {
	case errors.Is(e.Cause, wire.ErrFrame):
		return fmt.Sprintf("its process broke the protocol and was ended: %v", e.Cause)
	case e.outOfMemory():
		return "its process ended: it wanted more memory than it may have (--memory of the host)"
	case e.Over() != nil:
		return fmt.Sprintf("its process was ended by the host, because %v (--%s of the host)", e.Over(), e.Over().Limit)
	case e.Exit == nil:
		return "its process ended (exit status 0)"
	}
	return fmt.Sprintf("its process ended (%v)", e.Exit)
}

// outOfMemory says that Go's runtime gave this reason.
func (e *DeathError) outOfMemory() bool {
	return slices.ContainsFunc(e.Output, func(line string) bool {
		return strings.HasPrefix(line, "fatal error: ") && strings.Contains(line, "out of memory")
	})
}

// Over is the limit for which the host ended the process; nil when it ended by
// itself.
func (e *DeathError) Over() *proc.LimitError {
	over, _ := errors.AsType[*proc.LimitError](e.Exit)
	return over
}

// Unwrap returns how the process ended.
func (e *DeathError) Unwrap() error { return e.Exit }

// LoadError reports that a plugin's own code could not be loaded.
type LoadError struct {
	Message   string         // one sentence for its author
	Problems  []wire.Problem // mistakes with their places; may be empty
	Traceback string         // the plugin's own frames; may be ""
}

// Error says what is wrong, without the places.
func (e *LoadError) Error() string { return e.Message }

// loadError makes a [LoadError] of an answer that says so; other errors stay.
func loadError(err error) error {
	var failure *wire.Error
	if !errors.As(err, &failure) {
		return err
	}
	load := &LoadError{Message: failure.Message}
	var data wire.LoadFailure
	if json.Unmarshal(failure.Data, &data) == nil {
		load.Problems, load.Traceback = data.Problems, data.Traceback
	}
	return load
}
