package main

import (
	"fmt"
	"go/constant"
	"go/types"
	"math/big"
	"strings"
)

// constant is the value of a constant. An untyped one is given as package
// go/constant has it: the interpreter decides on its type where it is used.
func (t *table) constant(c *types.Const) string {
	basic, ok := c.Type().(*types.Basic)
	if !ok || basic.Info()&types.IsUntyped == 0 {
		return "reflect.ValueOf(" + t.qualified(c.Name()) + ")"
	}
	var text string
	switch v := c.Val(); v.Kind() {
	case constant.String:
		text = fmt.Sprintf("constant.MakeString(%q)", constant.StringVal(v))
	case constant.Int:
		text = fmt.Sprintf("constant.MakeFromLiteral(%q, token.INT, 0)", v.ExactString())
		if n, exact := constant.Int64Val(v); exact {
			text = fmt.Sprintf("constant.MakeInt64(%d)", n)
		}
	case constant.Float:
		text = fmt.Sprintf("constant.MakeFromLiteral(%q, token.FLOAT, 0)", exact(v))
	default:
		return "reflect.ValueOf(" + t.qualified(c.Name()) + ")"
	}
	t.imports["go/constant"] = "constant"
	if strings.Contains(text, "token.") {
		t.imports["go/token"] = "token"
	}
	return "reflect.ValueOf(" + text + ")"
}

// exact writes a float with all the digits the compiler knows.
func exact(v constant.Value) string {
	switch f := constant.Val(v).(type) {
	case *big.Float:
		return f.Text('g', int(f.Prec()))
	case *big.Rat:
		wide := new(big.Float).SetPrec(512).SetRat(f)
		return wide.Text('g', int(wide.Prec()))
	}
	return v.ExactString()
}

// addType adds a type, and for an interface the wrapper by which values of
// interpreted types become values of it.
func (t *table) addType(obj *types.TypeName) {
	if named, ok := obj.Type().(*types.Named); ok && named.TypeParams().Len() > 0 {
		return
	}
	if alias, ok := obj.Type().(*types.Alias); ok && alias.TypeParams().Len() > 0 {
		return
	}
	iface, ok := obj.Type().Underlying().(*types.Interface)
	if ok && !iface.IsMethodSet() {
		return // a constraint
	}
	t.add(obj.Name(), "reflect.ValueOf((*"+t.qualified(obj.Name())+")(nil))")
	if ok {
		t.addWrapper(obj.Name(), iface)
	}
}

// addWrapper writes a struct with a function for each method of the interface.
// The interpreter fills it; the names are those it looks for.
func (t *table) addWrapper(name string, iface *types.Interface) {
	wrapper := "_" + strings.NewReplacer("/", "_", ".", "_").Replace(t.pkg.Path()) + "_" + name
	t.add("_"+name, "reflect.ValueOf((*"+wrapper+")(nil))")
	var fields, methods strings.Builder
	for m := range iface.Methods() {
		if !m.Exported() {
			continue
		}
		params, results, args := t.signature(m.Signature())
		fmt.Fprintf(&fields, "\tW%s func%s %s\n", m.Name(), params, results)
		fmt.Fprintf(&methods, "\nfunc (w %s) %s%s %s {\n", wrapper, m.Name(), params, results)
		if m.Name() == "String" { // fmt may ask a half-filled wrapper
			methods.WriteString("\tif w.WString == nil {\n\t\treturn \"\"\n\t}\n")
		}
		if m.Signature().Results().Len() > 0 {
			methods.WriteString("\treturn ")
		}
		fmt.Fprintf(&methods, "\tw.W%s(%s)\n}\n", m.Name(), args)
	}
	fmt.Fprintf(&t.wrappers, "\ntype %s struct {\n\tIValue any\n%s}\n%s", wrapper, &fields, &methods)
}

// signature writes the parameters of a method, its results, and the arguments
// to pass the former on.
func (t *table) signature(s *types.Signature) (params, results, args string) {
	var p, a, r []string
	for i := range s.Params().Len() {
		text, name, dots := types.TypeString(s.Params().At(i).Type(), t.qualifier), fmt.Sprintf("a%d", i), ""
		if s.Variadic() && i == s.Params().Len()-1 {
			text, dots = "..."+strings.TrimPrefix(text, "[]"), "..."
		}
		p, a = append(p, name+" "+text), append(a, name+dots)
	}
	for v := range s.Results().Variables() {
		r = append(r, types.TypeString(v.Type(), t.qualifier))
	}
	return "(" + strings.Join(p, ", ") + ")", "(" + strings.Join(r, ", ") + ")", strings.Join(a, ", ")
}
