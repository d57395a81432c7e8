// Package lower rewrites checked Go source into the part of Go that the
// interpreter runs as the compiler would, line by line, and refuses the rest.
package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// Package is one package of a program.
type Package struct {
	// Types is what the type checker made of it.
	Types *types.Package
	// Files are its files.
	Files []*File
	// SharedLoops says that a loop's variables are the same ones in every turn,
	// as before Go 1.22.
	SharedLoops bool
	// InitOrder is the order in which Go sets its variables.
	InitOrder []*types.Initializer
}

// File is one file.
type File struct {
	// Syntax is its tree, with comments or without.
	Syntax *ast.File
	// Source is its text. [Program] replaces it by the rewritten one.
	Source []byte
}

// Refusal is right Go that the interpreter would run differently.
type Refusal struct {
	// Pos is where.
	Pos token.Pos
	// Message names the construct and says what to write instead.
	Message string
}

// Run is the path of the compiled package that rewritten source may import.
const Run = "pluggarr.invalid/run"

// program is what is known of all packages.
type program struct {
	fset     *token.FileSet
	info     *types.Info
	own      map[*types.Package]bool
	refusals []Refusal
	facts    facts
}

// Program rewrites the files of all packages. With refusals what it wrote is
// not to be run.
func Program(fset *token.FileSet, info *types.Info, packages []*Package) []Refusal {
	p := &program{fset: fset, info: info, own: map[*types.Package]bool{}}
	for _, pkg := range packages {
		p.own[pkg.Types] = true
	}
	p.facts = p.gather(packages)
	for _, pkg := range packages {
		helpers := map[string]bool{}
		for _, file := range pkg.Files {
			l := &lowerer{program: p, pkg: pkg, file: file.Syntax, edits: &edits{source: file.Source}, helpers: helpers, imports: map[string]string{}}
			l.base = fset.File(file.Syntax.FileStart).Base()
			ast.Inspect(file.Syntax, l.visit)
			l.writeOrder(pkg.firstFile())
			l.writeHelpers()
			l.writeImports()
			file.Source = l.edits.apply()
		}
	}
	p.finish()
	slices.SortStableFunc(p.refusals, func(a, b Refusal) int { return int(a.Pos - b.Pos) })
	return slices.CompactFunc(p.refusals, func(a, b Refusal) bool { return a.Pos == b.Pos })
}

// lowerer rewrites one file.
type lowerer struct {
	*program
	pkg     *Package
	file    *ast.File
	edits   *edits
	base    int
	stack   []ast.Node
	names   int
	helpers map[string]bool   // functions that the package needs, by name
	imports map[string]string // packages to be imported, by path: their names here
	written []string          // the helpers that are written into this file
}

// refuse notes what cannot be run. The message begins with the construct.
func (p *program) refuse(n ast.Node, construct, instead string) {
	p.refusals = append(p.refusals, Refusal{n.Pos(), fmt.Sprintf(
		"the interpreter cannot run %s as Go does: %s; a compiled plugin may use it", construct, instead)})
}

func (l *lowerer) offset(p token.Pos) int { return int(p) - l.base }

func (l *lowerer) span(n ast.Node) part { return part{from: l.offset(n.Pos()), to: l.offset(n.End())} }

func (l *lowerer) between(from, to token.Pos) part {
	return part{from: l.offset(from), to: l.offset(to)}
}

func (l *lowerer) source(n ast.Node) string {
	return string(l.edits.source[l.offset(n.Pos()):l.offset(n.End())])
}

func (l *lowerer) replace(n ast.Node, parts ...part) {
	l.edits.add(l.offset(n.Pos()), l.offset(n.End()), parts...)
}

// name returns a name that nothing else has.
func (l *lowerer) name() string {
	l.names++
	return "pluggarr_" + strconv.Itoa(l.offset(l.parent(0).Pos())) + "_" + strconv.Itoa(l.names)
}

// parent is the node i levels above the one that is visited.
func (l *lowerer) parent(i int) ast.Node {
	if n := len(l.stack) - 1 - i; n >= 0 {
		return l.stack[n]
	}
	return nil
}

// listed says whether the visited statement stands in a list, where others may
// be written before it.
func (l *lowerer) listed() bool { return l.listedAt(0) }

// listedAt is listed of the node i levels above.
func (l *lowerer) listedAt(i int) bool {
	switch p := l.parent(i + 1).(type) {
	case *ast.BlockStmt, *ast.CaseClause:
		return true
	case *ast.CommClause:
		return p.Comm != l.parent(i)
	}
	return false
}

// function is the innermost function around what is visited.
func (l *lowerer) function() ast.Node {
	for _, n := range slices.Backward(l.stack[:len(l.stack)-1]) {
		switch n.(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			return n
		}
	}
	return nil
}

