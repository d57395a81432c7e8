package compat

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// SetupConfig says what [Setup] makes.
type SetupConfig struct {
	// Python is the interpreter to make the environment from, from [Find].
	Python Python
	// Dir is the folder of the environment. It is made, or gone on with when an
	// earlier setup did not finish.
	Dir string
	// Env is the environment of pip, "NAME=value".
	Env []string
	// Progress hears of each step. It must not wait. Nil: nobody.
	Progress func(Progress)
	// Output gets all that the programs say, and may fail. Nil: nobody.
	Output io.Writer
}

// Progress is how far a setup is.
type Progress struct {
	Done, Total int    // packages
	What        string // what is being done, as in "celery"
}

// installer is one setup.
type installer struct {
	cfg    SetupConfig
	lock   *os.File // of this setup
	blocks []block
	done   int
	seen   map[string]bool // packages that were counted
}

// Setup makes the virtual environment for Python plugins, and returns it. It
// may be ended at any time and called again. What the user can do something
// about is a [*PythonError].
func Setup(ctx context.Context, cfg SetupConfig) (Environment, error) {
	if cfg.Progress == nil {
		cfg.Progress = func(Progress) {}
	}
	if cfg.Output == nil {
		cfg.Output = io.Discard
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return Environment{}, fmt.Errorf("make the folder of the environment: %w", err)
	}
	held, err := lockSetup(cfg.Dir + ".lock")
	if err != nil {
		return Environment{}, err
	}
	defer func() {
		// Closing alone would leave the lock with a process that is being started just now.
		_ = syscall.Flock(int(held.Fd()), syscall.LOCK_UN)
		_ = held.Close()
	}()
	i := &installer{cfg: cfg, lock: held, blocks: requirements(requirementsText), seen: map[string]bool{}}
	done, err := OpenEnvironment(cfg.Dir)
	if err == nil && !done.Old() && done.Base == cfg.Python.Path && done.Python.Version == cfg.Python.Version && len(done.Missing) == 0 {
		return done, nil
	}
	if err := os.Remove(filepath.Join(cfg.Dir, readyFile)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return Environment{}, fmt.Errorf("begin the setup: %w", err)
	}
	return i.run(ctx)
}

// lockSetup keeps two setups from writing to one folder.
func lockSetup(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the environment: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), file.Close())
		}
		return nil, errors.Join(&PythonError{Reason: "another setup is at work", Advice: "wait until it is done"}, file.Close())
	}
	return file, nil
}

func (i *installer) run(ctx context.Context) (Environment, error) {
	if err := i.makeVenv(ctx); err != nil {
		return Environment{}, err
	}
	env := Environment{
		Python: Python{Path: programIn(i.cfg.Dir), Version: i.cfg.Python.Version},
		Base:   i.cfg.Python.Path, Requirements: requirementsName(),
	}
	for n, b := range i.blocks {
		said, err := i.install(ctx, b)
		if ctx.Err() != nil {
			return Environment{}, fmt.Errorf("install %s: %w", b.name(), ctx.Err())
		}
		if err == nil {
			continue
		}
		why := reason(said)
		if ended, ok := errors.AsType[*exec.ExitError](err); ok && !ended.Exited() {
			why = "pip was ended: " + ended.String() // its last words are of no failure
		}
		if n == 0 || i.unreachable(said) {
			return Environment{}, i.explain(b, why, said)
		}
		env.Missing = append(env.Missing, Missing{Package: b.name(), Without: b.without, Why: why})
	}
	i.report("done")
	return env, env.finish(i.cfg.Dir)
}

