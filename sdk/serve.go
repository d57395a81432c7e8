package sdk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

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

// linger is how long the plugin's work may go on after the host hung up: work
// that does not listen must not outlive a host that has died.
const linger = 10 * time.Second

// ServeStream is [Serve] over a stream of the caller's choice. It returns when
// the stream has ended and the plugin's runs and background work with it; they
// are cancelled and have 10 s. The error is nil when the host hung up.
func ServeStream(stream io.ReadWriteCloser, p Plugin) error {
	return ServeTraced(stream, p, traceback)
}

// ServeTraced is [ServeStream] for whoever runs a plugin that is not compiled.
// It calls frames while it recovers from a panic of the plugin's, on the
// goroutine that panicked, with the panic's value. Frames returns the plugin's
// own frames, innermost first, one "file:line function" a line.
func ServeTraced(stream io.ReadWriteCloser, p Plugin, frames func(value any) string) error {
	life, end := context.WithCancel(context.Background())
	defer end()
	s := newSession(life, p)
	s.frames = frames
	conn := wire.NewConn(stream, wire.Config{Handle: s.handle})
	s.attach(conn)
	<-conn.Done()
	end()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		conn.Wait() // first: a start that is under way may still begin work
		s.background.work.Wait()
	}()
	timer := time.NewTimer(linger)
	defer timer.Stop()
	select {
	case <-ended:
	case <-timer.C:
		return fmt.Errorf("the plugin still works %v after the host hung up", linger)
	}
	if err := conn.Err(); !errors.Is(err, wire.ErrClosed) {
		return fmt.Errorf("serve the host: %w", err)
	}
	return nil
}
