package proc_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/pluggarr/pluggarr/host/proc"
)

// TestMain also plays the other process, when its first argument says so.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "play" {
		play(os.Args[2:])
		return
	}
	goleak.VerifyTestMain(m)
}

// starter returns a Starter that is closed when the test ends.
func starter(t *testing.T) *proc.Starter {
	t.Helper()
	s := proc.NewStarter("")
	t.Cleanup(s.Close)
	return s
}

// start starts spec; when the test ends the process has.
func start(t *testing.T, s *proc.Starter, spec proc.Spec) *proc.Process {
	t.Helper()
	p, err := s.Start(spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Kill(); err != nil {
			t.Error(err)
		}
		_ = p.Wait() // how it ended is the test's business
		_ = p.Stream.Close()
		_ = p.Stdout.Close()
		_ = p.Stderr.Close()
	})
	return p
}

// sh is a shell script as a process.
func sh(script string) proc.Spec {
	return proc.Spec{Path: "/bin/sh", Args: []string{"-c", script}, Env: []string{"PATH=" + os.Getenv("PATH")}}
}

func TestWait(t *testing.T) {
	t.Parallel()
	s := starter(t)
	for script, want := range map[string]string{
		"exit 0":         "",
		"exit 7":         "exit status 7",
		"kill -TERM $$":  "signal: terminated",
		"kill -KILL $$":  "signal: killed",
		"exec /no/where": "exit status 127",
	} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			p := start(t, s, sh(script))
			var wg sync.WaitGroup
			for range 3 {
				wg.Go(func() {
					if got := fmt.Sprint(p.Wait()); got != want && (want != "" || got != "<nil>") {
						t.Errorf("Wait = %s, want %s", got, want)
					}
				})
			}
			wg.Wait()
			if err := p.Kill(); err != nil {
				t.Errorf("Kill of a process that is gone = %v", err)
			}
		})
	}
}

func TestStreamAndOutput(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	spec := sh(`read line <&3; echo "got $line" >&3; echo "out $ANSWER $GOMEMLIMIT"; echo err >&2; pwd -P; cat`)
	spec.Env = append(spec.Env, "ANSWER=42")
	spec.Dir = dir
	p := start(t, starter(t), spec)
	if _, err := io.WriteString(p.Stream, "hello\n"); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(p.Stream)
	if err != nil || string(answer) != "got hello\n" {
		t.Errorf("stream = %q, %v", answer, err)
	}
	out, err := io.ReadAll(p.Stdout)
	if real, bad := filepath.EvalSymlinks(dir); err != nil || bad != nil || string(out) != "out 42 \n"+real+"\n" {
		t.Errorf("stdout = %q, %v, want the variable and the folder", out, err)
	}
	if errs, err := io.ReadAll(p.Stderr); err != nil || string(errs) != "err\n" {
		t.Errorf("stderr = %q, %v", errs, err)
	}
	if err := p.Wait(); err != nil {
		t.Error(err)
	}
}

func TestKill(t *testing.T) {
	t.Parallel()
	s := starter(t)
	t.Run("with its group", func(t *testing.T) {
		t.Parallel()
		p := start(t, s, sh("sleep 1000 & trap '' TERM; echo ready; wait"))
		lines := bufio.NewReader(p.Stdout)
		if _, err := lines.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				if err := p.Kill(); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if err := p.Wait(); err == nil || err.Error() != "signal: killed" {
			t.Errorf("Wait = %v, want signal: killed", err)
		}
		if _, err := io.ReadAll(lines); err != nil { // ends when the grandchild, which holds the pipe, has ended
			t.Error(err)
		}
	})
	t.Run("group of one that ended by itself", func(t *testing.T) {
		t.Parallel()
		p := start(t, s, sh("sleep 1000 & exit 3"))
		if err := p.Wait(); err == nil || err.Error() != "exit status 3" {
			t.Errorf("Wait = %v, want exit status 3", err)
		}
		if _, err := io.ReadAll(p.Stdout); err != nil {
			t.Error(err)
		}
	})
}

