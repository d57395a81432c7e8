package dialect_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pluggarr/pluggarr/host/dialect"
)

var update = flag.Bool("update", false, "write what is found as what is wanted")

func checker(t testing.TB) *dialect.Checker {
	t.Helper()
	c, err := dialect.New()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestCheck reads a plugin and the wanted result from each of testdata/*.txtar.
func TestCheck(t *testing.T) {
	t.Parallel()
	c := checker(t)
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plugin, want, folder := readArchive(t, file)
			got := render(t, c.Check(folder, name))
			if *update {
				if err := os.WriteFile(file, []byte(plugin+wanted+got), 0o600); err != nil {
					t.Fatal(err)
				}
			} else if got != want {
				t.Errorf("Check(%s) =\n%s\nwant\n%s", name, got, want)
			}
		})
	}
}

// wanted stands between a plugin's files and the result.
const wanted = "-- want --\n"

// readArchive reads a txtar file: its text up to the wanted result, the result,
// and the files of the first as a folder.
func readArchive(t testing.TB, file string) (plugin, want string, folder fstest.MapFS) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	plugin, want, found := strings.Cut(string(text), wanted)
	if !found {
		t.Fatalf("%s has no %q", file, wanted)
	}
	folder = fstest.MapFS{}
	for i, part := range regexp.MustCompile(`(?m)^-- `).Split(plugin, -1) {
		if name, data, ok := strings.Cut(part, " --\n"); ok && i > 0 {
			folder[name] = &fstest.MapFile{Data: []byte(data)}
		}
	}
	return plugin, want, folder
}

// render writes a result for people.
func render(t *testing.T, r *dialect.Result) string {
	t.Helper()
	var b bytes.Buffer
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "%s:%d:%d: %s\n", p.File, p.Line, p.Column, p.Message)
		if p.Excerpt != "" {
			b.WriteString(p.Excerpt + "\n")
		}
	}
	for _, p := range r.Packages {
		fmt.Fprintf(&b, "package %s:", p.Path)
		for _, f := range p.Files {
			b.WriteString(" " + f.Name)
		}
		b.WriteByte('\n')
	}
	if r.Imports != nil {
		fmt.Fprintf(&b, "imports %s\n", strings.Join(r.Imports, " "))
	}
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r.Description); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestCheckLimits(t *testing.T) {
	t.Parallel()
	main := &fstest.MapFile{Data: []byte("package main\n")}
	big := &fstest.MapFile{Data: append([]byte("package main\n//"), bytes.Repeat([]byte{'x'}, dialect.MaxFile-20)...)}
	many, heavy := fstest.MapFS{}, fstest.MapFS{}
	for i := range dialect.MaxFiles + 1 {
		many[fmt.Sprintf("f%d.go", i)] = main
	}
	for i := range dialect.MaxTotal/len(big.Data) + 1 {
		heavy[fmt.Sprintf("f%d.go", i)] = big
	}
	tests := []struct {
		name   string
		folder fs.FS
		want   string
	}{
		{"long file", fstest.MapFS{"main.go": main, "z.go": {Data: make([]byte, dialect.MaxFile+1)}}, "longer than 4 MiB"},
		{"many files", many, "the plugin has more than 2000 files"},
		{"much source", heavy, "longer than 32 MiB together"},
		{"unreadable", unreadable{}, "cannot be read: no"},
		{"many mistakes", fstest.MapFS{"main.go": {Data: []byte("package main\n" + strings.Repeat("var _ = x\n", 5000))}}, "and 4901 more"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var all []string
			for _, p := range checker(t).Check(test.folder, "x").Problems {
				all = append(all, p.Message)
			}
			if len(all) > 101 || !strings.Contains(strings.Join(all, "\n"), test.want) {
				t.Errorf("%d problems, want one that says %q:\n%.2000s", len(all), test.want, strings.Join(all, "\n"))
			}
		})
	}
}

// unreadable is a folder nobody may look into.
type unreadable struct{}

func (unreadable) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("no")}
}

// A link must not show a file from outside of the plugin's folder in an excerpt.
func TestCheckStaysInside(t *testing.T) {
	t.Parallel()
	outside, dir := t.TempDir(), t.TempDir()
	secret := filepath.Join(outside, "secret.go")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(dir, "main.go")); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	problems := checker(t).Check(root.FS(), "x").Problems
	if len(problems) != 1 || problems[0].File != "main.go" || problems[0].Excerpt != "" || !strings.Contains(problems[0].Message, "escapes") {
		t.Errorf("problems are %+v, want one that says that the path escapes", problems)
	}
}

// Mistakes in one plugin must not show in the next one.
func TestCheckAgain(t *testing.T) {
	t.Parallel()
	c := checker(t)
	wrong := fstest.MapFS{"main.go": {Data: []byte("package main\nimport \"fmt\"\nfunc main() { fmt.Nothing() }\n")}}
	first, second := c.Check(wrong, "a"), c.Check(wrong, "a")
	if len(first.Problems) != 1 || fmt.Sprint(first) != fmt.Sprint(second) {
		t.Errorf("two checks of one source differ:\n%+v\n%+v", first, second)
	}
}
