package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// The interpreter has one set of variables for all turns of a loop. A variable
// that outlives its turn is copied at the start of it.

func (l *lowerer) forLoop(n *ast.ForStmt) {
	if n.Init != nil && n.Cond == nil {
		// Without a condition the interpreter runs the first part every turn.
		at := l.offset(n.Init.End())
		for l.edits.source[at] != ';' {
			at++
		}
		l.edits.insert(at+1, " true")
	}
	assign, ok := n.Init.(*ast.AssignStmt)
	if !ok || assign.Tok != token.DEFINE || l.pkg.SharedLoops {
		return
	}
	var kept []string
	changed := false
	for _, e := range assign.Lhs {
		if o := l.object(e); o != nil && (l.captured(o, n.Body) || n.Cond != nil && l.captured(o, n.Cond) || n.Post != nil && l.captured(o, n.Post)) {
			kept = append(kept, o.Name())
			changed = changed || l.assigned(o, n.Body)
		}
	}
	switch {
	case len(kept) == 0:
	case changed:
		l.refuse(assign, "a loop variable that a function or pointer keeps and the loop's body changes",
			fmt.Sprintf("copy it first: %s := %[1]s", kept[0]))
	default:
		l.copyVars(n.Body, kept)
	}
}

func (l *lowerer) copyVars(body *ast.BlockStmt, names []string) {
	list := strings.Join(names, ", ")
	l.edits.insert(l.offset(body.Lbrace)+1, " "+list+" := "+list+"; ")
}

func (l *lowerer) rangeLoop(n *ast.RangeStmt) {
	switch t := l.info.TypeOf(n.X).Underlying().(type) {
	case *types.Signature:
		l.rangeFunc(n, t)
		return
	case *types.Basic:
		if t.Info()&types.IsInteger != 0 {
			l.rangeInt(n)
			return
		}
		if n.Key != nil && l.source(n.Key) != "_" {
			l.rangeString(n)
			return
		}
	case *types.Pointer:
		l.refuse(n, "a range over a pointer to an array", "range over a slice of it: x[:]")
	}
	if l.channels(n) || l.countsApart(n) || n.Tok != token.DEFINE || l.pkg.SharedLoops {
		return
	}
	var kept []string
	for _, e := range []ast.Expr{n.Key, n.Value} {
		if e == nil {
			continue
		}
		if o := l.object(e); o != nil && l.captured(o, n.Body) {
			kept = append(kept, o.Name())
		}
	}
	if len(kept) > 0 {
		l.copyVars(n.Body, kept)
	}
}

// countsApart gives a loop variables of its own when the body changes those that
// were written, or they are not the loop's: the interpreter counts with them.
func (l *lowerer) countsApart(n *ast.RangeStmt) bool {
	if n.Key == nil {
		return false
	}
	apart := n.Tok == token.ASSIGN
	for _, e := range []ast.Expr{n.Key, n.Value} {
		if e != nil && l.object(e) != nil && l.assigned(l.object(e), n.Body) {
			apart = true
		}
	}
	if !apart {
		return false
	}
	if n.Value != nil && n.Tok == token.ASSIGN && l.changes([]ast.Expr{n.Key}, n.Value) {
		l.refuse(n, "a range whose value goes where its key says", "assign in the body")
	}
	var names []string
	var set strings.Builder
	for _, e := range []ast.Expr{n.Key, n.Value} {
		if e == nil {
			continue
		}
		if l.source(e) == "_" {
			names = append(names, "_")
			continue
		}
		name := l.name()
		names = append(names, name)
		set.WriteString(l.source(e) + " " + n.Tok.String() + " " + name + "; ")
		if n.Tok == token.DEFINE {
			set.WriteString("_ = " + l.source(e) + "; ")
		}
	}
	define := ":="
	if strings.Trim(strings.Join(names, ""), "_") == "" {
		define = "="
	}
	l.edits.add(l.offset(n.Key.Pos()), l.offset(n.TokPos)+len(n.Tok.String()), text(strings.Join(names, ", ")+" "+define))
	l.edits.insert(l.offset(n.Body.Lbrace)+1, " "+set.String())
	return true
}

// channels writes a range over a list of channels, which the interpreter takes
// for one over a channel, with an index.
func (l *lowerer) channels(n *ast.RangeStmt) bool {
	var elem types.Type
	switch t := l.info.TypeOf(n.X).Underlying().(type) {
	case *types.Slice:
		elem = t.Elem()
	case *types.Array:
		elem = t.Elem()
	case *types.Map:
		elem = t.Elem()
	default:
		return false
	}
	if _, isChan := elem.Underlying().(*types.Chan); !isChan || n.Value == nil || l.source(n.Value) == "_" {
		return false
	}
	if !l.pure(n.X) || n.Tok != token.DEFINE || l.root(n.X) == nil || l.assigned(l.root(n.X), n.Body) {
		l.refuse(n, "this range over channels", "range over the index and take the channel in the body")
		return true
	}
	name := l.name()
	set := l.source(n.Value) + " := " + l.source(n.X) + "[" + name + "]; _ = " + l.source(n.Value) + "; "
	if l.source(n.Key) != "_" {
		set = l.source(n.Key) + " := " + name + "; _ = " + l.source(n.Key) + "; " + set
	}
	l.edits.add(l.offset(n.Key.Pos()), l.offset(n.TokPos)+2, text(name+" :="))
	l.edits.insert(l.offset(n.Body.Lbrace)+1, " "+set)
	return true
}

