package interp

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"

	"github.com/pluggarr/pluggarr/host/dialect"
)

// The interpreter does not know in which line of a function a panic came about,
// so that is read from the source: where the function calls the one that
// panicked, or what in it can have panicked so. When that is in several lines,
// they are told as "12-17".

// lines are the lines of a file in which something may be.
type lines struct{ first, last int }

// String is "12" or "12-17".
func (l lines) String() string {
	if l.first == l.last {
		return fmt.Sprint(l.first)
	}
	return fmt.Sprintf("%d-%d", l.first, l.last)
}

// add makes room for one more line.
func (l *lines) add(line int) {
	if l.first == 0 || line < l.first {
		l.first = line
	}
	l.last = max(l.last, line)
}

// add adds a frame, unless it is a part of the one before.
func (u *unwinding) add(f frame, file *parsed) {
	fn, part := file.function(f.line, f.column)
	if fn == nil {
		return
	}
	if u.partly && fn == u.last {
		u.partly = part
		return
	}
	f.function = f.pkg + "." + wholeName(file.original, fn)
	if len(u.frames) == 0 {
		u.first = func(text string) lines { return file.panicking(fn, u, f.file, text) }
		f.lines = u.first("")
	} else {
		f.lines = file.calling(fn, nameOf(u.last))
	}
	u.frames, u.last, u.partly = append(u.frames, f), fn, part
}

// parsed is one file of the plugin's, as it was written and as it is run.
type parsed struct {
	fset              *token.FileSet
	original, lowered *ast.File
}

func parse(f dialect.File) *parsed {
	p := &parsed{fset: token.NewFileSet()}
	p.original, _ = parser.ParseFile(p.fset, "", f.Source, parser.SkipObjectResolution) // it was checked
	p.lowered, _ = parser.ParseFile(p.fset, "", f.Lowered, parser.SkipObjectResolution) // the interpreter has read it
	return p
}

func (p *parsed) line(pos token.Pos) int { return p.fset.PositionFor(pos, false).Line }

// function returns the function that the author wrote around a place in the
// rewritten source, nil for none; part says that the interpreter has a literal
// for a part of it.
func (p *parsed) function(line, column int) (fn ast.Node, part bool) {
	if p.original == nil || p.lowered == nil || line < 1 || line > p.fset.File(p.lowered.FileStart).LineCount() {
		return nil, false
	}
	pos := p.fset.File(p.lowered.FileStart).LineStart(line) + token.Pos(column-1)
	written := functions(p.original)
	seen := map[int]int{} // functions of the author's that begin in a line
	ast.Inspect(p.lowered, func(n ast.Node) bool {
		if !isFunction(n) {
			return true
		}
		begins := p.line(n.Pos())
		var same []ast.Node
		for _, f := range written {
			if p.line(f.Pos()) == begins {
				same = append(same, f)
			}
		}
		ours := isGuard(n) || seen[begins] >= len(same)
		if !ours {
			seen[begins]++
		}
		if n.Pos() <= pos && pos < n.End() {
			part = ours
			if !ours {
				fn = same[seen[begins]-1]
			}
		}
		return true
	})
	return fn, part
}

func isFunction(n ast.Node) bool {
	switch n.(type) {
	case *ast.FuncDecl, *ast.FuncLit:
		return true
	}
	return false
}

func functions(file *ast.File) (list []ast.Node) {
	ast.Inspect(file, func(n ast.Node) bool {
		if isFunction(n) {
			list = append(list, n)
		}
		return true
	})
	return list
}

// isGuard says that a function is what run.Guard calls.
func isGuard(n ast.Node) bool {
	lit, ok := n.(*ast.FuncLit)
	if !ok || len(lit.Type.Params.List) != 1 || len(lit.Type.Params.List[0].Names) != 1 {
		return false
	}
	return strings.HasPrefix(lit.Type.Params.List[0].Names[0].Name, "pluggarr_d")
}

// nameOf is a function's own name, "func" of a literal.
func nameOf(fn ast.Node) string {
	if d, ok := fn.(*ast.FuncDecl); ok {
		return d.Name.Name
	}
	return "func"
}

