package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// schema is what the command line reads of the JSON Schema of settings or
// parameters.
type schema struct {
	Type       string            `json:"type"`
	ReadOnly   bool              `json:"readOnly"`
	WriteOnly  bool              `json:"writeOnly"` // a secret
	Enum       []json.RawMessage `json:"enum"`
	Default    json.RawMessage   `json:"default"`
	Properties *object           `json:"properties"`
	Widget     string            `json:"x-widget"`
}

// field is one value that can be set.
type field struct {
	path   []string // the keys that lead to it
	schema schema
}

// name is how people write the field.
func (f field) name() string { return strings.Join(f.path, ".") }

// fields lists what can be set, in the order of the declaration.
func (s schema) fields() ([]field, error) { return s.below(nil) }

func (s schema) below(above []string) ([]field, error) {
	if s.Properties == nil {
		return nil, nil
	}
	var list []field
	for _, key := range s.Properties.keys {
		f := field{path: append(slices.Clone(above), key)}
		if err := json.Unmarshal(s.Properties.get(key), &f.schema); err != nil {
			return nil, fmt.Errorf("read the schema of %q: %w", f.name(), err)
		}
		switch {
		case f.schema.ReadOnly: // text for the page
		case f.schema.Properties != nil:
			inner, err := f.schema.below(f.path)
			if err != nil {
				return nil, err
			}
			list = append(list, inner...)
		default:
			list = append(list, f)
		}
	}
	return list, nil
}

// in returns the value of the field among values; nil when it is not there.
func (f field) in(values *object) json.RawMessage {
	value := values.get(f.path[0])
	for _, key := range f.path[1:] {
		var section object
		if json.Unmarshal(value, &section) != nil {
			return nil
		}
		value = section.get(key)
	}
	return value
}

// put sets the value of the field among values.
func put(values *object, path []string, value json.RawMessage) error {
	if len(path) > 1 {
		section := object{}
		if raw := values.get(path[0]); raw != nil {
			_ = json.Unmarshal(raw, &section) // what is no section gives way to one
		}
		if err := put(&section, path[1:], value); err != nil {
			return err
		}
		raw, err := section.MarshalJSON()
		if err != nil {
			return err
		}
		value = raw
	}
	values.set(path[0], value)
	return nil
}

// value makes JSON of what was written for the field. What does not fit goes to
// the host as text: its words about it are the ones of every other way in.
func (f field) value(text string) (json.RawMessage, error) {
	s := f.schema
	asText, err := json.Marshal(text)
	if err != nil {
		return nil, err
	}
	for _, one := range s.Enum {
		if string(one) == text || bytes.Equal(one, asText) {
			return one, nil
		}
	}
	if text == "" && (s.Type != "string" || s.WriteOnly) {
		return json.RawMessage("null"), nil
	}
	switch s.Type {
	case "boolean":
		switch strings.ToLower(text) {
		case "true", "yes", "on", "1":
			return json.RawMessage("true"), nil
		case "false", "no", "off", "0":
			return json.RawMessage("false"), nil
		}
	case "integer", "number":
		var number json.Number
		if json.Unmarshal([]byte(text), &number) == nil && !strings.HasPrefix(text, `"`) {
			return json.RawMessage(text), nil
		}
	case "array":
		return list(text)
	case "object":
		if json.Valid([]byte(text)) {
			return json.RawMessage(text), nil
		}
	}
	return asText, nil
}

// list reads a JSON array, or texts with commas between them.
func list(text string) (json.RawMessage, error) {
	if strings.HasPrefix(strings.TrimSpace(text), "[") {
		if !json.Valid([]byte(text)) {
			return nil, errors.New("is no JSON array; write a,b,c or [\"a\", \"b\"]")
		}
		return json.RawMessage(text), nil
	}
	texts := strings.Split(text, ",")
	for i := range texts {
		texts[i] = strings.TrimSpace(texts[i])
	}
	return json.Marshal(texts)
}

// find returns the field that name means: a key, or keys with dots between.
func find(fields []field, name string) (field, error) {
	names := make([]string, len(fields))
	for i, f := range fields {
		if f.name() == name {
			return f, nil
		}
		names[i] = f.name()
	}
	switch near := nearest(name, names); {
	case near != "":
		return field{}, fmt.Errorf("there is no field %q: did you mean %q?", name, near)
	case len(names) == 0:
		return field{}, fmt.Errorf("there is no field %q, nor any other", name)
	}
	return field{}, fmt.Errorf("there is no field %q: the fields are %s", name, strings.Join(names, ", "))
}

// assignment is NAME=TEXT of the command line.
type assignment struct{ name, text string }

// readAssignment takes NAME=TEXT apart. Texts of files are read by source:
// NAME=@FILE, where NAME=@@TEXT is a text that begins with @.
func readAssignment(arg string, source func(path string) ([]byte, error)) (assignment, error) {
	name, text, found := strings.Cut(arg, "=")
	if !found || name == "" {
		return assignment{}, wrongf("%q is no assignment: write NAME=VALUE", arg)
	}
	if path, isFile := strings.CutPrefix(text, "@"); isFile && !strings.HasPrefix(path, "@") {
		raw, err := source(path)
		if err != nil {
			return assignment{}, fmt.Errorf("read the value of %s: %w", name, err)
		}
		text = strings.TrimSuffix(strings.TrimSuffix(string(raw), "\n"), "\r")
	} else if isFile {
		text = path
	}
	return assignment{name, text}, nil
}

// assign sets values as the command line says. It returns one error for each
// that cannot be set.
func assign(values *object, s schema, all []assignment) []error {
	fields, err := s.fields()
	if err != nil {
		return []error{err}
	}
	var wrong []error
	for _, a := range all {
		f, err := find(fields, a.name)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		value, err := f.value(a.text)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s %w", a.name, err))
			continue
		}
		if err := put(values, f.path, value); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", a.name, err))
		}
	}
	return wrong
}
