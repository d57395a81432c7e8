package compat

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// The oldest Python that runs the worker. Dispatcharr itself needs a newer one,
// so no plugin counts on an older.
const (
	oldestMajor = 3
	oldestMinor = 10
)

// askTime is how long an interpreter may take to say its version. Version
// managers put slow scripts in its place.
const askTime = 20 * time.Second

// Python is an interpreter that can run plugins.
type Python struct {
	Path    string `json:"path"`    // the program itself, not a script in its place
	Version string `json:"version"` // as in "3.13.0"
}

// PythonError reports that no Python can run plugins. It concerns Python
// plugins alone; the operator is to be told.
type PythonError struct {
	Reason string // what was found, one sentence without a full stop
	Advice string // what to do about it, one sentence without a full stop
}

// Error returns reason and advice.
func (e *PythonError) Error() string { return e.Reason + "; " + e.Advice }

// question makes any Python since 2.6 say what it is, and what it lacks of what
// the worker needs: some systems split the standard library.
const question = `
import sys
missing = []
for name in "ctypes fcntl json logging resource select socket threading uuid".split():
    try:
        __import__(name)
    except ImportError:
        missing.append(name)
sys.stdout.write("%d.%d.%d\n%s\n%s\n" % (tuple(sys.version_info[:3]) + (sys.executable or "", " ".join(missing))))
`

// Find returns the interpreter to use: the configured one, a path or a name to
// look up, or with "" the first on the PATH that is new enough. Its error is a
// [*PythonError], or ctx's when that ended first.
func Find(ctx context.Context, configured string) (Python, error) {
	names := []string{configured}
	if configured == "" {
		names = []string{"python3"}
		for minor := 14; minor >= oldestMinor; minor-- {
			names = append(names, fmt.Sprintf("python3.%d", minor))
		}
	}
	var reasons []string
	for _, name := range names {
		path, err := exec.LookPath(name)
		if errors.Is(err, exec.ErrNotFound) && configured == "" {
			continue
		}
		var found Python
		if err == nil {
			found, err = ask(ctx, path)
		}
		if ctx.Err() != nil {
			return Python{}, fmt.Errorf("look for Python: %w", ctx.Err())
		}
		if err == nil {
			return found, nil
		}
		reasons = append(reasons, err.Error())
	}
	return Python{}, notFound(configured, reasons)
}

func notFound(configured string, reasons []string) *PythonError {
	e := &PythonError{Reason: strings.Join(reasons, ", "), Advice: fmt.Sprintf(
		"install Python %d.%d or newer with its whole standard library, or name one with --python", oldestMajor, oldestMinor)}
	switch {
	case len(reasons) == 0:
		e.Reason = "there is no python3 on the PATH"
	case configured != "":
		e.Advice = fmt.Sprintf("give --python a Python %d.%d or newer", oldestMajor, oldestMinor)
	}
	return e
}

// ask runs one interpreter; its error says in one sentence why it cannot be used.
func ask(ctx context.Context, path string) (Python, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "-c", question)
	cmd.WaitDelay = time.Second // for what it may have started
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		if last := lastLine(errs.String()); last != "" {
			return Python{}, fmt.Errorf("%s does not run: %w: %s", path, err, last)
		}
		return Python{}, fmt.Errorf("%s does not run: %w", path, err)
	}
	return read(path, string(out))
}

// read makes sense of an interpreter's answer.
func read(path, out string) (Python, error) {
	lines := strings.Split(out, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return Python{}, fmt.Errorf("%s is no Python", path)
	}
	version, program, missing := lines[0], lines[1], lines[2]
	major, rest, _ := strings.Cut(version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	first, err := strconv.Atoi(major)
	second, err2 := strconv.Atoi(minor)
	switch {
	case err != nil || err2 != nil:
		return Python{}, fmt.Errorf("%s is no Python", path)
	case first < oldestMajor || first == oldestMajor && second < oldestMinor:
		return Python{}, fmt.Errorf("%s is Python %s, which is older than %d.%d", path, version, oldestMajor, oldestMinor)
	case missing != "":
		return Python{}, fmt.Errorf("%s (Python %s) lacks the modules %s", path, version, missing)
	case program == "":
		program = path
	}
	return Python{Path: program, Version: version}, nil
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	line := lines[len(lines)-1]
	const most = 200
	if len(line) > most {
		line = line[:most] + "…"
	}
	return line
}
