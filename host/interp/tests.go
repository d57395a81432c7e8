package interp

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/modfile"

	"github.com/pluggarr/pluggarr/host/dialect"
	"github.com/pluggarr/pluggarr/sdk"
)

// RunTests interprets the tests of every package of the plugin in dir and
// prints what "go test -v" would print; start begins a process that calls
// [TestPackage] with the package's folder. It says whether all passed.
func RunTests(ctx context.Context, dir string, out io.Writer, start func(ctx context.Context, pkg string, out io.Writer) error) (bool, error) {
	packages, err := testedPackages(dir)
	if err != nil {
		return false, err
	}
	module := "plugin/" + filepath.Base(dir)
	if data, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil && modfile.ModulePath(data) != "" {
		module = modfile.ModulePath(data)
	}
	if len(packages) == 0 {
		fmt.Fprintln(out, "no test files")
	}
	passed := true
	for _, pkg := range packages {
		begun := time.Now()
		cleaned := &cleaner{to: out}
		err := start(ctx, pkg, cleaned)
		cleaned.flush()
		word := "ok  "
		if ctx.Err() != nil {
			return false, fmt.Errorf("run the tests: %w", context.Cause(ctx))
		}
		if err != nil {
			passed, word = false, "FAIL"
		}
		fmt.Fprintf(out, "%s\t%s\t%.3fs\n", word, path.Join(module, pkg), time.Since(begun).Seconds())
	}
	return passed, nil
}

// testedPackages returns the folders with tests below dir, "." for itself.
func testedPackages(dir string) ([]string, error) {
	root, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil, fmt.Errorf("find the plugin's folder: %w", err)
	}
	var packages []string
	err = filepath.WalkDir(root, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			odd := slices.Contains([]string{"vendor", "testdata", "node_modules"}, e.Name()) || strings.HasPrefix(e.Name(), ".") || strings.HasPrefix(e.Name(), "_")
			if name != root && odd {
				return fs.SkipDir
			}
			return nil
		}
		rel, err := filepath.Rel(root, filepath.Dir(name))
		if rel = filepath.ToSlash(rel); strings.HasSuffix(name, "_test.go") && !slices.Contains(packages, rel) {
			packages = append(packages, rel)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for tests: %w", err)
	}
	slices.Sort(packages)
	return packages, nil
}

// TestPackage is the life of a process that interprets the tests of one package
// of the plugin in dir: pkg is its slash-separated path in there. args are flags
// of test programs, such as -test.v. It ends the process.
func TestPackage(dir, pkg string, args []string) {
	debug.SetMaxStack(maxStack)
	checker, err := dialect.New()
	if err != nil {
		giveUp(err)
	}
	r := checker.CheckTests(os.DirFS(dir), filepath.Base(dir), pkg)
	for _, p := range r.Problems {
		fmt.Fprintln(os.Stdout, sentence(p))
	}
	if len(r.Problems) > 0 {
		os.Exit(1)
	}
	if err := os.Chdir(filepath.Join(dir, filepath.FromSlash(pkg))); err != nil {
		giveUp(err)
	}
	os.Args = append([]string{os.Args[0]}, args...)
	tests, err := New().tests(r, path.Join(r.Module, pkg))
	if err != nil {
		giveUp(err)
	}
	testing.Main(regexp.MatchString, tests, nil, nil)
}

func giveUp(err error) {
	fmt.Fprintln(os.Stdout, err)
	os.Exit(1)
}

// tests loads a package with its tests, without calling its main, and returns
// them.
func (i *Interpreter) tests(plugin *dialect.Result, importPath string) (tests []testing.InternalTest, err error) {
	notes := newNotes(plugin, os.Stderr)
	defer func() {
		if r := recover(); r != nil {
			err = panicked(r, notes)
		}
	}()
	i.exports[key(dialect.SDK+"/sdktest")] = sdktestTable()
	yaegi, err := i.prepare(plugin, notes, sdk.Serve)
	if err == nil {
		err = yaegi.EvalTest(importPath)
	}
	if err != nil {
		return nil, rejected(err, notes.sources)
	}
	found := yaegi.Symbols(importPath)[importPath]
	for _, name := range plugin.Tests() {
		f, ok := reflect.TypeAssert[func(*testing.T)](found[name])
		if !ok {
			return nil, fmt.Errorf("%s%s is no function of package testing's", cannot, name)
		}
		tests = append(tests, testing.InternalTest{Name: name, F: f})
	}
	return tests, nil
}

// cleaner passes lines on without the places that package testing saw: they are
// in the interpreter.
type cleaner struct {
	to   io.Writer
	rest []byte
}

// Write is io.Writer's.
func (c *cleaner) Write(p []byte) (int, error) {
	c.rest = append(c.rest, p...)
	for {
		line, rest, whole := bytes.Cut(c.rest, []byte("\n"))
		if !whole {
			return len(p), nil
		}
		if _, err := fmt.Fprintln(c.to, cleaned(string(line))); err != nil {
			return 0, fmt.Errorf("pass on what a test says: %w", err)
		}
		c.rest = rest
	}
}

// flush passes on what no newline ended.
func (c *cleaner) flush() {
	if len(c.rest) > 0 {
		fmt.Fprintln(c.to, cleaned(string(c.rest)))
	}
}

func cleaned(line string) string {
	return regexp.MustCompile(`^( +)(value|run|interp)\.go:\d+: `).ReplaceAllString(line, "$1")
}
