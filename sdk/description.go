package sdk

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
)

// Description is what a plugin says of itself, in either language, running or
// read from its source. It is the answer to the protocol's describe and part of
// that to inspect.
type Description struct {
	// Runtime is "go" or "python".
	Runtime string `json:"runtime"`
	// Name is shown to users; "" when the plugin does not say.
	Name string `json:"name"`
	// Version is shown to users; may be "".
	Version string `json:"version"`
	// Description is one or two sentences; may be "".
	Description string `json:"description"`
	// Author is shown to users; may be "".
	Author string `json:"author"`
	// HelpURL leads to documentation; may be "".
	HelpURL string `json:"help_url"`

	// Settings is the shape of a Go plugin's settings; nil when it has none.
	Settings *Shape `json:"settings,omitempty"`
	// Actions are those of a Go plugin.
	Actions []ActionDescription `json:"actions,omitempty"`

	// Fields is what a Python plugin gave as its fields: any JSON, not checked.
	Fields json.RawMessage `json:"fields,omitempty"`
	// RawActions is what a Python plugin gave as its actions, not checked.
	RawActions json.RawMessage `json:"raw_actions,omitempty"`

	// HasStart says that the plugin works in the background while enabled.
	HasStart bool `json:"has_start,omitempty"`
	// HasStop says that the plugin wants to be told before it ends.
	HasStop bool `json:"has_stop,omitempty"`
	// HasOptions says that the plugin fills selects itself.
	HasOptions bool `json:"has_options,omitempty"`

	// Warnings name what was left out and why, one sentence each.
	Warnings []string `json:"warnings,omitempty"`
}

// ActionDescription is the part of an [Action] that can be written down.
type ActionDescription struct {
	// ID names the action in the API.
	ID string `json:"id"`
	// Label is the action's name for users.
	Label string `json:"label"`
	// Description says what the action does; may be "".
	Description string `json:"description,omitempty"`
	// ButtonLabel is the button's text; "" means the page's own.
	ButtonLabel string `json:"button_label,omitempty"`
	// ButtonVariant is Mantine's variant; "" means the page's own.
	ButtonVariant string `json:"button_variant,omitempty"`
	// ButtonColor is Mantine's colour; "" means the page's own.
	ButtonColor string `json:"button_color,omitempty"`
	// Confirm is the question before a run; nil for none.
	Confirm *Confirm `json:"confirm,omitempty"`
	// Events are names of events that run the action.
	Events []string `json:"events,omitempty"`
	// Schedule is a cron expression; "" for none.
	Schedule string `json:"schedule,omitempty"`
	// Timeout ends a run that takes longer; zero means the host's limit.
	Timeout Duration `json:"timeout,omitzero"`
	// Background says that a run answers at once unless the caller asks
	// otherwise.
	Background bool `json:"background,omitempty"`
	// Params is the shape of the action's parameters; nil when it has none.
	Params *Shape `json:"params,omitempty"`
}

// describe returns p's Description, or all that is wrong with the declaration.
func (p Plugin) describe() (Description, error) {
	d := Description{
		Runtime: "go", Name: p.Name, Version: p.Version, Description: p.Description,
		Author: p.Author, HelpURL: p.HelpURL,
		HasStart: p.Start.call != nil, HasStop: p.Stop != nil, HasOptions: p.Options != nil,
	}
	var faults []error
	if p.Name == "" {
		faults = append(faults, errors.New("the plugin has no Name"))
	}
	settings := reflect.TypeOf(p.Settings)
	shape, err := shapeOf(settings, reflect.ValueOf(p.Settings))
	if err != nil {
		faults = append(faults, fmt.Errorf("settings: %w", err))
	}
	d.Settings = shape
	seen := map[string]bool{}
	for i, a := range p.Actions {
		action, err := a.describe(settings)
		switch {
		case err != nil:
			faults = append(faults, fmt.Errorf("action %d (%q): %w", i+1, a.ID, err))
		case seen[a.ID]:
			faults = append(faults, fmt.Errorf("action %d: the ID %q is taken", i+1, a.ID))
		}
		seen[a.ID] = true
		d.Actions = append(d.Actions, action)
	}
	if err := p.Start.check(settings); err != nil {
		faults = append(faults, fmt.Errorf("start: %w", err))
	}
	return d, errors.Join(faults...)
}

func (a Action) describe(settings reflect.Type) (ActionDescription, error) {
	d := ActionDescription{
		ID: a.ID, Label: a.Label, Description: a.Description,
		ButtonLabel: a.ButtonLabel, ButtonVariant: a.ButtonVariant, ButtonColor: a.ButtonColor,
		Confirm: a.Confirm, Events: a.Events, Schedule: a.Schedule, Timeout: a.Timeout, Background: a.Background,
	}
	if a.ID == "" || a.Label == "" {
		return d, errors.New("an action has an ID and a Label")
	}
	if err := fits(a.Run.settings, settings, a.Run.fault); err != nil {
		return d, err
	}
	params, err := shapeOf(a.Run.params, zeroOf(a.Run.params))
	if err != nil {
		return d, fmt.Errorf("parameters: %w", err)
	}
	d.Params = params
	return d, nil
}

func (w Worker) check(settings reflect.Type) error {
	if w.call == nil && w.fault == nil {
		return nil
	}
	return fits(w.settings, settings, w.fault)
}

// fits says whether a function that takes want can be given have.
func fits(want, have reflect.Type, fault error) error {
	switch {
	case fault != nil:
		return fault
	case want == nil:
		return errNoFunction
	case have == nil && want.Kind() == reflect.Struct && want.NumField() == 0:
		return nil // a plugin without settings whose handlers take struct{}
	case have == nil:
		return fmt.Errorf("its function takes %v, the plugin has no Settings", want)
	case want != have:
		return fmt.Errorf("its function takes %v, the plugin's Settings are %v", want, have)
	}
	return nil
}

func zeroOf(t reflect.Type) reflect.Value {
	if t == nil {
		return reflect.Value{}
	}
	return reflect.Zero(t)
}
