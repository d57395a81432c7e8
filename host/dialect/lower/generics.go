package lower

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// instance writes the use of a generic function: of the plugin with all type
// arguments, which the interpreter does not always find, of the standard library
// as a function of the plugin's.
func (l *lowerer) instance(id *ast.Ident) {
	inst, ok := l.info.Instances[id]
	f, isFunc := l.info.Uses[id].(*types.Func)
	if !ok || !isFunc || f.Pkg() == nil {
		return
	}
	whole, level := ast.Expr(id), 1
	if sel, ok := l.parent(level).(*ast.SelectorExpr); ok && sel.Sel == id {
		whole, level = sel, level+1
	}
	var args []string
	for t := range inst.TypeArgs.Types() {
		args = append(args, l.typeName(t))
	}
	var explicit ast.Expr
	switch x := l.parent(level).(type) {
	case *ast.IndexExpr:
		if x.X == whole {
			explicit = x
		}
	case *ast.IndexListExpr:
		if x.X == whole {
			explicit = x
		}
	}
	switch {
	case l.own[f.Pkg()]:
		list := "[" + strings.Join(args, ", ") + "]"
		if explicit != nil {
			l.edits.add(l.offset(whole.End()), l.offset(explicit.End()), text(list))
			return
		}
		l.replace(whole, l.span(whole), text(list))
	case strings.Contains(f.Pkg().Path(), "."): // the SDK has functions of the same name that take anything
	default:
		if explicit != nil {
			whole = explicit
		}
		l.stdInstance(whole, f, inst.TypeArgs, args)
	}
}

// stdInstance takes a generic function of the standard library from library.
func (l *lowerer) stdInstance(whole ast.Expr, f *types.Func, given *types.TypeList, args []string) {
	key := f.Pkg().Path() + "." + f.Name()
	source, ok := library()[key]
	if !ok {
		l.refuse(whole, f.Pkg().Name()+"."+f.Name(), "write it out")
		return
	}
	for t := range given.Types() {
		if hasTypeParam(t) || isLocal(t) {
			l.refuse(whole, f.Pkg().Name()+"."+f.Name()+" inside of a generic function or of a type declared in a function",
				"write it out")
			return
		}
	}
	if key == "errors.AsType" && l.ownTarget(given.At(0)) {
		l.assertable(whole, types.Universe.Lookup("error").Type(), given.At(0))
		l.replace(whole, text(l.helper(asTypeOwn, args)))
		return
	}
	l.replace(whole, text(l.helper(source, args)))
}

func isLocal(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Parent() != n.Obj().Pkg().Scope()
}

func hasTypeParam(t types.Type) bool {
	found := false
	walk(t, func(t types.Type) bool {
		if _, ok := t.(*types.TypeParam); ok {
			found = true
		}
		return !found
	})
	return found
}

// walk visits the types that t is made of, down to those with a name.
func walk(t types.Type, visit func(types.Type) bool) {
	t = types.Unalias(t)
	if !visit(t) {
		return
	}
	switch t := t.(type) {
	case *types.Pointer:
		walk(t.Elem(), visit)
	case *types.Slice:
		walk(t.Elem(), visit)
	case *types.Array:
		walk(t.Elem(), visit)
	case *types.Chan:
		walk(t.Elem(), visit)
	case *types.Map:
		walk(t.Key(), visit)
		walk(t.Elem(), visit)
	case *types.Signature:
		for v := range t.Params().Variables() {
			walk(v.Type(), visit)
		}
		for v := range t.Results().Variables() {
			walk(v.Type(), visit)
		}
	case *types.Named:
		for a := range t.TypeArgs().Types() {
			walk(a, visit)
		}
	}
}

// helper makes a function of source, with types for $0 and so on, once a
// package, and returns its name.
func (l *lowerer) helper(source string, args []string) string {
	run := "$run"
	replacements := []string{}
	for i, a := range args {
		replacements = append(replacements, fmt.Sprintf("$%d", i), a)
	}
	if strings.Contains(source, run) {
		replacements = append(replacements, run, l.use(Run, "run"))
	}
	for _, path := range []string{"errors", "sync"} {
		if strings.Contains(source, "$"+path) {
			replacements = append(replacements, "$"+path, l.use(path, path))
		}
	}
	body := strings.NewReplacer(replacements...).Replace(source)
	name := fmt.Sprintf("pluggarr_f%d_%d", l.base, len(l.helpers))
	for known := range l.helpers {
		if _, rest, _ := strings.Cut(known, "("); "("+rest == body {
			return strings.TrimPrefix(known[:len(known)-len(rest)-1], "func ")
		}
	}
	l.helpers["func "+name+body] = true
	l.written = append(l.written, "func "+name+body)
	return name
}

// writeHelpers adds the functions to the end of the file.
func (l *lowerer) writeHelpers() {
	slices.Sort(l.written)
	for _, h := range l.written {
		l.edits.insert(len(l.edits.source), "\n"+h)
	}
}

// plain replaces the named function types of package iter by what they stand
// for: the interpreter has no generic types of compiled packages.
func plain(t types.Type) types.Type {
	switch u := t.(type) {
	case *types.Named:
		if p := u.Obj().Pkg(); p != nil && p.Path() == "iter" {
			return plain(u.Underlying())
		}
	case *types.Pointer:
		if e := plain(u.Elem()); e != u.Elem() {
			return types.NewPointer(e)
		}
	case *types.Slice:
		if e := plain(u.Elem()); e != u.Elem() {
			return types.NewSlice(e)
		}
	case *types.Signature:
		return types.NewSignatureType(nil, nil, nil, plainTuple(u.Params()), plainTuple(u.Results()), u.Variadic())
	}
	return t
}

func plainTuple(t *types.Tuple) *types.Tuple {
	vars := make([]*types.Var, t.Len())
	for i := range vars {
		v := t.At(i)
		vars[i] = types.NewVar(v.Pos(), v.Pkg(), v.Name(), plain(v.Type()))
	}
	return types.NewTuple(vars...)
}

// imported takes out the imports of packages that are all generic: what is used
// of them was written out.
func (l *lowerer) imported(n *ast.ImportSpec) {
	switch n.Path.Value {
	case `"iter"`, `"maps"`, `"slices"`:
		l.replace(n, text(`_ "errors"`))
	}
}
