package proc

import (
	"bytes"
	"os"
	"path"
	"strconv"
	"strings"
)

// Cgroup is a control group (cgroup v2) for one process and all that it will
// ever start: the kernel counts their memory together, and ends them together
// when it is more than they may have. A nil Cgroup is none, and does nothing.
type Cgroup struct {
	dir    string
	memory int64 // bytes; 0 is no limit
}

// Cgroup makes one that holds nothing yet, for a process that the Starter does
// not start itself. It is nil unless [Starter.UseCgroups] was successful, and
// where the kernel refuses to make one; [ApplyLimits] still limits the process then.
func (s *Starter) Cgroup(l Limits) *Cgroup {
	if s.cgroups == nil {
		return nil
	}
	return s.cgroups.add(l)
}

// Door returns a file through which a process gets into the group: by writing
// "0". Whoever gets it closes it. Nil when there is no group.
func (g *Cgroup) Door() *os.File {
	if g == nil {
		return nil
	}
	f, err := os.OpenFile(path.Join(g.dir, "cgroup.procs"), os.O_WRONLY, 0)
	if err != nil {
		return nil // without it the process stays where its parent is
	}
	return f
}

// End ends all that is in the group and removes it. It returns the reason when
// the kernel has done the first already, because of the memory.
func (g *Cgroup) End() *LimitError {
	if g == nil {
		return nil
	}
	events, _ := os.ReadFile(path.Join(g.dir, "memory.events")) // "" tells of no event
	_ = endCgroup(g.dir)                                        // what is left the next start of the host ends
	if g.memory > 0 && count(events, "oom") > 0 && count(events, "oom_kill") > 0 {
		return &LimitError{Limit: "memory", Most: g.memory}
	}
	return nil
}

// count returns a number from a file of lines with a name and a number; 0 when
// it is not there.
func count(file []byte, name string) int {
	for line := range bytes.Lines(file) {
		key, value, _ := strings.Cut(strings.TrimSpace(string(line)), " ")
		if key == name {
			n, err := strconv.Atoi(value)
			if err != nil {
				return 0
			}
			return n
		}
	}
	return 0
}

// membership returns the path of a process's cgroup from /proc/PID/cgroup, as
// cgroups(7) has it; "" when it is in none of version 2 that can be seen from here.
func membership(file []byte) string {
	for line := range bytes.Lines(file) {
		if at, ok := strings.CutPrefix(strings.TrimSuffix(string(line), "\n"), "0::/"); ok && at != ".." && !strings.HasPrefix(at, "../") {
			return "/" + at
		}
	}
	return ""
}

// mountPoint returns where version 2 is mounted, from /proc/PID/mountinfo, and
// which cgroup is seen there; "" when nowhere.
func mountPoint(file []byte) (at, root string) {
	for line := range bytes.Lines(file) {
		mount, kind, _ := bytes.Cut(line, []byte(" - "))
		fields := bytes.Fields(mount)
		if len(fields) > 4 && bytes.HasPrefix(kind, []byte("cgroup2 ")) {
			return string(fields[4]), string(fields[3])
		}
	}
	return "", ""
}
