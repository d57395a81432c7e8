package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// testName is a test of a package; the package itself has no name.
type testName struct{ pkg, name string }

// outcomes are the words PASS, FAIL and SKIP by tests.
type outcomes map[testName]string

// differences says of each test that ended otherwise in other how it ended here
// and there. Of a package with such tests nothing else is said.
func (o outcomes) differences(other outcomes) []string {
	words := map[string]string{"PASS": "passes", "FAIL": "fails", "SKIP": "is skipped", "": "is not run"}
	names := maps.Clone(o)
	maps.Copy(names, other)
	said := map[string]bool{}
	var lines []string
	byName := func(a, b testName) int {
		if a.pkg == b.pkg && (a.name == "") != (b.name == "") { // the package comes after its tests
			return strings.Compare(b.name, a.name)
		}
		return strings.Compare(a.pkg+"\x00"+a.name, b.pkg+"\x00"+b.name)
	}
	for _, n := range slices.SortedFunc(maps.Keys(names), byName) {
		if o[n] == other[n] || n.name == "" && said[n.pkg] {
			continue
		}
		said[n.pkg] = true
		lines = append(lines, fmt.Sprintf("%s %s compiled, and %s interpreted", strings.TrimSpace(n.pkg+" "+n.name), words[o[n]], words[other[n]]))
	}
	return lines
}

// testReader reads what "go test -v" prints, and passes on what "go test" would.
type testReader struct {
	to      io.Writer
	verbose bool
	found   outcomes

	rest  []byte
	tests map[string]string // of the package whose end has not come yet
}

// Write is io.Writer's.
func (r *testReader) Write(p []byte) (int, error) {
	r.rest = append(r.rest, p...)
	for {
		line, rest, whole := bytes.Cut(r.rest, []byte("\n"))
		if !whole {
			return len(p), nil
		}
		if err := r.line(string(line)); err != nil {
			return 0, err
		}
		r.rest = rest
	}
}

func (r *testReader) flush() {
	if len(r.rest) > 0 {
		_ = r.line(string(r.rest)) // nobody is left to be told
	}
}

// line takes in one line and passes it on if it is worth it.
func (r *testReader) line(line string) error {
	if m := regexp.MustCompile(`^ *--- (PASS|FAIL|SKIP): (\S+) \(`).FindStringSubmatch(line); m != nil {
		if r.tests == nil {
			r.tests = map[string]string{}
		}
		r.tests[m[2]] = m[1]
	}
	if m := regexp.MustCompile(`^(ok  |FAIL)\t(\S+)`).FindStringSubmatch(line); m != nil {
		r.found[testName{pkg: m[2]}] = map[string]string{"ok  ": "PASS", "FAIL": "FAIL"}[m[1]]
		for name, word := range r.tests {
			r.found[testName{m[2], name}] = word
		}
		r.tests = nil
	}
	if quiet := regexp.MustCompile(`^=== | *--- PASS: |^(PASS|FAIL)$|\[no test files\]$`); !r.verbose && quiet.MatchString(line) {
		return nil
	}
	_, err := fmt.Fprintln(r.to, "  "+line)
	return err //nolint:wrapcheck // of the terminal
}
