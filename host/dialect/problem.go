package dialect

import (
	"bytes"
	"cmp"
	"fmt"
	"go/token"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pluggarr/pluggarr/sdk/wire"
)

// place is where in the source something is; the zero place is nowhere.
type place struct {
	file         string
	line, column int
}

// at returns where pos is, whatever //line comments claim.
func (l *load) at(pos token.Pos) place {
	if !pos.IsValid() {
		return place{}
	}
	p := l.fset.PositionFor(pos, false)
	return place{p.Filename, p.Line, p.Column}
}

// problems collects mistakes.
type problems struct {
	all  []wire.Problem
	more int // how many were not kept
}

// enough is how many are kept before they are sorted: wrong source must not
// cost memory without end.
const enough = 10 * maxProblems

func (p *problems) add(at place, message string) { p.addKind("", at, message) }

// addKind adds a problem of one of wire's kinds.
func (p *problems) addKind(kind string, at place, message string) {
	if len(p.all) >= enough {
		p.more++
		return
	}
	p.all = append(p.all, wire.Problem{
		File: at.file, Line: at.line, Column: at.column, Kind: kind, Message: strings.ToValidUTF8(message, "\uFFFD"),
	})
}

// extend adds a line to the last problem: the checker's way of pointing to a
// second place.
func (p *problems) extend(text string) {
	if n := len(p.all); n > 0 && p.more == 0 {
		p.all[n-1].Message += "\n\t" + strings.TrimSpace(text)
	}
}

// list returns what was collected in the order of the source, each once, with
// excerpts of the source.
func (p *problems) list(sources map[string][]byte) []wire.Problem {
	all := append([]wire.Problem{}, p.all...) // never nil: it goes over the wire as a list
	slices.SortStableFunc(all, func(a, b wire.Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	all = slices.Compact(all)
	more := p.more + max(0, len(all)-maxProblems)
	all = all[:len(all)-max(0, len(all)-maxProblems)]
	for i := range all {
		all[i].Excerpt = excerpt(sources[all[i].File], all[i].Line, all[i].Column)
	}
	if more > 0 {
		all = append(all, wire.Problem{Message: fmt.Sprintf("and %d more", more)})
	}
	return all
}

// excerpt returns a line of source with its number, and below it a mark under
// the column. It is "" when there is no such line.
func excerpt(source []byte, number, column int) string {
	line, ok := lineOf(source, number)
	if !ok {
		return ""
	}
	before := line[:min(max(column-1, 0), len(line))]
	text, mark := window(line, len(before))
	prefix := fmt.Sprintf("%d | ", number)
	var b strings.Builder
	b.WriteString(prefix + strings.ToValidUTF8(string(text), "\uFFFD"))
	if column < 1 {
		return b.String()
	}
	b.WriteString("\n" + strings.Repeat(" ", len(prefix)-2) + "| ")
	for _, r := range string(text[:mark]) {
		if r != '\t' { // a tab stays: the mark has to move as far as the text
			r = ' '
		}
		b.WriteRune(r)
	}
	b.WriteByte('^')
	return b.String()
}

func lineOf(source []byte, number int) ([]byte, bool) {
	for i := 1; number > 0 && i < number; i++ {
		_, rest, found := bytes.Cut(source, []byte("\n"))
		if !found {
			return nil, false
		}
		source = rest
	}
	if number < 1 || len(source) == 0 {
		return nil, false
	}
	line, _, _ := bytes.Cut(source, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r")), true
}

// window cuts a long line down to what is around mark, an offset in it, and
// returns the mark's offset in the cut.
func window(line []byte, mark int) ([]byte, int) {
	const around = 100
	from, to := 0, len(line)
	if mark > around {
		from = mark - around
	}
	if to > mark+around {
		to = mark + around
	}
	for from > 0 && !utf8.RuneStart(line[from]) {
		from--
	}
	for to < len(line) && !utf8.RuneStart(line[to]) {
		to++
	}
	return line[from:to], mark - from
}
