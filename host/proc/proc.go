// Package proc starts, limits, kills and reaps the processes of the host. It
// knows nothing of plugins: a process here has a stream, two outputs and an end.
package proc

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
)

// Limits bounds one process. The zero value limits nothing.
type Limits struct {
	// Memory is the most bytes of data (heap, private mappings) the process
	// may have; the host's own limit holds where it is lower. Zero means no limit. Enforced as RLIMIT_DATA, never RLIMIT_AS:
	// the Go runtime reserves more addresses at its start than it ever uses.
	Memory int64
	// Files is the most files the process may have open; the host's own limit
	// holds where it is lower, and for zero.
	Files int
	// Processes is for [Starter.Fence]: the most processes in one's group. Zero
	// means no limit.
	Processes int
}

// Environ returns what Limits adds to a process's environment: the Go runtime
// collects harder before the kernel says no. Nil without a memory limit.
func (l Limits) Environ() []string {
	if l.Memory <= 0 {
		return nil
	}
	const share = 0.9 // what the garbage collector may use of it; the rest is stacks and the runtime's own
	return []string{"GOMEMLIMIT=" + strconv.FormatInt(int64(float64(l.Memory)*share), 10)}
}

// Spec says what to start.
type Spec struct {
	Path   string   // the program: an absolute path, or a name that is looked for in the host's PATH
	Args   []string // its arguments, without the program's name
	Env    []string // the whole environment, "NAME=value"; nil means an empty one
	Dir    string   // its working folder; "" means the host's
	Limits Limits   // set before the process is handed out
	// Container, when not nil, is what the process runs in.
	Container *Container
}

// Starter starts processes. They die with the host, however it dies, because
// one OS thread, kept for the Starter's life, is the parent of them all
// (PR_SET_PDEATHSIG looks at the thread). Its methods may be used concurrently.
type Starter struct {
	owner    string       // what its processes are marked with; "" for no mark
	count    atomic.Int64 // processes so far
	requests chan request
	stopped  chan struct{} // closed by Close
	ended    chan struct{} // closed when the thread has been let go
	once     sync.Once
	fences   sync.WaitGroup // what Fence started
	running  sync.Map       // of the marked ones: mark to *Process
	cgroups  *cgroups       // nil: none are used
}

type request struct {
	cmd  *exec.Cmd
	done chan error
}

// ErrClosed reports a start after [Starter.Close].
var ErrClosed = errors.New("starting of processes has ended")

// NewStarter returns a Starter; call Close to end its thread. Its processes are
// marked with the owner, a short name without dots that no other host on the
// machine has, so that [EndOrphans] finds what they leave behind; "" marks
// nothing, and what leaves its process group then outlives it.
func NewStarter(owner string) *Starter {
	s := &Starter{owner: owner, requests: make(chan request), stopped: make(chan struct{}), ended: make(chan struct{})}
	go s.serve()
	return s
}

// Close ends the Starter. Where the system ties children to their parent's
// thread, processes that still run are killed by it.
func (s *Starter) Close() {
	s.once.Do(func() { close(s.stopped) })
	<-s.ended
	s.fences.Wait()
	if s.cgroups != nil {
		s.cgroups.close()
	}
}

// Process is a process that was started. Its stream and outputs are closed by
// whoever takes them.
type Process struct {
	Stream *net.UnixConn // the other end of the process's file descriptor 3
	Stdout *os.File      // what it prints; ends when all that inherited it have ended
	Stderr *os.File      // the same for its error output
	Pid    int           // its process id, and that of its process group

	mark      string  // what it and all it starts bear; "" for nothing
	contained bool    // all it starts ends with it, and its end is told in a status
	group     *Cgroup // what it and all it starts are in; nil for the host's own

	done   chan struct{} // closed when reaped
	mu     sync.Mutex    // guards gone and fenced
	gone   bool          // reaped: from now on the pid may be somebody else's
	fenced map[int]int   // groups that Fence ended, as they count themselves, and what it allowed
	err    error         // how it ended; set before done is closed
}

