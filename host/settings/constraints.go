package settings

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// readConstraints checks the jsonschema tag, in which the reflector passes over
// in silence what it does not understand, and keeps it for the reflector.
func (f *field) readConstraints(tag string) []error {
	if tag == "" {
		return nil
	}
	var faults []error
	var kept []string
	chosen := f.choice
	for _, part := range splitEscaped(tag) {
		name, value, assigned := strings.Cut(part, "=")
		switch {
		case part == "required":
			faults = append(faults, f.readRequired(map[string]string{"required": "true"})...)
		case part == "nullable": // holds for every value that is not required
		case name == "title" && assigned && f.label == "":
			f.label = value
		case name == "description" && assigned && f.help == "":
			f.help = value
		case name == "title" && assigned, name == "description" && assigned: // label and help say it better
		case name == "enum" && assigned && !chosen: // the options tag in other words
			faults = append(faults, f.readEnum(value)...)
		default:
			if err := f.checkConstraint(name, value); err != nil {
				faults = append(faults, fmt.Errorf("has jsonschema:%q: %w", part, err))
				continue
			}
			kept = append(kept, strings.ReplaceAll(part, ",", `\,`))
		}
	}
	f.constraints = strings.Join(kept, ",")
	return faults
}

func (f *field) checkConstraint(name, value string) error {
	switch name {
	case "default":
		return errors.New("the default is the value given as Settings")
	case "-", "type", "anchor", "oneof_type", "anyof_type", "oneof_ref", "anyof_ref":
		return errors.New("the type in Go says what the value is")
	case "writeOnly":
		return errors.New("sdk.Secret says so")
	case "oneof_required", "anyof_required":
		return nonempty(value)
	case "minLength", "maxLength":
		return all(f.only(stringKind, listKind, secretKind), count(value))
	case "minItems", "maxItems":
		return all(f.only(listKind, tableKind), count(value))
	case "uniqueItems":
		return all(f.only(listKind, tableKind), nonempty(value))
	case "pattern":
		_, err := regexp.Compile(value)
		return all(f.only(stringKind, listKind, secretKind), err)
	case "format":
		return all(f.only(stringKind, listKind), nonempty(value))
	case "readOnly":
		_, err := strconv.ParseBool(value)
		return all(f.only(stringKind), err)
	case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf":
		return all(f.only(intKind, floatKind), f.factor(name, value))
	case "enum":
		return errors.New("the options tag says it already")
	case "example":
		if f.kind == intKind || f.kind == floatKind {
			_, err := f.bound(value)
			return err
		}
		return all(f.only(stringKind, listKind), nonempty(value))
	}
	return errors.New("there is no such keyword")
}

func (f *field) readEnum(value string) []error {
	if err := f.only(stringKind, listKind, intKind, floatKind); err != nil {
		return []error{fmt.Errorf("has an enum: %w", err)}
	}
	f.choice = true
	if err := f.addOption(value, value); err != nil {
		return []error{err}
	}
	return nil
}

// only refuses a keyword for kinds it says nothing about.
func (f *field) only(kinds ...fieldKind) error {
	if slices.Contains(kinds, f.kind) {
		return nil
	}
	return errors.New("it does not fit the type")
}

func (f *field) factor(name, value string) error {
	n, err := numberOf(value)
	if err == nil && name == "multipleOf" && ratOf(n).Sign() <= 0 {
		return errors.New("has to be more than 0")
	}
	return err
}

func count(value string) error {
	if _, err := strconv.ParseUint(value, 10, 31); err != nil {
		return errors.New("is not a count")
	}
	return nil
}

func nonempty(value string) error {
	if value == "" {
		return errors.New("a value is missing")
	}
	return nil
}

// all returns the first error.
func all(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
