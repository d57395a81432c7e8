package bench_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// edits are plugins whose action says which version answers; VERSION is put in.
var edits = map[string]struct{ file, code string }{
	"edit_go": {"main.go", `package main

import "github.com/pluggarr/pluggarr/sdk"

type Settings struct{}

func noop(*sdk.Context, Settings) (sdk.Result, error) { return sdk.OK("version VERSION"), nil }

func main() {
	sdk.Serve(sdk.Plugin{Name: "Edit", Actions: []sdk.Action{{ID: "noop", Label: "Noop", Run: sdk.Handle(noop)}}})
}
`},
	"edit_python": {"plugin.py", `class Plugin:
    name = "Edit"
    actions = [{"id": "noop", "label": "Noop"}]

    def run(self, action, params, context):
        return {"status": "ok", "message": "version VERSION"}
`},
}

// errNotYet is before the first call.
var errNotYet = errors.New("not called yet")

// write saves a version of a plugin that is edited.
func write(b *testing.B, dir, plugin string, version int) {
	b.Helper()
	e := edits[plugin]
	err := os.MkdirAll(filepath.Join(dir, plugin), 0o755)
	if err == nil {
		text := strings.ReplaceAll(e.code, "VERSION", fmt.Sprint(version))
		err = os.WriteFile(filepath.Join(dir, plugin, e.file), []byte(text), 0o644)
	}
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkEdit is from the moment in which a file is saved to the first call
// that the new code answers. The host is asked all the time meanwhile. Beside it,
// what an author does who has no such host: compile and start the program anew,
// or start Python and import Django and the plugin.
func BenchmarkEdit(b *testing.B) {
	h := serve(b)
	for plugin := range edits {
		write(b, h.plugins, plugin, 0)
	}
	for _, plugin := range []string{"edit_go", "edit_python"} {
		path := "/api/plugins/plugins/" + plugin
		if err := h.post(path+"/enabled/", `{"enabled": true}`, `"enabled":true`); err != nil {
			b.Logf("without %s: %v", plugin, err)
			continue
		}
		version := 0
		b.Run(plugin, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				version++
				begun := time.Now()
				write(b, h.plugins, plugin, version)
				want := fmt.Sprintf(`"message":"version%d"`, version)
				for err := errNotYet; err != nil; err = h.post(path+"/run/", `{"action": "noop"}`, want) {
					if time.Since(begun) > 10*time.Second {
						b.Fatal(err)
					}
				}
				took = append(took, time.Since(begun))
			}
			report(b, took)
		})
	}
	b.Run("go-build-and-restart", rebuild)
	b.Run("python-and-import", reimport)
}

// rebuild compiles an edited plugin and starts it up to its description.
func rebuild(b *testing.B) {
	all := engines(b)
	dir, err := os.MkdirTemp(path(b, "testdata"), "edited-") //nolint:usetesting // inside this module, which knows the SDK
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	var took []time.Duration
	for version := 0; b.Loop(); version++ {
		begun := time.Now()
		write(b, dir, "edit_go", version)
		out, err := exec.Command("go", "build", "-o", filepath.Join(bin, "noop"), filepath.Join(dir, "edit_go")).CombinedOutput()
		if err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		for _, e := range all {
			if e.name == "compiled" {
				e.prepare(b)().end()
			}
		}
		took = append(took, time.Since(begun))
	}
	report(b, took)
}

// reimport starts a Python that has Django, which imports that and the plugin.
func reimport(b *testing.B) {
	python, dir := django(b), b.TempDir()
	const program = "import sys; sys.path.insert(0, sys.argv[1])\nimport django.db.models, celery, requests\n" +
		"import plugin; plugin.Plugin().run('noop', {}, {})"
	var took []time.Duration
	for version := 0; b.Loop(); version++ {
		begun := time.Now()
		write(b, dir, "edit_python", version)
		if out, err := exec.Command(python, "-c", program, filepath.Join(dir, "edit_python")).CombinedOutput(); err != nil {
			b.Skipf("%v: %s", err, out)
		}
		took = append(took, time.Since(begun))
	}
	report(b, took)
}
