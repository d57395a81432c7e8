package main

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// document is what the page needs of an OpenAPI document.
type document struct {
	Info struct {
		Title       string `json:"title"`
		Description string `json:"description"`
	} `json:"info"`
	Tags []struct {
		Name string `json:"name"`
	} `json:"tags"`
	Paths      ordered[ordered[operation]] `json:"paths"`
	Components struct {
		Responses ordered[response] `json:"responses"`
		Schemas   ordered[schema]   `json:"schemas"`
	} `json:"components"`
}

// operation is one method of a path.
type operation struct {
	Tags        []string `json:"tags"`
	Summary     string   `json:"summary"`
	Description string   `json:"description"`
	Scope       string   `json:"x-scope"`
	Level       int      `json:"x-level"`
	Parameters  []struct {
		Name        string `json:"name"`
		In          string `json:"in"`
		Description string `json:"description"`
		Schema      schema `json:"schema"`
	} `json:"parameters"`
	Body      response          `json:"requestBody"`
	Responses ordered[response] `json:"responses"`
}

// response is an answer, or the body of a request.
type response struct {
	Ref         string         `json:"$ref"`
	Description string         `json:"description"`
	Content     ordered[media] `json:"content"`
}

// media is a body of one media type.
type media struct {
	Schema *schema `json:"schema"`
}

// schema is a JSON Schema.
type schema struct {
	Ref         string           `json:"$ref"`
	Type        oneOrMore        `json:"type"`
	Description string           `json:"description"`
	Properties  ordered[*schema] `json:"properties"`
	Required    []string         `json:"required"`
	Items       *schema          `json:"items"`
	AnyOf       []*schema        `json:"anyOf"`
	Enum        []any            `json:"enum"`
	Const       any              `json:"const"`
	Format      string           `json:"format"`
}

// oneOrMore is a word or a list of words.
type oneOrMore []string

// UnmarshalJSON reads either.
func (o *oneOrMore) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*o = oneOrMore{one}
		return nil
	}
	return json.Unmarshal(raw, (*[]string)(o)) //nolint:wrapcheck // json adds what it is about
}

// ordered is a JSON object whose members keep their order.
type ordered[T any] []member[T]

// member is one of them.
type member[T any] struct {
	name  string
	value T
}

// UnmarshalJSON reads an object.
func (o *ordered[T]) UnmarshalJSON(raw []byte) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if token, err := dec.Token(); err != nil || token != json.Delim('{') {
		return fmt.Errorf("want an object: %s", raw)
	}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return err //nolint:wrapcheck // as above
		}
		m := member[T]{name: fmt.Sprint(token)}
		if err := dec.Decode(&m.value); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		*o = append(*o, m)
	}
	return nil
}
