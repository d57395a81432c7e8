package settings_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/settings"
)

func TestFromFieldsNormalises(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, fields, want string
		warnings           []string
	}{
		{"nothing", ``, `[]`, nil},
		{"null", `null`, `[]`, nil},
		{"no list", `{"id": "a", "type": "string"}`, `[]`, []string{"the fields are left out: they have to be a list"}},
		{"no JSON", `[NaN]`, `[]`, []string{"the fields are left out: what the plugin gave is not JSON: invalid character 'N' looking for beginning of value"}},
		{"order and unknown keys", `[{"type":"number","x":1,"id":"a"}]`, `[{"id":"a","type":"number"}]`, nil},
		{
			"trimmed and turned into text",
			`[{"id":5,"type":"string","label":" L\n","help_text":1.5,"description":"\t","placeholder":3.0,"value":1e16,"input_type":""}]`,
			`[{"id":"5","label":"L","type":"string","help_text":"1.5","description":"","placeholder":"3.0","input_type":"","value":"1e+16"}]`, nil,
		},
		{
			"numbers",
			`[{"id":"a","type":"number","min":3,"max":" 4.5 ","step":"1e-5"},{"id":"b","type":"number","min":-0.0,"max":1e16,"step":true}]`,
			`[{"id":"a","type":"number","min":3.0,"max":4.5,"step":1e-05},{"id":"b","type":"number","min":-0.0,"max":1e+16,"step":1.0}]`, nil,
		},
		{
			"defaults stay", `[{"id":"a","type":"number","default":3.0},{"id":"b","type":"text","default":{"z":[1],"a":"<"}}]`,
			`[{"id":"a","type":"number","default":3.0},{"id":"b","type":"text","default":{"z":[1],"a":"\u003c"}}]`, nil,
		},
		{
			"options", `[{"id":"a","type":"select","options":[{"value":1,"label":" One ","x":2}]},{"id":"b","type":"string","options":[]}]`,
			`[{"id":"a","type":"select","options":[{"value":"1","label":"One"}]},{"id":"b","type":"string","options":[]}]`, nil,
		},
		{"one id twice", `[{"id":"a","type":"string"},{"id":"a","type":"number"}]`, `[{"id":"a","type":"string"},{"id":"a","type":"number"}]`, nil},
		{
			"left out",
			`[3, {"type":"string"}, {"id":" ","type":"string"}, {"id":true,"type":"string"}, {"id":"t","type":"String"}, {"id":"u"},
			{"id":"d","type":"string","default":null}, {"id":"l","type":"string","label":["x"]}, {"id":"h","type":"string","help_text":null},
			{"id":"m","type":"number","min":"x"}, {"id":"i","type":"number","max":"inf"}, {"id":"n","type":"number","step":null},
			{"id":"o","type":"select","options":{"a":1}}, {"id":"p","type":"select","options":["a"]},
			{"id":"q","type":"select","options":[{"value":"a","label":"A"},{"value":"","label":"B"}]},
			{"id":"r","type":"select","options":[{"value":"a"}]}, {"id":"z\u0000","type":"string"}, {"id":"good","type":"info"}]`,
			`[{"id":"good","type":"info"}]`,
			[]string{
				`field 1 is left out: it has to be a dictionary`, `field 2 is left out: its id is missing`,
				`field 3 (" ") is left out: its id is blank`, `field 4 ("true") is left out: its id is not a text`,
				`field 5 ("t") is left out: its type is none of string, number, boolean, select, text and info`,
				`field 6 ("u") is left out: its type is none of string, number, boolean, select, text and info`,
				`field 7 ("d") is left out: its default is null`, `field 8 ("l") is left out: its label is not a text`,
				`field 9 ("h") is left out: its help_text is null`, `field 10 ("m") is left out: its min is not a number`,
				`field 11 ("i") is left out: its max is not a number`, `field 12 ("n") is left out: its step is null`,
				`field 13 ("o") is left out: its options are not a list`,
				`field 14 ("p") is left out: its options entry 1 is not a dictionary`,
				`field 15 ("q") is left out: its options entry 2 is wrong: its value is blank`,
				`field 16 ("r") is left out: its options entry 1 is wrong: its label is missing`,
				`field 17 ("z\x00") is left out: its id has a NUL character in it`,
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			form, warnings := settings.FromFields(json.RawMessage(test.fields))
			if got := string(form.Fields()); got != test.want {
				t.Errorf("Fields = %s\n want %s", got, test.want)
			}
			if !slices.Equal(warnings, test.warnings) {
				t.Errorf("warnings:\n%s\nwant\n%s", strings.Join(warnings, "\n"), strings.Join(test.warnings, "\n"))
			}
		})
	}
}

