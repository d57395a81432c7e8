package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/pluggarr/pluggarr/host"
	toolchain "github.com/pluggarr/pluggarr/host/build"
	"github.com/pluggarr/pluggarr/host/plugindir"
)

func newTest() *cobra.Command {
	cfg, t := &config{}, host.Tests{}
	both, interpreted := false, false
	cmd := &cobra.Command{
		Use:   "test [DIR]",
		Short: "Run the tests of a plugin",
		Long: `Runs the tests of the plugin in a folder, by default this one, without a network.

A Go plugin's are compiled and run by the Go toolchain, as "go test ./..." would,
with the SDK that this program carries, on a copy of the folder. With --both they
are run interpreted too, and a test that does not end the same way is named: that is
how the plugin behaves on a host that has no toolchain. Without a toolchain they are
run interpreted only.

A Python plugin's are run by pytest where there is one, else by unittest.`,
		Example: `  pluggarr test
  pluggarr test my_plugin --both
  pluggarr test my_plugin --run 'TestLook' --verbose`,
		Args: takes(0, 1, "the folder of a plugin"),
	}
	cmd.Flags().BoolVar(&both, "both", false, "run a Go plugin's tests compiled and interpreted, and compare")
	cmd.Flags().BoolVar(&interpreted, "interpreted", false, "run a Go plugin's tests interpreted only")
	cmd.Flags().StringVar(&t.Run, "run", "", "regular expression for the names of the tests to run")
	cmd.Flags().BoolVarP(&t.Verbose, "verbose", "v", false, "name each test as it runs")
	cfg.attach(cmd, "data", "python", "config", "memory", "files", "processes")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if both && interpreted {
			return wrongf("--both runs the tests interpreted already: leave out --interpreted")
		}
		t.Dir, t.Output = ".", cmd.OutOrStdout()
		if len(args) > 0 {
			t.Dir = args[0]
		}
		found, err := plugindir.Look(t.Dir)
		if err != nil {
			return err
		}
		run := tester{cmd: cmd, tests: t, cfg: hostConfig(cfg, newPrinter(cmd.OutOrStdout(), cfg, false))}
		switch {
		case found.Runtime == plugindir.RuntimePython:
			return verdictOf(t.Python(cmd.Context(), run.cfg))
		case interpreted:
			return verdictOf(t.Interpreted(cmd.Context(), run.cfg))
		case both:
			return run.both()
		}
		return run.once()
	}
	return cmd
}

// verdictOf makes the end of the command of the end of the tests.
func verdictOf(passed bool, err error) error {
	if err == nil && !passed {
		return errTold
	}
	return err
}

// tester runs a Go plugin's tests.
type tester struct {
	cmd   *cobra.Command
	tests host.Tests
	cfg   host.Config
}

// once runs the tests the best way there is.
func (t tester) once() error {
	ctx := t.cmd.Context()
	passed, err := t.tests.Compiled(ctx, t.cfg)
	if errors.Is(err, toolchain.ErrNoToolchain) {
		t.lacking(err)
		passed, err = t.tests.Interpreted(ctx, t.cfg)
	}
	return verdictOf(passed, err)
}

func (t tester) lacking(err error) {
	fmt.Fprintf(t.cmd.ErrOrStderr(), "pluggarr: %s; the tests run interpreted only\n", sentence(err))
}

// both runs the tests both ways and names those that end differently.
func (t tester) both() error {
	out := t.cmd.OutOrStdout()
	ways := []struct {
		name string
		run  func(host.Tests, context.Context, host.Config) (bool, error)
	}{{"compiled", host.Tests.Compiled}, {"interpreted", host.Tests.Interpreted}}
	all, said := true, make([]outcomes, len(ways))
	for i, way := range ways {
		fmt.Fprintln(out, way.name+":")
		reader := &testReader{to: out, verbose: t.tests.Verbose, found: outcomes{}}
		tests := t.tests
		tests.Output, tests.Verbose = reader, true
		passed, err := way.run(tests, t.cmd.Context(), t.cfg)
		if errors.Is(err, toolchain.ErrNoToolchain) {
			t.lacking(err)
			return verdictOf(t.tests.Interpreted(t.cmd.Context(), t.cfg))
		}
		if err != nil {
			return err
		}
		reader.flush()
		all, said[i] = all && passed, reader.found
	}
	differ := writeDifferences(out, said[0], said[1])
	return verdictOf(all && !differ, nil)
}

// writeDifferences names the tests that do not end the same way.
func writeDifferences(out io.Writer, compiled, interpreted outcomes) bool {
	differences := compiled.differences(interpreted)
	if len(differences) == 0 {
		fmt.Fprintln(out, "the same both ways")
		return false
	}
	fmt.Fprintln(out, "different:")
	for _, d := range differences {
		fmt.Fprintln(out, "  "+d)
	}
	return true
}
