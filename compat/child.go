package compat

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"

	"github.com/pluggarr/pluggarr/host/proc"
)

// Child is a forked worker. It is the fork-server's child and not the host's,
// so the fork-server kills and reaps it. The stream and outputs are closed by
// whoever takes them.
type Child struct {
	Stream *net.UnixConn // the other end of the worker's protocol stream
	Stdout *os.File      // what the plugin prints; ends when all that inherited it have ended
	Stderr *os.File      // the same for its error output
	Pid    int           // its process id, and that of its process group, as its fork-server counts them

	server *process
	group  *proc.Cgroup  // what it and all it starts are in; nil for the fork-server's
	done   chan struct{} // closed when reaped
	err    error         // how it ended; set before done is closed
}

// Kill ends the worker and everything in its process group at once. It is no
// error when it has ended already.
func (c *Child) Kill() error {
	select {
	case <-c.done:
		return nil
	default:
	}
	err := c.server.send(killRequest{Kill: c.Pid}, nil)
	if errors.Is(err, errGone) {
		return nil // it ends with its fork-server
	}
	return err
}

// Wait returns when the worker has ended and is reaped: nil after exit status
// 0, else an error that says how it ended. Any number of callers may wait.
func (c *Child) Wait() error {
	<-c.done
	return c.err
}

// ended notes how the worker ended, once, and ends what it has left behind.
func (c *Child) ended(err error) {
	if over := c.group.End(); over != nil && err != nil {
		err = over
	}
	c.err = err
	close(c.done)
}

// exitError puts a status as Python counts them into the words of package os.
func exitError(status int) error {
	switch {
	case status == 0:
		return nil
	case status < 0:
		return errors.New("signal: " + syscall.Signal(-status).String())
	}
	return fmt.Errorf("exit status %d", status)
}

// ends are the worker's ends of its stream and outputs on their way to it.
type ends []*os.File

func (e ends) fds() []int {
	fds := make([]int, len(e))
	for i, f := range e {
		fds[i] = int(f.Fd())
	}
	return fds
}

func (e ends) close() {
	for _, f := range e {
		_ = f.Close() // nothing was written through them
	}
}

// newChild opens everything a worker talks through, and the door to its group
// when it has one.
func newChild(p *process, limits proc.Limits) (c *Child, theirs ends, err error) {
	c = &Child{server: p, group: p.cfg.Starter.Cgroup(limits), done: make(chan struct{})}
	defer func() {
		if err != nil {
			theirs.close()
			c.discard()
		}
	}()
	ours, stream, err := proc.Socketpair()
	if err != nil {
		return c, theirs, err
	}
	c.Stream, theirs = ours, append(theirs, stream)
	for _, out := range []**os.File{&c.Stdout, &c.Stderr} {
		r, w, err := os.Pipe()
		if err != nil {
			return c, theirs, fmt.Errorf("make a pipe: %w", err)
		}
		*out, theirs = r, append(theirs, w)
	}
	if door := c.group.Door(); door != nil {
		theirs = append(theirs, door)
	}
	return c, theirs, nil
}

// discard closes our ends: a worker behind them sees its stream end.
func (c *Child) discard() {
	_ = c.group.End() // nobody waits for how it ended
	if c.Stream != nil {
		_ = c.Stream.Close() // nobody has read from it
	}
	for _, f := range []*os.File{c.Stdout, c.Stderr} {
		if f != nil {
			_ = f.Close()
		}
	}
}
