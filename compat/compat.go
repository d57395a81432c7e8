// Package compat runs Dispatcharr's Python plugins: it carries the Python
// sources, keeps one warm Python process, the fork-server, and has it fork a
// worker for each plugin. What is said to a worker is not its business.
//
// The Python side is in python/pluggarr; forkserver.py there describes what is
// spoken between the two.
package compat

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/pluggarr/pluggarr/host/proc"
)

// The fork-server may die now and then, by an operator's hand or for want of
// memory. One that keeps dying is not started again at every call.
const (
	maxDeaths   = 5 // within deathWindow; then Fork fails until it has passed
	deathWindow = time.Minute
)

// ErrClosed reports a [Server.Fork] after [Server.Close].
var ErrClosed = errors.New("the Python fork-server was closed")

// ErrFailing reports that the fork-server died too often lately to be started
// again at once. Later it will be tried again.
var ErrFailing = errors.New("the Python fork-server keeps dying")

// errGone reports that the fork-server ended in the middle of a request.
var errGone = errors.New("the Python fork-server has ended")

// Config says how the fork-server runs.
type Config struct {
	// Starter starts it. It must live longer than the Server.
	Starter *proc.Starter
	// Python is the interpreter, from [Find].
	Python Python
	// Dir is a folder of the host's own that the Python sources are unpacked
	// into; it is made when absent.
	Dir string
	// PluginsDir is the plugins folder. Workers find modules there after all
	// other places, as with Dispatcharr, and its name in DISPATCHARR_PLUGINS_DIR.
	PluginsDir string
	// Database is the host's database for Django, "sqlite:///" and a path or a
	// PostgreSQL URL; "" means that plugins have no models.
	Database string
	// Data is the folder where plugins may write; "" means that they are not told.
	Data string
	// Secret signs what plugins sign with Django. It is not the host's own.
	Secret string
	// Redis is the URL of the Redis that plugins use; "" means none.
	Redis string
	// Env is the environment of the fork-server and its workers, "NAME=value".
	// Nil means an empty one.
	Env []string
	// Container, when not nil, is what the fork-server and its workers run in.
	Container *proc.Container
	// Log hears what the fork-server itself prints, which is only trouble, and
	// its restarts. Nil means nobody.
	Log *slog.Logger
}

// Server keeps a fork-server alive. Its methods may be used concurrently.
type Server struct {
	cfg     Config
	sources string // the folder with the unpacked package

	closing chan struct{} // closed by Close
	once    sync.Once     // closes closing

	turn    chan struct{} // holds one value; who takes it may use the fields below
	current *process      // nil before the first and after Close
	deaths  []time.Time   // the latest, oldest first
}

// Start unpacks the Python sources and starts the fork-server; ctx bounds the
// wait until it is ready and nothing later. Call [Server.Close] to end it.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	sources, err := unpack(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("unpack the Python sources: %w", err)
	}
	s := &Server{cfg: cfg, sources: sources, closing: make(chan struct{}), turn: make(chan struct{}, 1)}
	s.turn <- struct{}{}
	if _, err := s.alive(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// Fork makes a worker that knows nothing of a plugin yet. When the fork-server
// has died a new one is started; [ErrFailing] says that this happened too often,
// [ErrClosed] that it will not happen any more.
func (s *Server) Fork(ctx context.Context, limits proc.Limits) (*Child, error) {
	const attempts = 2 // the fork-server may die while it is asked
	var err error
	for range attempts {
		var p *process
		if p, err = s.alive(ctx); err != nil {
			return nil, err
		}
		var c *Child
		if c, err = p.fork(ctx, limits); !errors.Is(err, errGone) {
			return c, err
		}
		select {
		case <-p.done: // soon: nobody speaks to it any more
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return nil, err
}

// alive returns the fork-server that runs, starting one if none does.
func (s *Server) alive(ctx context.Context) (*process, error) {
	select {
	case <-s.turn:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { s.turn <- struct{}{} }()
	select {
	case <-s.closing:
		return nil, ErrClosed
	default:
	}
	if s.current != nil {
		if !s.current.gone() {
			return s.current, nil
		}
		<-s.current.done // soon, it is being cleared away
		s.cfg.Log.Warn("the Python fork-server died and is started again", "error", s.current.exit)
		s.died()
		s.current = nil
	}
	if err := s.failing(); err != nil {
		return nil, err
	}
	p, err := launch(ctx, &s.cfg, s.sources, s.closing)
	if err != nil {
		if ctx.Err() == nil && !errors.Is(err, ErrClosed) {
			s.died()
		}
		return nil, err
	}
	s.current = p
	return p, nil
}

func (s *Server) died() {
	s.deaths = append(s.deaths, time.Now())
	if len(s.deaths) > maxDeaths {
		s.deaths = s.deaths[1:]
	}
}

func (s *Server) failing() error {
	if len(s.deaths) < maxDeaths || time.Since(s.deaths[0]) > deathWindow {
		return nil
	}
	return fmt.Errorf("%w: %d times within %s", ErrFailing, maxDeaths, deathWindow)
}

// Close ends the fork-server with all its workers and waits for it. Closing
// twice is harmless.
func (s *Server) Close() error {
	s.once.Do(func() { close(s.closing) })
	<-s.turn // a start that goes on sees closing
	defer func() { s.turn <- struct{}{} }()
	if s.current == nil {
		return nil
	}
	s.current.close()
	s.current = nil
	return nil
}
