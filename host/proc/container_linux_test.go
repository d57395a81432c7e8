package proc_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/pluggarr/pluggarr/host/proc"
)

// container returns one that this machine can make, or ends the test.
func container(t *testing.T, binds ...proc.Bind) *proc.Container {
	t.Helper()
	c := &proc.Container{Keeper: []string{os.Args[0], "play", "keep"}, Binds: binds, Scratch: t.TempDir()}
	if err := starter(t).Try(c); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skipf("no container here: %v", err)
	}
	return c
}

func TestContainerTellsTheEnd(t *testing.T) {
	t.Parallel()
	c, s := container(t), starter(t)
	for script, want := range map[string]string{
		"exit 0":                          "<nil>",
		"exit 7":                          "exit status 7",
		"kill -TERM $$":                   "signal: terminated",
		"kill -KILL $$":                   "signal: killed",
		"exec 1>&- 3>&-; exec sleep 1000": "signal: killed", // by the end of the test
	} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			spec := sh(script)
			spec.Container = c
			p := start(t, s, spec)
			if strings.Contains(script, "sleep") {
				if _, err := io.ReadAll(p.Stream); err != nil { // its end is seen though the process lives
					t.Error(err)
				}
				if err := p.Kill(); err != nil {
					t.Error(err)
				}
			}
			if got := fmt.Sprint(p.Wait()); got != want {
				t.Errorf("Wait = %s, want %s", got, want)
			}
		})
	}
	t.Run("no program", func(t *testing.T) {
		t.Parallel()
		p := start(t, s, proc.Spec{Path: "/no/such/program", Container: c})
		said, err := io.ReadAll(p.Stderr)
		if got := fmt.Sprint(p.Wait()); err != nil || got != "exit status 125" || string(said) != "start /no/such/program: no such file or directory\n" {
			t.Errorf("Wait = %s, it said %q, %v", got, said, err)
		}
	})
}

// TestContainerEndsAll has a process let go of another one in every way there
// is, and looks whether that ends with its container.
func TestContainerEndsAll(t *testing.T) {
	t.Parallel()
	c, s := container(t), starter(t)
	for name, end := range map[string]func(*proc.Process){
		"by itself": func(p *proc.Process) { _, _ = io.WriteString(p.Stream, "go\n") },
		"killed":    func(p *proc.Process) { _ = p.Kill() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec := sh(detach + "; read go <&3")
			spec.Container = c
			p := start(t, s, spec)
			out := bufio.NewReader(p.Stdout)
			if line, err := out.ReadString('\n'); err != nil || line != "free\n" {
				t.Fatalf("it printed %q, %v", line, err)
			}
			end(p)
			if _, err := io.ReadAll(out); err != nil { // ends when the last that holds the pipe has
				t.Error(err)
			}
			_ = p.Wait() // that the pipe ended is what counts
		})
	}
}

// detach starts a process in a session of its own, without a parent and without
// an environment, that prints a line and stays.
const detach = `(setsid env -i /bin/sh -c 'echo free; exec sleep 1000' & )`

