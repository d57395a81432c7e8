package proc

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// containing starts a keeper: the first process of its own PID and mount
// namespaces, and for everybody but root of a user namespace in which it may
// mount. It is the same user inside.
func containing() *syscall.SysProcAttr {
	a := attributes()
	a.Cloneflags = unix.CLONE_NEWPID | unix.CLONE_NEWNS
	if uid := os.Geteuid(); uid != 0 {
		a.Cloneflags |= unix.CLONE_NEWUSER
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: uid, HostID: uid, Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getegid(), HostID: os.Getegid(), Size: 1}}
		a.AmbientCaps = []uintptr{unix.CAP_SYS_ADMIN} // to mount; taken away before the plugin's program starts
	}
	return a
}

// Keep is the whole life of a keeper: it furnishes its container, starts what
// it was told to start and waits for it, reaping whoever else ends. It returns
// the exit status for the keeper, whose end is the end of all in the container.
// What keeps it from starting goes to errs.
func Keep(told string, errs io.Writer) int {
	const refused = 125 // as env and nohup have it: not the program's own
	runtime.LockOSThread()
	var j job
	if err := json.Unmarshal([]byte(told), &j); err != nil || os.Getpid() != 1 {
		fmt.Fprintln(errs, "only a host starts a keeper")
		return refused
	}
	pid, err := j.start()
	if err != nil {
		fmt.Fprintln(errs, err)
		return refused
	}
	if pid == 0 {
		return 0
	}
	return await(pid)
}

// start furnishes the container and starts the process; 0 when there is none
// to start.
func (j *job) start() (int, error) {
	if err := j.furnish(); err != nil {
		return 0, fmt.Errorf("furnish a container: %w", err)
	}
	boundPids()
	if j.Path == "" {
		return 0, nil
	}
	if err := errors.Join(ApplyLimits(0, Limits{Memory: j.Memory, Files: j.Files}), dropAmbient()); err != nil {
		return 0, err
	}
	cmd := exec.Command(j.Path, j.Args...) //nolint:noctx // what the host told; it ends by itself or with the container
	cmd.Dir = j.Dir
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	stream := os.NewFile(3, "stream")
	cmd.ExtraFiles = []*os.File{stream}
	cmd.SysProcAttr = attributes()
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("start %s: %w", j.Path, explain(cmd, err))
	}
	return cmd.Process.Pid, hangUp(stream)
}

// hangUp lets go of what the process has now: the host has to see when the
// process closes them.
func hangUp(stream *os.File) error {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("let go of the outputs: %w", err)
	}
	for _, fd := range []int{1, 2} {
		if err := unix.Dup3(int(null.Fd()), fd, 0); err != nil {
			return fmt.Errorf("let go of the outputs: %w", err)
		}
	}
	return errors.Join(null.Close(), stream.Close())
}

// await reaps until the one process has ended, and returns its status.
func await(pid int) int {
	for {
		var status unix.WaitStatus
		ended, err := unix.Wait4(-1, &status, 0, nil)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return 1
		case ended != pid:
		case status.Signaled():
			return signalled + int(status.Signal())
		default:
			return status.ExitStatus()
		}
	}
}

// dropAmbient keeps from the program what only the keeper needs.
func dropAmbient() error {
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil {
		return fmt.Errorf("give up capabilities: %w", err)
	}
	return nil
}

// boundPids bounds how many processes and threads there can be in the
// container, where the kernel counts them for each PID namespace (Linux 6.14);
// before that the number was the whole machine's and is left alone.
func boundPids() {
	var name unix.Utsname
	var major, minor int
	if unix.Uname(&name) != nil {
		return
	}
	if _, err := fmt.Sscanf(unix.ByteSliceToString(name.Release[:]), "%d.%d", &major, &minor); err != nil {
		return
	}
	if major > 6 || major == 6 && minor >= 14 {
		_ = os.WriteFile("/proc/sys/kernel/pid_max", []byte("4096"), 0) // a second fence: see Fence
	}
}
