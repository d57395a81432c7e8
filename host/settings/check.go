package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	santhosh "github.com/santhosh-tekuri/jsonschema/v6"
)

// Check looks at values that somebody wants to save in place of stored ones,
// both JSON objects with secrets in clear; stored may be empty. It returns the
// values to save: those given, whole numbers written whole, and the secrets
// that were left out as they are stored (null in place of one clears it). Paths
// that the form does not know are listed in unknown; their values stay.
//
// When errs is not empty nothing may be saved. It lists everything that is
// wrong, in the order of the declaration.
func (f *Form) Check(values, stored json.RawMessage) (clean json.RawMessage, unknown []string, errs []FieldError) {
	if len(values) > MaxValues {
		return nil, nil, []FieldError{{Message: fmt.Sprintf("are more than %d bytes", MaxValues)}}
	}
	given, err := readObject(values)
	if err != nil {
		return nil, nil, []FieldError{{Message: plural(err)}}
	}
	before, err := readObject(stored)
	if err != nil {
		before = newObject(0) // what was stored and cannot be read holds no secret to keep
	}
	c := &checker{form: f}
	tree := c.run(given, before)
	if len(c.faults) > 0 {
		return nil, nil, c.errors()
	}
	return write(tree), c.unknown, nil
}

// Unfit lists what is wrong with stored values (secrets in clear): what the
// form refuses today, and what is required and missing. A Go plugin cannot be
// given such values; a Python plugin gets them as Dispatcharr would give them.
func (f *Form) Unfit(stored json.RawMessage) []FieldError {
	if neverSaved(stored) {
		return slices.Clone(f.missing())
	}
	return f.unfit(stored)
}

func (f *Form) unfit(stored json.RawMessage) []FieldError {
	values, err := readStored(stored)
	if err != nil {
		return []FieldError{{Message: plural(err)}}
	}
	c := &checker{form: f}
	c.run(values, newObject(0))
	return c.errors()
}

// Fitting returns stored values (secrets in clear) without those that Unfit
// reports, for which the defaults then count; of a list it leaves out all when one
// element does not fit. A Python plugin is given all its values, as in Dispatcharr.
func (f *Form) Fitting(stored json.RawMessage) json.RawMessage {
	values, err := readStored(stored)
	if f.python || err != nil {
		return stored
	}
	c := &checker{form: f}
	c.run(values, newObject(0))
	if len(c.faults) == 0 {
		return stored
	}
	for _, fault := range c.faults {
		f.fields.leaveOut(values, fault.at)
	}
	return write(values)
}

// leaveOut removes the value at a path, up to where the path leads into a list.
func (g *group) leaveOut(values *object, at []string) {
	if len(at) == 0 {
		return
	}
	f, value := g.find(at[0]), values.values[at[0]]
	if inner, isObject := value.(*object); isObject && f != nil && f.kind == sectionKind && len(at) > 1 {
		f.inner.leaveOut(inner, at[1:])
		return
	}
	values.remove(at[0])
}

// readStored is readObject for values that may never have been saved.
func readStored(stored json.RawMessage) (*object, error) {
	if neverSaved(stored) {
		return newObject(0), nil
	}
	return readObject(stored)
}

// neverSaved says that there are no values, as for most plugins of a long list.
func neverSaved(stored json.RawMessage) bool {
	return len(stored) == 0 || string(stored) == "null" || string(stored) == "{}"
}

// plural turns a reader's error into a sentence about values.
func plural(err error) string {
	if errors.Is(err, errNotObject) {
		return "have to be a JSON object"
	}
	return strings.Replace(err.Error(), "is ", "are ", 1)
}

// checker is one check.
type checker struct {
	form    *Form
	lax     bool     // defaults are checked: nothing is required
	at      []string // keys and indexes to where the check is
	faults  []fault
	unknown []string
}

// fault is a FieldError whose path is not written yet.
type fault struct {
	at      []string
	message string
}

func (c *checker) fail(message string) {
	c.faults = append(c.faults, fault{slices.Clone(c.at), message})
}

// run checks all values and returns the tree to save.
func (c *checker) run(given, before *object) *object {
	tree, plain := c.group(&c.form.fields, given, before)
	compiled, err := c.form.compile()
	if err != nil {
		c.fail("cannot be checked: " + err.Error())
		return tree
	}
	if invalid, wrong := errors.AsType[*santhosh.ValidationError](compiled.Validate(plain)); wrong {
		c.schemaFaults(invalid)
	}
	return tree
}

// group checks the values of one object. It returns those to save, and those
// that the schema has to look at in the form it wants them.
func (c *checker) group(g *group, given, before *object) (*object, map[string]any) {
	tree, plain := newObject(len(given.keys)), make(map[string]any, len(given.keys))
	for _, key := range given.keys {
		value := given.values[key]
		f := g.find(key)
		c.at = append(c.at, key)
		switch {
		case f == nil:
			if len(c.unknown) < mostFaults {
				c.unknown = append(c.unknown, c.form.path(c.at))
			}
			c.foreign(key, value)
			tree.set(key, value)
		case f.kind == infoKind: // nothing of it is stored
		default:
			required := f.required && g.visible(f, given)
			kept, seen, look := c.value(f, required, value, before)
			tree.set(key, kept)
			if look {
				plain[key] = seen
			}
		}
		c.at = c.at[:len(c.at)-1]
	}
	for _, f := range g.list {
		if _, there := given.get(f.name); there {
			continue
		}
		c.at = append(c.at, f.name)
		c.absent(g, f, given, before, tree)
		c.at = c.at[:len(c.at)-1]
	}
	return tree, plain
}

