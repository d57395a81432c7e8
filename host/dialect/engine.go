package dialect

import (
	"go/version"
	"strings"

	"github.com/pluggarr/pluggarr/host/dialect/lower"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// lower rewrites the source for the interpreter, and reports what it would run
// differently from a compiled plugin.
func (l *load) lower() {
	var packages []*lower.Package
	for _, p := range l.order {
		q := &lower.Package{Types: p.types, InitOrder: p.order, SharedLoops: !p.Vendored && l.goVersion != "" && version.Compare(l.goVersion, "go1.22") < 0}
		for i, syntax := range p.syntax {
			q.Files = append(q.Files, &lower.File{Syntax: syntax, Source: p.Files[i].Source})
		}
		packages = append(packages, q)
	}
	for _, r := range lower.Program(l.fset, l.info, packages) {
		at := l.at(r.Pos)
		l.problems.addKind(wire.KindEngine, at, strings.TrimSpace(r.Message))
	}
	for i, p := range l.order {
		for j := range p.Files {
			p.Files[j].Lowered = packages[i].Files[j].Source
		}
	}
}
