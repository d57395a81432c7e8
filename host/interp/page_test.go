package interp_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rowsOf returns the names of the examples in the rows of a section of the page
// about engines.
func rowsOf(t *testing.T, section string) (names []string) {
	t.Helper()
	page, err := os.ReadFile("../../docs/engines.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(page), "\n## "+section+"\n")
	if !found {
		t.Fatalf("the page has no section %q", section)
	}
	rest, _, _ = strings.Cut(rest, "\n## ")
	for _, m := range regexp.MustCompile("(?m)^\\|.*\\| `(\\w+)` \\|$").FindAllStringSubmatch(rest, -1) {
		names = append(names, m[1])
	}
	if len(names) == 0 {
		t.Errorf("no row of %q names an example", section)
	}
	return names
}

// Each row of docs/engines.md is a program that is refused in the line that
// says so and runs compiled, and one that runs both ways in its place.
func TestEnginesPage(t *testing.T) {
	t.Parallel()
	list, stand := programs(t, filepath.Join("testdata", "engines.txtar"))
	rows := rowsOf(t, "Needs the compiler")
	native := compiledCases(t, list, stand)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		row, instead := strings.CutSuffix(p.name, "_instead")
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			if !slices.Contains(rows, row) {
				t.Fatalf("no row of the page has the example %s", row)
			}
			dir := t.TempDir()
			p.write(t, dir, stand)
			got, want := run(t, []string{playCase + "=" + dir}, self), run(t, nil, native, p.name)
			outcome := compare(t, p, got, want)
			switch {
			case instead && outcome != "same":
				t.Errorf("%s: %s", outcome, got.notes)
			case !instead && (outcome != "refused" || want.code != 0):
				t.Errorf("%s, want it refused; compiled it is %+v", outcome, want)
			case !instead && !strings.Contains(p.line(t, got.notes), "// refused"):
				t.Errorf("refused in another line than it says: %s", got.notes)
			}
		})
	}
	for _, row := range rows {
		for _, name := range []string{row, row + "_instead"} {
			if !slices.ContainsFunc(list, func(p program) bool { return p.name == name }) {
				t.Errorf("there is no program %s", name)
			}
		}
	}
}

// told says whether the page has these words, when all programs were played.
func told(t *testing.T, words string) {
	t.Helper()
	page, err := os.ReadFile("../../docs/engines.md")
	if err != nil {
		t.Fatal(err)
	}
	if *only == "" && !strings.Contains(string(page), words) {
		t.Errorf("docs/engines.md does not say that it %s", words)
	}
}

// line is the line of the program that a message names first.
func (p program) line(t *testing.T, message string) string {
	t.Helper()
	m := regexp.MustCompile(`^([\w/]+\.go):(\d+):`).FindStringSubmatch(message)
	if m == nil {
		return ""
	}
	lines := strings.Split(p.files[m[1]], "\n")
	n, _ := strconv.Atoi(m[2]) // the expression takes digits only
	if n > len(lines) {
		return ""
	}
	return lines[n-1]
}

// What the page says runs interpreted is among the ordinary programs, which are
// played both ways.
func TestEnginesPageRuns(t *testing.T) {
	t.Parallel()
	list, _ := programs(t, filepath.Join("testdata", "ordinary.txtar"))
	for _, row := range rowsOf(t, "Runs as it does compiled") {
		if !slices.ContainsFunc(list, func(p program) bool { return p.name == row }) {
			t.Errorf("there is no ordinary program %s", row)
		}
	}
}
