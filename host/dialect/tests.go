package dialect

import (
	"go/ast"
	"go/types"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pluggarr/pluggarr/sdk/wire"
)

// CheckTests reads one package of a plugin with its tests, those of the same
// package: the one in dir, a slash-separated path inside the plugin's folder, or
// "." for the main package. Its Description is empty. What tests import of
// allowedInTests is allowed to all files.
func (c *Checker) CheckTests(fsys fs.FS, folder, dir string) *Result {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := newLoad(fsys, c.std)
	for _, importPath := range allowedInTests() {
		l.allowed[importPath] = true
	}
	l.tested = dir
	l.guarded(func() {
		l.readModule(folder)
		p := l.packageIn(path.Join(l.module, dir), dir, false)
		if p == nil || len(l.problems.all) > 0 {
			return
		}
		l.findOddTests(p)
		l.lower()
	})
	return l.result()
}

// findOddTests reports what the go command does with tests and the interpreter
// does not.
func (l *load) findOddTests(p *Package) {
	for _, file := range p.syntax {
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if ok && f.Recv == nil && f.Name.Name == "TestMain" && isTest(l.at(f.Pos()).file) {
				l.problems.addKind(wire.KindEngine, l.at(f.Name.Pos()), "TestMain is called in compiled tests only")
			}
		}
	}
}

// apart reports a test file whose package is not the one of the others, which
// the interpreter has no way to load beside it.
func (l *load) apart(p *Package, name string, file *ast.File) bool {
	if !isTest(name) || !strings.HasSuffix(file.Name.Name, "_test") {
		return false
	}
	l.problems.addKind(wire.KindEngine, l.at(file.Name.Pos()),
		"package "+file.Name.Name+" is tested compiled only: interpreted tests are of the package they test")
	p.broken = true
	return true
}

// Tests returns the names of the test functions of the package that
// [Checker.CheckTests] was asked for, in the order of their files.
func (r *Result) Tests() []string {
	if len(r.Packages) == 0 {
		return nil
	}
	p := r.Packages[len(r.Packages)-1]
	var found []*types.Func
	for _, name := range p.types.Scope().Names() {
		f, ok := p.types.Scope().Lookup(name).(*types.Func)
		if ok && isTestName(name) && takesT(f.Signature()) {
			found = append(found, f)
		}
	}
	slices.SortFunc(found, func(a, b *types.Func) int { return int(a.Pos() - b.Pos()) })
	names := make([]string, len(found))
	for i, f := range found {
		names[i] = f.Name()
	}
	return names
}

// isTestName is the go command's rule: Test, and then no lower-case letter.
func isTestName(name string) bool {
	rest, ok := strings.CutPrefix(name, "Test")
	first, _ := utf8.DecodeRuneInString(rest)
	return ok && name != "TestMain" && !unicode.IsLower(first)
}

// takesT says that a function takes a *testing.T and returns nothing.
func takesT(s *types.Signature) bool {
	return s.Params().Len() == 1 && s.Results().Len() == 0 && s.Params().At(0).Type().String() == "*testing.T"
}
