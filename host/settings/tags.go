package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/pluggarr/pluggarr/sdk"
)

// parseTag reads a whole struct tag, as strictly as go vet.
func parseTag(tag string) (map[string]string, error) {
	values := map[string]string{}
	for first := true; tag != ""; first = false {
		if !first && tag[0] != ' ' {
			return nil, errors.New("a space is missing between its parts")
		}
		if tag = strings.TrimLeft(tag, " "); tag == "" {
			break
		}
		end := strings.IndexFunc(tag, func(r rune) bool { return r <= ' ' || r == ':' || r == '"' || r == 0x7f })
		switch {
		case end <= 0:
			return nil, fmt.Errorf("a name with its value in quotes was expected at %q", tag)
		case tag[end] != ':' || end+1 == len(tag) || tag[end+1] != '"':
			return nil, fmt.Errorf("%s needs a value in quotes, as in %s:\"…\"", tag[:end], tag[:end])
		}
		name := tag[:end]
		quoted, err := strconv.QuotedPrefix(tag[end+1:])
		if err != nil {
			return nil, fmt.Errorf("the value of %s is not a quoted text", name)
		}
		value, err := strconv.Unquote(quoted)
		if err != nil {
			return nil, fmt.Errorf("the value of %s is not a quoted text", name)
		}
		if _, taken := values[name]; taken {
			return nil, fmt.Errorf("it has %s twice", name)
		}
		values[name] = value
		tag = tag[end+1+len(quoted):]
	}
	return values, nil
}

// checkName says what is wrong with a json tag; nil when its name can be used.
func checkName(tag string, present bool) error {
	name, options, _ := strings.Cut(tag, ",")
	switch {
	case !present || name == "":
		return errors.New(`needs a json tag that names it, as in json:"limit"`)
	case name == "-":
		return errors.New("has no name in JSON; what is no setting does not belong in the struct")
	case strings.ContainsFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '-'
	}):
		return fmt.Errorf("has the json name %q; only letters, digits, _ and - are possible", name)
	}
	for option := range strings.SplitSeq(options, ",") {
		if option != "" && option != "omitempty" && option != "omitzero" {
			return fmt.Errorf("has the json option %q, which settings do not know", option)
		}
	}
	return nil
}

// readTags takes over what the tags say and returns every mistake.
func (f *field) readTags(tags map[string]string) []error {
	f.label, f.help = tags["label"], tags["help"]
	f.placeholder, f.section = tags["placeholder"], tags["section"]
	return slices.Concat(
		f.readWidget(tags["widget"]),
		f.readRequired(tags),
		f.readBounds(tags),
		f.readOptions(tags),
		f.readConstraints(tags["jsonschema"]),
	)
}

func (f *field) readWidget(widget string) []error {
	var fits bool
	switch widget {
	case "":
		return nil
	case "textarea", "cron", "color":
		fits = f.kind == stringKind
	case "regex", "url":
		fits = f.kind == stringKind || f.kind == listKind
	case "channel", "group", "profile", "account", "epgsource":
		fits = f.kind == stringKind || f.kind == intKind || f.kind == listKind
	case "password":
		fits = f.kind == stringKind || f.kind == secretKind
		if fits {
			f.kind = secretKind
		}
	default:
		return []error{fmt.Errorf("has the unknown widget %q; there are textarea, password, cron, regex, url, color, "+
			"channel, group, profile, account and epgsource", widget)}
	}
	if !fits {
		return []error{fmt.Errorf("has the widget %q, which does not fit its type", widget)}
	}
	f.widget = widget
	return nil
}

func (f *field) readRequired(tags map[string]string) []error {
	text, there := tags["required"]
	if !there {
		return nil
	}
	value, err := strconv.ParseBool(text)
	switch {
	case err != nil:
		return []error{fmt.Errorf("has required:%q; it is true or false", text)}
	case value && (f.kind == infoKind || f.kind == sectionKind):
		return []error{errors.New("cannot be required; only what has a value of its own can")}
	}
	f.required = value
	return nil
}

