package settings_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/settings"
)

// ok completes values that lack only what everyKind requires.
func ok(more string) string {
	base := `{"url":"http://example.org/a","server":{"host":"h"}`
	if more != "" {
		base += "," + more
	}
	return base + "}"
}

func TestCheckGo(t *testing.T) {
	t.Parallel()
	form := goForm(t, everyDefault())
	for _, test := range []struct {
		name, values string
		want         []string // "field message", all of them
	}{
		{"nothing but what is required", ok(""), nil},
		{"required", `{}`, []string{"url is required", "server.host is required"}},
		{"required and empty", `{"url":"","server":{"host":null}}`, []string{"url is required", "server.host is required"}},
		{"required in a section that is null", `{"url":"http://example.org/","server":null}`, []string{"server is required"}},
		{"required once it is visible", ok(`"mode":"fast"`), []string{"pattern is required"}},
		{"required but hidden", ok(`"mode":"safe","pattern":""`), nil},
		{"required but hidden, and null", ok(`"pattern":null`), nil},
		{"null and empty text", ok(`"limit":null,"mode":"","note":null,"tags":null,"every":null,"sources":null,"enabled":null`), nil},
		{
			"every type wrong",
			ok(`"enabled":"true","limit":"1","small":1.5,"ratio":[],"mode":3,"tags":"a","every":5,"api_key":{},"sources":{}`),
			[]string{
				"enabled has to be true or false", "limit has to be a whole number", "small has to be a whole number",
				"ratio has to be a number", "mode has to be one of safe, fast", "tags has to be a list of texts",
				"every has to be a duration such as 1m30s", "api_key has to be text", "sources has to be a list of rows",
			},
		},
		{"a section that is none", `{"url":"http://example.org/","server":[]}`, []string{"server has to be an object with its own fields"}},
		{
			"bounds", ok(`"limit":0,"small":-1,"ratio":0.3`),
			[]string{"limit has to be 1 or more", "small has to be 0 or more", "ratio has to be 0.5 or more"},
		},
		{"upper bounds", ok(`"limit":501,"small":256,"ratio":2.5`), []string{
			"limit has to be 500 or less", "small has to be 255 or less", "ratio has to be 2 or less",
		}},
		{"steps that count", ok(`"ratio":0.6`), []string{"ratio has to be a multiple of 0.25"}},
		{"options", ok(`"mode":"slow","port":81,"tags":["a","z"]`), []string{
			"mode has to be one of safe, fast", "port has to be one of 80, 443", "tags[1] has to be one of a, b",
		}},
		{"a number's option as text", ok(`"port":"443"`), nil},
		{"an entry twice", ok(`"tags":["a","b","a"]`), []string{"tags has the same entry twice, as number 1 and 3"}},
		{"formats", `{"url":"http://a.b","every":"soon","pattern":"(","server":{"host":"h"}}`, []string{
			"pattern is not a regular expression: missing closing ): `(`", "url has to have 12 characters or more",
			"every has to be a duration such as 1m30s",
		}},
		{"a duration cannot be empty text", ok(`"every":""`), []string{"every has to be a duration such as 1m30s"}},
		{"rows", ok(`"sources":[{"name":"a","port":1},{"name":"","port":"x"},{},7,null]`), []string{
			"sources[1].name is required", "sources[1].port has to be a whole number", "sources[2].name is required",
			"sources[3] has to be an object with its own fields", "sources[4] has to be an object with its own fields",
		}},
		{"1e309", ok(`"limit":1e309,"ratio":-1e309`), []string{"limit is too large a number", "ratio is too large a number"}},
		{"an endless number", ok(`"limit":1e-999999999,"ratio":` + strings.Repeat("9", 500)), []string{
			"limit is too small a number", "ratio has too many digits",
		}},
		{"more than 64 bits", ok(`"port":9223372036854775808`), []string{"port has to be 9223372036854775807 or less"}},
		{"NUL", ok(`"note":"a\u0000b","tags":["\u0000"],"other":{"k":["\u0000"]}`), []string{
			"note has a NUL character in it", "tags[0] has a NUL character in it", "other has a NUL character in it",
		}},
		{"unknown numbers", ok(`"other":[1e999]`), []string{"other is too large a number"}},
		{"a list", `[]`, []string{"the values: have to be a JSON object"}},
		{"null", `null`, []string{"the values: have to be a JSON object"}},
		{"no JSON", `{"a":`, []string{"the values: are not JSON: unexpected EOF"}},
		{"two values", `{} {}`, []string{"the values: are more than one JSON value"}},
		{"too deep", strings.Repeat(`{"a":`, 200), []string{"the values: are not JSON: more than 100 levels deep"}},
		{"too large", `{"note":"` + strings.Repeat("x", settings.MaxValues) + `"}`, []string{"the values: are more than 1048576 bytes"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			clean, _, errs := form.Check(json.RawMessage(test.values), nil)
			if got := sentences(errs); !slices.Equal(got, test.want) {
				t.Errorf("Check = %q, want %q", got, test.want)
			}
			if (clean == nil) != (len(errs) > 0) {
				t.Errorf("Check returned %s with %d errors", clean, len(errs))
			}
		})
	}
}

