package lower

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"strconv"
	"strings"
)

// call looks at what is called, and at what becomes an interface on the way.
func (l *lowerer) call(n *ast.CallExpr) {
	tv := l.info.Types[n.Fun]
	if tv.IsType() {
		if len(n.Args) == 1 {
			l.convert(n.Args[0], tv.Type, nil)
		}
		return
	}
	if b, ok := l.info.Uses[nameOf(n.Fun)].(*types.Builtin); ok {
		l.builtin(n, b.Name())
		return
	}
	sig, ok := tv.Type.Underlying().(*types.Signature)
	if !ok {
		return
	}
	callee := l.compiled(n.Fun)
	if callee != nil && l.known(n, callee) {
		return
	}
	if _, many := l.info.TypeOf(firstOf(n.Args)).(*types.Tuple); many {
		return
	}
	if callee != nil {
		l.verbs(n, callee)
	}
	for i, a := range n.Args {
		if f, ok := l.info.TypeOf(a).Underlying().(*types.Signature); ok && callee != nil && strings.HasSuffix(callee.Pkg().Path(), "pluggarr/sdk") {
			l.handled(a, f)
		}
		t := paramType(sig, i, n.Ellipsis.IsValid())
		l.convert(a, t, callee)
		if last := sig.Params().Len() - 1; callee != nil && sig.Variadic() && i >= last && l.isPointerToOwn(l.info.TypeOf(a)) && isMethods(t) {
			l.returning(a, t)
		}
	}
}

// isPointerToOwn says that a type is a pointer to one of the plugin's.
func (l *lowerer) isPointerToOwn(t types.Type) bool {
	p, ok := types.Unalias(t).(*types.Pointer)
	return ok && l.isOwn(p.Elem())
}

// isMethods says that a type is an interface with methods.
func isMethods(t types.Type) bool {
	i, ok := t.Underlying().(*types.Interface)
	return ok && i.NumMethods() > 0
}

func firstOf(list []ast.Expr) ast.Expr {
	if len(list) != 1 {
		return nil
	}
	return list[0]
}

// compiled is the function or method of a compiled package that e names; nil
// for others.
func (l *lowerer) compiled(e ast.Expr) *types.Func {
	f, ok := l.info.Uses[nameOf(e)].(*types.Func)
	if !ok || f.Pkg() == nil || l.own[f.Pkg()] {
		return nil
	}
	return f
}

// known sees to functions that need a way of their own; true when that is all.
func (l *lowerer) known(n *ast.CallExpr, f *types.Func) bool {
	switch f.FullName() {
	case "errors.As":
		p, ok := l.info.TypeOf(n.Args[1]).Underlying().(*types.Pointer)
		if ok && isMethods(p.Elem()) {
			if _, named := types.Unalias(p.Elem()).(*types.Named); !named {
				l.refuse(n, "errors.As with an interface that is written out", "use a type of error")
				return true
			}
		}
		if !ok || !l.ownTarget(p.Elem()) {
			return !ok || types.IsInterface(l.info.TypeOf(n.Args[1]))
		}
		if types.IsInterface(p.Elem()) {
			l.refuse(n, "errors.As with an interface of the plugin's", "use a type of error")
			return true
		}
		l.assertable(n.Args[1], l.info.TypeOf(n.Args[0]), p.Elem())
		l.replace(n.Fun, text(l.helper(asOwn, []string{l.typeName(p.Elem())})))
		return true
	case "runtime.SetFinalizer", "runtime.AddCleanup", "runtime.ReadMemStats":
		l.refuse(n, f.FullName()+", since it keeps values longer", "leave it out")
		return true
	case "runtime.Caller", "runtime.Callers", "runtime.FuncForPC", "runtime.Stack", "runtime/debug.Stack", "runtime/debug.PrintStack":
		l.refuse(n, f.FullName()+", which tells of the interpreter's own functions", "name the place in the message")
		return true
	case "errors.Is":
		for _, a := range n.Args {
			if l.hasMethods(l.info.TypeOf(a)) {
				l.refuse(a, "errors.Is with a value of a type of the plugin's", "make it a variable with errors.New, or use errors.As")
			}
		}
		return true
	}
	return false
}

