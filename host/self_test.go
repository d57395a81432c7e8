package host_test

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
)

const saidPython = `class Plugin:
    name = "Said"
    actions = [{"id": "say", "label": "Say"}]

    def run(self, action, params, context):
        return {"status": "ok", "message": "version VERSION."}
`

// TestUpgraded puts another program in the place of the host's while it runs, as
// the installation of a new release does. Its plugins go on in the old one.
func TestUpgraded(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("a process cannot start itself again by anything but its path")
	}
	s := newSite(t)
	s.program = filepath.Join(t.TempDir(), "host")
	duplicate(t, os.Args[0], s.program)
	s.write(edited{name: "before", file: "main.go", code: liveGo}, "1")
	host := s.rise()
	s.want("POST", "before/enabled/", `{"enabled":true}`)
	other := s.program + ".new"
	if err := os.WriteFile(other, []byte("#!/bin/sh\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(other, s.program); err != nil {
		t.Fatal(err)
	}
	s.write(edited{name: "after", file: "main.go", code: liveGo}, "2")
	s.write(edited{name: "python", file: "plugin.py", code: saidPython}, "3")
	s.want("POST", "after/enabled/", `{"enabled":true}`)
	s.want("POST", "python/enabled/", `{"enabled":true}`)
	for i, plugin := range []string{"before", "after", "python"} {
		if got := s.says(plugin); got != i+1 {
			t.Errorf("%s says %d", plugin, got)
		}
	}
	host.end(syscall.SIGTERM)
}

// duplicate copies a program.
func duplicate(t *testing.T, from, to string) {
	t.Helper()
	if os.Link(from, to) == nil {
		return
	}
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o700)
	if err == nil {
		_, err = io.Copy(out, in)
	}
	if err == nil {
		err = out.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}
