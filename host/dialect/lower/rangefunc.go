package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// rangeFunc writes a range over a function as the call that it is.
func (l *lowerer) rangeFunc(n *ast.RangeStmt, sig *types.Signature) {
	yield, _ := sig.Params().At(0).Type().Underlying().(*types.Signature)
	params, set := "", ""
	for i := range yield.Params().Len() {
		name := fmt.Sprintf("pluggarr_y%d_%d", l.offset(n.Pos()), i) // never one of l.name
		if i > 0 {
			params += ", "
		}
		params += name + " " + l.typeName(yield.Params().At(i).Type())
		if e := []ast.Expr{n.Key, n.Value}[i]; e != nil && l.source(e) != "_" {
			set += l.source(e) + " " + n.Tok.String() + " " + name + "; "
			if n.Tok == token.DEFINE {
				set += "_ = " + l.source(e) + "; "
			}
		}
	}
	left := &exits{lowerer: l, done: l.name(), fn: l.function()}
	ast.Inspect(n.Body, left.visit)
	if left.refused {
		return
	}
	before, after := "{ ", ") }"
	if left.returns {
		before += left.done + " := false; " + left.declare()
		after = "); if " + left.done + " { " + left.finish() + " } }"
	}
	l.edits.add(l.offset(n.For), l.offset(n.Body.Lbrace), text(before), l.span(n.X), text("(func("+params+") bool "))
	l.edits.insert(l.offset(n.Body.Lbrace)+1, " "+set)
	l.edits.insert(l.offset(n.Body.Rbrace), "; return true ")
	l.edits.insert(l.offset(n.Body.Rbrace)+1, after)
}

// exits finds the ways out of a loop's body and writes them as returns of the
// function that the body becomes.
type exits struct {
	*lowerer
	fn      ast.Node
	done    string
	loops   []ast.Node // statements that a break leaves, from outside in
	returns bool
	refused bool
}

func (x *exits) no(n ast.Node, construct string) {
	x.refuse(n, construct+" in a range over a function", "collect the values in a slice first, with slices.Collect")
	x.refused = true
}

func (x *exits) visit(n ast.Node) bool {
	switch s := n.(type) {
	case nil:
		x.loops = x.loops[:len(x.loops)-1]
		return true
	case *ast.FuncLit:
		return false
	case *ast.DeferStmt:
		x.no(s, "a deferred call")
	case *ast.RangeStmt:
		if _, isFunc := x.info.TypeOf(s.X).Underlying().(*types.Signature); isFunc && hasExit(s.Body) {
			x.no(s, "another range over a function that is left early")
		}
	case *ast.BranchStmt:
		x.branch(s)
	case *ast.ReturnStmt:
		x.result(s)
	}
	x.loops = append(x.loops, n)
	return true
}

// hasExit says whether a body has a return or a jump to a label.
func hasExit(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch s := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			found = true
		case *ast.BranchStmt:
			found = found || s.Label != nil
		}
		return !found
	})
	return found
}

func (x *exits) branch(s *ast.BranchStmt) {
	if s.Label != nil || s.Tok == token.GOTO {
		x.no(s, "a jump to a label")
		return
	}
	inLoop, inSwitch := false, false
	for _, n := range x.loops {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			inLoop = true
		case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			inSwitch = true
		}
	}
	switch {
	case s.Tok == token.CONTINUE && !inLoop:
		x.replace(s, text("return true"))
	case s.Tok == token.BREAK && !inLoop && !inSwitch:
		x.replace(s, text("return false"))
	}
}

// results are those of the function around the loop.
func (x *exits) results() []types.Type {
	t, _ := bodyOf(x.fn)
	var list []types.Type
	if t == nil || t.Results == nil {
		return nil
	}
	for _, f := range t.Results.List {
		for range max(1, len(f.Names)) {
			list = append(list, x.info.TypeOf(f.Type))
		}
	}
	return list
}

func (x *exits) result(s *ast.ReturnStmt) {
	x.returns = true
	if _, body := bodyOf(x.fn); defers(body) {
		x.no(s, "a return from a function with deferred calls")
		return
	}
	results := x.results()
	if len(s.Results) != len(results) {
		x.no(s, "a return without all values")
		return
	}
	parts := []part{text("{ " + x.done + " = true; ")}
	for i, e := range s.Results {
		parts = append(parts, text(fmt.Sprintf("%s_%d = ", x.done, i)), x.span(e), text("; "))
	}
	x.replace(s, append(parts, text("return false }"))...)
}

func (x *exits) declare() string {
	var b strings.Builder
	for i, t := range x.results() {
		fmt.Fprintf(&b, "var %s_%d %s; ", x.done, i, x.typeName(t))
	}
	return b.String()
}

func (x *exits) finish() string {
	var names []string
	for i := range x.results() {
		names = append(names, fmt.Sprintf("%s_%d", x.done, i))
	}
	return "return " + strings.Join(names, ", ")
}
