// Package hub tells everybody who holds a WebSocket open what happens in the
// host. It keeps nothing: who is not there misses it.
package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/pluggarr/pluggarr/host/worker"
)

const (
	flushEvery = 200 * time.Millisecond // messages that come often are held back this long
	behind     = 256                    // messages that wait for one reader before it is dropped
)

// Config is what a Hub is made of.
type Config struct {
	// Follow returns the last lines of a plugin's log, tail of them, and those
	// that come until ctx ends. Nil: nobody can follow a log.
	Follow func(ctx context.Context, plugin string, tail int) iter.Seq2[worker.Line, error]
	// Origins are names of other hosts, as in "tv.example", whose pages may
	// connect.
	Origins []string
	// Ping is how often a reader is asked whether it is there; zero means 30 s.
	Ping time.Duration
	// Log hears who was dropped, at debug. Nil means silence.
	Log *slog.Logger
}

// Viewer is who connects.
type Viewer struct {
	// Admin says that the viewer may see what is an admin's.
	Admin bool
	// Still says, now and then, whether the viewer may still look. Nil: always.
	Still func(ctx context.Context) bool
}

// Message is something to tell.
type Message struct {
	// Data is what everybody gets; it encodes to an object with a "type". Nil:
	// only admins get something.
	Data any
	// Admins is what admins get in its place. Nil: the same as everybody.
	Admins any
	// Key says what the message is about, as in "run 0198…". A message replaces
	// one with the same key that was held back. May be "".
	Key string
	// Often says that such messages come in quick succession: it may be held
	// back for a moment, and only the last one with its key is sent. Needs a Key.
	Often bool
}

// Hub is everybody who listens. Its methods may be used concurrently.
type Hub struct {
	cfg    Config
	ctx    context.Context //nolint:containedctx // ends with Close; connections outlive the request that opened them
	cancel context.CancelFunc
	work   sync.WaitGroup // connections and the flush

	mu      sync.Mutex // guards what follows
	clients map[*client]bool
	held    map[string]Message
	order   []string // keys of held, the oldest first
	waiting chan struct{}
}

// New returns a Hub that nobody listens to yet. Whoever made it closes it.
func New(cfg Config) *Hub {
	if cfg.Ping <= 0 {
		cfg.Ping = 30 * time.Second
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	h := &Hub{cfg: cfg, clients: map[*client]bool{}, held: map[string]Message{}, waiting: make(chan struct{}, 1)}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	h.work.Go(h.flush)
	return h
}

// Close ends every connection and waits until they are gone.
func (h *Hub) Close() {
	h.mu.Lock()
	h.cancel()
	h.mu.Unlock()
	h.work.Wait()
}

// Send tells everybody. It waits for nobody: a reader that is hundreds of
// messages behind is dropped, and may connect again.
func (h *Hub) Send(m Message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.clients) == 0 {
		return
	}
	_, held := h.held[m.Key]
	switch {
	case m.Often && held:
		h.held[m.Key] = m
		return
	case m.Often:
		h.held[m.Key] = m
		h.order = append(h.order, m.Key)
		select {
		case h.waiting <- struct{}{}:
		default:
		}
		return
	case held:
		h.held[m.Key] = Message{} // what comes now says more
	}
	h.broadcast(m)
}

// flush sends what was held back.
func (h *Hub) flush() {
	for {
		select {
		case <-h.ctx.Done():
			return
		case <-h.waiting:
		}
		timer := time.NewTimer(flushEvery)
		select {
		case <-h.ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		h.mu.Lock()
		for _, key := range h.order {
			h.broadcast(h.held[key])
		}
		clear(h.held)
		h.order = nil
		h.mu.Unlock()
	}
}

// broadcast puts a message into every client's queue. The caller holds h.mu.
func (h *Hub) broadcast(m Message) {
	all := h.encode(m.Data)
	admins := all
	if m.Admins != nil {
		admins = h.encode(m.Admins)
	}
	for c := range h.clients {
		text := all
		if c.viewer.Admin {
			text = admins
		}
		if text == nil {
			continue
		}
		select {
		case c.queue <- text:
		default:
			c.drop(websocket.StatusPolicyViolation, "too slow")
			delete(h.clients, c)
		}
	}
}

// update is the frame of every message, as in Dispatcharr.
type update struct {
	Type string `json:"type"` // "update"
	Data any    `json:"data"` // an object with a "type"
}

// encode writes a message; nil when there is none.
func (h *Hub) encode(data any) []byte {
	if data == nil {
		return nil
	}
	text, err := json.Marshal(update{"update", data})
	if err != nil {
		h.cfg.Log.Error("encode a message", "error", err)
		return nil
	}
	return text
}

// Serve answers a request for a WebSocket and returns when the connection is
// over. The request's sender is known to be v. An error says why there is no
// connection; it was answered.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, v Viewer) error {
	h.mu.Lock()
	if h.ctx.Err() != nil {
		h.mu.Unlock()
		http.Error(w, "the host is shutting down", http.StatusServiceUnavailable)
		return errors.New("the host is shutting down")
	}
	h.work.Add(1)
	h.mu.Unlock()
	defer h.work.Done()
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{OriginPatterns: h.cfg.Origins})
	if err != nil {
		return fmt.Errorf("open a WebSocket: %w", err)
	}
	c := newClient(h, conn, v)
	h.mu.Lock()
	h.clients[c] = true
	h.mu.Unlock()
	c.serve()
	h.mu.Lock()
	delete(h.clients, c)
	h.mu.Unlock()
	return nil
}
