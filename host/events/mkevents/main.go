// Command mkevents writes the table of events into their page, between its
// marks: mkevents events.md.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/invopop/jsonschema"

	"github.com/pluggarr/pluggarr/host/events"
)

const (
	opening = "<!-- events -->\n"
	closing = "<!-- /events -->\n"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: mkevents events.md")
		os.Exit(2)
	}
	if err := generate(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "mkevents:", err)
		os.Exit(1)
	}
}

// generate replaces what stands between the marks of the page.
func generate(page string) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	before, rest, found := bytes.Cut(text, []byte(opening))
	_, after, closed := bytes.Cut(rest, []byte(closing))
	if !found || !closed {
		return errors.New("the page has no marks to write between")
	}
	made, err := table()
	if err != nil {
		return err
	}
	whole := bytes.Join([][]byte{before, []byte(opening), made, []byte(closing), after}, nil)
	return os.WriteFile(page, whole, 0o644) //nolint:gosec // documentation, for everybody
}

// table lists the events, then a schema for each payload.
func table() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("| event | name for users | when | payload in Go | sent by this host |\n|---|---|---|---|---|\n")
	for _, k := range events.Kinds() {
		sent := "no"
		if k.Sent {
			sent = "yes"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | `%T` | %s |\n", k.Name, k.Title, k.Text, k.Payload, sent)
	}
	for _, k := range events.Kinds() {
		schema, err := schemaOf(k)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "\n### %s\n\n```json\n%s\n```\n", k.Name, schema)
	}
	return b.Bytes(), nil
}

// schemaOf is the JSON Schema of an event's payload, one line a key.
func schemaOf(k events.Kind) (string, error) {
	reflector := jsonschema.Reflector{Anonymous: true, DoNotReference: true, AllowAdditionalProperties: true}
	schema := reflector.Reflect(k.Payload)
	var keys []string
	for pair := schema.Properties.Oldest(); pair != nil; pair = pair.Next() {
		value, err := json.Marshal(pair.Value)
		if err != nil {
			return "", fmt.Errorf("encode the schema of %s of %s: %w", pair.Key, k.Name, err)
		}
		keys = append(keys, fmt.Sprintf("    %q: %s", pair.Key, value))
	}
	head := fmt.Sprintf("{\n  \"$schema\": %q, \"title\": %q, \"type\": \"object\",\n  \"properties\": {\n",
		schema.Version, k.Name)
	tail := "\n  }\n}"
	if len(schema.Required) > 0 {
		required, err := json.Marshal(schema.Required)
		if err != nil {
			return "", fmt.Errorf("encode the required keys of %s: %w", k.Name, err)
		}
		tail = "\n  },\n  \"required\": " + string(required) + "\n}"
	}
	return head + strings.Join(keys, ",\n") + tail, nil
}
