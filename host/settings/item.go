package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// mostWarnings is how many left-out entries are named one by one.
const mostWarnings = 50

// mostItems is how many fields or actions a plugin may have: a form of more is a
// mistake, and making it would hold up others.
const mostItems = 2000

// item reads the keys of one field or action of a Python plugin, as strictly
// and as leniently as Dispatcharr's loader. The first mistake stays in err.
type item struct {
	keys *object
	err  error
}

// items reads a list of objects one by one: read gets each, and what it finds
// wrong becomes a warning. Anything but a list counts as an empty one.
func items(raw json.RawMessage, what string, read func(*item)) []string {
	if len(raw) == 0 {
		return nil
	}
	v, err := readValue(raw)
	list, isList := v.([]any)
	switch {
	case err != nil:
		return []string{fmt.Sprintf("the %ss are left out: what the plugin gave %v", what, err)}
	case v == nil:
		return nil
	case !isList:
		return []string{fmt.Sprintf("the %ss are left out: they have to be a list", what)}
	}
	var warnings []string
	if more := len(list) - mostItems; more > 0 {
		list = list[:mostItems]
		warnings = append(warnings, fmt.Sprintf("%d %ss are left out: there may be %d", more, what, mostItems))
	}
	left := 0
	for i, element := range list {
		it := &item{}
		it.keys, _ = element.(*object)
		if it.keys == nil {
			it.keys = newObject(0)
			it.err = errors.New("it has to be a dictionary")
		} else {
			read(it)
		}
		if it.err == nil {
			continue
		}
		if left++; left <= mostWarnings {
			warnings = append(warnings, fmt.Sprintf("%s %d%s is left out: %v", what, i+1, it.called(), it.err))
		}
	}
	if left > mostWarnings {
		warnings = append(warnings, fmt.Sprintf("%d more %ss are left out", left-mostWarnings, what))
	}
	return warnings
}

// called names the item in a warning, if it has an id.
func (it *item) called() string {
	if id := wordOf(it.keys.values["id"]); id != "" {
		return fmt.Sprintf(" (%q)", id)
	}
	return ""
}

func (it *item) fail(key, message string) {
	if it.err == nil {
		it.err = fmt.Errorf("its %s %s", key, message)
	}
}

// value returns what is at a key; null is never right.
func (it *item) value(key string) (any, bool) {
	v, there := it.keys.get(key)
	if there && v == nil {
		it.fail(key, "is null")
		return nil, false
	}
	return v, there
}

// name reads a text that has to be there and not be blank.
func (it *item) name(key string) string {
	s := it.text(key)
	switch {
	case s == nil:
		it.fail(key, "is missing")
		return ""
	case *s == "":
		it.fail(key, "is blank")
	}
	return *s
}

// text reads an optional text; nil when there is none.
func (it *item) text(key string) *string {
	v, there := it.value(key)
	if !there {
		return nil
	}
	s, err := trimmed(v)
	if err != nil {
		it.fail(key, err.Error())
	}
	return &s
}

// trimmed reads a text without the white space around it; numbers are texts as
// Python writes them.
func trimmed(v any) (string, error) {
	switch v := v.(type) {
	case string:
		if strings.ContainsRune(v, 0) {
			return "", errors.New("has a NUL character in it")
		}
		return strings.TrimSpace(v), nil
	case json.Number:
		if n := string(v); isPlainInteger(n) {
			return string(plainNumber(v)), nil
		}
		f, err := v.Float64()
		if err != nil {
			return "", errors.New("is too large a number")
		}
		return decimal(f).String(), nil
	}
	return "", errors.New("is not a text")
}

// number reads an optional number, which may be written as a text.
func (it *item) number(key string) *decimal {
	v, there := it.value(key)
	if !there {
		return nil
	}
	var f float64
	err := errors.New("no number")
	switch v := v.(type) {
	case json.Number:
		f, err = v.Float64()
	case bool:
		f, err = 0, nil
		if v {
			f = 1
		}
	case string:
		if s := strings.TrimSpace(v); !strings.ContainsAny(s, "xXpP_") { // Go's notations
			f, err = strconv.ParseFloat(s, 64)
		}
	}
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		it.fail(key, "is not a number")
		return nil
	}
	d := decimal(f)
	return &d
}

// texts reads an optional list of texts that are not blank.
func (it *item) texts(key string) []string {
	v, there := it.value(key)
	if !there {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		it.fail(key, "is not a list")
		return nil
	}
	texts := make([]string, len(list))
	for i, element := range list {
		s, err := trimmed(element)
		switch {
		case err != nil:
			it.fail(key, fmt.Sprintf("entry %d %v", i+1, err))
		case s == "":
			it.fail(key, fmt.Sprintf("entry %d is blank", i+1))
		}
		texts[i] = s
	}
	return texts
}
