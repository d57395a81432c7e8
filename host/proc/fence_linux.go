package proc

import (
	"bytes"
	"os"
	"strconv"
)

// tasks returns how many processes and threads the machine has, from the
// fourth field of /proc/loadavg; 0 when it cannot be read.
func tasks() int {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	fields := bytes.Fields(text)
	if len(fields) < 4 {
		return 0
	}
	_, total, _ := bytes.Cut(fields[3], []byte("/"))
	n, err := strconv.Atoi(string(total))
	if err != nil {
		return 0
	}
	return n
}

// groups returns the machine's living processes by process group.
func groups() map[int][]int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	all := map[int][]int{}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		stat, err := os.ReadFile("/proc/" + e.Name() + "/stat")
		if err != nil {
			continue // it has ended
		}
		// After the name, which may hold anything and ends at the last parenthesis: state, parent, group.
		fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
		if len(fields) < 3 {
			continue
		}
		if group, err := strconv.Atoi(string(fields[2])); err == nil {
			all[group] = append(all[group], pid)
		}
	}
	return all
}

// mark returns what these processes, a group, bear: by one that can still be
// read. It is "" when they are not this fence's.
func (f *fence) mark(pids []int) string {
	for _, pid := range pids {
		if environ, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ"); err == nil && len(environ) > 0 {
			return markIn(environ, f.starter.owner)
		}
	}
	return ""
}

// innerGroup returns the number that a group has in the innermost namespace of
// its processes, which differs from ours in a container.
func innerGroup(pids []int, group int) int {
	for _, pid := range pids {
		status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
		if err != nil {
			continue // it has ended
		}
		_, rest, _ := bytes.Cut(status, []byte("\nNSpgid:"))
		line, _, _ := bytes.Cut(rest, []byte("\n"))
		fields := bytes.Fields(line)
		if len(fields) == 0 {
			return group // the kernel does not tell
		}
		if inner, err := strconv.Atoi(string(fields[len(fields)-1])); err == nil {
			return inner
		}
	}
	return group
}
