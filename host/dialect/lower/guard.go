package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// The interpreter evaluates the arguments of deferred calls late, hangs in some
// of them, and has panics of its own words. So a function with deferred calls
// runs its body in a compiled function, run.Guard, that makes them.

// guardOf is the suffix of the names that belong to a function's guard.
func (l *lowerer) guardOf(fn ast.Node) string { return fmt.Sprint(l.offset(fn.Pos())) }

// defers says whether a function has defer statements of its own.
func defers(body *ast.BlockStmt) bool {
	found := false
	if body == nil {
		return false
	}
	ast.Inspect(body, func(n ast.Node) bool {
		if _, ok := n.(*ast.FuncLit); ok {
			return false
		}
		if _, ok := n.(*ast.DeferStmt); ok {
			found = true
		}
		return !found
	})
	return found
}

func bodyOf(fn ast.Node) (*ast.FuncType, *ast.BlockStmt) {
	switch fn := fn.(type) {
	case *ast.FuncDecl:
		return fn.Type, fn.Body
	case *ast.FuncLit:
		return fn.Type, fn.Body
	}
	return nil, nil
}

func (l *lowerer) guardFunction(t *ast.FuncType, body *ast.BlockStmt, fn ast.Node) {
	if !defers(body) {
		return
	}
	run, id := l.use(Run, "run"), l.guardOf(fn)
	begin := fmt.Sprintf(" %s.Guard(func(pluggarr_d%s *%[1]s.Defers) { ", run, id)
	end := " }) "
	if t.Results != nil {
		if len(t.Results.List) > 0 && !t.Results.Opening.IsValid() {
			l.edits.insert(l.offset(t.Results.Pos()), "(")
		}
		params, sets := "", ""
		i := 0
		for _, field := range t.Results.List {
			typ := l.typeName(l.info.TypeOf(field.Type))
			names := field.Names
			if len(names) == 0 {
				name := fmt.Sprintf("pluggarr_r%s_%d", id, i)
				l.edits.insert(l.offset(field.Type.Pos()), name+" ")
				params += fmt.Sprintf("pluggarr_%d %s, ", i, typ)
				sets += fmt.Sprintf("%s = pluggarr_%d; ", name, i)
				i++
			}
			for _, name := range names {
				params += fmt.Sprintf("pluggarr_%d %s, ", i, typ)
				if name.Name == "_" {
					l.refuse(name, "a result called _ of a function with deferred calls", "give it another name")
				} else {
					sets += fmt.Sprintf("%s = pluggarr_%d; ", name.Name, i)
				}
				i++
			}
		}
		if len(t.Results.List) > 0 {
			if !t.Results.Opening.IsValid() {
				l.edits.insert(l.offset(t.Results.End()), ")")
			}
			begin = fmt.Sprintf(" pluggarr_set%s := func(%s) { %s}; ", id, params[:len(params)-2], sets) + begin
			end += "; return "
		}
	}
	l.edits.insert(l.offset(body.Lbrace)+1, begin)
	l.edits.insert(l.offset(body.Rbrace), end)
}

// guardedReturn writes a return of a function with a guard.
func (l *lowerer) guardedReturn(n *ast.ReturnStmt) bool {
	fn := l.function()
	if _, body := bodyOf(fn); !defers(body) {
		return false
	}
	if len(n.Results) == 0 {
		return true
	}
	parts := []part{text("{ ")}
	args := []part{}
	for i, e := range n.Results {
		if i > 0 {
			args = append(args, text(", "))
		}
		if u, ok := ast.Unparen(e).(*ast.UnaryExpr); ok && u.Op == token.ARROW {
			name := l.name()
			parts = append(parts, text(name+" := "), l.span(e), text("; "))
			args = append(args, text(name))
			continue
		}
		args = append(args, l.span(e))
	}
	parts = append(parts, text("pluggarr_set"+l.guardOf(fn)+"("))
	parts = append(append(parts, args...), text("); return }"))
	l.replace(n, parts...)
	return true
}

