package workertest

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pluggarr/pluggarr/host/worker"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// protocol is what holds whatever the plugin is.
func protocol() []testCase {
	return []testCase{
		{name: "a host of another protocol is told so", run: otherProtocol},
		{name: "nothing is answered before hello", run: silentBeforeHello},
		{name: "a method nobody knows", run: unknownMethod},
		{name: "a second hello", run: secondHello},
		{name: "a folder without a plugin", needs: Inspect, run: noPlugin},
		{name: "an unknown action is the plugin's to answer", run: unknownAction},
		{name: "the end of the stream ends the process", run: endOfStream},
		{name: "inspect runs nothing", needs: Inspect | Suite, run: inspect},
		{name: "describe", needs: Suite, run: describe},
	}
}

// dial starts a process and talks to it without a Worker in between.
func dial(t *testing.T, r Runtime) *wire.Conn {
	t.Helper()
	p := r.Launch(t)
	var outputs sync.WaitGroup
	for _, f := range []*os.File{p.Stdout, p.Stderr} {
		outputs.Go(func() {
			_, _ = io.Copy(io.Discard, f) // until the process is gone
			_ = f.Close()
		})
	}
	conn := wire.NewConn(p.Stream, wire.Config{})
	t.Cleanup(func() {
		_ = conn.Close() // the process sees the end of its stream in any case
		conn.Wait()
		if err := errors.Join(p.Child.Kill()); err != nil {
			t.Errorf("kill the process: %v", err)
		}
		_ = p.Child.Wait() // killed or not, it is gone
		outputs.Wait()
	})
	return conn
}

// refused fails the test unless err is an answer with this code.
func refused(t *testing.T, err error, code int) {
	t.Helper()
	if failure, ok := errors.AsType[*wire.Error](err); !ok || failure.Code != code {
		t.Fatalf("got %v, not an answer with code %d", err, code)
	}
}

func otherProtocol(t *testing.T, r Runtime) {
	conn := dial(t, r)
	hello := wire.HelloParams{Protocol: 99, Key: "suite", Dir: r.Dir}
	err := conn.Call(limited(t), wire.MethodHello, hello, nil)
	refused(t, err, wire.CodeVersion)
	if text := err.Error(); !strings.Contains(text, "99") || !strings.Contains(text, "protocol") {
		t.Errorf("the answer %q does not say what the trouble is", text)
	}
}

func silentBeforeHello(t *testing.T, r Runtime) {
	conn := dial(t, r)
	run := wire.RunParams{Run: "1", Action: "echo", Params: json.RawMessage("{}"), Settings: settings(1)}
	for method, params := range map[string]any{wire.MethodDescribe: nil, wire.MethodRun: run} {
		refused(t, conn.Call(limited(t), method, params, nil), wire.CodeInvalidRequest)
	}
	hello := wire.HelloParams{Protocol: wire.Version, Key: "suite", Dir: r.Dir}
	var answer wire.HelloResult
	if err := conn.Call(limited(t), wire.MethodHello, hello, &answer); err != nil {
		t.Fatalf("hello after what came too early: %v", err)
	}
	if answer.Protocol != wire.Version || answer.Runtime == "" || answer.Version == "" {
		t.Errorf("hello answered %+v", answer)
	}
}

func unknownMethod(t *testing.T, r Runtime) {
	conn := dial(t, r)
	hello := wire.HelloParams{Protocol: wire.Version, Key: "suite", Dir: r.Dir}
	if err := conn.Call(limited(t), wire.MethodHello, hello, nil); err != nil {
		t.Fatalf("hello: %v", err)
	}
	refused(t, conn.Call(limited(t), "make.coffee", map[string]int{"cups": 2}, nil), wire.CodeUnknownMethod)
}

func secondHello(t *testing.T, r Runtime) {
	s := begin(t, r)
	err := s.Hello(limited(t), wire.HelloParams{Key: "other", Dir: r.Dir}, s.heard.config())
	if _, ok := errors.AsType[*worker.LoadError](err); !ok {
		t.Errorf("got %v, not a refusal", err)
	}
	if _, err := s.Describe(limited(t)); err != nil {
		t.Errorf("describe after it: %v", err)
	}
}

func noPlugin(t *testing.T, r Runtime) {
	w := fresh(t, r)
	err := w.Hello(limited(t), wire.HelloParams{Key: "none", Dir: t.TempDir()}, worker.Config{Grace: patience})
	if load, ok := errors.AsType[*worker.LoadError](err); !ok || load.Message == "" {
		t.Errorf("got %v, not a LoadError", err)
	}
}

func unknownAction(t *testing.T, r Runtime) {
	s := begin(t, r)
	var answer map[string]any
	if err := json.Unmarshal([]byte(s.must(t, "nonsense", input{})), &answer); err != nil {
		t.Fatal(err)
	}
	if answer["status"] != "error" || answer["message"] != "Unknown action nonsense" || len(answer) != 2 {
		t.Errorf("the action answered %v", answer)
	}
}

func endOfStream(t *testing.T, r Runtime) {
	s := begin(t, r)
	if err := s.Stop(limited(t), nil); err != nil {
		t.Fatalf("stop: %v", err)
	}
	s.endedItself(t)
}

func inspect(t *testing.T, r Runtime) {
	w := fresh(t, r)
	for range 2 {
		found, err := w.Inspect(limited(t), r.Dir)
		if err != nil {
			t.Fatalf("inspect: %v", err)
		}
		if d := found.Description; d.Name != "Suite" || d.Version != "1.2.3" || len(found.Problems) > 0 {
			t.Errorf("inspect found %+v", found)
		}
	}
	s := &subject{Worker: w, heard: newRecord()}
	s.greet(t, r, s.heard.config())
	s.works(t)
}

func describe(t *testing.T, r Runtime) {
	d := begin(t, r).description
	got := []string{d.Name, d.Version, d.Description, d.Author, d.HelpURL}
	want := []string{"Suite", "1.2.3", "Does what plugins do to workers.", "Pluggarr", "https://example.org/suite"}
	if !slices.Equal(got, want) {
		t.Errorf("it calls itself %q, not %q", got, want)
	}
	ids := []string{}
	for _, a := range d.Actions {
		ids = append(ids, a.ID)
	}
	if d.RawActions != nil {
		var raw []struct{ ID string }
		if err := json.Unmarshal(d.RawActions, &raw); err != nil {
			t.Fatalf("the raw actions: %v", err)
		}
		for _, a := range raw {
			ids = append(ids, a.ID)
		}
	}
	if all := strings.Join(ids, " "); all != "echo event pid report print flood fail crash wait deaf garbled vandalise arm" {
		t.Errorf("its actions are %s", all)
	}
	if background := r.Features&Background != 0; !d.HasStop || d.HasStart != background {
		t.Errorf("has stop: %t, has start: %t", d.HasStop, d.HasStart)
	}
	if d.Settings == nil && d.Fields == nil {
		t.Error("it has no settings")
	}
}
