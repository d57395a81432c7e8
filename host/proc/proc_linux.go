package proc

import (
	"errors"
	"fmt"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// serve starts processes on one locked thread until Close.
func (s *Starter) serve() {
	defer close(s.ended)
	runtime.LockOSThread() // never unlocked: the thread ends with the goroutine, and with it what it started
	for {
		select {
		case r := <-s.requests:
			r.done <- r.cmd.Start()
		case <-s.stopped:
			return
		}
	}
}

// attributes puts a process into its own group and ties it to its parent.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// ApplyLimits sets the limits of a running process.
func ApplyLimits(pid int, l Limits) error {
	set := func(what int, name string, value int64) error {
		if value <= 0 {
			return nil
		}
		limit := unix.Rlimit{Cur: uint64(value), Max: uint64(value)}
		err := unix.Prlimit(pid, what, &limit, nil)
		if err != nil && !errors.Is(err, unix.ESRCH) { // a process that ended already needs no limit
			return fmt.Errorf("set the limit of %s to %d: %w", name, value, err)
		}
		return nil
	}
	return errors.Join(set(unix.RLIMIT_DATA, "memory", l.Memory), set(unix.RLIMIT_NOFILE, "files", int64(l.Files)))
}

// waitExited waits until the process has ended and leaves it to be reaped. It
// returns false, at once, where the system cannot tell.
func waitExited(pid int) bool {
	for {
		var info unix.Siginfo
		err := unix.Waitid(unix.P_PID, pid, &info, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			return err == nil
		}
	}
}

func killGroup(pid int) error { return unix.Kill(-pid, unix.SIGKILL) }

func streamPair() ([2]int, error) {
	return unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
}
