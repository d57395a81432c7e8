package ingest

import (
	"context"
	"time"

	"github.com/pluggarr/pluggarr/host/store"
)

// Bounds of a transaction of a refresh.
const (
	chunkRows  = 1000 // rows at most
	chunkLeast = 200  // rows at least, however slow the machine is

	slowWrite = 75 * time.Millisecond // after which the next one is smaller
	fastWrite = 35 * time.Millisecond // under which the next one may be larger

	longWrite = 100 * time.Millisecond // after which what should be one is made several
)

// pacer leaves others time to write between the transactions of a refresh, and
// keeps these short. SQLite has one writer at a time, and one in another
// process that waits asks again only now and then: without pauses it may wait
// for the whole refresh. Python plugins take turns with it.
type pacer struct {
	db   *store.Store
	next time.Time
	rows int
}

// limit is how many rows the next transaction may write.
func (p *pacer) limit() int {
	if p.rows == 0 {
		p.rows = chunkRows / 2
	}
	return p.rows
}

// write runs one transaction when it is this refresh's turn.
func (p *pacer) write(ctx context.Context, transaction func() error) error {
	if err := p.wait(ctx); err != nil {
		return err
	}
	end, err := p.db.Turn(ctx)
	if err != nil {
		return err
	}
	defer end()
	begun := time.Now()
	err = transaction()
	took := time.Since(begun)
	switch {
	case took > slowWrite:
		p.rows = max(chunkLeast, p.limit()/2)
	case took < fastWrite:
		p.rows = min(chunkRows, p.limit()*3/2)
	}
	p.next = time.Now().Add(min(max(took/3, 3*time.Millisecond), 25*time.Millisecond))
	return err
}

func (p *pacer) wait(ctx context.Context) error {
	pause := time.Until(p.next)
	if pause <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
