package ingest

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
	"sync/atomic"

	"github.com/ulikunitz/xz"
)

// Content is a playlist or guide on this machine, perhaps packed.
type Content struct {
	// Unchanged says that the server had nothing newer than the last time.
	Unchanged bool
	// Size is that of the file in bytes, packed as it is.
	Size int64

	path   string
	member string
	limit  int64
}

// Open begins to read the content from its start, unpacked: gzip, xz and zip are
// known by their first bytes, whatever the file is called. Of a zip, the first
// file with the wanted extension is read. Errors that people can do something
// about are a *Failure, those of Read too.
func (c *Content) Open() (*Reader, error) {
	file, err := os.Open(c.path)
	if err != nil {
		return nil, &Failure{
			Message: fmt.Sprintf("the file cannot be read (%v)", bare(err)), Next: "look at its owner and mode", Fault: FaultHost, Cause: err,
		}
	}
	r := &Reader{file: file, size: c.Size, left: c.limit, limit: c.limit}
	if err := r.unpack(c); err != nil {
		file.Close()
		return nil, damaged(err)
	}
	return r, nil
}

// Reader reads a content. It is not safe for concurrent use, but for Fraction.
type Reader struct {
	file   *os.File
	size   int64
	packed atomic.Int64 // bytes of the file that were read
	member io.Closer    // the file in the zip, or nil
	plain  io.Reader
	left   int64
	limit  int64
}

// Fraction is how much of the file was read, 0 to 1.
func (r *Reader) Fraction() float64 {
	if r.size == 0 {
		return 1
	}
	return min(1, float64(r.packed.Load())/float64(r.size))
}

// Read reads unpacked content.
func (r *Reader) Read(p []byte) (int, error) {
	n, err := r.plain.Read(p)
	r.left -= int64(n)
	if r.left < 0 {
		return 0, &Failure{
			Message: fmt.Sprintf("the file holds more than %d MiB once it is unpacked", r.limit>>20),
			Next:    "check that it is a playlist or guide", Fault: FaultSource, Cause: errTooBig,
		}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return n, damaged(err)
	}
	return n, err
}

// Close ends the reading.
func (r *Reader) Close() error {
	if r.member != nil {
		_ = r.member.Close() // it was only read
	}
	return r.file.Close()
}

// counting counts what is read of the file.
type counting struct {
	file *os.File
	n    *atomic.Int64
}

// Read reads on and counts.
func (c counting) Read(p []byte) (int, error) {
	n, err := c.file.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// ReadAt is Read at a place.
func (c counting) ReadAt(p []byte, at int64) (int, error) {
	n, err := c.file.ReadAt(p, at)
	c.n.Add(int64(n))
	return n, err
}

// unpack finds out how the file is packed.
func (r *Reader) unpack(c *Content) error {
	in := bufio.NewReaderSize(counting{r.file, &r.packed}, 128<<10)
	begin, err := in.Peek(len(xzMagic))
	if errors.Is(err, io.EOF) {
		err = nil // a short file
	}
	if err != nil {
		return fmt.Errorf("read the file: %w", err)
	}
	switch {
	case bytes.HasPrefix(begin, []byte("\x1f\x8b")):
		r.plain, err = gzip.NewReader(in)
	case bytes.HasPrefix(begin, []byte(xzMagic)):
		if err := checkDictionaries(io.NewSectionReader(r.file, 0, r.size)); err != nil {
			return err
		}
		r.plain, err = xz.NewReader(in)
	case bytes.HasPrefix(begin, []byte("PK\x03\x04")):
		err = r.unzip(c)
	default:
		r.plain = in
	}
	if err != nil {
		return fmt.Errorf("unpack the file: %w", err)
	}
	return nil
}

// unzip opens the wanted file of a zip.
func (r *Reader) unzip(c *Content) error {
	archive, err := zip.NewReader(counting{r.file, &r.packed}, r.size)
	if err != nil {
		return err //nolint:wrapcheck // unpack says what it was about
	}
	for _, file := range archive.File {
		if !strings.EqualFold(path.Ext(file.Name), c.member) {
			continue
		}
		member, err := file.Open()
		if err != nil {
			return err //nolint:wrapcheck // as above
		}
		r.member, r.plain = member, bufio.NewReaderSize(member, 128<<10)
		return nil
	}
	return &Failure{
		Message: fmt.Sprintf("the zip holds no %s file", c.member), Next: "check that the address is the right one", Fault: FaultSource,
	}
}

// damaged says what an error in the middle of a file means.
func damaged(err error) error {
	if failure, ok := errors.AsType[*Failure](err); ok {
		return failure
	}
	return &Failure{
		Message: fmt.Sprintf("the file is damaged or was cut off (%v)", bare(err)), Next: "refresh again; if it stays so, tell the provider",
		Fault: FaultSource, Cause: err,
	}
}
