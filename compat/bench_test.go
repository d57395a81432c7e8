package compat_test

import (
	"encoding/json"
	"testing"

	"github.com/pluggarr/pluggarr/host/proc"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// BenchmarkReady measures from asking for a fork until the plugin has described itself.
func BenchmarkReady(b *testing.B) {
	h := start(b, python(b, ""))
	for b.Loop() {
		w := h.fork(b, proc.Limits{Memory: 1 << 30, Files: 1024})
		h.load(b, w, "echo", echo)
		b.StopTimer()
		_ = w.conn.Close()
		w.ended(b)
		b.StartTimer()
	}
}

// BenchmarkCall measures one run of an action that does nothing.
func BenchmarkCall(b *testing.B) {
	h := start(b, python(b, ""))
	w := h.fork(b, proc.Limits{})
	h.load(b, w, "nothing", "class Plugin:\n    def run(self, *_): return {}\n")
	params := wire.RunParams{
		Run: "00000000-0000-7000-8000-000000000000", Action: "x",
		Params: json.RawMessage(`{}`), Settings: json.RawMessage(`{"limit":5,"mode":"safe"}`),
	}
	var result json.RawMessage
	for b.Loop() {
		if err := w.conn.Call(b.Context(), wire.MethodRun, params, &result); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkInspect measures the reading of a plugin's metadata in a worker that waits.
func BenchmarkInspect(b *testing.B) {
	h := start(b, python(b, ""))
	w := h.fork(b, proc.Limits{})
	h.load(b, h.fork(b, proc.Limits{}), "echo", echo) // writes it
	for b.Loop() {
		if err := w.conn.Call(b.Context(), wire.MethodInspect, wire.InspectParams{Dir: h.plugins + "/echo"}, nil); err != nil {
			b.Fatal(err)
		}
	}
}
