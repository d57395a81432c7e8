package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReport(t *testing.T) {
	t.Parallel()
	const (
		pass = `<testcase classname="a" name="TestA"></testcase>`
		fail = `<testcase classname="a" name="TestB"><failure message="Failed"></failure></testcase>`
		bad  = `<testcase classname="tests.test_b" name="test_c"><error message="boom"></error></testcase>`
		skip = `<testcase classname="a" name="TestS"><skipped message="=== RUN   TestS&#xA;    a_test.go:4: no server &lt;here&gt;&#xA;--- SKIP: TestS (0.00s)&#xA;"></skipped></testcase>`
	)
	tests := []struct {
		name   string
		broken int
		suites []string
		want   string
	}{
		{"all well", 0, []string{pass + pass, pass}, "3 passed, 0 failed\n"},
		{"failure and error", 1, []string{pass + fail, bad}, "1 passed, 2 failed\n"},
		{"skipped", 0, []string{pass + skip}, "skipped: a TestS: a_test.go:4: no server <here>\n1 passed, 0 failed\n"},
		{"broken without a failed test", 2, []string{pass}, "1 passed, 2 failed\n"},
		{"nothing ran", 0, nil, "0 passed, 1 failed\n"},
		{"one suite is empty", 0, []string{pass, ""}, "no results: no test ran: 1.xml\n1 passed, 1 failed\n"},
		{"one file is cut off", 1, []string{pass + "<testcase"}, "no results: read 0.xml: XML syntax error on line 1: unexpected EOF\n1 passed, 1 failed\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			var files []string
			for i, suite := range test.suites {
				name := filepath.Join(dir, string(rune('0'+i))+".xml")
				text := "<testsuites><testsuite>" + suite
				if !strings.HasSuffix(suite, "<testcase") {
					text += "</testsuite></testsuites>"
				}
				if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				files = append(files, name)
			}
			var out strings.Builder
			well := report(&out, test.broken, files)
			if got := strings.ReplaceAll(out.String(), dir+"/", ""); got != test.want {
				t.Errorf("report printed\n%s\nwant\n%s", got, test.want)
			}
			if want := strings.HasSuffix(test.want, ", 0 failed\n"); well != want {
				t.Errorf("report = %t, want %t", well, want)
			}
		})
	}
}
