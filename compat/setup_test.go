package compat_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/compat"
)

// fakePython answers like a Python whose pip does what pip says; $0's folder
// holds the environments it makes.
const fakePython = `
case "$*" in
*ensurepip*) ENSUREPIP ;;
*"-m venv"*) for dir; do :; done; mkdir -p "$dir/bin"; cp "$0" "$dir/bin/python" ;;
*"pip --version"*) ;;
*"pip install"*)
	for file; do :; done
	while read -r line; do echo "Collecting $line"; done <"$file"
	PIP
	;;
esac
`

// setupWith runs a setup with such a Python.
func setupWith(t *testing.T, dir, ensurepip, pip string) (compat.Environment, []compat.Progress, error) {
	t.Helper()
	program := filepath.Join(dir, "python3")
	text := strings.NewReplacer("ENSUREPIP", ensurepip, "PIP", pip).Replace(fakePython)
	script(t, program, text)
	var steps []compat.Progress
	env, err := compat.Setup(t.Context(), compat.SetupConfig{
		Python: compat.Python{Path: program, Version: "3.13.0"}, Dir: filepath.Join(dir, "venv"), Env: os.Environ(),
		Progress: func(p compat.Progress) { steps = append(steps, p) },
	})
	return env, steps, err
}

func TestSetup(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := compat.OpenEnvironment(filepath.Join(dir, "venv")); !errors.Is(err, compat.ErrNotSetUp) {
		t.Fatalf("OpenEnvironment() = %v before the setup, want %v", err, compat.ErrNotSetUp)
	}
	env, steps, err := setupWith(t, dir, "true", "true")
	if err != nil || len(env.Missing) != 0 || env.Old() {
		t.Fatalf("Setup() = %+v, %v", env, err)
	}
	if last := steps[len(steps)-1]; last.Done != last.Total || last.Total < 40 {
		t.Errorf("the last step is %+v, want the whole", last)
	}
	opened, err := compat.OpenEnvironment(filepath.Join(dir, "venv"))
	if err != nil || opened.Python != env.Python || opened.Base != env.Base {
		t.Errorf("OpenEnvironment() = %+v, %v, want %+v", opened, err, env)
	}
	if _, steps, err := setupWith(t, dir, "true", "true"); err != nil || len(steps) != 0 {
		t.Errorf("a second Setup() did %v, %v, want nothing", steps, err)
	}
}

func TestSetupGoesOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const fails = `[ -e "$(dirname "$0")/kept" ] || exit 1`
	if _, _, err := setupWith(t, dir, "true", fails); err == nil {
		t.Fatal("Setup() = nil though pip failed")
	}
	kept := filepath.Join(dir, "venv", "bin", "kept")
	if err := os.WriteFile(kept, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := setupWith(t, dir, "exit 1", fails); err != nil {
		t.Fatalf("Setup() = %v, want it to go on with the environment that is there", err)
	}
	if _, err := os.Stat(kept); err != nil {
		t.Error("the environment was made anew")
	}
}

func TestSetupInstallsAgainWhatWasHalfInstalled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const sees = `cd "$(dirname "$0")/../lib/python3.13/site-packages" && [ ! -e half.dist-info ] && [ -e whole.dist-info ] || exit 1`
	if _, _, err := setupWith(t, dir, "true", sees); err == nil {
		t.Fatal("Setup() = nil though pip failed")
	}
	packages := filepath.Join(dir, "venv", "lib", "python3.13", "site-packages")
	for _, file := range []string{"half.dist-info/METADATA", "whole.dist-info/METADATA", "whole.dist-info/RECORD"} {
		name := filepath.Join(packages, file)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := setupWith(t, dir, "true", sees); err != nil {
		t.Errorf("Setup() = %v, want pip not to find half a package", err)
	}
}

func TestSetupIsLockedByWhatItStarts(t *testing.T) {
	t.Parallel()
	if _, _, err := setupWith(t, t.TempDir(), "true", "{ : >&3; } || exit 1"); err != nil {
		t.Errorf("Setup() = %v, want pip to have its lock", err)
	}
}

func TestSetupEnded(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := t.TempDir()
	_, err := compat.Setup(ctx, compat.SetupConfig{Python: compat.Python{Path: "/bin/sh", Version: "3.13.0"}, Dir: dir})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Setup() = %v, want %v", err, context.Canceled)
	}
	if _, err := compat.OpenEnvironment(dir); !errors.Is(err, compat.ErrNotSetUp) {
		t.Errorf("OpenEnvironment() = %v, want %v", err, compat.ErrNotSetUp)
	}
}

func TestSetupTrouble(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, ensurepip, pip string
		reason, advice       string // parts of it
	}{
		{
			"no ensurepip", `echo "ModuleNotFoundError: No module named 'ensurepip'" >&2; exit 1`, "",
			"No module named 'ensurepip'", "apt-get install python3.13-venv",
		},
		{
			"no index", "true", `echo "WARNING: Retrying after NewConnectionError('refused')"; echo "ERROR: Could not find a version" >&2; exit 1`,
			"the package index cannot be reached: Could not find a version", "PIP_INDEX_URL",
		},
		{"no package", "true", `echo "ERROR: No matching distribution found for x==1" >&2; exit 1`, "for Python 3.13.0", "--python"},
		{"full disk", "true", `echo "ERROR: [Errno 28] No space left on device" >&2; exit 1`, "the disk is full", "make room"},
		{"killed", "true", `echo "Collecting x"; kill -9 $$`, "amqp could not be installed: pip was ended: signal: killed", "again"},
		{"anything", "true", `echo oops >&2; exit 1`, "amqp could not be installed: oops", "again"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := setupWith(t, t.TempDir(), tt.ensurepip, tt.pip)
			var trouble *compat.PythonError
			if !errors.As(err, &trouble) || !strings.Contains(trouble.Reason, tt.reason) || !strings.Contains(trouble.Advice, tt.advice) {
				t.Errorf("Setup() = %v, want %q and %q", err, tt.reason, tt.advice)
			}
		})
	}
}

func TestSetupWithoutSome(t *testing.T) {
	t.Parallel()
	env, _, err := setupWith(t, t.TempDir(), "true", `if grep -q gevent "$file"; then echo "ERROR: no compiler" >&2; exit 1; fi`)
	if err != nil || len(env.Missing) != 1 {
		t.Fatalf("Setup() = %+v, %v, want one package missing", env, err)
	}
	if m := env.Missing[0]; m.Package != "gevent" || m.Why != "no compiler" || !strings.HasPrefix(m.Without, "plugins that serve HTTP") {
		t.Errorf("missing: %+v", m)
	}
}

func TestSetupGoesOnWhenNobodyReadsItsOutput(t *testing.T) {
	t.Parallel()
	read, gone := io.Pipe()
	if err := read.Close(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "python3")
	text := strings.NewReplacer("ENSUREPIP", "true", "PIP", "true").Replace(fakePython)
	script(t, program, text)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_, err := compat.Setup(ctx, compat.SetupConfig{
		Python: compat.Python{Path: program, Version: "3.13.0"}, Dir: filepath.Join(dir, "venv"), Env: os.Environ(), Output: gone,
	})
	if err != nil {
		t.Errorf("Setup() = %v", err)
	}
}
