package settings_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/settings"
	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

func TestFromShapeRefuses(t *testing.T) {
	t.Parallel()
	f := func(name, kind, tag string, inner ...sdk.ShapeField) sdk.ShapeField {
		return sdk.ShapeField{Name: name, Kind: kind, Tag: tag, Fields: inner}
	}
	deep := f("A", "string", `json:"a"`)
	for range 6 {
		deep = f("A", "struct", `json:"a"`, deep)
	}
	for _, test := range []struct {
		name     string
		fields   []sdk.ShapeField
		defaults string
		want     []string // without `settings field `
	}{
		{"kinds", []sdk.ShapeField{f("C", "chan int", `json:"c"`), f("M", "map[string]int", `json:"m"`), f("P", "*int", `json:"p"`)}, "", []string{
			`"c" has the type chan int; there are bool, integers, floats, string, []string, structs, slices of structs, sdk.Duration, sdk.Secret and sdk.Info`,
			`"m" has the type map[string]int; there are bool, integers, floats, string, []string, structs, slices of structs, sdk.Duration, sdk.Secret and sdk.Info`,
			`"p" has the type *int; there are bool, integers, floats, string, []string, structs, slices of structs, sdk.Duration, sdk.Secret and sdk.Info`,
		}},
		{"json names", []sdk.ShapeField{
			f("A", "int", ``), f("B", "int", `json:"-"`), f("C", "int", `json:",omitempty"`), f("D", "int", `json:"a.b"`),
			f("E", "int", `json:"e,string"`), f("F", "int", `json:"f"`), f("G", "int", `json:"f"`), f("H", "int", `json:"F"`),
		}, "", []string{
			`"A" needs a json tag that names it, as in json:"limit"`,
			`"-" has no name in JSON; what is no setting does not belong in the struct`,
			`"C" needs a json tag that names it, as in json:"limit"`,
			`"a.b" has the json name "a.b"; only letters, digits, _ and - are possible`,
			`"e" has the json option "string", which settings do not know`,
			`"f" has a json name that is taken: another field is called the same`,
			`"F" has a json name that is taken: it differs from "f" in case only`,
		}},
		{"go names", []sdk.ShapeField{
			f("limit", "int", `json:"a"`), f("9x", "int", `json:"b"`), f("", "int", `json:"c"`), f("_", "int", `json:"d"`),
			f("Same", "int", `json:"e"`), f("Same", "int", `json:"f"`),
			{Name: "Common", Kind: "struct", Embedded: true},
		}, "", []string{
			`"a" is not exported; limit needs a capital letter`,
			`"b" has the name "9x", which is none in Go`,
			`"c" has the name "", which is none in Go`,
			`"d" has the name "_", which is none in Go`,
			`"f" has the name Same, which is taken`,
			`"Common" is embedded; give it a name and a json tag, or write its fields out`,
		}},
		{"tags", []sdk.ShapeField{
			f("A", "int", `json:"a" label`), f("B", "int", `json:"b"label:"x"`), f("C", "int", `json: "c"`), f("D", "int", `json:"d" help:"x`),
			f("E", "int", `json:"e" help:"x" help:"y"`),
		}, "", []string{
			`"a" has a struct tag that cannot be read: a name with its value in quotes was expected at "label"`,
			`"b" has a struct tag that cannot be read: a space is missing between its parts`,
			`"C" has a struct tag that cannot be read: json needs a value in quotes, as in json:"…"`,
			`"d" has a struct tag that cannot be read: the value of help is not a quoted text`,
			`"e" has a struct tag that cannot be read: it has help twice`,
		}},
		{"widgets", []sdk.ShapeField{f("A", "string", `json:"a" widget:"slider"`), f("B", "bool", `json:"b" widget:"textarea"`)}, "", []string{
			`"a" has the unknown widget "slider"; there are textarea, password, cron, regex, url, color, channel, group, profile, account and epgsource`,
			`"b" has the widget "textarea", which does not fit its type`,
		}},
		{"bounds", []sdk.ShapeField{
			f("A", "int", `json:"a" min:"x" max:"1.5" step:"0"`), f("B", "string", `json:"b" min:"1"`),
			f("C", "int8", `json:"c" max:"200"`), f("D", "float64", `json:"d" min:"2" max:"1"`), f("E", "float64", `json:"e" step:"-1" min:"NaN"`),
			f("F", "float64", `json:"f" step:"0"`),
		}, "", []string{
			`"a" has min:"x", which is not a number`,
			`"a" has max:"1.5", which has to be a whole number here`,
			`"b" has min:"1", which only numbers can have`,
			`"c" has max:"200", which int8 cannot hold: it has to be 127 or less`,
			`"d" has a min of 2 and a max of 1: no value fits`,
			`"e" has min:"NaN", which is not a number`,
			`"f" has the step 0; it has to be more than 0`,
		}},
		{"options", []sdk.ShapeField{
			f("A", "string", `json:"a" options:"x=X,x=Y,=Z"`), f("B", "bool", `json:"b" options:"true"`),
			f("C", "int", `json:"c" options:"one"`), f("D", "int", `json:"d" options:""`),
		}, "", []string{
			`"a" has the option "x" twice`, `"a" has an option without a value`, `"b" has options; only text, text lists and numbers can`,
			`"c" has the option "one", which is not a number`, `"d" leaves its options to the plugin; only text and text lists can`,
		}},
		{"visible_if", []sdk.ShapeField{
			f("A", "string", `json:"a" visible_if:"nothing=1"`), f("B", "bool", `json:"b" visible_if:"b=true"`),
			f("C", "int", `json:"c" visible_if:"b"`), f("D", "int", `json:"d" visible_if:"b=yes"`),
			f("E", "int", `json:"e" visible_if:"c=x"`), f("M", "string", `json:"m" options:"p,q"`),
			f("F", "int", `json:"f" visible_if:"m=r"`), f("S", "sdk.Secret", `json:"s"`), f("G", "int", `json:"g" visible_if:"s=x"`),
		}, "", []string{
			`"c" has visible_if:"b"; it is written visible_if:"mode=fast"`,
			`"a" has visible_if with "nothing", which is no field beside it`, `"b" has visible_if with itself`,
			`"d" has visible_if with b=yes; b is true or false`, `"e" has visible_if with c=x, which is not a number`,
			`"f" has visible_if with m=r, which is none of its options`, `"g" has visible_if with s; only bool, numbers and text can be asked for`,
		}},
		{"required", []sdk.ShapeField{f("A", "int", `json:"a" required:"yes"`), f("B", "sdk.Info", `json:"b" required:"true"`)}, "", []string{
			`"a" has required:"yes"; it is true or false`, `"b" cannot be required; only what has a value of its own can`,
		}},
		{"jsonschema", []sdk.ShapeField{
			f("A", "int", `json:"a" jsonschema:"minimun=1,minimum=x,default=3,type=string,-"`),
			f("B", "string", `json:"b" jsonschema:"minimum=1,pattern=(,minLength=-1,enum=a,enum=a"`),
		}, "", []string{
			`"a" has jsonschema:"minimun=1": there is no such keyword`, `"a" has jsonschema:"minimum=x": is not a number`,
			`"a" has jsonschema:"default=3": the default is the value given as Settings`,
			`"a" has jsonschema:"type=string": the type in Go says what the value is`,
			`"a" has jsonschema:"-": the type in Go says what the value is`,
			`"b" has jsonschema:"minimum=1": it does not fit the type`,
			"\"b\" has jsonschema:\"pattern=(\": error parsing regexp: missing closing ): `(`",
			`"b" has jsonschema:"minLength=-1": is not a count`, `"b" has the option "a" twice`,
		}},
		{"nesting", []sdk.ShapeField{
			f("R", "recursive", `json:"r"`), deep,
			f("T", "[]struct", `json:"t"`, f("S", "struct", `json:"s"`, f("K", "string", `json:"k" widget:"password"`)), f("x", "int", `json:"x"`)),
		}, "", []string{
			`"r" holds the struct it is in; a form has an end`, `"a.a.a.a.a" is more than 5 levels deep`,
			`"t.x" is not exported; x needs a capital letter`, `"t.s.k" is a secret in a table; secrets can stand in sections only`,
		}},
		{
			"defaults",
			[]sdk.ShapeField{
				f("A", "int", `json:"a" min:"1"`), f("B", "string", `json:"b" options:"x,y"`), f("C", "string", `json:"c" required:"true"`),
				f("D", "string", `json:"d" options:"x,y"`), f("S", "struct", `json:"s"`, f("U", "string", `json:"u" widget:"url"`)),
				f("T", "[]struct", `json:"t"`, f("P", "int", `json:"p" max:"9"`)),
				f("L", "[]string", `json:"l" options:"x,y"`),
			},
			`{"a":0,"b":"z","c":"","d":"","s":{"u":"nowhere"},"t":[{"p":1},{"p":10}],"l":["x","z"]}`,
			[]string{
				`"a" has a default that does not fit: it has to be 1 or more`, `"b" has a default that does not fit: it has to be one of x, y`,
				`"s.u" has a default that does not fit: it has to be a URL such as http://example.org/list`,
				`"t[1].p" has a default that does not fit: it has to be 9 or less`,
				`"l" has a default that does not fit: l[1] has to be one of x, y`,
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			form, problems := settings.FromShape(&sdk.Shape{Fields: test.fields, Defaults: json.RawMessage(test.defaults)})
			var got []string
			for _, m := range messages(problems) {
				got = append(got, strings.TrimPrefix(m, "settings field "))
			}
			slices.Sort(got)
			slices.Sort(test.want)
			if form != nil || !slices.Equal(got, test.want) {
				t.Errorf("FromShape: problems\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

func TestFromShapeSaysWhere(t *testing.T) {
	t.Parallel()
	_, problems := settings.FromShape(&sdk.Shape{Fields: []sdk.ShapeField{
		{Name: "Limit", Kind: "int", Tag: `json:"limit" min:"x"`, File: "main.go", Line: 20},
		{Name: "Server", Kind: "struct", Tag: `json:"server"`, File: "main.go", Line: 21, Fields: []sdk.ShapeField{
			{Name: "Port", Kind: "int", File: "server.go", Line: 3},
		}},
	}})
	want := []wire.Problem{
		{File: "main.go", Line: 20, Message: `settings field "limit" has min:"x", which is not a number`},
		{File: "server.go", Line: 3, Message: `settings field "server.Port" needs a json tag that names it, as in json:"limit"`},
	}
	if !slices.Equal(problems, want) {
		t.Errorf("FromShape: %+v, want %+v", problems, want)
	}
}

func TestFromShapeIsBounded(t *testing.T) {
	t.Parallel()
	shape := &sdk.Shape{}
	for i := range 5000 {
		shape.Fields = append(shape.Fields, sdk.ShapeField{Name: fmt.Sprintf("F%d", i), Kind: "int", Tag: fmt.Sprintf(`json:"f%d"`, i)})
	}
	if _, problems := settings.FromShape(shape); len(problems) != 1 {
		t.Errorf("FromShape of 5000 fields: %d problems, want 1", len(problems))
	}
}

func TestFromParamsHasNoChosenDefaults(t *testing.T) {
	t.Parallel()
	form, problems := settings.FromParams(&sdk.Shape{
		Fields: []sdk.ShapeField{
			{Name: "Group", Kind: "string", Tag: `json:"group" widget:"group" required:"true"`},
			{Name: "Limit", Kind: "int", Tag: `json:"limit" min:"1"`},
			{Name: "Dry", Kind: "bool", Tag: `json:"dry"`},
		},
		Defaults: json.RawMessage(`{"group":"","limit":0,"dry":false}`),
	})
	if problems != nil {
		t.Fatal(problems)
	}
	if got := string(form.Effective(json.RawMessage(`{"group":"News"}`))); got != `{"group":"News","dry":false}` {
		t.Errorf("Effective = %s", got)
	}
	if strings.Contains(string(form.Schema()), `"default":0`) {
		t.Errorf("the schema has a default that it refuses: %s", form.Schema())
	}
	_, _, errs := form.Check(json.RawMessage(`{}`), nil)
	if got := sentences(errs); !slices.Equal(got, []string{"group is required"}) {
		t.Errorf("Check({}) = %q", got)
	}
}

func TestWidgetsCheckTheirValues(t *testing.T) {
	t.Parallel()
	type widgets struct {
		Cron  string       `json:"cron" widget:"cron"`
		Color string       `json:"color" widget:"color"`
		URL   string       `json:"url" widget:"url"`
		Regex []string     `json:"regex" widget:"regex"`
		Every sdk.Duration `json:"every"`
	}
	form := goForm(t, widgets{})
	for field, values := range map[string][2][]string{
		"cron": {
			{"0 4 * * *", "*/15 0-6,22 1 jan-dec MON", "5/10 * * * 7", "@daily"},
			{"0 4 * *", "60 * * * *", "* * * * * *", "*/0 * * * *", "6-2 * * * *", "* * 0 * *", "* * * JANU *", "@always", "a * * * *"},
		},
		"color": {{"#fff", "#1C7ED6", "#1c7ed680"}, {"red", "#12", "1c7ed6", "#gggggg", "#+ffff"}},
		"url":   {{"http://h", "https://u:p@h:1/x?y#z", "rtsp://h/"}, {"h", "http:x", "//h", "http://", "http://%zz"}},
		"every": {{"1m30s", "0s", "-5m", "1.5h"}, {"90", "1 m", "x", "9999999h99999999999h"}},
	} {
		for i, list := range values {
			for _, value := range list {
				_, _, errs := form.Check(json.RawMessage(fmt.Sprintf(`{%q:%q}`, field, value)), nil)
				if wrong := i == 1; (errs != nil) != wrong {
					t.Errorf("%s %q: %v", field, value, errs)
				}
			}
		}
	}
	_, _, errs := form.Check(json.RawMessage(`{"regex":["a+","["]}`), nil)
	if got := sentences(errs); !slices.Equal(got, []string{"regex[1] is not a regular expression: missing closing ]: `[`"}) {
		t.Errorf("regex: %q", got)
	}
}

func ExampleFromShape() {
	form, problems := settings.FromShape(&sdk.Shape{
		Fields: []sdk.ShapeField{
			{Name: "Limit", Kind: "int", Tag: `json:"limit" label:"Item limit" min:"1"`},
			{Name: "APIKey", Kind: "sdk.Secret", Tag: `json:"api_key" label:"API key"`},
		},
		Defaults: json.RawMessage(`{"limit":5}`),
	})
	fmt.Println(problems)
	fmt.Println(string(form.Fields()))
	fmt.Println(string(form.Effective(json.RawMessage(`{}`))), form.Secrets())
	// Output:
	// []
	// [{"id":"limit","label":"Item limit","type":"number","default":5,"min":1.0},{"id":"api_key","label":"API key","type":"string","input_type":"password"}]
	// {"limit":5} [api_key]
}
