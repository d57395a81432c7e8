package ingest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/dlclark/regexp2"

	"github.com/pluggarr/pluggarr/host/store"
)

// matchTime is how long one match with a pattern that may go wild may take.
const matchTime = 200 * time.Millisecond

// pattern is a regular expression as people write them for Python. What Go's
// own engine takes it runs, in time that grows with the text alone; look-around
// and back references need the other one, whose time is bounded.
type pattern struct {
	source string
	plain  *regexp.Regexp
	full   *regexp2.Regexp
}

// newPattern compiles a pattern. The error is a *Failure that names what the
// pattern is for.
func newPattern(what, source string, ignoreCase bool) (*pattern, error) {
	flags := ""
	if ignoreCase {
		flags = "(?i)"
	}
	if plain, err := regexp.Compile(flags + source); err == nil {
		return &pattern{source: source, plain: plain}, nil
	}
	full, err := regexp2.Compile(flags+source, regexp2.None)
	if err != nil {
		return nil, &Failure{
			Message: fmt.Sprintf("%s is no regular expression: %q (%v)", what, source, err), Next: "correct it, then refresh again",
			Fault: FaultUser, Cause: err,
		}
	}
	full.MatchTimeout = matchTime
	return &pattern{source: source, full: full}, nil
}

// find says whether the pattern is somewhere in text.
func (p *pattern) find(text string) (bool, error) {
	if p.plain != nil {
		return p.plain.MatchString(text), nil
	}
	found, err := p.full.MatchString(text)
	return found, p.tooSlow(err)
}

// replace puts with, in which $1 or \1 stands for what a group matched, in the
// place of every match in text.
func (p *pattern) replace(text, with string) (string, error) {
	if p.plain != nil {
		return p.plain.ReplaceAllString(text, template(with)), nil
	}
	text, err := p.full.Replace(text, template(with), -1, -1)
	return text, p.tooSlow(err)
}

func (p *pattern) tooSlow(err error) error {
	if err == nil {
		return nil
	}
	return &Failure{
		Message: fmt.Sprintf("the regular expression %q takes too long", p.source), Next: "write it without nested repetitions",
		Fault: FaultUser, Cause: err,
	}
}

// template turns $1 and \1, which mean a group whatever follows, into ${1}; any
// other $ stands for itself.
func template(with string) string {
	var b strings.Builder
	for i := 0; i < len(with); i++ {
		end := i + 1
		for end < len(with) && with[end] >= '0' && with[end] <= '9' {
			end++
		}
		switch c := with[i]; {
		case (c == '$' || c == '\\') && end > i+1:
			fmt.Fprintf(&b, "${%s}", with[i+1:end])
			i = end - 1
		case c == '$':
			b.WriteString("$$")
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// filters decide which entries of a playlist are taken.
type filters []filter

type filter struct {
	kind    string
	exclude bool
	*pattern
}

func newFilters(rows []store.M3UFilter) (filters, error) {
	var all filters
	for _, row := range rows {
		options := struct {
			CaseSensitive *bool `json:"case_sensitive"`
		}{}
		_ = json.Unmarshal(row.CustomProperties, &options) // people may have stored anything; what does not fit counts as not set
		ignoreCase := options.CaseSensitive != nil && !*options.CaseSensitive
		p, err := newPattern(fmt.Sprintf("a filter by %s", row.FilterType), row.RegexPattern, ignoreCase)
		if err != nil {
			return nil, err
		}
		all = append(all, filter{row.FilterType, row.Exclude, p})
	}
	return all, nil
}

// keep says whether an entry is taken: the first filter that fits decides, and
// what none fits is taken.
func (f filters) keep(e *entry) (bool, error) {
	for _, filter := range f {
		text := e.Name
		switch filter.kind {
		case store.FilterGroup:
			text = e.group
		case store.FilterURL:
			text = e.URL
		}
		found, err := filter.find(text)
		if err != nil {
			return false, err
		}
		if found {
			return !filter.exclude, nil
		}
	}
	return true, nil
}
