// Command count adds up the tests in JUnit files, which both `go test` (by
// gotestsum) and pytest write. The last line it prints is "N passed, N failed".
//
//	count BROKEN FILE...
//
// BROKEN is how many steps ended with an error. They make at least one failure,
// because a step can end with an error and no failed test: a package that does
// not compile, a tool that is missing. A file that is missing or holds no test
// counts as a failure too. Each test that was skipped is listed with its reason.
// The exit status is 0 when nothing failed, else 1.
package main

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: count BROKEN FILE...")
		os.Exit(2)
	}
	broken, err := strconv.Atoi(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if !report(os.Stdout, broken, os.Args[2:]) {
		os.Exit(1)
	}
}

// report writes what was skipped and the sum to w, and whether all is well.
func report(w io.Writer, broken int, files []string) bool {
	passed, failed := 0, 0
	for _, name := range files {
		cases, err := read(name)
		if err != nil {
			fmt.Fprintf(w, "no results: %v\n", err)
			failed++
		}
		for _, test := range cases {
			switch {
			case test.Failure != nil || test.Error != nil:
				failed++
			case test.Skipped != nil:
				fmt.Fprintf(w, "skipped: %s %s: %s\n", test.Class, test.Name, test.Skipped.reason())
			default:
				passed++
			}
		}
	}
	if failed == 0 && (broken > 0 || len(files) == 0) {
		failed = max(broken, 1)
	}
	fmt.Fprintf(w, "%d passed, %d failed\n", passed, failed)
	return failed == 0
}

type testCase struct {
	Class   string `xml:"classname,attr"`
	Name    string `xml:"name,attr"`
	Failure *note  `xml:"failure"`
	Error   *note  `xml:"error"`
	Skipped *note  `xml:"skipped"`
}

type note struct {
	Message string `xml:"message,attr"`
}

// reason is the note in one line, without the lines that `go test` puts around it.
func (n note) reason() string {
	var said []string
	for line := range strings.Lines(n.Message) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(line, "--- ") {
			said = append(said, line)
		}
	}
	return strings.Join(said, " ")
}

// read lists the tests of a JUnit file, however deep its suites are nested.
func read(name string) ([]testCase, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read test results: %w", err)
	}
	defer file.Close()

	var cases []testCase
	decoder := xml.NewDecoder(file)
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return cases, fmt.Errorf("read %s: %w", name, err)
		}
		element, ok := token.(xml.StartElement)
		if !ok || element.Name.Local != "testcase" {
			continue
		}
		var test testCase
		if err := decoder.DecodeElement(&test, &element); err != nil {
			return cases, fmt.Errorf("read %s: %w", name, err)
		}
		cases = append(cases, test)
	}
	if len(cases) == 0 {
		return nil, fmt.Errorf("no test ran: %s", name)
	}
	return cases, nil
}
