package logs_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/pluggarr/pluggarr/host/logs"
	"github.com/pluggarr/pluggarr/host/worker"
)

func TestRestart(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "host", "logs")
	line := worker.Line{Source: "log", Run: "r1", Level: "warning", Message: "a <b>\nc", Attrs: json.RawMessage(`{"n":1}`)}
	first := open(t, dir, logs.Config{})
	first.Append("p", line)
	before := read(t, first, "p", logs.Filter{})
	first.Append("p", number(1))
	if err := errors.Join(first.Close(), first.Close()); err != nil {
		t.Fatal(err)
	}
	first.Append("p", number(2)) // too late
	for _, err := range first.Read(t.Context(), "p", logs.Filter{}) {
		if !errors.Is(err, os.ErrClosed) {
			t.Errorf("Read after Close = %v, want os.ErrClosed", err)
		}
	}

	second := open(t, dir, logs.Config{})
	second.Append("p", number(3))
	after := read(t, second, "p", logs.Filter{})
	if got := messages(after); got != "a <b>\nc,line 1,line 3" {
		t.Fatalf("after a restart the log is %q", got)
	}
	line.Time = before[0].Time
	for _, got := range []worker.Line{before[0], after[0]} {
		if got.Time.IsZero() || got.Time != line.Time || got.Run != line.Run || got.Source != line.Source ||
			got.Level != line.Level || !bytes.Equal(got.Attrs, line.Attrs) {
			t.Errorf("the line became %+v, want %+v", got, line)
		}
	}
}

// TestDamagedFiles has files as a host that was killed, or somebody with an
// editor, may leave them.
func TestDamagedFiles(t *testing.T) {
	t.Parallel()
	const a, b = `{"time":"2026-03-01T12:00:00Z","source":"log","level":"info","message":"a"}`,
		`{"time":"2026-03-01T12:00:01Z","source":"log","level":"info","message":"b"}`
	for _, tc := range []struct{ name, older, younger, want string }{
		{"empty", "", "", "new"},
		{"whole", a + "\n", b + "\n", "a,b,new"},
		{"half a line at the end", "", a + "\n" + b[:40], "a,new"},
		{"half a line at the end of each", a + "\n" + b[:40], b + "\n" + a[:1], "a,b,new"},
		{"a whole line without its end", "", a + "\n" + b, "a,b,new"},
		{"nothing but half a line", "", a[:20], "new"},
		{"zeros, as after a power cut", "", a + "\n" + strings.Repeat("\x00", 5000), "a,new"},
		{"no JSON", "", "what?\n\n\n" + a + "\n[]\nnull\n{}\n{\"time\":5}\n" + b + "\r\n", "a,b,new"},
		{"a line without an end", a + "\n", strings.Repeat("x", 300<<10), "a,new"},
		{"a line that is too long", a + "\n", strings.Repeat("x", 300<<10) + "\n" + b + "\n", "a,b,new"},
		{"a long line between", "", a + "\n" + strings.Repeat("x", 64<<10) + "\n" + b + "\n", "a,b,new"},
		{"an older file alone", a + "\n" + b + "\n", "", "a,b,new"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for name, text := range map[string]string{"p.jsonl.1": tc.older, "p.jsonl": tc.younger} {
				if text == "" {
					continue
				}
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			l := open(t, dir, logs.Config{PerPlugin: 1 << 20})
			before := strings.TrimSuffix(strings.TrimSuffix(tc.want, "new"), ",")
			if got := messages(read(t, l, "p", logs.Filter{})); got != before {
				t.Errorf("Read = %q, want %q", got, before)
			}
			l.Append("p", worker.Line{Message: "new"})
			for _, tail := range []int{0, 100} {
				if got := messages(read(t, l, "p", logs.Filter{Tail: tail})); got != tc.want {
					t.Errorf("Read of the last %d = %q, want %q", tail, got, tc.want)
				}
			}
		})
	}
}

