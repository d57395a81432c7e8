package bench_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host"
)

// BenchmarkHTTP is the whole way of a click: the key, the plugin, its action
// that does nothing, the run's record in SQLite, the answer.
func BenchmarkHTTP(b *testing.B) {
	h := serve(b)
	for _, plugin := range []string{"noop", "noop_python"} {
		path := "/api/plugins/plugins/" + plugin
		if err := h.post(path+"/enabled/", `{"enabled": true}`, `"enabled":true`); err != nil {
			b.Logf("without %s: %v", plugin, err)
			continue
		}
		for _, clients := range []int{1, 8} {
			b.Run(fmt.Sprintf("%s/clients-%d", plugin, clients), func(b *testing.B) {
				took := clicks(b, clients, func() error {
					return h.post(path+"/run/", `{"action": "noop"}`, `"status":"ok"`)
				})
				report(b, took)
			})
		}
	}
}

// clicks has clients click b.N times together and returns how long each took.
func clicks(b *testing.B, clients int, click func() error) []time.Duration {
	b.Helper()
	if err := click(); err != nil { // the first one starts the plugin
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
				if err := click(); err != nil {
					b.Error(err)
					return
				}
				took[i] = time.Since(begun)
			}
		})
	}
	all.Wait()
	b.StopTimer()
	return took
}

// served is a host and how to reach it.
type served struct {
	host.Local
	client *http.Client
}

// serve runs a host with both plugins until the benchmark ends.
func serve(b *testing.B) *served {
	b.Helper()
	data := b.TempDir()
	for _, name := range []string{"noop", "noop_python"} {
		if err := os.CopyFS(filepath.Join(data, "plugins", name), os.DirFS(path(b, "testdata/"+name))); err != nil {
			b.Fatal(err)
		}
	}
	h, err := host.New(b.Context(), host.Config{Listen: "127.0.0.1:0", Data: data, Self: program(b, "pluggarr")})
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(b.Context()))
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	s := &served{client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}}
	b.Cleanup(func() {
		s.client.CloseIdleConnections()
		stop()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	})
	answer, err := s.client.Get(h.URL() + "/healthz") // answered once the host serves
	if err != nil {
		b.Fatal(err)
	}
	answer.Body.Close()
	if s.Local, err = host.ReadLocal(data); err != nil {
		b.Fatal(err)
	}
	if err := s.post("/api/plugins/plugins/reload/", "{}", "{"); err != nil { // answered once every plugin is known
		b.Fatal(err)
	}
	return s
}

// post sends a body and wants an answer that holds some text.
func (s *served) post(path, body, want string) error {
	r, err := http.NewRequest(http.MethodPost, s.URL+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("X-API-Key", s.Key)
	r.Header.Set("Content-Type", "application/json")
	answer, err := s.client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && (answer.StatusCode != http.StatusOK || !strings.Contains(strings.ReplaceAll(string(text), " ", ""), want)) {
		err = fmt.Errorf("status %d: %s", answer.StatusCode, text)
	}
	return err
}
