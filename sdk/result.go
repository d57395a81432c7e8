package sdk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// Result is the answer of an action: an object with a status, a message for
// the user, and further values in the order they were added. The zero value is
// {"status": "ok"}. A Result is a value; its methods return changed copies.
type Result struct {
	status  any // nil: "ok"
	message any // nil: none
	values  []pair
}

type pair struct {
	key   string
	value any
}

// OK returns a Result with status "ok" and a formatted message.
func OK(format string, args ...any) Result {
	return Result{message: fmt.Sprintf(format, args...)}
}

// Failed returns a Result with status "error" and a formatted message: the
// action ran, and says itself that it did not do what was asked. An action that
// could not run returns an error instead.
func Failed(format string, args ...any) Result {
	return Result{status: "error", message: fmt.Sprintf(format, args...)}
}

// With returns a copy of r in which key has value, which must be encodable as
// JSON. A key that is there already keeps its place; "status" and "message"
// replace those of r.
func (r Result) With(key string, value any) Result {
	switch key {
	case "status":
		r.status = value
		return r
	case "message":
		r.message = value
		return r
	}
	r.values = slices.Clone(r.values)
	for i := range r.values {
		if r.values[i].key == key {
			r.values[i].value = value
			return r
		}
	}
	r.values = append(r.values, pair{key, value})
	return r
}

// MarshalJSON writes status, message unless it is empty, then the other values.
func (r Result) MarshalJSON() ([]byte, error) {
	all := []pair{{"status", r.status}}
	if r.status == nil || r.status == "" {
		all[0].value = "ok"
	}
	if r.message != nil && r.message != "" {
		all = append(all, pair{"message", r.message})
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for i, p := range append(all, r.values...) {
		b.WriteByte("{,"[min(i, 1)])
		if err := enc.Encode(p.key); err != nil {
			return nil, fmt.Errorf("encode the result's key %q: %w", p.key, err)
		}
		b.WriteByte(':')
		if err := enc.Encode(p.value); err != nil {
			return nil, fmt.Errorf("encode the result's %q: %w", p.key, err)
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
