package compat_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/pluggarr/pluggarr/host/proc"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// crowd is a plugin with children of which none takes much memory.
const crowd = `
import os
class Plugin:
    name = "Crowd"
    def run(self, action, params, context):
        for _ in range(4):
            if os.fork() == 0:
                held = bytearray(os.urandom(1 << 20) * 60)
        return os.wait() and {"status": "ok"}
`

// TestCgroupOfAWorker has one worker use more memory than it may, all processes
// together, while another one works.
func TestCgroupOfAWorker(t *testing.T) {
	starter := proc.NewStarter(fmt.Sprint("python", os.Getpid()))
	t.Cleanup(starter.Close)
	if err := starter.UseCgroups(); err != nil {
		if os.Getenv("PLUGGARR_TEST_CGROUPS") != "" {
			t.Fatal(err)
		}
		t.Skipf("no cgroups here, .ci/vm runs this where they are: %v", err)
	}
	h := startOn(t, python(t, ""), starter)
	limits := proc.Limits{Memory: 160 << 20, Files: 256}
	w, quiet := h.fork(t, limits), h.fork(t, limits)
	h.load(t, w, "crowd", crowd)
	h.load(t, quiet, "echo", echo)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := w.conn.Call(ctx, wire.MethodRun, wire.RunParams{Action: "go"}, nil); err == nil {
		t.Error("the run of a worker without memory was successful")
	}
	if got := fmt.Sprint(w.Wait()); got != "it used more than 160 MiB of memory, with all it started" {
		t.Errorf("Wait = %s; it said %s", got, w.err.String())
	}
	quiet.call(t, wire.MethodRun, wire.RunParams{Action: "go", Settings: []byte(`{"limit":5}`)}, nil)
}
