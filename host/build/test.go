package build

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// ErrTests reports that tests failed, or did not compile; what was wrong is in
// their output.
var ErrTests = errors.New("tests fail")

// TestRun says how a plugin's tests are run.
type TestRun struct {
	// Dir is the plugin's folder.
	Dir string
	// Args are flags of "go test".
	Args []string
	// Output gets what the tests and the go command print, as it comes.
	Output io.Writer
}

// Test compiles a plugin with its tests, in a copy of its folder, and runs them.
// The error is [ErrNoToolchain], [ErrTests], ctx's, or the host's own trouble.
func (b *Builder) Test(ctx context.Context, t TestRun) error {
	tools, err := b.Toolchain(ctx)
	if err != nil {
		return err
	}
	if err := b.prepare(); err != nil {
		return err
	}
	dir, err := filepath.Abs(t.Dir)
	if err != nil {
		return fmt.Errorf("find %s: %w", t.Dir, err)
	}
	work, err := os.MkdirTemp(b.cfg.Dir, "work-")
	if err != nil {
		return fmt.Errorf("make a folder to compile in: %w", err)
	}
	defer func() { _ = os.RemoveAll(work) }() // the next prepare would clear it away
	source, err := b.source(Plugin{Dir: dir}, work)
	if err != nil {
		return err
	}
	args := append([]string{"test", "-mod=vendor", "-trimpath", "-buildvcs=false", "-count=1"}, t.Args...)
	cmd := b.command(ctx, tools, source, append(args, "./...")...)
	cmd.Stdout, cmd.Stderr = t.Output, t.Output
	err = cmd.Run()
	exit, failed := errors.AsType[*exec.ExitError](err)
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("run the tests: %w", context.Cause(ctx))
	case failed && exit.Exited():
		return ErrTests
	case err != nil:
		return fmt.Errorf("run the tests: %w", err)
	}
	return nil
}
