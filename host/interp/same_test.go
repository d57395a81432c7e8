package interp_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// One source, two engines, the same answers, log, progress and output.
func TestInterpretedIsCompiled(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"basic", "helpers", "nosettings", "packages", "stdlib"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join("testdata", name)
			got, want := transcript(t, interpreted(t), dir), transcript(t, compiled(t, dir), dir)
			if got != want {
				t.Errorf("interpreted:\n%s\ncompiled:\n%s", got, want)
			}
		})
	}
}

// transcript uses all that a plugin offers and returns what came of it.
func transcript(t *testing.T, p *process, dir string) string {
	t.Helper()
	var b strings.Builder
	var d sdk.Description
	var greeting wire.HelloResult
	if err := p.Call(t.Context(), wire.MethodHello, hello(t, dir), &greeting); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&b, "hello %+v\n", greeting)
	if err := p.Call(t.Context(), wire.MethodDescribe, nil, &d); err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(d, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&b, "%s\n", text)
	settings := json.RawMessage("{}")
	if d.Settings != nil {
		settings = d.Settings.Defaults
	}
	fmt.Fprintln(&b, "start", p.call(t, wire.MethodStart, wire.StartParams{Settings: settings}))
	if d.HasStart {
		p.waitFor(t, "background begins")
	}
	for _, a := range d.Actions {
		run := wire.RunParams{Run: a.ID, Action: a.ID, Settings: settings, Params: json.RawMessage(`{"group": "g", "count": 7}`)}
		if len(a.Events) > 0 {
			run.Event = &wire.EventParams{Name: a.Events[0], Payload: json.RawMessage(`{"account": 3}`)}
		}
		if a.ID == "wait" {
			pending, err := p.Begin(t.Context(), wire.MethodRun, run)
			if err != nil {
				t.Fatal(err)
			}
			p.waitFor(t, `"waiting"`)
			pending.Cancel()
			<-pending.Done()
			_, err = pending.Result()
			fmt.Fprintln(&b, "cancelled:", err)
			continue
		}
		fmt.Fprintf(&b, "run %s: %s\n", a.ID, p.call(t, wire.MethodRun, run))
	}
	fmt.Fprintln(&b, "unknown:", p.call(t, wire.MethodRun, wire.RunParams{Action: "unknown"}))
	fmt.Fprintln(&b, "options:", p.call(t, wire.MethodOptions, wire.OptionsParams{Field: "f"}))
	fmt.Fprintln(&b, "stop:", p.call(t, wire.MethodStop, wire.StopParams{Reason: "reload"}))
	fmt.Fprintln(&b, "exit:", p.end(t))
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintf(&b, "%s\nstdout:\n%s\nstderr:\n", strings.Join(p.notes, "\n"), &p.stdout)
	for line := range strings.Lines(p.stderr.String()) {
		if !strings.Contains(line, ": panic: ") { // where a panic was, which a compiled plugin tells in its traceback
			b.WriteString(line)
		}
	}
	return b.String()
}
