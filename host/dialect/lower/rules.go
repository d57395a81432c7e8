package lower

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"strconv"
	"strings"
)

// facts are what has to be known of the whole program.
type facts struct {
	emptyStructs int
	structs      []*types.Struct // of all types with a name
	keptAny      []kept
	widened      []ast.Expr   // values of compiled packages' interfaces that become any
	assertedAny  []types.Type // structs of the plugin's that are looked for in any
	asserted     map[types.BasicKind]bool
	recovers     bool // whether the program looks at what it recovers
	reflects     bool // whether it may see the kinds of values that it has as any
}

// gather finds the facts.
func (p *program) gather(packages []*Package) facts {
	f := facts{asserted: map[types.BasicKind]bool{}}
	for _, pkg := range packages {
		for _, imported := range pkg.Types.Imports() {
			switch imported.Path() {
			case "reflect", "text/template", "html/template", "encoding/gob":
				f.reflects = true
			}
		}
		for _, file := range pkg.Files {
			ast.Inspect(file.Syntax, func(n ast.Node) bool {
				if spec, ok := n.(*ast.TypeSpec); ok && spec.TypeParams == nil && isEmpty(p.info.TypeOf(spec.Name)) {
					f.emptyStructs++
				}
				if spec, ok := n.(*ast.TypeSpec); ok {
					if s, ok := p.info.TypeOf(spec.Name).Underlying().(*types.Struct); ok {
						f.structs = append(f.structs, s)
					}
				}
				if call, ok := n.(*ast.CallExpr); ok && len(call.Args) == 0 {
					if b, ok := p.info.Uses[nameOf(call.Fun)].(*types.Builtin); ok && b.Name() == "recover" {
						f.recovers = true
					}
				}
				return true
			})
		}
	}
	return f
}

// parameters gives parameters without a name the name "_": the interpreter
// takes them for results.
func (l *lowerer) parameters(n *ast.FuncType) {
	switch f := l.parent(1).(type) {
	case *ast.FuncDecl:
	case *ast.FuncLit:
		if f.Type != n {
			return
		}
	default:
		return
	}
	for _, p := range n.Params.List {
		if len(p.Names) == 0 {
			l.edits.insert(l.offset(p.Type.Pos()), "_ ")
		}
	}
}

// constants writes out constants that are declared together without values of
// their own.
func (l *lowerer) constants(n *ast.GenDecl) {
	if n.Tok != token.CONST {
		for _, s := range n.Specs {
			if v, ok := s.(*ast.ValueSpec); ok {
				for i, e := range v.Values {
					if i < len(v.Names) {
						l.convert(e, l.info.TypeOf(v.Names[i]), nil)
					}
				}
			}
		}
		return
	}
	for _, s := range n.Specs {
		v, _ := s.(*ast.ValueSpec)
		if len(v.Names) < 2 {
			continue
		}
		var names, values []string
		typ := ""
		for _, id := range v.Names {
			c, ok := l.info.Defs[id].(*types.Const)
			names = append(names, id.Name)
			if !ok { // "_"
				values = append(values, "0")
				continue
			}
			if b, ok := c.Type().(*types.Basic); !ok || b.Info()&types.IsUntyped == 0 {
				typ = l.typeName(c.Type())
			}
			if k := c.Val().Kind(); k != constant.Int && k != constant.String && k != constant.Bool {
				values = nil
				break
			}
			values = append(values, c.Val().ExactString())
		}
		if len(values) == len(names) {
			l.replace(v, text(strings.Join(names, ", ")+" "+typ+" = "+strings.Join(values, ", ")))
		} else if len(v.Values) == 0 {
			l.refuse(v, "several constants in a line without values", "write the values")
		}
	}
}

// declaration looks at a declared type.
func (l *lowerer) declaration(n *ast.TypeSpec) {
	if n.TypeParams != nil && n.Assign.IsValid() {
		l.refuse(n, "a generic type alias", "declare a type")
	}
	switch t := n.Type.(type) {
	case *ast.StarExpr, *ast.ArrayType:
		if refersTo(l, t, n.Name) {
			l.refuse(n, "a type that is a pointer to itself or a list of itself", "put it in a struct")
		}
	case *ast.FuncType:
		ast.Inspect(t, func(x ast.Node) bool {
			if id, ok := x.(*ast.Ident); ok && l.info.Uses[id] == l.info.Defs[n.Name] {
				l.refuse(n, "a function type that refers to itself", "put the function in a struct")
			}
			return true
		})
	case *ast.StructType:
		l.tags(t, n.Name.Name)
	}
}

// refersTo says that t is made of the type that is being declared.
func refersTo(l *lowerer, t ast.Expr, name *ast.Ident) bool {
	switch t := t.(type) {
	case *ast.StarExpr:
		return refersTo(l, t.X, name)
	case *ast.ArrayType:
		return refersTo(l, t.Elt, name)
	case *ast.Ident:
		return l.info.Uses[t] == l.info.Defs[name]
	}
	return false
}

// tags marks a struct that has the fields of another one as of its name, since
// the interpreter takes the two for one type, and hides what is not exported, since it
// exports it under another name.
func (l *lowerer) tags(t *ast.StructType, name string) {
	twins := 0
	for _, s := range l.facts.structs {
		if types.IdenticalIgnoreTags(s, l.info.TypeOf(t)) {
			twins++
		}
	}
	for i, f := range t.Fields.List {
		old := ""
		if f.Tag != nil {
			old, _ = strconv.Unquote(f.Tag.Value)
		}
		l.omitted(f, old)
		tag := old
		private := len(f.Names) > 0
		for _, id := range f.Names {
			private = private && !id.IsExported()
		}
		if private {
			tag = `json:"-" xml:"-" yaml:"-"`
		}
		if i == 0 && twins > 1 && reflect.StructTag(old).Get("pluggarr") == "" {
			tag = strings.TrimSpace(tag + ` pluggarr:"` + name + `"`)
		}
		switch {
		case tag == old:
		case f.Tag != nil:
			l.replace(f.Tag, text(strconv.Quote(tag)))
		default:
			l.edits.insert(l.offset(f.End()), " "+strconv.Quote(tag))
		}
	}
}

