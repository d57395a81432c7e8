package workertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/pluggarr/pluggarr/host/worker"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// failures is what goes wrong in plugins: each at most one failed call.
func failures() []testCase {
	return []testCase{
		{name: "an error is the plugin's", needs: Suite, run: failed},
		{name: "a panic fails one call and tells where", needs: Suite, run: panics},
		{name: "a result that is no JSON", needs: Suite, run: garbled},
		{name: "a result without an end", needs: Suite, run: endless},
		{name: "exit", needs: Suite, run: exits},
		{name: "the end of the run's goroutine", needs: Suite, run: goexit},
		{name: "a panic beside the run", needs: Suite, run: stray},
		{name: "recursion without an end", needs: Suite, run: stack},
		{name: "more memory than allowed", needs: Suite | Limits, run: memory},
		{name: "a loop that does not listen", needs: Suite, run: loops},
		{name: "a wait that does not listen", needs: Suite, run: blocks},
		{name: "every run learns that the process died", needs: Suite, run: killed},
	}
}

func failed(t *testing.T, r Runtime) {
	s := begin(t, r)
	_, err := s.try(limited(t), "fail", input{})
	failure, data := pluginError(t, err)
	if failure.Code != wire.CodePlugin || failure.Message != "the tuner is on fire" || data.Type == "" {
		t.Errorf("the failure came as %+v, %+v", failure, data)
	}
	s.works(t)
}

func panics(t *testing.T, r Runtime) {
	s := begin(t, r)
	for kind, message := range map[string]string{"boom": "boom", "missing": "", "range": "range"} {
		_, err := s.try(limited(t), "crash", input{Text: kind})
		failure, data := pluginError(t, err)
		if failure.Code != wire.CodePlugin || !strings.Contains(failure.Message, message) {
			t.Errorf("%q: the failure came as %+v", kind, failure)
		}
		for _, line := range marked(t, r, kind) {
			inGo, inPython := fmt.Sprintf("%s:%d ", r.Source, line), fmt.Sprintf("%s\", line %d,", r.Source, line)
			if !strings.Contains(data.Traceback, inGo) && !strings.Contains(data.Traceback, inPython) {
				t.Errorf("%q: its frames do not name line %d of %s:\n%s", kind, line, r.Source, data.Traceback)
			}
		}
	}
	s.works(t)
}

// marked returns the lines of the plugin's source whose comments say that a
// panic of this kind is there or passes through.
func marked(t *testing.T, r Runtime, kind string) (lines []int) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(r.Dir, r.Source))
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(text), "\n") {
		if strings.HasSuffix(line, " "+kind+" is here") || strings.HasSuffix(line, " "+kind+" is called here") {
			lines = append(lines, i+1)
		}
	}
	if len(lines) == 0 {
		t.Errorf("no line of %s is marked with %q", r.Source, kind)
	}
	return lines
}

func garbled(t *testing.T, r Runtime) {
	s := begin(t, r)
	_, err := s.try(limited(t), "garbled", input{})
	if failure, _ := pluginError(t, err); failure.Message == "" {
		t.Error("the failure says nothing")
	}
	s.works(t)
}

func endless(t *testing.T, r Runtime) {
	s := begin(t, r)
	for _, kind := range []string{"cycle", "huge"} {
		_, err := s.try(limited(t), "crash", input{Text: kind})
		failure, _ := pluginError(t, err)
		if failure.Message == "" {
			t.Errorf("%s: the failure says nothing", kind)
		}
		t.Logf("%s: %s", kind, failure.Message)
		s.works(t)
	}
}

