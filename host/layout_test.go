package host_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/pluggarr/pluggarr/"

// rows is the picture of the packages as data, the lowest row first. A package
// imports from lower rows, never from its own row or a higher one.
var rows = [][]string{
	{"sdk/wire", "host/dialect/lower"},
	{"sdk", "sdk/batch", "sdk/match", "sdk/m3u", "sdk/xmltv", "sdk/sdktest", "host/dialect", "host/interp/symbols", "host/proc", "host/redact"},
	{
		"host/build", "host/build/mkarchive", "host/celery", "host/dialect/mkexport", "host/events", "host/interp", "host/interp/mksymbols", "host/kv", "host/plugindir", "host/settings",
		"host/store", "host/web/mkrest", "host/web/ui", "host/worker", "compat", "examples",
	},
	{"host/auth", "host/beat", "host/events/mkevents", "host/hub", "host/ingest", "host/jobs", "host/logs", "host/registry", "host/scaffold", "host/services"},
	{"host/web"},
	{"host"},
	{"host/cmd/pluggarr"},
}

// only lists the packages that may import less of ours than their row allows,
// or a neighbour, with all that they may import.
var only = map[string][]string{
	"sdk/sdktest":  {"sdk", "sdk/wire"},
	"host/dialect": {"sdk", "sdk/wire", "host/dialect/lower"},
	"compat":       {"sdk/wire", "host/proc"},
	"examples":     {"sdk"},
}

// suites are what several implementations must pass. They may import anything,
// and nothing but tests imports them.
var suites = []string{"host/store/storetest", "host/worker/workertest"}

func TestImportDirections(t *testing.T) {
	t.Parallel()
	row := map[string]int{}
	for i, packages := range rows {
		for _, pkg := range packages {
			row[pkg] = i
		}
	}
	for _, file := range goFiles(t) {
		if file.test || slices.Contains(suites, file.pkg) {
			continue
		}
		at, listed := row[file.pkg]
		if !listed {
			t.Errorf("%s: package %s has no row; give it one here and in the picture of docs/architecture.md", file.name, file.pkg)
			continue
		}
		for _, imported := range file.imports(t) {
			ours, isOurs := strings.CutPrefix(imported, module)
			allowed, limited := only[file.pkg]
			switch {
			case !isOurs && strings.HasPrefix(file.pkg, "sdk") && strings.Contains(imported, "."):
				t.Errorf("%s imports %s; the SDK imports the standard library only", file.name, imported)
			case !isOurs:
			case slices.Contains(suites, ours):
				t.Errorf("%s imports %s, which is for tests", file.name, ours)
			case limited && !slices.Contains(allowed, ours):
				t.Errorf("%s imports %s; %s may import of ours only %q", file.name, ours, file.pkg, allowed)
			case !limited && row[ours] >= at:
				t.Errorf("%s imports %s, which stands beside or above %s", file.name, ours, file.pkg)
			}
		}
	}
}

// goFile is one Go file of this module.
type goFile struct {
	name string // below the module's root, with slashes
	pkg  string // the folder it is in, "examples" for all of them
	test bool   // its name ends in _test.go
	*ast.File
	set *token.FileSet
}

// goFiles reads every Go file of this module. It does so itself because a test
// that asks "go list" is answered from the test cache after the tree changed.
func goFiles(t *testing.T) []goFile {
	t.Helper()
	var files []goFile
	for _, name := range sources(t, ".go") {
		set := token.NewFileSet()
		syntax, err := parser.ParseFile(set, filepath.Join("..", name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		pkg := path.Dir(name)
		if strings.HasPrefix(pkg, "examples/") {
			pkg = "examples"
		}
		files = append(files, goFile{name, pkg, strings.HasSuffix(name, "_test.go"), syntax, set})
	}
	if len(files) == 0 {
		t.Fatal("no Go file found")
	}
	return files
}

// sources names the files below the module's root with this extension, in no
// nested module, no test data, no vendored code and nothing that git ignores.
func sources(t *testing.T, extension string) []string {
	t.Helper()
	var names []string
	root := os.DirFS("..")
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !entry.IsDir() {
			if path.Ext(name) == extension {
				names = append(names, name)
			}
			return nil
		}
		if name == "." {
			return nil
		}
		_, err = fs.Stat(root, path.Join(name, "go.mod"))
		nested := err == nil
		base := entry.Name()
		if nested || name == "data" || base == "testdata" || base == "vendor" || base == "node_modules" || strings.HasPrefix(base, ".") {
			return fs.SkipDir
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// imports lists the import paths of the file.
func (f goFile) imports(t *testing.T) []string {
	t.Helper()
	var paths []string
	for _, spec := range f.Imports {
		unquoted, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, unquoted)
	}
	return paths
}
