package dialect

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"maps"
	"path"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// load is one check of one plugin.
type load struct {
	fsys    fs.FS
	fset    *token.FileSet
	std     types.Importer
	allowed map[string]bool
	build   build.Context
	own     budget
	foreign budget // of vendored files
	tested  string // the folder of the package that is read with its tests; "" for none

	module    string
	goVersion string // the language version of the module, as in "go1.26"; "" for the newest
	main      *Package
	packages  map[string]*Package // by import path; nil while it is being read
	order     []*Package
	imports   map[string]bool // the Allowed ones that were used
	info      *types.Info     // of all packages
	sources   map[string][]byte
	problems  problems

	description sdk.Description
}

// budget is what may still be read.
type budget struct{ files, bytes int }

func newLoad(fsys fs.FS, std types.Importer) *load {
	return &load{
		fsys: fsys, fset: token.NewFileSet(), std: std, allowed: allowed(),
		// What "CGO_ENABLED=0 go build" would take on this machine.
		build: build.Context{
			GOOS: runtime.GOOS, GOARCH: runtime.GOARCH, Compiler: "gc",
			ReleaseTags: build.Default.ReleaseTags, ToolTags: build.Default.ToolTags,
		},
		own: budget{MaxFiles, MaxTotal}, foreign: budget{MaxFiles, MaxTotal},
		description: sdk.Description{Runtime: "go"},
		packages:    map[string]*Package{}, imports: map[string]bool{}, sources: map[string][]byte{},
		info: &types.Info{
			Types: map[ast.Expr]types.TypeAndValue{}, Instances: map[*ast.Ident]types.Instance{},
			Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
			Selections: map[*ast.SelectorExpr]*types.Selection{}, Implicits: map[ast.Node]types.Object{},
		},
	}
}

// readModule finds out the module's path and language version.
func (l *load) readModule(folder string) {
	l.module = "plugin/" + folder
	data, err := fs.ReadFile(l.fsys, "go.mod")
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		l.report(place{file: "go.mod"}, "%s", reason(err))
		return
	}
	l.sources["go.mod"] = data
	mod, err := modfile.ParseLax("go.mod", data, nil)
	if err != nil {
		var list modfile.ErrorList
		errors.As(err, &list)
		for _, e := range list {
			l.report(place{"go.mod", e.Pos.Line, e.Pos.LineRune}, "%v", e.Err)
		}
		return
	}
	if mod.Module == nil {
		l.report(place{file: "go.mod"}, "no module directive")
		return
	}
	if l.module = mod.Module.Mod.Path; l.allowed[l.module] {
		l.report(place{"go.mod", mod.Module.Syntax.Start.Line, 0}, "the module path %s is taken", l.module)
	}
	if mod.Go != nil {
		l.goVersion = "go" + mod.Go.Version
	}
}

// packageIn reads and checks the package in dir and, before it, those it
// imports. It returns nil for a folder without Go files.
func (l *load) packageIn(importPath, dir string, vendored bool) *Package {
	p := &Package{Path: importPath, Vendored: vendored}
	l.packages[importPath] = nil
	for _, name := range l.goFiles(dir, vendored) {
		l.readFile(p, name)
	}
	if len(p.syntax) == 0 {
		if dir == "." && len(l.problems.all) == 0 {
			l.report(place{}, "no Go files in the plugin's folder for %s/%s", runtime.GOOS, runtime.GOARCH)
		}
		return nil
	}
	for _, file := range p.syntax {
		for _, spec := range file.Imports {
			l.resolve(p, spec)
		}
	}
	l.check(p)
	l.packages[importPath] = p
	l.order = append(l.order, p)
	return p
}

