package settings

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/invopop/jsonschema"
	santhosh "github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/pluggarr/pluggarr/sdk"
)

// typeOf builds the struct that the fields describe. It panics for what no
// struct can be, see [reflect.StructOf]; declared fields were checked before.
func typeOf(fields []*field, names []string) reflect.Type {
	list := make([]reflect.StructField, len(fields))
	for i, f := range fields {
		tag := fmt.Sprintf("json:%q", f.name)
		if f.constraints != "" {
			tag += fmt.Sprintf(" jsonschema:%q", f.constraints)
		}
		list[i] = reflect.StructField{Name: names[i], Type: f.goType(), Tag: reflect.StructTag(tag)}
	}
	return reflect.StructOf(list)
}

// goType is the type of the field in Go.
func (f *field) goType() reflect.Type {
	switch f.kind {
	case boolKind:
		return reflect.TypeFor[bool]()
	case intKind:
		return reflect.TypeFor[int]()
	case floatKind:
		return reflect.TypeFor[float64]()
	case listKind:
		return reflect.TypeFor[[]string]()
	case durationKind:
		return reflect.TypeFor[sdk.Duration]()
	case secretKind:
		return reflect.TypeFor[sdk.Secret]()
	case infoKind:
		return reflect.TypeFor[sdk.Info]()
	case sectionKind:
		return typeOf(f.inner.list, f.inner.goNames())
	case tableKind:
		return reflect.SliceOf(typeOf(f.inner.list, f.inner.goNames()))
	case stringKind:
		return reflect.TypeFor[string]()
	}
	return reflect.TypeFor[any]()
}

// goNames makes up names: those in the plugin's source were checked and say
// nothing in a schema.
func (g *group) goNames() []string {
	names := make([]string, len(g.list))
	for i := range names {
		names[i] = fmt.Sprintf("F%d", i)
	}
	return names
}

// reflectSchema makes the schema of the fields: the reflector's work on the
// type, then what the tags say.
func reflectSchema(g *group) json.RawMessage {
	r := jsonschema.Reflector{
		Anonymous: true, DoNotReference: true, ExpandedStruct: true,
		RequiredFromJSONSchemaTags: true,
		AllowAdditionalProperties:  true, // unknown keys are kept
		Mapper:                     sdkSchema,
	}
	root := r.ReflectFromType(typeOf(g.list, g.goNames()))
	g.decorate(root)
	return encodeSchema(root)
}

// sdkSchema gives the SDK's own types their schema.
func sdkSchema(t reflect.Type) *jsonschema.Schema {
	switch t {
	case reflect.TypeFor[sdk.Duration]():
		return &jsonschema.Schema{Type: "string", Format: "go-duration"}
	case reflect.TypeFor[sdk.Secret]():
		return &jsonschema.Schema{Type: "string", Format: "password", WriteOnly: true}
	case reflect.TypeFor[sdk.Info]():
		return &jsonschema.Schema{Type: "string", ReadOnly: true}
	}
	return nil
}

func encodeSchema(s *jsonschema.Schema) json.RawMessage {
	raw, err := json.Marshal(s)
	if err != nil {
		// Everything in it was decoded from JSON or made here.
		return json.RawMessage(`{"type":"object","properties":{}}`)
	}
	return raw
}

// decorate adds what our own tags say to the properties of an object.
func (g *group) decorate(s *jsonschema.Schema) {
	for _, f := range g.list {
		p, ok := s.Properties.Get(f.name)
		if !ok {
			continue
		}
		f.decorate(p)
		if f.needed() {
			s.Required = append(s.Required, f.name)
		}
		switch f.kind {
		case sectionKind:
			f.inner.decorate(p)
		case tableKind:
			f.inner.decorate(p.Items)
		}
	}
}

func (f *field) decorate(p *jsonschema.Schema) {
	p.Title, p.Description = f.title(), f.help
	f.decorateNumber(p)
	f.decorateText(p)
	if f.def != nil && f.kind != secretKind {
		p.Default = f.def
	}
	for _, e := range []struct{ key, value string }{
		{"x-widget", f.widgetName()},
		{"x-section", f.section},
		{"x-placeholder", f.placeholder},
	} {
		if e.value != "" {
			extra(p, e.key, e.value)
		}
	}
	if f.when != nil {
		extra(p, "x-visible-if", map[string]any{"field": f.when.name, "value": f.when.shown()})
	}
	if f.required {
		extra(p, "x-required", true)
	}
	if f.step != "" {
		extra(p, "x-step", f.step)
	}
}

func (f *field) decorateNumber(p *jsonschema.Schema) {
	if f.kind == intKind && f.goKind != "int" && f.goKind != "int64" {
		low, high := integerRange(f.goKind)
		p.Minimum = tighter(p.Minimum, json.Number(low.String()), 1)
		if high.BitLen() <= 32 {
			p.Maximum = tighter(p.Maximum, json.Number(high.String()), -1)
		}
	}
	p.Minimum = tighter(p.Minimum, f.min, 1)
	p.Maximum = tighter(p.Maximum, f.max, -1)
}

// tighter returns that of two bounds which lets less through.
func tighter(a, b json.Number, sign int) json.Number {
	if a == "" || b != "" && ratOf(b).Cmp(ratOf(a)) == sign {
		return b
	}
	return a
}

func (f *field) decorateText(p *jsonschema.Schema) {
	values := p
	if f.kind == listKind {
		values = p.Items
	}
	switch f.widget {
	case "url":
		values.Format = "uri"
	case "cron", "color", "regex":
		values.Format = f.widget
	}
	if f.dynamic {
		extra(p, "x-options", "plugin")
	}
	if len(f.options) > 0 {
		labels := newObject(len(f.options))
		for _, o := range f.options {
			if f.kind == intKind || f.kind == floatKind && f.goKind != "" {
				values.Enum = append(values.Enum, json.Number(o.Value))
			} else {
				values.Enum = append(values.Enum, o.Value)
			}
			labels.set(o.Value, o.Label)
		}
		extra(p, "x-enum-labels", write(labels))
	}
	if f.required && f.when == nil {
		one := uint64(1)
		switch {
		case f.keepsText() && p.MinLength == nil:
			p.MinLength = &one
		case (f.kind == listKind || f.kind == tableKind) && p.MinItems == nil:
			p.MinItems = &one
		}
	}
}

// widgetName is what x-widget says.
func (f *field) widgetName() string {
	switch f.kind {
	case secretKind:
		return "password"
	case durationKind:
		return "duration"
	case infoKind, looseKind:
		return "info"
	}
	return f.widget
}

// shown is the value of a condition as JSON.
func (c *condition) shown() any {
	if v, err := readValue(json.RawMessage(c.value)); err == nil && c.typed {
		return v
	}
	return c.value
}

func extra(p *jsonschema.Schema, key string, value any) {
	if p.Extras == nil {
		p.Extras = map[string]any{}
	}
	p.Extras[key] = value
}

// compile makes the schema ready to check values.
func compile(schema json.RawMessage) (*santhosh.Schema, error) {
	document, err := santhosh.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	c := santhosh.NewCompiler()
	c.AssertFormat()
	for _, format := range formats() {
		c.RegisterFormat(format)
	}
	const name = "form:settings"
	if err := c.AddResource(name, document); err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	compiled, err := c.Compile(name)
	if err != nil {
		return nil, fmt.Errorf("compile the schema: %w", err)
	}
	return compiled, nil
}
