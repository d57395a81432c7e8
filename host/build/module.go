package build

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// vendored is a module in a plugin's vendor folder, from its modules.txt.
type vendored struct {
	path, version string
	lines         []string // that follow its name: the language version and the packages
}

// assemble copies a plugin into dir as a module that holds all it needs: with a
// go.mod that asks for the SDK and for what the plugin vendors, and with the SDK
// in its vendor folder. What is compiled is what was there at one moment, and
// nothing is written into the plugin's folder.
func assemble(plugin, dir, sdk string) error {
	modules, err := vendoredBy(plugin)
	if err != nil {
		return err
	}
	mod, err := goMod(plugin, modules)
	if err != nil {
		return err
	}
	if err := copySource(plugin, dir); err != nil {
		return fmt.Errorf("copy the plugin to compile it: %w", err)
	}
	packages, err := packages(sdk)
	if err == nil {
		err = os.CopyFS(filepath.Join(dir, "vendor", filepath.FromSlash(Module), "sdk"), os.DirFS(filepath.Join(sdk, "sdk")))
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "go.mod"), mod, 0o600)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "vendor", "modules.txt"), modulesTxt(modules, packages), 0o600)
	}
	if err != nil {
		return fmt.Errorf("put together what is compiled: %w", err)
	}
	return nil
}

// mostCopied is how many bytes of a plugin's folder are copied. More is no
// source.
const mostCopied = 256 << 20

// copySource copies what can belong to a program: no hidden folders, no other
// modules' settings, and no copy of the SDK that the plugin may have.
func copySource(plugin, dir string) error {
	left := int64(mostCopied)
	own := filepath.Join("vendor", filepath.FromSlash(Module))
	return filepath.WalkDir(plugin, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(plugin, name)
		if err != nil {
			return err
		}
		to := filepath.Join(dir, rel)
		switch {
		case e.IsDir() && (rel == own || rel != "." && strings.HasPrefix(e.Name(), ".") || e.Name() == "node_modules"):
			return fs.SkipDir
		case e.IsDir():
			return os.MkdirAll(to, 0o700)
		case !e.Type().IsRegular(), slices.Contains([]string{"go.mod", "go.sum", "go.work", filepath.Join("vendor", "modules.txt")}, rel):
			return nil
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if left -= int64(len(data)); left < 0 {
			return fmt.Errorf("its folder holds more than %d MiB", mostCopied>>20)
		}
		return os.WriteFile(to, data, 0o600)
	})
}

// packages returns the import paths of the packages of the unpacked SDK.
func packages(sdk string) ([]string, error) {
	found := map[string]bool{}
	err := filepath.WalkDir(filepath.Join(sdk, "sdk"), func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(sdk, filepath.Dir(name))
		if err == nil {
			found[path.Join(Module, filepath.ToSlash(rel))] = true
		}
		return err
	})
	return slices.Sorted(maps.Keys(found)), err
}

// goMod is the plugin's go.mod, or the one it would have, with what it vendors
// and nothing else.
func goMod(plugin string, modules []vendored) ([]byte, error) {
	mod := new(modfile.File)
	name, lang := "plugin/"+filepath.Base(plugin), language()
	data, err := os.ReadFile(filepath.Join(plugin, "go.mod"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("read go.mod: %w", err)
	default:
		own, err := modfile.ParseLax("go.mod", data, nil)
		if err != nil {
			return nil, fmt.Errorf("read go.mod: %w", err)
		}
		if own.Module != nil {
			name = own.Module.Mod.Path
		}
		if own.Go != nil {
			lang = own.Go.Version
		}
	}
	if module.CheckImportPath(name) != nil {
		name = "plugin/plugin" // a folder's name that cannot be in an import
	}
	err = errors.Join(mod.AddModuleStmt(name), mod.AddGoStmt(lang), mod.AddRequire(Module, Version))
	for _, m := range modules {
		err = errors.Join(err, mod.AddRequire(m.path, m.version))
	}
	if err != nil {
		return nil, fmt.Errorf("write go.mod: %w", err)
	}
	return mod.Format() //nolint:wrapcheck // it formats what was made above
}

// GoMod returns a go.mod for a plugin being written, in which the SDK is that
// of the folder sdk below it, made by [UnpackSDK]: an editor needs no network
// then. When the plugin is compiled by the host another one is used.
func GoMod(name, sdk string) ([]byte, error) {
	mod := new(modfile.File)
	err := errors.Join(mod.AddModuleStmt(name), mod.AddGoStmt(language()), mod.AddRequire(Module, Version),
		mod.AddReplace(Module, "", "./"+filepath.ToSlash(sdk), ""))
	if err != nil {
		return nil, fmt.Errorf("write go.mod: %w", err)
	}
	return mod.Format() //nolint:wrapcheck // it formats what was made above
}

// vendoredBy reads the modules.txt of a plugin; nothing when it vendors nothing.
func vendoredBy(plugin string) ([]vendored, error) {
	data, err := os.ReadFile(filepath.Join(plugin, "vendor", "modules.txt"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read vendor/modules.txt: %w", err)
	}
	var modules []vendored
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0:
		case fields[0] == "#" && len(fields) >= 3 && module.Check(fields[1], fields[2]) == nil:
			// A replaced one is vendored under its own name; by what does not matter any more.
			modules = append(modules, vendored{path: fields[1], version: fields[2]})
		case len(modules) > 0 && fields[0] != "#":
			m := &modules[len(modules)-1]
			m.lines = append(m.lines, line)
		}
	}
	return slices.DeleteFunc(modules, func(m vendored) bool { return m.path == Module || len(m.lines) == 0 }), nil
}

// modulesTxt says for the go command what is vendored, with the SDK.
func modulesTxt(modules []vendored, packages []string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s %s\n## explicit; go %s\n%s\n", Module, Version, language(), strings.Join(packages, "\n"))
	for _, m := range modules {
		lines := slices.Clone(m.lines)
		if !strings.HasPrefix(lines[0], "## ") {
			lines = append([]string{"## explicit"}, lines...)
		} else if !strings.HasPrefix(lines[0], "## explicit") {
			lines[0] = "## explicit; " + strings.TrimPrefix(lines[0], "## ")
		}
		fmt.Fprintf(&b, "# %s %s\n%s\n", m.path, m.version, strings.Join(lines, "\n"))
	}
	return []byte(b.String())
}
