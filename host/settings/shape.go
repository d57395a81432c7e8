package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/token"
	"strings"

	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

const (
	deepestForm  = 5    // levels of sections and tables
	largestShape = 1000 // fields of a form, all levels together
)

// FromShape makes the form of a Go plugin's settings. A plugin without settings
// (nil) has an empty form. When the declaration is not right there is no form
// but the list of all that is wrong, each naming its field.
func FromShape(shape *sdk.Shape) (*Form, []wire.Problem) {
	return fromShape(shape, "settings")
}

// FromParams makes the form of an action's parameters. Their defaults are the
// zero values of Go, which nobody chose: one that its own field refuses is no
// mistake, that field then has no default.
func FromParams(shape *sdk.Shape) (*Form, []wire.Problem) {
	return fromShape(shape, "parameters")
}

func fromShape(shape *sdk.Shape, what string) (form *Form, problems []wire.Problem) {
	r := &shapeReader{what: what}
	defer func() {
		if p := recover(); p != nil { // StructOf and the reflector panic for what the checks before them let through
			r.problems = append(r.problems, wire.Problem{Message: fmt.Sprintf("the %s cannot be a form: %v", what, p)})
			form, problems = nil, r.problems
		}
	}()
	if shape == nil {
		shape = &sdk.Shape{}
	}
	form = &Form{fields: r.group(shape.Fields, "", 1)}
	if r.problems == nil {
		r.defaults(&form.fields, shape.Defaults)
	}
	if r.problems != nil {
		return nil, r.problems
	}
	form.finish()
	if _, err := form.compile(); err != nil {
		return nil, []wire.Problem{{Message: fmt.Sprintf("the %s cannot be a form: %v", what, err)}}
	}
	unfit := form.unfitDefaults()
	if what == "parameters" {
		form.dropDefaults(unfit)
		return form, nil
	}
	r.checkDefaults(form, unfit)
	if r.problems != nil {
		return nil, r.problems
	}
	return form, nil
}

// finish makes everything that follows from the fields of a Go plugin.
func (f *Form) finish() {
	f.schema = reflectSchema(&f.fields)
	f.legacy = legacyList(&f.fields)
	newForm(f)
}

// shapeReader collects what is wrong with a shape.
type shapeReader struct {
	what     string // "settings" or "parameters"
	count    int    // fields so far
	problems []wire.Problem
}

func (r *shapeReader) fault(file string, line int, path, message string) {
	r.problems = append(r.problems, wire.Problem{
		File: file, Line: line, Message: fmt.Sprintf("%s field %q %s", r.what, path, message),
	})
}

// group reads the fields of one struct; above is the path that leads to it.
func (r *shapeReader) group(shapes []sdk.ShapeField, above string, depth int) group {
	var g group
	goNames, folded := map[string]bool{}, map[string]string{}
	for _, s := range shapes {
		if r.count++; r.count > largestShape {
			r.fault(s.File, s.Line, join(above, s.Name), fmt.Sprintf("is one of more than %d", largestShape))
			return g
		}
		path := join(above, s.JSONName())
		if s.JSONName() == "" {
			path = join(above, s.Name)
		}
		if fault := goFault(s, goNames); fault != "" {
			r.fault(s.File, s.Line, path, fault)
			continue
		}
		tags, err := parseTag(s.Tag)
		if err != nil {
			r.fault(s.File, s.Line, path, "has a struct tag that cannot be read: "+err.Error())
			continue
		}
		name, present := tags["json"]
		if err := checkName(name, present); err != nil {
			r.fault(s.File, s.Line, path, err.Error())
			continue
		}
		f := &field{name: s.JSONName(), file: s.File, line: s.Line}
		if other, taken := folded[strings.ToLower(f.name)]; taken {
			r.fault(s.File, s.Line, path, "has a json name that is taken: "+nameClash(other, f.name))
			continue
		}
		folded[strings.ToLower(f.name)] = f.name
		if r.field(f, s, path, depth) {
			for _, fault := range f.readTags(tags) {
				r.fault(s.File, s.Line, path, fault.Error())
			}
			if text, there := tags["visible_if"]; there {
				r.condition(f, text, path)
			}
			g.add(f)
		}
	}
	r.checkConditions(&g, above)
	return g
}

// nameClash explains a clash of names; decoding JSON in Go ignores case.
func nameClash(other, name string) string {
	if other == name {
		return "another field is called the same"
	}
	return fmt.Sprintf("it differs from %q in case only", other)
}

// goFault says why a field of a struct cannot be a setting, whatever its tags.
func goFault(s sdk.ShapeField, names map[string]bool) string {
	switch {
	case s.Embedded:
		return "is embedded; give it a name and a json tag, or write its fields out"
	case !token.IsIdentifier(s.Name) || s.Name == "_":
		return fmt.Sprintf("has the name %q, which is none in Go", s.Name)
	case !token.IsExported(s.Name):
		return fmt.Sprintf("is not exported; %s needs a capital letter", s.Name)
	case names[s.Name]:
		return fmt.Sprintf("has the name %s, which is taken", s.Name)
	}
	names[s.Name] = true
	return ""
}

