// Package worker talks to one plugin process and ends it. It does not care what
// the process is: an interpreter, a compiled plugin, a fork of the Python
// server. What should be alive is package registry's business.
package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// DefaultGrace is how long a worker may take to end a call or itself before it
// is killed, unless the operator chose otherwise.
const DefaultGrace = 5 * time.Second

// longestDescription is how much a plugin may say of itself, in bytes.
const longestDescription = 2 << 20

// maxInFlight is how many calls of one plugin the host serves at once.
const maxInFlight = 64

// Child is the process behind a worker.
type Child interface {
	// Kill ends the process and its group at once; nil when it is gone.
	Kill() error
	// Wait returns when the process is gone: nil after exit status 0.
	Wait() error
}

// Process is a process that was started and not greeted yet.
type Process struct {
	Stream net.Conn // the protocol
	Stdout *os.File // what it prints
	Stderr *os.File // what it prints as errors
	Child  Child    // its end
}

// Config says what becomes of what a worker says. The zero value is useful for
// inspection only.
type Config struct {
	// Log hears every record and every line the plugin writes, in order. It is
	// called from several goroutines and must not wait. Nil drops them.
	Log func(Line)
	// Progress hears how far runs are. It must not wait. Nil drops it.
	Progress func(wire.ProgressParams)
	// Changed hears that the plugin may describe itself otherwise now. It must not
	// wait. Nil drops it.
	Changed func()
	// Handle answers the plugin's calls to the host. Nil refuses them all.
	Handle wire.Handler
	// HungUp is called once when the connection has ended, while the calls that
	// Handle still serves are being cancelled: what is held for this plugin is to
	// be given back, now. Nil: nothing is.
	HungUp func()
	// Grace is the time to end a call or the process. Zero means DefaultGrace.
	Grace time.Duration
}

// Worker is a plugin process. Its methods may be used concurrently.
type Worker struct {
	conn   *wire.Conn
	proc   Process
	config atomic.Pointer[Config] // replaced once, by Hello
	tail   tail

	ending   chan struct{} // closed when the host wants it to end
	endOnce  sync.Once
	deaf     atomic.Bool // killed because a cancelled call did not end
	gone     chan struct{}
	exit     error // how the process ended; set before gone is closed
	reading  sync.WaitGroup
	deadline atomic.Pointer[time.Time] // when an ending process is killed
}

// New takes over a fresh process. Nobody but the Worker may use it from now on.
func New(p Process) *Worker {
	w := &Worker{proc: p, ending: make(chan struct{}), gone: make(chan struct{})}
	w.config.Store(&Config{})
	w.conn = wire.NewConn(p.Stream, wire.Config{Handle: w.handle, Notify: w.notify, MaxInFlight: maxInFlight})
	w.reading.Go(func() { w.read(p.Stdout, "stdout") })
	w.reading.Go(func() { w.read(p.Stderr, "stderr") })
	w.reading.Go(w.handBack)
	go w.supervise()
	return w
}

// Inspection is what a plugin's folder tells without running the plugin.
type Inspection struct {
	Description sdk.Description `json:"description"` // as far as it could be read
	Problems    []wire.Problem  `json:"problems"`    // mistakes in the source; empty when it may be loaded
}

// Inspect reads the plugin in dir without running it. It works before Hello,
// any number of times, for different folders.
func (w *Worker) Inspect(ctx context.Context, dir string) (Inspection, error) {
	var out Inspection
	if err := w.describe(ctx, wire.MethodInspect, wire.InspectParams{Dir: dir}, &out); err != nil {
		return Inspection{}, err
	}
	return out, nil
}

// describe asks for what is kept in memory and shown in every list of plugins,
// which has to be of a size for it.
func (w *Worker) describe(ctx context.Context, method string, params, result any) error {
	var raw json.RawMessage
	if err := w.call(ctx, method, params, &raw); err != nil {
		return err
	}
	if len(raw) > longestDescription {
		return &LoadError{Message: fmt.Sprintf("what the plugin says of itself is %d bytes long, %d are allowed", len(raw), longestDescription)}
	}
	if len(raw) == 0 {
		return nil
	}
	if err := json.Unmarshal(raw, result); err != nil {
		return fmt.Errorf("decode the answer to %s: %w: %w", method, wire.ErrAnswer, err)
	}
	return nil
}

