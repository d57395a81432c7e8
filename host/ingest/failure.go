package ingest

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
// It never holds an address in full, because those hold passwords.
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
