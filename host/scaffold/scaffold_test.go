package scaffold_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/pluggarr/pluggarr/host/dialect"
	"github.com/pluggarr/pluggarr/host/scaffold"
)

// write makes a plugin, or ends the test.
func write(t *testing.T, name, language string) string {
	t.Helper()
	dir, err := scaffold.Write(scaffold.Plugin{Parent: t.TempDir(), Name: name, Language: language})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// run runs a program in dir, which has to succeed.
func run(t *testing.T, dir, program string, args ...string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOPROXY=off", "GOFLAGS=-mod=mod", "GOWORK=off", "PYTHONDONTWRITEBYTECODE=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s %q: %v\n%s", program, args, err, out)
	}
}

func TestGo(t *testing.T) {
	t.Parallel()
	dir := write(t, `My "First" Plugin`, scaffold.Go)
	if filepath.Base(dir) != "my_first_plugin" {
		t.Errorf("the folder is %s", dir)
	}
	checker, err := dialect.New()
	if err != nil {
		t.Fatal(err)
	}
	result := checker.Check(os.DirFS(dir), filepath.Base(dir))
	if len(result.Problems) > 0 || result.Description.Name != `My "First" Plugin` || len(result.Description.Actions) != 1 {
		t.Errorf("it is checked to be %+v", result)
	}
	run(t, dir, "gofmt", "-l", "-d", ".")
	run(t, dir, "go", "vet", ".")
	run(t, dir, "go", "test", ".")
}

func TestPython(t *testing.T) {
	t.Parallel()
	dir := write(t, "Second", scaffold.Python)
	run(t, dir, "python3", "-m", "unittest", "-q")
	run(t, dir, "python3", "-c", "import json; json.load(open('plugin.json')); json.load(open('pyrightconfig.json'))")
}

func TestRefused(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	for _, p := range []scaffold.Plugin{
		{Parent: parent, Name: "..", Language: scaffold.Go}, {Parent: parent, Name: "  ", Language: scaffold.Python}, {Parent: parent, Name: "x", Language: "perl"},
	} {
		if dir, err := scaffold.Write(p); err == nil {
			t.Errorf("%+v made %s", p, dir)
		}
	}
	if err := os.Mkdir(filepath.Join(parent, "here"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := scaffold.Write(scaffold.Plugin{Parent: parent, Name: "Here", Language: scaffold.Go}); !errors.Is(err, scaffold.ErrExists) {
		t.Errorf("over one that is there: %v", err)
	}
	if left, err := os.ReadDir(parent); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
