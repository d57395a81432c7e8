// Package dialect reads a Go plugin's source and says what it is and what is
// wrong with it, without running it and without a Go toolchain.
package dialect

import (
	"fmt"
	"go/ast"
	"go/types"
	"io/fs"
	"sync"

	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// Limits on what is read, each with a [wire.Problem] of its own when passed.
const (
	MaxFile  = 4 << 20  // bytes of one source file
	MaxTotal = 32 << 20 // bytes of a plugin's own files together, and of its vendored ones
	MaxFiles = 2000     // a plugin's own files, and its vendored ones
)

// maxProblems is how many problems are reported; a last one counts the rest.
const maxProblems = 100

// Result is what a plugin's source tells.
type Result struct {
	// Module is the import path of the plugin's main package: the module's of
	// its go.mod, else "plugin/" and the folder's name.
	Module string
	// Problems are the mistakes in the source, by file and line; empty when the
	// plugin may be run.
	Problems []wire.Problem
	// Description is what could be read; its Warnings say what could not. With
	// Problems it may hold less than the author wrote.
	Description sdk.Description
	// Packages are those of the plugin and what it vendors, each after those it
	// imports, main last. Nil when there are Problems.
	Packages []*Package
	// Imports are the paths of all [Allowed] packages that Packages import,
	// sorted.
	Imports []string
}

// Package is one package of a plugin's source.
type Package struct {
	// Path is its import path.
	Path string
	// Vendored says that it is somebody else's, from the vendor folder.
	Vendored bool
	// Files are those that belong to the package on this platform, by name.
	Files []File

	syntax []*ast.File
	types  *types.Package
	order  []*types.Initializer // how its variables are set
	broken bool                 // some file could not be parsed: its type errors would mislead
}

// File is one file of a [Package].
type File struct {
	// Name is its slash-separated path inside the plugin's folder.
	Name string
	// Source is its content, as it was checked.
	Source []byte
	// Lowered is Source as the interpreter is to run it, with the same lines.
	Lowered []byte
}

// Checker checks plugins. It keeps what it has read of the SDK and the standard
// library, which makes every check after the first faster. Its methods may be
// used concurrently; they take turns.
type Checker struct {
	mu  sync.Mutex // guards std, which is not safe for concurrent use
	std types.Importer
}

// New returns a Checker that has loaded nothing yet: the first check of an import
// costs most. The error is that of a build without its export data.
func New() (*Checker, error) {
	std, err := Importer()
	if err != nil {
		return nil, err
	}
	return &Checker{std: std}, nil
}

// Load reads ahead what is known of an [Allowed] package, for a process that
// has nothing else to do before its first Check.
func (c *Checker) Load(path string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := c.std.Import(path); err != nil {
		return fmt.Errorf("read the export data of %s: %w", path, err)
	}
	return nil
}

// Check reads the plugin whose folder fsys is; folder is the folder's name,
// which names the module when there is no go.mod. A mistake of the author is a
// Problem, never an error; so is a folder that cannot be read.
func (c *Checker) Check(fsys fs.FS, folder string) *Result {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := newLoad(fsys, c.std)
	l.guarded(func() { l.run(folder) })
	return l.result()
}

// guarded does work whose findings are in l even when the checker itself
// stumbles over the source.
func (l *load) guarded(work func()) {
	defer func() {
		if r := recover(); r != nil {
			l.report(place{}, "the source is too unusual to be checked: %v", r)
		}
	}()
	work()
}

// run reads a plugin.
func (l *load) run(folder string) {
	l.readModule(folder)
	l.main = l.packageIn(l.module, ".", false)
	if l.main == nil {
		return
	}
	l.checkMain()
	l.describe()
	if len(l.problems.all) == 0 {
		l.lower()
	}
}

func (l *load) result() *Result {
	r := &Result{Module: l.module, Description: l.description, Problems: l.problems.list(l.sources)}
	if len(r.Problems) == 0 {
		r.Packages, r.Imports = l.order, l.importList()
	}
	return r
}

// checkMain reports what makes a package a program and the type checker does
// not ask for.
func (l *load) checkMain() {
	main := l.main
	switch {
	case main.types == nil, main.types.Name() == "": // the parser has said what is wrong
	case main.types.Name() != "main":
		l.report(l.at(main.syntax[0].Name.Pos()), "package %s; a plugin is package main", main.types.Name())
	case main.types.Scope().Lookup("main") == nil && !main.broken:
		l.report(l.at(main.syntax[0].Name.Pos()), "function main is undeclared in the main package")
	}
}

func (l *load) report(at place, format string, args ...any) {
	l.problems.add(at, fmt.Sprintf(format, args...))
}
