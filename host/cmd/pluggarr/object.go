package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// object is a JSON object that keeps the order of its keys, so that a form is
// shown as it was declared and values go back as they came.
type object struct {
	keys   []string
	values map[string]json.RawMessage
}

// get returns the value of a key; nil when it is not there.
func (o *object) get(key string) json.RawMessage {
	if o == nil {
		return nil
	}
	return o.values[key]
}

// set adds a key or replaces its value.
func (o *object) set(key string, value json.RawMessage) {
	if _, there := o.values[key]; !there {
		o.keys = append(o.keys, key)
	}
	if o.values == nil {
		o.values = map[string]json.RawMessage{}
	}
	o.values[key] = value
}

// UnmarshalJSON reads an object; of a key that comes twice the last counts.
func (o *object) UnmarshalJSON(raw []byte) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return errors.New("is no JSON object")
	}
	*o = object{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return fmt.Errorf("read a key: %w", err)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return fmt.Errorf("read the value of %v: %w", key, err)
		}
		o.set(fmt.Sprint(key), value)
	}
	return nil
}

// MarshalJSON writes the keys in their order.
func (o *object) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, key := range o.keys {
		if i > 0 {
			b = append(b, ',')
		}
		name, err := json.Marshal(key)
		if err != nil {
			return nil, err
		}
		b = append(append(append(b, name...), ':'), o.values[key]...)
	}
	return append(b, '}'), nil
}
