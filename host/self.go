package host

import (
	"os"

	"github.com/pluggarr/pluggarr/host/proc"
)

// running is the program of this process, on Linux, whatever lies at its path by
// now.
const running = "/proc/self/exe"

// self finds this host's own program. A release that is installed over it while
// it runs is another one: what that would start speaks to its own kind.
type self struct {
	path string
	own  os.FileInfo // nil where path is another program's, or it cannot be told
}

func findSelf(path string) self {
	at, err := os.Stat(path)
	own, noOwn := os.Stat(running)
	if err != nil || noOwn != nil || !os.SameFile(at, own) {
		own = nil
	}
	return self{path, own}
}

// program returns what to start.
func (s self) program() string {
	if now, err := os.Stat(s.path); s.own != nil && (err != nil || !os.SameFile(now, s.own)) {
		return running
	}
	return s.path
}

// contained returns what plugins run in that could start processes, kept by this
// very program; nil when this machine allows nothing of the kind.
func (l *launcher) contained() *proc.Container {
	found := l.container()
	if found == nil {
		return nil
	}
	c := *found
	c.Keeper = append([]string{l.self.program()}, found.Keeper[1:]...)
	return &c
}
