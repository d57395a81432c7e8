package main

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func TestEveryCommandExplainsItself(t *testing.T) {
	t.Parallel()
	for _, cmd := range append(newRoot().Commands(), newRoot()) {
		if cmd.Short == "" || cmd.Long == "" || cmd.Example == "" {
			t.Errorf("%q has no Short, Long or Example", cmd.CommandPath())
		}
		if strings.Contains(cmd.Short, "\n") || strings.HasSuffix(cmd.Short, ".") {
			t.Errorf("%q: Short is one line without a full stop", cmd.CommandPath())
		}
		for line := range strings.SplitSeq(cmd.Long+"\n"+cmd.Example, "\n") {
			if len(line) > 84 {
				t.Errorf("%q: longer than a terminal is wide: %s", cmd.CommandPath(), line)
			}
		}
	}
}

func TestExamplesAreUnderstood(t *testing.T) {
	t.Parallel()
	for _, cmd := range append(newRoot().Commands(), newRoot()) {
		for line := range strings.SplitSeq(cmd.Example, "\n") {
			_, args, found := strings.Cut(strings.TrimSuffix(line, ")")+" ", "pluggarr ")
			if !found || strings.Contains(line, "://pluggarr@") {
				continue
			}
			root := newRoot()
			target, rest, err := root.Find(words(args))
			if err == nil {
				err = target.ParseFlags(rest)
			}
			if err == nil {
				err = target.ValidateArgs(target.Flags().Args())
			}
			if err != nil {
				t.Errorf("%q: %v", line, err)
			}
		}
	}
}

// words splits a command line at spaces that are not in quotes.
func words(line string) []string {
	quoted := false
	return strings.FieldsFunc(line, func(r rune) bool {
		if r == '\'' || r == '"' {
			quoted = !quoted
		}
		return r == ' ' && !quoted
	})
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		err    error
		code   int
		stderr string
	}{
		{"done", nil, done, ""},
		{"failed", errors.New("no luck"), failed, "pluggarr: no luck\n"},
		{"several", errors.Join(errors.New("one"), errors.New("two")), failed, "pluggarr: one; two\n"},
		{"told", errTold, failed, ""},
		{"misuse", wrongf("not so"), misuse, "pluggarr: not so\nSee 'pluggarr --help'.\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var stderr bytes.Buffer
			cmd := &cobra.Command{Use: "pluggarr", RunE: func(*cobra.Command, []string) error { return test.err }}
			cmd.SilenceErrors, cmd.SilenceUsage = true, true
			cmd.SetArgs(nil)
			if code := execute(t.Context(), cmd, &stderr); code != test.code || stderr.String() != test.stderr {
				t.Errorf("code %d, stderr %q; want %d, %q", code, stderr.String(), test.code, test.stderr)
			}
		})
	}
}

func TestIsTerminal(t *testing.T) {
	t.Parallel()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if isTerminal(null) || isTerminal(&bytes.Buffer{}) {
		t.Error("nobody looks at these")
	}
}
