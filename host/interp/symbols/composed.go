package symbols

import (
	"bufio"
	"io"
	"net"
	"net/http"
)

// Wrappers for values that have more methods than the interface they are given
// as, where the standard library looks for those. The first field is the
// value, the others are named W and the method.

type responseFlusher struct {
	IValue       any
	WHeader      func() http.Header
	WWrite       func([]byte) (int, error)
	WWriteHeader func(int)
	WFlush       func()
}

// Header is http.ResponseWriter's.
func (w responseFlusher) Header() http.Header { return w.WHeader() }

// Write is io.Writer's.
func (w responseFlusher) Write(p []byte) (int, error) { return w.WWrite(p) }

// WriteHeader is http.ResponseWriter's.
func (w responseFlusher) WriteHeader(status int) { w.WWriteHeader(status) }

// Flush is http.Flusher's.
func (w responseFlusher) Flush() { w.WFlush() }

type responseHijacker struct {
	IValue       any
	WHeader      func() http.Header
	WWrite       func([]byte) (int, error)
	WWriteHeader func(int)
	WHijack      func() (net.Conn, *bufio.ReadWriter, error)
}

// Header is http.ResponseWriter's.
func (w responseHijacker) Header() http.Header { return w.WHeader() }

// Write is io.Writer's.
func (w responseHijacker) Write(p []byte) (int, error) { return w.WWrite(p) }

// WriteHeader is http.ResponseWriter's.
func (w responseHijacker) WriteHeader(status int) { w.WWriteHeader(status) }

// Hijack is http.Hijacker's.
func (w responseHijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) { return w.WHijack() }

type responseStream struct {
	IValue       any
	WHeader      func() http.Header
	WWrite       func([]byte) (int, error)
	WWriteHeader func(int)
	WFlush       func()
	WHijack      func() (net.Conn, *bufio.ReadWriter, error)
}

// Header is http.ResponseWriter's.
func (w responseStream) Header() http.Header { return w.WHeader() }

// Write is io.Writer's.
func (w responseStream) Write(p []byte) (int, error) { return w.WWrite(p) }

// WriteHeader is http.ResponseWriter's.
func (w responseStream) WriteHeader(status int) { w.WWriteHeader(status) }

// Flush is http.Flusher's.
func (w responseStream) Flush() { w.WFlush() }

// Hijack is http.Hijacker's.
func (w responseStream) Hijack() (net.Conn, *bufio.ReadWriter, error) { return w.WHijack() }

type readerTo struct {
	IValue   any
	WRead    func([]byte) (int, error)
	WWriteTo func(io.Writer) (int64, error)
}

// Read is io.Reader's.
func (w readerTo) Read(p []byte) (int, error) { return w.WRead(p) }

// WriteTo is io.WriterTo's.
func (w readerTo) WriteTo(to io.Writer) (int64, error) { return w.WWriteTo(to) }

type writerFrom struct {
	IValue    any
	WWrite    func([]byte) (int, error)
	WReadFrom func(io.Reader) (int64, error)
}

// Write is io.Writer's.
func (w writerFrom) Write(p []byte) (int, error) { return w.WWrite(p) }

// ReadFrom is io.ReaderFrom's.
func (w writerFrom) ReadFrom(from io.Reader) (int64, error) { return w.WReadFrom(from) }
