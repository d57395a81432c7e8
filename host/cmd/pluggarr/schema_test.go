package main

import (
	"encoding/json"
	"errors"
	"testing"
)

func TestAssign(t *testing.T) {
	t.Parallel()
	const form = `{"type": "object", "properties": {
		"about": {"readOnly": true},
		"on": {"type": "boolean"},
		"n": {"type": "integer"},
		"rate": {"type": "number"},
		"text": {"type": "string"},
		"pick": {"type": "integer", "enum": [1, 25]},
		"choice": {"type": "string", "enum": ["a", "1"]},
		"key": {"type": "string", "writeOnly": true},
		"tags": {"type": "array", "items": {"type": "string"}},
		"loose": {},
		"a.b": {"type": "integer"},
		"server": {"type": "object", "properties": {"port": {"type": "integer"}, "tls": {"type": "object", "properties": {"on": {"type": "boolean"}}}}}
	}}`
	tests := []struct{ name, before, assignment, want, err string }{
		{"boolean", `{}`, "on=Off", `{"on":false}`, ""},
		{"no boolean", `{}`, "on=perhaps", `{"on":"perhaps"}`, ""},
		{"integer", `{"n":1,"x":[1.0]}`, "n=-7", `{"n":-7,"x":[1.0]}`, ""},
		{"large number", `{}`, "n=12345678901234567890", `{"n":12345678901234567890}`, ""},
		{"no number", `{}`, `n="7"`, `{"n":"\"7\""}`, ""},
		{"fraction", `{}`, "rate=1e-3", `{"rate":1e-3}`, ""},
		{"text that looks like a number", `{}`, "text=007", `{"text":"007"}`, ""},
		{"text with =", `{}`, "text=a=b", `{"text":"a=b"}`, ""},
		{"empty text", `{"text":"x"}`, "text=", `{"text":""}`, ""},
		{"empty number", `{"n":1}`, "n=", `{"n":null}`, ""},
		{"empty secret", `{}`, "key=", `{"key":null}`, ""},
		{"number of a list", `{}`, "pick=25", `{"pick":25}`, ""},
		{"text of a list", `{}`, "choice=1", `{"choice":"1"}`, ""},
		{"texts", `{}`, "tags=a, b", `{"tags":["a","b"]}`, ""},
		{"array", `{}`, `tags=["a,b"]`, `{"tags":["a,b"]}`, ""},
		{"no array", `{}`, `tags=["a`, `{}`, `tags is no JSON array; write a,b,c or ["a", "b"]`},
		{"any kind", `{}`, "loose=1", `{"loose":"1"}`, ""},
		{"key with a dot", `{}`, "a.b=1", `{"a.b":1}`, ""},
		{"section", `{"server":{"port":1,"more":2}}`, "server.port=80", `{"server":{"port":80,"more":2}}`, ""},
		{"new section", `{}`, "server.tls.on=yes", `{"server":{"tls":{"on":true}}}`, ""},
		{"ruined section", `{"server":3}`, "server.port=80", `{"server":{"port":80}}`, ""},
		{"whole section", `{}`, "server=1", `{}`, `there is no field "server": the fields are on, n, rate, text, pick, choice, key, tags, loose, a.b, server.port, server.tls.on`},
		{"display only", `{}`, "about=1", `{}`, `there is no field "about": the fields are on, n, rate, text, pick, choice, key, tags, loose, a.b, server.port, server.tls.on`},
		{"mistyped", `{}`, "chioce=a", `{}`, `there is no field "chioce": did you mean "choice"?`},
		{"file", `{}`, "key=@secret", `{"key":"in secret"}`, ""},
		{"missing file", `{}`, "key=@none", `{}`, "read the value of key: gone"},
		{"text with @", `{}`, "text=@@me", `{"text":"@me"}`, ""},
		{"no assignment", `{}`, "text", `{}`, `"text" is no assignment: write NAME=VALUE`},
	}
	source := func(path string) ([]byte, error) {
		if path == "none" {
			return nil, errors.New("gone")
		}
		return []byte("in " + path + "\r\n"), nil
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var s schema
			var values object
			if err := errors.Join(json.Unmarshal([]byte(form), &s), json.Unmarshal([]byte(test.before), &values)); err != nil {
				t.Fatal(err)
			}
			a, err := readAssignment(test.assignment, source)
			if err == nil {
				err = errors.Join(assign(&values, s, []assignment{a})...)
			}
			message := ""
			if err != nil {
				message = err.Error()
			}
			got, err := values.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			if message != test.err || string(got) != test.want {
				t.Errorf("got %s, error %q\nwant %s, error %q", got, message, test.want, test.err)
			}
		})
	}
}

func TestNoFields(t *testing.T) {
	t.Parallel()
	errs := assign(&object{}, schema{}, []assignment{{"a", "1"}})
	if len(errs) != 1 || errs[0].Error() != `there is no field "a", nor any other` {
		t.Error(errs)
	}
}
