package sdk

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Shape is a settings or parameters struct as a plugin's process reports it:
// what it looks like, without any judgement. The host builds form, schema and
// validation from it and says what it does not accept.
type Shape struct {
	// Fields are the struct's fields in their order.
	Fields []ShapeField `json:"fields"`
	// Defaults is an object of the default values by json name; secrets and nil
	// slices are left out, as is every field without a json name or of a kind
	// that JSON does not have. Null when the values are not known without running
	// the plugin.
	Defaults json.RawMessage `json:"defaults,omitempty"`
}

// ShapeField is one field of a [Shape].
type ShapeField struct {
	// Name is the field's name in Go.
	Name string `json:"name"`
	// Kind is one of bool, string, int…int64, uint…uint64, float32, float64,
	// []string, struct, []struct, sdk.Duration, sdk.Secret, sdk.Info; for
	// anything else Go's way of writing the type, and "recursive" for a struct
	// that holds itself.
	Kind string `json:"kind"`
	// Tag is the whole struct tag.
	Tag string `json:"tag"`
	// Embedded says that the field is an embedded struct.
	Embedded bool `json:"embedded,omitempty"`
	// Fields are those of a struct or []struct.
	Fields []ShapeField `json:"fields,omitempty"`
	// File is the path, inside the plugin's folder, where the field is declared;
	// "" when the shape was not read from source.
	File string `json:"file,omitempty"`
	// Line is the line in File, counted from 1; 0 when it is not known.
	Line int `json:"line,omitempty"`
}

// JSONName returns the field's name in JSON: what its json tag says before the
// first comma; "" without one.
func (f ShapeField) JSONName() string {
	name, _, _ := strings.Cut(reflect.StructTag(f.Tag).Get("json"), ",")
	return name
}

// shapeOf reports the shape of a struct type; value holds its defaults and may
// be the zero Value. A nil type has no shape.
func shapeOf(t reflect.Type, value reflect.Value) (*Shape, error) {
	if t == nil {
		return nil, nil
	}
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("has to be a struct, not a %v", t)
	}
	s := &Shape{Fields: shapeFields(t, nil)}
	if s.Fields == nil {
		s.Fields = []ShapeField{}
	}
	if !value.IsValid() {
		return s, nil
	}
	defaults, err := json.Marshal(defaultsOf(value))
	if err != nil {
		return nil, fmt.Errorf("encode the defaults: %w", err)
	}
	s.Defaults = defaults
	return s, nil
}

// shapeFields reports the fields of t; above are the structs it is within.
func shapeFields(t reflect.Type, above []reflect.Type) []ShapeField {
	var fields []ShapeField
	for f := range t.Fields() {
		field := ShapeField{Name: f.Name, Kind: kindOf(f.Type), Tag: string(f.Tag), Embedded: f.Anonymous}
		if inner := structOf(f.Type); inner != nil {
			field.Kind, field.Fields = nested(field.Kind, inner, append(above, t))
		}
		fields = append(fields, field)
	}
	return fields
}

func nested(kind string, inner reflect.Type, above []reflect.Type) (string, []ShapeField) {
	if slices.Contains(above, inner) {
		return "recursive", nil
	}
	return kind, shapeFields(inner, above)
}

// structOf returns the struct type that t is or is a slice of, else nil.
func structOf(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() == reflect.Struct {
		return t
	}
	return nil
}

// kindOf names the kind of a field's type as [ShapeField.Kind] does.
func kindOf(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[Duration]():
		return "sdk.Duration"
	case reflect.TypeFor[Secret]():
		return "sdk.Secret"
	case reflect.TypeFor[Info]():
		return "sdk.Info"
	case reflect.TypeFor[time.Duration]():
		return "time.Duration" // would pass as a number of nanoseconds
	}
	switch k := t.Kind(); k {
	case reflect.Struct:
		return "struct"
	case reflect.Slice:
		if elem := kindOf(t.Elem()); elem == "struct" || elem == "string" {
			return "[]" + elem
		}
	case reflect.Pointer, reflect.Map, reflect.Interface, reflect.Func, reflect.Chan, reflect.Array:
	default:
		return k.String()
	}
	return t.String()
}

// defaultsOf collects the values of a struct by json name.
func defaultsOf(v reflect.Value) map[string]any {
	values := map[string]any{}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name := ShapeField{Tag: string(f.Tag)}.JSONName()
		if name == "" || !f.IsExported() {
			continue
		}
		switch kindOf(f.Type) {
		case "sdk.Secret":
		case "struct":
			values[name] = defaultsOf(v.Field(i))
		case "[]struct":
			if !v.Field(i).IsNil() {
				values[name] = rowsOf(v.Field(i))
			}
		case "[]string":
			if !v.Field(i).IsNil() {
				values[name] = v.Field(i).Interface()
			}
		default:
			if encodable(f.Type) {
				values[name] = v.Field(i).Interface()
			}
		}
	}
	return values
}

// encodable says that JSON has a form for t. What has none is for the host to
// refuse, with the field's name.
func encodable(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Func, reflect.Chan, reflect.Complex64, reflect.Complex128, reflect.UnsafePointer:
		return false
	default:
		return true
	}
}

func rowsOf(v reflect.Value) []map[string]any {
	rows := make([]map[string]any, v.Len())
	for i := range rows {
		rows[i] = defaultsOf(v.Index(i))
	}
	return rows
}
