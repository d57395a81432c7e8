package proc_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/pluggarr/pluggarr/host/proc"
)

// play is the other process.
func play(args []string) {
	switch args[0] {
	case "files":
		listFiles()
	case "host":
		beHost(args[1], args[2])
	case "keep":
		os.Exit(proc.Keep(args[1], os.Stderr))
	}
}

// listFiles prints the files this process was started with, and its
// environment.
func listFiles() {
	for fd := range 64 {
		flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
		if err != nil || fd > 3 && flags&unix.FD_CLOEXEC != 0 {
			continue // the runtime's own
		}
		state, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
		if err != nil {
			panic(err)
		}
		var stat unix.Stat_t
		if err := unix.Fstat(fd, &stat); err != nil {
			panic(err)
		}
		kind := map[uint32]string{unix.S_IFCHR: "device", unix.S_IFIFO: "pipe", unix.S_IFSOCK: "socket"}[stat.Mode&unix.S_IFMT]
		_, _ = fmt.Fprintln(os.Stdout, fd, kind, "waits", state&unix.O_NONBLOCK == 0)
	}
	_, _ = fmt.Fprintln(os.Stdout, "environment", os.Environ())
}

func TestNothingIsInherited(t *testing.T) {
	t.Setenv("HOST_SECRET", "1")
	fd, err := unix.Open(t.TempDir(), unix.O_RDONLY, 0) // as a C library opens it, or the shell that started the host
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Close(fd) }()
	p := start(t, starter(t), proc.Spec{Path: os.Args[0], Args: []string{"play", "files"}})
	out, err := io.ReadAll(p.Stdout)
	want := "0 device waits true\n1 pipe waits true\n2 pipe waits true\n3 socket waits true\nenvironment []\n"
	if err != nil || string(out) != want {
		t.Errorf("files =\n%s, %v, want\n%s", out, err, want)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	spec := sh("echo $GOMEMLIMIT; read x <&3")
	spec.Limits = proc.Limits{Memory: 100 << 20, Files: 99}
	p := start(t, starter(t), spec)
	if line, err := bufio.NewReader(p.Stdout).ReadString('\n'); err != nil || line != "94371840\n" {
		t.Errorf("GOMEMLIMIT = %q, %v, want nine tenths of the limit", line, err)
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", p.Pid))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) > 4 && f[0] == "Max" {
			got[f[1]+" "+f[2]] = f[3] + " " + f[4]
		}
	}
	if got["data size"] != "104857600 104857600" || got["open files"] != "99 99" {
		t.Errorf("limits are %v", got)
	}
}

func TestLimitsAreNotRaised(t *testing.T) {
	t.Parallel()
	spec := sh("read x <&3; ulimit -n; ulimit -d")
	p := start(t, starter(t), spec)
	for _, l := range []proc.Limits{{Files: 99, Memory: 64 << 20}, {Files: 1 << 20, Memory: 1 << 40}, {}} {
		if err := proc.ApplyLimits(p.Pid, l); err != nil {
			t.Errorf("ApplyLimits(%+v) = %v", l, err)
		}
	}
	if _, err := io.WriteString(p.Stream, "go on\n"); err != nil {
		t.Fatal(err)
	}
	if out, err := io.ReadAll(p.Stdout); err != nil || string(out) != "99\n65536\n" {
		t.Errorf("limits = %q, %v, want the lower ones", out, err)
	}
}

func TestLimitsOfOneThatIsGone(t *testing.T) {
	t.Parallel()
	p := start(t, starter(t), sh("exit 0"))
	if err := p.Wait(); err != nil {
		t.Fatal(err)
	}
	if err := proc.ApplyLimits(p.Pid, proc.Limits{Files: 99}); err != nil {
		t.Errorf("ApplyLimits = %v, want nothing", err)
	}
}

// TestMemory has the same process once with a limit below what it takes and
// once above.
func TestMemory(t *testing.T) {
	t.Parallel()
	s := starter(t)
	for limit, want := range map[int64]string{64 << 20: "exit status 1", 512 << 20: "<nil>"} {
		t.Run(fmt.Sprint(limit>>20, " MiB"), func(t *testing.T) {
			t.Parallel()
			spec := sh("read x <&3; exec dd if=/dev/zero of=/dev/null bs=128M count=1")
			spec.Limits.Memory = limit
			p := start(t, s, spec)
			if _, err := io.WriteString(p.Stream, "go on\n"); err != nil {
				t.Fatal(err)
			}
			out, err := io.ReadAll(p.Stderr)
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(p.Wait()); got != want {
				t.Errorf("Wait = %s, want %s; it said %s", got, want, out)
			}
		})
	}
}

func TestNoFileIsLeaked(t *testing.T) {
	s := starter(t)
	count := func() int {
		list, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	once := func() {
		p, err := s.Start(sh("exit 0"))
		if err != nil {
			t.Fatal(err)
		}
		_ = p.Wait()
		_ = p.Stream.Close()
		_ = p.Stdout.Close()
		_ = p.Stderr.Close()
		if _, err := s.Start(proc.Spec{Path: "/no/such/program"}); err == nil {
			t.Fatal("a missing program has started")
		}
	}
	once() // what the runtime keeps open from the first time on is no leak
	before := count()
	for range 20 {
		once()
	}
	s.Close()
	if _, err := s.Start(sh("exit 0")); err == nil {
		t.Fatal("a closed Starter has started something")
	}
	if after := count(); after != before {
		t.Errorf("%d files open after 41 starts, %d before", after, before)
	}
}

// TestHostDies kills a host with no chance to tidy up.
func TestHostDies(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	host := start(t, starter(t), proc.Spec{Path: os.Args[0], Args: []string{"play", "host", pipe, ""}, Env: os.Environ()})
	alive, err := os.Open(pipe) // returns when the host's child has opened it too
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = alive.Close() }()
	lines := bufio.NewReader(alive)
	if _, err := lines.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if err := unix.Kill(host.Pid, unix.SIGKILL); err != nil { // itself, not its group
		t.Fatal(err)
	}
	if _, err := lines.ReadString('\n'); err != io.EOF {
		t.Errorf("the host's child: %v, want its end", err)
	}
}

// beHost starts a process and waits to be killed. The process holds the named
// pipe open for as long as it lives. With an owner it lets go of another one
// that does the same; an owner called contained has it in a container, one
// called grouped in a cgroup and without an environment.
func beHost(pipe, owner string) {
	s := proc.NewStarter(owner)
	script := "exec 4>" + pipe + "; echo ready >&4; exec sleep 1000"
	if owner != "" {
		script = "(setsid /bin/sh -c '" + script + "' & ); " + script
	}
	spec := sh(script)
	if strings.HasPrefix(owner, "contained") {
		spec.Container = &proc.Container{Keeper: []string{os.Args[0], "play", "keep"}}
	}
	if strings.HasPrefix(owner, "grouped") {
		spec.Args[1] = strings.ReplaceAll(spec.Args[1], "setsid", "setsid env -i")
		if err := s.UseCgroups(); err != nil {
			panic(err)
		}
	}
	if _, err := s.Start(spec); err != nil {
		panic(err)
	}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, os.Interrupt)
	<-ended
}