// absent looks at a field without a value: a stored secret is kept, and what is
// required and has no default is missing.
func (c *checker) absent(g *group, f *field, given, before, tree *object) { //nolint:revive // argument-limit: the three objects are one place seen three ways
	if f.kind == sectionKind {
		inner := before.object(f.name)
		if inner == nil {
			inner = newObject(0)
		}
		if kept, _ := c.group(&f.inner, newObject(0), inner); len(kept.keys) > 0 {
			tree.set(f.name, kept)
		}
		return
	}
	if f.kind == secretKind {
		kept, there := before.get(f.name)
		_, isText := kept.(string)
		if there && !isEmpty(kept) && (isText || f.lenient) { // what is no text, no Go plugin can read
			tree.set(f.name, kept)
			return
		}
	}
	if f.required && isEmpty(f.defTree) && g.visible(f, given) && !c.lax {
		c.fail("is required")
	}
}

// value checks one value. It returns what to save, and for the schema what to
// look at unless there is nothing to look at.
func (c *checker) value(f *field, required bool, value any, before *object) (kept, seen any, look bool) {
	switch {
	case f.kind == looseKind:
		c.foreign(f.name, value)
		return value, nil, false
	case !required && (value == "" && f.keepsText() || value == nil && (f.kind != sectionKind || f.nullable())):
		return value, nil, false
	case (required || value == nil) && isEmpty(value):
		if !c.lax {
			c.fail("is required")
		}
		return value, nil, false
	case f.lenient && f.def != nil && same(value, f.defTree):
		return value, nil, false
	}
	switch typed := value.(type) {
	case json.Number:
		return c.number(f, typed)
	case string:
		return c.text(f, typed)
	case *object:
		if f.kind == sectionKind {
			inner := before.object(f.name)
			if inner == nil {
				inner = newObject(0)
			}
			kept, seen = c.group(&f.inner, typed, inner)
			return kept, seen, true
		}
	case []any:
		if f.kind == listKind || f.kind == tableKind {
			kept, seen := c.elements(f, typed)
			return kept, seen, true
		}
	}
	return value, stub(value), true
}

func (c *checker) number(f *field, n json.Number) (kept, seen any, look bool) {
	if fault := numberFault(n); fault != "" {
		c.fail(fault)
		return n, nil, false
	}
	plain := plainNumber(n)
	switch f.kind {
	case intKind, floatKind:
		if fault := rangeFault(plain, f.goKind); fault != "" {
			c.fail(fault)
			return n, nil, false
		}
		return plain, plain, true
	case stringKind:
		if f.lenient && f.choice && f.isOption(string(plain)) {
			return plain, nil, false // Dispatcharr's page shows such a number as the option
		}
	}
	return n, n, true
}

func (c *checker) text(f *field, s string) (kept, seen any, look bool) {
	if strings.ContainsRune(s, 0) {
		c.fail("has a NUL character in it")
		return s, nil, false
	}
	if f.choice && f.isOption(s) && (f.kind == intKind || f.kind == floatKind) {
		return json.Number(s), nil, false // Dispatcharr's page sends options as text
	}
	return s, s, true
}

// elements checks the rows of a table and the texts of a list.
func (c *checker) elements(f *field, list []any) ([]any, []any) {
	kept, seen := make([]any, len(list)), make([]any, len(list))
	for i, element := range list {
		c.at = append(c.at, strconv.Itoa(i))
		kept[i], seen[i] = element, stub(element)
		if row, ok := element.(*object); ok && f.kind == tableKind {
			kept[i], seen[i] = c.group(&f.inner, row, newObject(0))
		}
		if text, ok := element.(string); ok && strings.ContainsRune(text, 0) {
			c.fail("has a NUL character in it")
		}
		c.at = c.at[:len(c.at)-1]
	}
	return kept, seen
}

// stub is a value for the schema to see the type of; it is refused for it.
func stub(v any) any {
	switch v.(type) {
	case *object:
		return map[string]any{}
	case []any:
		return []any{}
	}
	return v
}

// foreign looks at a value that the form does not know: it has to be one that
// every database keeps.
func (c *checker) foreign(key string, value any) {
	if strings.ContainsRune(key, 0) {
		c.fail("has a NUL character in its name")
	}
	if message := foreignFault(value); message != "" {
		c.fail(message)
	}
}

func foreignFault(value any) string {
	switch v := value.(type) {
	case string:
		if strings.ContainsRune(v, 0) {
			return "has a NUL character in it"
		}
	case json.Number:
		return numberFault(v)
	case []any:
		for _, element := range v {
			if message := foreignFault(element); message != "" {
				return message
			}
		}
	case *object:
		for _, key := range v.keys {
			if strings.ContainsRune(key, 0) {
				return "has a NUL character in a name"
			}
			if message := foreignFault(v.values[key]); message != "" {
				return message
			}
		}
	}
	return ""
}
