package main

import (
	"testing"

	"github.com/pluggarr/pluggarr/sdk/sdktest"
)

func TestRun(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		call sdktest.Call
		want string
		log  string
	}{
		{
			name: "defaults",
			call: sdktest.Call{Action: "do_work"},
			want: `{"status":"ok","processed":5,"mode":"safe"}`,
			log:  "My Plugin running with limit=5, mode=safe",
		},
		{
			name: "saved settings",
			call: sdktest.Call{Action: "do_work", Settings: sdktest.Values{"limit": 7, "mode": "fast"}},
			want: `{"status":"ok","processed":7,"mode":"fast"}`,
			log:  "My Plugin running with limit=7, mode=fast",
		},
		{
			name: "unknown action",
			call: sdktest.Call{Action: "dance"},
			want: `{"status":"error","message":"Unknown action dance"}`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			out := sdktest.Run(t, plugin(), tt.call)
			if out.Err != nil || string(out.Result) != tt.want {
				t.Errorf("answer = %s, %v, want %s", out.Result, out.Err, tt.want)
			}
			var log string
			for _, l := range out.Log {
				log += l.Message
			}
			if log != tt.log {
				t.Errorf("log = %q, want %q", log, tt.log)
			}
		})
	}
}
