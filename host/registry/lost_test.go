package registry_test

import (
	"context"
	"encoding/json"
	"sync/atomic"
	"testing"

	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/registry"
	"github.com/pluggarr/pluggarr/host/worker"
)

// lingering is a process that is not gone before it may be.
type lingering struct {
	worker.Child
	may <-chan struct{}
}

// Wait returns when the process is gone and may be.
func (l lingering) Wait() error {
	<-l.may
	return l.Child.Wait()
}

// lost tells that the connection to a process has ended.
type lost chan struct{}

// Call refuses everything.
func (lost) Call(context.Context, string, json.RawMessage) (any, error) { return nil, context.Canceled }

// Close tells.
func (l lost) Close() { l <- struct{}{} }

// TestCallWhileAProcessEnds calls a plugin between the moment in which it has
// hung up and that in which its process is gone.
func TestCallWhileAProcessEnds(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{})
	launch, may, heard := b.cfg.Launch, make(chan struct{}), make(lost, 10)
	var linger atomic.Bool
	b.cfg.Launch = func(ctx context.Context, f plugindir.Found) (worker.Process, error) {
		p, err := launch(ctx, f)
		if err == nil && linger.CompareAndSwap(true, false) {
			p.Child = lingering{p.Child, may}
		}
		return p, err
	}
	b.cfg.Session = func(string) registry.Session { return heard }
	b.Close(t.Context())
	b.open()
	b.write("p/main.go", source("x", `"os"`, `func end(_ *sdk.Context, _ Settings) (sdk.Result, error) {
	os.Exit(1)
	return sdk.Result{}, nil
}`, `{ID: "end", Label: "End", Run: sdk.Handle(end)},`))
	b.enable("p")
	linger.Store(true)
	ended := make(chan error, 2)
	go func() {
		_, err := b.Run(t.Context(), "p", registry.Call{Action: "end"})
		ended <- err
	}()
	<-heard
	next := make(chan error, 1)
	go func() {
		_, err := b.Run(t.Context(), "p", registry.Call{Action: "say"})
		next <- err
	}()
	for range 1000 {
		if runs, err := b.Runs(t.Context(), "p", 10, ""); err != nil || len(runs) > 1 {
			break // it has begun, on the process that ends
		}
	}
	close(may)
	if err := <-ended; err == nil {
		t.Error("a plugin that ends its process is not told of")
	}
	if err := <-next; err != nil {
		t.Errorf("the next call: %v", err)
	}
}