func (l *lowerer) visit(n ast.Node) bool {
	if n == nil {
		l.stack = l.stack[:len(l.stack)-1]
		return true
	}
	l.stack = append(l.stack, n)
	switch n := n.(type) {
	case *ast.FuncDecl:
		l.guardFunction(n.Type, n.Body, n)
		l.errorMethod(n)
	case *ast.FuncLit:
		l.guardFunction(n.Type, n.Body, n)
		l.literal(n)
	case *ast.FuncType:
		l.parameters(n)
	case *ast.RangeStmt:
		l.rangeLoop(n)
	case *ast.ForStmt:
		l.forLoop(n)
	case *ast.AssignStmt:
		l.assignment(n)
	case *ast.ReturnStmt:
		l.returned(n)
	case *ast.DeferStmt:
		l.deferred(n)
	case *ast.SwitchStmt:
		l.cases(n)
	case *ast.TypeSwitchStmt:
		l.typeCases(n)
	case *ast.TypeAssertExpr:
		l.assertion(n)
	case *ast.CallExpr:
		l.call(n)
	case *ast.SelectorExpr:
		l.selector(n)
	case *ast.GenDecl:
		l.constants(n)
		l.variables(n)
	case *ast.TypeSpec:
		l.declaration(n)
	case *ast.CompositeLit:
		l.keyed(n)
		l.composite(n)
		l.spell(n)
	case *ast.BinaryExpr:
		l.comparison(n)
	case *ast.Ident:
		l.named(n)
	default:
		l.visitMore(n)
	}
	return true
}

// visitMore is the rest of visit.
func (l *lowerer) visitMore(n ast.Node) {
	switch n := n.(type) {
	case *ast.IndexExpr:
		l.indexed(n)
	case *ast.SliceExpr:
		l.sliced(n)
	case *ast.ImportSpec:
		l.imported(n)
	case *ast.IncDecStmt:
		l.foreign(n.X)
	case *ast.UnaryExpr:
		l.receive(n)
		if n.Op == token.AND {
			l.foreign(n.X)
		}
	case *ast.SelectStmt:
		l.selection(n)
	case *ast.SendStmt:
		if ch, ok := l.info.TypeOf(n.Chan).Underlying().(*types.Chan); ok {
			l.convert(n.Value, ch.Elem(), nil)
		}
	}
}

// use imports a package into the file and returns the name it has there.
func (l *lowerer) use(path, name string) string {
	for _, spec := range l.file.Imports {
		if unquoted, _ := strconv.Unquote(spec.Path.Value); unquoted == path {
			switch {
			case spec.Name == nil && l.visible(name, path):
				return name
			case spec.Name != nil && spec.Name.Name != "_" && spec.Name.Name != "." && l.visible(spec.Name.Name, path):
				return spec.Name.Name
			}
		}
	}
	if l.imports[path] == "" {
		l.imports[path] = "pluggarr_" + strings.NewReplacer("/", "_", ".", "_", "-", "_").Replace(path)
	}
	return l.imports[path]
}

// visible says that a name means the package here, and nothing that is declared
// nearer.
func (l *lowerer) visible(name, path string) bool {
	scope := l.pkg.Types.Scope().Innermost(l.parent(0).Pos())
	if scope == nil {
		return true
	}
	_, o := scope.LookupParent(name, l.parent(0).Pos())
	p, ok := o.(*types.PkgName)
	return ok && p.Imported().Path() == path
}

// writeImports adds the imports behind the package clause.
func (l *lowerer) writeImports() {
	var b strings.Builder
	paths := make([]string, 0, len(l.imports))
	for path := range l.imports {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	for _, path := range paths {
		fmt.Fprintf(&b, "; import %s %q", l.imports[path], path)
	}
	if b.Len() > 0 {
		l.edits.insert(l.offset(l.file.Name.End()), b.String())
	}
}

// typeName writes a type as this file may.
func (l *lowerer) typeName(t types.Type) string {
	return types.TypeString(plain(t), func(p *types.Package) string {
		if p == l.pkg.Types {
			return ""
		}
		return l.use(p.Path(), p.Name())
	})
}

// constant says that an expression is one.
func (l *lowerer) constant(e ast.Expr) bool {
	tv := l.info.Types[e]
	return tv.Value != nil || tv.IsNil()
}

// object is what a name declares or uses; nil for "_" and other expressions.
func (l *lowerer) object(e ast.Expr) types.Object {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok && id.Name != "_" {
		return l.info.ObjectOf(id)
	}
	return nil
}

// isOwn says that a type is declared by the plugin.
func (p *program) isOwn(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && p.own[n.Obj().Pkg()]
}
