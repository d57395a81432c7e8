package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is set by the linker, see the Makefile.
var version = "dev"

// build is what this program is made of.
type build struct {
	Version string `json:"version"`
	Go      string `json:"go"`
	OS      string `json:"os"`
	Arch    string `json:"arch"`
	Yaegi   string `json:"yaegi"` // "" when unknown
}

func thisBuild() build {
	b := build{Version: version, Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if installed := info.Main.Version; b.Version == "dev" && installed != "" && installed != "(devel)" {
		b.Version = installed
	}
	for _, dep := range info.Deps {
		if dep.Path == "github.com/traefik/yaegi" {
			b.Yaegi = dep.Version
		}
	}
	return b
}

func newVersion() *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Say which version this is",
		Long: `Prints the version of this program, the Go it was built with, the platform, and
the version of yaegi, which interprets Go plugins.`,
		Example: `  pluggarr version
  pluggarr version --json`,
		Args: takes(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			b := thisBuild()
			if asJSON {
				raw, err := json.Marshal(b)
				if err != nil {
					return err
				}
				return writeJSON(cmd.OutOrStdout(), raw)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "pluggarr %s (%s, %s/%s, yaegi %s)\n", b.Version, b.Go, b.OS, b.Arch, b.Yaegi)
			return nil
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

// jsonFlag adds --json.
func jsonFlag(cmd *cobra.Command, to *bool) {
	cmd.Flags().BoolVar(to, "json", false, "write JSON, for machines")
}
