package services_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/proc"
	"github.com/pluggarr/pluggarr/host/services"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/store/storetest"
	"github.com/pluggarr/pluggarr/host/worker"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// engines starts testdata/lineup in each of the two ways.
func engines(t testing.TB) map[string]func(testing.TB) worker.Process {
	t.Helper()
	starter := proc.NewStarter("")
	t.Cleanup(starter.Close)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "lineup")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./testdata/lineup").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	start := func(spec proc.Spec) func(testing.TB) worker.Process {
		return func(t testing.TB) worker.Process {
			t.Helper()
			p, err := starter.Start(spec)
			if err != nil {
				t.Fatal(err)
			}
			return worker.Process{Stream: p.Stream, Stdout: p.Stdout, Stderr: p.Stderr, Child: p}
		}
	}
	return map[string]func(testing.TB) worker.Process{
		"interpreted": start(proc.Spec{Path: self, Env: append(os.Environ(), playWorker, "GORACE=atexit_sleep_ms=0")}),
		"compiled":    start(proc.Spec{Path: program, Env: os.Environ()}),
	}
}

// running is a plugin in a process of its own, with a session on s.
func running(t testing.TB, s *services.Services, start func(testing.TB) worker.Process) func(action, params string) (string, error) {
	t.Helper()
	dir, err := filepath.Abs("testdata/lineup")
	if err != nil {
		t.Fatal(err)
	}
	w := worker.New(start(t))
	t.Cleanup(func() { _ = w.Stop(context.Background(), nil) }) // some have died before
	session := s.Session("lineup")
	if err := w.Hello(t.Context(), wire.HelloParams{Key: "lineup", Dir: dir}, worker.Config{Handle: session.Call, HungUp: session.Close}); err != nil {
		t.Fatal(err)
	}
	return func(action, params string) (string, error) {
		result, err := w.Run(t.Context(), wire.RunParams{Run: "r", Action: action, Params: []byte(params), Settings: []byte("{}")})
		return string(result), err
	}
}

// filled makes a lineup.
func filled(t testing.TB, db *store.Store, channels, streams int) {
	t.Helper()
	rows := make([]*store.Channel, channels)
	for i := range rows {
		rows[i] = &store.Channel{Name: fmt.Sprint("Channel ", i), TvgID: fmt.Sprintf("channel%d.uk", i)}
	}
	if err := store.Create(t.Context(), db, rows...); err != nil {
		t.Fatal(err)
	}
	some := make([]*store.Stream, streams)
	for i := range some {
		some[i] = &store.Stream{
			Name: fmt.Sprintf("UK: Channel %d FHD", i), URL: fmt.Sprintf("http://provider.example:8080/live/user/password/%d.ts", i),
			M3UAccountID: 1, TvgID: fmt.Sprintf("channel%d.uk", i), LogoURL: fmt.Sprintf("http://logos.example/%d.png", i),
			StreamHash: fmt.Sprintf("%064x", i), CustomProperties: []byte(`{"tvg-id":"x","group-title":"UK","tvg-name":"Channel"}`),
		}
	}
	if err := store.Create(t.Context(), db, some...); err != nil {
		t.Fatal(err)
	}
}

// databases are what a plugin's calls are tried on.
func databases() map[string]func(testing.TB) store.Config {
	return map[string]func(testing.TB) store.Config{"sqlite": storetest.SQLite, "postgres": storetest.Postgres}
}

// A plugin in a process of its own says and does the same in both engines and
// on both databases.
func TestProcesses(t *testing.T) {
	for name, start := range engines(t) {
		for kind, fresh := range databases() {
			t.Run(name+" "+kind, func(t *testing.T) {
				s, db := open(t, services.Config{}, fresh(t))
				filled(t, db, 20, 12_000)
				processes(t, db, running(t, s, start))
			})
		}
	}
}

func processes(t *testing.T, db *store.Store, run func(action, params string) (string, error)) {
	t.Helper()
	for _, c := range [][3]string{
		{"compare", "{}", `{"status":"ok","first":"Channel 19","found":"Channel 12","own":"[{a 3} {b 1} {b 2}]"}`},
		{"read", "{}", `{"status":"ok","streams":12000,"last":"UK: Channel 11999 FHD"}`},
		{"pages", "{}", `{"status":"ok","streams":12000}`},
		{"rename", `{"count":7}`, `{"status":"ok","renamed":7}`},
		{"override", "{}", `{"status":"ok","message":"By hand","own":true,"before":true}`},
		{"missing", "{}", `{"status":"ok","message":"channels.get: read channel 999999: not found"}`},
	} {
		if got, err := run(c[0], c[1]); err != nil || got != c[2] {
			t.Errorf("%s = %s, %v, want %s", c[0], got, err, c[2])
		}
	}
	renamed, err := store.Count[store.Channel](t.Context(), db, store.Query{Search: "Renamed", In: []string{"name"}})
	if err != nil || renamed != 7 || keys(t, db, "lineup") != "renamed " {
		t.Errorf("%d channels were renamed, %v", renamed, err)
	}
	var death *worker.DeathError
	if _, err := run("die", "{}"); !errors.As(err, &death) || !strings.Contains(err.Error(), "3") {
		t.Errorf("die = %v, want a death with status 3", err)
	}
	left, err := store.Count[store.Channel](t.Context(), db, store.Query{})
	if err != nil || left != 20 {
		t.Errorf("%d channels are there, %v, want those 20 that were committed", left, err)
	}
	if _, err := store.Delete[store.Channel](t.Context(), db, 1); err != nil {
		t.Errorf("write after the death: %v", err)
	}
}

// BenchmarkStreams reads 100,000 streams in a plugin: 1 s is what it may take.
func BenchmarkStreams(b *testing.B) { plugged(b, "read", 100_000) }

// BenchmarkRename renames 5,000 channels in one transaction.
func BenchmarkRename(b *testing.B) { plugged(b, "rename", 5000) }

// plugged measures an action on n rows, in both engines and on both databases.
func plugged(b *testing.B, action string, n int) {
	b.Helper()
	starts := engines(b)
	for kind, fresh := range databases() {
		b.Run(kind, func(b *testing.B) {
			s, db := open(b, services.Config{}, fresh(b))
			if action == "read" {
				filled(b, db, 0, n)
			} else {
				filled(b, db, n, 0)
			}
			for name, start := range starts {
				b.Run(name, func(b *testing.B) {
					run := running(b, s, start)
					for b.Loop() {
						if got, err := run(action, fmt.Sprintf(`{"count":%d}`, n)); err != nil || !strings.Contains(got, strconv.Itoa(n)) {
							b.Fatal(got, err)
						}
					}
				})
			}
		})
	}
}
