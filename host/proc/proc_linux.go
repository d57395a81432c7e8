package proc

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// serve starts processes on one locked thread until Close.
func (s *Starter) serve() {
	runtime.LockOSThread() // never unlocked: the thread ends with the goroutine, and with it what it started
	if unix.Gettid() == unix.Getpid() {
		defer runtime.UnlockOSThread()
		go s.serve() // elsewhere: the main thread is held here, and would not end with its goroutine
		<-s.ended
		return
	}
	defer close(s.ended)
	for {
		select {
		case r := <-s.requests:
			hideFiles()
			r.done <- r.cmd.Start()
		case <-s.stopped:
			return
		}
	}
}

// hideFiles keeps from a new process the files that Go does not know of: those
// the host itself was started with, and those of C libraries. A kernel before
// 5.11 cannot, and hands them on.
func hideFiles() { _ = unix.CloseRange(3, math.MaxInt32, unix.CLOSE_RANGE_CLOEXEC) }

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
		var own unix.Rlimit
		err := unix.Prlimit(pid, what, nil, &own)
		if err == nil {
			most := min(uint64(value), own.Max)
			err = unix.Prlimit(pid, what, &unix.Rlimit{Cur: most, Max: most}, nil)
		}
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
	return unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0) //nolint:wrapcheck // Socketpair says what was made
}
