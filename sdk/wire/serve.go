package wire

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// begin starts answering one call, or refuses it when too many are open.
func (c *Conn) begin(m *message) error {
	ctx, cancel := context.WithCancel(c.ctx)
	key := string(m.ID)
	c.mu.Lock()
	_, twice := c.running[key]
	full := c.cfg.MaxInFlight > 0 && len(c.running)+c.stuck >= c.cfg.MaxInFlight
	if !twice && !full {
		c.running[key] = cancel
	}
	c.mu.Unlock()
	if twice {
		cancel()
		return fmt.Errorf("%w: id %s is in use", ErrFrame, key)
	}
	if full {
		cancel()
		return c.refuse(m.ID)
	}
	c.calls.Go(func() { c.answer(ctx, cancel, m) })
	return nil
}

// refuse answers that too many calls are open. It runs on the reading goroutine
// and so cannot wait for room: a peer that floods and does not read is cut off.
func (c *Conn) refuse(id json.RawMessage) error {
	frame, err := encodeAnswer(id, nil, Errorf(CodeBusy, "more than %d calls in flight", c.cfg.MaxInFlight))
	if err != nil {
		return err
	}
	select {
	case c.out <- frame:
		return nil
	default:
		return fmt.Errorf("%w: calls keep coming and answers are not read", ErrFrame)
	}
}

// answer runs the handler and sends what it returned. A handler that panics or
// ends its goroutine (runtime.Goexit) is answered for too.
func (c *Conn) answer(ctx context.Context, cancel context.CancelFunc, m *message) {
	var result any
	var err error = Errorf(CodeInternal, "%s ended without an answer", m.Method)
	defer func() {
		if cause := recover(); cause != nil { // one call must not end all the others
			result, err = nil, Errorf(CodeInternal, "%s panicked: %v", m.Method, cause)
		}
		c.mu.Lock()
		delete(c.running, string(m.ID))
		c.mu.Unlock()
		cancel()
		c.reply(m.ID, result, err)
	}()
	if c.cfg.Handle == nil {
		err = Errorf(CodeUnknownMethod, "unknown method %q", m.Method)
		return
	}
	result, err = c.cfg.Handle(ctx, m.Method, m.Params)
}

// reply sends an answer. A result that cannot be encoded or is too long is
// replaced by the error that says so: the caller must not wait for ever.
func (c *Conn) reply(id json.RawMessage, result any, err error) {
	frame, bad := encodeAnswer(id, result, failureOf(err))
	if bad != nil {
		frame, bad = encodeAnswer(id, nil, Errorf(CodeInternal, "%v", bad))
	}
	if bad != nil {
		return
	}
	select {
	case c.out <- frame:
		return
	default:
	}
	c.mu.Lock()
	c.stuck++
	c.mu.Unlock()
	_ = c.send(c.ctx, frame) // only fails when nobody is left to read it
	c.mu.Lock()
	c.stuck--
	c.mu.Unlock()
}

// failureOf makes the [Error] to answer with: an Error within err keeps its
// code and data, and the words that were wrapped around it.
func failureOf(err error) *Error {
	var known *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known) && known != nil:
		return &Error{Code: known.Code, Message: err.Error(), Data: known.Data}
	case errors.Is(err, context.Canceled):
		return Errorf(CodeCancelled, "%v", err)
	}
	return Errorf(CodeInternal, "%v", err)
}
