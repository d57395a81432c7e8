package settings

import (
	"encoding/json"
	"strings"

	"github.com/pluggarr/pluggarr/sdk"
)

// legacyField is a field as Dispatcharr's API shows it: only the keys that are
// there, in this order.
type legacyField struct {
	ID          string          `json:"id"`
	Label       *string         `json:"label,omitempty"`
	Type        string          `json:"type"` // string, number, boolean, select, text or info
	Default     json.RawMessage `json:"default,omitempty"`
	HelpText    *string         `json:"help_text,omitempty"`
	Description *string         `json:"description,omitempty"`
	Placeholder *string         `json:"placeholder,omitempty"`
	InputType   *string         `json:"input_type,omitempty"`
	Value       *string         `json:"value,omitempty"`
	Min         *decimal        `json:"min,omitempty"`
	Max         *decimal        `json:"max,omitempty"`
	Step        *decimal        `json:"step,omitempty"`
	Options     []sdk.Option    `json:"options,omitzero"`
}

// legacyList writes what has a place in the legacy list.
func legacyList(g *group) json.RawMessage {
	list := []legacyField{}
	for _, f := range g.list {
		if l := f.legacy(); l.Type != "" {
			list = append(list, l)
		}
	}
	return encodeList(list)
}

func encodeList[T any](list []T) json.RawMessage {
	raw, err := json.Marshal(list)
	if err != nil {
		return json.RawMessage("[]") // its raw parts were decoded from JSON before
	}
	return raw
}

// legacy translates a field of a Go plugin; the type is "" when there is none.
func (f *field) legacy() legacyField {
	title := f.title()
	l := legacyField{
		ID: f.name, Label: &title, Default: f.def,
		HelpText: text(f.help), Placeholder: text(f.placeholder),
		Min: decimalOf(f.min), Max: decimalOf(f.max), Step: decimalOf(f.step),
	}
	switch f.kind {
	case boolKind:
		l.Type = "boolean"
	case intKind, floatKind:
		l.Type = "number"
	case stringKind, durationKind:
		l.Type = "string"
		if f.widget == "textarea" {
			l.Type = "text"
		}
	case secretKind:
		l.Type, l.InputType, l.Default = "string", text("password"), nil
	case infoKind:
		l.Type, l.Default = "info", nil
		if value, ok := f.defTree.(string); ok {
			l.Value = &value
		}
	}
	if f.choice && l.Type != "" {
		l.Type, l.Options = "select", f.options
		if l.Options == nil {
			l.Options = []sdk.Option{}
		}
	}
	return l
}

// text is nil for "", which a Go plugin leaves unsaid.
func text(s string) *string {
	if strings.TrimSpace(s) == "" {
		return nil
	}
	return &s
}

func decimalOf(n json.Number) *decimal {
	f, err := n.Float64()
	if err != nil {
		return nil
	}
	d := decimal(f)
	return &d
}
