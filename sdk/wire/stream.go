package wire

import (
	"fmt"
	"net"
	"os"
	"syscall"
)

// WorkerStream takes over the file descriptor that the host left a worker, see
// [FD]. What it returns is a duplicate that programs started by the process do
// not inherit. It fails in a process that no host started.
func WorkerStream() (net.Conn, error) {
	syscall.CloseOnExec(FD)
	f := os.NewFile(FD, "host")
	conn, err := net.FileConn(f)
	_ = f.Close() // the duplicate is what counts
	if err != nil {
		return nil, fmt.Errorf("use file %d: %w", FD, err)
	}
	return conn, nil
}
