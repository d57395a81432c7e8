package logs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/pluggarr/pluggarr/host/logs"
	"github.com/pluggarr/pluggarr/host/worker"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// smallest is the least that is kept of a plugin, in bytes.
const smallest = 128 << 10

func open(t testing.TB, dir string, cfg logs.Config) *logs.Logs {
	t.Helper()
	l, err := logs.Open(dir, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() }) // those who care close before
	return l
}

func read(t testing.TB, l *logs.Logs, plugin string, f logs.Filter) []worker.Line {
	t.Helper()
	var lines []worker.Line
	for line, err := range l.Read(t.Context(), plugin, f) {
		if err != nil {
			t.Fatalf("Read(%s, %+v): %v", plugin, f, err)
		}
		lines = append(lines, line)
	}
	return lines
}

func messages(lines []worker.Line) string {
	var all []string
	for _, l := range lines {
		all = append(all, l.Message)
	}
	return strings.Join(all, ",")
}

// number makes a line that carries a number.
func number(n int) worker.Line {
	return worker.Line{Time: time.Now(), Source: "log", Level: "info", Message: fmt.Sprint("line ", n)}
}

// numberOf reads it, and the count of a line about dropped ones.
func numberOf(t testing.TB, l worker.Line) (n int, dropped bool) {
	t.Helper()
	if l.Source == logs.SourceHost {
		if _, err := fmt.Sscanf(l.Message, "%d line", &n); err != nil {
			t.Fatalf("the host's line %q has no number: %v", l.Message, err)
		}
		return n, true
	}
	if _, err := fmt.Sscanf(l.Message, "line %d", &n); err != nil {
		t.Fatalf("the line %.80q has no number: %v", l.Message, err)
	}
	return n, false
}

// checkComplete expects the numbers from 0 to n-1, each in its place or counted
// as dropped there, and returns how many were dropped.
func checkComplete(t testing.TB, lines []worker.Line, n int) int {
	t.Helper()
	next, dropped := 0, 0
	for _, l := range lines {
		got, isDropped := numberOf(t, l)
		if isDropped {
			next += got
			dropped += got
			continue
		}
		if got != next {
			t.Fatalf("line %d follows where line %d should", got, next)
		}
		next++
	}
	if next != n {
		t.Fatalf("the log ends before line %d, want %d", next, n)
	}
	return dropped
}

func TestReadFilters(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir(), logs.Config{})
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for i, line := range []worker.Line{
		{Level: "debug", Message: "a", Run: "r1"},
		{Level: "info", Message: "b", Run: "r2", Attrs: json.RawMessage(`{"channel":"News <1>"}`)},
		{Level: "warning", Message: "C r1", Run: "r2"},
		{Level: "error", Message: "d", Source: "stderr"},
		{Level: "loud", Message: "e", Run: `r"1<`},
	} {
		line.Time = noon.Add(time.Duration(i) * time.Minute)
		l.Append("p", line)
	}
	l.Append("p.q", worker.Line{Message: "another plugin's"})
	for _, tc := range []struct {
		name   string
		filter logs.Filter
		want   string
	}{
		{"everything", logs.Filter{}, "a,b,C r1,d,e"},
		{"a run", logs.Filter{Run: "r1"}, "a"},
		{"a run whose id needs escapes", logs.Filter{Run: `r"1<`}, "e"},
		{"no such run", logs.Filter{Run: "r"}, ""},
		{"a level", logs.Filter{MinLevel: "warning"}, "C r1,d"},
		{"an unknown level counts as info", logs.Filter{MinLevel: "info"}, "b,C r1,d,e"},
		{"a text whatever its case", logs.Filter{Contains: "c"}, "b,C r1"},
		{"a text in attributes", logs.Filter{Contains: "news <1>"}, "b"},
		{"since", logs.Filter{Since: noon.Add(3 * time.Minute)}, "d,e"},
		{"the last", logs.Filter{Tail: 2}, "d,e"},
		{"the last of a run", logs.Filter{Run: "r2", Tail: 1}, "C r1"},
		{"the last of few", logs.Filter{Run: "r2", Tail: 9}, "b,C r1"},
		{"nothing that is there", logs.Filter{Tail: -1}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := messages(read(t, l, "p", tc.filter)); got != tc.want {
				t.Errorf("Read(%+v) = %q, want %q", tc.filter, got, tc.want)
			}
		})
	}
}

