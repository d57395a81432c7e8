package main

import (
	"bytes"
	"slices"
	"testing"
)

func TestOutcomes(t *testing.T) {
	t.Parallel()
	read := func(text string) (outcomes, string) {
		var shown bytes.Buffer
		r := &testReader{to: &shown, found: outcomes{}}
		for i := range text { // as it may come
			if _, err := r.Write([]byte(text[i : i+1])); err != nil {
				t.Fatal(err)
			}
		}
		r.flush()
		return r.found, shown.String()
	}
	compiled, shown := read("=== RUN   TestA\n--- PASS: TestA (0.00s)\n=== RUN   TestB/x\n    b_test.go:1: why\n--- FAIL: TestB (0.00s)\n" +
		"    --- FAIL: TestB/x (0.00s)\n--- SKIP: TestC (0.00s)\nFAIL\nFAIL\tp/one\t0.1s\nok  \tp/two\t0.1s [no tests to run]\nFAIL\tp/three [build failed]\n?   \tp/four\t[no test files]\nFAIL")
	if want := "      b_test.go:1: why\n  --- FAIL: TestB (0.00s)\n      --- FAIL: TestB/x (0.00s)\n  --- SKIP: TestC (0.00s)\n" +
		"  FAIL\tp/one\t0.1s\n  ok  \tp/two\t0.1s [no tests to run]\n  FAIL\tp/three [build failed]\n"; shown != want {
		t.Errorf("it shows\n%s\nwant\n%s", shown, want)
	}
	interpreted, _ := read("--- PASS: TestA (0.00s)\n--- PASS: TestB (0.00s)\n    --- FAIL: TestB/x (0.00s)\nFAIL\tp/one\t0.1s\nok  \tp/two\t0.1s\nok  \tp/three\t0.1s\n")
	want := []string{
		"p/one TestB fails compiled, and passes interpreted", "p/one TestC is skipped compiled, and is not run interpreted",
		"p/three fails compiled, and passes interpreted",
	}
	if got := compiled.differences(interpreted); !slices.Equal(got, want) {
		t.Errorf("differences are %q", got)
	}
	if got := compiled.differences(compiled); len(got) > 0 {
		t.Errorf("with itself: %q", got)
	}
}
