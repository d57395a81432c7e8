package dialect_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/pluggarr/pluggarr/host/dialect"
	"github.com/pluggarr/pluggarr/host/dialect/lower"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// serves is the file that makes a plugin of a program for a test.
const serves = `package main

import plugin "github.com/pluggarr/pluggarr/sdk"

func main() { plugin.Serve(plugin.Plugin{Name: "case"}) }
`

// runPackage declares what rewritten source calls, as the interpreter has it.
const runPackage = `package run

type Defers struct{}

func (*Defers) Add(func()) {}

func (*Defers) Recover() any { return nil }

func Guard(func(*Defers)) {}

func Order(int, func(i, j int) int) []int { return nil }

func StableOrder(int, func(i, j int) int) []int { return nil }

type Char struct {
	At   int
	Rune rune
}

func Runes(string) []Char { return nil }

func Same(x, y any) bool { return x == y }

func Clear(any) {}

func Index(i, length int) int { return i + length }

func Nil() {}

func Errors(error) []error { return nil }

func At(string, int) {}

func Shown(_ string, value any, _ func(any) string) any { return value }

type Option struct{}

func Select(wait bool, _ ...Option) (number int, received bool) { return 0, wait }

func Recv(int, any) Option { return Option{} }

func RecvTo(int, any, any) Option { return Option{} }

func Send(int, any, any) Option { return Option{} }

func Bounds([]int, bool) (low, high int) { return }
`

// lowered is what the check makes of a program for the interpreter; nil when
// it is wrong or refused.
func lowered(c *dialect.Checker, source string) []byte {
	r := c.Check(plugin(source), "case")
	for _, p := range r.Packages {
		for _, f := range p.Files {
			if f.Name == "main.go" {
				return f.Lowered
			}
		}
	}
	return nil
}

func plugin(source string) fstest.MapFS {
	folder := fstest.MapFS{"go.mod": {Data: []byte("module case\n\ngo 1.26\n")}, "main.go": {Data: []byte(source)}}
	if !strings.Contains(source, "func main()") {
		folder["zz_main.go"] = &fstest.MapFile{Data: []byte(serves)}
	}
	return folder
}

// tolerated are mistakes that the interpreter does not look for: names that are
// no longer used, and what follows a loop for which "true" was written.
func tolerated(p wire.Problem) bool {
	return p.Kind != "" || strings.Contains(p.Message, "and not used") || p.Message == "missing return" || strings.HasPrefix(p.Message, "and ")
}

// checkLowered reports what is wrong with rewritten source: it has to be right
// Go, each function on the author's line.
func checkLowered(t *testing.T, c *dialect.Checker, source string, got []byte) {
	t.Helper()
	folder := plugin(string(got))
	folder["vendor/"+lower.Run+"/run.go"] = &fstest.MapFile{Data: []byte(runPackage)}
	for _, p := range c.Check(folder, "lowered").Problems {
		if tolerated(p) {
			continue
		}
		t.Errorf("%s: %s\n%s\n%s\nwritten for\n%s", p.Place(), p.Message, p.Excerpt, got, source)
		return
	}
	before, after := functions([]byte(source)), functions(got)
	for name, line := range before {
		if after[name] != line {
			t.Errorf("%s is on line %d, was on line %d:\n%s", name, after[name], line, got)
		}
	}
}

// functions returns the lines on which the functions of a file end.
func functions(source []byte) map[string]int {
	fset := token.NewFileSet()
	file, _ := parser.ParseFile(fset, "main.go", source, parser.SkipObjectResolution) // what is wrong was reported
	lines := map[string]int{}
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name != "_" && f.Name.Name != "init" && f.Recv == nil {
			lines[f.Name.Name] = fset.PositionFor(f.End(), false).Line
		}
	}
	return lines
}

// Each rule writes what it is to write.
func TestLower(t *testing.T) {
	t.Parallel()
	const name = "testdata/lower/rules.txtar"
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	c := checker(t)
	for i := 0; i+1 < len(archive.Files); i += 2 {
		in, want := archive.Files[i], &archive.Files[i+1]
		t.Run(in.Name, func(t *testing.T) {
			got := lowered(c, string(in.Data))
			if got == nil {
				t.Fatalf("not taken: %+v", c.Check(plugin(string(in.Data)), "case").Problems)
			}
			checkLowered(t, c, string(in.Data), got)
			if *update {
				want.Data = append(bytes.TrimRight(got, "\n"), '\n')
			} else if !bytes.Equal(bytes.TrimRight(got, "\n"), bytes.TrimRight(want.Data, "\n")) {
				t.Errorf("written:\n%s\nwant:\n%s", got, want.Data)
			}
		})
	}
	if *update {
		if err := os.WriteFile(name, txtar.Format(archive), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// Whatever is rewritten is right Go again.
func FuzzLower(f *testing.F) {
	files, err := filepath.Glob("../interp/testdata/*.txtar")
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, file := range append(files, "testdata/lower/rules.txtar") {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			f.Add(strings.Replace(string(file.Data), "package plug\n", "package main\n", 1))
		}
	}
	c := checker(f)
	f.Fuzz(func(t *testing.T, source string) {
		if got := lowered(c, source); got != nil {
			checkLowered(t, c, source, got)
		}
	})
}

// What the host decodes without the plugin's own methods is refused.
func TestParametersThatDecodeThemselves(t *testing.T) {
	t.Parallel()
	c := checker(t)
	for method, want := range map[string]string{
		"UnmarshalJSON": "settings or parameters of a type with the method UnmarshalJSON",
		"UnmarshalText": "settings or parameters of a type with the method UnmarshalText",
		"Fill":          "",
	} {
		got := ""
		for _, p := range c.Check(plugin(`package main

import "github.com/pluggarr/pluggarr/sdk"

type Params struct{ N int }

func (p *Params) `+method+`([]byte) error { return nil }

func run(*sdk.Context, struct{}, Params) (sdk.Result, error) { return sdk.Result{}, nil }

var handler = sdk.HandleParams(run)
`), "case").Problems {
			got += p.Place() + " " + p.Message
		}
		if want == "" && got != "" || !strings.Contains(got, want) || want != "" && !strings.HasPrefix(got, "main.go:11:") {
			t.Errorf("with %s it says %q, want %q", method, got, want)
		}
	}
}
