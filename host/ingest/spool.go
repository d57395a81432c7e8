package ingest

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/pluggarr/pluggarr/host/store"
)

// spool keeps programmes outside of memory until it is known which of them
// are new. Only their places stay in memory.
type spool struct {
	file *os.File
	out  *bufio.Writer
	at   int64
	buf  []byte
}

// place is where a programme lies in a spool.
type place struct {
	at    int64
	size  int
	print uint64 // its fingerprint
}

// newSpool makes a spool in dir. Its file has no name, so that nothing is left
// of it however this process ends.
func newSpool(dir string) (*spool, error) {
	file, err := os.CreateTemp(dir, ".programmes-*")
	if err != nil {
		return nil, fmt.Errorf("make a file for programmes: %w", err)
	}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errors.Join(fmt.Errorf("make a file for programmes: %w", err), file.Close())
	}
	return &spool{file: file, out: bufio.NewWriterSize(file, 256<<10)}, nil
}

func (s *spool) close() { s.file.Close() }

// add keeps the columns of a programme.
func (s *spool) add(p *store.Programme) (place, error) {
	buf := binary.AppendVarint(s.buf[:0], p.StartTime.UnixMicro())
	buf = binary.AppendVarint(buf, p.EndTime.UnixMicro())
	for _, text := range []string{p.Title, p.SubTitle, p.Description, p.TvgID} {
		buf = binary.AppendUvarint(buf, uint64(len(text)))
		buf = append(buf, text...)
	}
	s.buf = append(buf, p.CustomProperties...)
	kept := place{at: s.at, size: len(s.buf)}
	s.at += int64(len(s.buf))
	if _, err := s.out.Write(s.buf); err != nil {
		return place{}, fmt.Errorf("keep a programme: %w", err)
	}
	return kept, nil
}

// flush lets what was added be read.
func (s *spool) flush() error {
	if err := s.out.Flush(); err != nil {
		return fmt.Errorf("keep programmes: %w", err)
	}
	return nil
}

// read is the programme at a place.
func (s *spool) read(from place) (store.Programme, error) {
	if cap(s.buf) < from.size {
		s.buf = make([]byte, from.size)
	}
	rest := s.buf[:from.size]
	if _, err := s.file.ReadAt(rest, from.at); err != nil {
		return store.Programme{}, fmt.Errorf("read a programme back: %w", err)
	}
	number := func() int64 {
		n, size := binary.Varint(rest)
		rest = rest[size:]
		return n
	}
	text := func() string {
		n, size := binary.Uvarint(rest)
		text := string(rest[size : size+int(n)])
		rest = rest[size+int(n):]
		return text
	}
	var p store.Programme
	p.StartTime = time.UnixMicro(number()).UTC()
	p.EndTime = time.UnixMicro(number()).UTC()
	p.Title, p.SubTitle, p.Description, p.TvgID = text(), text(), text(), text()
	if len(rest) > 0 {
		p.CustomProperties = append([]byte(nil), rest...)
	}
	return p, nil
}