// makeVenv makes the environment without packages, unless an earlier setup with
// the same Python did.
func (i *installer) makeVenv(ctx context.Context) error {
	i.report("a virtual environment")
	from := i.cfg.Python.Path + " " + i.cfg.Python.Version + "\n"
	mark := filepath.Join(i.cfg.Dir, fromFile)
	if was, err := os.ReadFile(mark); err == nil && string(was) == from {
		if _, err := i.command(ctx, programIn(i.cfg.Dir), "-m", "pip", "--version"); err == nil {
			return dropUnfinished(i.cfg.Dir)
		}
	}
	if said, err := i.command(ctx, i.cfg.Python.Path, "-c", "import ensurepip, venv"); err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("make a virtual environment: %w", ctx.Err())
		}
		minor := strings.Join(strings.SplitN(i.cfg.Python.Version, ".", 3)[:2], ".")
		return &PythonError{
			Reason: fmt.Sprintf("%s cannot make virtual environments: %s", i.cfg.Python.Path, reason(said)),
			Advice: fmt.Sprintf("on Debian and Ubuntu: apt-get install python%s-venv; elsewhere install a whole Python and name it with --python", minor),
		}
	}
	if said, err := i.command(ctx, i.cfg.Python.Path, "-m", "venv", "--clear", i.cfg.Dir); err != nil {
		return fmt.Errorf("make a virtual environment in %s: %w: %s", i.cfg.Dir, err, reason(said))
	}
	if err := os.WriteFile(mark, []byte(from), 0o600); err != nil {
		return fmt.Errorf("make a virtual environment: %w", err)
	}
	return nil
}

// dropUnfinished has pip install again what it was installing when it was
// killed. It writes the list of a package's files last; without it a package may
// lack files, and pip takes it for installed all the same.
func dropUnfinished(dir string) error {
	packages, err := filepath.Glob(filepath.Join(dir, "lib", "python*", "site-packages", "*.dist-info"))
	if err != nil {
		return fmt.Errorf("look at what is installed: %w", err)
	}
	for _, info := range packages {
		if _, err := os.Stat(filepath.Join(info, "RECORD")); !errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err := os.RemoveAll(info); err != nil {
			return fmt.Errorf("remove half a package: %w", err)
		}
	}
	return nil
}

// install has pip install one block and returns what it said.
func (i *installer) install(ctx context.Context, b block) (string, error) {
	file := filepath.Join(i.cfg.Dir, "pluggarr-requirements.txt")
	if err := os.WriteFile(file, []byte(strings.Join(b.pins, "\n")+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("write the requirements: %w", err)
	}
	i.report(b.name())
	return i.command(
		ctx, programIn(i.cfg.Dir), "-m", "pip", "install", "--no-input", "--disable-pip-version-check",
		"--prefer-binary", "--retries", "2", "--progress-bar", "off", "--no-deps", "--requirement", file,
	)
}

// command runs a program to its end and returns what it said, both outputs as one.
func (i *installer) command(ctx context.Context, path string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = i.cfg.Env
	cmd.ExtraFiles = []*os.File{i.lock}                   // who outlives a setup that was killed keeps others out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // it may start compilers, which end with it
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	read, write := io.Pipe()
	cmd.Stdout, cmd.Stderr = write, write
	said := make(chan string)
	go func() { said <- i.listen(read) }()
	err := cmd.Run()
	_ = write.Close() // of a pipe in memory
	text := <-said
	if err != nil {
		return text, fmt.Errorf("run %s: %w", filepath.Base(path), err)
	}
	return text, nil
}

// listen takes in what a program says and counts the packages.
func (i *installer) listen(r io.Reader) string {
	var all strings.Builder
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadString('\n')
		all.WriteString(line)
		_, _ = io.WriteString(i.cfg.Output, line) // who reads it may go away; the programs go on
		i.count(line)
		if err != nil {
			return all.String()
		}
	}
}

// count reports a line of pip's that names a package for the first time.
func (i *installer) count(line string) {
	line = strings.TrimSpace(line)
	for _, begin := range []string{"Collecting ", "Requirement already satisfied: "} {
		rest, found := strings.CutPrefix(line, begin)
		if !found {
			continue
		}
		name, _, _ := strings.Cut(rest, "=")
		if !i.seen[name] {
			i.seen[name] = true
			i.done++
			i.report(name)
		}
	}
}

func (i *installer) report(what string) {
	total := 0
	for _, b := range i.blocks {
		total += len(b.pins)
	}
	if what == "done" {
		i.done = total
	}
	i.cfg.Progress(Progress{Done: i.done, Total: total, What: what})
}
