package main

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"
)

// page writes the page.
func page(d *document) []byte {
	var b bytes.Buffer
	b.WriteString("<!-- Made by host/web/mkrest from host/web/openapi.json: do not edit. -->\n\n# REST API\n\n" + d.Info.Description + "\n\n")
	b.WriteString("Send a key as `X-API-Key: KEY` or `Authorization: ApiKey KEY`, or the access token of a login as\n" +
		"`Authorization: Bearer TOKEN`. A key's scope is `read`, `run` (which includes it) or `admin` (which includes\n" +
		"both), and never allows more than its user's level: 0 streamer, 1 standard, 10 admin. A host serves this\n" +
		"description of itself, as an OpenAPI document, at `/api/schema/`.\n")
	for _, tag := range d.Tags {
		fmt.Fprintf(&b, "\n## %s\n", tag.Name)
		for _, p := range d.Paths {
			for _, o := range p.value {
				if slices.Contains(o.value.Tags, tag.Name) {
					fmt.Fprintf(&b, "\n### %s\n\n`%s %s`", o.value.Summary, strings.ToUpper(o.name), p.name)
					d.operation(&b, o.value)
				}
			}
		}
	}
	b.WriteString("\n## Shapes\n")
	for _, s := range d.Components.Schemas {
		fmt.Fprintf(&b, "\n### %s\n\n%s\n", s.name, s.value.Description)
		fields(&b, "Field", &s.value)
	}
	return b.Bytes()
}

// operation writes what follows the path.
func (d *document) operation(b *bytes.Buffer, o operation) {
	b.WriteString(" — " + need(o) + "\n")
	if o.Description != "" {
		b.WriteString("\n" + o.Description + "\n")
	}
	rows := false
	for _, p := range o.Parameters {
		if p.In == "query" {
			if !rows {
				b.WriteString("\n| Query | Type | |\n|---|---|---|\n")
			}
			rows = true
			fmt.Fprintf(b, "| `%s` | %s | %s |\n", p.Name, typeOf(&p.Schema), p.Description)
		}
	}
	if len(o.Body.Content) > 0 {
		fields(b, "Body", o.Body.Content[0].value.Schema)
	}
	b.WriteString("\n")
	var refused []string
	shape := ""
	for _, r := range o.Responses {
		if r.value.Ref != "" {
			refused = append(refused, r.name)
			shape = d.refusal(r.value.Ref)
			continue
		}
		fmt.Fprintf(b, "- **%s** %s%s\n", r.name, r.value.Description, answers(r.value.Content))
	}
	if refused != nil {
		fmt.Fprintf(b, "- %s: %s\n", strings.Join(refused, ", "), shape)
	}
}

// need says who may.
func need(o operation) string {
	switch {
	case o.Scope == "":
		return "for everybody"
	case o.Level == 0:
		return fmt.Sprintf("scope `%s`, any user", o.Scope)
	}
	return fmt.Sprintf("scope `%s`, level %d", o.Scope, o.Level)
}

// refusal is the shape of the errors that a shared response stands for.
func (d *document) refusal(ref string) string {
	for _, r := range d.Components.Responses {
		if r.name == path.Base(ref) {
			return typeOf(r.value.Content[0].value.Schema)
		}
	}
	return ""
}

// answers writes the bodies of an answer, by media type.
func answers(content ordered[media]) string {
	var kinds []string
	for _, c := range content {
		switch {
		case c.value.Schema == nil:
			kinds = append(kinds, "`"+c.name+"`")
		case c.name == "application/json":
			kinds = append(kinds, outline(c.value.Schema))
		default:
			kinds = append(kinds, "`"+c.name+"` of "+typeOf(c.value.Schema))
		}
	}
	if kinds == nil {
		return ""
	}
	return " " + strings.Join(kinds, ", or ")
}

// outline is an object with the types of its fields; of another schema its type.
func outline(s *schema) string {
	if len(s.Properties) == 0 {
		return typeOf(s)
	}
	var parts []string
	for _, p := range s.Properties {
		mark := ""
		if !slices.Contains(s.Required, p.name) {
			mark = "?"
		}
		parts = append(parts, fmt.Sprintf("`%s`%s %s", p.name, mark, typeOf(p.value)))
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}

// fields writes a table of an object's fields; nothing for what has none.
func fields(b *bytes.Buffer, title string, s *schema) {
	if s == nil || len(s.Properties) == 0 {
		return
	}
	fmt.Fprintf(b, "\n| %s | Type | |\n|---|---|---|\n", title)
	for _, p := range s.Properties {
		text := p.value.Description
		if !slices.Contains(s.Required, p.name) {
			text = strings.TrimSpace("May be left out. " + text)
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", p.name, typeOf(p.value), text)
	}
}

// typeOf names a schema's type.
func typeOf(s *schema) string {
	switch {
	case s.Ref != "":
		name := path.Base(s.Ref)
		return fmt.Sprintf("[%s](#%s)", name, strings.ToLower(name))
	case s.AnyOf != nil:
		var all []string
		for _, one := range s.AnyOf {
			all = append(all, typeOf(one))
		}
		return strings.Join(all, " or ")
	case s.Const != nil:
		return fmt.Sprintf("`%v`", s.Const)
	case s.Enum != nil:
		var all []string
		for _, one := range s.Enum {
			all = append(all, fmt.Sprintf("`%v`", quoted(one)))
		}
		return strings.Join(all, ", ")
	case s.Items != nil && len(s.Type) == 1:
		return "list of " + typeOf(s.Items)
	case len(s.Type) == 0:
		return "any"
	}
	text := strings.Join(s.Type, " or ")
	if s.Format == "date-time" {
		text = strings.Replace(text, "string", "time", 1)
	}
	return text
}

// quoted shows an empty text.
func quoted(v any) any {
	if v == "" {
		return `""`
	}
	return v
}
