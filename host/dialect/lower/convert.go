package lower

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

// special are the methods that compiled code looks for in values it knows
// nothing of.
var special = map[string]bool{ //nolint:gochecknoglobals // a table that nothing changes
	"String": true, "Error": true, "Format": true, "GoString": true,
	"MarshalJSON": true, "UnmarshalJSON": true, "MarshalText": true, "UnmarshalText": true,
	"MarshalXML": true, "UnmarshalXML": true, "MarshalBinary": true, "UnmarshalBinary": true,
	"Scan": true, "Value": true, "LogValue": true,
}

// convert looks at a value that becomes a t: the interpreter's values lose what
// they are when compiled code gets them as "any". The callee is nil for what
// stays in the plugin.
func (l *lowerer) convert(e ast.Expr, t types.Type, callee *types.Func) {
	from := l.info.TypeOf(e)
	if from == nil || t == nil || !types.IsInterface(t) || l.constant(e) && !l.isOwn(from) {
		return
	}
	if isTypeParam(t) || isTypeParam(from) {
		return
	}
	if i, _ := t.Underlying().(*types.Interface); i.NumMethods() > 0 {
		l.implements(e, from, i)
		l.hides(e, from, t)
		l.wrapped(e, from, t)
		return
	}
	if types.IsInterface(from) {
		l.widen(e, from, callee)
		return
	}
	if _, isFunc := from.Underlying().(*types.Signature); isFunc && callee == nil && l.compiled(e) == nil {
		l.refuse(e, "a function kept as any", "give its type a name and keep it as that")
		return
	}
	printing := callee != nil && (callee.Pkg().Path() == "fmt" || callee.Pkg().Path() == "log")
	decoding := callee != nil && strings.HasPrefix(callee.Pkg().Path(), "encoding/")
	if callee != nil && callee.Pkg().Path() == "reflect" && l.mentionsOwn(from) {
		l.refuse(e, "reflection on a type of the plugin's", "write the code for the type")
		return
	}
	if printing && l.printedError(e, from) {
		return
	}
	look := looked(callee)
	seen := func(method string) bool {
		return printing && method == "String" || decoding && strings.Contains(method, "arshal")
	}
	if own := l.ownMethods(from, look); own != "" && !seen(own) {
		if own == "String" && l.shown(e, from, callee) {
			return
		}
		l.refuse(e, "a value kept as any whose type has the method "+own, "call the method, or keep it in a variable of an interface with it")
		return
	}
	if why := l.differs(from, look, printing); why != "" {
		l.refuse(e, why+", where compiled code may look at it", "pass on a value without it")
		return
	}
	if b, ok := from.Underlying().(*types.Basic); ok && l.isOwn(from) && callee == nil {
		l.facts.keptAny = append(l.facts.keptAny, kept{e, b.Kind(), from})
	}
}

func isTypeParam(t types.Type) bool {
	_, ok := types.Unalias(t).(*types.TypeParam)
	return ok
}

// widen looks at a value of an interface with methods that becomes any for
// compiled code, which then sees what the interpreter wraps it in.
func (l *lowerer) widen(e ast.Expr, from types.Type, callee *types.Func) {
	i, _ := from.Underlying().(*types.Interface)
	if _, named := types.Unalias(from).(*types.Named); named && callee == nil && i.NumMethods() > 0 && !l.isOwn(from) {
		l.facts.widened = append(l.facts.widened, e)
	}
	if i.NumMethods() == 0 || callee == nil || !l.isOwn(from) && callee.Pkg().Path() == "fmt" {
		return
	}
	for m := range i.Methods() {
		if m.Name() == "Error" && !strings.HasPrefix(callee.Pkg().Path(), "encoding/") || m.Name() == "String" && callee.Pkg().Path() == "fmt" {
			return
		}
	}
	l.refuse(e, "a value of the interface "+types.TypeString(from, nil)+" given to compiled code as any", "assert its type first")
}

// wrapped writes a value of a type of the plugin's that becomes an error, or
// another interface of a compiled package, as the result of a function: only
// there does the interpreter always give it the methods.
func (l *lowerer) wrapped(e ast.Expr, from, t types.Type) {
	_, named := types.Unalias(t).(*types.Named)
	_, pointer := from.Underlying().(*types.Pointer)
	if named && !l.isOwn(t) && l.isOwn(from) && !types.IsInterface(from) && !pointer {
		l.returning(e, t)
	}
}

// returning writes an expression as the result of a function that returns a t.
func (l *lowerer) returning(e ast.Expr, t types.Type) {
	l.replace(e, text(fmt.Sprintf("func(v %s) %[1]s { return v }(", l.typeName(t))), l.span(e), text(")"))
}

// implements refuses a struct whose methods are those of an interface inside of
// it where another interface is wanted.
func (l *lowerer) implements(e ast.Expr, from types.Type, i *types.Interface) {
	if types.IsInterface(from) || !l.ownTarget(from) {
		return
	}
	set := types.NewMethodSet(from)
	for m := range i.Methods() {
		s := set.Lookup(m.Pkg(), m.Name())
		if s == nil || len(s.Index()) == 1 {
			continue
		}
		if f, ok := s.Obj().(*types.Func); ok && types.IsInterface(f.Signature().Recv().Type()) {
			l.refuse(e, "a struct as an interface whose method "+m.Name()+" is that of an interface embedded in it",
				"write the method, which calls the embedded one")
			return
		}
	}
}

// kept is a value of a named basic type that became any.
type kept struct {
	at   ast.Expr
	kind types.BasicKind
	typ  types.Type
}

// printedError gives what is printed with an Error method of the plugin's to
// fmt as an error.
func (l *lowerer) printedError(e ast.Expr, from types.Type) bool {
	if !l.ownTarget(from) {
		return false
	}
	set := types.NewMethodSet(from)
	for s := range set.Methods() {
		if s.Obj().Name() == "Error" && set.Lookup(nil, "Format") == nil {
			l.returning(e, types.Universe.Lookup("error").Type())
			return true
		}
	}
	return false
}

// looked says which methods a compiled function looks for; nil for all.
func looked(callee *types.Func) func(method string) bool {
	if callee == nil {
		return nil
	}
	switch callee.Pkg().Path() {
	case "fmt", "log":
		return func(m string) bool {
			return !strings.Contains(m, "arshal") && m != "Scan" && m != "Value" && m != "LogValue"
		}
	case "encoding/json":
		return func(m string) bool { return strings.Contains(m, "arshal") && m != "MarshalXML" && m != "UnmarshalXML" }
	}
	return nil
}

// ownMethods returns a special method of a type of the plugin's that is looked
// for, "" for none.
func (l *lowerer) ownMethods(t types.Type, look func(string) bool) string {
	if !l.ownTarget(t) {
		return ""
	}
	for s := range types.NewMethodSet(t).Methods() {
		if f, ok := s.Obj().(*types.Func); ok && special[f.Name()] && l.own[f.Pkg()] && (look == nil || look(f.Name())) {
			return f.Name()
		}
	}
	return ""
}

func (l *lowerer) mentionsOwn(t types.Type) bool {
	found := false
	walk(t, func(t types.Type) bool {
		found = found || l.isOwn(t)
		return !found
	})
	return found
}
