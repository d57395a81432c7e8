package lower

import (
	"go/ast"
	"go/types"
	"strconv"
	"strings"
)

// errorMethod refuses methods of errors that package errors looks for and the
// interpreter hides from it.
func (l *lowerer) errorMethod(n *ast.FuncDecl) {
	f, ok := l.info.Defs[n.Name].(*types.Func)
	if !ok || n.Recv == nil {
		return
	}
	receiver := types.Unalias(f.Signature().Recv().Type())
	if _, pointer := receiver.(*types.Pointer); !pointer {
		receiver = types.NewPointer(receiver) // its methods are those of both
	}
	if types.NewMethodSet(receiver).Lookup(nil, "Error") == nil {
		return
	}
	switch s := f.Signature(); {
	case strings.Contains(errorMethods, " "+f.Name()+" "):
		l.refuse(n.Name, "an error with a method "+f.Name(), "give it another name, or make it a function")
	case f.Name() == "Unwrap" && s.Results().Len() == 1 && types.Unalias(s.Results().At(0).Type()).Underlying().String() == "[]error":
		l.refuse(n.Name, "an error with a method Unwrap that returns a list", "wrap the errors with errors.Join, and return that")
	case f.Name() == "As" && s.Params().Len() == 1:
		l.refuse(n.Name, "an error with a method As", "wrap the other error, and return it from Unwrap")
	}
}

// selector writes a method that is not called, but taken as a value, as the
// function literal that it is.
func (l *lowerer) selector(n *ast.SelectorExpr) {
	s := l.info.Selections[n]
	if s == nil || s.Kind() == types.FieldVal {
		return
	}
	at := 1
	for {
		if _, ok := l.parent(at).(*ast.ParenExpr); !ok {
			break
		}
		at++
	}
	if c, ok := l.parent(at).(*ast.CallExpr); ok && ast.Unparen(c.Fun) == ast.Expr(n) && s.Kind() == types.MethodVal {
		return
	}
	sig, ok := s.Type().(*types.Signature)
	if !ok {
		return
	}
	if s.Kind() == types.MethodExpr {
		decl, use := l.passed(sig, 1)
		recv := l.typeName(sig.Params().At(0).Type())
		if decl != "" {
			decl = ", " + decl
		}
		l.replace(n, text("func(pluggarr_r "+recv+decl+")"+l.result(sig)+"pluggarr_r."+n.Sel.Name+"("+use+") }"))
		return
	}
	decl, use := l.passed(sig, 0)
	t, address := l.typeName(l.info.TypeOf(n.X)), ""
	f, _ := s.Obj().(*types.Func)
	_, pointer := l.info.TypeOf(n.X).Underlying().(*types.Pointer)
	_, wantsPointer := f.Signature().Recv().Type().(*types.Pointer)
	switch {
	case l.byAddress(n):
		t, address = "*"+t, "&"
	case pointer && !wantsPointer && len(s.Index()) == 1:
		t, address = strings.TrimPrefix(t, "*"), "*"
	}
	checks := l.nilChecks(n, s, wantsPointer)
	if checks != "" && address == "*" {
		address, t = "", "*"+t
	}
	recv := "pluggarr_r."
	if strings.Contains(checks, "pluggarr_v := ") {
		recv = "pluggarr_v."
	}
	literal := "func(" + decl + ")" + l.result(sig) + recv + n.Sel.Name + "(" + use + ") }"
	l.replace(n, text("func(pluggarr_r "+t+") "+l.typeName(sigOnly(sig))+" { "+checks+"return "+literal+" }("+address), l.span(n.X), text(")"))
}

// nilChecks writes what panics when a method is taken of nothing: of a nil
// interface, or behind a nil pointer; and what keeps the value as it is then.
func (l *lowerer) nilChecks(n *ast.SelectorExpr, s *types.Selection, wantsPointer bool) string {
	at, checks := "pluggarr_r", ""
	check := func(t types.Type, last bool) {
		_, pointer := t.Underlying().(*types.Pointer)
		if pointer && (!last || !wantsPointer) || types.IsInterface(t) && !isTypeParam(t) {
			checks += "if " + at + " == nil { " + l.use(Run, "run") + ".Nil() }; "
		}
	}
	t, path := l.info.TypeOf(n.X), s.Index()[:len(s.Index())-1]
	check(t, len(path) == 0)
	for i, field := range path {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		u, ok := t.Underlying().(*types.Struct)
		if !ok {
			break
		}
		at += "." + u.Field(field).Name()
		t = u.Field(field).Type()
		check(t, i == len(path)-1)
	}
	if checks != "" && !wantsPointer {
		if _, ok := t.Underlying().(*types.Pointer); ok {
			at = "*" + at
		}
		checks += "pluggarr_v := " + at + "; "
	}
	return checks
}

func sigOnly(s *types.Signature) *types.Signature {
	return types.NewSignatureType(nil, nil, nil, s.Params(), s.Results(), s.Variadic())
}

// passed writes parameters from one on, and the arguments that pass them on.
func (l *lowerer) passed(sig *types.Signature, from int) (decl, use string) {
	var d, u []string
	for i := from; i < sig.Params().Len(); i++ {
		name, dots := "pluggarr_a"+strconv.Itoa(i), ""
		t := l.typeName(sig.Params().At(i).Type())
		if sig.Variadic() && i == sig.Params().Len()-1 {
			t, dots = "..."+strings.TrimPrefix(t, "[]"), "..."
		}
		d, u = append(d, name+" "+t), append(u, name+dots)
	}
	return strings.Join(d, ", "), strings.Join(u, ", ")
}

// result writes the results and the beginning of a body that returns them.
func (l *lowerer) result(sig *types.Signature) string {
	if sig.Results().Len() == 0 {
		return " { "
	}
	var list []string
	for v := range sig.Results().Variables() {
		list = append(list, l.typeName(v.Type()))
	}
	return " (" + strings.Join(list, ", ") + ") { return "
}
