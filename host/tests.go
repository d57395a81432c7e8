package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/pluggarr/pluggarr/compat"
	"github.com/pluggarr/pluggarr/host/build"
	"github.com/pluggarr/pluggarr/host/interp"
	"github.com/pluggarr/pluggarr/host/proc"
)

// Tests are the tests of one plugin.
type Tests struct {
	// Dir is the plugin's folder.
	Dir string
	// Run is a regular expression for the names of those to run; "" means all.
	Run string
	// Verbose names each test as it runs.
	Verbose bool
	// Output gets what they print, as it comes.
	Output io.Writer
}

// flags are those of a test program, with prefix before their names.
func (t Tests) flags(prefix string) []string {
	var flags []string
	if t.Verbose {
		flags = append(flags, "-"+prefix+"v")
	}
	if t.Run != "" {
		flags = append(flags, "-"+prefix+"run="+t.Run)
	}
	return flags
}

// Compiled runs the tests of a Go plugin as the go command does, with the SDK of
// this program and without a network. It says whether all passed. The error is
// [build.ErrNoToolchain], ctx's, or why they could not be run.
func (t Tests) Compiled(ctx context.Context, cfg Config) (passed bool, err error) {
	temp, err := os.MkdirTemp("", "pluggarr-test-")
	if err != nil {
		return false, fmt.Errorf("make a folder to compile in: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	err = build.New(build.Config{Dir: temp, Go: cfg.Go}).Test(ctx, build.TestRun{Dir: t.Dir, Args: t.flags(""), Output: t.Output})
	if errors.Is(err, build.ErrTests) {
		return false, nil
	}
	return err == nil, err
}

// Interpreted runs the tests of a Go plugin from source, in processes with the
// limits of a plugin's. It says whether all passed. The error is ctx's, or why
// they could not be run.
func (t Tests) Interpreted(ctx context.Context, cfg Config) (passed bool, err error) {
	temp, err := os.MkdirTemp("", "pluggarr-test-")
	if err != nil {
		return false, fmt.Errorf("make a folder for the tests: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	cfg.Data = temp
	if cfg, err = cfg.withDefaults(); err != nil {
		return false, err
	}
	dir, err := filepath.Abs(t.Dir)
	if err != nil {
		return false, fmt.Errorf("find %s: %w", t.Dir, err)
	}
	starter := proc.NewStarter(owner(cfg.Data))
	defer starter.Close()
	return interp.RunTests(ctx, dir, t.Output, func(ctx context.Context, pkg string, out io.Writer) error {
		p, err := starter.Start(proc.Spec{
			Path: cfg.Self, Args: append([]string{"tester", dir, pkg}, t.flags("test.")...), Dir: dir, Env: workerEnv(), Limits: cfg.Limits,
		})
		if err != nil {
			return err
		}
		return follow(ctx, p, out)
	})
}

// follow passes on what a process prints until it ends, or ends it with ctx.
func follow(ctx context.Context, p *proc.Process, out io.Writer) error {
	defer context.AfterFunc(ctx, func() { _ = p.Kill() })() // it ends all the same, or has
	locked := &lockedWriter{to: out}
	var reading sync.WaitGroup
	for _, said := range []*os.File{p.Stdout, p.Stderr} {
		reading.Go(func() { _, _ = io.Copy(locked, said) }) // how it ended says more than an error here
	}
	err := p.Wait()
	reading.Wait()
	return errors.Join(err, p.Stream.Close(), p.Stdout.Close(), p.Stderr.Close())
}

// lockedWriter is written to by several.
type lockedWriter struct {
	mu sync.Mutex
	to io.Writer
}

// Write is io.Writer's.
func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.to.Write(p)
}

// Python runs the tests of a Python plugin: by pytest where there is one, else by
// unittest; with the packages of the data folder when they are installed. It says
// whether all passed. The error is ctx's, or why they could not be run.
func (t Tests) Python(ctx context.Context, cfg Config) (passed bool, err error) {
	program, err := testPython(ctx, cfg)
	if err != nil {
		return false, err
	}
	args := []string{"-m", "unittest"}
	if exec.CommandContext(ctx, program, "-c", "import pytest").Run() == nil {
		args = []string{"-m", "pytest", "-p", "no:cacheprovider"}
	}
	if t.Verbose {
		args = append(args, "-v")
	}
	if t.Run != "" {
		args = append(args, "-k", t.Run)
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Env = t.Dir, append(workerEnv(), "PYTHONDONTWRITEBYTECODE=1")
	cmd.Stdout, cmd.Stderr = t.Output, t.Output
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) } // what it has started too
	cmd.WaitDelay = 5 * time.Second
	err = cmd.Run()
	exit, ended := errors.AsType[*exec.ExitError](err)
	switch {
	case ctx.Err() != nil:
		return false, fmt.Errorf("run the tests: %w", context.Cause(ctx))
	case ended && exit.Exited():
		return false, nil
	case err != nil:
		return false, fmt.Errorf("run the tests: %w", err)
	}
	return true, nil
}

// testPython is the interpreter that tests run with: what the operator named,
// else that of the data folder, else the machine's.
func testPython(ctx context.Context, cfg Config) (string, error) {
	if env, err := compat.OpenEnvironment(VenvDir(cfg.Data)); err == nil && cfg.Python == "" {
		return env.Python.Path, nil
	}
	python, err := compat.Find(ctx, cfg.Python)
	return python.Path, err
}
