package interp

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"

	"github.com/pluggarr/pluggarr/host/dialect"
	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// maxStack is how deep a plugin's recursion may go before the process ends, in
// bytes of stack. The interpreter needs ten times what a compiled plugin does,
// and Go's own limit of 1 GB would take the machine with it.
const maxStack = 64 << 20

// loadingGC is how many percent the heap may grow between two collections
// while a plugin is loaded: nearly all that is made then stays. It saves a
// quarter of the time.
const loadingGC = 400

// ServeWorker is the life of a worker process that interprets: it answers
// inspect until hello names the plugin, then runs that one until the stream
// ends or main returns. The process belongs to the plugin from then on: its
// working directory is the plugin's folder. The error is nil when the host hung
// up and when it was told why the plugin could not be loaded.
func ServeWorker(ctx context.Context, stream io.ReadWriteCloser) error {
	debug.SetMaxStack(maxStack)
	usual := debug.SetGCPercent(loadingGC)
	checker, err := dialect.New()
	if err != nil {
		return err
	}
	w := &worker{stream: &onceCloser{ReadWriteCloser: stream}, checker: checker, interpreter: New(), usualGC: usual}
	w.in = bufio.NewReader(w.stream)
	stop := context.AfterFunc(ctx, func() { _ = w.stream.Close() }) // whoever reads it sees the end
	defer stop()
	err = w.serve() //nolint:contextcheck // the SDK's session lives as long as its stream, which ctx closes
	if closing := w.stream.Close(); err == nil && closing != nil {
		err = fmt.Errorf("close the host's stream: %w", closing)
	}
	return err
}

// worker is a process that waits for its plugin.
type worker struct {
	stream      io.ReadWriteCloser
	in          *bufio.Reader // reads stream
	checker     *dialect.Checker
	interpreter *Interpreter
	usualGC     int // in percent, from when the plugin is loaded
}

func (w *worker) serve() error {
	w.warm()
	for {
		req, line, err := wire.ReadRequest(w.in)
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, os.ErrClosed), errors.Is(err, io.ErrClosedPipe):
			return nil
		case err != nil:
			return fmt.Errorf("read the host's call: %w", err)
		case req.ID == nil: // nothing that could be cancelled
		case req.Method == wire.MethodInspect:
			err = w.inspect(req)
		case req.Method == wire.MethodHello:
			return w.hello(req, line)
		default:
			err = w.answer(req, nil, wire.Errorf(wire.CodeInvalidRequest, "%s before hello", req.Method))
		}
		if err != nil {
			return err
		}
	}
}

// warm reads ahead what most plugins need until the host calls. A spare worker
// has the time; one that was started for a call does not come far.
func (w *worker) warm() {
	called := make(chan struct{})
	go func() {
		defer close(called)
		_, _ = w.in.Peek(1) // an error comes again with the next read
	}()
	for _, path := range []string{
		dialect.SDK, "fmt", "strings", "time", "errors", "context", "encoding/json", "net/http", "net/url", "os", "io", "sync",
		"strconv", "regexp", "sort", "bytes", "bufio", "path/filepath", "slices", "math", "encoding/csv", "encoding/xml",
	} {
		select {
		case <-called:
			return
		default:
		}
		_ = w.checker.Load(path) // it would fail again, and be reported, in a check
	}
	<-called
}

func (w *worker) inspect(req wire.Request) error {
	var p wire.InspectParams
	if err := json.Unmarshal(req.Params, &p); err != nil {
		return w.answer(req, nil, wire.Errorf(wire.CodeInvalidParams, "decode the parameters: %v", err))
	}
	r := w.check(p.Dir)
	return w.answer(req, struct {
		Description sdk.Description `json:"description"`
		Problems    []wire.Problem  `json:"problems"`
	}{r.Description, r.Problems}, nil)
}

// check reads the plugin in a folder. Links do not lead out of it.
func (w *worker) check(dir string) *dialect.Result {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return &dialect.Result{
			Description: sdk.Description{Runtime: "go"},
			Problems:    []wire.Problem{{Message: fmt.Sprintf("the plugin's folder cannot be read: %v", err)}},
		}
	}
	defer func() { _ = root.Close() }() // read only
	return w.checker.Check(root.FS(), filepath.Base(dir))
}

// hello loads the plugin. The SDK's session answers the call once the plugin
// has come to sdk.Serve; until then it is answered here.
func (w *worker) hello(req wire.Request, line []byte) error {
	var p wire.HelloParams
	if err := json.Unmarshal(req.Params, &p); err != nil {
		return w.answer(req, nil, wire.Errorf(wire.CodeInvalidParams, "decode hello: %v", err))
	}
	if p.Protocol != wire.Version {
		return w.answer(req, nil, wire.Errorf(wire.CodeVersion,
			"the host speaks protocol %d, this worker %d: both have to be of the same release", p.Protocol, wire.Version))
	}
	r := w.check(p.Dir)
	if len(r.Problems) > 0 {
		return w.answer(req, nil, loadError(r.Problems, ""))
	}
	if err := os.Chdir(p.Dir); err != nil {
		return w.answer(req, nil, loadError([]wire.Problem{{Message: err.Error()}}, ""))
	}
	session := &session{stream: w.stream, in: io.MultiReader(bytes.NewReader(line), w.in)}
	err := w.interpreter.Run(r, []string{p.Dir}, func(plugin sdk.Plugin, frames Frames) {
		debug.SetGCPercent(w.usualGC)
		session.serve(plugin, frames)
	})
	served, ended := session.state()
	failure, _ := errors.AsType[*Failure](err)
	switch {
	case served && err != nil:
		return err
	case served:
		return ended
	case failure != nil:
		return w.answer(req, nil, loadError([]wire.Problem{failure.Problem}, failure.Traceback))
	}
	return w.answer(req, nil, loadError([]wire.Problem{{Message: "main returned without a call of sdk.Serve"}}, ""))
}

// loadError is the answer to a hello that names a plugin with problems.
func loadError(problems []wire.Problem, traceback string) *wire.Error {
	message := sentence(problems[0])
	if more := len(problems) - 1; more > 0 {
		message += fmt.Sprintf(" (and %d more)", more)
	}
	return wire.Errorf(wire.CodeLoad, "%s", message).
		WithData(wire.LoadFailure{Problems: problems, Traceback: traceback})
}

func (w *worker) answer(req wire.Request, result any, failure *wire.Error) error {
	return wire.WriteAnswer(w.stream, req.ID, result, failure)
}

// session hands the host's stream to the plugin, which may do with it what it
// can do in a process of its own: call sdk.Serve once.
type session struct {
	stream io.ReadWriteCloser
	in     io.Reader // hello, then what follows in stream

	mu     sync.Mutex
	served bool
	ended  error
}

// serve takes the place of sdk.Serve.
func (s *session) serve(p sdk.Plugin, frames Frames) {
	s.mu.Lock()
	twice := s.served
	s.served = true
	s.mu.Unlock()
	if twice {
		panic("sdk.Serve was called before")
	}
	err := sdk.ServeTraced(struct {
		io.Reader
		io.WriteCloser
	}{s.in, s.stream}, p, frames)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = err
}

func (s *session) state() (served bool, ended error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.served, s.ended
}

// onceCloser is a stream that may be closed by each of its users.
type onceCloser struct {
	io.ReadWriteCloser
	once sync.Once
	err  error
}

// Close closes the stream, the first time.
func (c *onceCloser) Close() error {
	c.once.Do(func() { c.err = c.ReadWriteCloser.Close() })
	return c.err
}
