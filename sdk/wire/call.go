package wire

import (
	"context"
	"encoding/json"
	"fmt"
)

// Pending is a call that was sent and not answered yet.
type Pending struct {
	conn   *Conn
	id     int64
	method string
	done   chan struct{} // closed once result or err is set
	result json.RawMessage
	err    error
}

func (p *Pending) fail(err error) {
	p.err = err
	close(p.done)
}

func (p *Pending) succeed(result json.RawMessage) {
	p.result = result
	close(p.done)
}

// Begin sends a call and returns without waiting for its answer. It fails when
// the parameters cannot be encoded, when the connection has ended, or when ctx
// ends before there was room to send.
func (c *Conn) Begin(ctx context.Context, method string, params any) (*Pending, error) {
	p := &Pending{conn: c, id: c.lastID.Add(1), method: method, done: make(chan struct{})}
	frame, err := encodeCall(p.id, method, params)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	if err := c.Err(); err != nil {
		c.mu.Unlock()
		return nil, fmt.Errorf("call %s: %w", method, err)
	}
	c.waiting[p.id] = p
	c.mu.Unlock()
	if err := c.send(ctx, frame); err != nil {
		p.forget()
		return nil, fmt.Errorf("call %s: %w", method, err)
	}
	return p, nil
}

// Done is closed when the answer has come or the connection has ended.
func (p *Pending) Done() <-chan struct{} { return p.done }

// Result returns the answer once Done is closed; before that it would be a
// data race. The error is an [*Error] if the other side answered with one.
func (p *Pending) Result() (json.RawMessage, error) { return p.result, p.err }

// Cancel tells the other side that the answer is no longer wanted. The answer
// still comes, and Done with it, unless the other side is deaf.
func (p *Pending) Cancel() {
	frame, err := encodeCall(0, methodCancel, map[string]int64{"id": p.id})
	if err != nil {
		return // a map of one number always encodes
	}
	select {
	case p.conn.out <- frame:
	default:
		p.conn.calls.Go(func() { _ = p.conn.send(p.conn.ctx, frame) }) // the queue is full: wait for room, but not here
	}
}

// forget drops the call: its answer, should it come, is ignored.
func (p *Pending) forget() {
	p.conn.mu.Lock()
	defer p.conn.mu.Unlock()
	delete(p.conn.waiting, p.id)
}

// Call asks the other side for method and decodes its answer into result,
// which may be nil; [ErrAnswer] says that it does not fit. When ctx ends first, the other side is told and ctx's
// error returned at once.
func (c *Conn) Call(ctx context.Context, method string, params, result any) error {
	p, err := c.Begin(ctx, method, params)
	if err != nil {
		return err
	}
	select {
	case <-p.done:
	case <-ctx.Done():
		p.Cancel()
		p.forget()
		return fmt.Errorf("call %s: %w", method, ctx.Err())
	}
	raw, err := p.Result()
	if err != nil {
		return fmt.Errorf("call %s: %w", method, err)
	}
	if result == nil || raw == nil {
		return nil
	}
	if err := json.Unmarshal(raw, result); err != nil {
		return fmt.Errorf("decode the answer to %s: %w: %w", method, ErrAnswer, err)
	}
	return nil
}

// Notify sends a message that is not answered. It returns once the message is
// on its way out.
func (c *Conn) Notify(ctx context.Context, method string, params any) error {
	frame, err := encodeCall(0, method, params)
	if err != nil {
		return err
	}
	if err := c.send(ctx, frame); err != nil {
		return fmt.Errorf("notify %s: %w", method, err)
	}
	return nil
}
