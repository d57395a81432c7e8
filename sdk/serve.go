package sdk

import (
	"fmt"
	"io"
	"os"

	"github.com/pluggarr/pluggarr/sdk/wire"
)

// Serve answers the host until it hangs up. It is the last line of a plugin's
// main. Started by hand, the program says what it is and exits with status 2.
func Serve(p Plugin) {
	stream, err := wire.WorkerStream()
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
