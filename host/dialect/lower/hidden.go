package lower

import (
	"go/ast"
	"go/constant"
	"go/types"
	"reflect"
	"strings"
)

// hidden says which methods compiled code looks for in the values of an
// interface that does not have them. The interpreter gives it the interface's
// methods alone. A row is for every interface with its first method; it was made
// from the type assertions and switches in the source of what plugins may import.
var hidden = []struct{ has, looked string }{ //nolint:gochecknoglobals // a table that nothing changes
	{"Read", "Close CloseWrite Peek ReadByte ReadRune Seek Stat SyscallConn Write WriteTo"},
	{"Write", "Close CloseWrite Flush ReadFrom Seek WriteByte WriteString"},
	{"WriteHeader", "CloseNotify EnableFullDuplex Flush FlushError Hijack Push SetReadDeadline SetWriteDeadline Unwrap"},
	{"RoundTrip", "CancelRequest CloseIdleConnections RoundTripErr"},
	{"Open", "Glob Lstat ReadDir ReadFile ReadLink Stat Sub"},
	{"Deadline", "AfterFunc String"},
	{"Set", "IsBoolFlag"},
	{"Int63", "Uint64"},
	{"Sum", "Clone ConstantTimeSum MarshalBinary UnmarshalBinary"},
	{"Bounds", "ColorIndexAt Opaque RGBA64At SetRGBA64"},
	{"ModTime", "Gname Uname"},
	{"UnmarshalText", "MarshalText"},
	{"String", "Error Format GoString LogValue MarshalJSON MarshalText"},
}

// errorMethods are what compiled code looks for in errors, beside Unwrap and Is.
const errorMethods = " Format GoString IsHTTP2NoCachedConnError LogValue RuntimeError Temporary Timeout "

// hides refuses a value of a type of the plugin's as an interface of a compiled
// package where that package would look for a method beyond it.
func (l *lowerer) hides(e ast.Expr, from, t types.Type) {
	if _, named := types.Unalias(t).(*types.Named); !named || l.isOwn(t) || !l.ownTarget(from) {
		return
	}
	wanted, has := types.NewMethodSet(t), types.NewMethodSet(from)
	for _, row := range hidden {
		if wanted.Lookup(nil, row.has) == nil {
			continue
		}
		for name := range strings.FieldsSeq(row.looked) {
			if has.Lookup(nil, name) != nil && wanted.Lookup(nil, name) == nil {
				l.refuse(e, "a value with the method "+name+" as "+types.TypeString(t, (*types.Package).Name)+
					", behind which compiled code looks for that", "pass on a type without it")
				return
			}
		}
	}
}

// verbs refuses what fmt would show of the interpreter's own types.
func (l *lowerer) verbs(n *ast.CallExpr, f *types.Func) {
	if f.Pkg().Path() != "fmt" && f.Pkg().Path() != "log" || !strings.HasSuffix(f.Name(), "f") || n.Ellipsis.IsValid() {
		return
	}
	at := f.Signature().Params().Len() - 2
	if at < 0 || at >= len(n.Args) {
		return
	}
	format := l.info.Types[n.Args[at]].Value
	if format == nil || format.Kind() != constant.String {
		return
	}
	pieces := strings.Split(strings.ReplaceAll(constant.StringVal(format), "%%", ""), "%")
	for i, piece := range pieces[1:] {
		if at+1+i >= len(n.Args) || strings.ContainsAny(piece, "[*") {
			return // counted otherwise
		}
		arg := n.Args[at+1+i]
		t := l.info.TypeOf(arg)
		flags := piece[:len(piece)-len(strings.TrimLeft(piece, "+-# 0123456789."))]
		verb := strings.TrimPrefix(piece, flags)
		switch {
		case strings.HasPrefix(verb, "T") && l.mentionsOwn(t):
			l.refuse(arg, "%T of a type of the plugin's", "write the name of the type")
		case strings.HasPrefix(verb, "v") && strings.Contains(flags, "#") && l.mentionsOwn(t):
			l.refuse(arg, "%#v of a type of the plugin's", "print it with %v or its fields one by one")
		case strings.HasPrefix(verb, "v") && strings.Contains(flags, "+") && l.namesShow(t):
			l.refuse(arg, "%+v of a struct with fields that are not exported", "print it with %v or its fields one by one")
		}
	}
}

// namesShow says that a value of type t holds a struct of the plugin's with a
// name that the interpreter writes otherwise.
func (l *lowerer) namesShow(t types.Type) bool {
	found := false
	walk(t, func(t types.Type) bool {
		if s, ok := t.Underlying().(*types.Struct); ok && (l.isOwn(t) || t == types.Type(s)) {
			for f := range s.Fields() {
				found = found || !f.Exported() && !f.Embedded()
			}
		}
		return !found
	})
	return found
}

// handled refuses settings and parameters that decode themselves: the host
// fills them in without their methods.
func (l *lowerer) handled(e ast.Expr, f *types.Signature) {
	look := func(m string) bool { return strings.Contains(m, "arshal") }
	for v := range f.Params().Variables() {
		t := v.Type()
		if !l.ownTarget(t) {
			continue
		}
		why := l.ownMethods(types.NewPointer(t), look)
		if why != "" {
			why = "settings or parameters of a type with the method " + why
		} else if inside := l.differs(t, look, true); inside != "" {
			why = "settings or parameters with " + inside
		}
		if why != "" {
			l.refuse(e, why, "take a plain type, and convert it in the handler")
			return
		}
	}
}

// omitted refuses a field that is left out of JSON by a method of the plugin's.
func (l *lowerer) omitted(f *ast.Field, tag string) {
	_, options, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
	t := l.info.TypeOf(f.Type)
	if strings.Contains(options, "omitzero") && l.ownTarget(t) && types.NewMethodSet(types.NewPointer(t)).Lookup(nil, "IsZero") != nil {
		l.refuse(f, "omitzero with a method IsZero of the plugin's", "use a pointer, and omitempty")
	}
}