func sentences(errs []settings.FieldError) []string {
	var list []string
	for _, e := range errs {
		list = append(list, e.Error())
	}
	return list
}

func TestCheckKeepsWhatItWasGiven(t *testing.T) {
	t.Parallel()
	type plain struct {
		A int64   `json:"a"`
		F float64 `json:"f"`
		T string  `json:"t"`
	}
	form := goForm(t, plain{})
	for values, want := range map[string]string{
		`{"t":"x","f":7.0,"a":-0}`:              `{"t":"x","f":7,"a":0}`,
		`{"a":7e0,"f":1e2}`:                     `{"a":7,"f":100}`,
		`{"a":9223372036854775807,"f":0.10}`:    `{"a":9223372036854775807,"f":0.10}`,
		`{"f":1e300}`:                           `{"f":1e300}`,
		`{"__proto__":{"z":1,"a":2},"a":1}`:     `{"__proto__":{"z":1,"a":2},"a":1}`,
		`{"big":123456789012345678901234.50}`:   `{"big":123456789012345678901234.50}`,
		`{"a":1,"A":"case matters","a":2}`:      `{"a":2,"A":"case matters"}`,
		`{"t":"<ü\u0041\"\\\n\u2028>"}`:         "{\"t\":\"<üA\\\"\\\\\\n\\u2028>\"}",
		`{"t":null,"f":null,"a":null,"x":null}`: `{"t":null,"f":null,"a":null,"x":null}`,
		`{"t":""}`:                              `{"t":""}`,
		`{}`:                                    `{}`,
	} {
		clean, _, errs := form.Check(json.RawMessage(values), nil)
		if string(clean) != want || errs != nil {
			t.Errorf("Check(%s) = %s, %v; want %s", values, clean, errs, want)
		}
	}
	_, unknown, _ := form.Check(json.RawMessage(`{"b":{"c":1},"a":1,"__proto__":0}`), nil)
	if want := []string{"b", "__proto__"}; !slices.Equal(unknown, want) {
		t.Errorf("Check: unknown = %q, want %q", unknown, want)
	}
}

func TestCheckPython(t *testing.T) {
	t.Parallel()
	form, warnings := settings.FromFields(json.RawMessage(`[
		{"id": "on", "type": "boolean", "default": "yes"},
		{"id": "n", "type": "number", "min": 1, "max": 9},
		{"id": "s", "type": "string"},
		{"id": "pick", "type": "select", "default": "old", "options": [{"value": "1", "label": "One"}, {"value": "two", "label": "Two"}]},
		{"id": "free", "type": "select"},
		{"id": "about", "type": "info"},
		{"id": "a.b[0]", "type": "number"}
	]`))
	if warnings != nil {
		t.Fatal(warnings)
	}
	for _, values := range []string{
		`{}`, `{"on":true,"n":3.0,"s":"x","pick":"two","free":"anything","about":{"any":"thing"},"a.b[0]":12345678901234567890123}`,
		`{"on":"yes","pick":"old"}`, `{"pick":1}`, `{"pick":null,"n":null,"on":null,"s":""}`, `{"unheard":[1]}`,
	} {
		if _, _, errs := form.Check(json.RawMessage(values), nil); errs != nil {
			t.Errorf("Check(%s) = %v", values, errs)
		}
	}
	_, _, errs := form.Check(json.RawMessage(
		`{"on":"true","n":"1","s":5,"pick":3,"free":[],"a.b[0]":"x","about":"\u0000"}`), nil)
	want := []string{
		"on has to be true or false", "n has to be a number", "s has to be text", "pick has to be one of 1, two",
		"free has to be text", "about has a NUL character in it", "a.b[0] has to be a number",
	}
	if got := sentences(errs); !slices.Equal(got, want) {
		t.Errorf("Check = %q\n want %q", got, want)
	}
	_, _, errs = form.Check(json.RawMessage(`{"n":10,"pick":"three"}`), nil)
	if got, want := sentences(errs), []string{"n has to be 9 or less", "pick has to be one of 1, two"}; !slices.Equal(got, want) {
		t.Errorf("Check = %q, want %q", got, want)
	}
}

