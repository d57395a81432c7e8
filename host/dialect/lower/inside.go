package lower

import (
	"go/ast"
	"go/types"
)

// differs says what compiled code would find different inside of a value of
// type t; "" for nothing.
func (l *lowerer) differs(t types.Type, look func(string) bool, printing bool) string {
	v := &viewer{lowerer: l, look: look, printing: printing, seen: map[types.Type]bool{}}
	return v.inside(t, true)
}

// viewer is compiled code that looks at values.
type viewer struct {
	*lowerer
	look     func(string) bool // which methods it looks for; nil for all
	printing bool
	seen     map[types.Type]bool
}

func (l *viewer) inside(t types.Type, top bool) string {
	t = types.Unalias(t)
	if l.seen[t] || types.IsInterface(t) {
		return ""
	}
	l.seen[t] = true
	if named, ok := t.(*types.Named); ok {
		if !l.isOwn(t) {
			return ""
		}
		if own := l.ownMethods(types.NewPointer(named), l.look); own != "" && !top {
			return "a value that contains a " + named.Obj().Name() + ", which has the method " + own
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		return l.inside(u.Elem(), top)
	case *types.Slice:
		return l.inside(u.Elem(), false)
	case *types.Array:
		return l.inside(u.Elem(), false)
	case *types.Map:
		if why := l.inside(u.Key(), false); why != "" {
			return why
		}
		return l.inside(u.Elem(), false)
	case *types.Struct:
		for f := range u.Fields() {
			if f.Embedded() && !l.printing {
				return "a struct with the embedded " + f.Name()
			}
			if set := types.NewMethodSet(f.Type()); l.printing && !f.Exported() && types.IsInterface(f.Type()) &&
				(set.Lookup(nil, "Error") != nil || set.Lookup(nil, "String") != nil) {
				return "a struct with the field " + f.Name() + ", which is not exported and whose method it does not call"
			}
			if !f.Exported() && !f.Embedded() {
				continue // neither is its method called nor is it encoded
			}
			if why := l.inside(f.Type(), false); why != "" {
				return why
			}
		}
	}
	return ""
}

// asShown keeps a $0 as any with its method String, for compiled code.
const asShown = `(v $0) any { return $run.Shown("$2", $1(v), func(v any) string { return $0(v.($1)).String() }) }`

// shown writes a number or text with a method String that becomes any as
// something compiled that has the method. It prints and encodes as the value.
func (l *lowerer) shown(e ast.Expr, from types.Type, callee *types.Func) bool {
	if callee != nil {
		switch callee.Pkg().Path() {
		case "log/slog", "encoding/json":
		default:
			return false
		}
	}
	b, ok := from.Underlying().(*types.Basic)
	if !ok || !l.isOwn(from) || isLocal(from) || l.facts.reflects {
		return false
	}
	set := types.NewMethodSet(types.NewPointer(from))
	for s := range set.Methods() {
		if special[s.Obj().Name()] && s.Obj().Name() != "String" {
			return false
		}
	}
	sig, ok := set.Lookup(nil, "String").Type().(*types.Signature)
	if !ok || sig.Params().Len() > 0 || sig.Results().Len() != 1 || sig.Results().At(0).Type() != types.Typ[types.String] {
		return false
	}
	l.replace(e, text(l.helper(asShown, []string{l.typeName(from), b.Name(), types.TypeString(from, nil)})+"("), l.span(e), text(")"))
	return true
}