func TestFromFieldsBoundsItsWarnings(t *testing.T) {
	t.Parallel()
	_, warnings := settings.FromFields(json.RawMessage("[" + strings.Repeat("1,", 999) + "1]"))
	if len(warnings) != 51 || warnings[50] != "950 more fields are left out" {
		t.Errorf("%d warnings, the last: %s", len(warnings), warnings[len(warnings)-1])
	}
	form, warnings := settings.FromFields(json.RawMessage("[" + strings.Repeat(`{"id":"a","type":"string","label":"A"},`, 2999) + "1]"))
	if len(warnings) != 1 || warnings[0] != "1000 fields are left out: there may be 2000" || strings.Count(string(form.Fields()), `"id"`) != 2000 {
		t.Errorf("3,000 fields give the warnings %v", warnings)
	}
}

func TestOneIDTwice(t *testing.T) {
	t.Parallel()
	form, _ := settings.FromFields(json.RawMessage(`[
		{"id": "a", "type": "info", "label": "Heading"},
		{"id": "a", "type": "number", "default": 1},
		{"id": "a", "type": "string", "default": "x"},
		{"id": "key", "type": "string"},
		{"id": "key", "type": "string", "input_type": "password"}
	]`))
	if _, _, errs := form.Check(json.RawMessage(`{"a":"text"}`), nil); !slices.Equal(sentences(errs), []string{"a has to be a number"}) {
		t.Errorf("Check = %v; the first field with an input counts", errs)
	}
	if got := string(form.Effective(nil)); got != `{"a":1}` {
		t.Errorf("Effective = %s; the first default counts", got)
	}
	if got := form.Secrets(); !slices.Equal(got, []string{"key"}) {
		t.Errorf("Secrets = %q; a password anywhere makes it one", got)
	}
}

func TestNormaliseActions(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, actions, want string
		warnings            []string
	}{
		{"no list", `"run"`, `[]`, []string{"the actions are left out: they have to be a list"}},
		{
			"all keys, in order",
			`[{"events":["a",2],"confirm":{"title":"T","required":false},"button_color":"red","button_variant":"","button_label":"Go",
				"description":" d ","label":1,"id":"x","more":1}]`,
			`[{"id":"x","label":"1","description":"d","button_label":"Go","button_variant":"","button_color":"red",` +
				`"confirm":{"title":"T","required":false},"events":["a","2"]}]`, nil,
		},
		{
			"events may be empty, confirm anything", `[{"id":"x","label":"X","events":[],"confirm":false}]`,
			`[{"id":"x","label":"X","confirm":false,"events":[]}]`, nil,
		},
		{
			"left out",
			`[{"id":"a"},{"id":"b","label":" "},{"id":"c","label":"C","events":"e"},{"id":"d","label":"D","events":null},
				{"id":"e","label":"E","confirm":null},{"id":"f","label":"F","events":[{}]},{"id":"g","label":"G","events":[""]},null]`,
			`[]`,
			[]string{
				`action 1 ("a") is left out: its label is missing`, `action 2 ("b") is left out: its label is blank`,
				`action 3 ("c") is left out: its events is not a list`, `action 4 ("d") is left out: its events is null`,
				`action 5 ("e") is left out: its confirm is null`, `action 6 ("f") is left out: its events entry 1 is not a text`,
				`action 7 ("g") is left out: its events entry 1 is blank`, `action 8 is left out: it has to be a dictionary`,
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			actions, warnings := settings.NormaliseActions(json.RawMessage(test.actions))
			got, err := json.Marshal(actions)
			if err != nil || string(got) != test.want {
				t.Errorf("NormaliseActions = %s, %v\n want %s", got, err, test.want)
			}
			if !slices.Equal(warnings, test.warnings) {
				t.Errorf("warnings:\n%s\nwant\n%s", strings.Join(warnings, "\n"), strings.Join(test.warnings, "\n"))
			}
		})
	}
}

func ExampleFromFields() {
	form, warnings := settings.FromFields(json.RawMessage(`[
		{"id": "limit", "type": "number", "default": 5, "min": 1},
		{"id": "old", "type": "slider"}
	]`))
	fmt.Println(string(form.Fields()))
	fmt.Println(warnings[0])
	// Output:
	// [{"id":"limit","type":"number","default":5,"min":1.0}]
	// field 2 ("old") is left out: its type is none of string, number, boolean, select, text and info
}
