package proc

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const (
	emptyTime = 5 * time.Second        // for killed processes to be gone
	emptyLook = 100 * time.Millisecond // how long one wait for that is at most: what was started meanwhile is killed too
)

// words returns the words of one of a cgroup's files; none when it cannot be
// read.
func words(dir, name string) []string {
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return nil
	}
	return strings.Fields(string(text))
}

// set writes one of a cgroup's files, which has to exist.
func set(dir, name, value string) error {
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("set %s: %w", name, err)
	}
	_, err = f.WriteString(value)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("set %s to %s: %w", name, value, err)
	}
	return nil
}

// enter moves the host to a cgroup.
func enter(dir string) error { return set(dir, "cgroup.procs", "0") }

// enable has the cgroups below this one limit memory, and the number of
// processes where that can be. It returns what was not so before.
func enable(dir string) (string, error) {
	var enabled []string
	on := words(dir, "cgroup.subtree_control")
	for _, controller := range []string{"memory", "pids"} {
		if slices.Contains(on, controller) {
			continue
		}
		err := set(dir, "cgroup.subtree_control", "+"+controller)
		switch {
		case err == nil:
			enabled = append(enabled, "+"+controller)
		case controller == "memory":
			return "", fmt.Errorf("have cgroup %s limit memory: %w", dir, err)
		}
	}
	return strings.Join(enabled, " "), nil
}

// endCgroup ends all that is in a cgroup, removes it and what is below it, and
// waits for that. It is no error when there is none.
func endCgroup(dir string) error {
	until := time.Now().Add(emptyTime)
	for {
		err := unix.Rmdir(dir)
		switch {
		case err == nil, errors.Is(err, unix.ENOENT):
			return nil
		case !errors.Is(err, unix.EBUSY) && !errors.Is(err, unix.ENOTEMPTY), time.Now().After(until):
			return fmt.Errorf("remove cgroup %s: %w", dir, err)
		}
		killCgroup(dir)
		awaitEmpty(dir)
		for _, below := range belowCgroup(dir) {
			if err := endCgroup(below); err != nil {
				return err
			}
		}
	}
}

func belowCgroup(dir string) (below []string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // it is gone
	}
	for _, e := range entries {
		if e.IsDir() {
			below = append(below, filepath.Join(dir, e.Name()))
		}
	}
	return below
}

// killCgroup ends all that is in a cgroup and below it; a kernel before 5.14
// wants them named one by one.
func killCgroup(dir string) {
	if set(dir, "cgroup.kill", "1") == nil {
		return
	}
	for _, word := range words(dir, "cgroup.procs") {
		if pid, err := strconv.Atoi(word); err == nil && pid > 0 {
			_ = unix.Kill(pid, unix.SIGKILL) // it may be gone
		}
	}
}

// awaitEmpty waits a little for the last process of a cgroup to be gone.
func awaitEmpty(dir string) {
	f, err := os.Open(filepath.Join(dir, "cgroup.events"))
	if err != nil {
		return // it is gone
	}
	defer func() { _ = f.Close() }() // read only
	text := make([]byte, 256)
	if n, err := f.Read(text); err != nil || count(text[:n], "populated") == 0 {
		return
	}
	_, _ = unix.Poll([]unix.PollFd{{Fd: int32(f.Fd()), Events: unix.POLLPRI}}, int(emptyLook.Milliseconds())) // looked at again in any case
}
