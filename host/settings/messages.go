package settings

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	santhosh "github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// mostChoices is how many values an error lists.
const mostChoices = 12

// errors writes the faults in the order of the declaration, one a path.
func (c *checker) errors() []FieldError {
	type placed struct {
		FieldError
		order []int
	}
	list := make([]placed, 0, len(c.faults))
	for _, fault := range c.faults {
		path, order := c.form.walk(fault.at)
		list = append(list, placed{FieldError{path, fault.message}, order})
	}
	slices.SortStableFunc(list, func(a, b placed) int {
		return cmp.Or(slices.Compare(a.order, b.order), cmp.Compare(a.Field, b.Field))
	})
	list = slices.CompactFunc(list, func(a, b placed) bool { return a.Field == b.Field })
	var errs []FieldError
	for i, fault := range list {
		if i == mostFaults {
			return append(errs, FieldError{Message: fmt.Sprintf("have %d more errors", len(list)-i)})
		}
		errs = append(errs, fault.FieldError)
	}
	return errs
}

// schemaFaults takes over what the schema refuses.
func (c *checker) schemaFaults(e *santhosh.ValidationError) {
	switch e.ErrorKind.(type) {
	case *kind.Required: // the checker said it, knowing defaults and what is visible
	case *kind.Schema, *kind.Group, *kind.Reference, *kind.AllOf:
		for _, cause := range e.Causes {
			c.schemaFaults(cause)
		}
	default:
		c.faults = append(c.faults, fault{e.InstanceLocation, c.form.message(e)})
	}
}

// message says in words for users what the schema has against a value.
func (f *Form) message(e *santhosh.ValidationError) string {
	at, element := f.at(e.InstanceLocation)
	switch k := e.ErrorKind.(type) {
	case *kind.Type:
		return typeMessage(at, element)
	case *kind.Enum:
		return "has to be one of " + choices(k.Want)
	case *kind.Minimum:
		return "has to be " + numeral(k.Want) + " or more"
	case *kind.Maximum:
		return "has to be " + numeral(k.Want) + " or less"
	case *kind.ExclusiveMinimum:
		return "has to be more than " + numeral(k.Want)
	case *kind.ExclusiveMaximum:
		return "has to be less than " + numeral(k.Want)
	case *kind.MultipleOf:
		return "has to be a multiple of " + numeral(k.Want)
	case *kind.MinLength:
		return "has to have " + several(k.Want, "character") + " or more"
	case *kind.MaxLength:
		return "has to have " + several(k.Want, "character") + " or less"
	case *kind.MinItems:
		return "has to have " + several(k.Want, "entry") + " or more"
	case *kind.MaxItems:
		return "has to have " + several(k.Want, "entry") + " or less"
	case *kind.UniqueItems:
		return fmt.Sprintf("has the same entry twice, as number %d and %d", k.Duplicates[0]+1, k.Duplicates[1]+1)
	case *kind.Pattern:
		return "has to match " + k.Want
	case *kind.Format:
		return formatMessage(k)
	}
	return "does not fit: " + e.ErrorKind.LocalizedString(message.NewPrinter(language.English))
}

func typeMessage(f *field, element bool) string {
	switch {
	case f == nil:
		return "has to be a JSON object"
	case f.kind == boolKind:
		return "has to be true or false"
	case f.kind == intKind:
		return "has to be a whole number"
	case f.kind == floatKind:
		return "has to be a number"
	case f.kind == durationKind:
		return "has to be a duration such as 1m30s"
	case f.kind == listKind && !element:
		return "has to be a list of texts"
	case f.kind == tableKind && !element:
		return "has to be a list of rows"
	case f.kind == tableKind, f.kind == sectionKind:
		return "has to be an object with its own fields"
	case f.kind == stringKind && len(f.options) > 0:
		values := make([]any, len(f.options))
		for i, option := range f.options {
			values[i] = option.Value
		}
		return "has to be one of " + choices(values)
	}
	return "has to be text"
}

func formatMessage(k *kind.Format) string {
	s, _ := k.Got.(string)
	switch k.Want {
	case "regex":
		if err := checkRegex(s); err != nil {
			return err.Error()
		}
	case "go-duration", "cron", "color", "uri":
		return k.Err.Error()
	}
	return "is not a valid " + k.Want
}

func choices(values []any) string {
	words := make([]string, 0, mostChoices)
	for i, v := range values {
		if i == mostChoices {
			return strings.Join(words, ", ") + fmt.Sprintf(" or %d others", len(values)-i)
		}
		if n, ok := v.(json.Number); ok {
			v = string(n)
		}
		words = append(words, fmt.Sprint(v))
	}
	return strings.Join(words, ", ")
}

func several(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "y"):
		return fmt.Sprintf("%d %sies", n, strings.TrimSuffix(noun, "y"))
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
