package proc

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

const (
	hostLeaf   = "host"      // the cgroup that the host moves itself to: controllers are only for groups without processes
	basePrefix = "pluggarr-" // of the cgroup that holds those of a Starter's processes
	tasksEach  = 16          // pids.max counts threads too, Limits.Processes does not
)

// cgroups are those of one Starter's processes.
type cgroups struct {
	top     string // the one that the host was given
	base    string // below it, for the Starter
	moved   bool   // the host was moved out of top
	enabled string // what was enabled in top, as it is disabled again
	made    atomic.Int64
}

// LookCgroups says whether the processes of the host that is process pid have,
// or would have, control groups of their own: the error is why not.
func LookCgroups(pid int) (used bool, err error) {
	top, _, err := topCgroup(pid)
	if err != nil {
		return false, err
	}
	bases, err := filepath.Glob(filepath.Join(top, basePrefix+"*"))
	return len(bases) > 0, err
}

// UseCgroups has every process start in a control group of its own from now
// on, where the host has been given one in which it may make others: alone in
// it, it moves itself to one below. Groups that an earlier host of this owner
// left are ended first. On an error, which says what is in the way, all stays as it was.
// Call it before anything else of the Starter's, which needs an owner.
func (s *Starter) UseCgroups() error {
	top, move, err := topCgroup(os.Getpid())
	if err != nil {
		return err
	}
	c := &cgroups{top: top, base: filepath.Join(top, basePrefix+s.owner)}
	if err := c.open(move); err != nil {
		c.close()
		return err
	}
	s.cgroups = c
	return nil
}

// topCgroup finds the cgroup in which the host that is process pid may make
// others, and whether the host has to leave it first.
func topCgroup(pid int) (top string, move bool, err error) {
	own, err := ownCgroup(pid)
	if err != nil {
		return "", false, err
	}
	if filepath.Base(own) == hostLeaf && usable(filepath.Dir(own)) == nil { // as systemd's DelegateSubgroup has it
		own = filepath.Dir(own)
	}
	if err := usable(own); err != nil {
		return "", false, err
	}
	if slices.Contains(words(own, "cgroup.subtree_control"), "memory") {
		return own, false, nil
	}
	for _, other := range words(own, "cgroup.procs") {
		if other != strconv.Itoa(pid) {
			return "", false, fmt.Errorf("the host is not alone in its cgroup %s", own)
		}
		move = true
	}
	return own, move, nil
}

// ownCgroup returns the folder of a process's cgroup.
func ownCgroup(pid int) (string, error) {
	process := filepath.Join("/proc", strconv.Itoa(pid))
	member, err := os.ReadFile(filepath.Join(process, "cgroup"))
	if err != nil {
		return "", fmt.Errorf("find the host's cgroup: %w", err)
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return "", fmt.Errorf("find the cgroups: %w", err)
	}
	at, root := mountPoint(mounts)
	path := membership(member)
	below, err := filepath.Rel(root, path)
	if at == "" || path == "" || err != nil || !filepath.IsLocal(below) {
		return "", errors.New("this machine, or the container the host runs in, has no cgroup v2")
	}
	return filepath.Join(at, below), nil
}

// usable says what is in the way of making cgroups with limits of memory below
// this one.
func usable(dir string) error {
	if !slices.Contains(words(dir, "cgroup.controllers"), "memory") {
		return fmt.Errorf("cgroup %s cannot limit memory", dir)
	}
	for _, name := range []string{"", "cgroup.procs", "cgroup.subtree_control"} {
		if unix.Access(filepath.Join(dir, name), unix.W_OK) != nil {
			return fmt.Errorf("this user may not change cgroup %s", dir)
		}
	}
	if kind := filepath.Ext(dir); (kind == ".service" || kind == ".scope") && !delegated(dir) {
		return fmt.Errorf("cgroup %s is systemd's own", dir)
	}
	return nil
}

// delegated says that systemd leaves what is below this cgroup to others: the
// marks are in its document on control group delegation.
func delegated(dir string) bool {
	for _, mark := range []string{"user.delegate", "trusted.delegate"} {
		value := make([]byte, 8)
		if n, err := unix.Getxattr(dir, mark, value); err == nil && string(value[:n]) == "1" {
			return true
		}
	}
	return false
}

