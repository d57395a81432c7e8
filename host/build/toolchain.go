package build

import (
	"context"
	"errors"
	"fmt"
	"go/version"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// ErrNoToolchain reports that this machine has no Go that can compile plugins.
// Its text says what to do.
var ErrNoToolchain = errors.New("no Go toolchain")

// Toolchain is a Go on this machine.
type Toolchain struct {
	Path    string // of the go command, absolute
	Version string // as in "go1.26.8"
}

// language is the version of Go in go.mod files that this package writes: that
// of the Go this program was built with, as in "1.26".
func language() string { return strings.TrimPrefix(version.Lang(runtime.Version()), "go") }

// Find looks for a Go that is new enough for the SDK: path, or for "" the go
// of $PATH, else where its installer puts it. The error is [ErrNoToolchain].
func Find(ctx context.Context, path string) (Toolchain, error) {
	if path == "" {
		path = usual()
	}
	found, err := exec.LookPath(path)
	if err != nil {
		return Toolchain{}, fmt.Errorf("%w: install Go %s or newer from https://go.dev/dl, or from your distribution, to have plugins compiled", ErrNoToolchain, language())
	}
	if found, err = filepath.Abs(found); err != nil {
		return Toolchain{}, fmt.Errorf("%w: %w", ErrNoToolchain, err)
	}
	cmd := exec.CommandContext(ctx, found, "env", "GOVERSION")
	cmd.Env = environment("")
	out, err := cmd.Output()
	t := Toolchain{Path: found, Version: strings.TrimSpace(string(out))}
	switch {
	case err != nil:
		return Toolchain{}, fmt.Errorf("%w: %s does not run: %w", ErrNoToolchain, found, err)
	case version.Compare(t.Version, "go"+language()) < 0:
		return Toolchain{}, fmt.Errorf("%w: %s is %s, plugins need Go %s or newer", ErrNoToolchain, found, t.Version, language())
	}
	return t, nil
}

func usual() string {
	const installed = "/usr/local/go/bin/go"
	if _, err := exec.LookPath("go"); err == nil {
		return "go"
	}
	if _, err := os.Stat(installed); err == nil {
		return installed
	}
	return "go"
}

// environment is what the go command is run with: nothing of the user's own
// settings, no network, no C compiler. cache is its build cache; "" for the
// user's own.
func environment(cache string) []string {
	env := []string{
		"CGO_ENABLED=0", "GO111MODULE=on", "GOENV=off", "GOFLAGS=", "GOPROXY=off", "GOSUMDB=off",
		"GOTOOLCHAIN=local", "GOWORK=off",
		"XDG_CONFIG_HOME=" + os.DevNull, // where it would count how often it was called
	}
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME", "GOCACHE"} {
		if value, ok := os.LookupEnv(name); ok && (name != "GOCACHE" || cache == "") {
			env = append(env, name+"="+value)
		}
	}
	if cache != "" {
		env = append(env, "GOCACHE="+cache, "GOPATH="+cache)
	}
	return env
}
