package build_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/pluggarr/pluggarr/host/build"
)

const plugin = `package main

import "github.com/pluggarr/pluggarr/sdk"

type Settings struct{}

func say(*sdk.Context, Settings) (sdk.Result, error) { return sdk.OK("%s", text()), nil }

func main() {
	sdk.Serve(sdk.Plugin{Name: "Built", Actions: []sdk.Action{{ID: "say", Label: "Say", Run: sdk.Handle(say)}}})
}
`

// folder makes a plugin of files given by their names.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "built")
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		if err == nil {
			err = os.WriteFile(path, []byte(text), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// builder returns one with a folder of its own, or ends the test when there is
// no Go to test with.
func builder(t *testing.T) *build.Builder {
	t.Helper()
	b := build.New(build.Config{Dir: t.TempDir()})
	if _, err := b.Toolchain(t.Context()); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return b
}

func TestBuild(t *testing.T) {
	t.Parallel()
	b := builder(t)
	tests := map[string]map[string]string{
		"alone": {"main.go": plugin, "text.go": "package main\n\nfunc text() string { return \"alone\" }\n"},
		"a package of its own": {
			"main.go": plugin, "text.go": "package main\n\nimport \"plugin/built/deep\"\n\nfunc text() string { return deep.Text }\n",
			"deep/deep.go": "package deep\n\nconst Text = \"deep\"\n",
		},
		"a module": {
			"go.mod":  "module example.org/built\n\ngo 1.24\n\nrequire github.com/pluggarr/pluggarr v0.0.0\n\nreplace github.com/pluggarr/pluggarr => ../elsewhere\n",
			"main.go": plugin, "text.go": "package main\n\nimport \"example.org/built/deep\"\n\nfunc text() string { return deep.Text }\n",
			"deep/deep.go": "package deep\n\nconst Text = \"deep\"\n",
		},
		"a vendored module, and an old SDK": {
			"go.mod":  "module example.org/built\n\ngo 1.24\n\nrequire (\n\texample.org/other v1.2.3\n\tgithub.com/pluggarr/pluggarr v0.0.1\n)\n",
			"main.go": plugin, "text.go": "package main\n\nimport \"example.org/other/deep\"\n\nfunc text() string { return deep.Text }\n",
			"vendor/modules.txt":                                "# example.org/other v1.2.3\n## explicit; go 1.20\nexample.org/other/deep\n# github.com/pluggarr/pluggarr v0.0.1\n## explicit; go 1.25\ngithub.com/pluggarr/pluggarr/sdk\n",
			"vendor/example.org/other/deep/deep.go":             "package deep\n\nconst Text = \"vendored\"\n",
			"vendor/github.com/pluggarr/pluggarr/sdk/plugin.go": "package sdk\n",
			"vendor/github.com/pluggarr/pluggarr/sdk/gone.go":   "package sdk\n\nvar _ = nothing\n",
		},
		"a file of its own": {
			"main.go": plugin, "text.txt": "embedded",
			"text.go": "package main\n\nimport _ \"embed\"\n\n//go:embed text.txt\nvar said string\n\nfunc text() string { return said }\n",
		},
		"tests and a workspace": {
			"main.go": plugin, "text.go": "package main\n\nfunc text() string { return \"x\" }\n", "text_test.go": "package main\n\nvar _ = nothing\n",
			"go.work": "nonsense",
		},
	}
	for name, files := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := folder(t, files)
			program, err := b.Build(t.Context(), build.Plugin{Dir: dir, Hash: name})
			if err != nil {
				if e, ok := errors.AsType[*build.Error](err); ok {
					t.Fatal(e.Output)
				}
				t.Fatal(err)
			}
			out, err := exec.CommandContext(t.Context(), program).CombinedOutput()
			if err == nil || !bytes.Contains(out, []byte("host")) {
				t.Errorf("without a host it said %q, %v", out, err)
			}
			if again, err := b.Build(t.Context(), build.Plugin{Dir: dir, Hash: name}); again != program || err != nil {
				t.Errorf("again: %s, %v", again, err)
			}
			for _, left := range []string{"go.sum", "vendor/github.com/pluggarr/pluggarr/sdk/wire"} {
				if _, err := os.Stat(filepath.Join(dir, left)); err == nil {
					t.Errorf("%s was left in the plugin's folder", left)
				}
			}
		})
	}
}

func TestBuildFails(t *testing.T) {
	t.Parallel()
	b := builder(t)
	for name, tt := range map[string]struct {
		files map[string]string
		want  string
	}{
		"a mistake":             {map[string]string{"main.go": plugin}, "it does not compile: main.go:7:76: undefined: text"},
		"not vendored":          {map[string]string{"main.go": "package main\n\nimport _ \"example.org/other\"\n\nfunc main() {}\n"}, "example.org/other"},
		"a go.mod that is none": {map[string]string{"main.go": plugin, "go.mod": "module \"x"}, "go.mod:1:8"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := b.Build(t.Context(), build.Plugin{Dir: folder(t, tt.files), Hash: name})
			if err == nil || !strings.Contains(err.Error(), tt.want) || errors.Is(err, build.ErrNoToolchain) {
				t.Errorf("Build = %v, want %q", err, tt.want)
			}
		})
	}
	t.Run("cancelled", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := b.Build(ctx, build.Plugin{Dir: folder(t, map[string]string{"main.go": plugin})}); !errors.Is(err, context.Canceled) {
			t.Errorf("Build = %v", err)
		}
	})
}

func TestNoToolchain(t *testing.T) {
	t.Parallel()
	old := filepath.Join(t.TempDir(), "go")
	syscall.ForkLock.RLock() // what a process that is just being made holds open does not start
	err := os.WriteFile(old, []byte("#!/bin/sh\necho go1.20\n"), 0o700)
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"/no/such/go": "install Go", old: "is go1.20, plugins need Go"} {
		b := build.New(build.Config{Dir: t.TempDir(), Go: path})
		_, err := b.Build(t.Context(), build.Plugin{Dir: t.TempDir()})
		if !errors.Is(err, build.ErrNoToolchain) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: Build = %v", path, err)
		}
		if program := b.Cached(t.Context(), build.Plugin{}); program != "" {
			t.Errorf("%s: Cached = %q", path, program)
		}
	}
}

// TestImpatient looks for Go with a caller who does not wait: the next one finds it.
func TestImpatient(t *testing.T) {
	t.Parallel()
	builder(t) // there is Go
	b := build.New(build.Config{Dir: t.TempDir()})
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Toolchain(gone); err == nil {
		t.Error("there is Go for who did not wait")
	}
	if _, err := b.Toolchain(t.Context()); err != nil {
		t.Errorf("Toolchain = %v", err)
	}
}

// TestSDKIsWhole compiles the SDK that this program carries, as an editor does.
func TestSDKIsWhole(t *testing.T) {
	t.Parallel()
	builder(t) // there is Go
	dir := t.TempDir()
	if err := build.UnpackSDK(dir); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "vet", "./...")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "GOPROXY=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("go vet with %s: %v\n%s", runtime.Version(), err, out)
	}
}
