package lower

import (
	"cmp"
	"slices"
	"strings"
)

// part is a piece of what takes the place of source: text, or a range of the
// source, with the edits inside of it.
type part struct {
	text     string
	from, to int
}

func text(s string) part { return part{text: s} }

// edit replaces a range of the source; an empty range inserts.
type edit struct {
	from, to, order int
	parts           []part
}

// edits are the changes of one file. Those inside of a range that another edit
// moves are made where it moves to.
type edits struct {
	source []byte
	list   []edit
	used   []bool
}

func (e *edits) add(from, to int, parts ...part) {
	e.list = append(e.list, edit{from, to, len(e.list), parts})
}

func (e *edits) insert(at int, s string) { e.add(at, at, text(s)) }

// apply returns the source with all edits made.
func (e *edits) apply() []byte {
	if len(e.list) == 0 {
		return e.source
	}
	slices.SortStableFunc(e.list, func(a, b edit) int {
		empty := func(x edit) int {
			if x.from == x.to {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(empty(a), empty(b)), cmp.Compare(b.to, a.to), cmp.Compare(a.order, b.order))
	})
	e.used = make([]bool, len(e.list))
	return []byte(e.render(0, len(e.source)))
}

func (e *edits) render(from, to int) string {
	var b strings.Builder
	at := from
	first, _ := slices.BinarySearchFunc(e.list, from, func(x edit, from int) int { return cmp.Compare(x.from, from) })
	for i := first; i < len(e.list) && e.list[i].from <= to; i++ {
		x := e.list[i]
		// What is inserted at the end of a range belongs to what is around it.
		if e.used[i] || x.from < at || x.to > to || x.from == x.to && x.from == to && to != len(e.source) {
			continue
		}
		e.used[i] = true
		b.Write(e.source[at:x.from])
		for _, p := range x.parts {
			if p.to > p.from {
				b.WriteString(e.render(p.from, p.to))
			} else {
				b.WriteString(p.text)
			}
		}
		at = x.to
	}
	b.Write(e.source[at:to])
	return b.String()
}