func TestLinesAreKeptWhileTheDiskFails(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, inTheWay string }{
		{"the file cannot be opened", "p.jsonl"},
		{"the files cannot change places", "p.jsonl.1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			inTheWay := filepath.Join(dir, tc.inTheWay)
			if err := os.MkdirAll(filepath.Join(inTheWay, "full"), 0o700); err != nil {
				t.Fatal(err)
			}
			if tc.inTheWay != "p.jsonl" {
				if err := os.WriteFile(filepath.Join(dir, "p.jsonl"), bytes.Repeat([]byte("x"), 4<<20), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var said bytes.Buffer // the writer's until Close
			l := open(t, dir, logs.Config{Log: slog.New(slog.NewTextHandler(&said, nil))})
			const n = 3000 // some 3 MiB
			for i := range n {
				l.Append("p", worker.Line{Message: fmt.Sprint("line ", i, strings.Repeat(".", 1<<10))})
				if i%500 == 0 {
					settle(t, l, "p")
				}
			}
			settle(t, l, "p")
			if err := os.RemoveAll(inTheWay); err != nil {
				t.Fatal(err)
			}
			l.Append("p", number(n))
			lines := read(t, l, "p", logs.Filter{})
			if dropped := checkComplete(t, lines, n+1); dropped == 0 || dropped > n-500 {
				t.Errorf("%d lines of %d were dropped, want the first ones, and 1 MiB kept", dropped, n)
			}
			if _, dropped := numberOf(t, lines[0]); !dropped {
				t.Errorf("the log begins with %q, want what was dropped", lines[0].Message)
			}
			if got := messages(read(t, l, "p", logs.Filter{Tail: 1 << 20})); got != messages(lines) {
				t.Error("read once more the log is another one")
			}
			if err := l.Close(); err != nil {
				t.Errorf("Close: %v, want nothing: all is stored", err)
			}
			for text, want := range map[string]int{"cannot be stored": 1, "stored again": 1} {
				if got := strings.Count(said.String(), text); got != want {
					t.Errorf("the host said %q %d times, want %d:\n%s", text, got, want, said.String())
				}
			}
		})
	}
}

// settle waits until everything was stored, or could not be.
func settle(t *testing.T, l *logs.Logs, plugin string) {
	t.Helper()
	for _, err := range l.Read(t.Context(), plugin, logs.Filter{Tail: 1}) {
		_ = err // a log that cannot be read can be waited for nevertheless
	}
}

// TestFullDisk stores until no file may grow. The limit is a whole process's,
// so another one does it.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	const dirHere = "PLUGGARR_TEST_FULL_DISK"
	if dir := os.Getenv(dirHere); dir != "" {
		storeUntilFull(t, dir)
		return
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), program, "-test.run=^TestFullDisk$")
	cmd.Env = append(os.Environ(), dirHere+"="+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	// What was stored is whole, and a host with room goes on.
	l := open(t, dir, logs.Config{})
	lines := read(t, l, "p", logs.Filter{})
	checkComplete(t, lines, len(lines))
	if len(lines) == 0 {
		t.Error("nothing was stored before the disk was full")
	}
	raw, err := os.ReadFile(filepath.Join(dir, "p.jsonl"))
	if err != nil || !bytes.HasSuffix(raw, []byte("}\n")) {
		t.Errorf("half a line was left: …%.60q, %v", raw[max(0, len(raw)-60):], err)
	}
}

func storeUntilFull(t *testing.T, dir string) {
	l := open(t, dir, logs.Config{})
	signal.Ignore(syscall.SIGXFSZ) // writes fail instead
	limit := syscall.Rlimit{Cur: 100_001, Max: 100_001}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	const n = 3000 // more than fits
	for i := range n {
		l.Append("p", number(i))
	}
	checkComplete(t, read(t, l, "p", logs.Filter{}), n) // the disk's and memory's
	if err := l.Close(); err == nil || !strings.Contains(err.Error(), "lines of the log of plugin p could not be stored") {
		t.Errorf("Close = %v, want that lines could not be stored", err)
	}
}
