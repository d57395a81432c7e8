package host_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host"
	"github.com/pluggarr/pluggarr/host/proc"
	"github.com/pluggarr/pluggarr/host/registry"
	"github.com/pluggarr/pluggarr/host/worker/workertest"
)

// TestMain also plays the processes that a host starts from its own program.
func TestMain(m *testing.M) {
	switch {
	case len(os.Args) == 2 && os.Args[1] == "worker":
		workertest.Play()
	case len(os.Args) == 3 && os.Args[1] == "keeper":
		os.Exit(proc.Keep(os.Args[2], os.Stderr))
	case len(os.Args) == 4 && os.Args[1] == "host":
		os.Exit(hostAlone(os.Args[2], os.Args[3]))
	default:
		os.Exit(m.Run())
	}
}

// attack is one thing that a plugin does.
type attack struct {
	action, text string
	count        int
	deaf         bool // it does not end: it is cancelled
	not          string
	tells        string // is in the failure of its run
}

// attacks is what the plugins of the suite can do to a host.
func attacks() []attack {
	all := []attack{
		{action: "flood", count: 50_000_000},
		{action: "garbled"},
		{action: "vandalise", deaf: true},
		{action: "deaf", text: "loop", deaf: true},
		{action: "deaf", text: "block", deaf: true},
		{action: "bomb", not: "suite suite_compiled", tells: "because it made more than 256 processes (--processes of the host)"},
	}
	for _, kind := range []string{"", "missing", "exit", "fatal", "goexit", "stray", "stack", "memory", "huge", "cycle"} {
		a := attack{action: "crash", text: kind}
		if kind == "memory" && raceDetector() {
			a.not = "suite" // what the detector needs is more than any limit
		}
		all = append(all, a)
	}
	return all
}

func raceDetector() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// TestHostilePlugins has three plugins, one of each runtime, do their worst
// while another one is called a thousand times a second. None of its calls fails.
func TestHostilePlugins(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.grace = time.Second // some use all of it
	s.copy("../examples/hello", "hello")
	s.copy("worker/workertest/testdata/suite", "suite")
	s.copy("worker/workertest/testdata/suite_python", "suite_python")
	s.compile("worker/workertest/testdata/suite", "suite_compiled")
	s.begin()
	s.want("POST", "hello/enabled/", `{"enabled":true}`)
	s.want("POST", "hello/run/", `{"action":"greet"}`)

	load := s.load("hello", "greet")
	var plugins sync.WaitGroup
	for _, plugin := range []string{"suite", "suite_python", "suite_compiled"} {
		plugins.Go(func() {
			for _, a := range attacks() {
				if !strings.Contains(" "+a.not+" ", " "+plugin+" ") {
					s.suffer(plugin, a)
				}
			}
		})
	}
	plugins.Wait()
	t.Logf("%d calls to another plugin meanwhile", load())
}

// suffer has a plugin attack once, then work as if nothing had been.
func (s *site) suffer(plugin string, a attack) {
	what := fmt.Sprintf("%s %s %s", plugin, a.action, a.text)
	for _, on := range []string{"false", "true"} { // also forgives deaths
		s.want("POST", plugin+"/enabled/", `{"enabled":`+on+`}`)
	}
	body := fmt.Sprintf(`{"action":%q,"params":{"text":%q,"count":%d},"background":%t}`, a.action, a.text, a.count, a.deaf)
	status, answer := s.ask("POST", "plugins/"+plugin+"/run/", body)
	switch {
	case a.deaf:
		var run struct{ Run string }
		if err := json.Unmarshal(answer, &run); status != http.StatusAccepted || err != nil {
			s.t.Errorf("%s: %d %s", what, status, answer)
			return
		}
		s.ask("POST", "runs/"+run.Run+"/cancel/", "") // a plugin without descriptors may have ended already
		_, row := s.ask("GET", "runs/"+run.Run+"/", "")
		if over := strings.Contains(string(row), `"status":"cancelled"`); !over && a.action == "deaf" || strings.Contains(string(row), `"status":"running"`) {
			s.t.Errorf("%s: after its cancellation %s", what, row)
		}
	case !strings.Contains(string(answer), a.tells):
		s.t.Errorf("%s: %d %s does not tell %q", what, status, answer, a.tells)
	case status != http.StatusOK && !strings.Contains(string(answer), plugin):
		s.t.Errorf("%s: %d %s does not name the plugin", what, status, answer)
	}
	if status, answer := s.ask("POST", "plugins/"+plugin+"/run/", `{"action":"echo","params":{"text":"alive"}}`); status != http.StatusOK || !strings.Contains(string(answer), "alive") {
		s.t.Errorf("%s: afterwards %d %s", what, status, answer)
	}
}

