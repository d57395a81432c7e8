package dialect

import (
	"errors"
	"fmt"
	"go/ast"
	"go/types"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"

	"github.com/pluggarr/pluggarr/sdk/wire"
)

// errRefused stands for an import that was reported where it was resolved.
var errRefused = errors.New("refused")

// resolve sees to it that what spec imports can be had, or reports why not.
func (l *load) resolve(p *Package, spec *ast.ImportSpec) {
	importPath := unquote(spec)
	at := l.at(spec.Path.Pos())
	if l.allowed[importPath] {
		l.imports[importPath] = true
		return
	}
	if !internalOK(importPath, p.Path) {
		l.report(at, "use of internal package %s not allowed", importPath)
		return
	}
	known, seen := l.packages[importPath]
	if !seen {
		dir, vendored := l.dirOf(importPath)
		if dir == "" {
			l.problems.addKind(importKind(importPath), at, l.missing(importPath))
			return
		}
		if known = l.packageIn(importPath, dir, vendored); known == nil {
			l.report(at, "no Go files in %s for %s/%s", dir, runtime.GOOS, runtime.GOARCH)
			return
		}
	}
	switch {
	case known == nil && importPath == l.module:
		l.report(at, "import %q is a program, not an importable package", importPath)
	case known == nil:
		l.report(at, "import cycle not allowed: %s imports itself by way of %s", importPath, p.Path)
	case known.types != nil && known.types.Name() == "main":
		l.report(at, "import %q is a program, not an importable package", importPath)
	}
}

// dirOf returns the folder of a package that is the plugin's own or vendored;
// "" when there is none.
func (l *load) dirOf(importPath string) (dir string, vendored bool) {
	if rest, own := strings.CutPrefix(importPath, l.module+"/"); own {
		dir = rest
	} else if !refusedAnyway(importPath) {
		dir, vendored = path.Join("vendor", importPath), true
	}
	if dir == "" || !fs.ValidPath(dir) {
		return "", false
	}
	if info, err := fs.Stat(l.fsys, dir); err != nil || !info.IsDir() {
		return "", false
	}
	return dir, vendored
}

// refusedAnyway says that no vendored copy makes a package available: the go
// command would take its own all the same.
func refusedAnyway(importPath string) bool {
	first, _, _ := strings.Cut(importPath, "/")
	return strings.HasPrefix(importPath, SDK+"/") || slices.Contains(strings.Fields(`
		C archive bufio builtin bytes cmd cmp compress container context crypto database debug embed encoding errors expvar
		flag fmt go hash html image index internal io iter log maps math mime net os path plugin reflect regexp runtime
		slices sort strconv strings structs sync syscall testing text time unicode unique unsafe vendor weak`), first)
}

func (l *load) missing(importPath string) string {
	if rest, own := strings.CutPrefix(importPath, l.module+"/"); own {
		return "package " + importPath + " is not there: the plugin has no folder " + rest
	}
	return refusal(importPath)
}

// internalOK is the go command's rule for internal packages.
func internalOK(importPath, importer string) bool {
	i := strings.LastIndex("/"+importPath+"/", "/internal/")
	if i < 0 {
		return true
	}
	parent := strings.TrimSuffix(importPath[:i], "/")
	return parent == "" || importer == parent || strings.HasPrefix(importer, parent+"/")
}

// check runs the type checker over p.
func (l *load) check(p *Package) {
	config := types.Config{
		Importer: importerFunc(l.imported),
		Sizes:    types.SizesFor("gc", runtime.GOARCH),
		Error: func(err error) {
			var e types.Error
			if !p.broken && errors.As(err, &e) {
				l.reportType(e)
			}
		},
	}
	if !p.Vendored { // a vendored package has a version of its own, which is the go command's business
		config.GoVersion = l.goVersion
	}
	p.types, _ = config.Check(p.Path, l.fset, p.syntax, l.info) // the error is the first of those that Error was given
	p.order = slices.Clone(l.info.InitOrder)                    // the next package takes its place
	l.findForbidden(p)
}

func (l *load) reportType(e types.Error) {
	switch {
	case strings.HasPrefix(e.Msg, "could not import "): // reported by resolve
	case strings.HasPrefix(e.Msg, "\t"):
		at := l.fset.PositionFor(e.Pos, false)
		l.problems.extend(at.String() + ": " + strings.TrimSpace(e.Msg))
	default:
		l.report(l.at(e.Pos), "%s", e.Msg)
	}
}

// importerFunc is a function as a types.Importer.
type importerFunc func(importPath string) (*types.Package, error)

// Import is types.Importer's.
func (f importerFunc) Import(importPath string) (*types.Package, error) { return f(importPath) }

func (l *load) imported(importPath string) (*types.Package, error) {
	if l.allowed[importPath] {
		p, err := l.std.Import(importPath)
		if err != nil {
			return nil, fmt.Errorf("read the export data of %s: %w", importPath, err)
		}
		return p, nil
	}
	if p := l.packages[importPath]; p != nil && p.types != nil && !p.broken && p.types.Name() != "main" {
		return p.types, nil
	}
	return nil, errRefused
}

// findForbidden reports uses of what [Forbidden] names, and functions written
// in another language.
func (l *load) findForbidden(p *Package) {
	for _, file := range p.syntax {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Body == nil && !p.broken {
					l.report(l.at(n.Name.Pos()), "missing function body")
				}
			case *ast.Ident:
				obj := l.info.Uses[n]
				if obj == nil || obj.Pkg() == nil || obj.Parent() != obj.Pkg().Scope() {
					break
				}
				if why := Forbidden(obj.Pkg().Path(), obj.Name()); why != "" {
					l.problems.addKind(wire.KindPolicy, l.at(n.Pos()), why)
				}
			}
			return true
		})
	}
}
