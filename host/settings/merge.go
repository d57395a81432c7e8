package settings

import "encoding/json"

// Effective returns the values that a plugin works with: what is stored
// (secrets in clear) over the defaults. Stored null and "" are not replaced by
// a default. What is stored and no object counts as nothing.
//
// A Python plugin gets everything that is stored, as in Dispatcharr, where the
// defaults are merged one level deep. A Go plugin gets what its struct declares,
// sections merged field by field; decoding in Go would take keys that differ in
// case only for its own.
func (f *Form) Effective(stored json.RawMessage) json.RawMessage {
	values, err := readStored(stored)
	if err != nil {
		values = newObject(0)
	}
	if f.python {
		return write(f.fields.mergeAll(values))
	}
	return write(f.fields.mergeDeclared(values))
}

// Defaults returns the defaults alone, an object. Those of secrets are left
// out.
func (f *Form) Defaults() json.RawMessage { return write(f.fields.defaultTree()) }

func (g *group) defaultTree() *object {
	tree := newObject(len(g.list))
	for _, f := range g.list {
		switch {
		case f.kind == secretKind:
		case f.kind == sectionKind:
			tree.set(f.name, f.inner.defaultTree())
		case f.def != nil:
			tree.set(f.name, f.defTree)
		}
	}
	return tree
}

// mergeAll keeps every key.
func (g *group) mergeAll(values *object) *object {
	for key, value := range values.values {
		if f := g.find(key); f != nil {
			values.values[key] = f.whole(value)
		}
	}
	for _, f := range g.list {
		if _, there := values.get(f.name); !there && f.def != nil {
			values.set(f.name, f.def)
		}
	}
	return values
}

// mergeDeclared keeps the keys of fields.
func (g *group) mergeDeclared(values *object) *object {
	merged := newObject(len(g.list))
	for _, f := range g.list {
		value, there := values.get(f.name)
		inner, isObject := value.(*object)
		switch {
		case f.kind == infoKind:
			if f.def != nil {
				merged.set(f.name, f.def)
			}
		case f.kind == sectionKind && !there:
			merged.set(f.name, f.inner.mergeDeclared(newObject(0)))
		case f.kind == sectionKind && isObject:
			merged.set(f.name, f.inner.mergeDeclared(inner))
		case there:
			merged.set(f.name, f.whole(value))
		case f.def != nil:
			merged.set(f.name, f.def)
		}
	}
	return merged
}

// whole writes whole numbers whole, also in the rows of a table.
func (f *field) whole(value any) any {
	switch v := value.(type) {
	case json.Number:
		if f.kind == intKind || f.kind == floatKind {
			return plainNumber(v)
		}
	case []any:
		if f.kind == tableKind {
			rows := make([]any, len(v))
			for i, row := range v {
				rows[i] = row
				if cells, ok := row.(*object); ok {
					rows[i] = f.inner.mergeDeclared(cells)
				}
			}
			return rows
		}
	}
	return value
}
