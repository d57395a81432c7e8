package sdk

import (
	"fmt"
	"io"
	"net"
	"os"
	"syscall"

	"github.com/pluggarr/pluggarr/sdk/wire"
)

// Serve answers the host until it hangs up. It is the last line of a plugin's
// main. Started by hand, the program says what it is and exits with status 2.
func Serve(p Plugin) {
	stream, err := hostStream()
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s is a plugin for Pluggarr and is started by its host.\n"+
			"Put its folder into the host's plugins folder and enable it there.\n", os.Args[0])
		os.Exit(2)
	}
	if err := ServeStream(stream, p); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", os.Args[0], err)
		os.Exit(1)
	}
}

// hostStream takes over the file descriptor the host left us. FileConn makes
// a duplicate that programs started by the plugin do not inherit.
func hostStream() (net.Conn, error) {
	syscall.CloseOnExec(wire.FD)
	f := os.NewFile(wire.FD, "host")
	conn, err := net.FileConn(f)
	_ = f.Close() // the duplicate is what counts
	if err != nil {
		return nil, fmt.Errorf("use file %d: %w", wire.FD, err)
	}
	return conn, nil
}

// ServeStream is [Serve] over a stream of the caller's choice: it returns when
// the stream has ended and the plugin's background work with it. The error is
// nil when the host hung up.
func ServeStream(stream io.ReadWriteCloser, p Plugin) error {
	s := newSession(p)
	conn := wire.NewConn(stream, wire.Config{Handle: s.handle})
	s.attach(conn)
	<-conn.Done()
	s.end()
	if err := conn.Close(); err != nil {
		return fmt.Errorf("close the host's stream: %w", err)
	}
	return nil
}
