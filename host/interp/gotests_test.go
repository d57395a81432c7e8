package interp_test

import (
	"go/build/constraint"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// goTests names the folder test of Go's own source, whose programs check the
// compiler. They are not part of every installation.
const goTests = "PLUGGARR_TEST_GO_TESTS"

// Go's own tests of its compiler run as compiled, or are refused.
func TestGoTests(t *testing.T) {
	t.Parallel()
	source := os.Getenv(goTests)
	if source == "" {
		t.Skipf("%s does not name the folder test of Go's source", goTests)
	}
	files, err := filepath.Glob(filepath.Join(source, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	dir, bin := t.TempDir(), t.TempDir()
	put(t, filepath.Join(dir, "go.mod"), "module "+caseModule+"\n\ngo 1.26\n")
	var names []string
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name, text := "go_"+strings.TrimSuffix(filepath.Base(file), ".go"), string(data)
		if !runnable(text) || !strings.HasPrefix(name, *only) && *only != "" {
			continue
		}
		names = append(names, name)
		put(t, filepath.Join(dir, name, "main.go"), text)
	}
	cmd := exec.Command("go", "build", "-o", bin+"/", "./...")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build Go's tests: %v\n%s", err, out)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	tally(t, names, func(t *testing.T, name string) string {
		put(t, filepath.Join(dir, name, "go.mod"), "module case\n\ngo 1.26\n")
		put(t, filepath.Join(dir, name, "zz_serve.go"), `package main

import (
	pluggarr_os "os"

	pluggarr_sdk "github.com/pluggarr/pluggarr/sdk"
)

func init() {
	if len(pluggarr_os.Args) > 5 {
		pluggarr_sdk.Serve(pluggarr_sdk.Plugin{Name: "case"})
	}
}
`)
		got := run(t, []string{playCase + "=" + filepath.Join(dir, name)}, self)
		if got.code == exitFailed && placed(got.notes) && got.answer == "" && strings.Contains(got.notes, "the interpreter cannot run this: ") {
			return "refused when loaded"
		}
		return compare(t, program{name: name}, got, run(t, nil, filepath.Join(bin, name)))
	})
}

// runnable says that a file is a program of its own that plugins might be, and
// not one that tests what they may not use.
func runnable(text string) bool {
	first, rest, _ := strings.Cut(text, "\n")
	if strings.TrimSpace(first) != "// run" {
		return false
	}
	for _, no := range []string{`"unsafe"`, `"os/exec"`, `"syscall"`, `"C"`, `"testing"`, "go:linkname", `"go/`, `"cmd/`, `"runtime/`, `"internal/`, `"text/template"`} {
		if strings.Contains(rest, no) {
			return false
		}
	}
	for line := range strings.Lines(rest) {
		if constraint.IsGoBuild(line) {
			return false
		}
	}
	return true
}
