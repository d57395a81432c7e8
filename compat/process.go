package compat

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/pluggarr/pluggarr/host/proc"
)

const (
	sendTime = 5 * time.Second // for a request to be taken; the fork-server never waits for anybody but the host
	endTime  = 3 * time.Second // for the fork-server to end by itself and for its last words
	tailSize = 10              // printed lines that are kept for an error message
)

// process is one run of the fork-server, from its start to its end.
type process struct {
	cfg  *Config
	proc *proc.Process
	up   chan struct{} // closed when it is ready
	down chan struct{} // closed when it takes no more requests
	done chan struct{} // closed when it and its workers are gone
	exit error         // how it ended; set before done is closed

	printing sync.WaitGroup // the readers of its outputs
	writing  sync.Mutex     // held for one whole request
	ending   sync.WaitGroup // what clears away after workers that ended

	mu      sync.Mutex
	ended   bool // down is closed
	lastID  int64
	asked   map[int64]*asked
	workers map[int]*Child
	tail    []string
}

// asked is a fork that was asked for and not answered yet.
type asked struct {
	child     *Child
	answer    chan error // gets one value, unless abandoned
	abandoned bool       // nobody waits any more: what is forked for it is killed; written as long as it is in process.asked
}

// launch starts a fork-server and waits until it is ready, closing is closed or ctx ends.
func launch(ctx context.Context, cfg *Config, sources string, closing <-chan struct{}) (*process, error) {
	started, err := cfg.Starter.Start(proc.Spec{
		Path: cfg.Python.Path,
		Args: []string{"-m", "pluggarr.forkserver"},
		Env:  environment(cfg),
		Dir:  sources, // -m looks for the package there first

		Container: cfg.Container,
	})
	if err != nil {
		return nil, fmt.Errorf("start the Python fork-server: %w", err)
	}
	p := &process{
		cfg: cfg, proc: started,
		up: make(chan struct{}), down: make(chan struct{}), done: make(chan struct{}),
		asked: map[int64]*asked{}, workers: map[int]*Child{},
	}
	p.printing.Go(func() { p.print(started.Stdout) })
	p.printing.Go(func() { p.print(started.Stderr) })
	go p.listen()
	select {
	case <-p.up:
		return p, nil
	case <-p.done:
		return nil, fmt.Errorf("start the Python fork-server: %w", p.lastWords())
	case <-ctx.Done():
		err = ctx.Err()
	case <-closing:
		err = ErrClosed
	}
	_ = started.Kill() // done comes from it; what it was is of no interest
	<-p.done
	return nil, fmt.Errorf("start the Python fork-server: %w", err)
}

// environment is what Python and every plugin find in os.environ.
func environment(cfg *Config) []string {
	env := make([]string, 0, len(cfg.Env)+1)
	for _, entry := range cfg.Env {
		name, _, _ := strings.Cut(entry, "=")
		switch name {
		case "PYTHONSAFEPATH", "PYTHONINSPECT", "PYTHONSTARTUP", "PYTHONHOME":
			// They would keep the package from being found or the process from ending.
		case "DISPATCHARR_PLUGINS_DIR", "DATABASE_URL", "DISPATCHARR_DATA_DIR", "DJANGO_SECRET_KEY", "DJANGO_SETTINGS_MODULE", "REDIS_URL":
			// Those of another Django; ours follow.
		default:
			env = append(env, entry)
		}
	}
	env = append(env, "DISPATCHARR_PLUGINS_DIR="+cfg.PluginsDir)
	for name, value := range map[string]string{
		"DATABASE_URL": cfg.Database, "DISPATCHARR_DATA_DIR": cfg.Data, "DJANGO_SECRET_KEY": cfg.Secret, "REDIS_URL": cfg.Redis,
	} {
		if value != "" {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// gone says that it takes no more requests.
func (p *process) gone() bool {
	select {
	case <-p.down:
		return true
	default:
		return false
	}
}

// fork asks for one worker.
func (p *process) fork(ctx context.Context, limits proc.Limits) (*Child, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c, theirs, err := newChild(p, limits)
	if err != nil {
		return nil, fmt.Errorf("fork a Python worker: %w", err)
	}
	a := &asked{child: c, answer: make(chan error, 1)}
	id, err := p.expect(a)
	if err == nil {
		err = p.send(newForkRequest(id, limits, len(theirs)), theirs.fds())
	}
	theirs.close()
	if err == nil {
		select {
		case err = <-a.answer:
		case <-ctx.Done():
			if p.abandon(id, a) {
				c.discard()
				return nil, ctx.Err()
			}
			err = <-a.answer // it was faster
		}
	} else {
		p.abandon(id, a)
	}
	if err != nil {
		c.discard()
		return nil, fmt.Errorf("fork a Python worker: %w", err)
	}
	return c, nil
}

// expect notes that an answer will come.
func (p *process) expect(a *asked) (int64, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return 0, errGone
	}
	p.lastID++
	p.asked[p.lastID] = a
	return p.lastID, nil
}

// abandon says that nobody waits for an answer; false when it is there already.
func (p *process) abandon(id int64, a *asked) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, waiting := p.asked[id]
	if waiting {
		a.abandoned = true
	}
	return waiting
}

// send writes one request with its descriptors. errGone says that nobody reads.
func (p *process) send(request any, fds []int) error {
	line, err := encodeRequest(request)
	if err != nil {
		return err
	}
	var rights []byte
	if len(fds) > 0 {
		rights = syscall.UnixRights(fds...)
	}
	p.writing.Lock()
	defer p.writing.Unlock()
	if p.gone() {
		return errGone
	}
	if err := p.proc.Stream.SetWriteDeadline(time.Now().Add(sendTime)); err != nil {
		return fmt.Errorf("%w: %w", errGone, err)
	}
	n, _, err := p.proc.Stream.WriteMsgUnix(line, rights, nil)
	if err == nil && n < len(line) {
		_, err = p.proc.Stream.Write(line[n:])
	}
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		// Half a line may be on its way: nothing that follows could be understood.
		_ = p.proc.Kill() // listen sees the end and reports it
		return fmt.Errorf("%w: it does not take requests", errGone)
	case err != nil:
		return fmt.Errorf("%w: %w", errGone, err)
	}
	return nil
}