func TestReadErrors(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir(), logs.Config{})
	l.Append("p", number(0))
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, tc := range []struct {
		name   string
		ctx    context.Context
		filter logs.Filter
		want   error
	}{
		{"no such level", t.Context(), logs.Filter{MinLevel: "warn"}, logs.ErrLevel},
		{"the context ended", ended, logs.Filter{}, context.Canceled},
		{"the context ended before the tail", ended, logs.Filter{Tail: 1}, context.Canceled},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var last error
			for _, err := range l.Read(tc.ctx, "p", tc.filter) {
				last = err
			}
			if !errors.Is(last, tc.want) {
				t.Errorf("Read = %v, want %v", last, tc.want)
			}
		})
	}
	if got := read(t, l, "nobody", logs.Filter{}); got != nil {
		t.Errorf("Read of a plugin that never logged = %v, want nothing", got)
	}
}

func TestLongLinesAreCut(t *testing.T) {
	t.Parallel()
	attrs := func(n int) json.RawMessage { return json.RawMessage(`{"x":"` + strings.Repeat("y", n) + `"}`) }
	for _, tc := range []struct {
		name         string
		line         worker.Line
		cut, leftOut bool
	}{
		{"what fits", worker.Line{Message: strings.Repeat("m", 20<<10), Attrs: attrs(30 << 10)}, false, false},
		{"attributes", worker.Line{Message: "m", Attrs: attrs(1 << 20)}, false, true},
		{"attributes beside a message", worker.Line{Message: strings.Repeat("m", 40<<10), Attrs: attrs(40 << 10)}, false, true},
		{"attributes that look left out", worker.Line{Message: "m", Attrs: json.RawMessage(`{"left_out":"` + strings.Repeat("y", 65<<10) + `"}`)}, false, true},
		{"attributes that are no JSON", worker.Line{Message: "m", Attrs: json.RawMessage(`{"x":` + "\n")}, false, true},
		{"a message", worker.Line{Message: strings.Repeat("ü", 1<<20)}, true, false},
		{"a message of control characters", worker.Line{Message: strings.Repeat("\x00", 1<<20)}, true, false},
		{"a message of broken UTF-8", worker.Line{Message: strings.Repeat("\xbf", 40<<10)}, true, false},
		{"a run", worker.Line{Message: "m", Run: strings.Repeat("r", 1<<20)}, false, false},
		{"a level and a source", worker.Line{Message: "m", Level: strings.Repeat("l", 1<<20), Source: strings.Repeat("s", 1<<20)}, false, false},
		{"a time in a far year", worker.Line{Message: "m", Time: time.Date(12345, 1, 1, 0, 0, 0, 0, time.UTC)}, false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			l := open(t, dir, logs.Config{})
			l.Append("p", tc.line)
			lines := read(t, l, "p", logs.Filter{})
			if len(lines) != 1 || messages(lines) == "" {
				t.Fatalf("%d lines are there, want 1", len(lines))
			}
			if got := strings.HasSuffix(lines[0].Message, "… (the rest was cut)"); got != tc.cut {
				t.Errorf("cut = %t, want %t: …%.40q", got, tc.cut, lines[0].Message[max(0, len(lines[0].Message)-40):])
			}
			if got := bytes.HasPrefix(lines[0].Attrs, []byte(`{"left_out":"attributes of `)); got != tc.leftOut {
				t.Errorf("left out = %t, want %t: %.80s", got, tc.leftOut, lines[0].Attrs)
			}
			if raw, err := os.ReadFile(filepath.Join(dir, "p.jsonl")); err != nil || len(raw) > 64<<10 {
				t.Errorf("the stored line has %d bytes (%v), want at most 64 KiB", len(raw), err)
			}
		})
	}
}