func TestContainerShows(t *testing.T) {
	t.Parallel()
	from := t.TempDir()
	if err := os.WriteFile(filepath.Join(from, "note"), []byte("hello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	there := t.TempDir()
	missing := filepath.Join("/no-such-folder", filepath.Base(from))
	c := container(t, proc.Bind{From: from, To: there}, proc.Bind{From: from, To: missing + "/deep"}, proc.Bind{From: from, To: "/usr/no-such-folder"})
	dir := t.TempDir()
	spec := sh(strings.Join([]string{
		"cat " + there + "/note " + missing + "/deep/note /usr/no-such-folder/note", "echo mine > " + missing + "/deep/mine",
		"set -- /proc/[0-9]*; echo $#", "pwd", "ulimit -n", "ls /usr/bin/env", "touch " + dir + "/made",
	}, ";"))
	spec.Container, spec.Dir, spec.Limits.Files = c, dir, 99
	p := start(t, starter(t), spec)
	out, err := io.ReadAll(p.Stdout)
	said, _ := io.ReadAll(p.Stderr)
	want := "hello\nhello\nhello\n2\n" + dir + "\n99\n/usr/bin/env\n" // the keeper and the shell
	if err != nil || string(out) != want {
		t.Errorf("printed %q, %v, want %q; it said %s", out, err, want, said)
	}
	_ = p.Wait()
	for path, want := range map[string]bool{filepath.Join(from, "mine"): true, filepath.Join(dir, "made"): true, "/no-such-folder": false, "/usr/no-such-folder": false} {
		if _, err := os.Stat(path); (err == nil) != want {
			t.Errorf("outside, %s: %v", path, err)
		}
	}
}

func TestTryFails(t *testing.T) {
	t.Parallel()
	c := container(t)
	c.Binds = []proc.Bind{{From: "/no/such/folder", To: "/no-such-folder"}}
	err := starter(t).Try(c)
	if err == nil || !strings.Contains(err.Error(), "show /no/such/folder at /no-such-folder: no such file or directory") {
		t.Errorf("Try = %v", err)
	}
}

// TestOrphans has processes leave their group and their parent without a
// container.
func TestOrphans(t *testing.T) {
	t.Parallel()
	owner := strings.ReplaceAll(t.Name(), "/", "-") + fmt.Sprint(os.Getpid())
	s := proc.NewStarter(owner)
	defer s.Close()
	spec := sh(`(setsid /bin/sh -c 'echo free; exec sleep 1000' & ); read go <&3`)
	t.Run("with their worker", func(t *testing.T) {
		p, other := start(t, s, spec), start(t, s, spec)
		out := bufio.NewReader(p.Stdout)
		if _, err := out.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		if err := p.Kill(); err != nil {
			t.Error(err)
		}
		if _, err := io.ReadAll(out); err != nil {
			t.Error(err)
		}
		_ = p.Wait()
		if !other.Running() {
			t.Error("another process of the same starter has ended too")
		}
	})
	t.Run("at the next start", func(t *testing.T) {
		lines := killHost(t, s, owner+"2")
		n, err := proc.EndOrphans(owner + "2")
		if n == 0 || err != nil {
			t.Errorf("EndOrphans = %d, %v", n, err)
		}
		if _, err := io.ReadAll(lines); err != nil {
			t.Error(err)
		}
		if n, err := proc.EndOrphans(owner); n > 2 || err != nil {
			t.Errorf("EndOrphans of the other owner = %d, %v", n, err)
		}
	})
}

// TestContainerEndsWithTheHost kills a host that has let nobody go, and whose
// process in a container has.
func TestContainerEndsWithTheHost(t *testing.T) {
	t.Parallel()
	container(t) // or there is none here
	lines := killHost(t, starter(t), "contained")
	if _, err := io.ReadAll(lines); err != nil {
		t.Error(err)
	}
}

// killHost has a host start a process that lets go of another one, and kills the
// host. What is returned ends when both of them have.
func killHost(t *testing.T, s *proc.Starter, owner string) *bufio.Reader {
	t.Helper()
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	host := start(t, s, proc.Spec{Path: os.Args[0], Args: []string{"play", "host", pipe, owner}, Env: os.Environ()})
	alive, err := os.Open(pipe)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = alive.Close() })
	lines := bufio.NewReader(alive)
	for range 2 { // the host's child and what it let go of
		if _, err := lines.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	if err := unix.Kill(host.Pid, unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = host.Wait()
	return lines
}

func TestFence(t *testing.T) {
	t.Parallel()
	for name, contain := range map[string]bool{"plain": false, "contained": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := proc.NewStarter(fmt.Sprint("fence-", name, os.Getpid()))
			defer s.Close()
			spec := sh("i=0; while [ $i -lt 500 ]; do sleep 1000 & i=$((i+1)); done; wait")
			if contain {
				spec.Container = container(t)
			}
			told := make(chan int, 1)
			quiet := start(t, s, sh("read go <&3"))
			s.Fence(100, func(_, processes int) { told <- processes })
			p := start(t, s, spec)
			if got := fmt.Sprint(p.Wait()); got != "it made more than 100 processes" {
				t.Errorf("Wait = %s", got)
			}
			if n := <-told; n <= 100 {
				t.Errorf("it was told of %d processes", n)
			}
			if !quiet.Running() {
				t.Error("a process that started nothing has ended too")
			}
		})
	}
}