// Start starts a process in a group of its own, with one end of a socket pair
// as file 3, pipes as output and nothing to read as input. The error is
// [ErrClosed], or says what keeps the program from starting.
func (s *Starter) Start(spec Spec) (*Process, error) {
	ours, theirs, err := Socketpair()
	if err != nil {
		return nil, err
	}
	p := &Process{Stream: ours, contained: spec.Container != nil, done: make(chan struct{})}
	cmd := exec.Command(spec.Path, spec.Args...) //nolint:noctx // its end is Kill's and Wait's, a context would be a second owner
	cmd.SysProcAttr = attributes()
	cmd.Dir = spec.Dir
	if spec.Container != nil {
		if cmd, err = spec.Container.command(spec); err != nil {
			p.closeOurs()
			_ = theirs.Close() // nobody has it
			return nil, err
		}
	}
	cmd.Env = append(append([]string{}, spec.Env...), spec.Limits.Environ()...)
	if s.owner != "" {
		p.mark = s.owner + "." + strconv.FormatInt(s.count.Add(1), 10)
		cmd.Env = append(cmd.Env, markVariable+"="+p.mark)
	}
	cmd.ExtraFiles = []*os.File{theirs}
	p.group = s.Cgroup(spec.Limits)
	if err := p.start(s, cmd, theirs); err != nil {
		_ = p.group.End() // nothing ran in it
		return nil, fmt.Errorf("start %s: %w", spec.Path, explain(cmd, err))
	}
	if !p.contained { // else its keeper sets them, before it starts
		err = ApplyLimits(p.Pid, spec.Limits) // before it can be reaped: the pid is its own
	}
	if p.mark != "" {
		s.running.Store(p.mark, p)
	}
	go p.reap(s, cmd)
	if err != nil {
		p.discard()
		return nil, fmt.Errorf("limit %s: %w", spec.Path, err)
	}
	return p, nil
}

// start makes the pipes and hands cmd to the starting thread; on an error
// everything opened so far is closed.
func (p *Process) start(s *Starter, cmd *exec.Cmd, theirs *os.File) error {
	var ends []*os.File
	ends = append(ends, theirs)
	pipe := func() (*os.File, *os.File, error) {
		r, w, err := os.Pipe()
		ends = append(ends, w)
		return r, w, err
	}
	var out, errs *os.File
	var err error
	if p.Stdout, out, err = pipe(); err == nil {
		if p.Stderr, errs, err = pipe(); err == nil {
			cmd.Stdout, cmd.Stderr = out, errs
			started := p.group.admit(cmd.SysProcAttr)
			err = s.submit(cmd)
			started()
		}
	}
	for _, f := range ends {
		if f != nil {
			_ = f.Close() // the child has its own copy
		}
	}
	if err != nil {
		p.closeOurs()
		return err
	}
	p.Pid = cmd.Process.Pid
	return nil
}

func (s *Starter) submit(cmd *exec.Cmd) error {
	r := request{cmd: cmd, done: make(chan error, 1)}
	select {
	case s.requests <- r:
		return <-r.done
	case <-s.stopped:
		return ErrClosed
	}
}

func (p *Process) closeOurs() {
	_ = p.Stream.Close()
	for _, f := range []*os.File{p.Stdout, p.Stderr} {
		if f != nil {
			_ = f.Close()
		}
	}
}

// discard ends a process that nobody has seen yet.
func (p *Process) discard() {
	_ = p.Kill()
	<-p.done
	p.closeOurs()
}

func (p *Process) reap(s *Starter, cmd *exec.Cmd) {
	if waitExited(p.Pid) { // the pid stays ours until Wait collects it
		p.mu.Lock()
		_ = killGroup(p.Pid) // what it left in its group must not outlive it
		p.err = cmd.Wait()
	} else {
		p.err = cmd.Wait()
		p.mu.Lock()
	}
	p.gone = true
	p.mu.Unlock()
	if p.contained {
		p.err = keptError(p.err)
	} else if p.mark != "" {
		_, _ = endMarked(p.mark) // what has left its group; the next start of the host tries again
	}
	s.running.Delete(p.mark)
	p.err = p.why(p.err)
	if over := p.group.End(); over != nil && p.err != nil {
		p.err = over
	}
	close(p.done)
}

// Kill ends the process and everything in its group at once. It is no error
// when the process has ended already.
func (p *Process) Kill() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.gone {
		return nil
	}
	if err := killGroup(p.Pid); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("kill process %d: %w", p.Pid, err)
	}
	return nil
}

// Running says that the process has not been reaped yet.
func (p *Process) Running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// Wait returns when the process has ended and is reaped: nil after exit status
// 0, else an error that says how it ended. Any number of callers may wait.
func (p *Process) Wait() error {
	<-p.done
	return p.err
}

// Socketpair returns two connected ends, neither inherited by a process unless
// it is handed on: ours to talk through, theirs to hand on and then close.
func Socketpair() (ours *net.UnixConn, theirs *os.File, err error) {
	fds, err := streamPair()
	if err != nil {
		return nil, nil, fmt.Errorf("make a socket pair: %w", err)
	}
	theirs = os.NewFile(uintptr(fds[1]), "worker")
	mine := os.NewFile(uintptr(fds[0]), "host")
	conn, err := net.FileConn(mine)
	_ = mine.Close() // FileConn has duplicated it
	if err != nil {
		_ = theirs.Close()
		return nil, nil, fmt.Errorf("use a socket pair: %w", err)
	}
	stream, ok := conn.(*net.UnixConn)
	if !ok {
		_ = conn.Close()
		_ = theirs.Close()
		return nil, nil, fmt.Errorf("use a socket pair: it is a %T", conn)
	}
	return stream, theirs, nil
}