// field reads the kind and what is within; false when it cannot be a field.
func (r *shapeReader) field(f *field, s sdk.ShapeField, path string, depth int) bool {
	switch s.Kind {
	case "bool":
		f.kind = boolKind
	case "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64":
		f.kind, f.goKind = intKind, s.Kind
	case "float32", "float64":
		f.kind, f.goKind = floatKind, s.Kind
	case "string":
		f.kind = stringKind
	case "[]string":
		f.kind = listKind
	case "sdk.Duration":
		f.kind = durationKind
	case "sdk.Secret":
		f.kind = secretKind
	case "sdk.Info":
		f.kind = infoKind
	case "struct", "[]struct":
		if depth >= deepestForm {
			r.fault(s.File, s.Line, path, fmt.Sprintf("is more than %d levels deep", deepestForm))
			return false
		}
		f.kind = sectionKind
		if s.Kind == "[]struct" {
			f.kind = tableKind
		}
		f.inner = r.group(s.Fields, path, depth+1)
		if f.kind == tableKind {
			r.checkTable(f, path)
		}
	case "recursive":
		r.fault(s.File, s.Line, path, "holds the struct it is in; a form has an end")
		return false
	default:
		r.fault(s.File, s.Line, path, fmt.Sprintf("has the type %s; there are bool, integers, floats, string, []string, "+
			"structs, slices of structs, sdk.Duration, sdk.Secret and sdk.Info", s.Kind))
		return false
	}
	return true
}

// checkTable refuses secrets in rows: a secret that is not sent again is kept,
// and nothing says which row is which after rows were moved.
func (r *shapeReader) checkTable(table *field, path string) {
	table.inner.eachSecret(nil, func(at []string) {
		f, _ := (&Form{fields: table.inner}).at(at)
		r.fault(f.file, f.line, join(path, strings.Join(at, ".")), "is a secret in a table; secrets can stand in sections only")
	})
}

// condition reads visible_if.
func (r *shapeReader) condition(f *field, text, path string) {
	name, value, assigned := strings.Cut(text, "=")
	if !assigned {
		r.fault(f.file, f.line, path, fmt.Sprintf(`has visible_if:%q; it is written visible_if:"mode=fast"`, text))
		return
	}
	f.when = &condition{name: strings.TrimSpace(name), value: strings.TrimSpace(value)}
}

// checkConditions looks at visible_if when all fields of a struct are known.
func (r *shapeReader) checkConditions(g *group, above string) {
	for _, f := range g.list {
		if f.when == nil {
			continue
		}
		if err := f.when.check(f, g.find(f.when.name)); err != nil {
			r.fault(f.file, f.line, join(above, f.name), err.Error())
		}
	}
}

// check compares a condition with the field it is about and notes its value's
// type.
func (c *condition) check(of, other *field) error {
	switch other {
	case nil:
		return fmt.Errorf("has visible_if with %q, which is no field beside it", c.name)
	case of:
		return errors.New("has visible_if with itself")
	}
	switch other.kind {
	case boolKind:
		c.typed = true
		if c.value != "true" && c.value != "false" {
			return fmt.Errorf("has visible_if with %s=%s; %s is true or false", c.name, c.value, c.name)
		}
	case intKind, floatKind:
		n, err := numberOf(c.value)
		if err != nil {
			return fmt.Errorf("has visible_if with %s=%s, which %w", c.name, c.value, err)
		}
		c.typed, c.value = true, string(n)
	case stringKind:
		if len(other.options) > 0 && c.value != "" && !other.isOption(c.value) {
			return fmt.Errorf("has visible_if with %s=%s, which is none of its options", c.name, c.value)
		}
	default:
		return fmt.Errorf("has visible_if with %s; only bool, numbers and text can be asked for", c.name)
	}
	return nil
}

// defaults hands every field its default; none are known when raw is empty or
// null.
func (r *shapeReader) defaults(g *group, raw json.RawMessage) {
	if len(raw) == 0 {
		return
	}
	v, err := readValue(raw)
	if err != nil {
		r.problems = append(r.problems, wire.Problem{Message: fmt.Sprintf("the default %s: %v", r.what, err)})
		return
	}
	if values, ok := v.(*object); ok {
		g.takeDefaults(values)
	}
}

func (g *group) takeDefaults(values *object) {
	for _, f := range g.list {
		v, there := values.get(f.name)
		inner, isObject := v.(*object)
		switch {
		case !there || v == nil:
		case f.kind == sectionKind && isObject:
			f.inner.takeDefaults(inner)
		default:
			f.setDefault(v)
		}
	}
}

// unfitDefaults lists the defaults that their own fields refuse. An empty one is
// right even where a value is required: the user has to choose it.
func (f *Form) unfitDefaults() []fault {
	c := &checker{form: f, lax: true}
	c.run(f.fields.defaultTree(), newObject(0))
	return c.faults
}

// dropDefaults makes the form again without these defaults.
func (f *Form) dropDefaults(unfit []fault) {
	for _, e := range unfit {
		declared, _ := f.blamed(e.at)
		declared.def, declared.defTree = nil, nil
	}
	if len(unfit) > 0 {
		f.finish()
	}
}

func (r *shapeReader) checkDefaults(form *Form, unfit []fault) {
	for _, e := range unfit {
		declared, path := form.blamed(e.at)
		which := "it"
		if at := form.path(e.at); at != path {
			which = at // an entry of a list
		}
		r.fault(declared.file, declared.line, path, fmt.Sprintf("has a default that does not fit: %s %s", which, e.message))
	}
}

// blamed returns the innermost field on the way to a value, and its path.
func (f *Form) blamed(at []string) (*field, string) {
	for n := len(at); n > 0; n-- {
		if found, element := f.at(at[:n]); found != nil && !element {
			return found, f.path(at[:n])
		}
	}
	return &field{}, f.path(at)
}

func join(above, name string) string {
	if above == "" {
		return name
	}
	return above + "." + name
}
