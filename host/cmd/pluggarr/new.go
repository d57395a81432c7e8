package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/pluggarr/pluggarr/host/scaffold"
)

func newNew() *cobra.Command {
	plugin := scaffold.Plugin{}
	cmd := &cobra.Command{
		Use:   "new NAME",
		Short: "Write the folder of a new plugin",
		Long: `Writes a folder with a plugin that runs at once, its test, and what an editor needs
to complete and check it without a network: for Go the SDK's source in .sdk and a
go.mod that names it, for Python stubs of what the host gives to a plugin.

The folder's name is made of NAME: "My Plugin" becomes my_plugin. Then
"pluggarr dev" in it runs the plugin on a host of its own.`,
		Example: `  pluggarr new "My Plugin"
  pluggarr new my_plugin --lang python
  pluggarr new my_plugin --in data/plugins`,
		Args: takes(1, 1, "the NAME of the plugin"),
	}
	cmd.Flags().StringVar(&plugin.Language, "lang", scaffold.Go, "language: go or python")
	cmd.Flags().StringVar(&plugin.Parent, "in", ".", "folder to make the plugin's folder in")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		plugin.Name = args[0]
		dir, err := scaffold.Write(plugin)
		if errors.Is(err, scaffold.ErrExists) {
			return fmt.Errorf("%w: choose another name, or remove it", err)
		}
		if err != nil {
			return err
		}
		main := "main.go"
		if plugin.Language == scaffold.Python {
			main = "plugin.py"
		}
		fmt.Fprintf(cmd.OutOrStdout(), `wrote %s

Run it on a host of its own, then edit %s and save:

  pluggarr dev %s
`, dir, filepath.Join(dir, main), dir)
		return nil
	}
	return cmd
}
