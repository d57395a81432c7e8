package dialect

import (
	"encoding/json"
	"go/ast"
	"go/constant"
	"go/types"
	"strings"

	"github.com/pluggarr/pluggarr/sdk"
)

// shape is the static twin of what the SDK reports of a struct at run time:
// the same JSON, with the fields' places added. e holds the default values, nil
// for zero ones.
func (r *reader) shape(t types.Type, e ast.Expr) *sdk.Shape {
	s := &sdk.Shape{Fields: r.shapeFields(t, nil)}
	if s.Fields == nil {
		s.Fields = []sdk.ShapeField{}
	}
	values, ok := r.defaults(t, e, "")
	if !ok {
		r.warn(e, "the default settings are not a literal and are left out")
		return s
	}
	if raw, err := json.Marshal(values); err == nil { // only constants: it always encodes
		s.Defaults = raw
	}
	return s
}

// shapeFields lists the fields of a struct type; above are those it is within.
func (r *reader) shapeFields(t types.Type, above []types.Type) []sdk.ShapeField {
	s := structIn(t)
	var fields []sdk.ShapeField
	for i := range s.NumFields() {
		f := s.Field(i)
		field := sdk.ShapeField{Name: f.Name(), Kind: kindOf(f.Type()), Tag: s.Tag(i), Embedded: f.Embedded()}
		field.File, field.Line = r.declared(f)
		if inner := rowType(f.Type()); inner != nil {
			if contains(append(above, t), inner) {
				field.Kind = "recursive"
			} else {
				field.Fields = r.shapeFields(inner, append(above, t))
			}
		}
		fields = append(fields, field)
	}
	return fields
}

// declared says where a field is; nowhere for one of a compiled package.
func (r *reader) declared(f *types.Var) (string, int) {
	p := r.packages[f.Pkg().Path()]
	if p == nil || p.types != f.Pkg() {
		return "", 0
	}
	at := r.at(f.Pos())
	return at.file, at.line
}

func contains(list []types.Type, t types.Type) bool {
	for _, other := range list {
		if types.Identical(other, t) {
			return true
		}
	}
	return false
}

// rowType returns the struct type that t is or is a slice of, else nil.
func rowType(t types.Type) types.Type {
	if s, ok := t.Underlying().(*types.Slice); ok {
		t = s.Elem()
	}
	if isStruct(t) {
		return t
	}
	return nil
}

