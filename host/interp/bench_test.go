package interp_test

import (
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// From the host's wish for a plugin to its description: by a process that is
// started for it, and by a spare one that waits already.
func BenchmarkReady(b *testing.B) {
	for _, plugin := range []string{"small", "large"} {
		dir := "../dialect/testdata/" + plugin
		b.Run(plugin+"/cold", func(b *testing.B) {
			var cpu time.Duration // of the process, whatever else the machine does
			for b.Loop() {
				p := interpreted(b)
				ready(b, p, dir)
				b.StopTimer()
				cpu += finish(b, p)
				b.StartTimer()
			}
			b.ReportMetric(float64(cpu.Milliseconds())/float64(b.N), "cpu-ms/op")
		})
		b.Run(plugin+"/spare", func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				p := interpreted(b)
				<-time.After(200 * time.Millisecond) // a spare one waits longer than that
				b.StartTimer()
				ready(b, p, dir)
				b.StopTimer()
				finish(b, p)
				b.StartTimer()
			}
		})
	}
}

func ready(b *testing.B, p *process, dir string) {
	b.Helper()
	if err := p.Call(b.Context(), wire.MethodHello, hello(b, dir), nil); err != nil {
		b.Fatal(err)
	}
	var d sdk.Description
	if err := p.Call(b.Context(), wire.MethodDescribe, nil, &d); err != nil || d.Name == "" {
		b.Fatal(d, err)
	}
}

func finish(b *testing.B, p *process) time.Duration {
	b.Helper()
	if err := p.end(b); err != nil {
		b.Fatal(err, p.stderr.String())
	}
	return p.cmd.ProcessState.UserTime() + p.cmd.ProcessState.SystemTime()
}
