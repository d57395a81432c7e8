package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	santhosh "github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/pluggarr/pluggarr/host/web"
)

// contract is the description of the API, to which every answer in the tests
// of this package is held.
type contract struct {
	paths    map[string]map[string]operation
	shared   map[string]response
	compiler *santhosh.Compiler
	mu       sync.Mutex
	compiled map[string]*santhosh.Schema // by where they are in the document
}

// operation is what the document says of one method of a path.
type operation struct {
	Scope      string              `json:"x-scope"`
	Responses  map[string]response `json:"responses"`
	Parameters []struct {
		Name string `json:"name"`
		In   string `json:"in"`
	} `json:"parameters"`
}

// response is what it says of an answer.
type response struct {
	Ref     string                     `json:"$ref"`
	Content map[string]json.RawMessage `json:"content"`
}

func newContract(tb testing.TB) *contract {
	tb.Helper()
	raw, err := os.ReadFile("openapi.json")
	if err != nil {
		tb.Fatal(err)
	}
	var document struct {
		Paths      map[string]map[string]operation `json:"paths"`
		Components struct {
			Responses map[string]response `json:"responses"`
		} `json:"components"`
	}
	if err := json.Unmarshal(raw, &document); err != nil {
		tb.Fatal(err)
	}
	whole, err := santhosh.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		tb.Fatal(err)
	}
	c := &contract{
		paths: document.Paths, shared: document.Components.Responses,
		compiler: santhosh.NewCompiler(), compiled: map[string]*santhosh.Schema{},
	}
	c.compiler.AssertFormat()
	if err := c.compiler.AddResource("openapi.json", whole); err != nil {
		tb.Fatal(err)
	}
	return c
}

// schema returns the schema at a place of the document.
func (c *contract) schema(at ...string) (*santhosh.Schema, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	where := "openapi.json#"
	for _, word := range at {
		where += "/" + strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(word)
	}
	if s, ok := c.compiled[where]; ok {
		return s, nil
	}
	s, err := c.compiler.Compile(where)
	if err == nil {
		c.compiled[where] = s
	}
	return s, err
}

// route finds the path of the document that a request's path is.
func (c *contract) route(path string) string {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(path, "/")
	found := ""
	for candidate := range c.paths {
		words := strings.Split(candidate, "/")
		fits := len(words) == len(parts)
		for i := 0; fits && i < len(words); i++ {
			fits = words[i] == parts[i] || strings.HasPrefix(words[i], "{") && parts[i] != ""
		}
		if fits && (found == "" || strings.Count(candidate, "{") < strings.Count(found, "{")) {
			found = candidate
		}
	}
	return found
}

// check complains about an answer that the document does not have. Methods and
// paths that are not in it are not its business.
func (c *contract) check(tb testing.TB, m message, got reply) {
	tb.Helper()
	path, method := c.route(m.path), strings.ToLower(m.method)
	op, ok := c.paths[path][method]
	if !ok || got.status == http.StatusMisdirectedRequest {
		return
	}
	status := strconv.Itoa(got.status)
	said, ok := op.Responses[status]
	if !ok {
		tb.Errorf("%s %s answers %s, which the document does not have: %s", m.method, m.path, status, got.body)
		return
	}
	at := []string{"paths", path, method, "responses", status}
	if name, shared := strings.CutPrefix(said.Ref, "#/components/responses/"); shared {
		said, at = c.shared[name], []string{"components", "responses", name}
	}
	if said.Content == nil {
		if got.body != "" {
			tb.Errorf("%s %s answers %s with a body: %s", m.method, m.path, status, got.body)
		}
		return
	}
	kind, _, err := mime.ParseMediaType(got.header.Get("Content-Type"))
	if _, ok := said.Content[kind]; err != nil || !ok {
		tb.Errorf("%s %s answers %s as %q, which the document does not have", m.method, m.path, status, kind)
		return
	}
	if kind != "application/json" {
		return
	}
	schema, err := c.schema(append(at, "content", kind, "schema")...)
	if err != nil {
		tb.Fatal(err)
	}
	value, err := santhosh.UnmarshalJSON(strings.NewReader(got.body))
	if err == nil {
		err = schema.Validate(value)
	}
	if err != nil {
		tb.Errorf("%s %s answers %s otherwise than the document says: %v\n%s", m.method, m.path, status, err, got.body)
	}
}

// The document has every route and no other, and what a key needs for each.
func TestDocumentHasTheRoutes(t *testing.T) {
	t.Parallel()
	c := newContract(t)
	want := map[string]string{}
	for path, methods := range web.Endpoints() {
		for method, scope := range methods {
			want[method+" "+path] = scope
		}
	}
	got := map[string]string{}
	for path, methods := range c.paths {
		for method, op := range methods {
			got[strings.ToUpper(method)+" "+path] = op.Scope
			for _, p := range op.Parameters {
				if in := strings.Contains(path, "{"+p.Name+"}"); in != (p.In == "path") {
					t.Errorf("%s %s: parameter %s in %s", method, path, p.Name, p.In)
				}
			}
			if named := len(op.Parameters) > 0 && op.Parameters[0].In == "path"; named != strings.Contains(path, "{") {
				t.Errorf("%s %s: the document does not say what is in the path", method, path)
			}
		}
	}
	for _, route := range slices.Sorted(maps.Keys(want)) {
		if scope, ok := got[route]; !ok || scope != want[route] {
			t.Errorf("%s: the router wants scope %q, the document has it: %t, with %q", route, want[route], ok, scope)
		}
	}
	for _, route := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[route]; !ok {
			t.Errorf("%s is in the document and not in the router", route)
		}
	}
}

// Every schema in the document is one.
func TestDocumentHasSchemas(t *testing.T) {
	t.Parallel()
	c := newContract(t)
	h := newHouse(t)
	var document struct {
		OpenAPI    string `json:"openapi"`
		Components struct {
			Schemas map[string]json.RawMessage `json:"schemas"`
		} `json:"components"`
	}
	h.get("standard", "/api/schema/", &document)
	if document.OpenAPI != "3.1.0" || len(document.Components.Schemas) == 0 {
		t.Fatalf("the document is %+v", document)
	}
	for name := range document.Components.Schemas {
		if _, err := c.schema("components", "schemas", name); err != nil {
			t.Error(fmt.Errorf("%s: %w", name, err))
		}
	}
	for path, methods := range c.paths {
		for method, op := range methods {
			for status, r := range op.Responses {
				if _, ok := r.Content["application/json"]; !ok {
					continue
				}
				if _, err := c.schema("paths", path, method, "responses", status, "content", "application/json", "schema"); err != nil {
					t.Error(err)
				}
			}
		}
	}
}