func TestPluginsHaveFilesOfTheirOwn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := open(t, dir, logs.Config{})
	keys := []string{
		"", ".", "..", "a", "A", "a.jsonl", "a.jsonl.1", "a%2e", "../a", "a/b", `a\b`, "a\x00", ".a", "con", "ü", "a b",
		strings.Repeat("漢", 42), strings.Repeat("漢", 41) + "字", strings.Repeat("k", 300),
	}
	for _, key := range keys {
		l.Append(key, worker.Line{Message: "of " + key})
	}
	for _, key := range keys {
		if got := messages(read(t, l, key, logs.Filter{})); got != "of "+key {
			t.Errorf("Read(%q) = %q, want one line", key, got)
		}
	}
	names := map[string]bool{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names[strings.ToLower(e.Name())] = true
	}
	if len(names) != len(keys) {
		t.Errorf("%d files for %d plugins: %v", len(names), len(keys), names)
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := open(t, dir, logs.Config{PerPlugin: 1})
	const n = 5000
	for i := range n {
		l.Append("p", number(i))
		if i%500 == 0 {
			read(t, l, "p", logs.Filter{Tail: 1}) // waits, so that nothing is dropped
		}
	}
	lines := read(t, l, "p", logs.Filter{})
	first, _ := numberOf(t, lines[0])
	for i, line := range lines {
		if got, _ := numberOf(t, line); got != first+i {
			t.Fatalf("line %d follows where line %d should", got, first+i)
		}
	}
	if first == 0 || first+len(lines) != n {
		t.Errorf("lines %d to %d are there, want the last ones up to %d and not the first", first, first+len(lines)-1, n-1)
	}
	if tail := read(t, l, "p", logs.Filter{Tail: len(lines) - 1}); messages(tail) != messages(lines[1:]) {
		t.Error("the tail over both files is not the end of all")
	}
	total := int64(0)
	for _, name := range []string{"p.jsonl", "p.jsonl.1"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		total += info.Size()
	}
	if total > smallest || total < smallest/2 {
		t.Errorf("%d bytes are on disk, want between %d and %d", total, smallest/2, smallest)
	}
}

func TestFloodHurtsOnlyTheFlooder(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir(), logs.Config{PerPlugin: 64 << 20})
	const quiet, loud = 500, 4000
	fat := json.RawMessage(`{"x":"` + strings.Repeat("y", 8<<10) + `"}`)
	var appending sync.WaitGroup
	for i := range 3 {
		appending.Go(func() {
			for n := range quiet {
				l.Append(fmt.Sprint("quiet", i), number(n))
			}
		})
	}
	appending.Go(func() {
		for n := range loud {
			line := number(n)
			line.Attrs, line.Run = fat, "r"
			l.Append("loud", line)
		}
	})
	appending.Wait()
	for i := range 3 {
		if dropped := checkComplete(t, read(t, l, fmt.Sprint("quiet", i), logs.Filter{}), quiet); dropped != 0 {
			t.Errorf("a quiet plugin lost %d lines", dropped)
		}
	}
	if dropped := checkComplete(t, read(t, l, "loud", logs.Filter{Run: "r"}), loud); dropped == 0 {
		t.Error("32 MiB at once went through a queue of 1 MiB")
	}
}

func TestRemove(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := open(t, dir, logs.Config{PerPlugin: 1})
	for i := range 2000 { // two files
		l.Append("p", number(i))
	}
	l.Append("q", number(0))
	if err := l.Remove(t.Context(), "p"); err != nil {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "p*")); err != nil || len(left) > 0 {
		t.Errorf("Remove left %v (%v)", left, err)
	}
	l.Append("p", worker.Line{Message: "new"})
	if got := messages(read(t, l, "p", logs.Filter{})); got != "new" {
		t.Errorf("after Remove the log is %q, want the new line", got)
	}
	if got := messages(read(t, l, "q", logs.Filter{})); got != "line 0" {
		t.Errorf("another plugin's log is %q, want its line", got)
	}
	if err := l.Remove(t.Context(), "nobody"); err != nil {
		t.Errorf("Remove of a plugin without a log: %v", err)
	}
}

