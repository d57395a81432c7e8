package settings_test

import (
	"encoding/json"
	"testing"

	"github.com/pluggarr/pluggarr/host/settings"
	"github.com/pluggarr/pluggarr/sdk"
)

// holds checks what every form promises, whatever it was made of.
func holds(t *testing.T, form *settings.Form, values []byte) {
	t.Helper()
	for name, raw := range map[string]json.RawMessage{
		"Schema": form.Schema(), "Fields": form.Fields(), "Defaults": form.Defaults(), "Effective": form.Effective(values),
	} {
		if !json.Valid(raw) {
			t.Errorf("%s is not JSON: %s", name, raw)
		}
	}
	clean, _, errs := form.Check(values, nil)
	for _, e := range errs {
		if e.Message == "" {
			t.Errorf("an error without a message at %q", e.Field)
		}
	}
	if errs != nil {
		return
	}
	if !json.Valid(clean) {
		t.Fatalf("Check returned what is not JSON: %q", clean)
	}
	again, _, errs := form.Check(clean, nil)
	if errs != nil || string(again) != string(clean) {
		t.Errorf("checked again, %s became %s, %v", clean, again, errs)
	}
	if public, _ := form.Public(clean); !json.Valid(public) {
		t.Errorf("Public is not JSON: %s", public)
	}
}

func FuzzFromFields(f *testing.F) {
	f.Add([]byte(myPluginFields), []byte(`{"limit":7}`))
	f.Add([]byte(`[{"id":"a","type":"number","min":"3","default":1e400}]`), []byte(`{"a":1e400}`))
	f.Add([]byte(`[{"id":"$ref","type":"select","options":[{"value":1,"label":"x"}]},{"id":"a","type":"info","default":[]}]`), []byte(`{"$ref":1}`))
	f.Fuzz(func(t *testing.T, fields, values []byte) {
		form, _ := settings.FromFields(fields)
		holds(t, form, values)
	})
}

func FuzzFromShape(f *testing.F) {
	f.Add([]byte(`{"fields":[{"name":"Limit","kind":"int","tag":"json:\"limit\" min:\"1\""}],"defaults":{"limit":5}}`), []byte(`{"limit":7}`))
	f.Add([]byte(`{"fields":[{"name":"A","kind":"struct","tag":"json:\"a\"","fields":[{"name":"B","kind":"[]struct","tag":"json:\"b\""}]}]}`), []byte(`{"a":{"b":[{}]}}`))
	f.Add([]byte(`{"fields":[{"name":"A","kind":"string","tag":"json:\"a\" options:\"x=1,y\" jsonschema:\"pattern=a+,enum=b\""}]}`), []byte(`{"a":"x"}`))
	f.Add([]byte(`{"fields":[{"name":"A","kind":"[]string","tag":"json:\"a\" widget:\"regex\" required:\"true\""}],"defaults":{"a":["("]}}`), []byte(`{"a":["x",1]}`))
	f.Fuzz(func(t *testing.T, raw, values []byte) {
		var shape sdk.Shape
		if json.Unmarshal(raw, &shape) != nil {
			return
		}
		form, problems := settings.FromShape(&shape)
		if (form == nil) != (problems != nil) {
			t.Fatalf("FromShape = %v, %v", form, problems)
		}
		if form != nil {
			holds(t, form, values)
		}
		if form, _ = settings.FromParams(&shape); form != nil {
			holds(t, form, values)
		}
	})
}

func FuzzNormaliseActions(f *testing.F) {
	f.Add([]byte(`[{"id":"a","label":"A","events":["x"],"confirm":true}]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		actions, _ := settings.NormaliseActions(raw)
		out, err := json.Marshal(actions)
		if err != nil {
			t.Fatal(err)
		}
		again, warnings := settings.NormaliseActions(out)
		if len(again) != len(actions) || warnings != nil {
			t.Errorf("normalised again, %s lost some: %q", out, warnings)
		}
	})
}

func FuzzCheck(f *testing.F) {
	form := goForm(f, everyDefault())
	sealer, err := settings.NewSealer(f.TempDir() + "/key")
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(ok(`"limit":7.0,"sources":[{"name":"a"}]`)), []byte(`{"api_key":"k","server":{"token":"t"}}`))
	f.Add([]byte(ok(`"limit":7`)), []byte(`{"api_key":{}}`))
	f.Add([]byte(ok(`"every":"1h","__proto__":-0,"ratio":1e0`)), []byte(`[]`))
	f.Fuzz(func(t *testing.T, values, stored []byte) {
		holds(t, form, values)
		clean, _, errs := form.Check(values, stored)
		if errs != nil {
			return
		}
		var typed everyKind
		if err := json.Unmarshal(form.Effective(clean), &typed); err != nil {
			t.Fatalf("a Go plugin cannot read %s: %v", clean, err)
		}
		sealed, err := form.Seal(clean, nil, "plug", sealer)
		if err != nil {
			t.Fatal(err)
		}
		if opened, lost := form.Open(sealed, "plug", sealer); string(opened) != string(clean) && lost == nil {
			t.Errorf("sealed and opened, %s became %s", clean, opened)
		}
	})
}
