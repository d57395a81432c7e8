package settings_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/settings"
	"github.com/pluggarr/pluggarr/sdk"
)

func TestActionsFromGo(t *testing.T) {
	t.Parallel()
	params := &sdk.Shape{Fields: []sdk.ShapeField{{Name: "Group", Kind: "string", Tag: `json:"group"`}}}
	actions, forms, problems := settings.ActionsFromGo([]sdk.ActionDescription{
		{ID: "do_work", Label: "Do Work", Description: "Process items", Confirm: &sdk.Confirm{Title: "Proceed?"}},
		{
			ID: "all", Label: "All", ButtonLabel: "Go", ButtonVariant: "outline", ButtonColor: "red", Confirm: &sdk.Confirm{}, Events: []string{"e"},
			Schedule: "0 4 * * *", Timeout: sdk.Duration(time.Hour), Background: true, Params: params,
		},
	})
	got, err := json.Marshal(actions)
	want := `[{"id":"do_work","label":"Do Work","description":"Process items","confirm":{"title":"Proceed?"}},` +
		`{"id":"all","label":"All","button_label":"Go","button_variant":"outline","button_color":"red","confirm":true,"events":["e"],` +
		`"schedule":"0 4 * * *","background":true,"timeout":"1h0m0s",` +
		`"params_schema":{"$schema":"https://json-schema.org/draft/2020-12/schema","properties":{"group":{"type":"string","title":"group"}},"type":"object"}}]`
	if err != nil || problems != nil || string(got) != want {
		t.Errorf("ActionsFromGo = %s, %v, %v\n want %s", got, problems, err, want)
	}
	if len(forms) != 1 || forms["all"] == nil {
		t.Errorf("forms of parameters: %v", forms)
	}
}

func TestActionsFromGoRefuses(t *testing.T) {
	t.Parallel()
	bad := &sdk.Shape{Fields: []sdk.ShapeField{{Name: "Group", Kind: "chan int", Tag: `json:"group"`}, {Name: "n", Kind: "int", Tag: `json:"n"`}}}
	_, _, problems := settings.ActionsFromGo([]sdk.ActionDescription{
		{Label: "No ID"}, {ID: "a"}, {ID: "b", Label: "B", Params: bad}, {ID: "b", Label: "Again"},
	})
	want := []string{
		`action 1 ("") has no ID`, `action 2 ("a") has no Label`,
		`action "b": parameters field "group" has the type chan int; there are bool, integers, floats, string, []string, ` +
			`structs, slices of structs, sdk.Duration, sdk.Secret and sdk.Info`,
		`action "b": parameters field "n" is not exported; n needs a capital letter`,
		`action 4 ("b") has an ID that is taken`,
	}
	if got := messages(problems); !slices.Equal(got, want) {
		t.Errorf("ActionsFromGo: problems %q, want %q", got, want)
	}
}
