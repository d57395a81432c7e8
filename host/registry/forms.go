package registry

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/settings"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// forms are a plugin's description made into what can be filled in and run.
type forms struct {
	settings   *settings.Form
	actions    []settings.Action
	params     map[string]*settings.Form // by action; without those that take none
	timeouts   map[string]time.Duration  // by action; without those that have none
	background map[string]bool           // by action: it runs in the background unless told otherwise
	byID       json.RawMessage           // {id: action}, for Python's context
	warnings   []string
}

// formsOf builds the forms of what a plugin says of itself.
func formsOf(d sdk.Description) (forms, []wire.Problem) {
	f := forms{params: map[string]*settings.Form{}, timeouts: map[string]time.Duration{}, background: map[string]bool{}}
	f.warnings = slices.Clone(d.Warnings)
	if d.Settings == nil && (d.Fields != nil || d.RawActions != nil || d.Runtime == plugindir.RuntimePython) {
		var more []string
		f.settings, more = settings.FromFields(d.Fields)
		f.warnings = append(f.warnings, more...)
		f.actions, more = settings.NormaliseActions(d.RawActions)
		f.warnings = append(f.warnings, more...)
		return f.indexed(), nil
	}
	var problems, more []wire.Problem
	if f.settings, problems = settings.FromShape(d.Settings); f.settings == nil {
		f.settings = noSettings()
	}
	f.actions, f.params, more = settings.ActionsFromGo(d.Actions)
	for _, a := range d.Actions {
		f.background[a.ID] = a.Background
		if a.Timeout > 0 {
			f.timeouts[a.ID] = a.Timeout.Std()
		}
		if a.Schedule == "" {
			continue
		}
		if err := settings.CheckCron(a.Schedule); err != nil {
			f.warnings = append(f.warnings, fmt.Sprintf("action %q is not run by the clock: its schedule %v", a.ID, err))
		}
	}
	return f.indexed(), append(problems, more...)
}

// noSettings is the form of a plugin whose settings are not known.
func noSettings() *settings.Form {
	form, _ := settings.FromFields(nil)
	return form
}

// indexed adds the actions by their ids; the first of two with one id counts.
func (f forms) indexed() forms {
	byID := map[string]settings.Action{}
	for _, a := range f.actions {
		if _, taken := byID[a.ID]; !taken {
			byID[a.ID] = a
		}
	}
	raw, err := json.Marshal(byID)
	if err != nil {
		raw = json.RawMessage("{}") // actions are made of JSON; this cannot happen
	}
	f.byID = raw
	return f
}

// checkParams checks parameters where the action declares them.
func (f forms) checkParams(call Call) (json.RawMessage, error) {
	form := f.params[call.Action]
	if form == nil {
		return objectOf(call.Params), nil
	}
	return fitting(form, call.Params)
}

// objectOf returns parameters as an object, also where there are none.
func objectOf(params json.RawMessage) json.RawMessage {
	params = bytes.TrimSpace(params)
	switch string(params) {
	case "", "null", "false", "0", `""`, "[]":
		return json.RawMessage("{}")
	}
	return params
}

// fitting are parameters with the defaults of their form, or what does not fit.
// Saved settings may have values of another version; a parameter that the form
// does not know is a slip of who calls, and would be lost in silence.
func fitting(form *settings.Form, params json.RawMessage) (json.RawMessage, error) {
	clean, unknown, faults := form.Check(objectOf(params), nil)
	for _, path := range unknown {
		faults = append(faults, settings.FieldError{Field: path, Message: "is no parameter of the action; it has " + strings.Join(form.Names(), ", ")})
	}
	if len(faults) > 0 {
		return nil, &Failure{Message: "The parameters do not fit: " + faults[0].Error(), Fault: store.FaultUser, Fields: faults}
	}
	return form.Effective(clean), nil
}