// outcome is what may come of an attack: nothing, one failed call, or the death
// of the worker, in which case it is returned. Then another worker works.
func outcome(t *testing.T, r Runtime, kind string) *worker.DeathError {
	t.Helper()
	s := begin(t, r)
	_, err := s.try(limited(t), "crash", input{Text: kind})
	death, died := errors.AsType[*worker.DeathError](err)
	_, answered := errors.AsType[*wire.Error](err)
	switch {
	case died:
		s.ends(t)
		_, err := s.try(limited(t), "echo", input{})
		if _, ok := errors.AsType[*worker.DeathError](err); !ok {
			t.Errorf("a call to a dead worker returned %v, not a DeathError", err)
		}
		s = begin(t, r)
	case err != nil && !answered:
		t.Errorf("got %v (%T), neither the plugin's failure nor its death", err, err)
	}
	s.works(t)
	return death
}

func exits(t *testing.T, r Runtime) {
	for kind, status := range map[string]string{"exit": "exit status 7", "fatal": "exit status 1"} {
		death := outcome(t, r, kind)
		if death != nil && (death.Exit == nil || !strings.Contains(death.Error(), status)) {
			t.Errorf("%s: its death is told as %q, without %q", kind, death, status)
		}
	}
}

func goexit(t *testing.T, r Runtime) {
	if death := outcome(t, r, "goexit"); death != nil {
		t.Errorf("the worker died of it: %v", death)
	}
}

func stray(t *testing.T, r Runtime) {
	death := outcome(t, r, "stray")
	if death != nil && !strings.Contains(strings.Join(death.Output, "\n"), "a stray bullet") {
		t.Errorf("its last words are lost: %q", death.Output)
	}
}

func stack(t *testing.T, r Runtime) {
	if death := outcome(t, r, "stack"); death != nil {
		t.Logf("the worker died of it: %v", death)
	}
}

func memory(t *testing.T, r Runtime) {
	if death := outcome(t, r, "memory"); death != nil {
		t.Logf("the worker died of it: %v", death)
	}
}

func loops(t *testing.T, r Runtime) {
	if r.Features&Interrupt == 0 {
		ignoring(t, beginWithin(t, r, short), "loop").deaf(t)
		return
	}
	s := ignoring(t, begin(t, r), "loop")
	if s.Deaf() {
		t.Error("the worker was killed although this runtime can interrupt it")
	}
	s.works(t)
}

func blocks(t *testing.T, r Runtime) {
	s := ignoring(t, beginWithin(t, r, short), "block")
	if r.Features&Interrupt != 0 && !s.Deaf() { // the cancellation was there before the wait began
		s.works(t)
		return
	}
	s.deaf(t)
}

// deaf fails the test unless the worker was killed because it did not listen.
func (s *subject) deaf(t *testing.T) {
	t.Helper()
	s.ends(t)
	if death := s.Death(); !s.Deaf() || death.Exit == nil || !strings.Contains(death.Error(), "signal: killed") {
		t.Errorf("it was not killed for being deaf (%t): %v", s.Deaf(), death)
	}
}

// ignoring cancels a run that does not listen. The run has to return all the
// same, with the reason of the cancellation.
func ignoring(t *testing.T, s *subject, kind string) *subject {
	t.Helper()
	reason := errors.New("it takes too long")
	ctx, cancel := context.WithCancelCause(limited(t))
	ended := make(chan error, 1)
	go func() {
		_, err := s.try(ctx, "deaf", input{Text: kind})
		ended <- err
	}()
	s.heard.await(t, 1, "waiting")
	cancel(reason)
	if err := <-ended; !errors.Is(err, reason) {
		t.Errorf("the run ended with %v, not with %v", err, reason)
	}
	return s
}

func killed(t *testing.T, r Runtime) {
	s := begin(t, r)
	const runs = 5
	ended := make(chan error, runs)
	for range runs {
		go func() {
			_, err := s.try(limited(t), "wait", input{})
			ended <- err
		}()
	}
	s.heard.await(t, runs, "waiting")
	if err := syscall.Kill(s.pid(t, "pid"), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	for range runs {
		err := <-ended
		death, ok := errors.AsType[*worker.DeathError](err)
		if !ok || !strings.Contains(death.Error(), "signal: killed") {
			t.Errorf("a run ended with %v, not with how the process died", err)
		}
	}
	if s.Deaf() {
		t.Error("it is called deaf, but it died by itself")
	}
}
