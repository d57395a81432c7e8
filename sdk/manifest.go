package sdk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Manifest is plugin.json, the optional file beside a plugin's code that says
// what a list may show without running anything.
type Manifest struct {
	// Name is shown to users; "" when absent.
	Name string
	// Version is shown to users; "" when absent.
	Version string
	// Description is one or two sentences; "" when absent.
	Description string
	// Author is shown to users; "" when absent.
	Author string
	// HelpURL leads to documentation; "" when absent.
	HelpURL string
	// Fields are settings fields as in Python plugins, not checked; nil when
	// absent.
	Fields json.RawMessage
	// Actions are actions as in Python plugins, not checked; nil when absent.
	Actions json.RawMessage
	// Runtime is "go" or "python" where the folder holds code of both kinds;
	// "" when absent.
	Runtime string
	// Executable is the compiled plugin, a slash-separated path inside the
	// folder, which is run in place of source; "" when absent.
	Executable string
	// Engine is what should run a Go plugin: "auto", "interpreted" or "compiled";
	// "" when absent, which is auto. An operator's wish goes before it.
	Engine string
}

// ParseManifest reads plugin.json. As in Dispatcharr it has to be an object,
// takes texts only from strings, and ignores keys it does not know.
func ParseManifest(data []byte) (Manifest, error) {
	dec := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	var keys map[string]json.RawMessage
	err := dec.Decode(&keys)
	var otherType *json.UnmarshalTypeError
	if err != nil && !errors.As(err, &otherType) {
		return Manifest{}, fmt.Errorf("read plugin.json: %w", err)
	}
	if _, end := dec.Token(); end != io.EOF || keys == nil {
		return Manifest{}, errors.New("read plugin.json: it has to be one JSON object")
	}
	m := Manifest{Fields: keys["fields"], Actions: keys["actions"]}
	for key, to := range map[string]*string{
		"name": &m.Name, "version": &m.Version, "description": &m.Description, "author": &m.Author,
		"help_url": &m.HelpURL, "runtime": &m.Runtime, "executable": &m.Executable, "engine": &m.Engine,
	} {
		var text string
		if json.Unmarshal(keys[key], &text) == nil {
			*to = text
		}
	}
	return m, nil
}

// MarshalJSON writes what is not empty, in the order of Manifest's fields.
func (m Manifest) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Name        string          `json:"name,omitempty"`
		Version     string          `json:"version,omitempty"`
		Description string          `json:"description,omitempty"`
		Author      string          `json:"author,omitempty"`
		HelpURL     string          `json:"help_url,omitempty"`
		Fields      json.RawMessage `json:"fields,omitempty"`
		Actions     json.RawMessage `json:"actions,omitempty"`
		Runtime     string          `json:"runtime,omitempty"`
		Executable  string          `json:"executable,omitempty"`
		Engine      string          `json:"engine,omitempty"`
	}(m))
}
