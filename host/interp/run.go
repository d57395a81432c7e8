package interp

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// runSymbols is what rewritten source calls that has to be compiled. Panics are
// told to n.
func runSymbols(n *notes) map[string]reflect.Value {
	return map[string]reflect.Value{
		"Guard":       reflect.ValueOf(n.guard),
		"Defers":      reflect.ValueOf((*defers)(nil)),
		"Order":       reflect.ValueOf(order),
		"StableOrder": reflect.ValueOf(stableOrder),
		"Runes":       reflect.ValueOf(runes),
		"Same":        reflect.ValueOf(same),
		"Clear":       reflect.ValueOf(clearAll),
		"Index":       reflect.ValueOf(index),
		"Bounds":      reflect.ValueOf(bounds),
		"Shown":       reflect.ValueOf((&kinds{known: map[string]*kind{}}).shown),
		"At":          reflect.ValueOf(n.at),
		"Errors":      reflect.ValueOf(errorTree),
		"Nil":         reflect.ValueOf(useNil),
		"Select":      reflect.ValueOf(choose),
		"Recv":        reflect.ValueOf(recv),
		"RecvTo":      reflect.ValueOf(recvTo),
		"Send":        reflect.ValueOf(send),
	}
}

// defers are the deferred calls of one call of a function.
type defers struct {
	notes     *notes
	calls     []func()
	panicking bool
	value     any
}

// guard runs the body of a function that has deferred calls.
func (n *notes) guard(body func(*defers)) {
	d := &defers{notes: n}
	defer d.finish()
	body(d)
}

// finish makes the deferred calls. It is a deferred function itself.
func (d *defers) finish() {
	if r := recover(); r != nil {
		d.panicking, d.value = true, r
	}
	d.drain()
	if d.panicking {
		d.notes.goesOn()
		panic(d.value)
	}
}

func (d *defers) drain() {
	for len(d.calls) > 0 {
		last := d.calls[len(d.calls)-1]
		d.calls = d.calls[:len(d.calls)-1]
		d.call(last)
	}
}

// call makes one call. When it panics, its panic takes the place of the one
// before; when it ends the goroutine, the others are made all the same.
func (d *defers) call(f func()) {
	done := false
	defer func() {
		if done {
			return
		}
		if r := recover(); r != nil {
			d.panicking, d.value = true, r
			return
		}
		d.drain()
	}()
	f()
	done = true
}

// Add defers a call.
func (d *defers) Add(f func()) {
	if f == nil {
		f = func() { panic(nilCall()) }
	}
	d.calls = append(d.calls, f)
}

// Recover is the built-in function recover in a function that was deferred.
func (d *defers) Recover() any {
	if !d.panicking {
		return nil
	}
	d.panicking = false
	d.notes.forget()
	return goWords(d.value)
}

// nilCall is the error of the use of a nil pointer.
func nilCall() (err any) {
	defer func() { err = recover() }()
	return *zeroOf[*any]()
}

// useNil panics as the use of a nil pointer does.
func useNil() { panic(nilCall()) }

func zeroOf[T any]() (zero T) { return zero }

// runtimeError is a runtime.Error with a text of Go's.
type runtimeError string

// Error is error's.
func (e runtimeError) Error() string { return "runtime error: " + string(e) }

// RuntimeError is runtime.Error's.
func (e runtimeError) RuntimeError() {}

// goWords gives a panic of the interpreter's own the words that it has in a
// compiled program.
func goWords(value any) any {
	text := fmt.Sprint(value)
	if _, after, found := strings.Cut(text, "interface conversion: "); found && isOwnError(value) {
		return errors.New("interface conversion: " + after)
	}
	if _, ok := value.(*reflect.ValueError); ok || strings.HasPrefix(text, "reflect: ") || strings.HasPrefix(text, "reflect.") {
		if strings.Contains(text, "index out of range") {
			return runtimeError("index out of range")
		}
		return nilCall()
	}
	return value
}

// isOwnError says that an error was made by the interpreter.
func isOwnError(value any) bool {
	return strings.Contains(reflect.TypeOf(value).String(), "cfgError")
}

// order returns the numbers up to n as [slices.SortFunc] would have them.
func order(n int, compare func(i, j int) int) []int {
	list := upTo(n)
	slices.SortFunc(list, compare)
	return list
}

// stableOrder is order with [slices.SortStableFunc].
func stableOrder(n int, compare func(i, j int) int) []int {
	list := upTo(n)
	slices.SortStableFunc(list, compare)
	return list
}

func upTo(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// index returns i, or panics as an index of something so long does.
func index(i, length int) int {
	if uint(i) >= uint(length) {
		_ = make([]struct{}, length)[i]
	}
	return i
}

// bounds returns the bounds of a slice expression, or panics as that does. The
// numbers are low, high, length and capacity; the capacity of a string is -1.
func bounds(n []int, hasHigh bool) (low, high int) {
	low, high = n[0], n[1]
	if !hasHigh {
		high = n[2]
	}
	if n[3] < 0 {
		if low < 0 || high < low || high > n[2] {
			text := strings.Repeat(" ", n[2])
			if hasHigh {
				_ = text[low:high]
			}
			_ = text[low:]
		}
		return low, high
	}
	all := make([]struct{}, n[2], n[3])
	if hasHigh {
		_ = all[low:high]
	} else {
		_ = all[low:]
	}
	return low, high
}

// clearAll is the built-in function clear.
func clearAll(x any) { reflect.ValueOf(x).Clear() }

// char is a character of a string.
type char struct {
	At   int  // the byte where it begins
	Rune rune // U+FFFD for a byte that begins none
}

// runes are the characters of a string.
func runes(s string) []char {
	list := make([]char, 0, len(s))
	for i, r := range s {
		list = append(list, char{i, r})
	}
	return list
}

// errorTree returns an error and those that it wraps, in the order in which
// package errors looks at them.
func errorTree(err error) []error {
	if err == nil {
		return nil
	}
	list := []error{err}
	switch e := err.(type) { //nolint:errorlint // this is what looks inside
	case interface{ Unwrap() error }:
		list = append(list, errorTree(e.Unwrap())...)
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			list = append(list, errorTree(inner)...)
		}
	}
	return list
}

// same is x == y.
func same(x, y any) bool { return x == y }
