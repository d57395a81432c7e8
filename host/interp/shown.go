package interp

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"sync"
)

// kinds are the plugin's types of numbers and texts with a method String of
// which it keeps values as any.
type kinds struct {
	mu    sync.Mutex
	known map[string]*kind
}

// kind is one of them. There is one for each type, so that values compare.
type kind struct {
	text func(any) string
}

// shown is the value of a type. Text is the type's method String.
func (k *kinds) shown(name string, value any, text func(any) string) any {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.known[name] == nil {
		k.known[name] = &kind{text}
	}
	return shown{value, k.known[name]}
}

// shown is a value that compiled code sees with its method String.
type shown struct {
	value any
	kind  *kind
}

// String is the plugin's.
func (s shown) String() string { return s.kind.text(s.value) }

// Format prints the text where fmt calls String, and else the value.
func (s shown) Format(f fmt.State, verb rune) {
	format := fmt.FormatString(f, verb)
	switch {
	case f.Flag('#') && verb == 'v':
		_, _ = fmt.Fprintf(f, format, s.value) // f reports to whoever prints
	case verb == 'v' || verb == 's' || verb == 'q' || verb == 'x' || verb == 'X':
		_, _ = fmt.Fprintf(f, format, stringer{s}) // the same
	default:
		_, _ = fmt.Fprintf(f, format, s.value) // the same
	}
}

// stringer is a value of which fmt calls String, and catches its panics.
type stringer struct{ of shown }

// String is the plugin's.
func (s stringer) String() string { return s.of.String() }

// MarshalJSON encodes the value: the encoder does not ask for String.
func (s shown) MarshalJSON() ([]byte, error) {
	return json.Marshal(s.value)
}

// MarshalXML is the same for XML.
func (s shown) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	return e.EncodeElement(s.value, start) //nolint:wrapcheck // the encoder says where it was
}