// listen takes in what the fork-server says until it hangs up, then sees it off.
// It alone knows the workers, so no exit can be heard before its fork.
func (p *process) listen() {
	lines := bufio.NewScanner(p.proc.Stream)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		r, err := decodeReport(lines.Bytes())
		if err != nil {
			p.cfg.Log.Error("the Python fork-server is not understood and ended", "error", err)
			_ = p.proc.Kill() // bury waits for it
			break
		}
		p.take(r)
	}
	p.bury(endTime)
}

func (p *process) take(r report) {
	switch {
	case r.Ready != 0:
		select {
		case <-p.up:
		default:
			close(p.up)
		}
	case r.Exit != 0:
		p.mu.Lock()
		c := p.workers[r.Exit]
		delete(p.workers, r.Exit)
		p.mu.Unlock()
		if c != nil {
			why := p.why(r)
			p.ending.Go(func() { c.ended(why) })
		}
	default:
		p.answer(r)
	}
}

// why says how a worker ended: as its fork-server saw it, unless the host knows
// the reason.
func (p *process) why(r report) error {
	if over := p.proc.Fenced(r.Exit); over != nil {
		return over
	}
	return exitError(r.Status)
}

func (p *process) answer(r report) {
	p.mu.Lock()
	a := p.asked[r.ID]
	delete(p.asked, r.ID)
	if a != nil && r.Pid != 0 {
		a.child.Pid = r.Pid
		p.workers[r.Pid] = a.child
	}
	p.mu.Unlock()
	switch {
	case a == nil:
	case a.abandoned && r.Pid != 0:
		_ = a.child.Kill() // it also sees its stream end
	case r.Error != "":
		a.answer <- errors.New(r.Error)
	default:
		a.answer <- nil
	}
}

// bury waits for the end of a process that said its last word, kills what is
// left of it after grace, and tells everybody who waits for something from it.
func (p *process) bury(grace time.Duration) {
	p.mu.Lock()
	p.ended = true
	p.mu.Unlock()
	close(p.down)
	timer := time.AfterFunc(grace, func() { _ = p.proc.Kill() }) // Wait reports how it ended
	err := p.proc.Wait()
	timer.Stop()
	p.release(err)
	p.ending.Wait()
	_ = p.proc.Stream.Close() // the other end is gone
	p.stopPrinting()
	p.exit = err
	close(p.done)
}

// release tells those who wait for a worker or for its end that there is no more
// to wait for.
func (p *process) release(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for pid, c := range p.workers {
		if err != nil && p.cfg.Container == nil {
			// The kernel has killed the worker, not what it started. Its group's number is not given to others
			// as long as one of them lives, and pids are not used again within the moment since then.
			_ = syscall.Kill(-pid, syscall.SIGKILL) // most left nothing behind
		}
		p.ending.Go(func() { c.ended(errors.New("signal: killed (the Python fork-server ended)")) })
	}
	clear(p.workers)
	for _, a := range p.asked {
		a.answer <- errGone
	}
	clear(p.asked)
}

// stopPrinting waits for the rest of the output; something that holds the pipe
// open is not waited for.
func (p *process) stopPrinting() {
	for _, f := range []*os.File{p.proc.Stdout, p.proc.Stderr} {
		_ = f.SetReadDeadline(time.Now().Add(endTime)) // pipes have deadlines
	}
	p.printing.Wait()
	_ = p.proc.Stdout.Close()
	_ = p.proc.Stderr.Close()
}

// print logs what the fork-server prints, a record a line.
func (p *process) print(f *os.File) {
	lines := bufio.NewReaderSize(f, maxLine)
	for {
		line, _, err := lines.ReadLine()
		if err != nil {
			return
		}
		p.cfg.Log.Warn("the Python fork-server says", "line", string(line))
		p.mu.Lock()
		p.tail = append(p.tail, string(line))
		if len(p.tail) > tailSize {
			p.tail = p.tail[1:]
		}
		p.mu.Unlock()
	}
}

// lastWords is how it ended, with what it printed before.
func (p *process) lastWords() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	exit := p.exit
	if exit == nil {
		exit = errGone
	}
	if len(p.tail) == 0 {
		return exit
	}
	return fmt.Errorf("%w: %s", exit, strings.Join(p.tail, "\n"))
}

// close has the fork-server end its workers and itself, and waits for it.
func (p *process) close() {
	_ = p.proc.Stream.CloseWrite() // it may have ended by itself
	timer := time.AfterFunc(endTime, func() { _ = p.proc.Kill() })
	defer timer.Stop()
	<-p.done
}
