package logs

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/pluggarr/pluggarr/host/worker"
)

// Read returns the wanted lines of a plugin's log, the oldest first, as it is
// when the iteration begins: with all that was appended before. A plugin that
// never logged has none. An error, as by the end of ctx or [ErrLevel], comes
// last and without a line.
func (l *Logs) Read(ctx context.Context, plugin string, f Filter) iter.Seq2[worker.Line, error] {
	return func(yield func(worker.Line, error) bool) {
		err := l.read(ctx, plugin, f, func(line worker.Line) bool { return yield(line, nil) })
		if err != nil {
			yield(worker.Line{}, err)
		}
	}
}

// read calls yield for the lines of Read until it returns false.
func (l *Logs) read(ctx context.Context, plugin string, f Filter, yield func(worker.Line) bool) error {
	m, err := newMatcher(f)
	if err != nil {
		return err
	}
	s, err := l.snapshot(ctx, plugin, nil)
	if err != nil {
		return err
	}
	defer s.close()
	_, err = s.each(ctx, m, yield)
	return err
}

// Download writes the wanted lines of a plugin's log as [AppendText] puts them.
func (l *Logs) Download(ctx context.Context, plugin string, f Filter, w io.Writer) error {
	to := bufio.NewWriterSize(w, 32<<10)
	var text []byte
	var lost error
	err := l.read(ctx, plugin, f, func(line worker.Line) bool {
		text = AppendText(text[:0], line)
		_, lost = to.Write(text)
		return lost == nil
	})
	if err == nil && lost == nil {
		lost = to.Flush()
	}
	if err := errors.Join(err, lost); err != nil {
		return fmt.Errorf("write out the log of plugin %s: %w", plugin, err)
	}
	return nil
}

// snapshot opens a plugin's log. The follower, if any, gets every line that is
// not in it.
func (l *Logs) snapshot(ctx context.Context, plugin string, w *follower) (*snapshot, error) {
	b, err := l.settled(ctx, plugin)
	if err != nil {
		return nil, err
	}
	defer b.release()
	s, err := b.snapshot()
	if err != nil {
		return nil, fmt.Errorf("read the log of plugin %s: %w", plugin, err)
	}
	if w != nil {
		b.join(w)
	}
	return s, nil
}

// each calls yield for every wanted line and says whether it wants more.
func (s *snapshot) each(ctx context.Context, m *matcher, yield func(worker.Line) bool) (bool, error) {
	if m.Tail != 0 {
		return s.tail(ctx, m, yield)
	}
	more := true
	for _, part := range s.parts {
		err := forward(part, func(raw []byte) bool {
			if line, ok := m.decode(raw); ok {
				more = yield(line)
			}
			return more && ctx.Err() == nil
		})
		if err == nil && more {
			err = ctx.Err()
		}
		if err != nil || !more {
			return false, err
		}
	}
	return true, nil
}

// tail does so for the last ones. It reads from the end, and no more than it needs.
func (s *snapshot) tail(ctx context.Context, m *matcher, yield func(worker.Line) bool) (bool, error) {
	var last []worker.Line // the youngest first
	for _, part := range slices.Backward(s.parts) {
		if len(last) >= m.Tail {
			break
		}
		err := backward(part, func(raw []byte) bool {
			if line, ok := m.decode(raw); ok {
				last = append(last, line)
			}
			return len(last) < m.Tail && ctx.Err() == nil
		})
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return false, err
		}
	}
	for _, line := range slices.Backward(last) {
		if !yield(line) {
			return false, nil
		}
	}
	return true, nil
}

// forward calls yield for every line of r that is not too long to be one of
// ours, the first first. The bytes are good until it returns.
func forward(r io.Reader, yield func(raw []byte) bool) error {
	buffered := bufio.NewReaderSize(r, maxLine)
	whole := true // what comes next begins a line
	for {
		raw, err := buffered.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			whole = false
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return err
		case whole && len(raw) > 0 && !yield(raw), errors.Is(err, io.EOF):
			return nil
		}
		whole = true
	}
}

// backward does so with the last first.
func backward(r *io.SectionReader, yield func(raw []byte) bool) error {
	var rest []byte // the end of a line, without its newline
	tooLong := false
	for end := r.Size(); end > 0; {
		n := min(end, maxLine)
		end -= n
		chunk := make([]byte, n, int(n)+len(rest))
		if _, err := r.ReadAt(chunk, end); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		chunk = append(chunk, rest...)
		for i := bytes.LastIndexByte(chunk, '\n'); i >= 0; i = bytes.LastIndexByte(chunk, '\n') {
			raw := chunk[i+1:]
			if !tooLong && len(raw) > 0 && len(raw) < maxLine && !yield(raw) {
				return nil
			}
			chunk, tooLong = chunk[:i], false
		}
		if rest = chunk; len(rest) >= maxLine {
			rest, tooLong = nil, true
		}
	}
	if !tooLong && len(rest) > 0 {
		yield(rest)
	}
	return nil
}