// ownTarget says that a type, or what it points to, is the plugin's.
func (l *lowerer) ownTarget(t types.Type) bool {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	return l.isOwn(t)
}

func (l *lowerer) hasMethods(t types.Type) bool {
	if types.IsInterface(t) {
		return false
	}
	return l.ownTarget(t) && types.NewMethodSet(t).Len() > 0
}

func (l *lowerer) builtin(n *ast.CallExpr, name string) {
	t := l.info.TypeOf(n)
	switch name {
	case "min", "max":
		if v := l.info.Types[n].Value; v == nil {
			l.extreme(n, name, l.typeName(t))
		} else if v.Kind() == constant.Float {
			f, _ := constant.Float64Val(v)
			l.replace(n, text(l.typeName(types.Default(t))+"("+strconv.FormatFloat(f, 'g', -1, 64)+")"))
		} else {
			l.replace(n, text(l.typeName(types.Default(t))+"("+v.ExactString()+")"))
		}
	case "clear":
		l.replace(n.Fun, text(l.use(Run, "run")+".Clear"))
	case "len", "cap":
		if v := l.info.Types[n].Value; v != nil && !l.inConstant() {
			l.replace(n, text("int("+v.ExactString()+")"))
		} else if p, ok := l.info.TypeOf(n.Args[0]).Underlying().(*types.Pointer); ok && v == nil {
			if a, ok := p.Elem().Underlying().(*types.Array); ok { // of a nil pointer, too
				l.replace(n, text(fmt.Sprintf("func(_ %s) int { return %d }(", l.typeName(p), a.Len())), l.span(n.Args[0]), text(")"))
			}
		}
	case "new":
		if !l.info.Types[n.Args[0]].IsType() {
			typ := l.typeName(t.Underlying().(*types.Pointer).Elem()) //nolint:errcheck,forcetypeassert // new gives a pointer
			l.replace(n, text(fmt.Sprintf("func(v %s) *%[1]s { return &v }(", typ)), l.span(n.Args[0]), text(")"))
		}
	case "recover":
		l.recovered(n)
	case "panic":
		if _, alone := l.parent(1).(*ast.ExprStmt); alone && len(l.stack) > 2 && l.listedAt(1) {
			at := l.fset.PositionFor(n.Pos(), false)
			l.edits.insert(l.offset(n.Pos()), fmt.Sprintf("%s.At(%q, %d); ", l.use(Run, "run"), at.Filename, at.Line))
		}
		l.convert(n.Args[0], types.NewInterfaceType(nil, nil), nil)
	case "append":
		if s, ok := t.Underlying().(*types.Slice); ok && !n.Ellipsis.IsValid() {
			for _, a := range n.Args[1:] {
				l.convert(a, s.Elem(), nil)
			}
		}
	}
}

// extreme writes min and max.
func (l *lowerer) extreme(n *ast.CallExpr, name, typ string) {
	op := "<"
	if name == "max" {
		op = ">"
	}
	parts := []part{text(fmt.Sprintf("func(x %s, more ...%[1]s) %[1]s { for _, y := range more { if x == x && (y != y || y %s x) { x = y } }; return x }(", typ, op))}
	for i, a := range n.Args {
		if i > 0 {
			parts = append(parts, text(", "))
		}
		parts = append(parts, l.span(a))
	}
	l.replace(n, append(parts, text(")"))...)
}

// inConstant says that the visited expression is a part of a type.
func (l *lowerer) inConstant() bool {
	for _, n := range l.stack {
		if _, ok := n.(*ast.ArrayType); ok {
			return true
		}
	}
	return false
}