func (f *field) readBounds(tags map[string]string) []error {
	var faults []error
	for _, bound := range []struct {
		name string
		to   *json.Number
	}{{"min", &f.min}, {"max", &f.max}, {"step", &f.step}} {
		text, there := tags[bound.name]
		if !there {
			continue
		}
		n, err := f.bound(text)
		if err != nil {
			faults = append(faults, fmt.Errorf("has %s:%q, which %w", bound.name, text, err))
			continue
		}
		*bound.to = n
	}
	if faults != nil {
		return faults
	}
	if f.step != "" && ratOf(f.step).Sign() <= 0 {
		faults = append(faults, fmt.Errorf("has the step %s; it has to be more than 0", f.step))
	}
	if f.min != "" && f.max != "" && ratOf(f.min).Cmp(ratOf(f.max)) > 0 {
		faults = append(faults, fmt.Errorf("has a min of %s and a max of %s: no value fits", f.min, f.max))
	}
	return faults
}

// bound reads min, max and step.
func (f *field) bound(text string) (json.Number, error) {
	if f.kind != intKind && f.kind != floatKind {
		return "", errors.New("only numbers can have")
	}
	n, err := numberOf(text)
	if err != nil {
		return "", err
	}
	if f.kind != intKind {
		return n, nil
	}
	if !isPlainInteger(string(n)) {
		return "", errors.New("has to be a whole number here")
	}
	if fault := rangeFault(n, f.goKind); fault != "" {
		return "", fmt.Errorf("%s cannot hold: it %s", f.goKind, fault)
	}
	return n, nil
}

// numberOf reads a number in JSON's notation.
func numberOf(text string) (json.Number, error) {
	v, err := readValue(json.RawMessage(text))
	n, ok := v.(json.Number)
	if err != nil || !ok {
		return "", errors.New("is not a number")
	}
	if fault := numberFault(n); fault != "" {
		return "", errors.New(fault)
	}
	return plainNumber(n), nil
}

// ratOf is for numbers that passed numberFault.
func ratOf(n json.Number) *big.Rat {
	r, ok := new(big.Rat).SetString(string(n))
	if !ok {
		return new(big.Rat)
	}
	return r
}

// readOptions reads "value=Label,other=Other label"; an empty list leaves the
// choices to the plugin.
func (f *field) readOptions(tags map[string]string) []error {
	text, there := tags["options"]
	if !there {
		return nil
	}
	switch f.kind {
	case stringKind, listKind, intKind, floatKind:
	default:
		return []error{errors.New("has options; only text, text lists and numbers can")}
	}
	f.choice = true
	if text == "" {
		f.dynamic = true
		if f.kind != stringKind && f.kind != listKind {
			return []error{errors.New("leaves its options to the plugin; only text and text lists can")}
		}
		return nil
	}
	var faults []error
	for _, part := range splitEscaped(text) {
		value, label, _ := strings.Cut(part, "=")
		value, label = strings.TrimSpace(value), strings.TrimSpace(label)
		if fault := f.addOption(value, label); fault != nil {
			faults = append(faults, fault)
		}
	}
	return faults
}

func (f *field) addOption(value, label string) error {
	if f.kind == intKind || f.kind == floatKind {
		n, err := f.bound(value)
		if err != nil {
			return fmt.Errorf("has the option %q, which %w", value, err)
		}
		value = string(n)
	}
	switch {
	case value == "":
		return errors.New("has an option without a value")
	case f.isOption(value):
		return fmt.Errorf("has the option %q twice", value)
	case label == "":
		label = value
	}
	f.options = append(f.options, sdk.Option{Value: value, Label: label})
	return nil
}

// splitEscaped splits at commas; "\," is a comma within a part.
func splitEscaped(text string) []string {
	var parts []string
	part := ""
	for piece := range strings.SplitSeq(text, ",") {
		if kept, escaped := strings.CutSuffix(piece, `\`); escaped {
			part += kept + ","
			continue
		}
		parts = append(parts, part+piece)
		part = ""
	}
	if part != "" {
		parts = append(parts, part)
	}
	return parts
}
