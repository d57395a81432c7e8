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

// owns says whether these processes, a group, are this fence's: by the mark of
// one that can still be read.
func (f *fence) owns(pids []int) bool {
	for _, pid := range pids {
		if environ, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ"); err == nil && len(environ) > 0 {
			return bears(environ, f.owner)
		}
	}
	return false
}
