package interp_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// folder writes a plugin of one file.
func folder(t testing.TB, source string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "plugin")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

const head = "package main\n\nimport \"github.com/pluggarr/pluggarr/sdk\"\n\n"

// Why a plugin does not run comes as the answer to hello, with the place.
func TestHelloFails(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		source    string
		want      string // of the message
		problems  []wire.Problem
		traceback string
	}{
		{
			name: "wrong", source: head + "func main() {\n\tx := 1\n\tsdk.Serve(sdk.Plugin{Nam: \"x\"})\n}\n",
			want: "main.go:6:2: declared and not used: x (and 2 more)",
			problems: []wire.Problem{
				{File: "main.go", Line: 6, Column: 2, Message: "declared and not used: x", Excerpt: "6 | \tx := 1\n  | \t^"},
				{
					File: "main.go", Line: 7, Column: 12, Message: "the plugin has no Name",
					Excerpt: "7 | \tsdk.Serve(sdk.Plugin{Nam: \"x\"})\n  | \t          ^",
				},
				{
					File: "main.go", Line: 7, Column: 23, Message: "unknown field Nam in struct literal of type sdk.Plugin",
					Excerpt: "7 | \tsdk.Serve(sdk.Plugin{Nam: \"x\"})\n  | \t                     ^",
				},
			},
		},
		{
			name: "panic in main", source: head + "func main() {\n\tfail()\n\tsdk.Serve(sdk.Plugin{Name: \"x\"})\n}\n\nfunc fail() {\n\tpanic(\"7: boom\")\n}\n",
			want:      "main.go:11: panic: 7: boom",
			problems:  []wire.Problem{{File: "main.go", Line: 11, Message: "panic: 7: boom"}},
			traceback: "main.go:11 main.fail\nmain.go:6 main.main\n",
		},
		{
			name: "panic in several functions", source: head + `import "sort"

func main() {
	list := []int{2, 1}
	sort.Slice(list, func(i, j int) bool {
		return less(list[i:], list[j])
	})
	sdk.Serve(sdk.Plugin{Name: "x"})
}

func less(a []int, b int) bool {
	defer func() {
		if r := recover(); r != nil {
			fails(nil, b)
		}
	}()
	panic("recovered")
}

func fails(m map[int]int, n int) {
	if n < 0 {
		panic("not this one")
	}
	if len(m) == 0 {
		n++
	}
	m[0] = n
	m[1] = n
}
`,
			want:      "main.go:31: panic: assignment to entry in nil map",
			traceback: "main.go:31-32 main.fails\nmain.go:18 main.less.func\nmain.go:16 main.less\nmain.go:10 main.main.func\nmain.go:7-13 main.main\n",
		},
		{
			name: "panic after one that package fmt has recovered from", source: head + `import "fmt"

type loud struct{}

func (loud) String() string { panic("loud") }

func main() {
	_ = fmt.Sprint(loud{})
	third([]int{1})
	sdk.Serve(sdk.Plugin{Name: "x"})
}

func third(list []int) int {
	defer fmt.Sprint()
	n := len(list)
	return list[n+1]
}
`,
			want:      "main.go:20: panic: reflect: slice index out of range",
			traceback: "main.go:20 main.third\nmain.go:13 main.main\n",
		},
		{
			name: "panic in a variable", source: head + "import \"errors\"\n\nvar n = fail()\n\nfunc fail() int { panic(errors.New(\"boom\")) }\n\nfunc main() { sdk.Serve(sdk.Plugin{Name: \"x\"}) }\n",
			want: "main.go:9: panic: boom",
		},
		{
			name: "main returns", source: head + "func main() {\n\tif len(\"x\") > 1 {\n\t\tsdk.Serve(sdk.Plugin{Name: \"x\"})\n\t}\n}\n",
			want: "main returned without a call of sdk.Serve",
		},
		{
			name: "the declaration", source: head + "var empty = func() string { return \"\" }\n\nfunc main() { sdk.Serve(sdk.Plugin{Name: empty()}) }\n",
			want: "the plugin's declaration is not right: the plugin has no Name",
		},
		{
			name: "refused", source: head + "import \"unique\"\n\nvar _ = unique.Make(1)\n\nfunc main() { sdk.Serve(sdk.Plugin{Name: \"x\"}) }\n",
			want: "main.go:7:9: the interpreter cannot run unique.Make as Go does: write it out; a compiled plugin may use it",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := interpreted(t)
			err := p.Call(t.Context(), wire.MethodHello, hello(t, folder(t, test.source)), nil)
			failure, ok := errors.AsType[*wire.Error](err)
			if !ok || failure.Code != wire.CodeLoad || failure.Message != test.want {
				t.Fatalf("hello = %v, want %q", err, test.want)
			}
			var data wire.LoadFailure
			if err := json.Unmarshal(failure.Data, &data); err != nil {
				t.Fatal(err)
			}
			got, _ := json.Marshal(data.Problems)
			want, _ := json.Marshal(test.problems)
			if test.problems != nil && string(got) != string(want) {
				t.Errorf("problems are\n%s\nwant\n%s", got, want)
			}
			if test.traceback != "" && data.Traceback != test.traceback {
				t.Errorf("traceback is\n%s\nwant\n%s", data.Traceback, test.traceback)
			}
		})
	}
}

