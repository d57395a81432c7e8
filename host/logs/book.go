package logs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"

	"github.com/pluggarr/pluggarr/host/worker"
)

// heldBytes is what is kept in memory of a plugin's log that cannot be stored.
const heldBytes = 1 << 20

// book is the log of one plugin: a file, the file before it, and in memory what
// they could not take. Files are open only while they are used, so that a
// thousand plugins do not take a thousand of the host's.
type book struct {
	root   *os.Root
	plugin string
	name   string // of the younger file
	half   int64  // what one file may have, in bytes

	// Guarded by Logs.mu.
	queue  queue
	marked bool          // the writer will come
	stored chan struct{} // closed when it has come; nil when nobody waits for it

	// turn is held by whoever uses what follows.
	turn   chan struct{}
	held   []byte // stored lines that are not on disk
	lost   loss   // lines that held had no room for
	failed bool   // the last store went wrong

	mu        sync.Mutex
	followers map[*follower]struct{}
}

func newBook(root *os.Root, plugin string, half int64) *book {
	return &book{
		root: root, plugin: plugin, name: fileName(plugin), half: half,
		turn: make(chan struct{}, 1), followers: map[*follower]struct{}{},
	}
}

// fileName names a plugin's file. Two plugins never have the same, also where
// file names have no case.
func fileName(plugin string) string {
	var b strings.Builder
	for i := range len(plugin) {
		c := plugin[i]
		if 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '_' || c == '-' || c == '.' && i > 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02x", c)
		}
	}
	name := b.String()
	const longest = 200 // file systems take 255
	if len(name) > longest {
		name = fmt.Sprintf("%s~%x", name[:longest/2], sha256.Sum256([]byte(plugin)))
	}
	return name + ".jsonl"
}

// older names the file before the younger one.
func (b *book) older() string { return b.name + ".1" }

func (b *book) acquire(ctx context.Context) error {
	select {
	case b.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (b *book) release() { <-b.turn }

// store writes lines after those it could not write before, and hands them to
// the followers. After an error they are held in memory.
func (b *book) store(lines []worker.Line) error {
	var fresh bytes.Buffer
	for i := range lines {
		encode(&fresh, &lines[i])
	}
	notice := b.notice()
	all := fresh.Bytes()
	if len(notice)+len(b.held) > 0 {
		all = bytes.Join([][]byte{notice, b.held, all}, nil)
	}
	n, err := b.write(all)
	if n >= len(notice) {
		b.lost = loss{}
	}
	b.hold(all[max(n, len(notice)):])
	b.deliver(lines)
	return err
}

// notice is a stored line about those that are gone from memory, or nothing.
func (b *book) notice() []byte {
	if b.lost.lines == 0 {
		return nil
	}
	var to bytes.Buffer
	line := b.lost.line("the disk did not take them")
	encode(&to, &line)
	return to.Bytes()
}

// hold keeps the last of what could not be written.
func (b *book) hold(rest []byte) {
	if excess := len(rest) - heldBytes; excess > 0 {
		end := excess + bytes.IndexByte(rest[excess:], '\n') + 1
		for raw := range bytes.Lines(rest[:end]) {
			line, _ := decode(raw)
			b.lost.add(line.Run)
		}
		rest = rest[end:]
	}
	b.held = bytes.Clone(rest)
	if len(rest) == 0 {
		b.held = nil
	}
}

// write appends stored lines to the files and returns how many bytes, always of
// whole lines, it wrote.
func (b *book) write(data []byte) (int, error) {
	written := 0
	for len(data) > written {
		n, err := b.writeSome(data[written:])
		written += n
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

// writeSome appends what the younger file has room for. When it has none, it
// becomes the older one.
func (b *book) writeSome(data []byte) (int, error) {
	f, err := b.root.OpenFile(b.name, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return 0, err
	}
	size, err := ready(f)
	if err != nil {
		return 0, errors.Join(err, f.Close())
	}
	part := wholeLines(data, b.half-size)
	if len(part) == 0 && size > 0 {
		return 0, errors.Join(f.Close(), b.root.Rename(b.name, b.older()))
	}
	n, err := f.Write(part)
	if n < len(part) {
		n = bytes.LastIndexByte(part[:n], '\n') + 1
		err = errors.Join(err, f.Truncate(size+int64(n))) // readers skip half a line, if this fails
	}
	return n, errors.Join(err, f.Close())
}

// ready returns the size of a file and lets it end with a newline: a host that
// was killed may have left half a line.
func ready(f *os.File) (int64, error) {
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return 0, err
	}
	last := make([]byte, 1)
	if _, err := f.ReadAt(last, info.Size()-1); err != nil {
		return 0, err
	}
	if last[0] == '\n' {
		return info.Size(), nil
	}
	n, err := f.WriteString("\n")
	return info.Size() + int64(n), err
}

// wholeLines returns as many lines of data as have room.
func wholeLines(data []byte, room int64) []byte {
	if int64(len(data)) <= room {
		return data
	}
	return data[:bytes.LastIndexByte(data[:max(room, 0)], '\n')+1]
}

// remove deletes what there is of the log.
func (b *book) remove() error {
	b.held, b.lost = nil, loss{}
	var errs []error
	for _, name := range []string{b.older(), b.name} {
		if err := b.root.Remove(name); !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// unwritten says what is not on disk.
func (b *book) unwritten() error {
	n := bytes.Count(b.held, []byte{'\n'}) + b.lost.lines
	if n == 0 {
		return nil
	}
	return fmt.Errorf("%d lines of the log of plugin %s could not be stored", n, b.plugin)
}

// snapshot is a log at one moment. It stays readable when the log goes on.
type snapshot struct {
	parts []*io.SectionReader // the oldest first
	files []*os.File
}

// snapshot opens the log. The caller has the turn.
func (b *book) snapshot() (*snapshot, error) {
	s := &snapshot{}
	for _, name := range []string{b.older(), b.name} {
		f, err := b.root.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			s.close()
			return nil, err
		}
		s.files = append(s.files, f)
		info, err := f.Stat()
		if err != nil {
			s.close()
			return nil, err
		}
		s.parts = append(s.parts, io.NewSectionReader(f, 0, info.Size()))
	}
	held := append(b.notice(), b.held...)
	s.parts = append(s.parts, io.NewSectionReader(bytes.NewReader(held), 0, int64(len(held))))
	return s, nil
}

func (s *snapshot) close() {
	for _, f := range s.files {
		_ = f.Close() // read only: nothing can be lost by it
	}
}
