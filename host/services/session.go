package services

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"golang.org/x/sync/semaphore"

	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// Session answers one process of one plugin. Its methods may be used
// concurrently.
type Session struct {
	services *Services
	plugin   string
	ctx      context.Context //nolint:containedctx // the life of the process, parent of its transaction's
	end      context.CancelCauseFunc
	turn     chan struct{} // holds one token; who has it may have a transaction
	held     *semaphore.Weighted

	mu   sync.Mutex
	open *transaction // nil when there is none
	last int64        // the number of the last one
	past []past       // the last that did not end as the plugin wanted
}

// past is what became of a transaction that did not end as the plugin wanted.
type past struct {
	id  int64
	why error
}

// Session returns the one who answers a process of this plugin.
func (s *Services) Session(plugin string) *Session {
	session := &Session{
		services: s, plugin: plugin, turn: make(chan struct{}, 1),
		held: semaphore.NewWeighted(s.cfg.Limits.HTTP.Held),
	}
	session.ctx, session.end = context.WithCancelCause(context.Background())
	session.turn <- struct{}{}
	return session
}

// Close undoes the open transaction: the process is gone. It is called once.
func (s *Session) Close() {
	s.end(errGone)
	<-s.turn // whoever has it is about to give it back; no other follows
}

// Call serves one call of the process. A panic is an error of the host's, which
// lives on: plugins choose what they ask.
func (s *Session) Call(ctx context.Context, name string, params json.RawMessage) (result any, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			s.services.cfg.Log.ErrorContext(ctx, "a plugin's call made the host panic",
				"plugin", s.plugin, "method", name, "panic", fmt.Sprint(cause), "stack", string(debug.Stack()))
			result, err = nil, wire.Errorf(wire.CodeInternal, "the host made a mistake: its log holds the details")
		}
	}()
	switch name {
	case wire.MethodTxBegin:
		return s.begin(ctx, params)
	case wire.MethodTxCommit:
		return nil, s.services.explain(ctx, s.plugin, name, s.commit(params))
	case wire.MethodTxRollback:
		return nil, s.services.explain(ctx, s.plugin, name, s.rollback(params))
	}
	m, known := s.services.methods[name]
	if !known {
		return nil, wire.Errorf(wire.CodeUnknownMethod, "this host has no %q", name)
	}
	result, err = s.serve(ctx, m, params)
	return result, s.services.explain(ctx, s.plugin, name, err)
}

// serve calls a method inside of a transaction or outside of all.
func (s *Session) serve(ctx context.Context, m method, params json.RawMessage) (any, error) {
	c := &call{Services: s.services, plugin: s.plugin, db: s.services.cfg.Store, held: s.held}
	switch {
	case m.kind == apart && s.transaction() != nil:
		return nil, invalid("this cannot be done while the plugin has a transaction open: do it before or after")
	case m.kind == apart, m.kind == outside:
		return m.serve(ctx, c, params)
	}
	t, err := s.joined(m.kind, params)
	switch {
	case err != nil:
		return nil, err
	case t != nil:
		result, err := t.step(ctx, c, m, params)
		if errors.Is(err, store.ErrTxLost) {
			t.end(err)
			return nil, over(err)
		}
		return result, err
	case m.kind != writing:
		return m.serve(ctx, c, params)
	}
	var result any
	err = c.db.Atomic(ctx, func(db *store.Store) (err error) {
		c.db = db
		result, err = m.serve(ctx, c, params)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, f := range c.later {
		f()
	}
	return result, nil
}

// joined returns the transaction that a call takes part in, nil for none: the
// one it names, and for one that does not just read the open one in any case.
func (s *Session) joined(k kind, params json.RawMessage) (*transaction, error) {
	id, err := txOf(params)
	if err != nil {
		return nil, err
	}
	if id != 0 {
		return s.named(id)
	}
	if k != reading {
		return s.transaction(), nil
	}
	return nil, nil
}
