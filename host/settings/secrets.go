package settings

import (
	"cmp"
	"encoding/json"
	"slices"
)

// enterAgain is what users read when a secret cannot be opened.
const enterAgain = "cannot be read with this host's key and has to be entered again"

// Seal prepares values (secrets in clear) for storing: every secret is
// encrypted for its place in that plugin. before is what is stored now; a
// sealed text of it that the values do not mention is carried over, because
// whoever sent the values could not see it: a secret that could not be opened,
// or one whose field a version of the plugin has dropped. It fails when the
// values are no JSON object.
func (f *Form) Seal(values, before json.RawMessage, plugin string, s *Sealer) (json.RawMessage, error) {
	tree, err := readStored(values)
	if err != nil {
		return nil, err
	}
	f.fields.secretsIn(tree, nil, func(at []string, in *object, key string) {
		if text, ok := in.values[key].(string); ok && text != "" {
			in.set(key, s.Seal(text, place(plugin, f.path(at))))
		}
	})
	if old, err := readStored(before); err == nil {
		carry(tree, old)
	}
	return write(tree), nil
}

// carry copies sealed texts that have no successor.
func carry(to, from *object) {
	for _, key := range from.keys {
		value := from.values[key]
		inner, isObject := value.(*object)
		switch there, taken := to.get(key); {
		case !taken && isSealed(value):
			to.set(key, value)
		case isObject && taken:
			if section, ok := there.(*object); ok {
				carry(section, inner)
			}
		case isObject:
			section := newObject(1)
			if carry(section, inner); len(section.keys) > 0 {
				to.set(key, section)
			}
		}
	}
}

// Open returns stored values with their secrets in clear. Left out, and listed
// in lost, are secrets that cannot be opened and sealed texts where no secret is
// (any more). A secret that a plugin stored in clear itself stays as it is. What
// is no JSON object is returned as it is.
func (f *Form) Open(stored json.RawMessage, plugin string, s *Sealer) (plain json.RawMessage, lost []FieldError) {
	tree, err := readStored(stored)
	if err != nil {
		return stored, nil
	}
	c := &checker{form: f}
	f.fields.secretsIn(tree, nil, func(at []string, in *object, key string) {
		text, _ := in.values[key].(string)
		if !isSealed(text) {
			return
		}
		secret, err := s.Open(text, place(plugin, f.path(at)))
		if err != nil {
			c.faults = append(c.faults, fault{slices.Clone(at), enterAgain})
			in.remove(key)
			return
		}
		in.set(key, opened(secret))
	})
	dropSealed(tree, nil, func(at []string) {
		c.faults = append(c.faults, fault{at, "is encrypted and no secret of this version of the plugin"})
	})
	return write(settle(tree)), c.errors()
}

// opened is clear text of a secret, which may itself look sealed.
type opened string

// settle turns opened secrets into plain texts.
func settle(tree *object) *object {
	for key, value := range tree.values {
		switch v := value.(type) {
		case opened:
			tree.values[key] = string(v)
		case *object:
			settle(v)
		}
	}
	return tree
}

// dropSealed removes every sealed text.
func dropSealed(tree *object, above []string, dropped func(at []string)) {
	for _, key := range slices.Clone(tree.keys) {
		at := append(slices.Clone(above), key)
		value := tree.values[key]
		if isSealed(value) {
			tree.remove(key)
			dropped(at)
		}
		if inner, ok := value.(*object); ok {
			dropSealed(inner, at, dropped)
		}
	}
}

// Public returns stored values, sealed or in clear, as an API may show them:
// without secrets, and without sealed texts wherever they are. secrets says for
// the path of each secret whether it has a value. What is no JSON object shows
// as an empty one.
func (f *Form) Public(stored json.RawMessage) (settings json.RawMessage, secrets map[string]bool) {
	secrets = make(map[string]bool, len(f.secrets))
	for _, path := range f.secrets {
		secrets[path] = false
	}
	tree, err := readStored(stored)
	if err != nil {
		return json.RawMessage("{}"), secrets
	}
	f.fields.secretsIn(tree, nil, func(at []string, in *object, key string) {
		secrets[f.path(at)] = !isEmpty(in.values[key])
		in.remove(key)
	})
	dropSealed(tree, nil, func([]string) {})
	return write(tree), secrets
}

// SecretValues returns the secrets among values in clear, to be blotted out
// wherever the plugin's words are written. The longest comes first, for one
// may be part of another.
func (f *Form) SecretValues(values json.RawMessage) []string {
	tree, err := readStored(values)
	if err != nil {
		return nil
	}
	var list []string
	f.fields.secretsIn(tree, nil, func(_ []string, in *object, key string) {
		text := wordOf(in.values[key])
		if _, isBool := in.values[key].(bool); text != "" && !isBool && !slices.Contains(list, text) {
			list = append(list, text)
		}
	})
	slices.SortStableFunc(list, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return list
}

// secretsIn visits the secrets that a tree has, with the keys that lead to each
// and the object it is in.
func (g *group) secretsIn(tree *object, above []string, visit func(at []string, in *object, key string)) {
	for _, f := range g.list {
		value, there := tree.get(f.name)
		if !there {
			continue
		}
		at := append(slices.Clone(above), f.name)
		if f.kind == secretKind {
			visit(at, tree, f.name)
		}
		if section, ok := value.(*object); ok && f.kind == sectionKind {
			f.inner.secretsIn(section, at, visit)
		}
	}
}

// place is what a sealed text is bound to.
func place(plugin, path string) string { return plugin + "\x00" + path }