// wholeName is the name of a function as Go writes it, without the package:
// "run", "(*Client).get", "run.func" for a literal in run.
func wholeName(file *ast.File, fn ast.Node) string {
	d, ok := fn.(*ast.FuncDecl)
	if !ok {
		for _, around := range file.Decls {
			if around.Pos() <= fn.Pos() && fn.End() <= around.End() && isFunction(around) {
				return wholeName(file, around) + ".func"
			}
		}
		return "func"
	}
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return d.Name.Name
	}
	receiver := d.Recv.List[0].Type
	if star, ok := receiver.(*ast.StarExpr); ok {
		return "(*" + types.ExprString(star.X) + ")." + d.Name.Name
	}
	return types.ExprString(receiver) + "." + d.Name.Name
}

// where returns the lines of what is of a kind in a function, without the
// function literals in it. Where there is nothing it is the whole function.
func (p *parsed) where(fn ast.Node, is func(ast.Node) bool) (found lines) {
	ast.Inspect(fn, func(n ast.Node) bool {
		if n == nil {
			return true
		}
		if _, literal := n.(*ast.FuncLit); literal && n != fn {
			return false
		}
		if is(n) {
			found.add(p.line(n.Pos()))
		}
		return true
	})
	if found.first == 0 {
		found.add(p.line(fn.Pos()))
		found.add(p.line(fn.End()))
	}
	return found
}

// calling returns where fn calls a function.
func (p *parsed) calling(fn ast.Node, callee string) lines {
	return p.where(fn, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		return ok && called(call) == callee
	})
}

// called is the last word of what is called; "func" for a function literal, ""
// for other expressions.
func called(call *ast.CallExpr) string {
	fun := ast.Unparen(call.Fun)
	for {
		switch f := fun.(type) {
		case *ast.IndexExpr:
			fun = f.X
		case *ast.IndexListExpr:
			fun = f.X
		case *ast.Ident:
			return f.Name
		case *ast.SelectorExpr:
			return f.Sel.Name
		case *ast.FuncLit:
			return "func"
		default:
			return ""
		}
	}
}

// panicking returns where fn can have panicked with this text.
func (p *parsed) panicking(fn ast.Node, u *unwinding, file, text string) lines {
	if u.file == file && p.line(fn.Pos()) <= u.line && u.line <= p.line(fn.End()) {
		return lines{u.line, u.line}
	}
	return p.where(fn, suspect(text))
}

// suspect says what a panic with this text comes from.
func suspect(text string) func(ast.Node) bool {
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(text, w) {
				return true
			}
		}
		return false
	}
	switch {
	case has("divide by zero"):
		return isDivision
	case has("nil map"):
		return changesElement
	case has("out of range"):
		return isIndex
	case has("interface conversion"):
		return func(n ast.Node) bool { _, ok := n.(*ast.TypeAssertExpr); return ok }
	}
	return func(n ast.Node) bool {
		switch n.(type) {
		case *ast.CallExpr, *ast.SelectorExpr, *ast.StarExpr, *ast.IndexExpr, *ast.SliceExpr, *ast.TypeAssertExpr, *ast.SendStmt:
			return true
		}
		return isDivision(n) || changesElement(n)
	}
}

func isDivision(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		return n.Op == token.QUO || n.Op == token.REM
	case *ast.AssignStmt:
		return n.Tok == token.QUO_ASSIGN || n.Tok == token.REM_ASSIGN
	}
	return false
}

func isIndex(n ast.Node) bool {
	switch n.(type) {
	case *ast.IndexExpr, *ast.SliceExpr:
		return true
	}
	return false
}

// changesElement says that a statement sets an element of something.
func changesElement(n ast.Node) bool {
	var targets []ast.Expr
	switch n := n.(type) {
	case *ast.AssignStmt:
		targets = n.Lhs
	case *ast.IncDecStmt:
		targets = []ast.Expr{n.X}
	}
	for _, t := range targets {
		if _, ok := ast.Unparen(t).(*ast.IndexExpr); ok {
			return true
		}
	}
	return false
}
