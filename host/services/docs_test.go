package services_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/services"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// sdkCall is one method of a service in package sdk.
type sdkCall struct {
	field, name string // as in Channels.List
	calls       []string
}

// sdkCalls reads them from the source of package sdk.
func sdkCalls(t *testing.T) []sdkCall {
	t.Helper()
	names, err := filepath.Glob("../../sdk/*.go")
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]string{} // of Host, by their type
	var found []sdkCall
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.Field:
				if of, ok := node.Type.(*ast.Ident); ok && strings.HasSuffix(of.Name, "Service") && len(node.Names) == 1 && node.Names[0].IsExported() {
					fields[of.Name] = node.Names[0].Name
				}
			case *ast.FuncDecl:
				if node.Recv == nil || !node.Name.IsExported() {
					return false
				}
				if of, ok := node.Recv.List[0].Type.(*ast.Ident); ok && strings.HasSuffix(of.Name, "Service") {
					found = append(found, sdkCall{of.Name, node.Name.Name, literals(node)})
				}
				return false
			}
			return true
		})
	}
	for i := range found {
		found[i].field = fields[found[i].field]
	}
	return found
}

// literals are the names of methods of the protocol within a function.
func literals(f *ast.FuncDecl) []string {
	var all []string
	method := regexp.MustCompile(`^[a-z0-9]+\.[a-z_]+$`)
	ast.Inspect(f, func(node ast.Node) bool {
		if lit, ok := node.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if text, err := strconv.Unquote(lit.Value); err == nil && method.MatchString(text) {
				all = append(all, text)
			}
		}
		return true
	})
	return all
}

// Every method of the SDK has a method of the host, a line in the
// documentation and a test, and every method of the host has a line.
func TestCallsAreAllThere(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/services.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "<!-- calls -->")
	table, _, _ = strings.Cut(table, "<!-- /calls -->")
	rows := regexp.MustCompile("(?m)^\\|([^|]*)\\| `([^`]+)` \\|").FindAllStringSubmatch(table, -1)
	byMethod := map[string]string{}
	for _, row := range rows {
		byMethod[row[2]] = row[1]
	}
	methods := services.New(services.Config{}).Methods()
	for _, method := range methods {
		if _, ok := byMethod[method]; !ok {
			t.Errorf("docs/services.md has no row for %s", method)
		}
		delete(byMethod, method)
	}
	for method := range byMethod {
		t.Errorf("docs/services.md has a row for %s, which no host serves", method)
	}
	tests := testSources(t)
	for _, call := range sdkCalls(t) {
		for _, method := range call.calls {
			if !slices.Contains(methods, method) && !strings.HasPrefix(method, "tx.") {
				t.Errorf("%s.%s calls %s, which no host serves", call.field, call.name, method)
			}
		}
		documented := regexp.MustCompile("`" + call.field + "\\.(\\w+`[^|]*`)?" + call.name + "`")
		if !documented.MatchString(table) {
			t.Errorf("docs/services.md has no row for %s.%s", call.field, call.name)
		}
		aliases := map[string]string{"Storage": "|storage", "HTTP": "|web", "CoreSettings": "|settings"}
		tested := regexp.MustCompile(`\b(` + call.field + aliases[call.field] + `)\.` + call.name + `\(`)
		if !tested.MatchString(tests) {
			t.Errorf("no test calls %s.%s", call.field, call.name)
		}
	}
	if !slices.Contains(methods, wire.MethodTxBegin) {
		t.Error("transactions are not among the methods")
	}
}

// testSources are the tests of this package, in one.
func testSources(t *testing.T) string {
	t.Helper()
	names, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}