// deferred writes a defer statement as a call of the guard, with what Go
// evaluates at once evaluated at once.
func (l *lowerer) deferred(n *ast.DeferStmt) {
	if !l.listed() {
		l.refuse(n, "a deferred call here", "write it as a statement of its own")
		return
	}
	var before, call []part
	keep := func(e ast.Expr, t types.Type, address string) {
		name := l.name()
		typ := l.typeName(t)
		if address != "" {
			typ = "*" + typ
		}
		declared := "var " + name + " " + typ + " = " + address
		if isAny(t) && !types.IsInterface(l.info.TypeOf(e)) {
			declared = name + " := " // it becomes any in the call, as it would without defer
		}
		before = append(before, text(declared), l.span(e), text("; "))
		call = append(call, text(name))
	}
	l.deferredCallee(n.Call, keep, &call)
	call = append(call, text("("))
	sig, _ := l.info.TypeOf(n.Call.Fun).Underlying().(*types.Signature)
	for i, a := range n.Call.Args {
		if i > 0 {
			call = append(call, text(", "))
		}
		t := types.Default(l.info.TypeOf(a))
		if l.constant(a) {
			call = append(call, l.span(a))
			continue
		}
		if sig != nil && !l.isGeneric(n.Call.Fun) {
			t = paramType(sig, i, n.Call.Ellipsis.IsValid())
		}
		keep(a, t, "")
	}
	if n.Call.Ellipsis.IsValid() {
		call = append(call, text("..."))
	}
	call = append(call, text(")"))
	fn, d := l.name(), "pluggarr_d"+l.guardOf(l.function())
	parts := append(before, text(fn+" := func() { "))
	parts = append(append(parts, call...), text(" }; "+d+".Add("+fn+")"))
	if lit, ok := n.Call.Fun.(*ast.FuncLit); ok && len(n.Call.Args) == 0 {
		parts = []part{text(fn + " := "), l.span(lit), text("; " + d + ".Add(" + fn + ")")}
		if lit.Type.Results != nil && len(lit.Type.Results.List) > 0 {
			parts = append([]part{}, text(fn+" := func() { "), l.span(n.Call), text(" }; "+d+".Add("+fn+")"))
		}
	}
	l.replace(n, parts...)
}

// isGeneric says that a call's types are not all written down.
func (l *lowerer) isGeneric(e ast.Expr) bool {
	_, isBuiltin := l.info.Uses[nameOf(e)].(*types.Builtin)
	return isBuiltin
}

func paramType(sig *types.Signature, i int, spread bool) types.Type {
	last := sig.Params().Len() - 1
	if sig.Variadic() && i >= last {
		t := sig.Params().At(last).Type()
		if s, ok := t.(*types.Slice); ok && !spread {
			return s.Elem()
		}
		return t
	}
	return sig.Params().At(min(i, last)).Type()
}

// deferredCallee writes what a deferred call calls.
func (l *lowerer) deferredCallee(c *ast.CallExpr, keep func(ast.Expr, types.Type, string), call *[]part) {
	fun := ast.Unparen(c.Fun)
	switch f := fun.(type) {
	case *ast.FuncLit:
		*call = append(*call, l.span(f))
		return
	case *ast.SelectorExpr:
		s := l.info.Selections[f]
		if s == nil {
			*call = append(*call, l.span(f))
			return
		}
		if s.Kind() == types.MethodVal {
			t := l.info.TypeOf(f.X)
			switch {
			case l.byAddress(f):
				keep(f.X, t, "&")
			default:
				keep(f.X, t, "")
			}
			*call = append(*call, text("."+f.Sel.Name))
			return
		}
	case *ast.Ident:
		if _, isVar := l.info.Uses[f].(*types.Var); !isVar {
			*call = append(*call, l.span(f))
			return
		}
	case *ast.IndexExpr:
		if l.info.Instances[nameOf(f.X)].TypeArgs != nil {
			*call = append(*call, l.span(f))
			return
		}
	}
	keep(fun, l.info.TypeOf(fun), "")
}

// nameOf returns the identifier that a name, a selector or an instantiation of
// one ends with; nil for other expressions.
func nameOf(e ast.Expr) *ast.Ident {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return e
	case *ast.SelectorExpr:
		return e.Sel
	case *ast.IndexExpr:
		return nameOf(e.X)
	case *ast.IndexListExpr:
		return nameOf(e.X)
	}
	return nil
}

// recovered writes a call of recover.
func (l *lowerer) recovered(n *ast.CallExpr) {
	fn, ok := l.function().(*ast.FuncLit)
	at := -1
	for i, x := range l.stack {
		if x == ast.Node(fn) && ok {
			at = i
		}
	}
	if at >= 2 {
		c, isCall := l.stack[at-1].(*ast.CallExpr)
		d, isDefer := l.stack[at-2].(*ast.DeferStmt)
		if isCall && isDefer && d.Call == c && ast.Unparen(c.Fun) == ast.Expr(fn) {
			for i := at - 2; i >= 0; i-- {
				switch l.stack[i].(type) {
				case *ast.FuncDecl, *ast.FuncLit:
					l.replace(n, text("pluggarr_d"+l.guardOf(l.stack[i])+".Recover()"))
					return
				}
			}
		}
	}
	l.refuse(n, "recover outside of a function literal that is deferred", "write defer func() { … recover() … }()")
}
