package settings

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/pluggarr/pluggarr/sdk"
)

// fieldKind is what a field's values are.
type fieldKind int

const (
	boolKind     fieldKind = iota
	intKind                // of any size, see field.goKind
	floatKind              // Python's numbers too
	stringKind             // text, also a choice
	listKind               // of text
	tableKind              // rows of fields
	sectionKind            // fields in an object of their own
	durationKind           // "1m30s"
	secretKind             // text that is never shown again
	infoKind               // the declaration's own text, never stored
	looseKind              // Python's info: whatever is stored, if anything
)

// field is one declared field. It is not changed after the form was made.
type field struct {
	name   string // in JSON
	kind   fieldKind
	goKind string // the Go type of numbers; "" in Python

	label       string // "" means the name
	help        string
	placeholder string
	widget      string
	section     string
	required    bool
	when        *condition // nil: always visible
	choice      bool       // only values of options count, unless there are none
	dynamic     bool       // the plugin is asked for the options
	options     []sdk.Option

	min, max, step json.Number // "" when there is none
	constraints    string      // the jsonschema tag, for the reflector

	def     json.RawMessage // the default, nil when there is none or it is not known
	defTree any             // def decoded
	lenient bool            // a value that is the default is right, whatever it is

	inner group  // of a section or table
	file  string // where it was declared; may be ""
	line  int
}

// condition says on which value of a field beside it a field is visible.
type condition struct {
	name  string
	value string
	typed bool // the value is JSON: a number, true or false
}

// group is a list of fields with an index by name.
type group struct {
	list   []*field
	byName map[string]int
}

// add appends a field; of two with one name the first is found by name.
func (g *group) add(f *field) {
	if g.byName == nil {
		g.byName = map[string]int{}
	}
	if _, taken := g.byName[f.name]; !taken {
		g.byName[f.name] = len(g.list)
	}
	g.list = append(g.list, f)
}

// find returns the field of that name, or nil.
func (g *group) find(name string) *field {
	if i, ok := g.byName[name]; ok {
		return g.list[i]
	}
	return nil
}

// title is what users read as the field's name.
func (f *field) title() string {
	if f.label != "" {
		return f.label
	}
	return f.name
}

// keepsText says whether "" is a value that means "nothing chosen".
func (f *field) keepsText() bool { return f.kind == stringKind || f.kind == secretKind }

// isOption says whether text is one of the values to choose from.
func (f *field) isOption(text string) bool {
	return slices.ContainsFunc(f.options, func(o sdk.Option) bool { return o.Value == text })
}

// needed says whether values without f, or without its section, lack something.
func (f *field) needed() bool {
	if f.kind == sectionKind {
		return slices.ContainsFunc(f.inner.list, (*field).needed)
	}
	return f.required && f.when == nil && isEmpty(f.defTree)
}

// nullable says whether null can stand for f or its whole section.
func (f *field) nullable() bool {
	if f.kind == sectionKind {
		return !slices.ContainsFunc(f.inner.list, func(inner *field) bool { return !inner.nullable() && inner.when == nil })
	}
	return !f.required
}

// visible says whether a field is shown, given the values beside it.
func (g *group) visible(f *field, values *object) bool {
	if f.when == nil {
		return true
	}
	v, there := values.get(f.when.name)
	if other := g.find(f.when.name); !there && other != nil {
		v = other.defTree
	}
	return wordOf(v) == f.when.value
}

// wordOf writes a scalar as a visible_if tag does; "" for anything else.
func wordOf(v any) string {
	switch v := v.(type) {
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		return string(plainNumber(v))
	case string:
		return v
	}
	return ""
}

// isEmpty says whether a value counts as missing where one is required.
func isEmpty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	}
	return false
}

// setDefault takes a default that is known to be JSON.
func (f *field) setDefault(v any) {
	f.defTree = v
	f.def = write(v)
}
