package wire

import (
	"encoding/json"
	"fmt"
)

// InspectParams asks what the plugin in a folder says of itself.
type InspectParams struct {
	Dir string `json:"dir"` // absolute path of the plugin's folder
}

// HelloParams gives a worker its plugin.
type HelloParams struct {
	Protocol int    `json:"protocol"` // the host's [Version]
	Key      string `json:"key"`      // the plugin's key, as in the API
	Dir      string `json:"dir"`      // absolute path of the plugin's folder
	Data     string `json:"data"`     // absolute path of the folder plugins may write to; "" when there is none
}

// HelloResult is how a worker answers hello.
type HelloResult struct {
	Protocol int    `json:"protocol"` // the worker's [Version]
	Runtime  string `json:"runtime"`  // "go" or "python"
	Version  string `json:"version"`  // of the language, as in "go1.26.8" or "3.13.0"
}

// StartParams tells a worker that its plugin is enabled.
type StartParams struct {
	Settings json.RawMessage `json:"settings"`          // an object: the saved values over the defaults
	Actions  json.RawMessage `json:"actions,omitempty"` // an object: id → action as the API shows it; Python's context needs it
}

// RunParams asks a worker to run one action.
type RunParams struct {
	Run      string          `json:"run"`             // the run's id, echoed in its log and progress
	Action   string          `json:"action"`          // the action's id; the plugin answers for an unknown one
	Params   json.RawMessage `json:"params"`          // what the caller gave; {} when nothing
	Settings json.RawMessage `json:"settings"`        // an object: the saved values over the defaults
	Event    *EventParams    `json:"event,omitempty"` // set when an event called the action
}

// EventParams is the event that called an action.
type EventParams struct {
	Name    string          `json:"name"`    // as in "m3u_refresh"
	Payload json.RawMessage `json:"payload"` // an object, its keys given by the event
}

// OptionsParams asks for the choices of a select that the plugin fills itself.
type OptionsParams struct {
	Field    string          `json:"field"`    // the settings field
	Settings json.RawMessage `json:"settings"` // an object: the saved values over the defaults
}

// TaskParams asks a Python plugin's process to carry out a task that the plugin
// sent with Celery.
type TaskParams struct {
	ID     string                     `json:"id,omitempty"`     // the sender's
	Task   string                     `json:"task"`             // its name
	Args   []json.RawMessage          `json:"args,omitempty"`   // by place
	Kwargs map[string]json.RawMessage `json:"kwargs,omitempty"` // by name
}

// SavedParams tells a Python plugin that the host has refreshed a row which
// Django has a model of.
type SavedParams struct {
	Model string `json:"model"` // its app and name, as in "epg.EPGSource"
	ID    int64  `json:"id"`    // of the row
}

// StopParams tells a worker why it has to end.
type StopParams struct {
	Reason   string          `json:"reason"`   // "reload", "disable", "delete" or "shutdown"
	Settings json.RawMessage `json:"settings"` // an object: the saved values over the defaults
}

// LogParams is one log record of a plugin.
type LogParams struct {
	Run     string          `json:"run,omitempty"`   // the run that wrote it; "" outside of runs
	Level   string          `json:"level"`           // "debug", "info", "warning" or "error"
	Message string          `json:"message"`         // the text, one record
	Attrs   json.RawMessage `json:"attrs,omitempty"` // an object of further values, in the order given
}

// ProgressParams says how far a run is.
type ProgressParams struct {
	Run     string `json:"run"`     // the run's id
	Done    int    `json:"done"`    // units done
	Total   int    `json:"total"`   // units in all; 0 when unknown
	Message string `json:"message"` // what is being done; may be ""
}

// PluginFailure is the Data of an [Error] with [CodePlugin].
type PluginFailure struct {
	Type      string `json:"type"`      // the kind of failure: "panic", a Python exception's class, …
	Traceback string `json:"traceback"` // the plugin's own frames, one a line; may be ""
	// Needs is what of the host is not installed and was why, as in "celery"; the
	// message says what to do. "" when the plugin itself failed.
	Needs string `json:"needs,omitempty"`
}

// LoadFailure is the Data of an [Error] with [CodeLoad].
type LoadFailure struct {
	Problems  []Problem `json:"problems,omitempty"`  // mistakes with their places; may be empty
	Traceback string    `json:"traceback,omitempty"` // the plugin's own frames, one a line; may be ""
}

// Kinds of a [Problem] that is not simply a mistake.
const (
	KindEngine = "engine" // right Go that the interpreter would run differently; a compiled plugin may use it
	KindPolicy = "policy" // right Go that plugins may not use, whatever runs them
)

// Problem is one mistake in a plugin's source, or something there that cannot
// be run.
type Problem struct {
	Kind    string `json:"kind,omitempty"`    // "" for a mistake, else one of the constants above
	File    string `json:"file"`              // slash-separated path inside the plugin's folder; "" when there is no place
	Line    int    `json:"line"`              // counted from 1; 0 when unknown
	Column  int    `json:"column"`            // in bytes, counted from 1; 0 when unknown
	Message string `json:"message"`           // in the words of the compiler or of Python
	Excerpt string `json:"excerpt,omitempty"` // the source line, a second line marking the column; may be ""
}

// Place is where the problem is as compilers write it, as far as it is known:
// main.go:3:5, main.go:3 or main.go; "" when there is no place.
func (p Problem) Place() string {
	switch {
	case p.File == "" || p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}
