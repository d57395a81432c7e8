package hub

import (
	"encoding/json"

	"github.com/pluggarr/pluggarr/host/worker"
)

// Types of the messages that are the host's own. Those of Dispatcharr that it
// also sends are "m3u_refresh" and "epg_refresh".
const (
	TypePluginState = "plugin_state" // a [PluginState]
	TypeRunStarted  = "run_started"  // a [Run]
	TypeRunProgress = "run_progress" // a [Run]
	TypeRunFinished = "run_finished" // a [Run]
	TypeJob         = "job"          // a job has another state or progress
	TypeLog         = "log"          // a [LogLine]
)

// PluginState says that a plugin has another state, another version that
// serves, or its entry another error.
type PluginState struct {
	Type   string `json:"type"`              // TypePluginState
	Plugin string `json:"plugin"`            // its key
	State  string `json:"state"`             // as in its entry; "missing" also when it was deleted
	What   string `json:"what,omitempty"`    // "loaded", "reloaded" or "compiled" when a version has begun to serve
	TookMS int64  `json:"took_ms,omitempty"` // from the edit to that, in milliseconds
}

// Run says how far a run is.
type Run struct {
	Type       string      `json:"type"`        // TypeRunStarted, TypeRunProgress or TypeRunFinished
	Run        string      `json:"run"`         // its id
	Plugin     string      `json:"plugin"`      // the plugin's key
	Action     string      `json:"action"`      // the action's id
	Trigger    string      `json:"trigger"`     // what caused it
	Status     string      `json:"status"`      // as in the run's entry
	Progress   RunProgress `json:"progress"`    // what it said last
	Error      string      `json:"error"`       // "" without one, and for readers who are no admins
	DurationMS int64       `json:"duration_ms"` // 0 before the end
}

// RunProgress is how far a run says it is.
type RunProgress struct {
	Done    int64  `json:"done"`    // in the plugin's own unit
	Total   int64  `json:"total"`   // 0 when it is not known
	Message string `json:"message"` // may be ""
}

// Job says how far a job is.
type Job struct {
	Type     string          `json:"type"`            // TypeJob
	ID       int64           `json:"id"`              // its number
	Kind     string          `json:"kind"`            // what it does, as in "m3u_refresh"
	State    string          `json:"state"`           // as in its entry
	Progress json.RawMessage `json:"progress"`        // what it said last; null before
	Error    string          `json:"error,omitempty"` // why it failed; for admins only
}

// LogLine is a line of a plugin's log, for who asked for it.
type LogLine struct {
	Type   string      `json:"type"`   // TypeLog
	Plugin string      `json:"plugin"` // the plugin's key
	Line   worker.Line `json:"line"`   // as in the API of logs
}
