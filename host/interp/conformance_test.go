package interp_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/pluggarr/pluggarr/host/dialect"
	"github.com/pluggarr/pluggarr/host/interp"
	"github.com/pluggarr/pluggarr/sdk"
)

// playCase names the folder of a program that a process of this test runs.
const playCase = "PLUGGARR_TEST_CASE"

// caseModule is the module that all programs of the suite belong to.
const caseModule = "example.org/pluggarr"

var only = flag.String("case", "", "run only the programs whose name begins so, and show what they say")

// How a program ends that is not answered: its exit codes.
const (
	exitRefused = 3
	exitFailed  = 4
)

// caseLimit ends a program that hangs. Those that pass need milliseconds, or a
// minute on a machine that has much else to do.
const caseLimit = 4 * time.Minute

// runCase is the life of a process that interprets one program.
func runCase(dir string) int {
	checker, err := dialect.New()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	r := checker.Check(os.DirFS(dir), "case")
	for _, p := range r.Problems {
		fmt.Fprintf(os.Stderr, "%s: %s: %s\n", p.Place(), p.Kind, p.Message)
	}
	if len(r.Problems) > 0 {
		return exitRefused
	}
	if err := interp.New().Run(r, []string{dir}, func(sdk.Plugin, interp.Frames) {}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitFailed
	}
	return 0
}

// program is one case: its files by name.
type program struct {
	name  string
	files map[string]string
}

// programs reads an archive. What it has in the folder sdk belongs to all.
func programs(t testing.TB, file string) (list []program, stand string) {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		name, rest, inside := strings.Cut(f.Name, "/")
		if name == "sdk" {
			stand = string(f.Data)
			continue
		}
		if !inside {
			list = append(list, program{name, map[string]string{}})
			rest = "plug.go"
		}
		list[len(list)-1].files[rest] = string(f.Data)
	}
	return list, stand
}

// write lays a program out as a plugin, whose main prints what Run returns.
func (p program) write(t *testing.T, dir, stand string) {
	t.Helper()
	put(t, filepath.Join(dir, "go.mod"), "module "+caseModule+"/cases/"+p.name+"\n\ngo 1.26\n")
	put(t, filepath.Join(dir, "zz_main.go"), `package main

import (
	"os"

	plugin "github.com/pluggarr/pluggarr/sdk"
)

func main() {
	if len(os.Args) > 5 {
		plugin.Serve(plugin.Plugin{Name: "case"})
	}
	os.Stdout.WriteString(Run())
}
`)
	for name, text := range p.files {
		if path.Dir(name) == "." {
			text = strings.Replace(text, "package plug\n", "package main\n", 1)
		}
		put(t, filepath.Join(dir, name), text)
	}
	put(t, filepath.Join(dir, "vendor", caseModule, "sdk", "sdk.go"), stand)
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// compiledCases builds one program of all cases and returns its path.
func compiledCases(t *testing.T, list []program, stand string) string {
	t.Helper()
	dir := t.TempDir()
	put(t, filepath.Join(dir, "go.mod"), "module "+caseModule+"\n\ngo 1.26\n")
	put(t, filepath.Join(dir, "sdk", "sdk.go"), stand)
	var imports, table strings.Builder
	for i, p := range list {
		if p.isWrong() {
			continue
		}
		fmt.Fprintf(&imports, "\tc%d %q\n", i, caseModule+"/cases/"+p.name)
		fmt.Fprintf(&table, "\tcase %q:\n\t\tos.Stdout.WriteString(c%d.Run())\n", p.name, i)
		for name, text := range p.files {
			put(t, filepath.Join(dir, "cases", p.name, name), text)
		}
	}
	put(t, filepath.Join(dir, "main.go"), "package main\n\nimport (\n\t\"os\"\n"+imports.String()+
		")\n\nfunc main() {\n\tswitch os.Args[1] {\n"+table.String()+"\t}\n}\n")
	binary := filepath.Join(dir, "cases.exe")
	cmd := exec.Command("go", "build", "-o", binary, ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "CGO_ENABLED=0", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build the cases: %v\n%s", err, out)
	}
	return binary
}

// isWrong says that a program is not Go, which both engines have to refuse.
func (p program) isWrong() bool { return strings.HasPrefix(p.name, "type_err_") }

// said is what came of a program.
type said struct {
	answer, notes string
	code          int
}

func run(t *testing.T, env []string, name string, args ...string) said {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), caseLimit)
	defer cancel()
	var out, notes bytes.Buffer
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = append(os.Environ(), env...), &out, &notes
	err := cmd.Run()
	if ctx.Err() != nil {
		return said{out.String(), "hangs\n" + notes.String(), -1}
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return said{out.String(), notes.String(), cmd.ProcessState.ExitCode()}
}

