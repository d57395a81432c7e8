// Package interp runs a Go plugin from source; inside a worker process only:
// nothing stops what it has started, and a plugin may end the process.
package interp

import (
	"fmt"
	"maps"
	"os"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/traefik/yaegi/interp"
	"github.com/traefik/yaegi/stdlib/generic"

	"github.com/pluggarr/pluggarr/host/dialect"
	"github.com/pluggarr/pluggarr/host/dialect/lower"
	"github.com/pluggarr/pluggarr/host/interp/symbols"
	"github.com/pluggarr/pluggarr/sdk"
)

//go:generate go run ./mksymbols

// Interpreter runs one plugin, once. It can be made before the plugin is known:
// what it knows of compiled packages is ready then.
type Interpreter struct {
	exports interp.Exports
}

// New returns an Interpreter for one plugin, with the packages that plugins may
// import.
func New() *Interpreter {
	exports := interp.Exports{}
	for _, importPath := range symbols.Paths() {
		exports[key(importPath)] = symbols.Table(importPath)
	}
	exports[key(dialect.SDK+"/m3u")] = m3uTable()
	exports[key(dialect.SDK+"/xmltv")] = xmltvTable()
	exports[key(dialect.SDK+"/batch")] = batchTable()
	exports[key(dialect.SDK+"/match")] = matchTable()
	return &Interpreter{exports: exports}
}

// key is under which name the interpreter finds a package. The second slash
// keeps it from replacing the functions that touch the process: a plugin's
// process is its own, so os.Exit, the environment and the standard streams are
// what they are in a compiled plugin.
func key(importPath string) string {
	name := path.Base(importPath)
	if strings.Trim(name, "v0123456789") == "" { // math/rand/v2
		name = path.Base(path.Dir(importPath))
	}
	return importPath + "//" + name
}

// Frames returns the plugin's frames of the panic with this value that is being
// recovered on the calling goroutine; see [sdk.ServeTraced].
type Frames = func(value any) string

// Run interprets a plugin that was checked: its package variables, its init
// functions and main, and returns when main does. In place of sdk.Serve the
// plugin calls serve, with what finds frames; args are what it sees as os.Args. The error is a
// [*Failure].
func (i *Interpreter) Run(plugin *dialect.Result, args []string, serve func(sdk.Plugin, Frames)) (err error) {
	notes := newNotes(plugin, os.Stderr)
	defer func() {
		if r := recover(); r != nil {
			err = panicked(r, notes)
		}
	}()
	maps.Copy(i.exports["os//os"], map[string]reflect.Value{"Args": reflect.ValueOf(&args).Elem()})
	yaegi, err := i.prepare(plugin, notes, func(p sdk.Plugin) { serve(p, notes.traceback) })
	if err != nil {
		return rejected(err, notes.sources)
	}
	if _, err := yaegi.EvalPath(plugin.Module); err != nil {
		return rejected(err, notes.sources)
	}
	return nil
}

// prepare returns an interpreter that knows all that a plugin can import.
func (i *Interpreter) prepare(plugin *dialect.Result, notes *notes, serve func(sdk.Plugin)) (*interp.Interpreter, error) {
	i.exports[key(dialect.SDK)] = sdkSymbols(serve)
	i.exports[lower.Run+"/run"] = runSymbols(notes)
	yaegi := interp.New(interp.Options{
		SourcecodeFilesystem: notes.sources,
		Env:                  os.Environ(),
		Stdout:               os.Stderr, // used by print and println alone, which write there in compiled programs
		Stderr:               notes,
	})
	special := symbols.Special()
	special[yaegi.Symbols("")[""]["_error"]] = symbols.Errors()
	i.exports["."] = map[string]reflect.Value{"MapTypes": reflect.ValueOf(special)}
	if err := yaegi.Use(i.exports); err != nil {
		return nil, err //nolint:wrapcheck // Run says what it is about
	}
	return yaegi, useGeneric(yaegi, plugin.Imports)
}

// sdkSymbols is the SDK as interpreted plugins see it: generic functions of
// compiled packages cannot be called, their twins can.
func sdkSymbols(serve func(sdk.Plugin)) map[string]reflect.Value {
	table := sdkTable()
	table["Handle"] = reflect.ValueOf(sdk.HandleAny)
	table["HandleParams"] = reflect.ValueOf(sdk.HandleAny)
	table["Background"] = reflect.ValueOf(sdk.BackgroundAny)
	table["Serve"] = reflect.ValueOf(serve)
	return table
}

// useGeneric compiles the source of package cmp, which is all generic, for
// plugins that name its constraint. The others are not needed: see package lower.
func useGeneric(yaegi *interp.Interpreter, imports []string) error {
	if !slices.Contains(imports, "cmp") {
		return nil
	}
	for _, source := range generic.Sources {
		if !strings.Contains(source, "\npackage cmp\n") {
			continue
		}
		if _, err := yaegi.Compile(source); err != nil {
			return fmt.Errorf("package cmp: %w", err)
		}
	}
	return nil
}
