package services

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// Why a transaction ended other than its plugin wanted.
var (
	errGone  = errors.New("its process is gone")
	errLate  = errors.New("it took too long")
	errEnded = errors.New("it was ended before")
)

// transaction is a plugin's open transaction.
type transaction struct {
	id   int64
	ctx  context.Context //nolint:containedctx // ends with the transaction
	end  context.CancelCauseFunc
	late *time.Timer
	turn chan struct{} // holds one token; who has it may use what follows

	db    *store.Tx // nil when it is over
	later []func()  // what to do when it was committed
}

// begin opens a transaction when the one before has ended and whoever else
// writes has.
func (s *Session) begin(ctx context.Context, params json.RawMessage) (any, error) {
	var p wire.TxParams
	if len(params) > 0 {
		if err := json.Unmarshal(params, &p); err != nil {
			return nil, invalid("the parameters do not fit: %v", err)
		}
	}
	if id, err := txOf(params); err != nil || id != 0 {
		return nil, invalid("a transaction cannot be begun within another")
	}
	select {
	case <-s.turn:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-s.ctx.Done():
		return nil, errGone
	}
	t, err := s.openTx(ctx)
	if err != nil {
		s.turn <- struct{}{}
		return nil, s.services.explain(ctx, s.plugin, wire.MethodTxBegin, err)
	}
	limit := s.services.cfg.Limits.Tx
	if own := time.Duration(p.Milliseconds) * time.Millisecond; own > 0 && own < limit {
		limit = own
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t.id = s.past.id + 1
	s.open, s.past = t, past{id: t.id}
	if s.ctx.Err() != nil { // Close has looked already
		go func() { _ = s.finish(t, false, errGone) }() // Close waits for it
		return nil, errGone
	}
	t.late = time.AfterFunc(limit, func() {
		_ = s.finish(t, false, fmt.Errorf("%w: it has %v", errLate, limit)) // a database that cannot even undo says so to the next who asks
	})
	return wire.TxResult{Tx: t.id}, nil
}

// openTx waits for the database as long as the plugin does; the transaction
// lives on when that call has been answered.
func (s *Session) openTx(ctx context.Context) (*transaction, error) {
	t := &transaction{turn: make(chan struct{}, 1)}
	t.turn <- struct{}{}
	t.ctx, t.end = context.WithCancelCause(s.ctx)
	forget := context.AfterFunc(ctx, func() { t.end(ctx.Err()) })
	db, err := s.services.cfg.Store.Begin(t.ctx) //nolint:contextcheck // it outlives the call
	switch {
	case err != nil:
		forget()
		t.end(err)
		return nil, err
	case !forget():
		return nil, errors.Join(ctx.Err(), db.Rollback())
	}
	t.db = db
	return t, nil
}

// cause says why the transaction ended; nil while it is open.
func (t *transaction) cause() error { return context.Cause(t.ctx) }

// step lets a call take part. A step that fails leaves nothing behind, and the
// transaction goes on.
func (t *transaction) step(ctx context.Context, c *call, m method, params json.RawMessage) (any, error) {
	select {
	case <-t.turn:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { t.turn <- struct{}{} }()
	if t.db == nil {
		return nil, over(t.cause())
	}
	var result any
	c.tx = t.db.SQL()
	// Not the call's own context: a statement that is interrupted takes the whole
	// transaction with it.
	err := t.db.Do(t.ctx, func(db *store.Store) (err error) { //nolint:contextcheck // see above
		c.db = db
		result, err = m.serve(t.ctx, c, params)
		return err
	})
	switch {
	case t.ctx.Err() != nil:
		return nil, over(t.cause())
	case err != nil:
		return nil, err
	}
	t.later = append(t.later, c.later...)
	return result, nil
}

// finish ends a transaction, once: commits it, or undoes it because of why,
// which is nil when its plugin wants so.
func (s *Session) finish(t *transaction, commit bool, why error) error {
	if why != nil {
		t.end(why) // whatever uses it stops
	}
	<-t.turn // soon: what has it ends with t.ctx, or is a step
	db, later := t.db, t.later
	t.db = nil
	t.turn <- struct{}{}
	if db == nil {
		return over(t.cause())
	}
	err := s.close(t, db, commit)
	s.mu.Lock()
	s.open, s.past.why = nil, context.Cause(t.ctx)
	s.mu.Unlock()
	t.end(errEnded)
	s.turn <- struct{}{}
	if commit && err == nil {
		for _, f := range later {
			f()
		}
	}
	return err
}

// close does to the database what finish is for.
func (s *Session) close(t *transaction, db *store.Tx, commit bool) error {
	if t.late != nil {
		t.late.Stop()
	}
	if !commit {
		return db.Rollback()
	}
	err := db.Commit()
	if err != nil && t.ctx.Err() != nil {
		return over(t.cause())
	}
	return err
}

func (s *Session) commit(params json.RawMessage) error {
	t, err := s.wanted(params)
	if err != nil {
		return err
	}
	return s.finish(t, true, nil)
}

// rollback undoes a transaction; that one is over already is what was asked for.
func (s *Session) rollback(params json.RawMessage) error {
	t, err := s.wanted(params)
	if err != nil {
		return nil //nolint:nilerr // see above
	}
	return s.finish(t, false, nil)
}

// transaction returns the open one, nil when there is none.
func (s *Session) transaction() *transaction {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open
}

// named returns the open transaction if it has this number.
func (s *Session) named(id int64) (*transaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.open != nil && s.open.id == id:
		return s.open, nil
	case s.past.id == id:
		return nil, over(s.past.why)
	}
	return nil, over(nil)
}

// wanted returns the transaction that the parameters name.
func (s *Session) wanted(params json.RawMessage) (*transaction, error) {
	id, err := txOf(params)
	if err != nil {
		return nil, err
	}
	return s.named(id)
}

// over says that a transaction has ended, and why when that is known.
func over(why error) error {
	if why == nil {
		return wire.Errorf(wire.CodeTxOver, "the transaction is over")
	}
	return wire.Errorf(wire.CodeTxOver, "the transaction is over and nothing of it is left: %v", why)
}

// txOf reads which transaction a call names; 0 for none.
func txOf(params json.RawMessage) (int64, error) {
	if !bytes.Contains(params, []byte(`"tx"`)) {
		return 0, nil
	}
	var p struct {
		Tx int64 `json:"tx"`
	}
	if err := json.Unmarshal(params, &p); err != nil {
		return 0, invalid("the parameters do not fit: %v", err)
	}
	return p.Tx, nil
}
