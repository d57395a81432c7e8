package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// literal sees to it that a function literal keeps the variables of the turn of
// the loop that it was made in. The interpreter looks for them when the function
// is called, if compiled code calls it; as an element of a list it is made at
// once.
func (l *lowerer) literal(n *ast.FuncLit) {
	loop := l.loopAround()
	if loop == nil || l.staysHere(n) || !l.usesFrom(n, loop) {
		return
	}
	l.edits.add(l.offset(n.Pos()), l.offset(n.End()), text("[]"+l.typeName(l.info.TypeOf(n))+"{"), l.span(n), text("}[0]"))
}

// loopAround is the outermost loop around what is visited, in its function; nil
// for none.
func (l *lowerer) loopAround() ast.Node {
	var loop ast.Node
	for i := 1; l.parent(i) != nil; i++ {
		switch p := l.parent(i).(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			return loop
		case *ast.ForStmt, *ast.RangeStmt:
			loop = p
		}
	}
	return loop
}

// staysHere says that a literal is called on the spot or becomes the value of a
// variable of a type without a name, which the interpreter does at once.
func (l *lowerer) staysHere(n *ast.FuncLit) bool {
	switch p := l.parent(1).(type) {
	case *ast.CallExpr:
		return p.Fun == ast.Expr(n)
	case *ast.AssignStmt:
		for i, e := range p.Rhs {
			if e == ast.Expr(n) && len(p.Lhs) == len(p.Rhs) {
				_, isName := p.Lhs[i].(*ast.Ident)
				_, isNamed := types.Unalias(l.info.TypeOf(p.Lhs[i])).(*types.Named)
				return isName && (p.Tok == token.DEFINE || !isNamed)
			}
		}
	case *ast.ValueSpec:
		return p.Type == nil
	}
	return false
}

// usesFrom says that a literal uses a variable that is declared in a loop around
// it.
func (l *lowerer) usesFrom(n *ast.FuncLit, loop ast.Node) bool {
	found := false
	ast.Inspect(n.Body, func(x ast.Node) bool {
		if id, ok := x.(*ast.Ident); ok {
			v, isVar := l.info.Uses[id].(*types.Var)
			found = found || isVar && !v.IsField() && loop.Pos() <= v.Pos() && v.Pos() < n.Pos()
		}
		return !found
	})
	return found
}

// spell writes the type of an element that is a pointer and has none written,
// where the list around it is of a compiled type: the interpreter does not know it
// there.
func (l *lowerer) spell(n *ast.CompositeLit) {
	p, ok := types.Unalias(l.info.TypeOf(n)).(*types.Pointer)
	if n.Type != nil || !ok {
		return
	}
	for i := 1; ; i++ {
		switch outer := l.parent(i).(type) {
		case *ast.KeyValueExpr:
		case *ast.CompositeLit:
			if _, named := types.Unalias(l.info.TypeOf(outer)).(*types.Named); named && !l.isOwn(l.info.TypeOf(outer)) {
				l.edits.insert(l.offset(n.Lbrace), "&"+l.typeName(p.Elem()))
			}
			return
		default:
			return
		}
	}
}
