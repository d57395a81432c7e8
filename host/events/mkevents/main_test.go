package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/pluggarr/pluggarr/host/events"
)

func TestThePageIsUpToDate(t *testing.T) {
	t.Parallel()
	have, err := os.ReadFile("../../../docs/events.md")
	if err != nil {
		t.Fatal(err)
	}
	page := filepath.Join(t.TempDir(), "events.md")
	if err := os.WriteFile(page, have, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := generate(page); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, want) {
		t.Error("docs/events.md is not what go generate ./host/events makes")
	}
}

func TestSchemasAreSchemas(t *testing.T) {
	t.Parallel()
	for _, k := range events.Kinds() {
		text, err := schemaOf(k)
		if err != nil {
			t.Fatal(err)
		}
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v\n%s", k.Name, err, text)
		}
		c := jsonschema.NewCompiler()
		if err := c.AddResource("x.json", document); err != nil {
			t.Fatal(err)
		}
		schema, err := c.Compile("x.json")
		if err != nil {
			t.Fatalf("%s: %v", k.Name, err)
		}
		raw, err := json.Marshal(k.Payload)
		if err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s: its own type does not fit: %v", k.Name, err)
		}
	}
}

func TestAPageWithoutMarks(t *testing.T) {
	t.Parallel()
	page := filepath.Join(t.TempDir(), "x.md")
	if err := os.WriteFile(page, []byte("# Events\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := generate(page); err == nil {
		t.Error("a page without marks was written to")
	}
}
