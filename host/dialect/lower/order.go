package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"
)

// The interpreter sets package variables from top to bottom, and does not see
// that a value comes from a function which uses a variable below. In a package
// with such variables each gets its value in a function, and an init function
// before all others calls them in Go's order.

// reordered says that Go sets the variables of a package in another order than
// they stand in.
func (p *Package) reordered() bool {
	for i, x := range p.InitOrder {
		if i > 0 && x.Rhs.Pos() < p.InitOrder[i-1].Rhs.Pos() {
			return true
		}
	}
	return false
}

// setter is the name of the function that sets what an expression is for.
func setter(e ast.Expr) string { return fmt.Sprintf("pluggarr_i%d", e.Pos()) }

// variables takes the values out of a declaration of package variables.
func (l *lowerer) variables(n *ast.GenDecl) {
	if _, top := l.parent(1).(*ast.File); !top || n.Tok != token.VAR || !l.pkg.reordered() {
		return
	}
	again := ""
	if !n.Lparen.IsValid() {
		again = "var "
	}
	for _, s := range n.Specs {
		v, ok := s.(*ast.ValueSpec)
		if !ok || len(v.Values) == 0 {
			continue
		}
		var names, declared []string
		for _, id := range v.Names {
			names = append(names, id.Name)
			if id.Name != "_" {
				declared = append(declared, id.Name+" "+l.typeName(l.info.TypeOf(id)))
			}
		}
		parts := []part{text(strings.Join(declared, "; "+again))}
		for i, e := range v.Values {
			to := names[min(i, len(names)-1)]
			if len(v.Values) != len(names) {
				to = strings.Join(names, ", ")
			}
			between := "; " + again
			if i == 0 && len(declared) == 0 {
				between = ""
			}
			parts = append(parts, text(between+setter(e)+" = func() { "+to+" = "), l.span(e), text(" }"))
		}
		l.replace(v, parts...)
	}
}

// writeOrder adds the function that sets the variables to the first file that
// declares anything, since what stands first is called first.
func (l *lowerer) writeOrder(first *ast.File) {
	if l.file != first || !l.pkg.reordered() {
		return
	}
	var b strings.Builder
	for _, x := range l.pkg.InitOrder {
		b.WriteString(setter(x.Rhs) + "(); ")
	}
	l.edits.insert(l.offset(firstDeclaration(first).Pos()), "func init() { "+b.String()+"}; ")
}

// firstDeclaration is the first one of a file that is no import; nil for none.
func firstDeclaration(file *ast.File) ast.Decl {
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); !ok || g.Tok != token.IMPORT {
			return d
		}
	}
	return nil
}

// firstFile is the first one that declares something; nil for none.
func (p *Package) firstFile() *ast.File {
	for _, f := range p.Files {
		if firstDeclaration(f.Syntax) != nil {
			return f.Syntax
		}
	}
	return nil
}
