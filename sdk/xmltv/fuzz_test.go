package xmltv_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/pluggarr/pluggarr/sdk/xmltv"
)

// Whatever the bytes: reading ends, and gives text that can be stored.
func FuzzReader(f *testing.F) {
	for _, c := range forgiven {
		f.Add([]byte(c.guide))
	}
	f.Add(guide(1, 1)[:2000])
	f.Add([]byte("\xFF\xFE<\x00t\x00v\x00>\x00\xD8\x3D\x00\xD8"))
	f.Add([]byte(`<!DOCTYPE tv [<!ENTITY a "b"><!ENTITY c "&a;&a;&c;">]><tv><channel id="&c;&a;"/></tv>`))
	f.Fuzz(func(t *testing.T, document []byte) {
		r := xmltv.NewReader(bytes.NewReader(document), xmltv.Options{})
		for {
			entry, err := r.Read()
			if err != nil {
				break
			}
			if (entry.Channel == nil) == (entry.Programme == nil) {
				t.Fatalf("%q gives the entry %+v", document, entry)
			}
			// Texts are copied from the document by one function; IDs stand for all.
			for _, text := range texts(entry) {
				if !utf8.ValidString(text) || bytes.ContainsRune([]byte(text), 0) {
					t.Fatalf("%q gives the text %q", document, text)
				}
			}
		}
		_ = r.Warnings()
	})
}

// texts are all texts of an entry.
func texts(entry xmltv.Entry) []string {
	if entry.Channel != nil {
		list := []string{entry.Channel.ID}
		for _, name := range entry.Channel.Names {
			list = append(list, name.Value, name.Lang)
		}
		return list
	}
	list := []string{entry.Programme.Channel}
	for _, title := range entry.Programme.Titles {
		list = append(list, title.Value, title.Lang)
	}
	return list
}

// show is an entry as JSON, with only what is set.
func show(entry xmltv.Entry) string {
	var value any
	all, err := json.Marshal(entry)
	if err != nil {
		return err.Error()
	}
	if err := json.Unmarshal(all, &value); err != nil {
		return err.Error()
	}
	short, err := json.Marshal(set(value))
	if err != nil {
		return err.Error()
	}
	return string(short)
}

// set is value without the fields that hold nothing.
func set(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for name, field := range value {
			field = set(field)
			value[name] = field
			object, isObject := field.(map[string]any)
			if field == nil || field == "" || field == false || field == "0001-01-01T00:00:00Z" || isObject && len(object) == 0 && name == "Length" {
				delete(value, name)
			}
		}
	case []any:
		for i := range value {
			value[i] = set(value[i])
		}
	}
	return value
}
