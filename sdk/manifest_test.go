package sdk_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/sdk"
)

func TestParseManifest(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		text string
		want sdk.Manifest
		err  string
	}{
		{name: "empty", text: `{}`},
		{
			name: "whole",
			text: `{"name":"N","version":"1","description":"D","author":"A","help_url":"H","runtime":"go","executable":"bin/x",` +
				`"fields":[{"id":"a"}],"actions":{"not":"a list"},"license":"MIT"}`,
			want: sdk.Manifest{
				Name: "N", Version: "1", Description: "D", Author: "A", HelpURL: "H", Runtime: "go", Executable: "bin/x",
				Fields: json.RawMessage(`[{"id":"a"}]`), Actions: json.RawMessage(`{"not":"a list"}`),
			},
		},
		{name: "texts from strings only", text: `{"name":5,"version":1.2,"author":null,"help_url":["x"],"description":"D"}`, want: sdk.Manifest{Description: "D"}},
		{name: "last of a name", text: `{"name":"A","name":"B"}`, want: sdk.Manifest{Name: "B"}},
		{name: "byte order mark", text: "\xef\xbb\xbf{\"name\":\"N\"}\r\n", want: sdk.Manifest{Name: "N"}},
		{name: "nothing", text: "", err: "EOF"},
		{name: "null", text: "null", err: "one JSON object"},
		{name: "list", text: `[{"name":"N"}]`, err: "one JSON object"},
		{name: "more", text: `{} {}`, err: "one JSON object"},
		{name: "cut off", text: `{"name":"N`, err: "unexpected EOF"},
		{name: "deep", text: `{"fields":` + strings.Repeat("[", 20000), err: "depth"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := sdk.ParseManifest([]byte(tt.text))
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), "read plugin.json: ") || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("error = %v, want %q", err, tt.err)
				}
				return
			}
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("ParseManifest = %+v, %v, want %+v", got, err, tt.want)
			}
		})
	}
}

// FuzzParseManifest reads whatever lies in a folder. What could be read is
// written and read again to the same manifest.
func FuzzParseManifest(f *testing.F) {
	for _, seed := range []string{
		`{"name":"N","version":"1","fields":[{"id":"a","type":"info"}],"actions":[],"runtime":"go","executable":"x"}`,
		`{"name":null,"fields":null}`, `{"name":"\ud800"}`, "\xef\xbb\xbf{}", `[]`, `{"a":1}}`, "{\"fields\": [1,\n 2 ]}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		first, err := sdk.ParseManifest(data)
		if err != nil {
			return
		}
		text, err := json.Marshal(first)
		if err != nil {
			t.Fatalf("write %+v: %v", first, err)
		}
		second, err := sdk.ParseManifest(text)
		if err != nil {
			t.Fatalf("read %s again: %v", text, err)
		}
		again, err := json.Marshal(second)
		if err != nil || string(again) != string(text) {
			t.Errorf("written %s, read, written %s (%v)", text, again, err)
		}
	})
}
