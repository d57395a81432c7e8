package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// descendants are the processes below pid; none where the system has no /proc.
func descendants(pid int) map[int]bool {
	parents := map[int]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is right
	for _, path := range stats {
		raw, err := os.ReadFile(path)
		if err != nil {
			continue // it ended meanwhile
		}
		// 12 (a name) S 1 …: the name may hold anything, brackets too.
		head, rest, _ := strings.Cut(string(raw), " ")
		fields := strings.Fields(rest[strings.LastIndex(rest, ")")+1:])
		self, noSelf := strconv.Atoi(head)
		if len(fields) < 2 || noSelf != nil {
			continue
		}
		if parent, err := strconv.Atoi(fields[1]); err == nil {
			parents[self] = parent
		}
	}
	found := map[int]bool{}
	for self := range parents {
		for up, steps := parents[self], 0; up > 0 && steps < len(parents); up, steps = parents[up], steps+1 {
			if up == pid {
				found[self] = true
				break
			}
		}
	}
	return found
}

// footprint is the memory of processes in bytes, their parts of what they share
// with others included; 0 where the system does not tell.
func footprint(pids map[int]bool) int64 {
	total := int64(0)
	for pid := range pids {
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(raw)) {
			if value, ok := strings.CutPrefix(line, "Pss:"); ok {
				kib, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
				total += kib << 10
			}
		}
	}
	return total
}
