package compat

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// MissingImport is something that a plugin imports and that is not there.
type MissingImport struct {
	// Name is a package that is not installed, a module, or a module and a name
	// in it, as in "requests" and "apps.plugins.models.PluginSetting".
	Name string `json:"name"`
	// Why is a phrase: "not installed", "not in this host", "not in the plugin",
	// or why what is there cannot be used.
	Why string `json:"why"`
	// File is the file below the plugin's folder that imports it.
	File string `json:"file"`
	// Line is the line in it, counted from 1.
	Line int `json:"line"`
	// Guarded says that the plugin catches the error and goes on without.
	Guarded bool `json:"guarded"`
	// Apart says that the plugin does not import File itself: it is a program
	// that it starts or installs, or a tool of its author.
	Apart bool `json:"apart"`
}

// Imports reads plugins in Python, without running anything of them, and lists
// for each folder what it imports in vain. What is installed is judged by
// python; dir is a folder that the host's own modules are unpacked into.
func Imports(ctx context.Context, python Python, dir string, folders []string) (map[string][]MissingImport, error) {
	if len(folders) == 0 {
		return map[string][]MissingImport{}, nil
	}
	sources, err := unpack(dir)
	if err != nil {
		return nil, fmt.Errorf("unpack the Python sources: %w", err)
	}
	cmd := exec.CommandContext(ctx, python.Path, append([]string{"-m", "pluggarr.imports"}, folders...)...)
	cmd.Dir = sources
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "PYTHONPATH=", "PYTHONWARNINGS=ignore")
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("look for what plugins import: %w: %s", err, lastLine(errs.String()))
	}
	found := map[string][]MissingImport{}
	if err := json.Unmarshal(out, &found); err != nil {
		return nil, fmt.Errorf("look for what plugins import: %w", err)
	}
	return found, nil
}
