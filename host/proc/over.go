package proc

import (
	"fmt"
	"strings"
)

// LimitError reports that a process was ended, with what it started, because
// all of them together had more than one of the [Limits] allows.
type LimitError struct {
	Limit string // "memory" or "processes"
	Most  int64  // what was allowed, in bytes or processes
}

// Error says what there was too much of, as what follows "because".
func (e *LimitError) Error() string {
	if e.Limit == "memory" {
		return fmt.Sprintf("it used more than %s of memory, with all it started", bytesOf(e.Most))
	}
	return fmt.Sprintf("it made more than %d processes", e.Most)
}

// bytesOf writes a number of bytes in the largest unit that it is a multiple of.
func bytesOf(n int64) string {
	for _, unit := range []struct {
		name string
		size int64
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if n >= unit.size && n%unit.size == 0 {
			return fmt.Sprintf("%d %s", n/unit.size, unit.name)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}

// Fenced says that [Starter.Fence] has ended the process group of this number,
// as the process and what it forked count; nil when it has not. It says so once.
func (p *Process) Fenced(group int) *LimitError {
	p.mu.Lock()
	defer p.mu.Unlock()
	most, fenced := p.fenced[group]
	if !fenced {
		return nil
	}
	delete(p.fenced, group)
	return &LimitError{Limit: "processes", Most: int64(most)}
}

// fence notes that a group is about to be ended for having more than most
// processes.
func (p *Process) fence(group, most int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fenced == nil {
		p.fenced = map[int]int{}
	}
	p.fenced[group] = most
}

// why puts the reason for a kill in the place of how it looked from outside.
// What a keeper started has a number that only the keeper knows, but nothing
// else of the container's ends it with this signal.
func (p *Process) why(err error) error {
	if err == nil || !strings.HasPrefix(err.Error(), "signal: killed") {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for group, most := range p.fenced {
		if group == p.Pid || p.contained {
			return &LimitError{Limit: "processes", Most: int64(most)}
		}
	}
	return err
}
