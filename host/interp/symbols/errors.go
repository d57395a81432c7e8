package symbols

import "reflect"

// Errors are the wrappers of errors that have more methods than Error, the
// largest first: package errors looks for those.
func Errors() []reflect.Type {
	return []reflect.Type{reflect.TypeFor[matchingUnwrapper](), reflect.TypeFor[unwrapper](), reflect.TypeFor[matcher]()}
}

type unwrapper struct {
	IValue  any
	WError  func() string
	WUnwrap func() error
}

// Error is error's.
func (w unwrapper) Error() string { return w.WError() }

// Unwrap is what errors.Unwrap calls.
func (w unwrapper) Unwrap() error { return w.WUnwrap() }

type matcher struct {
	IValue any
	WError func() string
	WIs    func(error) bool
}

// Error is error's.
func (w matcher) Error() string { return w.WError() }

// Is is what errors.Is calls.
func (w matcher) Is(target error) bool { return w.WIs(target) }

type matchingUnwrapper struct {
	IValue  any
	WError  func() string
	WUnwrap func() error
	WIs     func(error) bool
}

// Error is error's.
func (w matchingUnwrapper) Error() string { return w.WError() }

// Unwrap is what errors.Unwrap calls.
func (w matchingUnwrapper) Unwrap() error { return w.WUnwrap() }

// Is is what errors.Is calls.
func (w matchingUnwrapper) Is(target error) bool { return w.WIs(target) }
