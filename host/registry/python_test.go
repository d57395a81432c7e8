package registry_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/compat"
	"github.com/pluggarr/pluggarr/host/registry"
)

// needPython skips a test on a machine without Python 3.10, except in CI.
func needPython(t *testing.T) {
	t.Helper()
	if _, err := compat.Find(t.Context(), ""); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
}

const pythonSource = `import logging, os, time

log = logging.getLogger(__name__)

class Plugin:
    name = "Test"
    version = "1"
    fields = [{"id": "limit", "label": "Limit", "type": "number", "default": 5}]
    actions = [{"id": "say", "label": "Say"}, {"id": "die", "label": "Die"}, {"id": "loop", "label": "Loop"}]

    def __init__(self):
        log.info("made WORD")

    def run(self, action, params, context):
        if action == "say":
            return {"status": "ok", "message": "WORD", "limit": context["settings"]["limit"]}
        if action == "raise":
            raise ValueError("no luck")
        if action == "die":
            os._exit(7)
        if action == "loop":
            log.info("looping")
            while True:
                pass
        return {"status": "error", "message": "Unknown action " + action}

    def stop(self, context):
        log.info("stop WORD for %s", context["reason"])
`

func python(word string) string { return strings.ReplaceAll(pythonSource, "WORD", word) }

func TestPython(t *testing.T) {
	t.Parallel()
	needPython(t)
	b := newBench(t, registry.Times{Grace: patience})
	b.write("p/plugin.py", python("one"))
	if e := b.entry("p"); e.State != registry.Disabled || e.Name != "Test" || len(e.Actions) != 3 || len(b.lines) > 0 {
		t.Errorf("a new plugin is %+v; %d lines were logged", e, len(b.lines))
	}
	b.enable("p")
	b.heard("made one")
	b.want("p", "say", `{"status":"ok","message":"one","limit":5}`)
	_, err := b.run("p", "raise", "")
	if f := failed(t, err); f.Message != "no luck" || !strings.Contains(f.Traceback, "plugin.py") {
		t.Errorf("an exception gives %+v", f)
	}
	_, err = b.run("p", "die", "")
	if f := failed(t, err); !strings.Contains(f.Message, "plugin p: its process ended (exit status 7)") {
		t.Errorf("os._exit gives %q", f.Message)
	}
	b.want("p", "say", `{"status":"ok","message":"one","limit":5}`)

	b.write("p/plugin.py", python("two"))
	b.heard("stop one for reload")
	b.heard("made two")
	b.want("p", "say", `{"status":"ok","message":"two","limit":5}`)

	b.write("p/plugin.py", "import nothing_of_that_name\n"+python("three"))
	b.want("p", "say", `{"status":"ok","message":"two","limit":5}`)
	if e := b.entry("p"); e.State != registry.Running || e.Error == nil || !strings.Contains(e.Error.Traceback+e.Error.Message, "nothing_of_that_name") {
		t.Errorf("after an edit that does not import: %s, %+v", e.State, e.Error)
	}

	b.write("p/plugin.py", strings.Replace(python("four"), `log.info("made four")`, `raise RuntimeError("not made")`, 1))
	b.heard("stop two for reload")
	if e := b.entry("p"); e.State != registry.Failed || !strings.Contains(e.Error.Message, "not made") || e.Error.Traceback == "" {
		t.Errorf("after an edit that is not made: %s, %+v", e.State, e.Error)
	}
	b.write("p/plugin.py", python("five"))
	b.want("p", "say", `{"status":"ok","message":"five","limit":5}`)
}

func TestPythonLoopIsCancelled(t *testing.T) {
	t.Parallel()
	needPython(t)
	b := newBench(t, registry.Times{Grace: patience})
	b.write("p/plugin.py", python("one"))
	b.enable("p")
	yes := true
	out, err := b.Run(t.Context(), "p", registry.Call{Action: "loop", Background: &yes})
	if err != nil {
		t.Fatal(err)
	}
	b.heard("looping")
	if _, err := b.Cancel(t.Context(), out.Run); err != nil {
		t.Fatal(err)
	}
	b.want("p", "say", `{"status":"ok","message":"one","limit":5}`)
	if e := b.entry("p"); e.State != registry.Running {
		t.Errorf("after the loop was cancelled the plugin is %s", e.State)
	}
}

// Settings made of what is there now are asked for again after each run.
func TestPythonChanges(t *testing.T) {
	t.Parallel()
	needPython(t)
	b := newBench(t, registry.Times{})
	b.write("p/plugin.py", `rows = []

class Plugin:
    name = "Test"
    actions = [{"id": "add", "label": "Add"}]

    @property
    def fields(self):
        if len(rows) > 2:
            raise ValueError("too many")
        return [{"id": f"row_{n}", "label": f"Row {n}", "type": "boolean"} for n in rows]

    def run(self, action, params, context):
        rows.append(len(rows))
        if len(rows) == 2:
            self.actions.append({"id": "more", "label": "More"})
        return {"rows": len(rows)}
`)
	b.enable("p")
	shown := func(fields, actions int) {
		t.Helper()
		b.until(fmt.Sprintf("it to run and show %d settings and %d actions", fields, actions), func() bool {
			e := b.entry("p")
			return strings.Count(string(e.Fields), `"id"`) == fields && len(e.Actions) == actions && e.State == registry.Running
		})
	}
	shown(0, 1)
	b.want("p", "add", `{"rows":1}`)
	shown(1, 1)
	b.want("p", "add", `{"rows":2}`)
	shown(2, 2)
	b.want("p", "add", `{"rows":3}`)
	for told := ""; !strings.HasPrefix(told, "its settings and actions are shown as they were"); {
		select {
		case l := <-b.lines:
			told = l.Message
		case <-time.After(patience):
			t.Fatal("that they could not be read is not told")
		}
	}
	shown(2, 2)
}
