package sdk

import (
	"fmt"
	"runtime"
	"strings"
)

// traceback lists the frames of a panic that are the plugin's own, innermost
// first, one "file:line function" a line. It is called while recovering.
func traceback(any) string {
	const deepest = 64
	pcs := make([]uintptr, deepest)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	var b strings.Builder
	for {
		frame, more := frames.Next()
		if !foreign(frame.Function) {
			fmt.Fprintf(&b, "%s:%d %s\n", frame.File, frame.Line, frame.Function)
		}
		if !more {
			return b.String()
		}
	}
}

// foreign says that a function is not the plugin's: the runtime's, this
// package's, or the interpreter's, whose frames tell nothing of the plugin.
func foreign(function string) bool {
	for _, prefix := range []string{
		"runtime.", "reflect.", "sync.(*WaitGroup).Go", "github.com/traefik/yaegi/",
		"github.com/pluggarr/pluggarr/sdk.", "github.com/pluggarr/pluggarr/sdk/", "github.com/pluggarr/pluggarr/host/",
	} {
		if strings.HasPrefix(function, prefix) {
			return true
		}
	}
	return function == ""
}
