package compat

import (
	"testing"
)

// It is inside the package: what is spoken with the fork-server is nobody else's.

func TestDecodeReport(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, line string
		want       report
		bad        bool
	}{
		{name: "ready", line: `{"ready":7}`, want: report{Ready: 7}},
		{name: "forked", line: `{"id":1,"pid":8}`, want: report{ID: 1, Pid: 8}},
		{name: "not forked", line: `{"id":1,"error":"no"}`, want: report{ID: 1, Error: "no"}},
		{name: "ended", line: `{"exit":8,"status":-9}`, want: report{Exit: 8, Status: -9}},
		{name: "nothing", line: `{}`, bad: true},
		{name: "two things", line: `{"ready":1,"exit":2}`, bad: true},
		{name: "neither pid nor error", line: `{"id":1}`, bad: true},
		{name: "pid and error", line: `{"id":1,"pid":2,"error":"x"}`, bad: true},
		{name: "everybody", line: `{"exit":-1,"status":0}`, bad: true},
		{name: "negative pid", line: `{"id":1,"pid":-1}`, bad: true},
		{name: "no JSON", line: `Traceback`, bad: true},
		{name: "no object", line: `[1]`, bad: true},
		{name: "empty", line: ``, bad: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := decodeReport([]byte(tt.line))
			if (err != nil) != tt.bad || got != tt.want {
				t.Errorf("decodeReport(%s) = %+v, %v, want %+v", tt.line, got, err, tt.want)
			}
		})
	}
}

func FuzzDecodeReport(f *testing.F) {
	for _, line := range []string{`{"ready":7}`, `{"id":1,"pid":8}`, `{"id":1,"error":"no"}`, `{"exit":8,"status":-9}`, `{`} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		r, err := decodeReport(line)
		if err != nil {
			if r != (report{}) {
				t.Errorf("decodeReport(%q) = %+v with an error", line, r)
			}
			return
		}
		// What is signalled later must be one process: 0 and -1 are whole groups and everybody.
		if r.Exit < 0 || r.Pid < 0 || r.Ready < 0 || r.ID != 0 && r.Pid == 0 && r.Error == "" {
			t.Errorf("decodeReport(%q) = %+v", line, r)
		}
	})
}
