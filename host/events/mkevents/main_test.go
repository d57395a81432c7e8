package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
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

// The schema of each payload takes what is sent, and nothing of another type.
func TestSchemasHold(t *testing.T) {
	t.Parallel()
	for _, k := range events.Kinds() {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			schema := compiled(t, k)
			if err := schema.Validate(object(t, k.Payload)); err != nil {
				t.Errorf("its own type does not fit: %v", err)
			}
			full := reflect.New(reflect.TypeOf(k.Payload)).Elem()
			fill(t, full)
			sent, err := events.New(k.Name, full.Interface())
			if err != nil {
				t.Fatal(err)
			}
			value := object(t, sent.Payload)
			if err := schema.Validate(value); err != nil {
				t.Errorf("%s does not fit: %v", sent.Payload, err)
			}
			if len(value) != len(schema.Properties) {
				t.Errorf("%s is sent, the schema has %d keys", sent.Payload, len(schema.Properties))
			}
			for key, good := range value {
				value[key] = []any{}
				if schema.Validate(value) == nil {
					t.Errorf("a list fits as %s", key)
				}
				value[key] = good
			}
		})
	}
}

func compiled(t *testing.T, k events.Kind) *jsonschema.Schema {
	t.Helper()
	text, err := schemaOf(k)
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("x.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("x.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// object is a payload as who listens reads it.
func object(t *testing.T, payload any) map[string]any {
	t.Helper()
	raw, err := json.Marshal(payload)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return value.(map[string]any)
}

// fill gives every field a value.
func fill(t *testing.T, v reflect.Value) {
	t.Helper()
	for _, field := range v.Fields() {
		switch field.Kind() {
		case reflect.Struct:
			fill(t, field)
		case reflect.String:
			field.SetString("x")
		case reflect.Bool:
			field.SetBool(true)
		case reflect.Float64:
			field.SetFloat(1.5)
		case reflect.Int, reflect.Int64:
			field.SetInt(2)
		default:
			t.Fatalf("a payload has a %s", field.Kind())
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
