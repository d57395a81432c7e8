package bench_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
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

// BenchmarkDjango is a host with twenty plugins that import models of Django's:
// its start up to the moment in which all of them run, what each then costs, the
// first query of each, and one plugin switched on, from the click to its answer.
func BenchmarkDjango(b *testing.B) {
	const plugins = 20
	python, data := django(b), b.TempDir()
	keys := make([]string, plugins)
	for i := range keys {
		keys[i] = fmt.Sprintf("writer%d", i)
		copyPlugin(b, data, "writer_python", keys[i])
	}
	h := serveAt(b, data, "--python", python)
	h.reload(b)
	for _, key := range keys {
		h.enable(b, key)
	}
	h.end()
	for b.Loop() {
		begun := time.Now()
		h := serveAt(b, data, "--python", python)
		h.all(b, plugins, "running")
		b.ReportMetric(time.Since(begun).Seconds(), "start-s")
		pids, memory := forks(b, h.Pid), 0.0
		for _, pid := range pids {
			memory += share(b, pid) / float64(len(pids))
		}
		b.ReportMetric(float64(len(pids)), "processes")
		b.ReportMetric(memory, "MB/plugin")
		var queries, clicks []time.Duration
		for _, key := range keys {
			var took struct{ Ms float64 }
			h.run(b, key, `{"action": "query"}`, &took)
			queries = append(queries, time.Duration(took.Ms*float64(time.Millisecond)))
		}
		slices.Sort(queries)
		b.ReportMetric(queries[plugins/2].Seconds()*1000, "query-p50-ms")
		b.ReportMetric(queries[plugins-1].Seconds()*1000, "query-max-ms")
		for _, key := range keys {
			if err := h.post("/api/plugins/plugins/"+key+"/enabled/", `{"enabled": false}`, `"enabled":false`); err != nil {
				b.Fatal(err)
			}
			begun := time.Now()
			h.enable(b, key)
			clicks = append(clicks, time.Since(begun))
		}
		slices.Sort(clicks)
		b.ReportMetric(clicks[plugins/2].Seconds()*1000, "enable-p50-ms")
		h.end()
	}
	b.ReportMetric(0, "ns/op")
}

// all waits until so many plugins are in a state.
func (s *served) all(b *testing.B, n int, state string) {
	b.Helper()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for until := time.Now().Add(time.Minute); ; <-ticker.C {
		var list struct{ Plugins []struct{ State string } }
		text := s.list(b)
		if err := json.Unmarshal([]byte(text), &list); err != nil {
			b.Fatal(err)
		}
		found := 0
		for _, plugin := range list.Plugins {
			if plugin.State == state {
				found++
			}
		}
		if found == n {
			return
		}
		if time.Now().After(until) {
			b.Fatalf("%d plugins are %s, want %d: %s", found, state, n, text)
		}
	}
}

// forks are the processes of Python plugins below a host: the children of its
// fork-server.
func forks(b *testing.B, host int) []int {
	b.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		b.Fatal(err)
	}
	children := map[int][]int{}
	for _, stat := range stats {
		raw, err := os.ReadFile(stat)
		if err != nil {
			continue // it has ended
		}
		pid, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(stat, "/proc/"), "/stat"))
		_, rest, _ := strings.Cut(string(raw), ") ")
		parent, _ := strconv.Atoi(strings.Fields(rest)[1])
		children[parent] = append(children[parent], pid)
	}
	var most []int // of the processes below the host, the fork-server has most children
	for below := children[host]; len(below) > 0; {
		pid := below[0]
		below = append(below[1:], children[pid]...)
		if len(children[pid]) > len(most) {
			most = children[pid]
		}
	}
	return most
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
