package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// simple says that the order in which e is evaluated does not matter.
func (l *lowerer) simple(e ast.Expr) bool {
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident, *ast.BasicLit:
		return true
	case *ast.SelectorExpr:
		return l.simple(x.X)
	}
	return l.constant(e)
}

// assignment writes "a, b = f(), g()" with variables of its own between: the
// interpreter loses one of the values.
func (l *lowerer) assignment(n *ast.AssignStmt) {
	for _, e := range n.Lhs {
		l.foreign(e)
	}
	if n.Tok == token.ASSIGN && len(n.Lhs) == len(n.Rhs) {
		for i, e := range n.Rhs {
			if l.source(n.Lhs[i]) != "_" {
				l.convert(e, l.info.TypeOf(n.Lhs[i]), nil)
			}
		}
	}
	if n.Tok != token.ASSIGN || len(n.Lhs) < 2 || len(n.Lhs) != len(n.Rhs) {
		return
	}
	allSimple := true
	for _, e := range n.Rhs {
		allSimple = allSimple && l.simple(e)
	}
	if allSimple {
		return
	}
	if !l.listed() {
		if !l.plainSwap(n) {
			l.refuse(n, "an assignment of several values here", "write it as a statement of its own")
		}
		return
	}
	var parts []part
	names := make([]string, len(n.Rhs))
	for i, e := range n.Rhs {
		names[i] = l.name()
		t := l.info.TypeOf(n.Lhs[i])
		if t == nil || l.source(n.Lhs[i]) == "_" {
			t = types.Default(l.info.TypeOf(e))
		}
		parts = append(parts, text("var "+names[i]+" "+l.typeName(t)+" = "), l.span(e), text("; "))
	}
	targets, before := l.targets(n)
	parts = append(before, parts...)
	for i := range n.Lhs {
		if i > 0 {
			parts = append(parts, text("; "))
		}
		parts = append(parts, targets[i]...)
		parts = append(parts, text(" = "+names[i]))
	}
	l.replace(n, parts...)
}

// targets returns the left sides. An index that the assignment itself may
// change is evaluated before.
func (l *lowerer) targets(n *ast.AssignStmt) (list [][]part, before []part) {
	for _, e := range n.Lhs {
		x, ok := ast.Unparen(e).(*ast.IndexExpr)
		if !ok || l.constant(x.Index) || !l.changes(n.Lhs, x.Index) {
			list = append(list, []part{l.span(e)})
			continue
		}
		name := l.name()
		before = append(before, text(name+" := "), l.span(x.Index), text("; "))
		list = append(list, []part{l.span(x.X), text("[" + name + "]")})
	}
	return list, before
}

// changes says whether one of the variables on the left is used in e.
func (l *lowerer) changes(left []ast.Expr, e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(x ast.Node) bool {
		if _, isCall := x.(*ast.CallExpr); isCall {
			found = true
		}
		if id, ok := x.(*ast.Ident); ok {
			for _, target := range left {
				if o := l.root(target); o != nil && o == l.info.Uses[id] {
					found = true
				}
			}
		}
		return !found
	})
	return found
}

// plainSwap is what loops have between their turns, as in "i, j = i+1, j-1",
// which the interpreter runs right.
func (l *lowerer) plainSwap(n *ast.AssignStmt) bool {
	for _, e := range n.Rhs {
		b, ok := ast.Unparen(e).(*ast.BinaryExpr)
		if !l.simple(e) && (!ok || !l.simple(b.X) || !l.simple(b.Y)) {
			return false
		}
	}
	return true
}

