package dialect_test

import (
	"slices"
	"testing"
	"testing/fstest"

	"github.com/pluggarr/pluggarr/host/dialect"
)

// Every package that is allowed can be imported.
func TestAllowedIsThere(t *testing.T) {
	t.Parallel()
	source := "package main\n\nimport (\n"
	for _, path := range dialect.Allowed() {
		source += "\t_ \"" + path + "\"\n"
	}
	source += "\t\"" + dialect.SDK + "\"\n)\n\nfunc main() { sdk.Serve(sdk.Plugin{Name: \"x\"}) }\n"
	r := checker(t).Check(fstest.MapFS{"main.go": {Data: []byte(source)}}, "x")
	if len(r.Problems) > 0 {
		t.Error(r.Problems)
	}
	want := slices.Sorted(slices.Values(dialect.Allowed()))
	if !slices.Equal(r.Imports, want) {
		t.Errorf("imports are %q, want %q", r.Imports, want)
	}
	if std := dialect.AllowedStd(); !slices.IsSorted(std) {
		t.Error("AllowedStd is not sorted")
	}
}
