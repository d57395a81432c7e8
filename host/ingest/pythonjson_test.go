package ingest_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/ingest"
)

// The texts on the right are what Python's json.dumps(…, sort_keys=True) gives.
func TestJSONAsPythonWritesIt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`é`: `"\u00e9"`, "\U0001f600": `"\ud83d\ude00"`, "\"\\/\n\r\t\b\f\x1f\x7f": `"\"\\/\n\r\t\b\f\u001f\u007f"`, "<&>": `"<&>"`,
		"\x00": `"\ufffd"`, // no database takes it
	} {
		if got := ingest.StringJSON(text); got != want {
			t.Errorf("%q is written as %s, want %s", text, got, want)
		}
	}
	for text, want := range map[string]string{
		`{"b":[1,2.50,{"x":null}],"a":"é","c":true,"":false}`: `{"": false, "a": "\u00e9", "b": [1, 2.50, {"x": null}], "c": true}`,
		`{}`: `{}`, `[1]`: `[1]`, `{"a"`: `{"a"`, ``: ``,
	} {
		if got := string(ingest.Canonical(json.RawMessage(text))); got != want {
			t.Errorf("%s is written as %s, want %s", text, got, want)
		}
	}
}

// Whatever others stored stays the same value, and is written in one way.
func FuzzCanonical(f *testing.F) {
	f.Add(`{"b": [1, 2.5e3, {"x": null}], "a": "\ud83d\ude00\u0000", "c": true}`)
	f.Add(`{"a": "\ud800", "a": {}}`)
	f.Fuzz(func(t *testing.T, text string) {
		var value map[string]any
		if json.Unmarshal([]byte(text), &value) != nil {
			return
		}
		once := ingest.Canonical(json.RawMessage(text))
		if !json.Valid(once) {
			t.Errorf("%q is written as %q, which is no JSON", text, once)
		}
		if twice := ingest.Canonical(once); string(twice) != string(once) {
			t.Errorf("%q is written as %q, then as %q", text, once, twice)
		}
		for _, c := range once {
			if c < ' ' || c > '~' {
				t.Errorf("%q is written as %q, which is not plain ASCII", text, once)
			}
		}
	})
}

func TestReplacements(t *testing.T) {
	t.Parallel()
	for with, want := range map[string]string{
		"": "", "$1x": "${1}x", `\2-\10`: "${2}-${10}", "$": "$$", "cost $$1": "cost $$${1}", "${1}": "$${1}", `\n`: `\n`,
	} {
		if got := ingest.Template(with); got != want {
			t.Errorf("Template(%q) = %q, want %q", with, got, want)
		}
	}
}

func TestNaturalOrder(t *testing.T) {
	t.Parallel()
	sorted := strings.Split("1|2|10|A|a 2|a 02b|A 10|B|b1|b01x|é", "|")
	for i, a := range sorted {
		for j, b := range sorted {
			got := ingest.Natural(a, b)
			if i < j && got > 0 || i > j && got < 0 || i == j && got != 0 {
				t.Errorf("Natural(%q, %q) = %d", a, b, got)
			}
		}
	}
}
