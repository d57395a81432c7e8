package main

import (
	"fmt"
	"io"
	"slices"
	"sync"
	"time"
)

const (
	queuedLines = 4096        // that may wait for a slow terminal
	lastLines   = time.Second // for the lines that wait when the program ends
)

// lines hands whole lines on to a writer without ever waiting for it: a
// terminal that was stopped with Ctrl-S must not stop the host. What does not
// fit is dropped and counted.
type lines struct {
	queue chan []byte
	ended chan struct{}

	mu      sync.Mutex // guards what follows
	closed  bool
	dropped int
}

// newLines starts to write to w; whoever called it calls Close.
func newLines(w io.Writer) *lines {
	l := &lines{queue: make(chan []byte, queuedLines), ended: make(chan struct{})}
	go func() {
		defer close(l.ended)
		for line := range l.queue {
			_, _ = w.Write(line) // there is nowhere else to say it
			if n := l.lost(); n > 0 {
				fmt.Fprintf(w, "(%d lines were not printed: nobody took them)\n", n)
			}
		}
	}()
	return l
}

// Write takes whole lines.
func (l *lines) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return len(line), nil
	}
	select {
	case l.queue <- slices.Clone(line):
	default:
		l.dropped++
	}
	return len(line), nil
}

// lost returns how many lines were dropped since it was last asked, once there
// is room again.
func (l *lines) lost() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.queue) > 0 {
		return 0
	}
	n := l.dropped
	l.dropped = 0
	return n
}

// Close waits, but not long, until what was taken is written.
func (l *lines) Close() {
	l.mu.Lock()
	if !l.closed {
		l.closed = true
		close(l.queue)
	}
	l.mu.Unlock()
	timer := time.NewTimer(lastLines)
	defer timer.Stop()
	select {
	case <-l.ended:
	case <-timer.C:
	}
}
