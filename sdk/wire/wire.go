// Package wire is the one protocol between the host and every worker: JSON-RPC
// 2.0, one object a line, both ways at once over one byte stream. It knows
// frames, calls and cancellation; what a method means is its server's business.
//
// docs/protocol.md describes the same protocol for other languages.
package wire

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Version is the protocol's number, exchanged in hello. It changes when an old
// worker and a new host could no longer understand one another.
const Version = 1

// FD is the file descriptor on which a worker process finds its end of the
// stream.
const FD = 3

// MaxFrame is the longest line either side accepts, in bytes, the newline
// included. A longer one ends the connection with [ErrFrame].
const MaxFrame = 64 << 20

// Methods that the host calls on a worker.
const (
	MethodInspect  = "inspect"  // InspectParams → Inspection; before hello only, runs no plugin code
	MethodHello    = "hello"    // HelloParams → HelloResult; once, loads the plugin
	MethodDescribe = "describe" // nothing → what the plugin says of itself
	MethodStart    = "start"    // StartParams → null; again whenever the settings changed
	MethodRun      = "run"      // RunParams → any JSON value
	MethodOptions  = "options"  // OptionsParams → a list of options
	MethodTask     = "task"     // TaskParams → any JSON value; Python plugins only
	MethodSaved    = "saved"    // SavedParams → null; Python plugins only
	MethodStop     = "stop"     // StopParams → null; the stream is closed after it
)

// Notifications that a worker sends to the host.
const (
	MethodLog      = "log"      // LogParams
	MethodProgress = "progress" // ProgressParams
	MethodChanged  = "changed"  // nothing: what describe answers may be something else now
)

// methodCancel tells the other side that the caller no longer waits; it is
// answered all the same.
const methodCancel = "$/cancel"

// Codes of [Error]. The first five are JSON-RPC's own (section 5.1 of its
// specification), the others are Pluggarr's.
const (
	CodeParse          = -32700 // the line is not JSON
	CodeInvalidRequest = -32600 // the object is not a request, or comes at the wrong time
	CodeUnknownMethod  = -32601 // nobody serves the method
	CodeInvalidParams  = -32602 // the parameters do not fit the method
	CodeInternal       = -32603 // the answering side is at fault
	CodePlugin         = -32000 // the plugin's own code failed; Data is a PluginFailure
	CodeCancelled      = -32001 // the call was cancelled and has ended
	CodePermission     = -32002 // the plugin refused for want of permission
	CodeVersion        = -32003 // the two sides speak different versions
	CodeBusy           = -32004 // too many calls of this peer are in flight
	CodeLoad           = -32005 // the plugin's code could not be loaded; Data is a LoadFailure
	CodeNotFound       = -32006 // there is no such row
	CodeTxOver         = -32007 // the transaction the call belongs to has ended
	CodeFetch          = -32008 // another server did not answer as it should
)

// ErrClosed reports that the connection ended before the answer came.
var ErrClosed = errors.New("connection closed")

// ErrFrame reports that the other side sent a line that is not a message. The
// connection ends with it: what follows could not be trusted.
var ErrFrame = errors.New("not a protocol frame")

// ErrAnswer reports that the other side's answer does not have the shape that
// its method asks for. The connection is as good as before.
var ErrAnswer = errors.New("not of the method's shape")

// Error is a failure that the other side answered with.
type Error struct {
	Code    int             `json:"code"`           // one of the Code constants, or a peer's own
	Message string          `json:"message"`        // one sentence for a person
	Data    json.RawMessage `json:"data,omitempty"` // details, their shape given by Code; may be absent
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// Errorf makes an [Error] with the given code and formatted message, for a
// [Handler] to return.
func Errorf(code int, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// WithData returns a copy of e that carries data as JSON. Data that cannot be
// encoded is left out: the message still arrives.
func (e *Error) WithData(data any) *Error {
	raw, err := json.Marshal(data)
	if err != nil {
		return e
	}
	return &Error{Code: e.Code, Message: e.Message, Data: raw}
}
