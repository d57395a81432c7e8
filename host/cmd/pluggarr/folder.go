package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

func newImport() *cobra.Command {
	asJSON, overwrite, enable := false, false, false
	cmd := &cobra.Command{
		Use:   "import FILE.zip",
		Short: "Put a plugin from a zip archive into the plugins folder",
		Long: `Sends a zip archive to the host, which checks it and puts the plugin in it into the
plugins folder. A new plugin is disabled; look at it before it is enabled: its
code runs with the rights of the host. An archive that is refused changes nothing.`,
		Example: `  pluggarr import my_plugin.zip
  pluggarr import my_plugin.zip --enable
  pluggarr import my_plugin-2.0.zip --overwrite`,
		Args: takes(1, 1, "the zip FILE of a plugin"),
	}
	jsonFlag(cmd, &asJSON)
	cmd.Flags().BoolVar(&overwrite, "overwrite", false, "replace the plugin of that key; its settings are kept")
	cmd.Flags().BoolVar(&enable, "enable", false, "enable it")
	return remote(cmd, func(cmd *cobra.Command, c *client, args []string) error {
		raw, err := sendArchive(cmd, c, args[0], overwrite)
		if asJSON || err != nil {
			err = answer(cmd, asJSON, raw, err)
		}
		if err != nil {
			return err
		}
		var is struct {
			Plugin entry `json:"plugin"`
		}
		if err := json.Unmarshal(raw, &is); err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}
		if !asJSON {
			fmt.Fprintf(cmd.OutOrStdout(), "%s imported\n", firstLine(is.Plugin.Key))
		}
		if !enable {
			return nil
		}
		raw, err = c.plugin(cmd.Context(), is.Plugin.Key, "enabled", map[string]bool{"enabled": true})
		if err = answer(cmd, asJSON, raw, err); err != nil {
			return err
		}
		if err := switched(cmd, true, raw); err != nil {
			return err
		}
		if !asJSON {
			fmt.Fprintf(cmd.OutOrStdout(), "%s enabled\n", firstLine(is.Plugin.Key))
		}
		return nil
	})
}

// sendArchive uploads a file, which is read as it is sent.
func sendArchive(cmd *cobra.Command, c *client, path string, overwrite bool) (json.RawMessage, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the archive: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("read the archive: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, wrongf("%s is no file: pack the plugin's folder into a zip archive", path)
	}
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	if overwrite {
		err = w.WriteField("overwrite", "true")
	}
	if err == nil {
		_, err = w.CreateFormFile("file", filepath.Base(path))
	}
	head := form.Len()
	if err = errors.Join(err, w.Close()); err != nil {
		return nil, fmt.Errorf("make the form: %w", err)
	}
	before, after := form.Bytes()[:head], form.Bytes()[head:]
	return c.ask(cmd.Context(), question{
		method: http.MethodPost, path: "plugins/import/", kind: w.FormDataContentType(),
		body: io.MultiReader(bytes.NewReader(before), io.LimitReader(file, info.Size()), bytes.NewReader(after)),
		size: int64(form.Len()) + info.Size(),
	})
}

func newExport() *cobra.Command {
	to := ""
	cmd := &cobra.Command{
		Use:   "export KEY",
		Short: "Save a plugin's folder as a zip archive",
		Long: `Saves a plugin's folder as a zip archive that "pluggarr import" takes. Settings and
data are not part of it. The file is KEY.zip here, which must not be there yet, or
what -o names, which is replaced.`,
		Example: `  pluggarr export my_plugin
  pluggarr export my_plugin -o /backup/my_plugin.zip
  pluggarr export my_plugin -o -`,
		Args: takes(1, 1, "the KEY of a plugin"),
	}
	cmd.Flags().StringVarP(&to, "output", "o", "", "the file to write; - is standard output (default KEY.zip)")
	return remote(cmd, func(cmd *cobra.Command, c *client, args []string) error {
		path, err := pluginPath(args[0], "export")
		if err != nil {
			return err
		}
		name := to
		if name == "" {
			name = args[0] + ".zip"
			if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("%s is there already: name another file with -o, or this one to replace it", name)
			}
		}
		if name == "-" && isTerminal(cmd.OutOrStdout()) {
			return wrongf("an archive is nothing for a terminal: name a file with -o")
		}
		archive, err := c.open(cmd.Context(), path)
		if err != nil {
			return err
		}
		defer archive.Close()
		if name == "-" {
			_, err = io.Copy(cmd.OutOrStdout(), archive)
		} else {
			err = saveAs(name, archive)
		}
		if err != nil {
			return fmt.Errorf("save the archive: %w", err)
		}
		if name != "-" {
			fmt.Fprintf(cmd.OutOrStdout(), "%s exported to %s\n", firstLine(args[0]), name)
		}
		return nil
	})
}

// saveAs writes a file that is there as a whole or not at all.
func saveAs(name string, from io.Reader) error {
	file, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return err
	}
	_, err = io.Copy(file, from)
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), name)
	}
	if err != nil {
		_ = os.Remove(file.Name()) // the reason is worth more than what is left
	}
	return err
}

func newDelete() *cobra.Command {
	asJSON, yes := false, false
	cmd := &cobra.Command{
		Use:   "delete KEY",
		Short: "Remove a plugin with its files and settings",
		Long: `Stops a plugin and removes its folder, its settings and its log, for good. Asks
before it does, unless --yes says that you are sure. "pluggarr export" keeps a
copy of the folder.`,
		Example: `  pluggarr delete my_plugin
  pluggarr delete my_plugin --yes`,
		Args: takes(1, 1, "the KEY of a plugin"),
	}
	jsonFlag(cmd, &asJSON)
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return remote(cmd, func(cmd *cobra.Command, c *client, args []string) error {
		path, err := pluginPath(args[0], "delete")
		if err != nil {
			return err
		}
		// The host does not mind a key that it does not know; who mistyped it does.
		if _, _, err := readEntry(cmd.Context(), c, args[0]); err != nil {
			return err
		}
		if !yes {
			if err := confirmed(cmd, fmt.Sprintf("Delete %s with its files, settings and log?", firstLine(args[0]))); err != nil {
				return err
			}
		}
		raw, err := c.ask(cmd.Context(), question{method: http.MethodDelete, path: path})
		if asJSON || err != nil {
			return answer(cmd, asJSON, raw, err)
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s deleted\n", firstLine(args[0]))
		return nil
	})
}

// confirmed asks whoever is at the terminal. Anything but yes is an error.
func confirmed(cmd *cobra.Command, ask string) error {
	in, ok := cmd.InOrStdin().(*os.File)
	if !ok || !isTerminal(in) {
		return wrongf("nobody is there to be asked: add --yes")
	}
	fmt.Fprint(cmd.ErrOrStderr(), ask+" [y/N] ")
	said, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the answer: %w", err)
	}
	if word := strings.ToLower(strings.TrimSpace(said)); word != "y" && word != "yes" {
		return errors.New("nothing was deleted")
	}
	return nil
}
