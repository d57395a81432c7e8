package registry_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/registry"
)

// TestSecretsStayInside looks for canaries in all that a registry says and
// keeps of a plugin that tells its secrets wherever it can.
func TestSecretsStayInside(t *testing.T) {
	t.Parallel()
	const tells = `type Params struct {
	Token sdk.Secret ` + "`json:\"token\"`" + `
}

func tell(ctx *sdk.Context, s Settings, p Params) (sdk.Result, error) {
	ctx.Log.Info("it is "+string(p.Token), "key", string(s.Key))
	println(string(s.Key), string(p.Token))
	println("told")
	return sdk.OK("%q %s", string(s.Key), string(p.Token)), nil
}

func end(_ *sdk.Context, s Settings) (sdk.Result, error) {
	println(string(s.Key))
	os.Exit(3)
	return sdk.Result{}, nil
}`
	b := newBench(t, registry.Times{})
	b.write("p/main.go", source("x", `"os"`, tells,
		`{ID: "tell", Label: "Tell", Run: sdk.HandleParams(tell)}, {ID: "end", Label: "End", Run: sdk.Handle(end)},`))
	b.enable("p")
	values, err := json.Marshal(map[string]string{"key": "canary \"one\"\nof two canary-lines"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.SaveSettings(t.Context(), "p", values); err != nil {
		t.Fatal(err)
	}
	told, err := b.run("p", "tell", `{"token":"canary-token"}`)
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.run("p", "end", "")
	report := b.await("p", registry.Died, 1)
	runs, listed := b.Runs(t.Context(), "p", 10, "")
	if listed != nil {
		t.Fatal(listed)
	}
	kept, listed := b.cfg.Store.Run(t.Context(), runs[1].ID)
	if listed != nil || string(kept.Params) != "{}" {
		t.Errorf("the run's row = %s, %v", kept.Params, listed)
	}
	said := []any{told, failed(t, err), report, runs, kept}
	for len(b.lines) > 0 {
		said = append(said, <-b.lines)
	}
	if text := fmt.Sprintf("%+v", said); strings.Contains(text, "canary") || !strings.Contains(text, "told") {
		t.Errorf("a secret in, or no log in:\n%s", text)
	}
}

// TestDefaultSecretStaysInside is about a secret that Python source declares.
func TestDefaultSecretStaysInside(t *testing.T) {
	t.Parallel()
	b := newBench(t, registry.Times{})
	b.write("p/plugin.py", `class Plugin:
    name = "P"
    fields = [{"id": "k", "type": "string", "input_type": "password", "default": "canary-default"}]

    def run(self, action, params, context):
        return dict(context["settings"])
`)
	b.enable("p")
	b.want("p", "tell", `{"k":"[secret]"}`)
}

// TestKeptParams keeps a run for later: a secret among its parameters is sealed
// until then, and what does not fit is said at once.
func TestKeptParams(t *testing.T) {
	t.Parallel()
	const tells = `type Params struct {
	Token sdk.Secret ` + "`json:\"token\"`" + `
	Count int        ` + "`json:\"count\" min:\"2\"`" + `
}

func tell(_ *sdk.Context, _ Settings, p Params) (sdk.Result, error) {
	return sdk.OK("").With("length", len(p.Token)).With("count", p.Count), nil
}`
	b := newBench(t, registry.Times{})
	b.write("p/main.go", source("x", "", tells, `{ID: "tell", Label: "Tell", Run: sdk.HandleParams(tell)},`))
	b.enable("p")
	run := registry.QueuedRun{Plugin: "p", Action: "tell", Params: json.RawMessage(`{"token": "canary-token", "count": 3}`)}
	kept, err := b.Kept(run)
	if err != nil {
		t.Fatal(err)
	}
	if raw, err := json.Marshal(kept); err != nil || strings.Contains(string(raw), "canary") {
		t.Errorf("what is kept is %s, %v", raw, err)
	}
	for range 2 { // as a schedule does
		if result, err := b.RunQueued(t.Context(), kept); err != nil || !strings.Contains(string(result), `"length":12,"count":3`) {
			t.Errorf("the run = %s, %v", result, err)
		}
	}
	run.Params = json.RawMessage(`{"count": 3}`)
	if kept, err := b.Kept(run); err != nil || string(kept.Params) != `{"count": 3}` || kept.Sealed != "" {
		t.Errorf("without a secret %+v is kept, %v", kept, err)
	}
	if _, err := b.Kept(registry.QueuedRun{Plugin: "p", Action: "tel"}); !strings.Contains(failed(t, err).Message, "actions are: say, tell") {
		t.Errorf("an action that is not there: %v", err)
	}
	run.Params = json.RawMessage(`{"count": 1}`)
	if _, err := b.Kept(run); len(failed(t, err).Fields) != 1 {
		t.Errorf("what does not fit: %v", err)
	}
}
