package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"
)

// streams are where a command reads from and writes to.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// usageError is a command line that cannot be meant.
type usageError struct{ error }

// errTold ends a command whose failure is on stderr already.
var errTold = errors.New("told already")

// run carries out one command line and returns the exit code.
func run(ctx context.Context, args []string, s streams) int {
	root := newRoot() //nolint:contextcheck // a command has its context from ExecuteContextC
	root.SetArgs(args)
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	return execute(ctx, root, s.err)
}

// execute runs a command and says on stderr how it failed.
func execute(ctx context.Context, root *cobra.Command, stderr io.Writer) int {
	cmd, err := root.ExecuteContextC(ctx)
	var usage usageError
	switch {
	case err == nil:
		return done
	case errors.Is(err, errTold):
		return failed
	case errors.As(err, &usage):
		fmt.Fprintf(stderr, "pluggarr: %s\nSee '%s --help'.\n", sentence(err), cmd.CommandPath())
		return misuse
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "pluggarr: interrupted")
		return failed
	}
	fmt.Fprintln(stderr, "pluggarr: "+sentence(err))
	return failed
}

// sentence writes an error on one line: what [errors.Join] put on lines of
// their own are parts of it.
func sentence(err error) string {
	return strings.ReplaceAll(strings.TrimSpace(err.Error()), "\n", "; ")
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "pluggarr",
		Short: "A host for plugins in Go and Python",
		Long: `Pluggarr runs the plugins of people who manage IPTV channels, playlists and
programme guides: new ones in Go, and the Python ones written for Dispatcharr.

"pluggarr serve" is the host. The other commands talk to one that runs, or look
after its data folder.

Exit codes: 0 done, 1 it failed, 2 wrong usage.`,
		Example: `  pluggarr serve
  pluggarr list
  pluggarr enable hello
  pluggarr run hello greet`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			hint := ""
			if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
				hint = fmt.Sprintf(": did you mean %q?", near[0])
			}
			return usageError{fmt.Errorf("there is no command %q%s", args[0], hint)}
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.SuggestionsMinimumDistance = 2
	root.AddCommand(
		newServe(), newAPIKey(), newUser(),
		newList(), newEnable(), newDisable(), newSettings(), newRun(), newReload(), newEngine(),
		newImport(), newExport(), newDelete(), newRuns(), newLogs(), newCancel(), newJobs(), newSchedules(),
		newM3U(), newEPG(), newChannels(), newSample(),
		newNew(), newCheck(), newDev(), newTest(), newTry(),
		newPython(), newDoctor(), newVersion(),
	)
	return root
}

// takes checks the number of arguments; most < 0 means any number. what says
// which they are.
func takes(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= least && (most < 0 || len(args) <= most) {
			return nil
		}
		return usageError{fmt.Errorf("%q takes %s; %d given", cmd.CommandPath(), what, len(args))}
	}
}

// wrongf is a usageError in words.
func wrongf(format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...)}
}

// isTerminal says whether somebody looks at what is written to w.
func isTerminal(w io.Writer) bool {
	file, ok := w.(interface{ Fd() uintptr })
	if !ok {
		return false
	}
	_, err := unix.IoctlGetWinsize(int(file.Fd()), unix.TIOCGWINSZ)
	return err == nil
}
