// Package logs keeps what plugins log and print, in capped files, and lets
// others read and follow it.
package logs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/pluggarr/pluggarr/host/worker"
)

const (
	// standardPerPlugin is what is kept of one plugin unless Config says more.
	standardPerPlugin = 4 << 20
	// leastPerPlugin gives each of a plugin's two files room for any line.
	leastPerPlugin = 2 * maxLine
)

// SourceHost is the [worker.Line.Source] of lines that this package adds, such
// as "3 lines were dropped".
const SourceHost = "host"

// Config is what Open may be told. The zero value is good.
type Config struct {
	// PerPlugin is how many bytes are kept on disk of one plugin's log: two
	// files, of which the older goes when the younger has half of this. 0 means
	// 4 MiB; less than 128 KiB means 128 KiB.
	PerPlugin int64
	// Log hears when lines can no longer be stored, once, and when they can
	// again. Nil means silence.
	Log *slog.Logger
}

// Logs are the logs of all plugins. The methods may be used concurrently.
//
// Lines are stored soon after they were appended, so the end of the host's
// process costs at most the last moment, and never what was stored before.
type Logs struct {
	root    *os.Root
	half    int64 // bytes of one file
	log     *slog.Logger
	wake    chan struct{} // holds one token when dirty or closed changed
	done    chan struct{} // closed when the writer ended
	failing int           // books whose last write went wrong; the writer's alone
	close   func() error

	mu     sync.Mutex       // never held while a file is used
	books  map[string]*book // by plugin
	dirty  []*book          // what the writer has to do, in this order
	closed bool
}

// Open returns the logs in a folder, which is made when it is not there. Only
// one Logs may use a folder at a time. Whoever got it calls Close.
func Open(dir string, cfg Config) (*Logs, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open the logs of plugins: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the logs of plugins: %w", err)
	}
	if cfg.PerPlugin <= 0 {
		cfg.PerPlugin = standardPerPlugin
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	l := &Logs{
		root: root, half: max(cfg.PerPlugin, leastPerPlugin) / 2, log: cfg.Log,
		wake: make(chan struct{}, 1), done: make(chan struct{}), books: map[string]*book{},
	}
	l.close = sync.OnceValue(l.end)
	go l.write()
	return l, nil
}

// Append adds a line to a plugin's log. It never waits: when a plugin is faster
// than the disk, its own lines are dropped, and a line in their place says how
// many. A line without a time gets the current one. Of a message only the first
// 48 KiB are kept, and attributes only when the stored line has at most 64 KiB.
// After Close nothing is added.
func (l *Logs) Append(plugin string, line worker.Line) {
	line = bounded(line)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	b := l.book(plugin)
	b.queue.add(line)
	l.mark(b)
}

// Remove deletes the log of a plugin. Who follows it goes on, and what is
// appended later begins a new log.
func (l *Logs) Remove(ctx context.Context, plugin string) error {
	b, err := l.settled(ctx, plugin)
	if err != nil {
		return err
	}
	defer b.release()
	if err := b.remove(); err != nil {
		return fmt.Errorf("remove the log of plugin %s: %w", plugin, err)
	}
	return nil
}

// Close stores what was appended before and ends everything: whoever follows a
// log gets its last lines. The error says what could not be stored. Reading
// gives [os.ErrClosed] from then on.
func (l *Logs) Close() error { return l.close() }

func (l *Logs) end() error {
	l.mu.Lock()
	l.closed = true
	books := slices.Collect(maps.Values(l.books))
	for _, b := range books {
		l.mark(b) // one more try to store what could not be stored
	}
	l.mu.Unlock()
	l.signal()
	<-l.done
	var errs []error
	for _, b := range books {
		b.turn <- struct{}{}
		errs = append(errs, b.unwritten())
		b.release()
	}
	return errors.Join(append(errs, l.root.Close())...)
}

// book returns a plugin's book. The caller holds l.mu.
func (l *Logs) book(plugin string) *book {
	b, ok := l.books[plugin]
	if !ok {
		b = newBook(l.root, plugin, l.half)
		l.books[plugin] = b
	}
	return b
}

// mark makes the writer come to a book. The caller holds l.mu.
func (l *Logs) mark(b *book) {
	if b.marked {
		return
	}
	b.marked = true
	l.dirty = append(l.dirty, b)
	if len(l.dirty) == 1 {
		l.signal()
	}
}

func (l *Logs) signal() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// settled waits until what was appended to a plugin's log is stored, and
// returns the plugin's book, whose files do not change until it is released.
func (l *Logs) settled(ctx context.Context, plugin string) (*book, error) {
	l.mu.Lock()
	b := l.book(plugin)
	stored := l.done
	if !l.closed {
		if b.stored == nil {
			b.stored = make(chan struct{})
		}
		stored = b.stored
		l.mark(b)
	}
	l.mu.Unlock()
	select {
	case <-stored:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := b.acquire(ctx); err != nil {
		return nil, err
	}
	return b, nil
}

// write stores lines until Close. One plugin after the other gets its turn, so
// that the one which writes most does not keep the others from theirs.
func (l *Logs) write() {
	defer close(l.done)
	for {
		b, lines, stored := l.next()
		if b == nil {
			return
		}
		b.turn <- struct{}{}
		failed, err := b.failed, b.store(lines)
		b.failed = err != nil
		b.release()
		l.tell(failed, err)
		if stored != nil {
			close(stored)
		}
	}
}

// next waits for a book that has something to store. It returns nil when there
// is none and there will be none.
func (l *Logs) next() (*book, []worker.Line, chan struct{}) {
	for {
		l.mu.Lock()
		if len(l.dirty) > 0 {
			b := l.dirty[0]
			l.dirty = l.dirty[1:]
			lines, stored := b.queue.take("the plugin was faster than the disk"), b.stored
			b.marked, b.stored = false, nil
			l.mu.Unlock()
			return b, lines, stored
		}
		closed := l.closed
		l.mu.Unlock()
		if closed {
			return nil, nil, nil
		}
		<-l.wake
	}
}

// tell warns once for all plugins, however often and however long storing fails.
func (l *Logs) tell(failed bool, err error) {
	switch {
	case err != nil && !failed:
		if l.failing++; l.failing == 1 {
			l.log.Warn("what plugins log cannot be stored; the last lines are kept in memory", "error", err)
		}
	case err == nil && failed:
		if l.failing--; l.failing == 0 {
			l.log.Info("what plugins log is stored again")
		}
	}
}

// now is the time as it is read back from a file.
func now() time.Time { return time.Now().Round(0).UTC() }