func TestStartFails(t *testing.T) {
	t.Parallel()
	s := starter(t)
	dir := t.TempDir()
	file := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	foreign := "\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 9) + "\x02\x00\x08\x00\x01" + strings.Repeat("\x00", 31) + "\x40\x00\x38\x00\x00\x00\x40\x00\x00\x00\x00\x00"
	tests := []struct {
		name string
		spec proc.Spec
		want string
	}{
		{"missing", proc.Spec{Path: filepath.Join(dir, "none")}, "no such file or directory"},
		{"not in PATH", proc.Spec{Path: "no-such-program"}, "executable file not found in $PATH"},
		{"folder", proc.Spec{Path: dir}, "it is a folder"},
		{"not executable", proc.Spec{Path: file("plain", "#!/bin/sh\n", 0o600)}, "it is not marked as a program (mode -rw-------); chmod +x does that"},
		{"no program", proc.Spec{Path: file("text", "hello\n", 0o700)}, "text is neither a program for this machine nor a script that begins with #!"},
		{"empty", proc.Spec{Path: file("empty", "", 0o700)}, "empty is neither a program"},
		{"no interpreter", proc.Spec{Path: file("script", "#!/no/python -u\n", 0o700)}, `its first line asks for "/no/python"`},
		{"windows line", proc.Spec{Path: file("windows", "#!/bin/sh\r\n", 0o700)}, "ends as lines do on Windows"},
		{"other machine", proc.Spec{Path: file("mips", foreign, 0o700)}, "it is built for MIPS (ELFCLASS64), this machine is " + runtime.GOOS},
		{"no folder", proc.Spec{Path: "/bin/sh", Dir: filepath.Join(dir, "gone")}, "its working folder " + filepath.Join(dir, "gone") + " is missing"},
		{"zero in name", proc.Spec{Path: "/bin/\x00sh"}, "invalid argument"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, err := s.Start(tt.spec)
			if err == nil {
				_ = p.Kill()
				t.Fatal("it has started")
			}
			if got := err.Error(); !strings.HasPrefix(got, "start "+tt.spec.Path+": ") || !strings.Contains(got, tt.want) || strings.Contains(got, "fork/exec") {
				t.Errorf("Start = %v, want %q", err, tt.want)
			}
		})
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	s := proc.NewStarter("")
	p := start(t, s, sh("sleep 1000"))
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(s.Close)
	}
	wg.Wait()
	if _, err := s.Start(sh("exit 0")); !errors.Is(err, proc.ErrClosed) {
		t.Errorf("Start after Close = %v, want ErrClosed", err)
	}
	if runtime.GOOS != "linux" {
		return // only there does a process end with the thread that started it
	}
	if err := p.Wait(); err == nil || err.Error() != "signal: killed" {
		t.Errorf("Wait = %v, want that Close has killed it", err)
	}
}

// TestConcurrentStarts also closes while others still start: each start
// succeeds or says why not.
func TestConcurrentStarts(t *testing.T) {
	t.Parallel()
	s := proc.NewStarter("")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 5 {
				p, err := s.Start(sh(fmt.Sprintf("echo %d; read x <&3", i)))
				if errors.Is(err, proc.ErrClosed) {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				if line, err := bufio.NewReader(p.Stdout).ReadString('\n'); err == nil && line != fmt.Sprintln(i) {
					t.Errorf("output = %q, %v, want %d", line, err, i)
				}
				_ = p.Stream.Close()
				_ = p.Wait() // 0 or 1, or killed by Close
				_ = p.Stdout.Close()
				_ = p.Stderr.Close()
			}
			s.Close()
		})
	}
	wg.Wait()
}

func TestSocketpair(t *testing.T) {
	t.Parallel()
	ours, theirs, err := proc.Socketpair()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ours.Write([]byte("x")); err != nil {
		t.Error(err)
	}
	got := make([]byte, 1)
	if _, err := theirs.Read(got); err != nil || got[0] != 'x' {
		t.Errorf("read %q, %v", got, err)
	}
	_ = theirs.Close()
	if _, err := ours.Read(got); !errors.Is(err, io.EOF) {
		t.Errorf("read after the other end closed = %v, want EOF", err)
	}
	_ = ours.Close()
}
