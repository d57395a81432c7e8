package host_test

import (
	"bytes"
	"go/ast"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// The rules of CONTRIBUTING.md that no linter checks.

func TestFilesAreShort(t *testing.T) {
	t.Parallel()
	generated := map[string]bool{}
	for _, file := range goFiles(t) {
		generated[file.name] = ast.IsGenerated(file.File)
	}
	for _, name := range append(sources(t, ".go"), sources(t, ".py")...) {
		text, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		limit := 400
		if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(path.Base(name), "test_") {
			limit = 600
		}
		if lines := bytes.Count(text, []byte("\n")); lines > limit && !generated[name] {
			t.Errorf("%s has %d lines, more than %d: split it by subject", name, lines, limit)
		}
	}
}

func TestGeneratedFilesAreNamedSo(t *testing.T) {
	t.Parallel()
	for _, file := range goFiles(t) {
		named := strings.HasPrefix(path.Base(file.name), "z")
		if generated := ast.IsGenerated(file.File); named != generated {
			t.Errorf("%s: its name says generated = %t, its first comment %t", file.name, named, generated)
		}
	}
}

func TestPackagesSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	comments := map[string]int{}
	for _, file := range goFiles(t) {
		if file.test {
			continue
		}
		dir := path.Dir(file.name)
		comments[dir] += 0
		if file.Doc != nil {
			comments[dir]++
		}
	}
	for dir, n := range comments {
		if n != 1 {
			t.Errorf("package %s has %d package comments, want 1", dir, n)
		}
	}
}

// Each Go plugin's worker starts this binary again, so every init would run again too.
func TestNothingRunsAtImport(t *testing.T) {
	t.Parallel()
	for _, file := range goFiles(t) {
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s has a func init; do it in a constructor", file.set.Position(f.Pos()))
			}
		}
	}
}

func TestExportedFieldsAreExplained(t *testing.T) {
	t.Parallel()
	for _, file := range goFiles(t) {
		// Nobody imports a program or a test.
		if file.test || file.Name.Name == "main" || ast.IsGenerated(file.File) {
			continue
		}
		for _, decl := range file.Decls {
			ast.Inspect(decl, func(node ast.Node) bool {
				switch node := node.(type) {
				case *ast.FuncDecl:
					return false // what a function declares inside is its own
				case *ast.TypeSpec:
					return node.Name.IsExported()
				case *ast.StructType:
					checkFields(t, file, node)
				}
				return true
			})
		}
	}
}

func checkFields(t *testing.T, file goFile, structure *ast.StructType) {
	t.Helper()
	for _, field := range structure.Fields.List {
		for _, name := range field.Names {
			if name.IsExported() && field.Doc == nil && field.Comment == nil {
				t.Errorf("%s: field %s has no comment", file.set.Position(name.Pos()), name.Name)
			}
		}
	}
}
