package settings

import (
	"encoding/json"
	"strings"
)

// Dynamic says whether the plugin itself lists the choices of a field. The path
// is as in [FieldError.Field], without indexes: "source" or "sources.kind".
func (f *Form) Dynamic(path string) bool {
	var found *field
	for g, rest := &f.fields, path; rest != ""; g = &found.inner {
		var name string
		name, rest, _ = strings.Cut(rest, ".")
		if found = g.find(name); found == nil {
			return false
		}
	}
	return found != nil && found.dynamic
}

// Draft returns values as a plugin gets them while somebody still fills the
// form in: those given, over the defaults. What does not fit yet is left out
// with everything else of its key at the top, and nothing is required. Secrets
// that were left out are as they are stored.
func (f *Form) Draft(values, stored json.RawMessage) json.RawMessage {
	given, err := readStored(values)
	if err != nil || len(values) > MaxValues {
		given = newObject(0)
	}
	before, err := readStored(stored)
	if err != nil {
		before = newObject(0)
	}
	for {
		c := &checker{form: f, lax: true}
		tree := c.run(given, before)
		fewer := false
		for _, wrong := range c.faults {
			if _, there := given.get(first(wrong.at)); there {
				given.remove(first(wrong.at))
				fewer = true
			}
		}
		if !fewer {
			return f.Effective(write(tree))
		}
	}
}

func first(at []string) string {
	if len(at) == 0 {
		return ""
	}
	return at[0]
}
