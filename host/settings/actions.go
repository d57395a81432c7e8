package settings

import (
	"encoding/json"
	"fmt"

	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// Action is an action as the API shows it. The keys up to Events are
// Dispatcharr's; a key that the plugin did not give is not there.
type Action struct {
	// ID names the action in the API.
	ID string `json:"id"`
	// Label is the action's name for users.
	Label string `json:"label"`
	// Description says what the action does; nil when not given.
	Description *string `json:"description,omitempty"`
	// ButtonLabel is the button's text; nil when not given.
	ButtonLabel *string `json:"button_label,omitempty"`
	// ButtonVariant is Mantine's variant; nil when not given.
	ButtonVariant *string `json:"button_variant,omitempty"`
	// ButtonColor is Mantine's colour; nil when not given.
	ButtonColor *string `json:"button_color,omitempty"`
	// Confirm is any JSON but null: true, or an object with title and message,
	// asks before a run; nil when not given.
	Confirm json.RawMessage `json:"confirm,omitempty"`
	// Events are names of events that run the action; nil when not given.
	Events []string `json:"events,omitzero"`

	// Schedule is a cron expression; "" for none. Go only.
	Schedule string `json:"schedule,omitempty"`
	// Background says that a run answers at once unless the caller asks
	// otherwise. Go only.
	Background bool `json:"background,omitempty"`
	// Timeout ends a run that takes longer; zero means the host's limit. Go
	// only.
	Timeout sdk.Duration `json:"timeout,omitzero"`
	// ParamsSchema is the schema of the parameters; nil when the action takes
	// none. Go only.
	ParamsSchema json.RawMessage `json:"params_schema,omitempty"`
}

// NormaliseActions reads what a Python plugin gave as its actions (or what
// plugin.json says of them): any JSON. The entries are normalised as
// Dispatcharr's loader does; a wrong one is left out, and warnings say which and
// why. The list is never nil, so that it is an array in JSON.
func NormaliseActions(raw json.RawMessage) (actions []Action, warnings []string) {
	actions = []Action{}
	warnings = items(raw, "action", func(it *item) {
		a := Action{
			ID: it.name("id"), Label: it.name("label"), Description: it.text("description"),
			ButtonLabel: it.text("button_label"), ButtonVariant: it.text("button_variant"), ButtonColor: it.text("button_color"),
		}
		if v, there := it.value("confirm"); there {
			a.Confirm = write(v)
		}
		a.Events = it.texts("events")
		if it.err == nil {
			actions = append(actions, a)
		}
	})
	return actions, warnings
}

// ActionsFromGo translates the actions of a Go plugin and makes the forms of
// their parameters, by action; an action without parameters has none. problems
// lists all that is wrong with any of them.
func ActionsFromGo(list []sdk.ActionDescription) (actions []Action, params map[string]*Form, problems []wire.Problem) {
	actions, params = make([]Action, 0, len(list)), map[string]*Form{}
	seen := map[string]bool{}
	for i, d := range list {
		fault := ""
		switch {
		case d.ID == "":
			fault = "has no ID"
		case d.Label == "":
			fault = "has no Label"
		case seen[d.ID]:
			fault = "has an ID that is taken"
		}
		if fault != "" {
			problems = append(problems, wire.Problem{Message: fmt.Sprintf("action %d (%q) %s", i+1, d.ID, fault)})
			continue
		}
		seen[d.ID] = true
		a := goAction(d)
		if d.Params != nil {
			form, wrong := FromParams(d.Params)
			for _, p := range wrong {
				p.Message = fmt.Sprintf("action %q: %s", d.ID, p.Message)
				problems = append(problems, p)
			}
			if form != nil {
				params[d.ID], a.ParamsSchema = form, form.Schema()
			}
		}
		actions = append(actions, a)
	}
	return actions, params, problems
}

func goAction(d sdk.ActionDescription) Action {
	return Action{
		ID: d.ID, Label: d.Label, Description: text(d.Description),
		ButtonLabel: text(d.ButtonLabel), ButtonVariant: text(d.ButtonVariant), ButtonColor: text(d.ButtonColor),
		Confirm: confirmation(d.Confirm), Events: d.Events,
		Schedule: d.Schedule, Background: d.Background, Timeout: d.Timeout,
	}
}

// confirmation writes the question with the texts that are given; true asks
// with the page's own.
func confirmation(c *sdk.Confirm) json.RawMessage {
	if c == nil {
		return nil
	}
	question := newObject(2)
	if c.Title != "" {
		question.set("title", c.Title)
	}
	if c.Message != "" {
		question.set("message", c.Message)
	}
	if len(question.keys) == 0 {
		return json.RawMessage("true")
	}
	return write(question)
}
