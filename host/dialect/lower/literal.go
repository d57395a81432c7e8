package lower

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strconv"
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

// keyed writes the keys of elements that begin with an index, as rows[0].Name
// does: the interpreter looks for the type of an element without a key before
// it runs, and does not find that of rows that compiled code made.
func (l *lowerer) keyed(n *ast.CompositeLit) {
	fields, isStruct := under(l.info.TypeOf(n)).(*types.Struct)
	if isStruct {
		if !slices.ContainsFunc(n.Elts, beginsIndexed) {
			return
		}
		for i, e := range n.Elts {
			l.edits.insert(l.offset(e.Pos()), fields.Field(i).Name()+": ")
		}
		return
	}
	at := int64(0)
	for _, e := range n.Elts {
		if pair, ok := e.(*ast.KeyValueExpr); ok {
			if key := l.info.Types[pair.Key].Value; key != nil { // a list's
				at, _ = constant.Int64Val(constant.ToInt(key))
			}
		} else if beginsIndexed(e) {
			l.edits.insert(l.offset(e.Pos()), strconv.FormatInt(at, 10)+": ")
		}
		at++
	}
}

// under is what a literal of a type holds: that of T where *T is left out.
func under(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	return t.Underlying()
}

// beginsIndexed says that something is taken from what an index finds.
func beginsIndexed(e ast.Expr) bool {
	for whole := e; ; {
		switch x := e.(type) {
		case *ast.IndexExpr:
			return e != whole
		case *ast.ParenExpr:
			e = x.X
		case *ast.SelectorExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.SliceExpr:
			e = x.X
		case *ast.TypeAssertExpr:
			e = x.X
		case *ast.CallExpr:
			e = x.Fun
		default:
			return false
		}
	}
}
