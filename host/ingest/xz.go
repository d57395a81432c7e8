package ingest

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
)

// maxDictionary is what a block of xz may ask for to be unpacked; "xz -9" asks for as much.
const maxDictionary = 64 << 20

// xzMagic is what a stream of xz begins with.
const xzMagic = "\xfd7zXZ\x00"

// xzWalk goes from block to block of an xz file without unpacking any.
// Source: The .xz File Format, version 1.2.1; its sections are named below.
type xzWalk struct {
	in *bufio.Reader
	at int64 // in the file
}

// checkDictionaries looks at how much memory the blocks of an xz file ask for,
// before the unpacker grants it. Where the file is not as it should be it is the
// unpacker that says so: it goes no further either.
func checkDictionaries(file io.Reader) error {
	w := xzWalk{in: bufio.NewReaderSize(file, 64<<10)}
	for {
		check, ok := w.stream()
		if !ok {
			return nil
		}
		for blocks := uint64(0); ; blocks++ {
			header, ok := w.header()
			if !ok {
				return nil
			}
			if header == nil {
				if !w.index(blocks) {
					return nil
				}
				break
			}
			if err := checkDictionary(header); err != nil {
				return err
			}
			if !w.chunks() || !w.skip(-w.at&3) || !w.skip(check) {
				return nil
			}
		}
	}
}

// skip goes on by n bytes and says whether there were as many.
func (w *xzWalk) skip(n int64) bool {
	for n > 0 {
		done, err := w.in.Discard(int(min(n, 1<<20)))
		w.at, n = w.at+int64(done), n-int64(done)
		if err != nil {
			return false
		}
	}
	return true
}

// stream reads the header of a stream, and padding before it, and returns how
// long the checks after its blocks are (sections 2.1.1 and 2.2).
func (w *xzWalk) stream() (check int64, ok bool) {
	for {
		begin, err := w.in.Peek(4)
		if err != nil {
			return 0, false
		}
		if !bytes.Equal(begin, make([]byte, 4)) {
			break
		}
		w.skip(4)
	}
	header, err := w.in.Peek(12)
	if err != nil || !bytes.HasPrefix(header, []byte(xzMagic)) {
		return 0, false
	}
	if id := header[7] & 0x0f; id > 0 {
		check = 4 << ((id - 1) / 3)
	}
	return check, w.skip(12)
}

// header reads the header of the next block (section 3.1); nil when there is
// none, but the index.
func (w *xzWalk) header() (header []byte, ok bool) {
	size, err := w.in.Peek(1)
	if err != nil {
		return nil, false
	}
	if size[0] == 0 {
		return nil, true
	}
	header = make([]byte, 4*int(size[0])+4)
	n, err := io.ReadFull(w.in, header)
	w.at += int64(n)
	return header, err == nil
}

// chunks passes the data of a block: LZMA2, whose chunks say how long they are.
func (w *xzWalk) chunks() bool {
	for {
		begin, err := w.in.Peek(1)
		if err != nil {
			return false
		}
		control := begin[0]
		switch {
		case control == 0:
			return w.skip(1)
		case control < 3: // as it is: two bytes say how long
			begin, err = w.in.Peek(3)
			if err != nil || !w.skip(3+int64(binary.BigEndian.Uint16(begin[1:]))+1) {
				return false
			}
		case control < 0x80:
			return false
		default: // packed: two bytes for the size unpacked, two for this one, and properties when they are new
			begin, err = w.in.Peek(5)
			if err != nil {
				return false
			}
			size := 5 + int64(binary.BigEndian.Uint16(begin[3:])) + 1
			if control >= 0xc0 {
				size++
			}
			if !w.skip(size) {
				return false
			}
		}
	}
}

// index passes the index of a stream that had so many blocks, and the footer
// (sections 2.1.2 and 4).
func (w *xzWalk) index(blocks uint64) bool {
	w.skip(1) // that it is one
	records, ok := w.number()
	if !ok || records != blocks {
		return false
	}
	for range 2 * records {
		if _, ok := w.number(); !ok {
			return false
		}
	}
	const checksum, footer = 4, 12
	return w.skip(-w.at&3) && w.skip(checksum+footer)
}

// number reads a number of up to nine bytes (section 1.2).
func (w *xzWalk) number() (n uint64, ok bool) {
	for i := range 9 {
		b, err := w.in.ReadByte()
		if err != nil {
			return 0, false
		}
		w.at++
		n |= uint64(b&0x7f) << (7 * i)
		if b&0x80 == 0 {
			return n, true
		}
	}
	return 0, false
}

// checkDictionary looks at how much memory a block asks for. Its header holds
// its size, flags, then sizes that may be left out, and the filters (sections
// 3.1 and 5.3.1).
func checkDictionary(header []byte) error {
	const lzma2 = 0x21
	filters := header[2:]
	for _, present := range []bool{header[1]&0x40 != 0, header[1]&0x80 != 0} {
		for present && len(filters) > 0 {
			present = filters[0]&0x80 != 0 // the number goes on
			filters = filters[1:]
		}
	}
	if len(filters) < 3 || filters[0] != lzma2 {
		return nil // the unpacker refuses other filters itself
	}
	bits := int(filters[2] & 0x3f)
	if size := (2 | uint64(bits&1)) << (bits/2 + 11); size > maxDictionary {
		return &Failure{
			Message: fmt.Sprintf("the xz file asks for %d MiB of memory", size>>20),
			Next:    "have it packed with xz -9 or less", Fault: FaultSource,
		}
	}
	return nil
}
