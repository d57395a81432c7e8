package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/pluggarr/pluggarr/sdk/wire"
)

// Host is the way from a plugin to what its host keeps, one field a service.
// Everything may be used concurrently, 64 calls at a time. A call that the host
// did not do returns an error that is a [*HostError]; docs/services.md lists the
// calls.
type Host struct {
	// Channels are what viewers watch.
	Channels ChannelService
	// ChannelGroups are the groups of channels and of streams.
	ChannelGroups GroupService
	// ChannelProfiles are choices of channels.
	ChannelProfiles ProfileService
	// Streams are what playlists offer, and what channels are made of.
	Streams StreamService
	// Logos are the pictures of channels.
	Logos LogoService
	// M3U are the accounts that streams come from.
	M3U M3UService
	// EPG are the guides: their sources, and what they know of channels.
	EPG EPGService
	// Programmes are what is on.
	Programmes ProgrammeService
	// CoreSettings are the settings of the whole host.
	CoreSettings SettingService
	// Tasks are the plugin's own actions, run later.
	Tasks TaskService
	// Events tells other plugins what happened.
	Events EventService
	// Storage is what the plugin keeps for itself.
	Storage StorageService
	// HTTP fetches from other servers with the host's limits.
	HTTP HTTPService

	link link
	inTx atomic.Bool // a transaction that was begun here has not ended
}

// newHost makes the services over a link.
func newHost(l link) *Host {
	return &Host{
		Channels: ChannelService{l}, ChannelGroups: GroupService{l}, ChannelProfiles: ProfileService{l},
		Streams: StreamService{l}, Logos: LogoService{l}, M3U: M3UService{l}, EPG: EPGService{l},
		Programmes: ProgrammeService{l}, CoreSettings: SettingService{l}, Tasks: TaskService{l},
		Events: EventService{l}, Storage: StorageService{l}, HTTP: HTTPService{l}, link: l,
	}
}

// ErrNotFound reports that the host has no such row.
var ErrNotFound = errors.New("not found")

// ErrTxOver reports that the transaction has ended before the call came: it
// took too long, or the host could not go on with it. Nothing of it is left.
var ErrTxOver = errors.New("the transaction is over")

// HostError is how the host answered a call that it did not do. errors.Is finds
// [ErrNotFound], [ErrTxOver] and [context.Canceled] in it.
type HostError struct {
	// Method is the call, as in "channels.update".
	Method string
	// Code is one of the protocol's, as in wire.CodeInvalidParams.
	Code int
	// Message is a sentence for people.
	Message string
}

// Error returns the call and the message.
func (e *HostError) Error() string { return e.Method + ": " + e.Message }

// Unwrap returns what kind of error it is; nil for those without a name.
func (e *HostError) Unwrap() error {
	switch e.Code {
	case wire.CodeNotFound:
		return ErrNotFound
	case wire.CodeTxOver:
		return ErrTxOver
	case wire.CodeCancelled:
		return context.Canceled
	}
	return nil
}

// link is one way to the host: outside of transactions, or within one.
type link struct {
	conn *wire.Conn
	run  string // the run that asks; "" outside of runs
	tx   int64  // the transaction; 0 for none
}

// call asks the host. params is a struct or nil; result a pointer or nil.
func (l link) call(ctx context.Context, method string, params, result any) error {
	pending, err := l.begin(ctx, method, params)
	if err != nil {
		return err
	}
	raw, err := l.answer(ctx, pending, method)
	if err != nil || result == nil {
		return err
	}
	if err := json.Unmarshal(raw, result); err != nil {
		return fmt.Errorf("decode the answer to %s: %w", method, err)
	}
	return nil
}

// begin sends a call whose answer is read later, by [link.answer].
func (l link) begin(ctx context.Context, method string, params any) (*wire.Pending, error) {
	if l.conn == nil {
		return nil, &HostError{Method: method, Code: wire.CodeUnknownMethod, Message: "this context has no host; a host, or sdktest, makes one"}
	}
	if l.tx != 0 {
		var err error
		if params, err = wire.WithTx(l.tx, params); err != nil {
			return nil, fmt.Errorf("%s: %w", method, err)
		}
	}
	return l.conn.Begin(ctx, method, params)
}

// answer waits for the answer to a call that was begun.
func (l link) answer(ctx context.Context, p *wire.Pending, method string) (json.RawMessage, error) {
	select {
	case <-p.Done():
	case <-ctx.Done():
		p.Cancel()
		return nil, fmt.Errorf("call %s: %w", method, ctx.Err())
	}
	raw, err := p.Result()
	if failure, ok := errors.AsType[*wire.Error](err); ok {
		return nil, &HostError{Method: method, Code: failure.Code, Message: failure.Message}
	}
	if err != nil {
		return nil, fmt.Errorf("call %s: %w", method, err)
	}
	return raw, nil
}

// Tx calls f, whose writes through tx become lasting all at once when it
// returns nil; when it returns an error, panics, or the plugin dies, nothing of
// them is left. Until then nobody else on this host may be able to write, so
// that f has 5 seconds, or until ctx's deadline when that is earlier, and 1
// second from one call through tx to the next; after that its calls fail with
// [ErrTxOver]. What the plugin writes elsewhere meanwhile takes part in it. A
// plugin has one transaction at a time: that of another run waits for this one
// to end. A Tx within f is an error at once: use tx.
func (h *Host) Tx(ctx context.Context, f func(tx *Host) error) (err error) {
	if h.link.tx != 0 || !h.inTx.CompareAndSwap(false, true) {
		return errors.New("begin a transaction: this run has one open already: use the one that its function was given, or wait for its end")
	}
	defer h.inTx.Store(false)
	var begin wire.TxParams
	if until, ok := ctx.Deadline(); ok {
		begin.Milliseconds = max(1, time.Until(until).Milliseconds())
	}
	var tx wire.TxResult
	if err := h.link.call(ctx, wire.MethodTxBegin, begin, &tx); err != nil {
		return err
	}
	l := link{conn: h.link.conn, run: h.link.run, tx: tx.Tx}
	done := false
	defer func() {
		if !done { // a panic goes on; that it was undone is all that matters
			_ = l.call(context.WithoutCancel(ctx), wire.MethodTxRollback, nil, nil)
		}
	}()
	if err := f(newHost(l)); err != nil {
		return err
	}
	done = true
	return l.call(context.WithoutCancel(ctx), wire.MethodTxCommit, nil, nil)
}
