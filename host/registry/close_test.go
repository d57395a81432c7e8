package registry_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/registry"
)

// TestCloseWhileLoading ends a host that starts a plugin which never gets ready.
func TestCloseWhileLoading(t *testing.T) {
	t.Parallel()
	const hangs = `package main

import "github.com/pluggarr/pluggarr/sdk"

func main() {
	println("loading")
	<-make(chan int)
	sdk.Serve(sdk.Plugin{Name: "Never"})
}
`
	b := newBench(t, registry.Times{Grace: short, Load: time.Hour})
	b.write("p/main.go", hangs)
	b.enable("p")
	ended := make(chan error, 1)
	go func() {
		_, err := b.run("p", "say", "")
		ended <- err
	}()
	b.heard("loading")
	closed := make(chan struct{})
	go func() {
		b.Close(context.Background())
		close(closed)
	}()
	select {
	case <-closed:
	case <-time.After(patience):
		t.Fatal("Close waits for a plugin that loads")
	}
	if err := <-ended; !errors.Is(err, registry.ErrClosed) {
		t.Errorf("the run ended with %v, want ErrClosed", err)
	}
}
