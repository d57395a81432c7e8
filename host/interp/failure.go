package interp

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/pluggarr/pluggarr/sdk/wire"
)

// Failure is why a plugin's main did not run to its end.
type Failure struct {
	// Problem is what happened and where; its place may be unknown.
	Problem wire.Problem
	// Traceback lists the plugin's frames of a panic, the innermost first, one a
	// line; "" when there was no panic.
	Traceback string
}

// Error is the problem with its place, as compilers print it.
func (f *Failure) Error() string { return sentence(f.Problem) }

// sentence writes a problem as one text.
func sentence(p wire.Problem) string {
	if place := p.Place(); place != "" {
		return place + ": " + p.Message
	}
	return p.Message
}

// cannot introduces what is right in Go and too much for the interpreter.
const cannot = "the interpreter cannot run this: "

// rejected is the failure of a plugin that the interpreter cannot load though
// it is right.
func rejected(err error, s *sources) *Failure {
	p := locate(s.relative(err.Error()), s)
	if m := regexp.MustCompile(`^import "(.*)" error: `).FindStringSubmatch(p.Message); m != nil {
		p.Message = "package " + m[1] // the check found it, the interpreter did not
	}
	p.Message, p.Kind = cannot+p.Message, wire.KindEngine
	return &Failure{Problem: p}
}

// panicked is the failure of a plugin that panicked, or made the interpreter
// panic while it was loading.
func panicked(value any, n *notes) *Failure {
	text := n.sources.relative(fmt.Sprint(value))
	frames := n.take(value)
	if len(frames) == 0 {
		p := locate(text, n.sources)
		p.Message, p.Kind = cannot+p.Message, wire.KindEngine
		return &Failure{Problem: p}
	}
	inner := frames[0]
	return &Failure{
		Problem:   wire.Problem{File: inner.file, Line: inner.lines.first, Message: "panic: " + text},
		Traceback: written(frames),
	}
}

// locate splits the interpreter's "file:line:column: text". An error in an
// imported package comes behind those of the imports that led there.
func locate(text string, s *sources) wire.Problem {
	p := wire.Problem{Message: regexp.MustCompile(`^\d+:\d+: `).ReplaceAllString(text, "")} // of no file of the plugin's
	places := regexp.MustCompile(`([^\s:"]+\.go):(\d+):(\d+): ?`)
	for _, m := range places.FindAllStringSubmatchIndex(text, -1) {
		if name := text[m[2]:m[3]]; s.has(name) {
			p.File, p.Message = name, text[m[1]:]
			p.Line, _ = strconv.Atoi(text[m[4]:m[5]])   // the expression takes digits only
			p.Column, _ = strconv.Atoi(text[m[6]:m[7]]) // the same
		}
	}
	return p
}
