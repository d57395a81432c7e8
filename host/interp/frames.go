package interp

import (
	"bytes"
	"fmt"
	"go/ast"
	"io"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"github.com/pluggarr/pluggarr/host/dialect"
)

// frame is a function of the plugin's that a panic left.
type frame struct {
	file     string // of the plugin's
	line     int    // of a place inside the function as it is run, not the one that panicked
	column   int
	pkg      string // the package's path, "main" for that
	function string // "main.run", "main.run.func" for a literal in it
	lines    lines  // where it panicked, or called the frame before
}

// notes is where the interpreter writes a line for each frame that a panic
// leaves. It passes them on with the plugin's names of files, and keeps them
// for whoever recovers.
type notes struct {
	sources *sources
	module  string // the import path of package main
	to      io.Writer

	mu     sync.Mutex
	panics map[string]*unwinding // by goroutine
	files  map[string]*parsed    // those that panics went through, by name
}

// unwinding is what is known of a goroutine's panic.
type unwinding struct {
	frames []frame
	nested int                     // calls of panic under way at the last frame; 0 when not known
	last   ast.Node                // the function of the last frame
	partly bool                    // the last frame is of a literal that stands for a part of it
	first  func(text string) lines // where the first frame panicked, by the panic's text
	file   string                  // where the plugin called panic; "" when it did not
	line   int
}

// Limits on what is kept of panics that nobody asks for: compiled code may
// have recovered.
const (
	mostFrames = 64
	mostPanics = 64
)

func newNotes(plugin *dialect.Result, to io.Writer) *notes {
	return &notes{sources: newSources(plugin), module: plugin.Module, to: to, panics: map[string]*unwinding{}, files: map[string]*parsed{}}
}

// goroutine names the calling goroutine.
func goroutine() string {
	head := make([]byte, 32)
	head = head[:runtime.Stack(head, false)]
	head, _, _ = bytes.Cut(bytes.TrimPrefix(head, []byte("goroutine ")), []byte(" "))
	return string(head)
}

// unwinding returns what is known of the calling goroutine's panic. The caller
// holds the lock.
func (n *notes) unwinding() *unwinding {
	id := goroutine()
	u := n.panics[id]
	if u == nil {
		if len(n.panics) >= mostPanics {
			clear(n.panics)
		}
		u = &unwinding{}
		n.panics[id] = u
	}
	return u
}

// mostNested is how many calls of panic nestedPanics counts.
const mostNested = 64

// nestedPanics counts the calls of panic that are under way on the calling
// goroutine. Each frame that a panic leaves panics on with its value from a
// deferred function, so there is one more at each frame of the same panic.
func nestedPanics() int {
	calls := make([]uintptr, 8*mostNested)
	frames := runtime.CallersFrames(calls[:runtime.Callers(0, calls)])
	for n := 0; ; {
		f, more := frames.Next()
		if f.Function == "runtime.gopanic" {
			n++
		}
		if !more || n == mostNested {
			return n
		}
	}
}

// leaves is told how many calls of panic are under way as a frame is left. When
// they are not more than before, compiled code has recovered from the panic
// that was known, as package fmt does from a String method's, and this is
// another one.
func (u *unwinding) leaves(nested int) {
	if nested <= u.nested && nested < mostNested {
		*u = unwinding{}
	}
	u.nested = nested
}

// goesOn is called when the plugin's panic goes on after deferred calls.
func (n *notes) goesOn() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if u := n.panics[goroutine()]; u != nil {
		u.nested = 0
	}
}

// at notes that the plugin calls panic. Rewritten source calls it.
func (n *notes) at(file string, line int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	*n.unwinding() = unwinding{file: file, line: line}
}

// forget is called when the plugin has recovered.
func (n *notes) forget() {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.panics, goroutine())
}

// Write is io.Writer's.
func (n *notes) Write(p []byte) (int, error) {
	text := n.sources.relative(string(p))
	n.mu.Lock()
	defer n.mu.Unlock()
	if f, ok := n.parse(text); ok {
		u := n.unwinding()
		u.leaves(nestedPanics())
		before := len(u.frames)
		if before < mostFrames {
			u.add(f, n.parsed(f.file))
		}
		if len(u.frames) == before {
			return len(p), nil
		}
		last := u.frames[before]
		text = fmt.Sprintf("%s:%v: panic: %s(...)\n", last.file, last.lines, last.function)
	}
	if _, err := io.WriteString(n.to, text); err != nil {
		return 0, err
	}
	return len(p), nil
}

// parse reads the interpreter's line.
func (n *notes) parse(text string) (frame, bool) {
	m := regexp.MustCompile(`^(\S+\.go):(\d+):(\d+): panic: (.*)\(\.\.\.\)\n$`).FindStringSubmatch(text)
	if m == nil || !n.sources.has(m[1]) {
		return frame{}, false
	}
	line, _ := strconv.Atoi(m[2])   // the expression takes digits only
	column, _ := strconv.Atoi(m[3]) // the same
	pkg := m[4]
	if i := strings.LastIndex(pkg, "/"); strings.Contains(pkg[i+1:], ".") {
		pkg = pkg[:i+1+strings.Index(pkg[i+1:], ".")]
	}
	if pkg == n.module {
		pkg = "main"
	}
	return frame{file: m[1], line: line, column: column, pkg: pkg}, true
}

// parsed is a file of the plugin's. The caller holds the lock.
func (n *notes) parsed(name string) *parsed {
	if n.files[name] == nil {
		n.files[name] = parse(n.sources.file(name))
	}
	return n.files[name]
}

// take returns the frames of the calling goroutine's panic with this value, and
// forgets them.
func (n *notes) take(value any) []frame {
	n.mu.Lock()
	defer n.mu.Unlock()
	u := n.unwinding()
	delete(n.panics, goroutine())
	if len(u.frames) > 0 {
		u.frames[0].lines = u.first(fmt.Sprint(value))
	}
	return u.frames
}

// traceback is take as text.
func (n *notes) traceback(value any) string { return written(n.take(value)) }

func written(frames []frame) string {
	var b strings.Builder
	for _, f := range frames {
		fmt.Fprintf(&b, "%s:%v %s\n", f.file, f.lines, f.function)
	}
	return b.String()
}
