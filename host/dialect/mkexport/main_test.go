package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/pluggarr/pluggarr/host/dialect"
)

// The embedded data is what the SDK and this Go declare.
func TestDataIsCurrent(t *testing.T) {
	t.Parallel()
	goTool(t)
	dir := t.TempDir()
	if err := write(dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"zstd.zip", "zsdk.zip"} {
		want, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		z, err := zip.NewReader(bytes.NewReader(got), int64(len(got)))
		if err != nil {
			t.Fatal(err)
		}
		if z.Comment != runtime.Version() {
			missing(t, fmt.Sprintf("%s was made by %s, this is %s", name, z.Comment, runtime.Version()))
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is out of date: run go generate ./host/dialect", name)
		}
	}
}

// One set of data serves every platform.
func TestPlatformsDeclareTheSame(t *testing.T) {
	t.Parallel()
	goTool(t)
	if testing.Short() {
		t.Skip("it compiles the standard library for another platform")
	}
	linux, darwin := declared(t, platform{"linux", "amd64"}), declared(t, platform{"darwin", "arm64"})
	for name, a := range linux {
		if b := darwin[name]; a != b {
			t.Errorf("linux declares\n\t%s\ndarwin\n\t%s", a, b)
		}
	}
	if len(linux) != len(darwin) {
		t.Errorf("linux declares %d names, darwin %d", len(linux), len(darwin))
	}
}

// declared lists what the allowed packages declare, without the values of
// constants.
func declared(t *testing.T, p platform) map[string]string {
	t.Helper()
	files, err := exports(p, dialect.AllowedStd())
	if err != nil {
		t.Fatal(err)
	}
	lookup := func(path string) (io.ReadCloser, error) { return os.Open(files[path]) }
	std := importer.ForCompiler(token.NewFileSet(), "gc", lookup)
	all := map[string]string{}
	for _, path := range dialect.AllowedStd() {
		pkg, err := std.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range pkg.Scope().Names() {
			obj := pkg.Scope().Lookup(name)
			if !obj.Exported() {
				continue
			}
			text := types.ObjectString(obj, nil)
			if c, ok := obj.(*types.Const); ok {
				text = "const " + name + " " + c.Type().String()
			}
			for m := range types.NewMethodSet(types.NewPointer(obj.Type())).Methods() {
				if m.Obj().Exported() {
					text += "; " + m.String()
				}
			}
			all[path+"."+name] = text
		}
	}
	return all
}

func TestDefinitionRefuses(t *testing.T) {
	t.Parallel()
	header := "!<arch>\n__.PKGDEF       0           0     0     644     "
	for _, archive := range []string{"", "!<arch>\n", "go object linux", header + "99999     `\n", header + "x         `\n", header + "4         `\nbody"} {
		if out, err := definition([]byte(archive)); err == nil {
			t.Errorf("definition(%q) = %q, want an error", archive, out)
		}
	}
}

func goTool(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		missing(t, err.Error())
	}
}

// missing skips a test, but not where everything has to be there.
func missing(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(why)
	}
	t.Skip(why)
}
