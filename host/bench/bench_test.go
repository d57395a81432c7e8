package bench_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkCall is a call into a plugin that runs: parameters and settings
// there, a result back. MB is what the process then costs: its own memory, and
// its share of what it has in common with others.
func BenchmarkCall(b *testing.B) {
	for _, e := range engines(b) {
		if strings.Contains(e.name, "-280-lines") || strings.HasSuffix(e.name, "-cold") {
			continue // they differ in how they start
		}
		b.Run(e.name, func(b *testing.B) {
			r := e.prepare(b)()
			defer r.end()
			var took []time.Duration
			for b.Loop() {
				begun := time.Now()
				if err := r.call(); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(begun))
			}
			report(b, took)
			b.ReportMetric(share(b, r.pid), "MB")
		})
	}
}

// BenchmarkStart is from nothing, or from the interpreter that waits, to a
// plugin that has described itself; for go-plugin, which has nothing of the
// kind, to the answer of its first call.
func BenchmarkStart(b *testing.B) {
	for _, e := range engines(b) {
		b.Run(e.name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				b.StopTimer()
				start := e.prepare(b)
				b.StartTimer()
				begun := time.Now()
				r := start()
				took = append(took, time.Since(begun))
				b.StopTimer()
				r.end()
				b.StartTimer()
			}
			report(b, took)
		})
	}
}

// share returns the proportional share of memory of a process, in MB.
func share(b *testing.B, pid int) float64 {
	b.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(raw), "\nPss:")
	kib, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	if err != nil {
		b.Fatal(err)
	}
	return kib / 1000 * 1.024
}

// report adds the quantiles that the mean hides.
func report(b *testing.B, took []time.Duration) {
	b.Helper()
	for _, q := range []int{50, 95, 99} {
		b.ReportMetric(float64(quantile(took, q))/float64(time.Microsecond), fmt.Sprintf("p%d-µs", q))
	}
}

// quantile sorts and returns what q percent did not exceed.
func quantile(took []time.Duration, q int) time.Duration {
	slices.Sort(took)
	return took[min(len(took)*q/100, len(took)-1)]
}
