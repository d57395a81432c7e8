package settings_test

import (
	"encoding/json"
	"testing"

	"github.com/pluggarr/pluggarr/host/settings"
	"github.com/pluggarr/pluggarr/sdk"
)

type unfinished struct {
	Country string     `json:"country" required:"true" options:"de=Germany"`
	Limit   int        `json:"limit" max:"9"`
	Station string     `json:"station" options:""`
	Key     sdk.Secret `json:"key"`
	Servers []struct {
		Zone string `json:"zone" options:""`
	} `json:"servers"`
}

func TestDraft(t *testing.T) {
	t.Parallel()
	form := goForm(t, unfinished{Limit: 5})
	const stored = `{"country":"de","limit":3,"key":"k"}`
	for given, want := range map[string]string{
		`{}`:                                `{"country":"","limit":5,"station":"","key":"k"}`,
		`{"country":"","limit":7}`:          `{"country":"","limit":7,"station":"","key":"k"}`,
		`{"country":"xx","limit":10}`:       `{"country":"","limit":5,"station":"","key":"k"}`,
		`{"key":"new","servers":[{"x":1}]}`: `{"country":"","limit":5,"station":"","key":"new","servers":[{}]}`,
		`[]`:                                `{"country":"","limit":5,"station":"","key":"k"}`,
	} {
		if got := form.Draft(json.RawMessage(given), json.RawMessage(stored)); !sameJSON(t, got, want) {
			t.Errorf("Draft(%s) = %s, want %s", given, got, want)
		}
	}
	for path, want := range map[string]bool{"station": true, "servers.zone": true, "country": false, "servers": false, "none": false, "": false, "station.x": false} {
		if got := form.Dynamic(path); got != want {
			t.Errorf("Dynamic(%q) = %t", path, got)
		}
	}
	if (&settings.Form{}).Dynamic("x") {
		t.Error("an empty form has a field")
	}
}

func sameJSON(t *testing.T, got json.RawMessage, want string) bool {
	t.Helper()
	var a, b any
	if err := json.Unmarshal(got, &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(want), &b); err != nil {
		t.Fatal(err)
	}
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}