func TestCheckManyRows(t *testing.T) {
	t.Parallel()
	form := goForm(t, everyDefault())
	rows := func(row string) json.RawMessage {
		return json.RawMessage(ok(`"sources":[` + strings.TrimSuffix(strings.Repeat(row+",", 10_000), ",") + `]`))
	}
	if _, _, errs := form.Check(rows(`{"name":"a","port":1}`), nil); errs != nil {
		t.Errorf("Check of 10,000 rows = %v", errs[0])
	}
	_, _, errs := form.Check(rows(`{"name":1,"x":2}`), nil)
	if len(errs) != 101 || errs[99].Field != "sources[99].name" || errs[100].Message != "have 9900 more errors" {
		t.Errorf("Check of 10,000 wrong rows: %d errors, the last: %v", len(errs), errs[len(errs)-1])
	}
}

func TestEffective(t *testing.T) {
	t.Parallel()
	type inner struct {
		A int `json:"a"`
		B int `json:"b"`
	}
	type outer struct {
		In    inner   `json:"in"`
		Rows  []inner `json:"rows"`
		Limit int     `json:"limit"`
	}
	form := goForm(t, outer{In: inner{1, 2}, Limit: 5})
	for stored, want := range map[string]string{
		``:                                  `{"in":{"a":1,"b":2},"limit":5}`,
		`null`:                              `{"in":{"a":1,"b":2},"limit":5}`,
		`[1]`:                               `{"in":{"a":1,"b":2},"limit":5}`,
		`{"in":{"b":7.0},"LIMIT":"x"}`:      `{"in":{"a":1,"b":7},"limit":5}`,
		`{"limit":null,"in":null}`:          `{"in":null,"limit":null}`,
		`{"rows":[{"b":2.0,"x":1},"odd"]}`:  `{"in":{"a":1,"b":2},"rows":[{"b":2},"odd"],"limit":5}`,
		`{"limit":"does not fit","rows":1}`: `{"in":{"a":1,"b":2},"rows":1,"limit":"does not fit"}`,
	} {
		if got := form.Effective(json.RawMessage(stored)); string(got) != want {
			t.Errorf("Go: Effective(%s) = %s, want %s", stored, got, want)
		}
	}
	python, _ := settings.FromFields(json.RawMessage(`[
		{"id": "d", "type": "string", "default": {"deep": 1}},
		{"id": "n", "type": "number", "default": 7.0},
		{"id": "n", "type": "number", "default": 8},
		{"id": "none", "type": "string"},
		{"id": "about", "type": "info", "default": "hi"},
		{"id": "pin", "type": "string", "input_type": "password", "default": "1234"}
	]`))
	for stored, want := range map[string]string{
		`{}`: `{"d":{"deep":1},"n":7.0,"about":"hi","pin":"1234"}`,
		`{"x":[1],"n":null,"d":{},"pin":"","about":0}`: `{"x":[1],"n":null,"d":{},"pin":"","about":0}`,
		`{"n":3.0,"x":3.0}`:                            `{"n":3,"x":3.0,"d":{"deep":1},"about":"hi","pin":"1234"}`,
		`"text"`:                                       `{"d":{"deep":1},"n":7.0,"about":"hi","pin":"1234"}`,
	} {
		if got := python.Effective(json.RawMessage(stored)); string(got) != want {
			t.Errorf("Python: Effective(%s) = %s, want %s", stored, got, want)
		}
	}
}