// goFiles lists the files of dir that may belong to a package.
func (l *load) goFiles(dir string, vendored bool) []string {
	entries, err := fs.ReadDir(l.fsys, dir)
	if err != nil {
		l.report(place{file: dir}, "%s", reason(err))
		return nil
	}
	var names []string
	size := int64(0)
	for _, entry := range entries {
		name := entry.Name()
		if entry.IsDir() || path.Ext(name) != ".go" || isTest(name) && (vendored || dir != l.tested) ||
			strings.HasPrefix(name, "_") || strings.HasPrefix(name, ".") {
			continue
		}
		names = append(names, path.Join(dir, name))
		if info, err := entry.Info(); err == nil {
			size += info.Size()
		}
	}
	left := l.left(vendored)
	left.files -= len(names)
	switch {
	case left.files < 0:
		l.report(place{file: dir}, "the plugin has more than %d files", MaxFiles)
	case size > int64(left.bytes):
		l.report(place{file: dir}, "the plugin's files are longer than %d MiB together", MaxTotal>>20)
	default:
		return names
	}
	return nil
}

func isTest(name string) bool { return strings.HasSuffix(name, "_test.go") }

// left is what may still be read of the plugin's own files or of vendored ones.
func (l *load) left(vendored bool) *budget {
	if vendored {
		return &l.foreign
	}
	return &l.own
}

// readFile adds a file to p if it belongs to this platform.
func (l *load) readFile(p *Package, name string) {
	source, err := readSource(l.fsys, name, l.left(p.Vendored))
	if err != nil {
		l.report(place{file: name}, "%s", reason(err))
		p.broken = true
		return
	}
	l.sources[name] = source
	context := l.build
	context.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(string(source))), nil }
	if match, err := context.MatchFile(path.Dir(name), path.Base(name)); err == nil && !match {
		return
	}
	file, err := parser.ParseFile(l.fset, name, source, parser.ParseComments|parser.SkipObjectResolution)
	if p.Vendored && err == nil && importsC(file) {
		return // as the go command does without cgo
	}
	if err != nil {
		p.broken = true
		l.reportSyntax(name, err)
	}
	if file != nil && file.Name != nil {
		if l.apart(p, name, file) {
			return
		}
		l.findLinkname(file)
		p.syntax = append(p.syntax, file)
		p.Files = append(p.Files, File{Name: name, Source: source})
	}
}

func readSource(fsys fs.FS, name string, left *budget) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // read only
	if info, err := f.Stat(); err == nil && !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	source, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err != nil {
		return nil, err
	}
	if len(source) > MaxFile {
		return nil, fmt.Errorf("longer than %d MiB", MaxFile>>20)
	}
	if left.bytes -= len(source); left.bytes < 0 {
		return nil, errors.New("it has grown since its size was taken")
	}
	return source, nil
}

// reason is an error of a file system without the path: the problem names it.
func reason(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err
	}
	return "cannot be read: " + err.Error()
}

func (l *load) reportSyntax(name string, err error) {
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		l.report(place{file: name}, "%v", err)
		return
	}
	for _, e := range list {
		// The list has lost its token.Pos; only a //line comment makes its file differ.
		l.report(place{name, e.Pos.Line, e.Pos.Column}, "%s", e.Msg)
	}
}

func importsC(file *ast.File) bool {
	return slices.ContainsFunc(file.Imports, func(s *ast.ImportSpec) bool { return s.Path.Value == `"C"` })
}

func (l *load) findLinkname(file *ast.File) {
	for _, group := range file.Comments {
		for _, comment := range group.List {
			if strings.HasPrefix(comment.Text, "//go:linkname ") {
				l.problems.addKind(wire.KindPolicy, l.at(comment.Pos()),
					"//go:linkname is not available to plugins: it goes around the checks of the language")
			}
		}
	}
}

// importList returns the Allowed packages in use.
func (l *load) importList() []string { return slices.Sorted(maps.Keys(l.imports)) }

// unquote returns the path of an import.
func unquote(spec *ast.ImportSpec) string {
	importPath, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return ""
	}
	return importPath
}
