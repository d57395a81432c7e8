package dialect_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/pluggarr/pluggarr/host/proc"
	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// What is read from source has to be what the compiled plugin says of itself,
// but for the places of fields.
func TestDescriptionIsTheNativeOne(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"testdata/whole.txtar", "testdata/kinds.txtar"} {
		_, _, folder := readArchive(t, file)
		result := checker(t).Check(folder, "x")
		result.Problems = slices.DeleteFunc(result.Problems, func(p wire.Problem) bool { return p.Kind == wire.KindEngine })
		if len(result.Problems) > 0 || len(result.Description.Warnings) > 0 {
			t.Fatal(result.Problems, result.Description.Warnings)
		}
		dropPlaces(result.Description.Settings)
		for _, a := range result.Description.Actions {
			dropPlaces(a.Params)
		}
		got, err := json.MarshalIndent(result.Description, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		want, err := json.MarshalIndent(native(t, folder), "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("%s: read from source\n%s\nthe compiled plugin says\n%s", file, got, want)
		}
	}
}

func dropPlaces(s *sdk.Shape) {
	if s != nil {
		dropFieldPlaces(s.Fields)
	}
}

func dropFieldPlaces(fields []sdk.ShapeField) {
	for i := range fields {
		fields[i].File, fields[i].Line = "", 0
		dropFieldPlaces(fields[i].Fields)
	}
}

// native compiles the plugin and asks it.
func native(t *testing.T, folder fstest.MapFS) sdk.Description {
	t.Helper()
	goTool(t)
	// Inside of this module the plugin finds the SDK; the go command does not see testdata.
	dir, err := os.MkdirTemp("testdata", "native") //nolint:usetesting // see above
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.CopyFS(dir, folder); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(t.TempDir(), "plugin")
	if out, err := exec.Command("go", "build", "-o", binary, "./"+dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	ours, theirs, err := proc.Socketpair()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary)
	cmd.ExtraFiles, cmd.Stderr = []*os.File{theirs}, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	conn := wire.NewConn(ours, wire.Config{})
	var d sdk.Description
	if err := conn.Call(t.Context(), wire.MethodHello, wire.HelloParams{Protocol: wire.Version}, nil); err != nil {
		t.Error(err)
	} else if err := conn.Call(t.Context(), wire.MethodDescribe, nil, &d); err != nil {
		t.Error(err)
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	return d
}

// goTool skips a test that needs the go command where there is none.
func goTool(t testing.TB) {
	t.Helper()
	_, err := exec.LookPath("go")
	switch {
	case err == nil:
	case os.Getenv("CI") != "":
		t.Fatal(err)
	default:
		t.Skip("no go command:", err)
	}
}
