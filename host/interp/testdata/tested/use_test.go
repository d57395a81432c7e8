package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"github.com/pluggarr/pluggarr/sdk/sdktest"

	"plugin/tested/text"
)

func TestAction(t *testing.T) {
	out := sdktest.Run(t, plugin(), sdktest.Call{Action: "say"})
	if out.Err != nil || string(out.Result) != `{"status":"ok","message":"said"}` {
		t.Errorf("say = %s, %v", out.Result, out.Err)
	}
}

func TestServer(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, text.Double("x")) }))
	defer s.Close()
	r, err := http.Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	all, err := io.ReadAll(iotest.OneByteReader(r.Body))
	if err != nil || string(all) != "xx" {
		t.Fatal(string(all), err)
	}
	files := fstest.MapFS{"a": {Data: []byte("b")}}
	if d, _ := files.ReadFile("a"); string(d) != "b" {
		t.Error(d)
	}
	if _, err := os.Stat("use_test.go"); err != nil {
		t.Error("tests run in the folder of their package:", err)
	}
}

func TestEnds(t *testing.T) {
	reached := false
	t.Run("skipped", func(t *testing.T) {
		t.Skip("not today")
		reached = true
	})
	if reached {
		t.Error("Skip does not end a test")
	}
}

func Testable() {}
