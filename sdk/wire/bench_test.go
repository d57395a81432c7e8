package wire_test

import (
	"encoding/json"
	"net"
	"path/filepath"
	"testing"

	"github.com/pluggarr/pluggarr/sdk/wire"
)

// BenchmarkCall is one call and its answer over a Unix socket within one
// process; the pipe to a worker adds a switch of processes.
func BenchmarkCall(b *testing.B) {
	path := filepath.Join(b.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	x, err := net.Dial("unix", path)
	if err != nil {
		b.Fatal(err)
	}
	y, err := l.Accept()
	if err != nil {
		b.Fatal(err)
	}
	host, worker := wire.NewConn(x, wire.Config{}), wire.NewConn(y, wire.Config{Handle: echo})
	defer worker.Close()
	defer host.Close()
	params := json.RawMessage(`{"run":"0190","action":"do_work","params":{},"settings":{"limit":5}}`)
	b.ReportAllocs()
	for b.Loop() {
		if err := host.Call(b.Context(), wire.MethodRun, params, nil); err != nil {
			b.Fatal(err)
		}
	}
}
