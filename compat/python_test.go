package compat_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/pluggarr/pluggarr/compat"
)

func TestFind(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "python3", "/usr/bin/python3"} {
		found := python(t, name)
		if !filepath.IsAbs(found.Path) || !strings.HasPrefix(found.Version, "3.") {
			t.Errorf("Find(%q) = %+v", name, found)
		}
		if again := python(t, found.Path); again != found {
			t.Errorf("Find(%q) = %+v, want %+v", found.Path, again, found)
		}
	}
}

// script writes a program for the shell. No process is forked meanwhile: until
// it is another program it would hold the file open for writing, and what is
// being written does not start.
func script(t *testing.T, path, text string) {
	t.Helper()
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
}

// TestFindNone has programs in the place of Python that cannot be used.
func TestFindNone(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, script string
		reason       string // part of it, %s is the program
		advice       string
	}{
		{"too old", "printf '3.9.2\\n/usr/bin/python3\\n\\n'", "is Python 3.9.2, which is older than 3.10", "3.10 or newer"},
		{"Python 2", "printf '2.7.18\\n/usr/bin/python\\n\\n'", "is Python 2.7.18", "3.10 or newer"},
		{"in parts", "printf '3.11.2\\n/usr/bin/python3\\nctypes uuid\\n'", "lacks the modules ctypes uuid", "3.10 or newer"},
		{"something else", "echo hello", "is no Python", "3.10 or newer"},
		{"broken", "echo oops >&2; exit 127", "does not run: exit status 127: oops", "3.10 or newer"},
		{"no answer", "true", "is no Python", "3.10 or newer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			program := filepath.Join(t.TempDir(), "python3")
			script(t, program, tt.script)
			_, err := compat.Find(t.Context(), program)
			var missing *compat.PythonError
			if !errors.As(err, &missing) {
				t.Fatalf("Find() = %v, want a *PythonError", err)
			}
			if !strings.Contains(missing.Reason, program+" "+tt.reason) && !strings.Contains(missing.Reason, tt.reason) {
				t.Errorf("reason = %q, want %q", missing.Reason, tt.reason)
			}
			if !strings.Contains(missing.Advice, tt.advice) || !strings.Contains(missing.Advice, "--python") {
				t.Errorf("advice = %q", missing.Advice)
			}
		})
	}
}

func TestFindNothingThere(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"/nowhere/python3", "no-such-python"} {
		var missing *compat.PythonError
		if _, err := compat.Find(t.Context(), name); !errors.As(err, &missing) || !strings.Contains(missing.Reason, name) {
			t.Errorf("Find(%q) = %v", name, err)
		}
	}
}

// TestFindOnThePath looks for the newest usable one where the first is too old.
func TestFindOnThePath(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	if _, err := compat.Find(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "no python3 on the PATH") {
		t.Errorf("Find() = %v, want that there is none", err)
	}
	answers := map[string]string{"python3": "3.8.1", "python3.12": "3.12.4", "python3.11": "3.11.0"}
	for name, version := range answers {
		script(t, filepath.Join(dir, name), "printf '"+version+"\\n/"+name+"\\n\\n'")
	}
	found, err := compat.Find(t.Context(), "")
	if want := (compat.Python{Path: "/python3.12", Version: "3.12.4"}); err != nil || found != want {
		t.Errorf("Find() = %+v, %v, want %+v", found, err, want)
	}
	for _, name := range []string{"python3.12", "python3.11"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := compat.Find(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "is Python 3.8.1") {
		t.Errorf("Find() = %v, want that it is too old", err)
	}
}
