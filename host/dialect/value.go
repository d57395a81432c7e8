package dialect

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

// collect finds out what the plugin's variables start as and which are changed
// after that.
func (r *reader) collect() {
	r.vars, r.set, r.funs = map[types.Object]ast.Expr{}, map[types.Object]bool{}, map[types.Object]*ast.FuncDecl{}
	for _, p := range r.order {
		if p.Vendored {
			continue
		}
		for _, file := range p.syntax {
			ast.Inspect(file, func(n ast.Node) bool {
				r.collectNode(n)
				return true
			})
		}
	}
}

func (r *reader) collectNode(n ast.Node) {
	switch n := n.(type) {
	case *ast.FuncDecl:
		if obj := r.info.Defs[n.Name]; obj != nil && n.Recv == nil {
			r.funs[obj] = n
		}
	case *ast.ValueSpec:
		for i, name := range n.Names {
			switch {
			case len(n.Values) == 0:
				r.vars[r.info.Defs[name]] = nil
			case len(n.Values) == len(n.Names):
				r.vars[r.info.Defs[name]] = n.Values[i]
			}
		}
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			if id, ok := left.(*ast.Ident); ok && n.Tok == token.DEFINE && r.info.Defs[id] != nil {
				if len(n.Lhs) == len(n.Rhs) {
					r.vars[r.info.Defs[id]] = n.Rhs[i]
				}
				continue
			}
			r.changes(left)
		}
	case *ast.IncDecStmt:
		r.changes(n.X)
	case *ast.RangeStmt:
		if n.Tok == token.ASSIGN {
			r.changes(n.Key)
			r.changes(n.Value)
		}
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			r.changes(n.X)
		}
	case *ast.SelectorExpr: // a method with a pointer receiver may change what it is called on
		if s := r.info.Selections[n]; s != nil && s.Kind() == types.MethodVal {
			if sig, ok := s.Obj().Type().(*types.Signature); ok && sig.Recv() != nil && isPointer(sig.Recv().Type()) {
				r.changes(n.X)
			}
		}
	}
}

// changes notes that the variable e is a part of does not stay as it was.
func (r *reader) changes(e ast.Expr) {
	for e != nil {
		switch x := e.(type) {
		case *ast.Ident:
			r.set[r.info.ObjectOf(x)] = true
			return
		case *ast.SelectorExpr:
			if id, ok := x.X.(*ast.Ident); ok {
				if _, imported := r.info.Uses[id].(*types.PkgName); imported {
					e = x.Sel
					continue
				}
			}
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		default:
			return
		}
	}
}

// follow goes from a name to what the variable holds, and from a call of a
// function without parameters to what it returns, as far as that is certain.
// It returns the last expression it reached: e itself when there is no way on,
// and nil for the zero value.
func (r *reader) follow(e ast.Expr) ast.Expr {
	const far = 32 // nobody goes there; a function may call itself
	for range far {
		next, ok := r.step(e)
		if !ok {
			return e
		}
		if e = next; e == nil {
			return nil
		}
	}
	return e
}

func (r *reader) step(e ast.Expr) (ast.Expr, bool) {
	if paren, ok := e.(*ast.ParenExpr); ok {
		return paren.X, true
	}
	if call, ok := e.(*ast.CallExpr); ok {
		return r.returned(call)
	}
	id := nameOf(e)
	if id == nil {
		return nil, false
	}
	v, ok := r.info.Uses[id].(*types.Var)
	if !ok || v.IsField() || r.set[v] {
		return nil, false
	}
	value, known := r.vars[v]
	return value, known
}

// returned is the result of a function whose only return statement gives one.
func (r *reader) returned(call *ast.CallExpr) (ast.Expr, bool) {
	id := nameOf(call.Fun)
	if id == nil || len(call.Args) != 0 {
		return nil, false
	}
	decl := r.funs[r.info.Uses[id]]
	if decl == nil || decl.Body == nil {
		return nil, false
	}
	var results []ast.Expr
	returns := 0
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			returns++
			results = n.Results
		}
		return true
	})
	if returns != 1 || len(results) != 1 {
		return nil, false
	}
	return results[0], true
}

// literal returns the composite literal that e leads to, behind & or not; nil
// when there is none.
func (r *reader) literal(e ast.Expr) *ast.CompositeLit {
	e = r.follow(e)
	if unary, ok := e.(*ast.UnaryExpr); ok && unary.Op == token.AND {
		e = ast.Unparen(unary.X)
	}
	lit, _ := e.(*ast.CompositeLit)
	return lit
}

// fields returns the values of a struct literal by the fields' names.
func (r *reader) fields(lit *ast.CompositeLit) map[string]ast.Expr {
	fields := map[string]ast.Expr{}
	s := structIn(r.info.TypeOf(lit))
	for i, element := range lit.Elts {
		if kv, ok := element.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok {
				fields[id.Name] = kv.Value
			}
			continue
		}
		if s != nil && i < s.NumFields() {
			fields[s.Field(i).Name()] = element
		}
	}
	return fields
}

// constant returns the constant that e is or leads to; nil when there is none.
func (r *reader) constant(e ast.Expr) constant.Value {
	if v := r.info.Types[e].Value; v != nil {
		return v
	}
	if e = r.follow(e); e == nil {
		return nil
	}
	return r.info.Types[e].Value
}

// strings reads a slice of constant strings; nil is one.
func (r *reader) strings(e ast.Expr) ([]string, bool) {
	e = r.follow(e)
	if e == nil || r.info.Types[e].IsNil() {
		return nil, true
	}
	lit, ok := e.(*ast.CompositeLit)
	if !ok {
		return nil, false
	}
	list := make([]string, 0, len(lit.Elts))
	for _, element := range lit.Elts {
		v := r.constant(element)
		if v == nil || v.Kind() != constant.String {
			return nil, false
		}
		list = append(list, constant.StringVal(v))
	}
	return list, true
}

func isPointer(t types.Type) bool {
	_, ok := t.Underlying().(*types.Pointer)
	return ok
}

func isStruct(t types.Type) bool {
	_, ok := t.Underlying().(*types.Struct)
	return ok
}

// structIn returns the struct that t is or points to; nil for anything else.
func structIn(t types.Type) *types.Struct {
	if t == nil {
		return nil
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	s, _ := t.Underlying().(*types.Struct)
	return s
}
