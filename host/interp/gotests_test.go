package interp_test

import (
	"go/build/constraint"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// goTests names another folder than the installed Go's with the programs that
// check Go's compiler.
const goTests = "PLUGGARR_TEST_GO_TESTS"

// goTestsFolder is the folder test of Go's own source, which comes with Go when
// it is installed whole.
func goTestsFolder(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv(goTests); dir != "" {
		return dir
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal("go env:", err)
	}
	dir := filepath.Join(strings.TrimSpace(string(root)), "test")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("this Go was installed without its tests: name their folder in %s: %v", goTests, err)
	}
	return dir
}

// Go's own tests of its compiler run as compiled, or are refused.
func TestGoTests(t *testing.T) {
	t.Parallel()
	source := goTestsFolder(t)
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
		if !runnable(text) || name == "go_copy" || // which does nothing but work, for minutes
			!strings.HasPrefix(name, *only) && *only != "" {
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
	count := tally(t, names, func(t *testing.T, name string) string {
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
		// Some of them race on purpose: what counts is the answer.
		got := run(t, []string{"GORACE=exitcode=0", playCase + "=" + filepath.Join(dir, name)}, self)
		if got.code == exitFailed && placed(got.notes) && got.answer == "" && strings.Contains(got.notes, "the interpreter cannot run this: ") {
			return "refused when loaded"
		}
		return compare(t, program{name: name}, got, run(t, nil, filepath.Join(bin, name)))
	})
	if *only == "" && count["same"]*100 < len(names)*60 {
		t.Errorf("%d of %d programs run interpreted, want 60 %%", count["same"], len(names))
	}
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
