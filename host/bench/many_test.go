package bench_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// BenchmarkMany is a host with a thousand plugin folders, of which twenty are
// enabled: its start up to the first answer when nothing has changed, the list of
// plugins, and a new folder up to a list that has it.
func BenchmarkMany(b *testing.B) {
	const folders, enabled = 1000, 20
	data := b.TempDir()
	plugins := filepath.Join(data, "plugins")
	for i := range folders {
		add(b, plugins, fmt.Sprintf("p%04d", i))
	}
	h := serveAt(b, data)
	for i := range enabled {
		if err := h.post(fmt.Sprintf("/api/plugins/plugins/p%04d/enabled/", i), `{"enabled": true}`, `"enabled":true`); err != nil {
			b.Fatal(err)
		}
	}
	h.end()
	b.Run("start", func(b *testing.B) {
		var took []time.Duration
		for b.Loop() {
			begun := time.Now()
			h := serveAt(b, data)
			took = append(took, time.Since(begun))
			b.StopTimer()
			h.end()
			b.StartTimer()
		}
		report(b, took)
	})
	h = serveAt(b, data)
	b.Run("list", func(b *testing.B) {
		var took []time.Duration
		for b.Loop() {
			begun := time.Now()
			h.list(b)
			took = append(took, time.Since(begun))
		}
		report(b, took)
	})
	b.Run("add", func(b *testing.B) {
		var took []time.Duration
		for n := 0; b.Loop(); n++ {
			key := fmt.Sprintf("added%d_%d", b.N, n)
			begun := time.Now()
			add(b, plugins, key)
			for !strings.Contains(h.list(b), `"`+key+`"`) {
				if time.Since(begun) > 10*time.Second {
					b.Fatal("it is not listed")
				}
			}
			took = append(took, time.Since(begun))
		}
		report(b, took)
	})
}

// add writes a plugin into the plugins folder.
func add(b *testing.B, plugins, key string) {
	b.Helper()
	err := os.MkdirAll(filepath.Join(plugins, key), 0o755)
	if err == nil {
		text := strings.ReplaceAll(edits["edit_go"].code, "VERSION", key)
		err = os.WriteFile(filepath.Join(plugins, key, "main.go"), []byte(text), 0o644)
	}
	if err != nil {
		b.Fatal(err)
	}
}

// list returns the list of plugins as it is answered.
func (s *served) list(b *testing.B) string {
	b.Helper()
	r, err := http.NewRequest(http.MethodGet, s.URL+"/api/plugins/plugins/", http.NoBody)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("X-API-Key", s.Key)
	answer, err := s.client.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		b.Fatalf("status %d, %v: %s", answer.StatusCode, err, text)
	}
	return string(text)
}
