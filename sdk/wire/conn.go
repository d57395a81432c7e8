package wire

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
	"sync/atomic"
)

// queued is how many frames may wait for the writer before senders wait too.
const queued = 64

// Handler answers one call of the other side. It runs on a goroutine of its
// own; ctx ends when the caller cancels or the connection ends. The result is
// encoded as JSON. An error that is no [*Error] becomes one with
// [CodeInternal].
type Handler func(ctx context.Context, method string, params json.RawMessage) (any, error)

// Config says what a [Conn] does with what it hears.
type Config struct {
	// Handle answers calls. Nil answers every call with CodeUnknownMethod.
	Handle Handler

	// Notify hears notifications, in the order they came and before any answer
	// that was sent after them. It runs on the reading goroutine and must not
	// wait for anything. Nil drops them.
	Notify func(method string, params json.RawMessage)

	// MaxInFlight is how many calls of the other side may be open at once; one
	// more is answered with CodeBusy. Zero means no limit.
	MaxInFlight int
}

// Conn is one end of a connection. Its methods may be used concurrently.
type Conn struct {
	rwc    io.ReadWriteCloser
	close  func() error // closes rwc the first time, later says again how that went
	cfg    Config
	ctx    context.Context //nolint:containedctx // the life of the connection, parent of every handler's
	cancel context.CancelCauseFunc
	lastID atomic.Int64
	out    chan []byte
	loops  sync.WaitGroup // reader and writer
	calls  sync.WaitGroup // handlers

	mu      sync.Mutex
	waiting map[int64]*Pending            // our calls without an answer yet
	running map[string]context.CancelFunc // the other side's calls
	stuck   int                           // answers that find no room, because the other side does not read
}

// NewConn starts serving rwc, which the Conn owns from now on.
func NewConn(rwc io.ReadWriteCloser, cfg Config) *Conn {
	c := &Conn{
		rwc: rwc, close: sync.OnceValue(rwc.Close), cfg: cfg,
		out:     make(chan []byte, queued),
		waiting: map[int64]*Pending{},
		running: map[string]context.CancelFunc{},
	}
	c.ctx, c.cancel = context.WithCancelCause(context.Background())
	c.loops.Go(c.read)
	c.loops.Go(c.write)
	return c
}

// Done is closed when the connection has ended, for whatever reason.
func (c *Conn) Done() <-chan struct{} { return c.ctx.Done() }

// Err says why the connection ended: nil while it lives, else an error that is
// [ErrClosed] (either side hung up) or [ErrFrame].
func (c *Conn) Err() error { return context.Cause(c.ctx) }

// Close ends the connection and waits for its reader and writer. Open calls
// fail with [ErrClosed]; handlers are told by their context, see [Conn.Wait].
func (c *Conn) Close() error {
	err := c.end(ErrClosed)
	c.loops.Wait()
	return err
}

// Wait returns when the connection has ended and every handler has returned.
func (c *Conn) Wait() {
	c.loops.Wait()
	c.calls.Wait()
}

// end takes the connection down; the first cause is the one that stays.
func (c *Conn) end(cause error) error {
	c.cancel(cause)
	err := c.close()
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, p := range c.waiting {
		delete(c.waiting, id)
		p.fail(c.Err())
	}
	return err
}

func (c *Conn) write() {
	w := bufio.NewWriter(c.rwc)
	for {
		select {
		case <-c.ctx.Done():
			return
		case frame := <-c.out:
			_, err := w.Write(frame)
			if err == nil && len(c.out) == 0 {
				err = w.Flush()
			}
			if err != nil {
				_ = c.end(fmt.Errorf("%w: %w", ErrClosed, err)) // the write error is the cause worth keeping
				return
			}
		}
	}
}

// send hands a frame to the writer and waits for room, not for the writing.
func (c *Conn) send(ctx context.Context, frame []byte) error {
	select {
	case c.out <- frame:
		return nil
	default:
	}
	select {
	case c.out <- frame:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-c.ctx.Done():
		return c.Err()
	}
}

func (c *Conn) read() {
	r := bufio.NewReaderSize(c.rwc, 16<<10)
	for {
		line, err := readFrame(r)
		if err == nil {
			err = c.take(line)
		}
		if err != nil {
			if !errors.Is(err, ErrFrame) {
				err = fmt.Errorf("%w: %w", ErrClosed, err)
			}
			_ = c.end(err) // the stream is being given up; its close error adds nothing
			return
		}
	}
}

// take acts on one line. It never waits.
func (c *Conn) take(line []byte) error {
	if len(line) == 0 {
		return nil // a blank line between frames says nothing and harms nobody
	}
	m, err := parse(line)
	switch {
	case err != nil:
		return err
	case m.Method == methodCancel:
		c.cancelRunning(m.Params)
	case m.Method != "" && m.hasID():
		return c.begin(m)
	case m.Method != "":
		if c.cfg.Notify != nil {
			c.cfg.Notify(m.Method, m.Params)
		}
	default:
		c.deliver(m)
	}
	return nil
}

func (c *Conn) deliver(m *message) {
	id, err := strconv.ParseInt(string(m.ID), 10, 64)
	if err != nil {
		return // an answer to nothing we asked
	}
	c.mu.Lock()
	p := c.waiting[id]
	delete(c.waiting, id)
	c.mu.Unlock()
	switch {
	case p == nil: // the caller went away in the meantime
	case m.Error != nil:
		p.fail(m.Error)
	default:
		p.succeed(m.Result)
	}
}

func (c *Conn) cancelRunning(params json.RawMessage) {
	var which struct {
		ID json.RawMessage `json:"id"`
	}
	if json.Unmarshal(params, &which) != nil {
		return // cancelling nothing is not worth ending a connection for
	}
	c.mu.Lock()
	cancel := c.running[string(which.ID)]
	c.mu.Unlock()
	if cancel != nil {
		cancel()
	}
}
