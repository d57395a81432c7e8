package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// selection writes a select statement as a switch over what run.Select has
// chosen: the interpreter keeps the channels of a select statement in one place
// for all goroutines that are in it. What Go evaluates on entering is evaluated
// before, in the same order.
func (l *lowerer) selection(n *ast.SelectStmt) {
	run := l.use(Run, "run")
	if len(n.Body.List) == 0 {
		l.replace(n, text(run+".Select(true)"))
		return
	}
	chosen, received := l.name(), l.name()
	start, label := n.Select, ""
	if labelled, ok := l.parent(1).(*ast.LabeledStmt); ok {
		l.jumpedTo(labelled)
		start, label = labelled.Pos(), labelled.Label.Name+": "
	}
	head := []part{text(l.breaks(start, n.Select) + "{ ")}
	list, wait := "", "true"
	for i, s := range n.Body.List {
		c, _ := s.(*ast.CommClause)
		if c.Comm == nil {
			wait = "false"
			continue
		}
		before, option := l.communication(c, i, received)
		head = append(head, before...)
		list += ", " + run + "." + option
	}
	head = append(head, text(fmt.Sprintf("%s, %s := %s.Select(%s%s); %sswitch %[1]s ", chosen, received, run, wait, list, label)))
	l.edits.add(l.offset(start), l.offset(n.Body.Lbrace), head...)
	l.edits.insert(l.offset(n.Body.Rbrace)+1, " }")
}

// communication writes one case. It returns what is evaluated before, and the
// case as run.Select has it.
func (l *lowerer) communication(c *ast.CommClause, i int, received string) (before []part, option string) {
	channel, value := l.name(), l.name()
	keep := func(name string, e ast.Expr) { before = append(before, text(name), l.span(e), text("; ")) }
	number := fmt.Sprintf("case %d:", i)
	whole := func(moved ...ast.Expr) {
		l.edits.add(l.offset(c.Case), l.offset(c.Colon)+1, text(number+l.breaks(c.Case, c.Colon, moved...)))
	}
	switch s := c.Comm.(type) {
	case *ast.SendStmt:
		keep(channel+" := ", s.Chan)
		keep("var "+value+" "+l.element(s.Chan)+" = ", s.Value)
		whole(s.Chan, s.Value)
		return before, fmt.Sprintf("Send(%d, %s, &%s)", i, channel, value)
	case *ast.ExprStmt:
		u := arrow(s.X)
		keep(channel+" := ", u.X)
		whole(u.X)
	case *ast.AssignStmt:
		u := arrow(s.Rhs[0])
		keep(channel+" := ", u.X)
		before = append(before, text("var "+value+" "+l.element(u.X)+"; "))
		l.edits.add(l.offset(c.Case), l.offset(s.Pos()), text(number+" "))
		l.edits.add(l.offset(c.Colon), l.offset(c.Colon)+1, text(";"+l.breaks(s.Rhs[0].Pos(), s.Rhs[0].End(), u.X)))
		if len(s.Lhs) == 1 {
			l.edits.add(l.offset(s.TokPos), l.offset(s.TokPos)+len(s.Tok.String()), text(l.setting(s, 0)))
			l.replace(u, text(value))
		} else {
			l.edits.add(l.offset(s.Lhs[0].End()), l.offset(s.Lhs[1].Pos()), text(" "+l.setting(s, 0)+" "+value+"; "))
			l.edits.add(l.offset(s.Lhs[1].End()), l.offset(s.Rhs[0].End()), text(" "+l.setting(s, 1)+" "+received))
		}
		return before, fmt.Sprintf("RecvTo(%d, %s, &%s)", i, channel, value)
	}
	return before, fmt.Sprintf("Recv(%d, %s)", i, channel)
}

// arrow is the receive operation that an expression is.
func arrow(e ast.Expr) *ast.UnaryExpr {
	u, _ := ast.Unparen(e).(*ast.UnaryExpr)
	return u
}

// breaks are the line ends of a range of the source that do not move with
// these expressions.
func (l *lowerer) breaks(from, to token.Pos, moved ...ast.Expr) string {
	n := strings.Count(string(l.edits.source[l.offset(from):l.offset(to)]), "\n")
	for _, e := range moved {
		n -= strings.Count(l.source(e), "\n")
	}
	return strings.Repeat("\n", n)
}

// element writes the type of what goes through a channel.
func (l *lowerer) element(channel ast.Expr) string {
	c, ok := l.info.TypeOf(channel).Underlying().(*types.Chan)
	if !ok { // of a type parameter
		l.refuse(channel, "a select over channels of a type parameter", "take a chan of it as the parameter")
		return "int"
	}
	walk(c.Elem(), func(t types.Type) bool {
		if named, ok := t.(*types.Named); ok && named.Obj().Pkg() != nil && named.Obj().Pkg() != l.pkg.Types && !named.Obj().Exported() {
			l.refuse(channel, "a select over values of "+types.TypeString(t, nil)+", which has no name here", "export the type")
		}
		return true
	})
	return l.typeName(c.Elem())
}

// setting is how one side of an assignment is set when it stands alone.
func (l *lowerer) setting(s *ast.AssignStmt, i int) string {
	if s.Tok == token.DEFINE && l.source(s.Lhs[i]) != "_" {
		return ":="
	}
	return "="
}

// jumpedTo refuses a goto to a statement that something is written before.
func (l *lowerer) jumpedTo(label *ast.LabeledStmt) {
	_, body := bodyOf(l.function())
	ast.Inspect(body, func(n ast.Node) bool {
		if b, ok := n.(*ast.BranchStmt); ok && b.Tok == token.GOTO && l.info.Uses[b.Label] == l.info.Defs[label.Label] {
			l.refuse(b, "a goto to a switch or select", "write a loop around it")
		}
		return true
	})
}
