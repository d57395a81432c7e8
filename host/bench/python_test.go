package bench_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkWriters has two Python plugins write small transactions of Django's
// in a tight loop while the host imports a playlist of 100,000 entries, and the
// same again. A transaction that fails, or that is not there in the end, ends
// the benchmark.
func BenchmarkWriters(b *testing.B) {
	python := django(b)
	file := filepath.Join(b.TempDir(), "list.m3u")
	largePlaylist(b, file)
	keys := []string{"writer1", "writer2"}
	for b.Loop() {
		data := b.TempDir()
		for _, key := range keys {
			copyPlugin(b, data, "writer_python", key)
		}
		h := serveAt(b, data, "--python", python)
		h.reload(b)
		for _, key := range keys {
			h.enable(b, key)
			h.run(b, key, fmt.Sprintf(`{"action": "begin", "params": {"name": %q}}`, key), nil)
		}
		b.ReportMetric(h.until(b, "/api/m3u/accounts/", fmt.Sprintf(`{"name": "List", "file_path": %q}`, file)).Seconds(), "first-s")
		b.ReportMetric(h.until(b, "/api/m3u/refresh/", `{}`).Seconds(), "again-s")
		var took []time.Duration
		for _, key := range keys {
			var wrote struct {
				Milliseconds []float64 `json:"ms"`
				Failures     []string
				Kept         int
			}
			h.run(b, key, fmt.Sprintf(`{"action": "end", "params": {"name": %q}}`, key), &wrote)
			if len(wrote.Failures) > 0 || wrote.Kept != len(wrote.Milliseconds) {
				b.Errorf("%s wrote %d and finds %d; failures: %v", key, len(wrote.Milliseconds), wrote.Kept, wrote.Failures)
			}
			for _, ms := range wrote.Milliseconds {
				took = append(took, time.Duration(ms*float64(time.Millisecond)))
			}
		}
		report(b, took)
		b.ReportMetric(float64(took[len(took)-1])/float64(time.Microsecond), "max-µs")
		b.ReportMetric(float64(len(took)), "writes")
		h.end()
	}
	b.ReportMetric(0, "ns/op")
}

// django returns a Python that has Django: the one that PYTHON names, else that
// of the tests, which .ci/venv makes.
func django(b *testing.B) string {
	b.Helper()
	python := os.Getenv("PYTHON")
	if python == "" {
		python = path(b, "../../.cache/venv/bin/python")
	}
	if _, err := os.Stat(python); err != nil {
		b.Skipf("no Python with Django, run .ci/venv or name one with PYTHON: %v", err)
	}
	return python
}

// copyPlugin puts a plugin of testdata into the plugins folder of a data folder.
func copyPlugin(b *testing.B, data, name, key string) {
	b.Helper()
	if err := os.CopyFS(filepath.Join(data, "plugins", key), os.DirFS(path(b, "testdata/"+name))); err != nil {
		b.Fatal(err)
	}
}

// reload returns once every plugin of the folder is known.
func (s *served) reload(b *testing.B) {
	b.Helper()
	if err := s.post("/api/plugins/plugins/reload/", "{}", "{"); err != nil {
		b.Fatal(err)
	}
}

// enable switches a plugin on.
func (s *served) enable(b *testing.B, key string) {
	b.Helper()
	if err := s.post("/api/plugins/plugins/"+key+"/enabled/", `{"enabled": true}`, `"enabled":true`); err != nil {
		b.Fatal(err)
	}
}

// run runs an action and stores its result, unless that is nil.
func (s *served) run(b *testing.B, key, body string, result any) {
	b.Helper()
	text, err := s.send(http.MethodPost, "/api/plugins/plugins/"+key+"/run/", body)
	answer := struct{ Result any }{result}
	if err == nil {
		err = json.Unmarshal(text, &answer)
	}
	if err != nil {
		b.Fatal(err)
	}
}
