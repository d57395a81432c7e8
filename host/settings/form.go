package settings

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"

	santhosh "github.com/santhosh-tekuri/jsonschema/v6"
)

// MaxValues is the largest JSON text of values that [Form.Check] reads, in
// bytes.
const MaxValues = 1 << 20

// mostFaults is how many errors a check lists one by one.
const mostFaults = 100

// Form is what can be set: the settings of a plugin, or the parameters of one
// action. It does not change and may be used concurrently.
type Form struct {
	fields  group
	python  bool // values the form does not know reach the plugin
	schema  json.RawMessage
	legacy  json.RawMessage
	secrets []string
	compile func() (*santhosh.Schema, error)
	missing func() []FieldError // what is wrong with no values at all
}

// FieldError says what is wrong with the value of one field.
type FieldError struct {
	// Field is the path of the value, as in "limit", "server.port" or
	// "sources[1].port"; "" when it is about the values as a whole.
	Field string `json:"field"`
	// Message continues the field's name: "has to be 1 or more".
	Message string `json:"message"`
}

// Error returns the path and the message.
func (e FieldError) Error() string {
	if e.Field == "" {
		return "the values: " + e.Message
	}
	return e.Field + " " + e.Message
}

// newForm completes a form whose fields, schema and legacy list are there.
func newForm(f *Form) *Form {
	f.compile = sync.OnceValues(func() (*santhosh.Schema, error) { return compile(f.schema) })
	f.missing = sync.OnceValue(func() []FieldError { return f.unfit(nil) })
	f.secrets = []string{}
	f.fields.eachSecret(nil, func(at []string) {
		if path := f.path(at); !slices.Contains(f.secrets, path) {
			f.secrets = append(f.secrets, path)
		}
	})
	return f
}

// Schema returns the JSON Schema of the values; see the package's
// documentation for its extensions.
func (f *Form) Schema() json.RawMessage { return f.schema }

// Fields returns the list of fields that Dispatcharr's page understands, a JSON
// array.
func (f *Form) Fields() json.RawMessage { return f.legacy }

// Secrets returns the paths of the secrets, as in [FieldError.Field].
func (f *Form) Secrets() []string { return slices.Clone(f.secrets) }

// Len returns how many settings the form has at its top.
func (f *Form) Len() int { return len(f.fields.list) }

// Names lists the fields by the names of their values, in the order of the
// declaration; not those inside of others.
func (f *Form) Names() []string {
	names := make([]string, len(f.fields.list))
	for i := range f.fields.list {
		names[i] = f.fields.list[i].name
	}
	return names
}

// Empty says whether there is nothing to set.
func (f *Form) Empty() bool { return len(f.fields.list) == 0 }

// eachSecret calls visit with the keys that lead to every secret.
func (g *group) eachSecret(above []string, visit func(at []string)) {
	for _, f := range g.list {
		at := append(slices.Clone(above), f.name)
		switch f.kind {
		case secretKind:
			visit(at)
		case sectionKind:
			f.inner.eachSecret(at, visit)
		}
	}
}

// path writes the keys and indexes that lead to a value.
func (f *Form) path(at []string) string {
	text, _ := f.walk(at)
	return text
}

// walk follows keys and indexes; it returns the path as text and, key by key,
// the place in the order of the declaration.
func (f *Form) walk(at []string) (string, []int) {
	var text strings.Builder
	order := make([]int, 0, len(at))
	g, index := &f.fields, false
	for _, token := range at {
		n, err := strconv.Atoi(token)
		if index && err == nil {
			text.WriteString("[" + token + "]")
			order = append(order, n)
			index = false
			continue
		}
		if text.Len() > 0 {
			text.WriteByte('.')
		}
		text.WriteString(token)
		place, known := g.byName[token]
		if !known {
			place, g = len(g.list), &group{}
			order = append(order, place)
			continue
		}
		order = append(order, place)
		declared := g.list[place]
		index = declared.kind == tableKind || declared.kind == listKind
		g = &declared.inner
	}
	return text.String(), order
}

// at returns the field that keys and indexes lead to, and whether they lead
// past it, to one of its elements; nil when there is none.
func (f *Form) at(at []string) (found *field, element bool) {
	g := &f.fields
	for _, token := range at {
		if found != nil && !element && (found.kind == tableKind || found.kind == listKind) {
			element = true
			continue
		}
		if found = g.find(token); found == nil {
			return nil, false
		}
		element = false
		g = &found.inner
	}
	return found, element
}