func (c *cgroups) open(move bool) error {
	if err := endCgroup(c.base); err != nil {
		return fmt.Errorf("end what an earlier host left: %w", err)
	}
	if move {
		leaf := filepath.Join(c.top, hostLeaf)
		if err := os.Mkdir(leaf, 0o755); err != nil && !errors.Is(err, fs.ErrExist) { //nolint:gosec // as cgroups are
			return fmt.Errorf("make a cgroup for the host: %w", err)
		}
		if err := enter(leaf); err != nil {
			return fmt.Errorf("move the host to its cgroup: %w", err)
		}
		c.moved = true
	}
	var err error
	if c.enabled, err = enable(c.top); err != nil {
		return err
	}
	if err := os.Mkdir(c.base, 0o755); err != nil { //nolint:gosec // as cgroups are
		return fmt.Errorf("make a cgroup for plugins: %w", err)
	}
	if _, err := enable(c.base); err != nil {
		return err
	}
	return c.try()
}

// try starts a process that is no program in a group, which says whether this
// system, or what confines the host, lets processes start there.
func (c *cgroups) try() error {
	g := c.add(Limits{Memory: 1 << 20, Processes: 1})
	if g == nil {
		return fmt.Errorf("cgroup %s cannot be filled", c.base)
	}
	defer func() { _ = g.End() }() // nothing ran in it
	attr := &syscall.SysProcAttr{}
	done := g.admit(attr)
	defer done()
	if !attr.UseCgroupFD {
		return fmt.Errorf("cgroup %s cannot be opened", g.dir)
	}
	if _, err := syscall.ForkExec("", nil, &syscall.ProcAttr{Sys: attr}); !errors.Is(err, syscall.ENOENT) {
		return fmt.Errorf("start a process in cgroup %s: %w", g.dir, err)
	}
	return nil
}

// close takes back what open did, as far as it came, and ends what is left of
// the Starter's processes.
func (c *cgroups) close() {
	if endCgroup(c.base) != nil || !c.moved {
		return // the next start of the host tries again
	}
	if c.enabled != "" {
		_ = set(c.top, "cgroup.subtree_control", strings.ReplaceAll(c.enabled, "+", "-")) // or the host cannot go back
	}
	if enter(c.top) == nil {
		_ = unix.Rmdir(filepath.Join(c.top, hostLeaf)) // whoever gave the cgroup removes it in the end
	}
}

// add makes the next group; nil when the kernel does not let it.
func (c *cgroups) add(l Limits) *Cgroup {
	g := &Cgroup{dir: filepath.Join(c.base, strconv.FormatInt(c.made.Add(1), 10)), memory: max(l.Memory, 0)}
	if os.Mkdir(g.dir, 0o755) != nil { //nolint:gosec // as cgroups are
		return nil
	}
	if g.limit(l) != nil {
		_ = endCgroup(g.dir) // nobody is in it
		return nil
	}
	return g
}

// limit writes the limits; a kernel without swap or without the counting of
// processes has no such files.
func (g *Cgroup) limit(l Limits) error {
	err := set(g.dir, "memory.oom.group", "1")
	if l.Memory > 0 {
		err = errors.Join(err, set(g.dir, "memory.max", strconv.FormatInt(l.Memory, 10)))
		if swap := set(g.dir, "memory.swap.max", "0"); !errors.Is(swap, fs.ErrNotExist) {
			err = errors.Join(err, swap)
		}
	}
	if l.Processes > 0 {
		if pids := set(g.dir, "pids.max", strconv.Itoa(l.Processes*tasksEach)); !errors.Is(pids, fs.ErrNotExist) {
			err = errors.Join(err, pids)
		}
	}
	return err
}

// admit has a process start in the group; call done when it has.
func (g *Cgroup) admit(attr *syscall.SysProcAttr) (done func()) {
	if g == nil {
		return func() {}
	}
	fd, err := unix.Open(g.dir, unix.O_DIRECTORY|unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return func() {} // it starts where the host is
	}
	attr.UseCgroupFD, attr.CgroupFD = true, fd
	return func() { _ = unix.Close(fd) }
}
