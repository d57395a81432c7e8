package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestReadme runs the commands of the README in their order, against a host
// with the examples, and compares what they print with what stands below them.
func TestReadme(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		missing(t, "the README uses curl, which is not there: apt-get install curl")
	}
	text, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	steps, want := readmeSteps(string(text))
	if !strings.Contains(steps, "pluggarr run hello greet") {
		t.Fatalf("the README's commands were not found; got:\n%s", steps)
	}
	script := filepath.Join(t.TempDir(), "readme.txtar")
	content := "exec cp -r $EXAMPLES/hello data/plugins/\nserve\nexec sh -e steps.sh\ncmp stdout want.txt\ninterrupt\n" +
		"-- steps.sh --\n" + steps + "-- want.txt --\n" + want
	if err := os.WriteFile(script, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	params := scriptParams(t, nil)
	params.Files = []string{script}
	testscript.Run(t, params)
}

// readmeSteps takes the commands ("$ …") out of a page's code blocks, and what
// is shown below them. A command with nothing below it may print what it likes.
func readmeSteps(page string) (steps, want string) {
	var s, w strings.Builder
	for _, block := range regexp.MustCompile("(?s)```\\n(\\$ .*?)```").FindAllStringSubmatch(page, -1) {
		joined := strings.ReplaceAll(block[1], "\\\n", " ")
		for _, step := range strings.Split("\n"+joined, "\n$ ")[1:] {
			command, output, _ := strings.Cut(strings.TrimRight(step, "\n"), "\n")
			command = strings.NewReplacer("bin/pluggarr", "pluggarr", "http://127.0.0.1:9191", "$URL").Replace(command)
			if output == "" && !strings.Contains(command, "=$(") {
				command += " >/dev/null"
			}
			s.WriteString(command + "\n")
			if strings.HasPrefix(command, "curl") && output != "" {
				s.WriteString("echo\n") // the API's answers end without a newline
			}
			if output != "" {
				w.WriteString(output + "\n")
			}
		}
	}
	return s.String(), w.String()
}