// kindOf names a type as [sdk.ShapeField] does.
func kindOf(t types.Type) string {
	if named, ok := types.Unalias(t).(*types.Named); ok && named.Obj().Pkg() != nil {
		switch path, name := named.Obj().Pkg().Path(), named.Obj().Name(); {
		case path == SDK && (name == "Duration" || name == "Secret" || name == "Info"):
			return "sdk." + name
		case path == "time" && name == "Duration":
			return "time.Duration"
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return types.Typ[u.Kind()].String() // byte is uint8
	case *types.Struct:
		return "struct"
	case *types.Slice:
		if elem := kindOf(u.Elem()); elem == "struct" || elem == "string" {
			return "[]" + elem
		}
	}
	return reflected(t)
}

// reflected writes a type as package reflect does, for the types that no form
// knows.
func reflected(t types.Type) string {
	text := types.TypeString(t, (*types.Package).Name)
	text = strings.ReplaceAll(text, "interface{}", "interface {}")
	if named, ok := types.Unalias(t).(*types.Named); ok && named.Obj().Pkg() != nil {
		return text
	}
	switch u := types.Unalias(t).(type) {
	case *types.Slice:
		return "[]" + reflected(u.Elem())
	case *types.Pointer:
		return "*" + reflected(u.Elem())
	case *types.Map:
		return "map[" + reflected(u.Key()) + "]" + reflected(u.Elem())
	case *types.Interface:
		if u.Empty() {
			return "interface {}"
		}
	case *types.Basic:
		return types.Typ[u.Kind()].Name()
	}
	return text
}

// defaults collects the values of a struct by json name, as the SDK does at
// run time. It is not ok when e is no literal; a single field that is none is
// left out with a warning.
func (r *reader) defaults(t types.Type, e ast.Expr, path string) (map[string]any, bool) {
	const deepest = 32 // a wrong source may have a struct that holds itself
	if strings.Count(path, ".") > deepest {
		return nil, false
	}
	var given map[string]ast.Expr
	if e != nil {
		if e = r.follow(e); e != nil {
			lit, ok := e.(*ast.CompositeLit)
			if !ok {
				return nil, false
			}
			given = r.fields(lit)
		}
	}
	s := structIn(t)
	values := map[string]any{}
	for i := range s.NumFields() {
		f := s.Field(i)
		name := sdk.ShapeField{Tag: s.Tag(i)}.JSONName()
		if name == "" || !f.Exported() {
			continue
		}
		value, has, ok := r.value(f.Type(), given[f.Name()], path+f.Name())
		if e := given[f.Name()]; !ok && e != nil {
			r.warn(e, "the default of %s is not a constant and is left out", path+f.Name())
		}
		if has && ok {
			values[name] = value
		}
	}
	return values, true
}

// value reads one field; has is false for what is never published.
func (r *reader) value(t types.Type, e ast.Expr, path string) (value any, has, ok bool) {
	switch kind := kindOf(t); kind {
	case "sdk.Secret":
		return nil, false, true
	case "struct":
		value, ok = r.defaults(t, e, path+".")
		return value, true, ok
	case "[]struct":
		return r.rows(t, e, path)
	case "[]string":
		if e == nil {
			return nil, false, true
		}
		list, ok := r.strings(e)
		return list, list != nil, ok
	}
	if e == nil {
		value, ok = zero(t)
		return value, true, ok
	}
	if r.info.Types[e].IsNil() {
		return nil, true, true
	}
	if v := r.constant(e); v != nil {
		value, ok = encodable(t, v)
		return value, true, ok
	}
	if r.follow(e) == nil {
		value, ok = zero(t)
		return value, true, ok
	}
	return nil, false, false
}

func (r *reader) rows(t types.Type, e ast.Expr, path string) (value any, has, ok bool) {
	if e != nil {
		e = r.follow(e)
	}
	if e == nil || r.info.Types[e].IsNil() {
		return nil, false, true
	}
	lit, isLit := e.(*ast.CompositeLit)
	if !isLit {
		return nil, false, false
	}
	rows := make([]map[string]any, 0, len(lit.Elts))
	for _, element := range lit.Elts {
		if _, keyed := element.(*ast.KeyValueExpr); keyed {
			return nil, false, false
		}
		row, ok := r.defaults(rowType(t), element, path+"[].")
		if !ok {
			return nil, false, false
		}
		rows = append(rows, row)
	}
	return rows, true, true
}

// zero returns the zero value of t as something that encodes alike.
func zero(t types.Type) (any, bool) {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsString != 0:
			return encodable(t, constant.MakeString(""))
		case u.Info()&types.IsBoolean != 0:
			return false, true
		case u.Info()&types.IsNumeric != 0:
			return encodable(t, constant.MakeInt64(0))
		}
	case *types.Slice, *types.Map, *types.Pointer, *types.Interface:
		return nil, true
	}
	return nil, false
}

// encodable returns a constant of type t as a Go value whose JSON is that of
// the constant at run time.
func encodable(t types.Type, v constant.Value) (any, bool) {
	if kindOf(t) == "sdk.Duration" {
		n, ok := constant.Int64Val(constant.ToInt(v))
		return sdk.Duration(n), ok
	}
	if types.IsInterface(t) || ownEncoding(t) {
		return nil, false
	}
	basic, ok := t.Underlying().(*types.Basic)
	if !ok {
		return nil, false
	}
	switch info := basic.Info(); {
	case info&types.IsBoolean != 0:
		return constant.BoolVal(v), true
	case info&types.IsString != 0:
		return constant.StringVal(v), true
	case info&types.IsUnsigned != 0:
		return constant.Uint64Val(constant.ToInt(v))
	case info&types.IsInteger != 0:
		return constant.Int64Val(constant.ToInt(v))
	case basic.Kind() == types.Float32:
		f, _ := constant.Float32Val(v)
		return f, true
	case info&types.IsFloat != 0:
		f, _ := constant.Float64Val(v)
		return f, true
	}
	return nil, false
}

// ownEncoding says that values of t write their JSON themselves.
func ownEncoding(t types.Type) bool {
	for _, name := range []string{"MarshalJSON", "MarshalText"} {
		if obj, _, _ := types.LookupFieldOrMethod(t, false, nil, name); obj != nil {
			return true
		}
	}
	return false
}
