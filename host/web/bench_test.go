package web_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkRun is an action that does nothing, over HTTP and a socket, from the
// request to the whole answer: key, worker, record in the database and all.
func BenchmarkRun(b *testing.B) {
	h := newHouse(b)
	h.file("interpreted/main.go", `package main

import "github.com/pluggarr/pluggarr/sdk"

func noop(ctx *sdk.Context, s struct{}) (sdk.Result, error) { return sdk.Result{}, nil }

func main() {
	sdk.Serve(sdk.Plugin{Name: "P", Actions: []sdk.Action{{ID: "noop", Label: "Noop", Run: sdk.Handle(noop)}}})
}
`)
	h.file("compiled/plugin.json", `{"name": "P", "executable": "run"}`)
	h.file("compiled/run", "")
	for _, engine := range []string{"interpreted", "compiled"} {
		path := "/api/plugins/plugins/" + engine
		if status, body := h.post(path+"/enabled/", `{"enabled": true}`); status != http.StatusOK {
			b.Fatal(body)
		}
		for _, clients := range []int{1, 8} {
			b.Run(fmt.Sprintf("%s/%d", engine, clients), func(b *testing.B) {
				measure(b, clients, h.repeat(path+"/run/", `{"action": "noop"}`))
			})
		}
	}
}

// BenchmarkList is the list of a hundred plugins that have not changed.
func BenchmarkList(b *testing.B) {
	h := newHouse(b)
	for i := range 100 {
		h.file(fmt.Sprintf("p%d/plugin.json", i), `{"name": "P", "executable": "run"}`)
		h.file(fmt.Sprintf("p%d/run", i), "")
	}
	measure(b, 1, h.repeat("/api/plugins/plugins/", ""))
}

// repeat makes a function that sends one request over connections that stay.
func (h *house) repeat(path, body string) func() error {
	transport := &http.Transport{MaxIdleConnsPerHost: 8}
	h.tb.Cleanup(transport.CloseIdleConnections)
	client := http.Client{Transport: transport}
	method := http.MethodGet
	if body != "" {
		method = http.MethodPost
	}
	return func() error {
		r, err := http.NewRequestWithContext(h.tb.Context(), method, h.url+path, strings.NewReader(body))
		if err != nil {
			return err
		}
		r.Header.Set("X-API-Key", h.keys["admin"])
		r.Header.Set("Content-Type", "application/json")
		answer, err := client.Do(r)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err == nil && answer.StatusCode != http.StatusOK {
			err = fmt.Errorf("status %d: %s", answer.StatusCode, text)
		}
		return err
	}
}

// measure calls f b.N times from several clients at once and reports what half
// of the calls, and all but one in twenty, took at most.
func measure(b *testing.B, clients int, f func() error) {
	b.Helper()
	if err := f(); err != nil { // starts what has to be started
		b.Fatal(err)
	}
	took := make([]time.Duration, b.N)
	var next atomic.Int64
	var all sync.WaitGroup
	b.ResetTimer()
	for range clients {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(b.N); i = next.Add(1) - 1 {
				begun := time.Now()
				if err := f(); err != nil {
					b.Error(err)
					return
				}
				took[i] = time.Since(begun)
			}
		})
	}
	all.Wait()
	b.StopTimer()
	slices.Sort(took)
	for name, share := range map[string]int{"p50-µs": 50, "p95-µs": 95} {
		b.ReportMetric(float64(took[(b.N-1)*share/100].Microseconds()), name)
	}
}
