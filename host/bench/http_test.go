package bench_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkHTTP is the whole way of a click: the key, the plugin, its action
// that does nothing, the run's record in SQLite, the answer. MB is what the host
// then costs, without its plugins.
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
				b.ReportMetric(share(b, h.Pid), "MB")
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
	URL    string `json:"url"`
	Key    string `json:"key"`
	Pid    int    `json:"pid"`
	client *http.Client

	plugins string // the plugins folder
	end     func() // ends the host; the benchmark's end does too
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
	s := serveAt(b, data)
	s.reload(b)
	return s
}

// serveAt runs a host on a data folder, up to its first answer; args are more
// arguments of its program.
func serveAt(b *testing.B, data string, args ...string) *served {
	b.Helper()
	s := &served{plugins: filepath.Join(data, "plugins"), client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}}
	url, end := begin(b, data, args...)
	s.end = end
	answer, err := s.client.Get(url + "/healthz") // answered once the host serves
	if err != nil {
		b.Fatal(err)
	}
	answer.Body.Close()
	raw, err := os.ReadFile(filepath.Join(data, "host", "local.json"))
	if err == nil {
		err = json.Unmarshal(raw, s)
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(s.client.CloseIdleConnections)
	return s
}

// begin starts the host's program and returns the address it prints, and what
// ends it.
func begin(b *testing.B, data string, args ...string) (url string, end func()) {
	b.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(b.Context()))
	args = append([]string{"serve", "--listen", "127.0.0.1:0", "--data", data}, args...)
	cmd := exec.CommandContext(ctx, program(b, "pluggarr"), args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		b.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for url == "" && lines.Scan() {
		url = regexp.MustCompile(`http://[\d.]+:\d+`).FindString(lines.Text())
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.Copy(io.Discard, out) // until the host has ended
	}()
	end = sync.OnceFunc(func() {
		stop()
		<-read
		if err := cmd.Wait(); err != nil && !errors.Is(err, context.Canceled) {
			b.Errorf("the host: %v", err)
		}
	})
	b.Cleanup(end)
	if url == "" {
		b.Fatal("the host does not say where it listens")
	}
	return url, end
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
