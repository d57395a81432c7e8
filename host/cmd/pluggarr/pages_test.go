package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// page plays what a page for authors shows, block by block.
type page struct {
	t    *testing.T
	dir  string
	dev  *exec.Cmd // what "pluggarr dev" runs; nil for nothing
	keys io.Writer // what is typed into it

	mu      sync.Mutex
	printed bytes.Buffer
	read    int           // how much of printed was compared
	more    chan struct{} // closed and replaced when more was printed
}

// TestPages does what the quick start and the page on live development tell to
// do, and compares what is printed. The time it takes is that of an author who
// types at once.
func TestPages(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"quickstart", "live-development"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile("../../../docs/" + name + ".md")
			if err != nil {
				t.Fatal(err)
			}
			p := &page{t: t, dir: t.TempDir(), more: make(chan struct{})}
			begun, played := time.Now(), 0
			for _, block := range regexp.MustCompile("(?s)\n```(\\w*)\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
				if block[1] != "sh" { // told, not shown
					p.play(block[1], block[2])
					played++
				}
			}
			p.end()
			t.Logf("%d steps in %.1f s", played, time.Since(begun).Seconds())
		})
	}
}

// play does one block: "diff" edits the plugin, "typed" is a terminal in which
// something is typed, others are commands and what they print.
func (p *page) play(kind, text string) {
	switch {
	case kind == "diff":
		p.edit(text)
	case kind == "typed":
		for line := range strings.Lines(text) {
			if regexp.MustCompile(`^\d+( \{.*)?\n$`).MatchString(line) {
				p.typed(line)
				continue
			}
			p.await(line)
		}
	case strings.HasPrefix(text, "$ pluggarr dev "):
		command, output, _ := strings.Cut(text, "\n")
		p.begin(strings.Fields(command)[1:])
		for line := range strings.Lines(output) {
			p.await(line)
		}
	default:
		for _, step := range strings.Split("\n"+text, "\n$ ")[1:] {
			command, output, _ := strings.Cut(strings.TrimRight(step, "\n")+"\n", "\n")
			p.command(command, output)
		}
	}
}

// command runs one to its end.
func (p *page) command(line, want string) {
	p.t.Helper()
	cmd := exec.CommandContext(p.t.Context(), "sh", "-c", line)
	cmd.Dir = p.dir
	out, err := cmd.CombinedOutput()
	if strings.Contains(string(out), "no Go toolchain") {
		missing(p.t, string(out))
	}
	if err != nil || want != "" && !same(want).MatchString(string(out)) {
		p.t.Fatalf("%s: %v\n%s\nwant\n%s", line, err, out, want)
	}
}

// same matches what a page shows, whatever the time, the port and the time taken.
func same(shown string) *regexp.Regexp {
	text := regexp.QuoteMeta(shown)
	for _, r := range []struct{ from, to string }{
		{`\\\?setup=[^\s]+`, `\?setup=\S+`},
		{`/tmp/pluggarr-dev-\d+`, `\S+pluggarr-dev-\d+`},
		{`\d\d:\d\d:\d\d`, `\d\d:\d\d:\d\d`},
		{`\d+ ms`, `\d+ ms`},
		{`127\\\.0\\\.0\\\.1:\d+`, `127\.0\.0\.1:\d+`},
		{`\d+\\\.\d+s`, `\d+\.\d+s`},
	} {
		text = regexp.MustCompile(r.from).ReplaceAllLiteralString(text, r.to)
	}
	return regexp.MustCompile("^" + text + "$")
}

// begin starts a command that goes on.
func (p *page) begin(args []string) {
	cmd := exec.CommandContext(p.t.Context(), args[0], args[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = p.dir, p, p
	keys, err := cmd.StdinPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.dev, p.keys = cmd, keys
}

// Write takes what is printed.
func (p *page) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.printed.Write(text)
	close(p.more)
	p.more = make(chan struct{})
	return len(text), nil
}

// await waits until a line was printed, behind those before it.
func (p *page) await(line string) {
	p.t.Helper()
	want, late := same(line), time.After(patience)
	for {
		p.mu.Lock()
		fresh, more := p.printed.String()[p.read:], p.more
		at := 0
		for got := range strings.Lines(fresh) {
			at += len(got)
			if want.MatchString(got) {
				p.read += at
				p.mu.Unlock()
				return
			}
		}
		p.mu.Unlock()
		select {
		case <-more:
		case <-late:
			p.t.Fatalf("not printed: %swhat was:\n%s", line, fresh)
		}
	}
}

func (p *page) typed(line string) {
	p.t.Helper()
	if _, err := io.WriteString(p.keys, line); err != nil {
		p.t.Fatal(err)
	}
}

// edit replaces lines of the plugin, as their beginnings are shown.
func (p *page) edit(diff string) {
	p.t.Helper()
	file := filepath.Join(p.dir, "my_plugin", "main.go")
	text, err := os.ReadFile(file)
	if err != nil {
		p.t.Fatal(err)
	}
	lines := slices.Collect(strings.Lines(diff))
	if len(lines) != 2 || lines[0][0] != '-' || lines[1][0] != '+' {
		p.t.Fatalf("not one line for one:\n%s", diff)
	}
	from, to := strings.TrimSpace(lines[0][1:]), strings.TrimSpace(lines[1][1:])
	if strings.Count(string(text), from) != 1 {
		p.t.Fatalf("%q is not there once in\n%s", from, text)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), from, to, 1)), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// end ends what goes on.
func (p *page) end() {
	if p.dev == nil {
		return
	}
	p.typed("q\n")
	if err := p.dev.Wait(); err != nil {
		p.t.Errorf("it ends with %v; it printed\n%s", err, &p.printed)
	}
}
