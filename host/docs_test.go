package host_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/registry"
)

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestShownFiles holds what the README shows of files to the files.
func TestShownFiles(t *testing.T) {
	t.Parallel()
	blocks := regexp.MustCompile("(?s)<!-- (\\S+) -->\n```\\w*\n(.*?)```").FindAllStringSubmatch(read(t, "README.md"), -1)
	if len(blocks) == 0 {
		t.Error("the README shows no file")
	}
	for _, b := range blocks {
		if read(t, b[1]) != b[2] {
			t.Errorf("the README does not show %s as it is", b[1])
		}
	}
}

// TestStatesAreDocumented holds the table of states in the architecture page
// to the one in the code.
func TestStatesAreDocumented(t *testing.T) {
	t.Parallel()
	page := read(t, "docs/architecture.md")
	for _, s := range registry.States() {
		next := strings.Trim(strings.ReplaceAll(fmt.Sprint(s.Next()), " ", ", "), "[]")
		row := regexp.MustCompile(fmt.Sprintf(`(?m)^\| %s \| [^|]+ \| %s \|$`, s, next))
		if !row.MatchString(page) {
			t.Errorf("docs/architecture.md has no row for %s that may become %s", s, next)
		}
	}
}

// TestLinks finds links to files of this repository that are not there.
func TestLinks(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append(pages, "../README.md", "../CONTRIBUTING.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range regexp.MustCompile(`\]\(([^)#]+)[^)]*\)`).FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(link[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), link[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", page, link[1])
			}
		}
	}
}
