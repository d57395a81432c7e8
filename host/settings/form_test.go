package settings_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/settings"
	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/sdktest"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

var update = flag.Bool("update", false, "write the golden files anew")

// everyKind has each kind and each tag once.
type everyKind struct {
	Intro   sdk.Info     `json:"intro" label:"About" help:"Read this first."`
	Enabled bool         `json:"enabled" label:"Enabled"`
	Limit   int          `json:"limit" label:"Item limit" min:"1" max:"500" step:"5" help:"How many."`
	Small   uint8        `json:"small" max:"200"`
	Ratio   float64      `json:"ratio" min:"0.5" jsonschema:"maximum=2,multipleOf=0.25"`
	Mode    string       `json:"mode" label:"Mode" options:"safe=Safe,fast=Fast\\, but risky"`
	Port    int          `json:"port" options:"80=HTTP,443=HTTPS"`
	Channel string       `json:"channel" options:"" section:"Choices"`
	Group   string       `json:"group" widget:"group" section:"Choices"`
	Note    string       `json:"note" widget:"textarea" placeholder:"Anything" section:"Advanced"`
	Pattern string       `json:"pattern" widget:"regex" visible_if:"mode=fast" required:"true"`
	URL     string       `json:"url" widget:"url" required:"true" jsonschema:"title=Address,minLength=12"`
	Tags    []string     `json:"tags" options:"a=A,b=B" jsonschema:"uniqueItems=true"`
	Every   sdk.Duration `json:"every" label:"Every"`
	APIKey  sdk.Secret   `json:"api_key" label:"API key"`
	Word    string       `json:"word" widget:"password"`
	Server  struct {
		Host  string     `json:"host" required:"true"`
		Port  uint16     `json:"port"`
		Token sdk.Secret `json:"token"`
	} `json:"server" label:"Server"`
	Sources []source `json:"sources" label:"Sources" jsonschema:"maxItems=20000"`
}

type source struct {
	Name string `json:"name" required:"true"`
	Port int    `json:"port" min:"1"`
	Live bool   `json:"live"`
}

func everyDefault() everyKind {
	s := everyKind{
		Intro: "Does a bit of everything.", Enabled: true, Limit: 5, Ratio: 1, Mode: "safe", Port: 80,
		Tags: []string{"a"}, Every: sdk.Duration(90 * time.Second), APIKey: "never shown", Word: "nor this",
		Sources: []source{{Name: "one", Port: 7}},
	}
	s.Server.Port = 8080
	return s
}

// shapeOf is the shape of settings as a plugin's process reports it.
func shapeOf(tb testing.TB, defaults any) *sdk.Shape {
	tb.Helper()
	return sdktest.Start(tb, sdk.Plugin{Name: "shape", Settings: defaults}).Description.Settings
}

func goForm(tb testing.TB, defaults any) *settings.Form {
	tb.Helper()
	form, problems := settings.FromShape(shapeOf(tb, defaults))
	if problems != nil {
		tb.Fatalf("FromShape = %v", problems)
	}
	return form
}

func TestGoldenForms(t *testing.T) {
	t.Parallel()
	goOne := func(name string, defaults any) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden(t, name, goForm(t, defaults), nil)
		})
	}
	goOne("every_kind", everyDefault())
	goOne("my_plugin_go", myPlugin{Enabled: true, Limit: 5, Mode: "safe"})
	goOne("empty", nil)

	python := func(name, fields string) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			form, warnings := settings.FromFields(json.RawMessage(fields))
			golden(t, name, form, warnings)
		})
	}
	python("my_plugin_python", myPluginFields)
	python("python_every_type", `[
		{"id": "about", "type": "info", "label": "About", "value": "Text", "description": " shown\n"},
		{"id": "on", "type": "boolean", "default": "false"},
		{"id": "n", "type": "number", "label": "N", "min": 3, "max": "10", "step": 0.5, "default": 7.0, "placeholder": "p"},
		{"id": "s", "type": "string", "label": "", "help_text": "Help", "description": "Desc", "extra": 1},
		{"id": "key", "type": "string", "input_type": "password", "default": ""},
		{"id": "pin", "type": "string", "input_type": "password", "default": "1234"},
		{"id": "t", "type": "text"},
		{"id": "pick", "type": "select", "default": 1, "options": [{"value": 1, "label": "One"}, {"value": "b", "label": 2.5}]},
		{"id": "free", "type": "select", "options": []},
		{"id": "t", "type": "number", "default": 3}
	]`)
}

// golden compares all that a form shows with a file.
func golden(t *testing.T, name string, form *settings.Form, warnings []string) {
	t.Helper()
	raw, err := json.Marshal(struct {
		Schema   json.RawMessage `json:"schema"`
		Fields   json.RawMessage `json:"fields"`
		Secrets  []string        `json:"secrets"`
		Defaults json.RawMessage `json:"defaults"`
		Warnings []string        `json:"warnings,omitempty"`
	}{form.Schema(), form.Fields(), form.Secrets(), form.Defaults(), warnings})
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := json.Indent(&got, raw, "", "  "); err != nil {
		t.Fatal(err)
	}
	got.WriteByte('\n')
	file := filepath.Join("testdata", name+".json")
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; run the test with -update to write it", err)
	}
	if got.String() != string(want) {
		t.Errorf("the form differs from %s (run with -update and look at the diff):\n%s", file, got.String())
	}
}

// messages are the problems' texts.
func messages(problems []wire.Problem) []string {
	var list []string
	for _, p := range problems {
		list = append(list, p.Message)
	}
	return list
}
