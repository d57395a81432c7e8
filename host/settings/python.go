package settings

import (
	"encoding/json"
	"fmt"

	"github.com/invopop/jsonschema"

	"github.com/pluggarr/pluggarr/sdk"
)

// FromFields makes the form of a Python plugin from what it gave as its fields
// (or what plugin.json says of them): any JSON. The entries are normalised as
// Dispatcharr's loader does; a wrong one is left out, and warnings say which and
// why. Of two fields with one id both stay in [Form.Fields]; the schema has the
// first that takes input.
//
// Values are checked by the type of the field, but a value that is the field's
// own default is right whatever its type, and a select takes a number that is
// written like one of its options.
func FromFields(raw json.RawMessage) (form *Form, warnings []string) {
	form = &Form{python: true}
	list := []legacyField{}
	warnings = items(raw, "field", func(it *item) {
		if l := it.field(); it.err == nil {
			list = append(list, l)
		}
	})
	for i := range list {
		form.fields.addLegacy(&list[i])
	}
	for i, l := range list {
		f := form.fields.find(l.ID)
		if f.kind != secretKind || l.Default == nil || string(l.Default) == `""` {
			continue
		}
		list[i].Default = nil
		warnings = append(warnings, fmt.Sprintf("the default of the password %q is used but not shown", l.ID))
	}
	form.schema = buildSchema(&form.fields)
	form.legacy = encodeList(list)
	return newForm(form), warnings
}

// field reads one field.
func (it *item) field() legacyField {
	l := legacyField{ID: it.name("id"), Label: it.text("label")}
	l.Type, _ = it.keys.values["type"].(string)
	switch l.Type {
	case "string", "number", "boolean", "select", "text", "info":
	default:
		it.fail("type", "is none of string, number, boolean, select, text and info")
	}
	if v, there := it.value("default"); there {
		l.Default = write(v)
	}
	l.HelpText, l.Description = it.text("help_text"), it.text("description")
	l.Placeholder, l.InputType, l.Value = it.text("placeholder"), it.text("input_type"), it.text("value")
	l.Min, l.Max, l.Step = it.number("min"), it.number("max"), it.number("step")
	l.Options = it.options()
	return l
}

// options reads the options of a field; nil when there are none.
func (it *item) options() []sdk.Option {
	v, there := it.value("options")
	if !there {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		it.fail("options", "are not a list")
		return nil
	}
	options := make([]sdk.Option, 0, len(list))
	for i, element := range list {
		keys, ok := element.(*object)
		if !ok {
			it.fail("options", fmt.Sprintf("entry %d is not a dictionary", i+1))
			return nil
		}
		option := item{keys: keys}
		options = append(options, sdk.Option{Value: option.name("value"), Label: option.name("label")})
		if option.err != nil {
			it.fail("options", fmt.Sprintf("entry %d is wrong: %v", i+1, option.err))
			return nil
		}
	}
	return options
}

// addLegacy adds a Python field. Of several with one id the first that takes
// input gives the type, any one can make it a password, and the first default
// counts, as it does when Dispatcharr merges.
func (g *group) addLegacy(l *legacyField) {
	f := l.declared()
	if l.Default != nil {
		if v, err := readValue(l.Default); err == nil {
			f.setDefault(v)
		}
	}
	known := g.find(l.ID)
	if known == nil {
		g.add(f)
		return
	}
	secret := known.kind == secretKind || f.kind == secretKind
	def, tree := known.def, known.defTree
	if def == nil {
		def, tree = f.def, f.defTree
	}
	if known.kind == looseKind {
		*known = *f
	}
	if secret {
		known.kind = secretKind
	}
	known.def, known.defTree = def, tree
}

// declared translates a Python field.
func (l *legacyField) declared() *field {
	f := &field{name: l.ID, lenient: true, label: said(l.Label), placeholder: said(l.Placeholder)}
	for _, help := range []*string{l.HelpText, l.Description, l.Value} { // the order in which Dispatcharr's page asks
		if help != nil {
			f.help = *help
			break
		}
	}
	switch l.Type {
	case "boolean":
		f.kind = boolKind
	case "number":
		f.kind = floatKind
		f.min, f.max, f.step = l.Min.number(), l.Max.number(), l.Step.number()
	case "select":
		f.kind, f.choice = stringKind, true
		for _, o := range l.Options {
			if !f.isOption(o.Value) {
				f.options = append(f.options, o)
			}
		}
	case "info":
		f.kind = looseKind
	default:
		f.kind = stringKind
		if l.Type == "text" {
			f.widget = "textarea"
		}
		if said(l.InputType) == "password" {
			f.kind = secretKind
		}
	}
	return f
}

// buildSchema makes the schema of Python fields, whose names no struct can have.
func buildSchema(g *group) json.RawMessage {
	root := &jsonschema.Schema{Version: jsonschema.Version, Type: "object", Properties: jsonschema.NewProperties()}
	for _, f := range g.list {
		p := &jsonschema.Schema{}
		switch f.kind {
		case boolKind:
			p.Type = "boolean"
		case floatKind:
			p.Type = "number"
		case secretKind:
			p.Type, p.Format, p.WriteOnly = "string", "password", true
		case looseKind:
			p.ReadOnly = true
		default:
			p.Type = "string"
		}
		root.Properties.Set(f.name, p)
	}
	g.decorate(root)
	return encodeSchema(root)
}

// said is "" for what was not said.
func said(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// number is "" for nil.
func (d *decimal) number() json.Number {
	if d == nil {
		return ""
	}
	return plainNumber(json.Number(d.String()))
}
