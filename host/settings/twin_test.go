package settings_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/pluggarr/pluggarr/host/settings"
)

// myPlugin and myPluginFields declare the same settings in both languages.
type myPlugin struct {
	Enabled bool   `json:"enabled" label:"Enabled"`
	Limit   int    `json:"limit" label:"Item limit"`
	Mode    string `json:"mode" label:"Mode" options:"safe=Safe,fast=Fast"`
	Note    string `json:"note" label:"Note"`
}

const myPluginFields = `[
	{"id": "enabled", "label": "Enabled", "type": "boolean", "default": true},
	{"id": "limit", "label": "Item limit", "type": "number", "default": 5},
	{"id": "mode", "label": "Mode", "type": "select", "default": "safe",
		"options": [{"value": "safe", "label": "Safe"}, {"value": "fast", "label": "Fast"}]},
	{"id": "note", "label": "Note", "type": "string", "default": ""}
]`

func TestBothLanguagesGiveTheSameList(t *testing.T) {
	t.Parallel()
	goList := goForm(t, myPlugin{Enabled: true, Limit: 5, Mode: "safe"}).Fields()
	form, warnings := settings.FromFields(json.RawMessage(myPluginFields))
	if string(form.Fields()) != string(goList) || warnings != nil {
		t.Errorf("Python's list = %s (warnings %q)\n    Go's list = %s", form.Fields(), warnings, goList)
	}

	type bounded struct {
		Limit int     `json:"limit" label:"Limit" help:"Help" min:"1" max:"500" step:"5"`
		Ratio float64 `json:"ratio" label:"Ratio" min:"0.5" placeholder:"1"`
	}
	goList = goForm(t, bounded{Limit: 5, Ratio: 1}).Fields()
	form, _ = settings.FromFields(json.RawMessage(`[
		{"step": 5, "max": 500, "min": "1", "help_text": "Help", "default": 5, "type": "number", "label": "Limit", "id": "limit"},
		{"id": "ratio", "label": "Ratio", "type": "number", "default": 1, "min": 0.5, "placeholder": "1"}
	]`))
	if string(form.Fields()) != string(goList) {
		t.Errorf("Python's list = %s\n    Go's list = %s", form.Fields(), goList)
	}
}

// TestSeedPlugin compares with the fields of a plugin written for Dispatcharr,
// where it is there to be had.
func TestSeedPlugin(t *testing.T) {
	t.Parallel()
	seed := os.Getenv("PLUGGARR_TEST_SEED")
	if seed == "" {
		t.Skip("PLUGGARR_TEST_SEED names no folder")
	}
	source := filepath.Join(seed, "my_plugin", "plugin.py")
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skipf("no Python: %v", err)
	}
	raw, err := exec.CommandContext(t.Context(), python, "-c", `
import ast, json, sys
body = next(n for n in ast.parse(open(sys.argv[1]).read()).body if isinstance(n, ast.ClassDef)).body
print(json.dumps({n.targets[0].id: ast.literal_eval(n.value) for n in body if isinstance(n, ast.Assign)}))`, source).Output()
	if err != nil {
		t.Fatal(err)
	}
	var plugin struct{ Fields, Actions json.RawMessage }
	if err := json.Unmarshal(raw, &plugin); err != nil {
		t.Fatal(err)
	}
	form, warnings := settings.FromFields(plugin.Fields)
	goList := goForm(t, myPlugin{Enabled: true, Limit: 5, Mode: "safe"}).Fields()
	if warnings != nil || !reflect.DeepEqual(decode(t, form.Fields()), decode(t, goList)) {
		t.Errorf("FromFields(seed) = %s, warnings %q; want %s", form.Fields(), warnings, goList)
	}
	actions, warnings := settings.NormaliseActions(plugin.Actions)
	if got, err := json.Marshal(actions); warnings != nil || err != nil ||
		string(got) != `[{"id":"do_work","label":"Do Work","description":"Process items"}]` {
		t.Errorf("NormaliseActions(seed) = %s, warnings %q, %v", got, warnings, err)
	}
}

func decode(t *testing.T, raw json.RawMessage) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	return v
}