func TestCallsBeforeHello(t *testing.T) {
	t.Parallel()
	p := interpreted(t)
	good := hello(t, "testdata/basic")
	for range 2 {
		var inspection struct {
			Description sdk.Description `json:"description"`
			Problems    []wire.Problem  `json:"problems"`
		}
		if err := p.Call(t.Context(), wire.MethodInspect, wire.InspectParams{Dir: good.Dir}, &inspection); err != nil {
			t.Fatal(err)
		}
		if inspection.Description.Name != "Basic" || len(inspection.Description.Actions) != 7 || len(inspection.Problems) != 0 {
			t.Errorf("inspect = %+v", inspection)
		}
	}
	for _, call := range []struct {
		method string
		params any
		want   string
	}{
		{wire.MethodInspect, wire.InspectParams{Dir: "/does/not/exist"}, "the plugin's folder cannot be read: open /does/not/exist: no such file"},
		{wire.MethodInspect, []int{}, "decode the parameters"},
		{wire.MethodDescribe, nil, "describe before hello"},
		{wire.MethodHello, wire.HelloParams{Protocol: wire.Version, Dir: "/does/not/exist"}, "the plugin's folder cannot be read"},
	} {
		if got := p.call(t, call.method, call.params); !strings.Contains(got, call.want) {
			t.Errorf("%s(%v) = %s, want %q", call.method, call.params, got, call.want)
		}
	}
	p = interpreted(t)
	good.Protocol = 99
	if got := p.call(t, wire.MethodHello, good); !strings.Contains(got, "the host speaks protocol 99") {
		t.Errorf("hello = %s", got)
	}
}

// How a process ends tells what happened to it.
func TestWorkerEnds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		source string // none: the host hangs up before hello
		exit   string
		stderr string
	}{
		{name: "unused"},
		{name: "hung up", source: head + "func main() { sdk.Serve(sdk.Plugin{Name: \"x\"}) }\n"},
		{
			name: "exit", source: head + "import \"os\"\n\nfunc main() {\n\tos.Exit(3)\n\tsdk.Serve(sdk.Plugin{Name: \"x\"})\n}\n",
			exit: "exit status 3",
		},
		{
			name: "served twice", source: head + "func main() {\n\tsdk.Serve(sdk.Plugin{Name: \"x\"})\n\tsdk.Serve(sdk.Plugin{Name: \"x\"})\n}\n",
			exit: "exit status 1", stderr: "panic: sdk.Serve was called before",
		},
		{
			name: "panic after", source: head + "func main() {\n\tsdk.Serve(sdk.Plugin{Name: \"x\"})\n\tpanic(\"late\")\n}\n",
			exit: "exit status 1", stderr: "panic: late",
		},
		{
			name: "endless recursion", source: head + "func f(n int) int { return f(n + 1) }\n\nfunc main() {\n\tprintln(f(1))\n\tsdk.Serve(sdk.Plugin{Name: \"x\"})\n}\n",
			exit: "exit status 2", stderr: "exceeds 67108864-byte limit",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := interpreted(t)
			if test.source != "" {
				_ = p.Call(t.Context(), wire.MethodHello, hello(t, folder(t, test.source)), nil) // the end is what counts
			}
			exit := ""
			if err := p.Close(); err == nil || errors.Is(p.Err(), wire.ErrClosed) {
				if err := p.cmd.Wait(); err != nil {
					exit = err.Error()
				}
			}
			if exit != test.exit || !strings.Contains(p.stderr.String(), test.stderr) {
				t.Errorf("ended with %q, want %q; it wrote\n%.2000s", exit, test.exit, &p.stderr)
			}
		})
	}
}