// load calls one action about a thousand times a second until the function it
// returns is called, which says how many calls there were.
func (s *site) load(plugin, action string) func() int64 {
	const callers, pause = 8, 8 * time.Millisecond
	stop := make(chan struct{})
	var calls atomic.Int64
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			ticker := time.NewTicker(pause)
			defer ticker.Stop()
			for {
				s.want("POST", plugin+"/run/", `{"action":"`+action+`"}`)
				calls.Add(1)
				select {
				case <-ticker.C:
				case <-stop:
					return
				}
			}
		})
	}
	end := sync.OnceFunc(func() {
		close(stop)
		wg.Wait()
	})
	s.t.Cleanup(end)
	return func() int64 {
		end()
		return calls.Load()
	}
}

// site is a whole host with its data.
type site struct {
	t        *testing.T
	data     string
	database string // "" is SQLite
	program  string // of a host that is a process of its own; "" is this one
	url      string
	key      string
	grace    time.Duration // that plugins have to end
}

func newSite(t *testing.T) *site { return &site{t: t, data: t.TempDir(), grace: patience} }

// copy puts a plugin into the plugins folder.
func (s *site) copy(from, key string) {
	s.t.Helper()
	if err := os.CopyFS(filepath.Join(s.data, "plugins", key), os.DirFS(from)); err != nil {
		s.t.Fatal(err)
	}
}

// compile does the same with a Go plugin, as a program.
func (s *site) compile(from, key string) {
	s.t.Helper()
	dir := filepath.Join(s.data, "plugins", key)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "plugin.json"), []byte(`{"name":"Suite","executable":"suite"}`), 0o600); err != nil {
		s.t.Fatal(err)
	}
	if out, err := exec.CommandContext(s.t.Context(), "go", "build", "-o", filepath.Join(dir, "suite"), "./"+from).CombinedOutput(); err != nil {
		s.t.Fatalf("go build: %v\n%s", err, out)
	}
}

// begin starts the host; the test's end is its end.
func (s *site) begin() {
	s.t.Helper()
	limits := proc.Limits{}
	if raceDetector() {
		limits.Memory = 4 << 30 // the detector's shadow is several times the memory
	}
	h, err := host.New(s.t.Context(), host.Config{
		Data: s.data, Database: s.database, Listen: "127.0.0.1:0", Self: os.Args[0], AllowExecutables: true, Limits: limits,
		Times: registry.Times{Grace: s.grace, Settle: time.Millisecond},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	s.t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			s.t.Errorf("the end of the host: %v", err)
		}
	})
	s.url = h.URL() + "/api/plugins/"
	for s.key == "" { // it is written when the host serves
		local, err := host.ReadLocal(s.data)
		if err == nil {
			s.key = local.Key
		}
		select {
		case err := <-ended:
			ended <- err
			s.t.Fatal("the host has ended")
		default:
		}
	}
}

// ask sends one request; a path that does not begin with / is one of plugins.
func (s *site) ask(method, path, body string) (int, []byte) {
	at := s.url + path
	if strings.HasPrefix(path, "/") {
		at = s.origin() + path
	}
	request, err := http.NewRequestWithContext(context.WithoutCancel(s.t.Context()), method, at, bytes.NewReader([]byte(body)))
	if err != nil {
		s.t.Error(err)
		return 0, nil
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "ApiKey "+s.key)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Error(err)
		return 0, nil
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Error(err)
	}
	return answer.StatusCode, raw
}

// want asks something of a plugin that has to succeed.
func (s *site) want(method, path, body string) {
	if status, answer := s.ask(method, "plugins/"+path, body); status != http.StatusOK {
		s.t.Errorf("%s %s %s: %d %s", method, path, body, status, answer)
	}
}

// freePort returns a port of this machine that nobody listens on. It is none of
// those that the system gives to whoever asks for any: another would get it.
func freePort(t *testing.T) string {
	t.Helper()
	for range 100 {
		port := strconv.Itoa(10_000 + rand.N(10_000))
		if l, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			return port
		}
	}
	t.Fatal("no port is free")
	return ""
}
