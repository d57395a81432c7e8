// Package kv is the Redis that plugins share when the operator names none: a
// server within the host, on the loopback, whose content ends with the host.
package kv

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// scriptTime is how long a script may go on once the server is to end.
const scriptTime = 2 * time.Second

// Server is a running server. Its methods may be used concurrently.
type Server struct {
	redis    *miniredis.Miniredis
	password string
}

// Start begins to listen on a free port of the loopback. Whoever knows no
// password is refused. Call [Server.Close] to end it.
func Start() (*Server, error) {
	s := &Server{redis: miniredis.NewMiniRedis(), password: rand.Text()}
	s.redis.RequireAuth(s.password)
	s.redis.ClockTTL(true) // else no key would ever expire
	if err := s.redis.StartAddr("127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("start the Redis for plugins: %w", err)
	}
	return s, nil
}

// URL is where it is, with the password, as in "redis://:secret@127.0.0.1:40001/0".
func (s *Server) URL() string {
	at := url.URL{Scheme: "redis", User: url.UserPassword("", s.password), Host: s.redis.Addr(), Path: "/0"}
	return at.String()
}

// Close ends the server and its connections. It waits two seconds at most: a
// script of a plugin that never ends holds it until the process ends.
func (s *Server) Close() {
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		s.redis.Close()
	}()
	select {
	case <-closed:
	case <-time.After(scriptTime):
	}
}
