package hub

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/coder/websocket"
)

const (
	writeTime  = 10 * time.Second // for one message to go out, and for the answer to a ping
	maxRequest = 4 << 10          // bytes of what a reader may send
	maxFollows = 8                // logs that one reader follows at once
	mostTail   = 1000             // lines that a reader gets of what was there before
)

// client is one connection.
type client struct {
	hub    *Hub
	conn   *websocket.Conn
	viewer Viewer
	ctx    context.Context //nolint:containedctx // the connection's; it is over when this ends
	cancel context.CancelFunc
	queue  chan []byte // what everybody is told
	lines  chan []byte // lines of logs; who follows one waits for the reader
	work   sync.WaitGroup
	once   sync.Once // the connection is closed once

	follows map[string]context.CancelFunc // by plugin; of the reading goroutine alone
}

func newClient(h *Hub, conn *websocket.Conn, v Viewer) *client {
	c := &client{
		hub: h, conn: conn, viewer: v, queue: make(chan []byte, behind), lines: make(chan []byte),
		follows: map[string]context.CancelFunc{},
	}
	c.ctx, c.cancel = context.WithCancel(h.ctx)
	conn.SetReadLimit(maxRequest)
	return c
}

// hello is the first message, in Dispatcharr's words.
type hello struct {
	Type string    `json:"type"` // "connection_established"
	Data helloData `json:"data"`
}

type helloData struct {
	Success bool   `json:"success"`
	Message string `json:"message"`
}

// serve talks to the reader until one of them has enough.
func (c *client) serve() {
	text, err := json.Marshal(hello{"connection_established", helloData{true, "from now on you hear what happens"}})
	if err == nil {
		err = c.write(text)
	}
	if err == nil {
		c.work.Go(c.read)
		c.talk()
	}
	c.once.Do(c.cancel)
	c.work.Wait()
	_ = c.conn.CloseNow() // it may be closed already
}

// drop ends the connection and says why. It does not wait for the reader.
func (c *client) drop(status websocket.StatusCode, why string) {
	c.once.Do(func() {
		c.hub.cfg.Log.Debug("a WebSocket is dropped", "reason", why)
		c.hub.work.Go(func() {
			_ = c.conn.Close(status, why) // who is too slow may not hear it either
			c.cancel()
		})
	})
}

func (c *client) write(text []byte) error {
	ctx, cancel := context.WithTimeout(c.ctx, writeTime)
	defer cancel()
	return c.conn.Write(ctx, websocket.MessageText, text) //nolint:wrapcheck // any error ends the connection
}

// talk sends what comes, and pings.
func (c *client) talk() {
	ping := time.NewTicker(c.hub.cfg.Ping)
	defer ping.Stop()
	for {
		var err error
		select {
		case <-c.ctx.Done():
			return
		case text := <-c.queue:
			err = c.write(text)
		case text := <-c.lines:
			err = c.write(text)
		case <-ping.C:
			err = c.check()
		}
		if err != nil {
			return
		}
	}
}

// check asks whether the reader is there, and may be.
func (c *client) check() error {
	ctx, cancel := context.WithTimeout(c.ctx, writeTime)
	defer cancel()
	if c.viewer.Still != nil && !c.viewer.Still(ctx) {
		c.drop(websocket.StatusPolicyViolation, "not allowed any more")
		return c.ctx.Err()
	}
	return c.conn.Ping(ctx) //nolint:wrapcheck // any error ends the connection
}

// request is what a reader may ask for.
type request struct {
	Type   string `json:"type"`   // "log_follow" or "log_unfollow"; others are ignored
	Plugin string `json:"plugin"` // whose log
	Tail   int    `json:"tail"`   // how many lines of what was there before
}

// read takes what the reader asks for; its end is the end of the connection.
func (c *client) read() {
	defer c.cancel()
	defer func() {
		for _, end := range c.follows {
			end()
		}
	}()
	for {
		kind, text, err := c.conn.Read(c.ctx)
		if err != nil {
			return
		}
		var r request
		if kind != websocket.MessageText || json.Unmarshal(text, &r) != nil || !c.viewer.Admin || c.hub.cfg.Follow == nil {
			continue // not for us
		}
		switch r.Type {
		case "log_follow":
			c.follow(r)
		case "log_unfollow":
			c.unfollow(r.Plugin)
		}
	}
}

func (c *client) unfollow(plugin string) {
	if end := c.follows[plugin]; end != nil {
		end()
		delete(c.follows, plugin)
	}
}

// follow sends a plugin's log as it comes.
func (c *client) follow(r request) {
	c.unfollow(r.Plugin)
	if len(c.follows) >= maxFollows {
		return
	}
	ctx, end := context.WithCancel(c.ctx)
	c.follows[r.Plugin] = end
	tail := min(max(r.Tail, 0), mostTail)
	c.work.Go(func() {
		for line, err := range c.hub.cfg.Follow(ctx, r.Plugin, tail) {
			if err != nil {
				return
			}
			select {
			case c.lines <- c.hub.encode(LogLine{Type: TypeLog, Plugin: r.Plugin, Line: line}):
			case <-ctx.Done():
				return
			}
		}
	})
}
