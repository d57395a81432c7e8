package sdk

import (
	"encoding/json"
	"reflect"
	"testing"
	"unicode/utf8"
)

// FuzzDecodeRows holds the quick decoder to the standard library's.
func FuzzDecodeRows(f *testing.F) {
	for _, seed := range []string{
		`[]`, `[{}]`, `[{"id":1,"name":"a","is_stale":true,"stream_chno":1.5,"last_seen":"2026-05-04T18:00:00.5Z","custom_properties":{"a":[1]}},{"id":2}]`,
		`[{"id":1,"name":"\"\u00e9<"}]`, `[{"id":-0}]`, `[{"id":1.5}]`, `[{"id":"1"}]`, `[{"other":1}]`, `[{"NAME":"x"}]`, `[{"id":1},null]`,
		`[ {"id" : 1} ]`, `[{"id":1,"id":2}]`, `[{"is_stale":false}]`, `[{"last_seen":"2026-05-04T1:00:00Z"}]`, `[{"name":null}]`, `[{"stream_chno":1e999}]`, `{}`, `7`,
		`[{"custom_properties":"x","name":"ü"}]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !json.Valid(raw) || !utf8.Valid(raw) {
			t.Skip("frames are valid JSON, and hosts write UTF-8")
		}
		got, err := decodeRows[Stream](raw)
		var want []Stream
		wantErr := json.Unmarshal(raw, &want)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%s: %v, want %v", raw, err, wantErr)
		}
		if err == nil && len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", raw, got, want)
		}
	})
}

// BenchmarkDecodeRows decodes a page of 5,000 streams, quickly and by the
// standard library.
func BenchmarkDecodeRows(b *testing.B) {
	rows := make([]Stream, 5000)
	for i := range rows {
		rows[i] = Stream{ID: int64(i), Name: "UK: Channel One FHD", URL: "http://provider.example:8080/live/user/password/12345.ts", TvgID: "one.uk", M3UAccountID: 3}
	}
	raw, err := json.Marshal(rows)
	if err != nil {
		b.Fatal(err)
	}
	for name, decode := range map[string]func() ([]Stream, error){
		"rows": func() ([]Stream, error) { return decodeRows[Stream](raw) },
		"json": func() (rows []Stream, err error) { return rows, json.Unmarshal(raw, &rows) },
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			for b.Loop() {
				if got, err := decode(); err != nil || len(got) != 5000 {
					b.Fatal(err)
				}
			}
		})
	}
}
