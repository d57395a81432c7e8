package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// In a program that looks at what it recovers every index is checked in Go's
// own words before the interpreter uses it.

// indexed checks the index of a slice, an array or a string.
func (l *lowerer) indexed(n *ast.IndexExpr) {
	if !l.facts.recovers || !l.hasBounds(n.X) {
		return
	}
	if tv := l.info.Types[n.Index]; tv.Value != nil {
		if _, isArray := l.info.TypeOf(n.X).Underlying().(*types.Array); isArray {
			return
		}
	}
	run := l.use(Run, "run")
	if l.pure(n.X) {
		l.replace(n.Index, text(run+".Index(int("), l.span(n.Index), text("), len("+l.source(n.X)+"))"))
		return
	}
	if l.isTarget(n) {
		return
	}
	t := l.typeName(types.Default(l.info.TypeOf(n.X)))
	l.replace(n, text("func(s "+t+", i int) "+l.typeName(l.info.TypeOf(n))+" { return s["+run+".Index(i, len(s))] }("),
		l.span(n.X), text(", int("), l.span(n.Index), text("))"))
}

// hasBounds says that x has a length that an index may pass.
func (l *lowerer) hasBounds(x ast.Expr) bool {
	t := l.info.TypeOf(x)
	if t == nil || isTypeParam(t) || l.info.Types[x].IsType() {
		return false
	}
	switch t := t.Underlying().(type) {
	case *types.Slice, *types.Array:
		return true
	case *types.Basic:
		return t.Info()&types.IsString != 0
	}
	return false
}

// sliced checks the bounds of a slice expression.
func (l *lowerer) sliced(n *ast.SliceExpr) {
	if !l.facts.recovers || n.Slice3 || !l.hasBounds(n.X) {
		return
	}
	t := types.Default(l.info.TypeOf(n.X))
	if _, isArray := t.Underlying().(*types.Array); isArray {
		return
	}
	limit := "cap(s)"
	if _, isString := t.Underlying().(*types.Basic); isString {
		limit = "-1"
	}
	low, high := []part{text("0")}, []part{text("-1, false")}
	if n.Low != nil {
		low = []part{text("int("), l.span(n.Low), text(")")}
	}
	if n.High != nil {
		high = []part{text("int("), l.span(n.High), text("), true")}
		high[0] = text("int(")
	}
	typ, run := l.typeName(t), l.use(Run, "run")
	parts := []part{text("func(s " + typ + ", i, j int, given bool) " + l.typeName(types.Default(l.info.TypeOf(n))) +
		" { i, j = " + run + ".Bounds([]int{i, j, len(s), " + limit + "}, given); return s[i:j] }("), l.span(n.X), text(", ")}
	parts = append(append(append(append(parts, low...), text(", ")), high...), text(")"))
	l.replace(n, parts...)
}

// pure says that e may be evaluated twice.
func (l *lowerer) pure(e ast.Expr) bool {
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident, *ast.BasicLit:
		return true
	case *ast.SelectorExpr:
		return l.pure(x.X)
	}
	return false
}

// isTarget says that the visited expression is assigned to, or its address is
// taken.
func (l *lowerer) isTarget(n ast.Expr) bool {
	child := ast.Node(n)
	for i := 1; ; i++ {
		switch p := l.parent(i).(type) {
		case *ast.ParenExpr:
		case *ast.SelectorExpr:
		case *ast.IndexExpr:
			if p.X != child {
				return false
			}
		case *ast.AssignStmt:
			for _, e := range p.Lhs {
				if e == child {
					return true
				}
			}
			return false
		case *ast.IncDecStmt:
			return true
		case *ast.UnaryExpr:
			return p.Op == token.AND
		case *ast.CallExpr:
			return p.Fun == child
		default:
			return false
		}
		child = l.parent(i)
	}
}
