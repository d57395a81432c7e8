package dialect_test

import (
	"path/filepath"
	"testing"
	"testing/fstest"
)

// Whatever an author writes, the check ends, and each problem can be shown.
func FuzzCheck(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		_, _, folder := readArchive(f, file)
		for name, data := range folder {
			if filepath.Ext(name) == ".go" {
				f.Add(string(data.Data))
			}
		}
	}
	c := checker(f)
	f.Fuzz(func(t *testing.T, source string) {
		r := c.Check(fstest.MapFS{"main.go": {Data: []byte(source)}}, "fuzz")
		for _, p := range r.Problems {
			if p.Message == "" || p.Line < 0 || p.Column < 0 {
				t.Errorf("problem %+v cannot be shown", p)
			}
		}
		if (len(r.Problems) == 0) != (len(r.Packages) > 0) {
			t.Errorf("%d problems and %d packages", len(r.Problems), len(r.Packages))
		}
	})
}
