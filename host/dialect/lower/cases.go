package lower

import (
	"go/ast"
	"go/types"
	"strings"
)

// cases writes lists of expressions in a switch with "||": the interpreter
// looks at the first only.
func (l *lowerer) cases(n *ast.SwitchStmt) {
	lists := false
	for _, s := range n.Body.List {
		c, _ := s.(*ast.CaseClause)
		for _, e := range c.List {
			lists = lists || len(c.List) > 1 && !l.constant(e)
		}
	}
	if !lists && (n.Tag == nil || !types.IsInterface(l.info.TypeOf(n.Tag))) {
		return
	}
	tag, closing, name := "", ")", ""
	if n.Tag != nil {
		if n.Init != nil {
			l.refuse(n, "a switch with a statement before its value and lists that are no constants", "write the statement before the switch")
			return
		}
		name = l.name()
		tag = name
		parts := []part{text("{ " + tag + " := "), l.span(n.Tag), text("; ")}
		if label, ok := l.parent(1).(*ast.LabeledStmt); ok {
			l.jumpedTo(label)
			parts = append([]part{text(l.breaks(label.Pos(), n.Switch))}, parts...)
			l.edits.add(l.offset(label.Pos()), l.offset(n.Tag.End()), append(parts, text(label.Label.Name+": switch "))...)
		} else {
			l.edits.add(l.offset(n.Switch), l.offset(n.Tag.End()), append(parts, text("switch "))...)
		}
		l.edits.insert(l.offset(n.Body.Rbrace)+1, " }")
		tag += " == "
		if types.IsInterface(l.info.TypeOf(n.Tag)) {
			tag, closing = l.use(Run, "run")+".Same("+strings.TrimSuffix(tag, " == ")+", ", "))"
		}
	}
	for _, s := range n.Body.List {
		c, _ := s.(*ast.CaseClause)
		if len(c.List) == 0 {
			continue
		}
		for i, e := range c.List {
			if l.info.Types[e].IsNil() {
				l.replace(e, text(name+" == nil")) // in brackets the interpreter does not know it
			} else {
				l.replace(e, text(tag+"("), l.span(e), text(closing))
			}
			if i > 0 {
				l.edits.add(l.offset(c.List[i-1].End()), l.offset(e.Pos()), text(" || "))
			}
		}
	}
}

// typeCases writes a switch over types as assertions: the interpreter finds
// interfaces and pointers not in all of them.
func (l *lowerer) typeCases(n *ast.TypeSwitchStmt) {
	var x *ast.TypeAssertExpr
	bind := ""
	switch a := n.Assign.(type) {
	case *ast.AssignStmt:
		id, _ := a.Lhs[0].(*ast.Ident)
		bind = id.Name
		x, _ = a.Rhs[0].(*ast.TypeAssertExpr)
	case *ast.ExprStmt:
		x, _ = a.X.(*ast.TypeAssertExpr)
	}
	value := l.name()
	parts := []part{text("{ ")}
	if n.Init != nil {
		parts = append(parts, l.span(n.Init), text("; "))
	}
	parts = append(parts, text(value+" := "), l.span(x.X), text("; "))
	for _, s := range n.Body.List {
		c, _ := s.(*ast.CaseClause)
		condition, bound := "", value
		for i, e := range c.List {
			if i > 0 {
				condition += " || "
			}
			if l.info.Types[e].IsNil() {
				condition += value + " == nil"
				continue
			}
			t := l.info.TypeOf(e)
			l.assertable(e, l.info.TypeOf(x.X), t)
			got, ok := "_", l.name()
			if bind != "" && len(c.List) == 1 {
				got = l.name()
				bound = got
			}
			parts = append(parts, text(got+", "+ok+" := "+value+".("+l.typeName(t)+"); "))
			condition += ok
		}
		if len(c.List) > 0 {
			l.edits.add(l.offset(c.List[0].Pos()), l.offset(c.List[len(c.List)-1].End()), text(condition))
		}
		if bind != "" {
			l.edits.insert(l.offset(c.Colon)+1, " "+bind+" := "+bound+"; _ = "+bind+"; ")
		}
	}
	start := n.Switch
	if label, ok := l.parent(1).(*ast.LabeledStmt); ok {
		l.jumpedTo(label)
		start = label.Pos()
		parts = append([]part{text(l.breaks(start, n.Switch))}, parts...)
		parts = append(parts, text(label.Label.Name+": "))
	}
	l.edits.add(l.offset(start), l.offset(n.Body.Lbrace), append(parts, text("switch "))...)
	l.edits.insert(l.offset(n.Body.Rbrace)+1, " }")
}

// assertion looks at x.(T) outside of a switch.
func (l *lowerer) assertion(n *ast.TypeAssertExpr) {
	if n.Type != nil {
		l.assertable(n.Type, l.info.TypeOf(n.X), l.info.TypeOf(n.Type))
	}
}

// assertable refuses assertions that the interpreter cannot decide.
func (l *lowerer) assertable(n ast.Node, from, t types.Type) {
	name := types.TypeString(t, func(p *types.Package) string { return "" })
	named, own := types.Unalias(t).(*types.Named)
	own = own && l.isOwn(t)
	switch {
	case l.info.Types[exprOf(n)].IsNil():
	case types.IsInterface(t) && own && !l.isOwn(from):
		l.refuse(n, "a type assertion to the plugin's interface "+name+" from "+from.String(),
			"keep the value in a variable of type "+name)
	case types.IsInterface(t) && named == nil && isMethods(t):
		l.refuse(n, "a type assertion to an interface that is written out", "keep the value in a variable of a type of your own")
	case types.IsInterface(t):
	case own && l.lostInside(from, t):
		l.refuse(n, "a type assertion from "+from.String()+" to the struct "+name, "keep a pointer to it, and assert *"+name)
	case own && named.NumMethods() >= 0 && !isStruct(t):
		l.refuse(n, "a type assertion to "+name+", which it takes for "+t.Underlying().String(), "make "+name+" a struct")
	case own && isEmpty(t) && l.facts.emptyStructs > 1:
		l.refuse(n, "a type assertion to "+name+", a struct without fields", "give it a field")
	case own && isAny(from):
		l.facts.assertedAny = append(l.facts.assertedAny, t)
	case !own && basicOf(t) != types.Invalid:
		l.facts.asserted[basicOf(t)] = true
	}
}

// lostInside says that a struct of the plugin's cannot be found again in a value
// of an interface of a compiled package: the interpreter keeps only one of its
// fields there, beside its methods.
func (l *lowerer) lostInside(from, t types.Type) bool {
	_, named := types.Unalias(from).(*types.Named)
	return named && isMethods(from) && !l.isOwn(from) && l.isOwn(t) && isStruct(t) && !isEmpty(t)
}

func exprOf(n ast.Node) ast.Expr {
	e, _ := n.(ast.Expr)
	return e
}

func isStruct(t types.Type) bool {
	_, ok := t.Underlying().(*types.Struct)
	return ok
}

func isEmpty(t types.Type) bool {
	s, ok := t.Underlying().(*types.Struct)
	return ok && s.NumFields() == 0
}

func basicOf(t types.Type) types.BasicKind {
	if b, ok := types.Unalias(t).(*types.Basic); ok {
		return b.Kind()
	}
	return types.Invalid
}
