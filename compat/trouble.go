package compat

import (
	"fmt"
	"slices"
	"strings"
)

// unreachable are words of pip's when nobody answers it.
func (i *installer) unreachable(said string) bool {
	return slices.ContainsFunc([]string{
		"NewConnectionError", "NameResolutionError", "Temporary failure in name resolution", "ConnectTimeoutError",
		"ReadTimeoutError", "Connection refused", "ProxyError", "SSLError", "MaxRetryError",
		"Failed to establish a new connection", "connection broken by",
	}, func(words string) bool { return strings.Contains(said, words) })
}

// explain says why what has to be installed could not be.
func (i *installer) explain(b block, why, said string) error {
	const again = "then run 'pluggarr python setup' again: it goes on where it stopped"
	switch {
	case i.unreachable(said):
		return &PythonError{
			Reason: "the package index cannot be reached: " + why,
			Advice: "check the network, or name a mirror in PIP_INDEX_URL, " + again,
		}
	case strings.Contains(said, "No space left on device"):
		return &PythonError{Reason: "the disk is full", Advice: "make room, " + again}
	case strings.Contains(said, "No matching distribution found"):
		return &PythonError{
			Reason: fmt.Sprintf("there is no package for Python %s on this machine: %s", i.cfg.Python.Version, why),
			Advice: "name another Python with --python, 3.10 to 3.14, " + again,
		}
	}
	return &PythonError{Reason: fmt.Sprintf("%s could not be installed: %s", b.name(), why), Advice: "read what pip said, " + again}
}

// reason picks the sentence that says most of what a program printed: pip's last
// error, else the last line.
func reason(said string) string {
	lines := strings.Split(strings.TrimSpace(said), "\n")
	for _, line := range slices.Backward(lines) {
		if text, found := strings.CutPrefix(strings.TrimSpace(line), "ERROR: "); found {
			return lastLine(text)
		}
	}
	return lastLine(said)
}