func TestDownload(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir(), logs.Config{})
	at := time.Date(2026, 3, 1, 12, 0, 0, 5e6, time.FixedZone("", 3600))
	l.Append("p", worker.Line{Time: at, Level: "info", Message: "plain", Source: "stdout"})
	l.Append("p", worker.Line{
		Time: at, Level: "error", Run: "r1", Message: "two\r\nlines\twith \x1b[31m colour\n",
		Attrs: json.RawMessage("{\n\"n\": 1,\"s\":\"<\\u001b>\"}"),
	})
	var all, run strings.Builder
	if err := errors.Join(
		l.Download(t.Context(), "p", logs.Filter{}, &all),
		l.Download(t.Context(), "p", logs.Filter{Run: "r1"}, &run),
	); err != nil {
		t.Fatal(err)
	}
	const first = "2026-03-01T11:00:00.005Z info plain\n"
	const second = "2026-03-01T11:00:00.005Z error [r1] two\\x0d\n    lines\twith \\x1b[31m colour" + ` {"n":1,"s":"<\u001b>"}` + "\n"
	if all.String() != first+second {
		t.Errorf("Download = %q\nwant       %q", all.String(), first+second)
	}
	if run.String() != second {
		t.Errorf("Download of a run = %q, want %q", run.String(), second)
	}
	if err := l.Download(t.Context(), "p", logs.Filter{}, deaf{}); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Download to somebody who left = %v, want what the writer said", err)
	}
}

type deaf struct{}

func (deaf) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestReadWhilePluginsWrite(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir(), logs.Config{PerPlugin: 1})
	var appending, reading sync.WaitGroup
	stop := make(chan struct{})
	for i := range 4 {
		plugin := fmt.Sprint("p", i%2)
		reading.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				// Numbers grow, also across a rotation in the middle of it.
				last := -1
				for _, line := range read(t, l, plugin, logs.Filter{Tail: i * 300}) {
					if n, dropped := numberOf(t, line); !dropped && n <= last {
						t.Errorf("%s: line %d follows line %d", plugin, n, last)
					} else if !dropped {
						last = n
					}
				}
			}
		})
	}
	for i := range 2 {
		appending.Go(func() {
			for n := range 20000 {
				l.Append(fmt.Sprint("p", i), number(n))
			}
		})
	}
	appending.Wait()
	close(stop)
	reading.Wait()
}

// TestCloseAtAnyMoment closes while everything else is under way.
func TestCloseAtAnyMoment(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir(), logs.Config{PerPlugin: 1})
	var others sync.WaitGroup
	for i := range 3 {
		plugin := fmt.Sprint("p", i)
		followed := make(chan struct{})
		follows := sync.OnceFunc(func() { close(followed) })
		others.Go(func() {
			for n := range 2000 {
				l.Append(plugin, number(n))
			}
		})
		others.Go(func() {
			defer follows()
			for _, err := range l.Follow(t.Context(), plugin, logs.Filter{}) {
				if follows(); err != nil && !errors.Is(err, os.ErrClosed) {
					t.Errorf("Follow: %v", err)
				}
			}
		})
		others.Go(func() {
			<-followed
			for _, err := range l.Read(t.Context(), plugin, logs.Filter{}) {
				if err != nil && !errors.Is(err, os.ErrClosed) {
					t.Errorf("Read: %v", err)
				}
			}
			if err := l.Remove(t.Context(), plugin+"x"); err != nil && !errors.Is(err, os.ErrClosed) {
				t.Errorf("Remove: %v", err)
			}
			if err := l.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		})
	}
	others.Wait()
}

func TestStopReadingEarly(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir(), logs.Config{})
	for i := range 10 {
		l.Append("p", number(i))
	}
	for _, tail := range []int{0, 5} {
		var got []int
		for line, err := range l.Read(t.Context(), "p", logs.Filter{Tail: tail}) {
			if err != nil {
				t.Fatal(err)
			}
			n, _ := numberOf(t, line)
			if got = append(got, n); len(got) == 2 {
				break
			}
		}
		first := (10 - tail) % 10
		if !slices.Equal(got, []int{first, first + 1}) {
			t.Errorf("the first two of %d are %v", tail, got)
		}
	}
}
