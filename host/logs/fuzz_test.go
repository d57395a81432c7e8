package logs

import (
	"bytes"
	"io"
	"reflect"
	"slices"
	"testing"
)

// FuzzFile reads any bytes as a log file: from both ends the same lines, each
// of which can be stored and read again.
func FuzzFile(f *testing.F) {
	const line = `{"time":"2026-03-01T12:00:00Z","source":"log","run":"r","level":"info","message":"a","attrs":{"n":1}}` + "\n"
	for _, seed := range []string{
		"", "\n", line, line + line, line + line[:50], "\x00\x00\n" + line, `{"time":"2026-03-01T12:00:00+23:59"}`,
		`{"time":"9999-12-31T23:59:59-23:59","attrs":null}`, `{"TIME":"0001-01-01T00:00:01Z","message":"\ud800"}`,
	} {
		f.Add([]byte(seed), uint16(0))
	}
	f.Add([]byte(line), uint16(700))
	f.Fuzz(func(t *testing.T, data []byte, times uint16) {
		data = bytes.Repeat(data, min(int(times)+1, 1+(200<<10)/(len(data)+1))) // across the readers' buffers
		section := func() *io.SectionReader { return io.NewSectionReader(bytes.NewReader(data), 0, int64(len(data))) }
		var there, back [][]byte
		keep := func(to *[][]byte) func([]byte) bool {
			return func(raw []byte) bool {
				if raw = bytes.TrimSuffix(raw, []byte("\n")); len(raw) > 0 {
					*to = append(*to, bytes.Clone(raw))
				}
				return true
			}
		}
		if err := forward(section(), keep(&there)); err != nil {
			t.Fatal(err)
		}
		if err := backward(section(), keep(&back)); err != nil {
			t.Fatal(err)
		}
		slices.Reverse(back)
		if !reflect.DeepEqual(there, back) {
			t.Fatalf("%d lines forward, %d backward", len(there), len(back))
		}
		for _, raw := range there[:min(len(there), 10)] {
			checkStored(t, raw)
		}
	})
}

func checkStored(t *testing.T, raw []byte) {
	l, ok := decode(raw)
	if !ok {
		return
	}
	AppendText(nil, l)
	l = bounded(l)
	var stored bytes.Buffer
	encode(&stored, &l)
	if stored.Len() == 0 || stored.Len() > maxLine || bytes.Count(stored.Bytes(), []byte("\n")) != 1 {
		t.Fatalf("%.200q is stored as %d bytes: %.200q", raw, stored.Len(), stored.Bytes())
	}
	again, ok := decode(stored.Bytes())
	if !ok || again.Message != l.Message || again.Run != l.Run || again.Level != l.Level || !again.Time.Equal(l.Time) {
		t.Fatalf("%.200q is read again as %+v, want %+v", stored.Bytes(), again, l)
	}
}
