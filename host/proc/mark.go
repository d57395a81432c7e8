package proc

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"syscall"
)

// markVariable is in the environment of every process of a Starter with an
// owner, and of all that such a process starts: that is how what has left its
// process group is found again.
const markVariable = "PLUGGARR_PROCESS"

// maxRounds is how often processes are looked for that were started while
// others were being ended.
const maxRounds = 20

// EndOrphans ends, at once, every process that a Starter of this owner started,
// in this life of the host or an earlier one, and what they started in turn. It
// returns how many there were. A process that took the mark out of its own
// environment and was then let go of is not found. Only Linux can look; elsewhere
// nothing is found. Call it when no Starter of this owner is in use.
func EndOrphans(owner string) (int, error) { return endMarked(owner) }

// endMarked ends what bears this mark or one below it.
func endMarked(mark string) (int, error) {
	ended := 0
	for range maxRounds {
		found, err := marked(mark)
		if err != nil {
			return ended, fmt.Errorf("look for processes that were left behind: %w", err)
		}
		if len(found) == 0 {
			return ended, nil
		}
		for _, pid := range found {
			if err := syscall.Kill(pid, syscall.SIGKILL); err == nil {
				ended++
			} else if !errors.Is(err, syscall.ESRCH) {
				return ended, fmt.Errorf("end process %d, which a plugin left behind: %w", pid, err)
			}
		}
	}
	return ended, nil
}

// marked lists the living processes that bear this mark or one below it, this
// one left out. Those of other users cannot be read and are none of ours.
func marked(mark string) ([]int, error) {
	entries, err := os.ReadDir("/proc")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // no Linux
	}
	if err != nil {
		return nil, err
	}
	var found []int
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		environ, err := os.ReadFile("/proc/" + e.Name() + "/environ")
		if err != nil {
			continue // it has ended, or is somebody else's
		}
		if bears(environ, mark) {
			found = append(found, pid)
		}
	}
	return found, nil
}

// bears says whether an environment, as the kernel shows it, has the mark.
func bears(environ []byte, mark string) bool { return markIn(environ, mark) != "" }

// markIn returns the mark in an environment when it is this one or one below
// it; else "".
func markIn(environ []byte, mark string) string {
	for entry := range bytes.SplitSeq(environ, []byte{0}) {
		found, ok := bytes.CutPrefix(entry, []byte(markVariable+"="))
		if rest, below := bytes.CutPrefix(found, []byte(mark)); ok && below && (len(rest) == 0 || rest[0] == '.') {
			return string(found)
		}
	}
	return ""
}