// rangeString writes a range over a string as one over what compiled code finds
// in it: the interpreter counts characters, not bytes.
func (l *lowerer) rangeString(n *ast.RangeStmt) {
	name, tok := l.name(), n.Tok.String()
	set := l.source(n.Key) + " " + tok + " " + name + ".At; "
	if n.Value != nil && l.source(n.Value) != "_" {
		set += l.source(n.Value) + " " + tok + " " + name + ".Rune; "
	}
	if n.Tok == token.DEFINE {
		set += "_ = " + l.source(n.Key) + "; "
	}
	l.edits.add(l.offset(n.For), l.offset(n.Body.Lbrace),
		text("for _, "+name+" := range "+l.use(Run, "run")+".Runes(string("), l.span(n.X), text(")) "))
	l.edits.insert(l.offset(n.Body.Lbrace)+1, " "+set)
}

// rangeInt writes "for i := range n" as a loop that counts.
func (l *lowerer) rangeInt(n *ast.RangeStmt) {
	t := l.info.TypeOf(n.X)
	if n.Key != nil && l.object(n.Key) != nil {
		t = l.info.TypeOf(n.Key)
	}
	count, limit, typ := l.name(), l.name(), l.typeName(types.Default(t))
	set := ""
	if n.Key != nil && l.source(n.Key) != "_" {
		set = l.source(n.Key) + " " + n.Tok.String() + " " + count + "; "
		if o := l.object(n.Key); o != nil && n.Tok == token.DEFINE {
			set += "_ = " + o.Name() + "; "
		}
	}
	l.edits.add(l.offset(n.For), l.offset(n.Body.Lbrace),
		text(fmt.Sprintf("for %s, %s := %s(0), %[3]s(", count, limit, typ)), l.span(n.X),
		text(fmt.Sprintf("); %s < %s; %[1]s++ ", count, limit)))
	l.edits.insert(l.offset(n.Body.Lbrace)+1, " "+set)
}

// captured says whether a function in n uses o, or its address is taken there.
func (l *lowerer) captured(o types.Object, n ast.Node) bool {
	found := false
	ast.Inspect(n, func(x ast.Node) bool {
		switch x := x.(type) {
		case *ast.FuncLit:
			ast.Inspect(x.Body, func(y ast.Node) bool {
				if id, ok := y.(*ast.Ident); ok && l.info.Uses[id] == o {
					found = true
				}
				return !found
			})
		case *ast.UnaryExpr:
			found = found || x.Op == token.AND && l.root(x.X) == o
		case *ast.SliceExpr:
			_, isArray := l.info.TypeOf(x.X).Underlying().(*types.Array)
			found = found || isArray && l.root(x.X) == o
		case *ast.SelectorExpr:
			found = found || l.byAddress(x) && l.root(x.X) == o
		}
		return !found
	})
	return found
}

// byAddress says that a method is selected which takes the address of its
// operand.
func (l *lowerer) byAddress(x *ast.SelectorExpr) bool {
	s := l.info.Selections[x]
	if s == nil || s.Kind() != types.MethodVal {
		return false
	}
	f, ok := s.Obj().(*types.Func)
	if !ok {
		return false
	}
	_, wants := f.Signature().Recv().Type().(*types.Pointer)
	_, has := s.Recv().Underlying().(*types.Pointer)
	return wants && !has
}

// assigned says whether n changes o.
func (l *lowerer) assigned(o types.Object, n ast.Node) bool {
	found := false
	ast.Inspect(n, func(x ast.Node) bool {
		switch x := x.(type) {
		case *ast.AssignStmt:
			for _, e := range x.Lhs {
				found = found || x.Tok != token.DEFINE && l.root(e) == o
			}
		case *ast.IncDecStmt:
			found = found || l.root(x.X) == o
		case *ast.UnaryExpr:
			found = found || x.Op == token.AND && l.root(x.X) == o
		}
		return !found
	})
	return found
}

// root is the variable that e is or is a part of.
func (l *lowerer) root(e ast.Expr) types.Object {
	for {
		switch x := e.(type) {
		case *ast.ParenExpr:
			e = x.X
		case *ast.SelectorExpr:
			if _, ok := l.info.TypeOf(x.X).Underlying().(*types.Pointer); ok {
				return nil
			}
			e = x.X
		case *ast.IndexExpr:
			if _, ok := l.info.TypeOf(x.X).Underlying().(*types.Array); !ok {
				return nil
			}
			e = x.X
		case *ast.Ident:
			return l.object(x)
		default:
			return nil
		}
	}
}
