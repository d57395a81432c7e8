package main

import (
	"strings"
	"testing"

	compile "github.com/pluggarr/pluggarr/host/build"
)

// TestDoctorFindsTheHostsToolchain compares with what compiles plugins, which
// also looks beside the PATH.
func TestDoctorFindsTheHostsToolchain(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	found, err := compile.Find(t.Context(), "")
	said := lookToolchain(t.Context(), nil).Detail
	if has := strings.Contains(said, "compiles Go plugins"); has != (err == nil) {
		t.Errorf("it says %q where plugins are compiled by %+v, %v", said, found, err)
	}
}