// composite looks at what becomes an interface inside of a literal.
func (l *lowerer) composite(n *ast.CompositeLit) {
	t := l.info.TypeOf(n).Underlying()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem().Underlying()
	}
	for i, e := range n.Elts {
		kv, keyed := e.(*ast.KeyValueExpr)
		if keyed {
			e = kv.Value
		}
		switch t := t.(type) {
		case *types.Struct:
			l.fieldValue(n, fieldOf(l, t, i, kv), e)
		case *types.Slice:
			l.convert(e, t.Elem(), nil)
		case *types.Array:
			l.convert(e, t.Elem(), nil)
		case *types.Map:
			l.convert(kv.Key, t.Key(), nil)
			l.convert(e, t.Elem(), nil)
		}
	}
}

// fieldValue is one field of a struct literal. The interpreter does not make an
// interface of what goes into a compiled struct.
func (l *lowerer) fieldValue(n *ast.CompositeLit, f *types.Var, e ast.Expr) {
	l.convert(e, f.Type(), nil)
	from := l.info.TypeOf(e)
	if types.IsInterface(f.Type()) && l.ownTarget(from) && !types.IsInterface(from) && !l.isOwn(l.info.TypeOf(n)) {
		l.returning(e, f.Type())
	}
}

// comparison looks at x == y where one is an interface.
func (l *lowerer) comparison(n *ast.BinaryExpr) {
	if v := l.info.Types[n.Y].Value; (n.Op == token.SHL || n.Op == token.SHR) && v != nil && l.info.Types[n].Value == nil {
		if count := constant.ToInt(v); count.Kind() == constant.Int {
			l.replace(n.Y, text(count.ExactString()))
		}
	}
	if v := l.info.Types[n.X].Value; (n.Op == token.SHL || n.Op == token.SHR) && v != nil && l.info.Types[n].Value == nil {
		if x := constant.ToInt(v); x.Kind() == constant.Int {
			l.replace(n.X, text(l.typeName(types.Default(l.info.TypeOf(n)))+"("+x.ExactString()+")"))
		}
	}
	if n.Op != token.EQL && n.Op != token.NEQ {
		return
	}
	x, y := l.info.TypeOf(n.X), l.info.TypeOf(n.Y)
	if l.constant(n.X) && l.info.Types[n.X].IsNil() || l.info.Types[n.Y].IsNil() {
		return
	}
	switch {
	case !types.IsInterface(x) && !types.IsInterface(y), isTypeParam(x), isTypeParam(y):
	case types.IsInterface(x) != types.IsInterface(y) && (l.ownTarget(x) || l.ownTarget(y)):
		l.refuse(n, "a comparison of an interface with a value of a type of the plugin's", "assert its type first")
	case isAny(x) || isAny(y):
		parts := []part{text(l.use(Run, "run") + ".Same("), l.span(n.X), text(", "), l.span(n.Y), text(")")}
		if n.Op == token.NEQ {
			parts[0].text = "!" + parts[0].text
		}
		l.replace(n, parts...)
	}
}

// isAny says that t is an interface without methods.
func isAny(t types.Type) bool {
	i, ok := t.Underlying().(*types.Interface)
	return ok && i.NumMethods() == 0
}

// named looks at a name.
func (l *lowerer) named(id *ast.Ident) {
	l.instance(id)
	t, ok := l.info.Uses[id].(*types.TypeName)
	if !ok || t.Pkg() == nil || l.own[t.Pkg()] {
		return
	}
	named, ok := types.Unalias(t.Type()).(*types.Named)
	if !ok || named.TypeParams().Len() == 0 {
		return
	}
	whole := l.parent(2)
	index, _ := whole.(ast.Expr)
	if t.Pkg().Path() == "iter" && index != nil {
		switch whole.(type) {
		case *ast.IndexExpr, *ast.IndexListExpr:
			l.replace(whole, text(l.typeName(l.info.TypeOf(index).Underlying())))
			return
		}
	}
	l.refuse(id, "the generic type "+t.Pkg().Name()+"."+t.Name(), "use one that is not generic")
}

// fieldOf is the field that element i of a literal sets.
func fieldOf(l *lowerer, t *types.Struct, i int, kv *ast.KeyValueExpr) *types.Var {
	if kv != nil {
		if v, ok := l.object(kv.Key).(*types.Var); ok {
			return v
		}
	}
	return t.Field(i)
}

// finish refuses what only the whole program shows.
func (p *program) finish() {
	for _, k := range p.facts.keptAny {
		if p.facts.asserted[k.kind] {
			p.refuse(k.at, "a "+types.TypeString(k.typ, func(*types.Package) string { return "" })+" kept as any in a program that asks values for their type",
				"convert it to "+types.Typ[k.kind].Name())
		}
	}
	for _, e := range p.facts.widened {
		i, _ := p.info.TypeOf(e).Underlying().(*types.Interface)
		for _, t := range p.facts.assertedAny {
			if types.Implements(t, i) {
				p.refuse(e, "a value of "+p.info.TypeOf(e).String()+" kept as any in a program that looks for "+
					types.TypeString(t, func(*types.Package) string { return "" })+" there", "keep it as "+p.info.TypeOf(e).String())
			}
		}
	}
}
