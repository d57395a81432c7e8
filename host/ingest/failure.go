package ingest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Fault is who can do something about a failure.
type Fault string

// Whose a failure can be.
const (
	// FaultUser is a wrong address, password, file or filter.
	FaultUser Fault = "user"
	// FaultSource is a provider that does not answer, or sends what cannot be read.
	FaultSource Fault = "source"
	// FaultHost is this program or its machine.
	FaultHost Fault = "host"
)

// Failure says why something could not be brought in. Its text is for the
// people who look at the account or source: what happened, and the next step.
// It never holds an address in full, because those hold passwords, nor where a
// file lies: not everybody who looks at an account may know.
type Failure struct {
	// Message is what happened, without a full stop at its end.
	Message string
	// Next is what to do about it.
	Next string
	// Fault is whose it is.
	Fault Fault
	// Cause is the error behind it, nil when there is none.
	Cause error
}

// Error returns what happened and what to do.
func (f *Failure) Error() string {
	if f.Next == "" {
		return f.Message
	}
	return f.Message + ": " + f.Next
}

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Cause }

// shown is what an error says to everybody who may look.
func shown(err error) string {
	if errors.Is(err, context.Canceled) {
		return "the refresh was cancelled"
	}
	_, explained := errors.AsType[*Failure](err)
	_, path := errors.AsType[*fs.PathError](err)
	_, link := errors.AsType[*os.LinkError](err)
	if !explained && (path || link) {
		return fmt.Sprintf("a file of the host's own cannot be used (%v): its log says which", bare(err))
	}
	return err.Error()
}
