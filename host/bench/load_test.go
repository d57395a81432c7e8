package bench_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// broken is what is saved in the place of a plugin so that it does not load.
var broken = map[string]string{"edit_go": "package main\n\nfunc main() { missing() }\n", "edit_python": "class Plugin(\n"}

// BenchmarkEditCalled is BenchmarkEdit while ten clients call the plugin a hundred
// times a second each. Every third edit does not load: then it waits for the entry
// to say so. A call that fails ends the benchmark. calls/s is how many were
// answered, call-p99-µs and call-max-µs how long those took.
func BenchmarkEditCalled(b *testing.B) {
	h := serve(b)
	for _, plugin := range []string{"edit_go", "edit_python"} {
		write(b, h.plugins, plugin, 0)
		path := "/api/plugins/plugins/" + plugin
		if err := h.post(path+"/enabled/", `{"enabled": true}`, `"enabled":true`); err != nil {
			b.Logf("without %s: %v", plugin, err)
			continue
		}
		version, last := 0, 0
		b.Run(plugin, func(b *testing.B) {
			end := h.callAllTheTime(b, path+"/run/")
			var took []time.Duration
			for b.Loop() {
				version++
				begun := time.Now()
				if version%3 == 0 {
					spoil(b, h.plugins, plugin)
					h.await(b, begun, path+"/", http.MethodGet, "keeps serving")
					h.await(b, begun, path+"/run/", http.MethodPost, fmt.Sprintf("version %d", last))
					continue
				}
				write(b, h.plugins, plugin, version)
				h.await(b, begun, path+"/run/", http.MethodPost, fmt.Sprintf("version %d", version))
				took, last = append(took, time.Since(begun)), version
			}
			end()
			if len(took) > 0 {
				report(b, took)
			}
		})
	}
}

// spoil saves a version that does not load.
func spoil(b *testing.B, dir, plugin string) {
	b.Helper()
	if err := os.WriteFile(filepath.Join(dir, plugin, edits[plugin].file), []byte(broken[plugin]), 0o644); err != nil {
		b.Fatal(err)
	}
}

// await asks until an answer holds some text.
func (s *served) await(b *testing.B, since time.Time, path, method, want string) {
	b.Helper()
	body := ""
	if method == http.MethodPost {
		body = `{"action": "noop"}`
	}
	for {
		text, err := s.send(method, path, body)
		switch {
		case err != nil:
			b.Fatal(err)
		case strings.Contains(string(text), want):
			return
		case time.Since(since) > 20*time.Second:
			b.Fatalf("waited for %q: %s", want, text)
		}
	}
}

// callAllTheTime calls an action a thousand times a second, as far as the host
// comes, until end is called, which reports how that went.
func (s *served) callAllTheTime(b *testing.B, path string) (end func()) {
	const clients, pause = 10, 10 * time.Millisecond
	stop := make(chan struct{})
	took := make([][]time.Duration, clients)
	var calling sync.WaitGroup
	for client := range clients {
		calling.Go(func() {
			tick := time.NewTicker(pause)
			defer tick.Stop()
			for {
				begun := time.Now()
				if err := s.post(path, `{"action": "noop"}`, `"status":"ok"`); err != nil {
					b.Errorf("a call failed: %v", err)
				}
				took[client] = append(took[client], time.Since(begun))
				select {
				case <-tick.C:
				case <-stop:
					return
				}
			}
		})
	}
	begun := time.Now()
	return func() {
		close(stop)
		calling.Wait()
		lasted := time.Since(begun)
		var all []time.Duration
		for _, some := range took {
			all = append(all, some...)
		}
		b.ReportMetric(float64(len(all))/lasted.Seconds(), "calls/s")
		b.ReportMetric(float64(quantile(all, 99)/time.Microsecond), "call-p99-µs")
		b.ReportMetric(float64(quantile(all, 100)/time.Microsecond), "call-max-µs")
	}
}

// BenchmarkEditCompiled is from the moment in which a file is saved to the first
// call that its program answers, which is compiled in the background once nobody
// has saved for five seconds.
func BenchmarkEditCompiled(b *testing.B) {
	h := serve(b)
	write(b, h.plugins, "edit_go", 0)
	path := "/api/plugins/plugins/edit_go"
	if err := h.post(path+"/enabled/", `{"enabled": true}`, `"enabled":true`); err != nil {
		b.Fatal(err)
	}
	var took []time.Duration
	for version := 1; b.Loop(); version++ {
		begun := time.Now()
		write(b, h.plugins, "edit_go", version)
		h.await(b, begun, path+"/run/", http.MethodPost, fmt.Sprintf("version %d", version))
		h.await(b, begun, path+"/", http.MethodGet, `"engine":"compiled"`)
		h.await(b, begun, path+"/run/", http.MethodPost, fmt.Sprintf("version %d", version))
		took = append(took, time.Since(begun))
	}
	report(b, took)
}
