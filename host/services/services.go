// Package services is what plugins may ask of the host: one file a service, one
// table of methods. Who asks is known from the connection, never from an
// argument.
package services

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/pluggarr/pluggarr/host/celery"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// Limits bound what plugins may ask; each zero value means its default.
type Limits struct {
	Tx      time.Duration // how long a transaction may be open; 5 s
	TxIdle  time.Duration // how long it may be open without a call; 1 s
	Storage int64         // what one plugin may keep, in bytes of keys and values; 16 MiB
	Value   int64         // how long one value may be, in bytes; 1 MiB
	HTTP    HTTPLimits    // what may be fetched
}

func (l Limits) withDefaults() Limits {
	if l.Tx <= 0 {
		l.Tx = 5 * time.Second
	}
	if l.TxIdle <= 0 {
		l.TxIdle = time.Second
	}
	if l.Storage <= 0 {
		l.Storage = 16 << 20
	}
	if l.Value <= 0 {
		l.Value = 1 << 20
	}
	l.HTTP = l.HTTP.withDefaults()
	return l
}

// Task is a run that a plugin asks for.
type Task struct {
	// Plugin is the key of the plugin.
	Plugin string
	// Run is the run that asks for it; "" when it is not known.
	Run string
	// Task says what is to be run. Its parameters are nil or JSON.
	Task sdk.Task
}

// Queue runs things later.
type Queue interface {
	// Task queues a run of one of the plugin's actions and returns its number;
	// within tx, which is nil outside of transactions.
	Task(ctx context.Context, tx *sql.Tx, task Task) (int64, error)
	// Cancel ends a task of the plugin; [store.ErrNotFound] when it has none with
	// this number.
	Cancel(ctx context.Context, plugin string, id int64) error
	// RefreshM3U queues the refresh of an account.
	RefreshM3U(ctx context.Context, tx *sql.Tx, account int64) (int64, error)
	// RefreshEPG queues the refresh of a source.
	RefreshEPG(ctx context.Context, tx *sql.Tx, source int64) (int64, error)
}

// Emission is an event that a plugin tells.
type Emission struct {
	Plugin  string          // who tells it
	Run     string          // the run that does; "" outside of runs
	Name    string          // the event's
	Payload json.RawMessage // an object
}

// Config is what the services are made of.
type Config struct {
	// Store keeps the lineup and what plugins keep. Required.
	Store *store.Store
	// Queue runs things later. Nil: whatever needs it is refused.
	Queue Queue
	// Emit tells an event to who listens; it does not wait for them. Nil: events
	// of plugins are refused.
	Emit func(ctx context.Context, e Emission) error
	// Python answers what plugins in Python ask besides. Nil: they are refused.
	Python Python
	// Celery takes the tasks that they send. Nil: they are refused.
	Celery *celery.Celery
	// Limits bound what plugins may ask.
	Limits Limits
	// Version is the host's own, for servers that ask who fetches.
	Version string
	// Log hears of faults of the host. Nil means silence.
	Log *slog.Logger
}

// Services answers every plugin's calls.
type Services struct {
	cfg     Config
	methods map[string]method
	fetcher *fetcher
}

// New returns the services.
func New(cfg Config) *Services {
	cfg.Limits = cfg.Limits.withDefaults()
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	s := &Services{cfg: cfg, fetcher: newFetcher(cfg.Limits.HTTP)}
	s.methods = map[string]method{}
	for _, table := range []map[string]method{
		channelMethods(), profileMethods(), groupMethods(), logoMethods(), streamMethods(), m3uMethods(), epgMethods(),
		programmeMethods(), storageMethods(), settingMethods(), httpMethods(), taskMethods(), eventMethods(), pythonMethods(),
	} {
		maps.Copy(s.methods, table)
	}
	return s
}

// Methods lists what plugins may call, in no order.
func (s *Services) Methods() []string {
	names := []string{wire.MethodTxBegin, wire.MethodTxCommit, wire.MethodTxRollback}
	for name := range s.methods {
		names = append(names, name)
	}
	return names
}

// kind is how a method stands to the database.
type kind int

const (
	reading kind = iota // reads, in the transaction when it names it
	writing             // changes rows, all or none, in the plugin's open transaction if there is one
	joining             // is part of the plugin's open transaction if there is one, and else does as it likes
	outside             // has nothing to do with transactions
	apart               // changes what no transaction undoes, and on SQLite would wait for the plugin's own
)

// method is one row of the table.
type method struct {
	kind  kind
	serve func(ctx context.Context, c *call, params json.RawMessage) (any, error)
}

// call is one call of a plugin.
type call struct {
	*Services
	plugin string
	db     *store.Store // within the transaction, if there is one
	tx     *sql.Tx      // the plugin's open transaction; nil when there is none
	later  []func()     // what to do when the changes have become lasting

	held *semaphore.Weighted // the bytes that the process may fetch at a time
}

// then has f called when what the call changed has become lasting.
func (c *call) then(f func()) { c.later = append(c.later, f) }

// reads makes a method of a function that only reads.
func reads[P, R any](f func(ctx context.Context, c *call, params P) (R, error)) method {
	return method{reading, decoded(f)}
}

// writes makes a method of a function that changes rows.
func writes[P, R any](f func(ctx context.Context, c *call, params P) (R, error)) method {
	return method{writing, decoded(f)}
}

// joins makes a method of a function that looks itself whether it is within a
// transaction.
func joins[P, R any](f func(ctx context.Context, c *call, params P) (R, error)) method {
	return method{joining, decoded(f)}
}

// waits makes a method of a function that waits for others.
func waits[P, R any](f func(ctx context.Context, c *call, params P) (R, error)) method {
	return method{outside, decoded(f)}
}

// alone makes a method of a function that writes by ways of its own, which is
// refused while the plugin has a transaction open.
func alone[P, R any](f func(ctx context.Context, c *call, params P) (R, error)) method {
	return method{apart, decoded(f)}
}

// decoded reads the parameters; keys that are not known are left to newer hosts.
func decoded[P, R any](f func(ctx context.Context, c *call, params P) (R, error)) func(context.Context, *call, json.RawMessage) (any, error) {
	return func(ctx context.Context, c *call, raw json.RawMessage) (any, error) {
		var p P
		if len(raw) > 0 {
			if err := json.Unmarshal(raw, &p); err != nil {
				return nil, invalid("the parameters do not fit: %v", err)
			}
		}
		return f(ctx, c, p)
	}
}

// none is the answer of a method that has none, and the parameters of one that
// takes none.
type none struct{}

// MarshalJSON writes null.
func (none) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// invalid says that the plugin asked for what cannot be.
func invalid(format string, args ...any) error {
	return wire.Errorf(wire.CodeInvalidParams, format, args...)
}

// explain gives an error of the store the protocol's code. What is nobody's
// fault but the host's is logged, too: plugins cannot mend it.
func (s *Services) explain(ctx context.Context, plugin, method string, err error) error {
	if err == nil {
		return nil
	}
	if _, known := errors.AsType[*wire.Error](err); known || errors.Is(err, context.Canceled) {
		return err
	}
	_, wrong := errors.AsType[store.Invalid](err)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return wire.Errorf(wire.CodeNotFound, "%v", err)
	case wrong, errors.Is(err, store.ErrLocked), store.IsConflict(err):
		return invalid("%v", err)
	}
	s.cfg.Log.ErrorContext(ctx, "a plugin's call failed", "plugin", plugin, "method", method, "error", err)
	return wire.Errorf(wire.CodeInternal, "%v", err)
}
