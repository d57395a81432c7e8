package compat

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/pluggarr/pluggarr/host/proc"
)

// maxLine is the longest line either side sends, in bytes.
const maxLine = 64 << 10

// forkRequest asks for a worker; the line carries its descriptors.
type forkRequest struct {
	ID   int64      `json:"id"`
	Fork forkLimits `json:"fork"`
}

type forkLimits struct {
	Memory int64 `json:"memory"` // bytes of RLIMIT_DATA; 0 is no limit
	Files  int   `json:"files"`  // RLIMIT_NOFILE; 0 is no limit
	FDs    int   `json:"fds"`    // descriptors of the line: 3, or 4 with the door to a cgroup
}

// killRequest asks for the end of a worker and its process group.
type killRequest struct {
	Kill int `json:"kill"`
}

// report is one line of the fork-server: of the fields of which exactly one is
// set, Ready, ID and Exit, it tells what it is about.
type report struct {
	Ready  int    `json:"ready"`  // the fork-server's pid: it can be asked now
	ID     int64  `json:"id"`     // the fork this answers
	Pid    int    `json:"pid"`    // with ID: the worker
	Error  string `json:"error"`  // with ID: why there is none
	Exit   int    `json:"exit"`   // the worker that ended
	Status int    `json:"status"` // with Exit: its exit status, -n for signal n
}

// decodeReport reads one line, which is refused when it is not one of the three.
func decodeReport(line []byte) (report, error) {
	var r report
	if err := json.Unmarshal(line, &r); err != nil {
		return report{}, fmt.Errorf("decode %.100q: %w", line, err)
	}
	kinds := 0
	for _, set := range []bool{r.Ready != 0, r.ID != 0, r.Exit != 0} {
		if set {
			kinds++
		}
	}
	switch {
	case kinds != 1, r.Ready < 0, r.ID < 0, r.Exit < 0, r.Pid < 0:
		return report{}, fmt.Errorf("decode %.100q: %w", line, errNoReport)
	case r.ID != 0 && (r.Pid != 0) == (r.Error != ""):
		return report{}, fmt.Errorf("decode %.100q: %w", line, errNoReport)
	}
	return r, nil
}

var errNoReport = errors.New("not a report")

func encodeRequest(request any) ([]byte, error) {
	line, err := json.Marshal(request)
	if err != nil {
		return nil, fmt.Errorf("encode a request to the fork-server: %w", err)
	}
	return append(line, '\n'), nil
}

func newForkRequest(id int64, limits proc.Limits, fds int) forkRequest {
	return forkRequest{ID: id, Fork: forkLimits{Memory: max(limits.Memory, 0), Files: max(limits.Files, 0), FDs: fds}}
}
