//go:build !linux

package proc

import (
	"errors"
	"fmt"
	"io"
	"syscall"

	"golang.org/x/sys/unix"
)

// serve starts processes until Close. Only Linux ties a process to its parent's
// thread; elsewhere workers end because their stream ends.
func (s *Starter) serve() {
	defer close(s.ended)
	for {
		select {
		case r := <-s.requests:
			r.done <- r.cmd.Start()
		case <-s.stopped:
			return
		}
	}
}

func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// ApplyLimits does nothing: this system has no way to limit another process.
func ApplyLimits(int, Limits) error { return nil }

// waitExited returns false: this system cannot wait without reaping.
func waitExited(int) bool { return false }

func killGroup(pid int) error { return unix.Kill(-pid, unix.SIGKILL) }

// streamPair marks both ends by hand: not every system can do it in one step.
func streamPair() ([2]int, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err == nil {
		unix.CloseOnExec(fds[0])
		unix.CloseOnExec(fds[1])
	}
	return fds, err
}

// Keep is for Linux only.
func Keep(_ string, errs io.Writer) int {
	fmt.Fprintln(errs, "this system has no containers")
	return 125
}

func containing() *syscall.SysProcAttr { return attributes() }

func tasks() int { return 0 }

func groups() map[int][]int { return nil }

func (f *fence) mark([]int) string { return "" }

func innerGroup(_ []int, group int) int { return group }

type cgroups struct{}

// LookCgroups is for Linux only.
func LookCgroups(int) (used bool, err error) { return false, errNoCgroups }

// UseCgroups is for Linux only.
func (s *Starter) UseCgroups() error { return errNoCgroups }

var errNoCgroups = errors.New("this system has no cgroups")

func (c *cgroups) add(Limits) *Cgroup { return nil }

func (c *cgroups) close() {}

func (g *Cgroup) admit(*syscall.SysProcAttr) (done func()) { return func() {} }

func endCgroup(string) error { return nil }
