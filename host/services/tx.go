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
	errEnded = errors.New("it was ended before")
)

// transaction is a plugin's open transaction.
type transaction struct {
	id   int64
	ctx  context.Context //nolint:containedctx // ends with the transaction, and ends it
	end  context.CancelCauseFunc
	late *time.Timer   // ends it when it has been open for too long
	idle *time.Timer   // ends it when nothing uses it
	turn chan struct{} // holds one token; who has it may use what follows

	db    *store.Tx // nil when it is over
	used  time.Time // when the last step was done
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
	t.limit(limit, s.services.cfg.Limits.TxIdle)
	s.mu.Lock()
	t.id = s.last + 1
	s.open, s.last = t, t.id
	s.mu.Unlock()
	context.AfterFunc(t.ctx, func() { _ = s.finish(t, false) }) //nolint:contextcheck // it outlives the call; who uses it next is told
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

// limit ends a transaction that is open too long, or that nothing uses: others
// wait for it.
func (t *transaction) limit(open, idle time.Duration) {
	t.used = time.Now()
	t.late = time.AfterFunc(open, func() { t.end(fmt.Errorf("it took too long: it has %v", open)) })
	t.idle = time.AfterFunc(idle, func() {
		select {
		case <-t.turn:
		default:
			return // a step is under way, which sets the timer when it is done
		}
		if time.Since(t.used) >= idle {
			t.end(fmt.Errorf("nothing used it for %v, and others wait for it: compute and fetch before it begins", idle))
		}
		t.turn <- struct{}{}
	})
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
	defer func() {
		t.used = time.Now()
		t.idle.Reset(c.cfg.Limits.TxIdle)
	}()
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

// finish ends a transaction, once: commits it, or undoes it. One whose context
// has ended is undone in any case.
func (s *Session) finish(t *transaction, commit bool) error {
	<-t.turn // soon: what has it ends with t.ctx, or is a step
	db, later := t.db, t.later
	t.db = nil
	t.turn <- struct{}{}
	if db == nil {
		return over(t.cause())
	}
	t.late.Stop()
	t.idle.Stop()
	var err error
	why := t.cause()
	switch {
	case why != nil:
		err = db.Rollback()
	case commit:
		err = db.Commit()
	default:
		err = db.Rollback()
	}
	s.mu.Lock()
	s.open = nil
	s.remember(t.id, why)
	s.mu.Unlock()
	t.end(errEnded)
	s.turn <- struct{}{}
	switch {
	case why != nil && commit:
		return over(why)
	case commit && err == nil:
		for _, f := range later {
			f()
		}
	}
	return err
}

// remembered is of how many transactions it is known why they ended.
const remembered = 16

// remember notes why a transaction ended that did not as its plugin wanted.
func (s *Session) remember(id int64, why error) {
	if why == nil {
		return
	}
	if len(s.past) == remembered {
		s.past = s.past[1:]
	}
	s.past = append(s.past, past{id, why})
}

func (s *Session) commit(params json.RawMessage) error {
	t, err := s.wanted(params)
	if err != nil {
		return err
	}
	return s.finish(t, true)
}

// rollback undoes a transaction; that one is over already is what was asked for.
func (s *Session) rollback(params json.RawMessage) error {
	t, err := s.wanted(params)
	if err != nil {
		return nil //nolint:nilerr // see above
	}
	return s.finish(t, false)
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
	if s.open != nil && s.open.id == id {
		return s.open, nil
	}
	for _, p := range s.past {
		if p.id == id {
			return nil, over(p.why)
		}
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
