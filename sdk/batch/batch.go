// Package batch does to whole slices what plugins would write loops for:
// regular expressions over many texts, sorting, grouping, finding what is there
// twice. It is compiled, and so fast in interpreted plugins too.
package batch

import (
	"cmp"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Matching returns the places of the texts in which a regular expression is
// found, in Go's syntax. The error is that of a wrong expression.
func Matching(pattern string, texts []string) ([]int, error) {
	expression, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("compile the pattern: %w", err)
	}
	found := []int{}
	for i, text := range texts {
		if expression.MatchString(text) {
			found = append(found, i)
		}
	}
	return found, nil
}

// Groups returns for each text what a regular expression finds first: the whole
// and its groups, or nil where it is not found.
func Groups(pattern string, texts []string) ([][]string, error) {
	expression, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("compile the pattern: %w", err)
	}
	found := make([][]string, len(texts))
	for i, text := range texts {
		found[i] = expression.FindStringSubmatch(text)
	}
	return found, nil
}

// Replace returns the texts with all that a regular expression finds replaced;
// in the replacement $1 is the first group.
func Replace(pattern string, texts []string, with string) ([]string, error) {
	expression, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("compile the pattern: %w", err)
	}
	replaced := make([]string, len(texts))
	for i, text := range texts {
		replaced[i] = expression.ReplaceAllString(text, with)
	}
	return replaced, nil
}

// ByText returns the places of the texts, by what they are.
func ByText(texts []string) map[string][]int {
	places := map[string][]int{}
	for i, text := range texts {
		places[text] = append(places[text], i)
	}
	return places
}

// First returns the places of the texts that were not there before, in order.
func First(texts []string) []int {
	seen := make(map[string]bool, len(texts))
	first := []int{}
	for i, text := range texts {
		if !seen[text] {
			seen[text] = true
			first = append(first, i)
		}
	}
	return first
}

// Texts returns one field of each row: rows is a slice of structs, the field a
// text by its Go name, as in Texts(channels, "Name").
func Texts(rows any, field string) ([]string, error) {
	all, at, err := column(rows, field)
	if err != nil {
		return nil, err
	}
	if all.Type().Elem().FieldByIndex(at).Type.Kind() != reflect.String {
		return nil, fmt.Errorf("field %s is no text", field)
	}
	texts := make([]string, all.Len())
	for i := range texts {
		texts[i] = all.Index(i).FieldByIndex(at).String()
	}
	return texts, nil
}

// column finds a field of the structs in a slice.
func column(rows any, field string) (reflect.Value, []int, error) {
	all := reflect.ValueOf(rows)
	if all.Kind() != reflect.Slice || all.Type().Elem().Kind() != reflect.Struct {
		return all, nil, fmt.Errorf("%T is no slice of structs", rows)
	}
	found, ok := all.Type().Elem().FieldByName(field)
	if !ok || !found.IsExported() {
		return all, nil, fmt.Errorf("%v has no field %s", all.Type().Elem(), field)
	}
	return all, found.Index, nil
}

// Sort sorts a slice of structs in place by fields by their Go names, each with a "-" before
// it for the highest first: Sort(channels, "ChannelNumber", "Name"). Texts are
// sorted as people do: "Sport 2" comes before "Sport 10", whatever the case. Rows that are
// equal keep their order.
func Sort(rows any, fields ...string) error {
	var compare []func(a, b int) int
	for _, field := range fields {
		name, down := strings.CutPrefix(field, "-")
		all, at, err := column(rows, name)
		if err != nil {
			return fmt.Errorf("sort: %w", err)
		}
		by := comparing(all, at)
		if by == nil {
			return fmt.Errorf("sort: field %s has no order", name)
		}
		if down {
			up := by
			by = func(a, b int) int { return up(b, a) }
		}
		compare = append(compare, by)
	}
	all := reflect.ValueOf(rows)
	if all.Kind() != reflect.Slice {
		return fmt.Errorf("sort: %T is no slice of structs", rows)
	}
	order := make([]int, all.Len())
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		for _, c := range compare {
			if n := c(a, b); n != 0 {
				return n
			}
		}
		return 0
	})
	sorted := reflect.MakeSlice(all.Type(), all.Len(), all.Len())
	for to, from := range order {
		sorted.Index(to).Set(all.Index(from))
	}
	reflect.Copy(all, sorted)
	return nil
}

// comparing returns how one field of two rows is compared, by their places;
// nil when it has no order.
func comparing(all reflect.Value, at []int) func(a, b int) int {
	t := all.Type().Elem().FieldByIndex(at).Type
	zero := reflect.Zero(t)
	switch {
	case t == reflect.TypeFor[time.Time]():
		moments := values(all, at, func(v reflect.Value) time.Time {
			moment, _ := reflect.TypeAssert[time.Time](v)
			return moment
		})
		return func(a, b int) int { return moments[a].Compare(moments[b]) }
	case t.Kind() == reflect.String:
		texts := values(all, at, reflect.Value.String)
		return func(a, b int) int { return Compare(texts[a], texts[b]) }
	case t.Kind() == reflect.Bool:
		return ordered(values(all, at, func(v reflect.Value) int { return number(v.Bool()) }))
	case zero.CanInt():
		return ordered(values(all, at, reflect.Value.Int))
	case zero.CanUint():
		return ordered(values(all, at, reflect.Value.Uint))
	case zero.CanFloat():
		return ordered(values(all, at, reflect.Value.Float))
	}
	return nil
}

// values takes one field out of each row, so that comparing is quick.
func values[T any](all reflect.Value, at []int, of func(reflect.Value) T) []T {
	taken := make([]T, all.Len())
	for i := range taken {
		taken[i] = of(all.Index(i).FieldByIndex(at))
	}
	return taken
}

func ordered[T cmp.Ordered](values []T) func(a, b int) int {
	return func(a, b int) int { return cmp.Compare(values[a], values[b]) }
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Compare orders two texts as people do: digits by the number that they are,
// letters whatever their case. It returns -1, 0 or 1; 0 only for texts that
// are the same.
func Compare(a, b string) int {
	x, y := a, b
	for x != "" && y != "" {
		xHead, xRest := head(x)
		yHead, yRest := head(y)
		if n := compareHeads(xHead, yHead); n != 0 {
			return n
		}
		x, y = xRest, yRest
	}
	if n := cmp.Compare(len(x), len(y)); n != 0 {
		return n
	}
	return strings.Compare(a, b)
}

// head cuts off the digits, or else all that are none, at the beginning.
func head(text string) (head, rest string) {
	digits := isDigit(rune(text[0]))
	end := strings.IndexFunc(text, func(r rune) bool { return isDigit(r) != digits })
	if end < 0 {
		return text, ""
	}
	return text[:end], text[end:]
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func compareHeads(a, b string) int {
	if isDigit(rune(a[0])) && isDigit(rune(b[0])) {
		a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	}
	return compareLetters(a, b)
}

// compareLetters compares whatever the case.
func compareLetters(a, b string) int {
	for a != "" && b != "" {
		x, n := utf8.DecodeRuneInString(a)
		y, m := utf8.DecodeRuneInString(b)
		if x != y {
			if c := cmp.Compare(unicode.ToLower(x), unicode.ToLower(y)); c != 0 {
				return c
			}
		}
		a, b = a[n:], b[m:]
	}
	return cmp.Compare(len(a), len(b))
}