// Hello gives the process its plugin, which loads the code; cfg says what
// becomes of what the plugin says from now on. When it fails the process is of
// no more use; [Worker.Stop] it. A failure of the plugin's code is a
// [*LoadError].
func (w *Worker) Hello(ctx context.Context, hello wire.HelloParams, cfg Config) error {
	w.config.Store(&cfg)
	hello.Protocol = wire.Version
	var answer wire.HelloResult
	if err := w.call(ctx, wire.MethodHello, hello, &answer); err != nil {
		return loadError(err)
	}
	if answer.Protocol != wire.Version {
		return &LoadError{Message: fmt.Sprintf(
			"it speaks protocol %d, the host speaks %d: build it with this host's SDK", answer.Protocol, wire.Version)}
	}
	return nil
}

// Describe returns what the plugin says of itself. A Python plugin is
// instantiated by it. Errors are as with Hello.
func (w *Worker) Describe(ctx context.Context) (sdk.Description, error) {
	var d sdk.Description
	if err := w.describe(ctx, wire.MethodDescribe, nil, &d); err != nil {
		return sdk.Description{}, loadError(err)
	}
	return d, nil
}

// Start tells the plugin that it is enabled, or that its settings changed.
func (w *Worker) Start(ctx context.Context, p wire.StartParams) error {
	return w.call(ctx, wire.MethodStart, p, nil)
}

// Options asks the plugin for the choices of one of its settings fields.
func (w *Worker) Options(ctx context.Context, p wire.OptionsParams) ([]sdk.Option, error) {
	var out []sdk.Option
	err := w.call(ctx, wire.MethodOptions, p, &out)
	return out, err
}

// Run runs one action and returns its JSON result. When ctx ends the run is
// cancelled and has the grace to end; a plugin that does not listen is killed,
// and with it its other calls. The error is then ctx's cause. A failure of the
// plugin is a [*wire.Error]; its death a [*DeathError].
func (w *Worker) Run(ctx context.Context, p wire.RunParams) (json.RawMessage, error) {
	return w.work(ctx, wire.MethodRun, p.Action, p)
}

// Task carries out a task that a Python plugin sent with Celery. It ends as Run does.
func (w *Worker) Task(ctx context.Context, p wire.TaskParams) (json.RawMessage, error) {
	return w.work(ctx, wire.MethodTask, p.Task, p)
}

// Saved tells a Python plugin that the host has refreshed a row.
func (w *Worker) Saved(ctx context.Context, p wire.SavedParams) error {
	return w.call(ctx, wire.MethodSaved, p, nil)
}

// work calls what may take long, and sees to it that it ends with ctx.
func (w *Worker) work(ctx context.Context, method, what string, params any) (json.RawMessage, error) {
	pending, err := w.conn.Begin(ctx, method, params)
	switch {
	case err != nil && errors.Is(err, ctx.Err()): // it takes no calls, and the waiting was over
		return nil, fmt.Errorf("run %s: %w", what, context.Cause(ctx))
	case err != nil:
		return nil, w.explain(err)
	}
	select {
	case <-pending.Done():
		result, err := pending.Result()
		return result, w.explain(err)
	case <-ctx.Done():
	}
	pending.Cancel()
	grace := time.NewTimer(w.grace())
	defer grace.Stop()
	select {
	case <-pending.Done():
		if result, err := pending.Result(); err == nil {
			return result, nil // it was faster than the cancellation
		}
	case <-grace.C:
		w.deaf.Store(true)
		if err := w.proc.Child.Kill(); err != nil {
			return nil, err
		}
		<-w.gone
	}
	return nil, fmt.Errorf("run %s: %w", what, context.Cause(ctx))
}

