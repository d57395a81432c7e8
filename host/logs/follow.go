package logs

import (
	"context"
	"iter"
	"sync"

	"github.com/pluggarr/pluggarr/host/worker"
)

// Follow returns the wanted lines of a plugin's log and then those that come,
// none missing and none twice, until ctx or the Logs end. A reader that is too
// slow misses lines; a line in their place says how many. An error comes last
// and without a line; the end of ctx is none.
func (l *Logs) Follow(ctx context.Context, plugin string, f Filter) iter.Seq2[worker.Line, error] {
	return func(yield func(worker.Line, error) bool) {
		m, err := newMatcher(f)
		if err == nil {
			err = l.follow(ctx, plugin, m, func(line worker.Line) bool { return yield(line, nil) })
		}
		if err != nil && ctx.Err() == nil {
			yield(worker.Line{}, err)
		}
	}
}

func (l *Logs) follow(ctx context.Context, plugin string, m *matcher, yield func(worker.Line) bool) error {
	w := &follower{matcher: m, ready: make(chan struct{}, 1)}
	s, err := l.snapshot(ctx, plugin, w)
	if err != nil {
		return err
	}
	defer w.leave()
	more, err := s.each(ctx, m, yield)
	s.close()
	if err != nil || !more {
		return err
	}
	for last := false; ; {
		for _, line := range w.take() {
			if ctx.Err() != nil || !yield(line) {
				return nil
			}
		}
		if last {
			return nil
		}
		select {
		case <-w.ready:
		case <-ctx.Done():
			return nil
		case <-l.done:
			last = true
		}
	}
}

// follower is one who follows a log.
type follower struct {
	*matcher
	book  *book
	ready chan struct{} // holds one token when queue changed

	mu    sync.Mutex
	queue queue
}

// join lets a follower hear what comes. The caller has the turn, so that
// nothing comes unheard since it took a snapshot.
func (b *book) join(w *follower) {
	b.mu.Lock()
	defer b.mu.Unlock()
	w.book = b
	b.followers[w] = struct{}{}
}

func (w *follower) leave() {
	w.book.mu.Lock()
	defer w.book.mu.Unlock()
	delete(w.book.followers, w)
}

// deliver hands lines to the followers. It waits for none of them.
func (b *book) deliver(lines []worker.Line) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for w := range b.followers {
		w.hear(lines)
	}
}

func (w *follower) hear(lines []worker.Line) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, l := range lines {
		if w.wants(l) {
			w.queue.add(l)
		}
	}
	select {
	case w.ready <- struct{}{}:
	default:
	}
}

func (w *follower) take() []worker.Line {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.queue.take("this reader was too slow")
}
