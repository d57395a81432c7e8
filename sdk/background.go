package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/pluggarr/pluggarr/sdk/wire"
)

// background runs the plugin's Start: one call of it at a time, until the next
// one begins, or the session is over.
type background struct {
	life context.Context //nolint:containedctx // the session's; parent of every call of Start, which outlives the host's call for it
	turn chan struct{}   // holds one token; who took it may begin and end the work
	work sync.WaitGroup  // every call of Start

	cancel context.CancelFunc // of the last call; nil before the first
	done   chan struct{}      // closed when the last call has returned
}

func newBackground(life context.Context) *background {
	b := &background{life: life, turn: make(chan struct{}, 1)}
	b.turn <- struct{}{}
	return b
}

// begin ends what runs already and then, on a goroutine of its own, calls f,
// which may be nil. A plugin that does not end its work holds up begin until
// ctx ends.
func (b *background) begin(ctx context.Context, f func(ctx context.Context)) error { //nolint:contextcheck // the work outlives the call that begins it
	select {
	case <-b.turn:
	case <-ctx.Done():
		return fmt.Errorf("wait for the background work to end: %w", ctx.Err())
	}
	defer func() { b.turn <- struct{}{} }()
	if b.cancel != nil {
		b.cancel()
		select {
		case <-b.done:
		case <-ctx.Done():
			return fmt.Errorf("wait for the background work to end: %w", ctx.Err())
		}
	}
	if f == nil {
		return nil
	}
	own, cancel := context.WithCancel(b.life)
	done := make(chan struct{})
	b.cancel, b.done = cancel, done
	b.work.Go(func() {
		defer close(done)
		f(own)
	})
	return nil
}

// end ends the work and waits for it as long as ctx lasts.
func (b *background) end(ctx context.Context) error { return b.begin(ctx, nil) }

// work calls the plugin's Start and logs how it failed. An end that was asked
// for is none.
func (s *session) work(ctx context.Context, settings json.RawMessage) {
	c := s.context(ctx, Run{}, nil)
	c.settings = settings
	_, err := s.guard(ctx, func() (any, error) { return nil, s.plugin.Start.call(c, settings) })
	var failure *wire.Error
	if !errors.As(err, &failure) || failure.Code == wire.CodeCancelled {
		return
	}
	attrs := []any{"error", err}
	var details wire.PluginFailure
	if json.Unmarshal(failure.Data, &details) == nil && details.Traceback != "" {
		attrs = append(attrs, "traceback", details.Traceback)
	}
	c.Log.Error("background work ended", attrs...)
}
