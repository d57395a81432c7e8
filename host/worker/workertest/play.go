package workertest

import (
	"context"
	"fmt"
	"os"

	"github.com/pluggarr/pluggarr/host/interp"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// Play makes this process what "pluggarr worker" is, and ends it when that ends:
// a TestMain calls it in a process that a test started of its own program.
func Play() {
	stream, err := wire.WorkerStream()
	if err == nil {
		err = interp.ServeWorker(context.Background(), stream)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "worker:", err)
		os.Exit(1)
	}
	os.Exit(0)
}
