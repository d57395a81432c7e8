// Package scaffold writes the folder of a new plugin, ready to run, to test and
// to edit.
package scaffold

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"

	"github.com/pluggarr/pluggarr/host/build"
	"github.com/pluggarr/pluggarr/host/plugindir"
)

//go:embed templates
var templates embed.FS

// Languages of a new plugin.
const (
	Go     = "go"
	Python = "python"
)

// ErrExists reports that the folder is there already.
var ErrExists = errors.New("it is there already")

// Plugin is a plugin to be.
type Plugin struct {
	// Parent is the folder that the plugin's folder is made in.
	Parent string
	// Name is what the author calls it, as in "My Plugin". The folder's name is
	// made of it.
	Name string
	// Language is [Go] or [Python].
	Language string
}

// sdkDir is the folder with the SDK beside a Go plugin's code. Its name keeps
// it from being taken for code of the plugin.
const sdkDir = ".sdk"

// Key is the plugin's key and the name of its folder; "" for a name without a
// letter in it.
func (p Plugin) Key() string {
	key := regexp.MustCompile(`[^a-z0-9-]+`).ReplaceAllString(plugindir.Key(strings.TrimSpace(p.Name)), "_")
	return strings.Trim(key, "_-")
}

// Write makes the folder and returns its path. The error is [ErrExists], or
// says what could not be written; then nothing is left.
func Write(p Plugin) (dir string, err error) {
	key := p.Key()
	if key == "" {
		return "", fmt.Errorf("%q cannot name a folder: use letters and digits", p.Name)
	}
	files, err := filesOf(p)
	if err != nil {
		return "", err
	}
	dir = filepath.Join(p.Parent, key)
	if err := os.MkdirAll(p.Parent, 0o755); err != nil { //nolint:gosec // source is no secret
		return "", fmt.Errorf("make %s: %w", p.Parent, err)
	}
	if err := os.Mkdir(dir, 0o755); errors.Is(err, fs.ErrExist) { //nolint:gosec // as above
		return "", fmt.Errorf("make %s: %w", dir, ErrExists)
	} else if err != nil {
		return "", fmt.Errorf("make the plugin's folder: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(dir) // made above, by nobody else
		}
	}()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // as above
			return "", fmt.Errorf("write %s: %w", name, err)
		}
		if err := os.WriteFile(path, text, 0o644); err != nil { //nolint:gosec // as above
			return "", fmt.Errorf("write %s: %w", name, err)
		}
	}
	if p.Language == Go {
		return dir, build.UnpackSDK(filepath.Join(dir, sdkDir))
	}
	return dir, nil
}

// filesOf returns the files of a new plugin by their names.
func filesOf(p Plugin) (map[string][]byte, error) {
	from := map[string]map[string]string{
		Go: {"main.go": "main.go", "main_test.go": "main_test.go"},
		Python: {
			"plugin.py": "plugin.py", "test_plugin.py": "test_plugin.py", "plugin.json": "plugin.json",
			"pyrightconfig.json": "pyrightconfig.json", "typings/plugin_host.pyi": "plugin_host.pyi",
		},
	}[p.Language]
	if from == nil {
		return nil, fmt.Errorf("there are no plugins in %q: say %s or %s", p.Language, Go, Python)
	}
	files := map[string][]byte{}
	for name, source := range from {
		t, err := template.ParseFS(templates, "templates/"+p.Language+"/"+source+".tmpl")
		if err != nil {
			return nil, fmt.Errorf("read the template of %s: %w", name, err)
		}
		var b bytes.Buffer
		if err := t.Execute(&b, map[string]string{"Name": p.Name, "Key": p.Key()}); err != nil {
			return nil, fmt.Errorf("fill in the template of %s: %w", name, err)
		}
		files[name] = b.Bytes()
	}
	if p.Language == Go {
		mod, err := build.GoMod("plugin/"+p.Key(), sdkDir)
		if err != nil {
			return nil, err
		}
		files["go.mod"], files[".gitignore"] = mod, []byte("/"+sdkDir+"/\n")
	}
	return files, nil
}
