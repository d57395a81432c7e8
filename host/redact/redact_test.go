package redact_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/redact"
)

func TestText(t *testing.T) {
	t.Parallel()
	hide := redact.New([]string{"abc", "hunter22", "hunter22-and-more", "first line\nthe second one", "it's\t\"so\""})
	for name, tt := range map[string]struct{ text, want string }{
		"nothing":             {"all is well", "all is well"},
		"too short":           {"abc", "abc"},
		"in the middle":       {"user:hunter22@tv.example", "user:[secret]@tv.example"},
		"the longest first":   {"hunter22-and-more", "[secret]"},
		"a line of several":   {"it said: the second one!", "it said: [secret]!"},
		"as Python writes it": {`'it\'s\t"so"'`, `'[secret]'`},
		"as JSON writes it":   {`"it's\t\"so\""`, `"[secret]"`},
	} {
		if got := hide.Text(tt.text); got != tt.want {
			t.Errorf("%s: Text(%q) = %q, want %q", name, tt.text, got, tt.want)
		}
	}
	if got := (redact.Redaction{}).Text("hunter22"); got != "hunter22" {
		t.Errorf("the zero value: Text = %q", got)
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	hide := redact.New([]string{"true", "1234", "pass\"wörd"})
	for name, tt := range map[string]struct{ raw, want string }{
		"none":                 {``, ``},
		"words and numbers":    {`[true, 1234, null]`, `[true, 1234, null]`},
		"strings that look so": {`["true", "1234"]`, `["[secret]", "[secret]"]`},
		"a key":                {`{"x1234":1}`, `{"x[secret]":1}`},
		"escaped":              {`{"a": "<pass\"w\u00f6rd>"}`, `{"a": "<[secret]>"}`},
		"the rest to the byte": {`{ "b":"\u003c",  "a":1.50 }`, `{ "b":"\u003c",  "a":1.50 }`},
	} {
		if got := string(hide.JSON(json.RawMessage(tt.raw))); got != tt.want {
			t.Errorf("%s: JSON(%s) = %s, want %s", name, tt.raw, got, tt.want)
		}
	}
}

// FuzzJSON holds that what comes out is JSON with the same values but for the
// secret, which is in no string of it.
func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"a":["hunter22",1,"\"hunter22"],"hunter22":null}`), "hunter22")
	f.Add([]byte(`"\u0068unter22\\"`), "hunter22")
	f.Add([]byte(`["[secret]", "secre"]`), "secre")
	f.Fuzz(func(t *testing.T, raw []byte, secret string) {
		if !json.Valid(raw) || len(secret) < 4 || strings.Contains("[secret]", secret) || strings.ContainsAny(secret, "[]") {
			return
		}
		out := redact.New([]string{secret}).JSON(raw)
		if !json.Valid(out) {
			t.Fatalf("JSON(%s) without %q = %s, which is none", raw, secret, out)
		}
		tokens := json.NewDecoder(bytes.NewReader(out))
		for {
			token, err := tokens.Token()
			if err != nil {
				break
			}
			if text, ok := token.(string); ok && strings.Contains(text, secret) {
				t.Fatalf("JSON(%s) without %q = %s", raw, secret, out)
			}
		}
	})
}