// returned writes "return <-c" in two statements, and what a function with
// deferred calls returns.
func (l *lowerer) returned(n *ast.ReturnStmt) {
	l.convertResults(n)
	if l.guardedReturn(n) {
		return
	}
	for _, e := range n.Results {
		u, ok := ast.Unparen(e).(*ast.UnaryExpr)
		if !ok || u.Op != token.ARROW {
			continue
		}
		if len(n.Results) > 1 && !l.othersSimple(n.Results, e) {
			l.refuse(n, "a return of a received value among others", "receive it in a statement before")
			return
		}
		name := l.name()
		l.replace(n, text("{ "+name+" := "), l.span(e), text("; "), l.between(n.Pos(), e.Pos()), text(name), l.between(e.End(), n.End()), text(" }"))
		return
	}
}

func (l *lowerer) othersSimple(list []ast.Expr, but ast.Expr) bool {
	for _, e := range list {
		if e != but && !l.simple(e) {
			return false
		}
	}
	return true
}

// convertResults looks at what a return makes an interface of.
func (l *lowerer) convertResults(n *ast.ReturnStmt) {
	t, _ := bodyOf(l.function())
	if t == nil || t.Results == nil || len(n.Results) < t.Results.NumFields() {
		return
	}
	i := 0
	for _, f := range t.Results.List {
		for range max(1, len(f.Names)) {
			l.convert(n.Results[i], l.info.TypeOf(f.Type), nil)
			l.computed(n.Results[i], l.info.TypeOf(f.Type))
			i++
		}
	}
}

// computed writes "-x" and "x == y" that are returned as an interface as
// conversions: the interpreter returns nothing in place of the first, and sets
// the result as if it was a bool for the second.
func (l *lowerer) computed(e ast.Expr, t types.Type) {
	_, basic := l.info.TypeOf(e).Underlying().(*types.Basic)
	if !basic || l.constant(e) || !types.IsInterface(t) || isTypeParam(t) {
		return
	}
	x := ast.Unparen(e)
	u, unary := x.(*ast.UnaryExpr)
	if _, binary := x.(*ast.BinaryExpr); binary || unary && u.Op != token.ARROW {
		l.replace(e, text(l.typeName(types.Default(l.info.TypeOf(e)))+"("), l.span(e), text(")"))
	}
}

// receive writes "<-c" inside of an expression as a call: the interpreter
// confuses what it receives with other operands, and cannot change a variable
// that began with it.
func (l *lowerer) receive(n *ast.UnaryExpr) {
	if n.Op != token.ARROW {
		return
	}
	switch p := l.parent(1).(type) {
	case *ast.ExprStmt, *ast.CommClause:
		return
	case *ast.AssignStmt:
		_, inSelect := l.parent(2).(*ast.CommClause)
		if inSelect || len(p.Lhs) == 2 && len(p.Rhs) == 1 {
			return
		}
	case *ast.ValueSpec:
		if len(p.Names) == 2 && len(p.Values) == 1 {
			return
		}
	}
	t := l.info.TypeOf(n)
	if tuple, ok := t.(*types.Tuple); ok {
		t = tuple.At(0).Type()
	}
	l.replace(n, text("func(c "+l.typeName(l.info.TypeOf(n.X))+") "+l.typeName(t)+" { v := <-c; return v }("), l.span(n.X), text(")"))
}

// foreign refuses a change of a variable of another package of the plugin's:
// the interpreter sometimes changes a copy.
func (l *lowerer) foreign(e ast.Expr) {
	for {
		switch x := e.(type) {
		case *ast.ParenExpr:
			e = x.X
			continue
		case *ast.SelectorExpr:
			if v, ok := l.info.Uses[x.Sel].(*types.Var); ok && !v.IsField() && v.Pkg() != l.pkg.Types && l.own[v.Pkg()] {
				l.refuse(e, "a change of "+v.Pkg().Name()+"."+v.Name()+" from another package", "give package "+v.Pkg().Name()+" a function that does it")
				return
			}
			if l.info.Selections[x] == nil {
				return
			}
			e = x.X
			continue
		case *ast.IndexExpr:
			if _, isArray := l.info.TypeOf(x.X).Underlying().(*types.Array); isArray {
				e = x.X
				continue
			}
		}
		return
	}
}
