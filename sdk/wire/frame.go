package wire

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// message is any line of the protocol: a request (method and id), a
// notification (method alone) or an answer (id alone).
type message struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *Error          `json:"error"`
}

// hasID says whether m has an id; JSON-RPC's null id counts as none.
func (m *message) hasID() bool { return len(m.ID) > 0 && !bytes.Equal(m.ID, []byte("null")) }

// Request is a call or a notification, for who answers without a [Conn].
type Request struct {
	ID     json.RawMessage // as the caller wrote it; nil for a notification
	Method string          // as in [MethodHello]
	Params json.RawMessage // any JSON; nil when absent
}

// ReadRequest waits for the next call or notification and returns it with the
// whole line, which a [Conn] over what follows may be given again. Answers are
// skipped: nobody asked. The error is io.EOF at the end of the stream, and
// [ErrFrame] for a line that is not a message.
func ReadRequest(r *bufio.Reader) (Request, []byte, error) {
	for {
		line, err := readFrame(r)
		if err != nil {
			return Request{}, nil, err
		}
		if len(line) == 0 {
			continue
		}
		m, err := parse(line)
		if err != nil {
			return Request{}, nil, err
		}
		if m.Method == "" {
			continue
		}
		req := Request{Method: m.Method, Params: m.Params}
		if m.hasID() {
			req.ID = m.ID
		}
		return req, append(line, '\n'), nil
	}
}

// WriteAnswer writes the answer to the call with this id: failure when it is
// set, else result.
func WriteAnswer(w io.Writer, id json.RawMessage, result any, failure *Error) error {
	frame, err := encodeAnswer(id, result, failure)
	if err != nil {
		return err
	}
	if _, err := w.Write(frame); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return nil
}

// readFrame returns the next line without its newline. The slice belongs to
// the caller. A line without an end, and one over [MaxFrame], is an error.
func readFrame(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > MaxFrame {
			return nil, fmt.Errorf("%w: longer than %d bytes", ErrFrame, MaxFrame)
		}
		line = append(line, part...)
		switch {
		case err == nil:
			return line[:len(line)-1], nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(line) > 0:
			return nil, fmt.Errorf("%w: cut off after %d bytes", ErrFrame, len(line))
		default:
			return nil, err
		}
	}
}

// parse decodes one line.
func parse(line []byte) (*message, error) {
	if m, ok := parseResult(line); ok {
		return m, nil
	}
	var m message
	if err := json.Unmarshal(line, &m); err != nil {
		return nil, fmt.Errorf("%w: %w: %q", ErrFrame, err, clip(line))
	}
	if m.Method == "" && !m.hasID() {
		return nil, fmt.Errorf("%w: neither method nor id: %q", ErrFrame, clip(line))
	}
	return &m, nil
}

// parseResult decodes an answer in the form that encodeAnswer gives it, looking
// once at a result that may be megabytes; false for every other line.
func parseResult(line []byte) (*message, bool) {
	rest, ok := bytes.CutPrefix(line, []byte(`{"jsonrpc":"2.0","id":`))
	if !ok {
		return nil, false
	}
	id, rest, ok := bytes.Cut(rest, []byte(`,"result":`))
	if !ok || len(rest) < 2 || rest[len(rest)-1] != '}' {
		return nil, false
	}
	if _, err := strconv.ParseInt(string(id), 10, 64); err != nil || !json.Valid(id) { // "+1" is no JSON
		return nil, false
	}
	result := rest[:len(rest)-1]
	if !json.Valid(result) { // or there is more than a result
		return nil, false
	}
	return &message{ID: id, Result: result}, true
}

// clip shortens a line for an error text.
func clip(line []byte) []byte {
	const most = 120
	if len(line) > most {
		return append(bytes.Clone(line[:most]), "…"...)
	}
	return line
}

// encodeCall builds the line of a request or, with id 0, of a notification.
func encodeCall(id int64, method string, params any) ([]byte, error) {
	b := bytes.NewBuffer(make([]byte, 0, 256))
	b.WriteString(`{"jsonrpc":"2.0"`)
	if id != 0 {
		b.WriteString(`,"id":`)
		b.Write(strconv.AppendInt(b.AvailableBuffer(), id, 10))
	}
	b.WriteString(`,"method":`)
	if err := encodeValue(b, method); err != nil {
		return nil, fmt.Errorf("encode %s: %w", method, err)
	}
	if params != nil {
		b.WriteString(`,"params":`)
		if err := encodeValue(b, params); err != nil {
			return nil, fmt.Errorf("encode %s: %w", method, err)
		}
	}
	return endFrame(b, method)
}

// encodeAnswer builds the line of an answer: an error if failure is set.
func encodeAnswer(id json.RawMessage, result any, failure *Error) ([]byte, error) {
	b := bytes.NewBuffer(make([]byte, 0, 256))
	b.WriteString(`{"jsonrpc":"2.0","id":`)
	b.Write(id)
	var err error
	if failure != nil {
		b.WriteString(`,"error":`)
		err = encodeValue(b, failure)
	} else {
		b.WriteString(`,"result":`)
		err = encodeValue(b, result)
	}
	if err != nil {
		return nil, fmt.Errorf("encode the answer: %w", err)
	}
	return endFrame(b, "answer")
}

// encodeValue appends v as JSON. The encoder's newline is cut off again: the
// frame is not over yet.
func encodeValue(b *bytes.Buffer, v any) error {
	if raw, ok := v.(json.RawMessage); ok && bytes.IndexByte(raw, '\n') < 0 && json.Valid(raw) {
		b.Write(raw) // it is on one line as it is
		return nil
	}
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err //nolint:wrapcheck // callers say what it was
	}
	b.Truncate(b.Len() - 1)
	return nil
}

func endFrame(b *bytes.Buffer, what string) ([]byte, error) {
	b.WriteString("}\n")
	if b.Len() > MaxFrame {
		return nil, fmt.Errorf("%s is %d bytes long, %d are allowed", what, b.Len(), MaxFrame)
	}
	return b.Bytes(), nil
}