// Every program is the same both ways, or refused with its place.
func TestConformance(t *testing.T) {
	t.Parallel()
	count, n := play(t, "conformance.txtar")
	if right := count["same"] + count["both refuse"]; *only == "" && right*100 < n*85 {
		t.Errorf("%d of %d programs run interpreted, want 85 %%", right, n)
	}
	told(t, fmt.Sprintf("has %d programs that were written to find faults: %d run", n, count["same"]+count["both refuse"]))
}

// What ordinary plugins do is never refused.
func TestOrdinary(t *testing.T) {
	t.Parallel()
	if count, n := play(t, "ordinary.txtar"); count["same"] != n {
		t.Errorf("%d of %d programs are the same", count["same"], n)
	}
}

// play runs the programs of an archive both ways.
func play(t *testing.T, archive string) (count map[string]int, n int) {
	t.Helper()
	list, stand := programs(t, filepath.Join("testdata", archive))
	list = slices.DeleteFunc(list, func(p program) bool { return !strings.HasPrefix(p.name, *only) })
	native := compiledCases(t, list, stand)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	names, byName := []string{}, map[string]program{}
	for _, p := range list {
		names, byName[p.name] = append(names, p.name), p
	}
	count = tally(t, names, func(t *testing.T, name string) string {
		p, dir := byName[name], t.TempDir()
		p.write(t, dir, stand)
		got := run(t, []string{playCase + "=" + dir}, self)
		var want said
		if !p.isWrong() {
			want = run(t, nil, native, name)
		}
		return compare(t, p, got, want)
	})
	return count, len(list)
}

// tally runs each program and counts what came of them.
func tally(t *testing.T, names []string, outcome func(t *testing.T, name string) string) map[string]int {
	t.Helper()
	outcomes := make(chan string, len(names))
	t.Run("cases", func(t *testing.T) {
		for _, name := range names {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				outcomes <- outcome(t, name)
			})
		}
	})
	close(outcomes)
	count := map[string]int{}
	for o := range outcomes {
		count[o]++
	}
	t.Logf("%d programs: %v", len(names), count)
	return count
}

// compare says which of the three outcomes it is; red is an error.
func compare(t *testing.T, p program, got, want said) string {
	t.Helper()
	if *only != "" {
		t.Logf("interpreted: %+v\ncompiled: %+v", got, want)
	}
	switch {
	case got.code == exitRefused && placed(got.notes):
		t.Logf("refused: %s", first(got.notes))
		if p.isWrong() {
			return "both refuse"
		}
		return "refused"
	case p.isWrong():
		t.Errorf("not refused: %+v", got)
	case got.code == 0 && want.code == 0 && got.answer == want.answer:
		return "same"
	default:
		t.Errorf("interpreted %d %q\n%s\ncompiled %d %q\n%s", got.code, got.answer, first(got.notes), want.code, want.answer, first(want.notes))
	}
	return "red"
}

// placed says that the first line of notes begins with a file, a line and a
// column.
func placed(notes string) bool {
	file, rest, _ := strings.Cut(notes, ".go:")
	var line, column int
	n, _ := fmt.Sscanf(rest, "%d:%d:", &line, &column)
	return n == 2 && !strings.ContainsAny(file, "\n ")
}

func first(notes string) string { return notes[:min(len(notes), 400)] }