func TestUnfit(t *testing.T) {
	t.Parallel()
	form := goForm(t, everyDefault())
	for stored, want := range map[string][]string{
		``:                        {"url is required", "server.host is required"},
		ok(`"limit":"7","x":1`):   {"limit has to be a whole number"},
		ok(`"api_key":"is text"`): nil,
		`[]`:                      {"the values: have to be a JSON object"},
	} {
		if got := sentences(form.Unfit(json.RawMessage(stored))); !reflect.DeepEqual(got, want) {
			t.Errorf("Unfit(%s) = %q, want %q", stored, got, want)
		}
	}
}

func TestFitting(t *testing.T) {
	t.Parallel()
	form := goForm(t, everyDefault())
	for stored, want := range map[string]string{
		``:              `{}`,
		ok(`"limit":7`): ok(`"limit":7`),
		`{"url":"https://example.org","server":{"host":"h","port":"x"},"limit":"7","tags":["a",1],"x":1}`: `{"url":"https://example.org","server":{"host":"h"},"x":1}`,
		`[]`: `[]`,
	} {
		if got := string(form.Fitting(json.RawMessage(stored))); got != want {
			t.Errorf("Fitting(%s) = %s, want %s", stored, got, want)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	for name, form := range map[string]*settings.Form{"my_plugin": goForm(b, myPlugin{Mode: "safe"}), "18 fields": goForm(b, everyDefault())} {
		values := json.RawMessage(`{"enabled":true,"limit":7,"mode":"fast","note":"some words"}`)
		if name != "my_plugin" {
			values = json.RawMessage(ok(`"enabled":true,"limit":7,"small":3,"ratio":0.75,"mode":"fast","port":443,"channel":"c","group":"g",
				"note":"some words","pattern":"^a+$","tags":["a","b"],"every":"5m","api_key":"k","word":"w",
				"sources":[{"name":"a","port":1,"live":true},{"name":"b","port":2}]`))
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, _, errs := form.Check(values, nil); errs != nil {
					b.Fatal(errs)
				}
			}
		})
	}
	form := goForm(b, everyDefault())
	rows := json.RawMessage(ok(`"sources":[` + strings.TrimSuffix(strings.Repeat(`{"name":"a","port":1},`, 10_000), ",") + `]`))
	b.Run("10,000 rows", func(b *testing.B) {
		for b.Loop() {
			if _, _, errs := form.Check(rows, nil); errs != nil {
				b.Fatal(errs)
			}
		}
	})
}

func BenchmarkForm(b *testing.B) {
	shape := shapeOf(b, everyDefault())
	b.Run("go", func(b *testing.B) {
		for b.Loop() {
			if _, problems := settings.FromShape(shape); problems != nil {
				b.Fatal(problems)
			}
		}
	})
	b.Run("python", func(b *testing.B) {
		for b.Loop() {
			form, _ := settings.FromFields(json.RawMessage(myPluginFields))
			if form.Empty() {
				b.Fatal("no fields")
			}
		}
	})
	form := goForm(b, everyDefault())
	b.Run("effective", func(b *testing.B) {
		stored := json.RawMessage(ok(`"limit":7`))
		for b.Loop() {
			if len(form.Effective(stored)) == 0 {
				b.Fatal("nothing")
			}
		}
	})
}

func ExampleForm_Check() {
	form, _ := settings.FromFields(json.RawMessage(`[
		{"id": "limit", "type": "number", "min": 1},
		{"id": "mode", "type": "select", "options": [{"value": "safe", "label": "Safe"}, {"value": "fast", "label": "Fast"}]}
	]`))
	_, _, errs := form.Check(json.RawMessage(`{"limit": 0, "mode": "slow"}`), nil)
	for _, e := range errs {
		fmt.Println(e)
	}
	clean, unknown, _ := form.Check(json.RawMessage(`{"limit": 7.0, "speed": 3}`), nil)
	fmt.Println(string(clean), unknown)
	// Output:
	// limit has to be 1 or more
	// mode has to be one of safe, fast
	// {"limit":7,"speed":3} [speed]
}