// Quiesce tells the plugin to end its own work, for one of the protocol's
// reasons, and lets the calls that are under way go on. It takes the grace at
// most; [Worker.Stop] with nil follows it.
func (w *Worker) Quiesce(ctx context.Context, p wire.StopParams) error {
	ctx, cancel := context.WithTimeout(ctx, w.grace())
	defer cancel()
	return w.call(ctx, wire.MethodStop, p, nil)
}

// Stop asks the plugin to end, for one of the protocol's reasons, and waits
// until its process is gone: by itself within the grace and before ctx's
// deadline, else killed. A nil params skips the question and closes the stream at once. The error is what
// the plugin's own stopping reported; the process is gone in any case.
func (w *Worker) Stop(ctx context.Context, p *wire.StopParams) error {
	until := time.Now().Add(w.grace())
	if earlier, ok := ctx.Deadline(); ok && earlier.Before(until) {
		until = earlier
	}
	ctx, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	w.deadline.Store(&until)
	w.endOnce.Do(func() { close(w.ending) })
	var err error
	if p != nil {
		err = w.call(ctx, wire.MethodStop, p, nil)
		if _, died := errors.AsType[*DeathError](err); died {
			err = nil // it was gone already
		}
	}
	_ = w.conn.Close() // the process sees the end of its stream, whatever Close says
	<-w.gone
	return err
}

// Done is closed when the process is gone and its output has been read.
func (w *Worker) Done() <-chan struct{} { return w.gone }

// Lost says that nobody can speak to the process any more: it is gone, or soon
// will be.
func (w *Worker) Lost() bool {
	select {
	case <-w.conn.Done():
		return true
	default:
		return w.Death() != nil
	}
}

// Deaf says that the process was killed for not ending a cancelled call.
func (w *Worker) Deaf() bool { return w.deaf.Load() }

// Death says how the process ended; nil while it lives.
func (w *Worker) Death() *DeathError {
	select {
	case <-w.gone:
		return &DeathError{Exit: w.exit, Cause: w.conn.Err(), Output: w.tail.lines()}
	default:
		return nil
	}
}

// handBack tells the host's side that the plugin calls no more.
func (w *Worker) handBack() {
	<-w.conn.Done()
	if hungUp := w.config.Load().HungUp; hungUp != nil {
		hungUp()
	}
}

func (w *Worker) call(ctx context.Context, method string, params, result any) error {
	return w.explain(w.conn.Call(ctx, method, params, result))
}

// explain replaces a broken connection by what became of the process.
func (w *Worker) explain(err error) error {
	if !errors.Is(err, wire.ErrClosed) && !errors.Is(err, wire.ErrFrame) {
		return err
	}
	<-w.gone // soon: supervise ends what has no connection any more
	return w.Death()
}

func (w *Worker) grace() time.Duration {
	if g := w.config.Load().Grace; g > 0 {
		return g
	}
	return DefaultGrace
}

// supervise waits for the end of the process or of its connection, and sees to
// the other one's.
func (w *Worker) supervise() {
	exited := make(chan error, 1)
	go func() { exited <- w.proc.Child.Wait() }()
	select {
	case w.exit = <-exited:
		w.hangUp()
	case <-w.conn.Done():
		w.exit = w.end(exited)
	}
	w.conn.Wait()
	w.drain()
	close(w.gone)
}

// hangUp ends the connection to a process that is gone, once what it said last
// has been heard. Something it forked may still hold the other end.
func (w *Worker) hangUp() {
	timer := time.NewTimer(drainTime)
	defer timer.Stop()
	select {
	case <-w.conn.Done():
	case <-timer.C:
		_ = w.conn.Close() // there is nobody left to tell
	}
}

// end ends a process whose connection is gone: one that was asked to end has
// its grace for it, with any other nobody can speak any more.
func (w *Worker) end(exited <-chan error) error {
	select {
	case <-w.ending:
		timer := time.NewTimer(time.Until(*w.deadline.Load()))
		defer timer.Stop()
		select {
		case err := <-exited:
			return err
		case <-timer.C:
		}
	default:
	}
	if err := w.proc.Child.Kill(); err != nil {
		return err // it may live on, but waiting for it would be for ever
	}
	return <-exited
}
