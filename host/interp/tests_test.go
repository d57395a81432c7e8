package interp_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/interp"
)

// playTests names the folder of a plugin whose tests a process of this test runs;
// its argument is the package's.
const playTests = "PLUGGARR_TEST_TESTS"

// testsOf interprets the tests of a plugin and returns what was printed, without
// times.
func testsOf(t *testing.T, dir string) (bool, string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	passed, err := interp.RunTests(t.Context(), abs, &out, func(ctx context.Context, pkg string, out io.Writer) error {
		cmd := exec.CommandContext(ctx, self, pkg)
		cmd.Env = append(os.Environ(), playTests+"="+abs)
		cmd.Stdout, cmd.Stderr = out, out
		return cmd.Run()
	})
	if err != nil {
		t.Fatal(err)
	}
	return passed, regexp.MustCompile(`\d+\.\d+s`).ReplaceAllString(out.String(), "0s")
}

// What a plugin's tests do, they do interpreted. Among them are those that hold
// what function literals keep of loops.
func TestTests(t *testing.T) {
	t.Parallel()
	passed, out := testsOf(t, filepath.Join("testdata", "tested"))
	if !passed || !strings.HasSuffix(out, "PASS\nok  \tplugin/tested/text\t0s\n") || strings.Count(out, "--- PASS: ") < 20 {
		t.Errorf("it says\n%s", out)
	}
}

func TestTestsThatFail(t *testing.T) {
	t.Parallel()
	const plugin = "package main\n\nfunc main() {}\n"
	for name, test := range map[string]struct{ file, want string }{
		"an error":  {"package main\n\nimport \"testing\"\n\nfunc TestX(t *testing.T) { t.Errorf(\"it is %d\", 1) }\n", "    it is 1\n--- FAIL: TestX (0s)\n"},
		"a panic":   {"package main\n\nimport \"testing\"\n\nfunc TestX(t *testing.T) {\n\tvar m map[string]int\n\tm[\"a\"]++\n}\n", "assignment to entry in nil map"},
		"a mistake": {"package main\n\nimport \"testing\"\n\nfunc TestX(t *testing.T) { missing() }\n", "x_test.go:5:28: undefined: missing\n"},
		"TestMain":  {"package main\n\nimport \"testing\"\n\nfunc TestMain(m *testing.M) { m.Run() }\n", "x_test.go:5:6: TestMain is called in compiled tests only\n"},
		"apart":     {"package main_test\n", "x_test.go:1:9: package main_test is tested compiled only"},
		"an exit":   {"package main\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestX(t *testing.T) { os.Exit(7) }\n", "FAIL\tplugin/odd\t"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "odd")
			put(t, filepath.Join(dir, "main.go"), plugin)
			put(t, filepath.Join(dir, "x_test.go"), test.file)
			passed, out := testsOf(t, dir)
			if passed || !strings.Contains(out, test.want) || !strings.Contains(out, "FAIL\tplugin/odd\t0s\n") {
				t.Errorf("passed: %v; it says\n%s", passed, out)
			}
		})
	}
}
