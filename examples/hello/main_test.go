package main

import (
	"testing"

	"github.com/pluggarr/pluggarr/sdk/sdktest"
)

func TestGreet(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"world": `{"status":"ok","message":"Hello, world!"}`,
		"Ada":   `{"status":"ok","message":"Hello, Ada!"}`,
	} {
		out := sdktest.Run(t, plugin(), sdktest.Call{Action: "greet", Settings: sdktest.Values{"name": name}})
		if out.Err != nil || string(out.Result) != want {
			t.Errorf("greet %s = %s, %v, want %s", name, out.Result, out.Err, want)
		}
	}
}
