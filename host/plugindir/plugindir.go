// Package plugindir knows the plugins folder: which plugins lie in it, when
// their code has changed, and how they get in and out as zip archives. It
// starts nothing and runs nothing.
package plugindir

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/pluggarr/pluggarr/sdk"
)

// maxKey is the longest key, as wide as the column it is stored in.
const maxKey = 128

// maxManifest is the largest plugin.json that is read, in bytes.
const maxManifest = 1 << 20

// Runtimes of a plugin.
const (
	RuntimeGo         = "go"         // Go source, interpreted
	RuntimePython     = "python"     // Python source
	RuntimeExecutable = "executable" // a compiled program named by plugin.json
)

// Found is one plugin folder.
type Found struct {
	// Key names the plugin everywhere: the folder's name in lower case with "_"
	// for spaces.
	Key string
	// Folder is the folder's name as it is on disk.
	Folder string
	// Dir is the folder's absolute path.
	Dir string
	// Runtime is one of the Runtime constants; "" when Fault says why it
	// cannot be told.
	Runtime string
	// Executable is the program's absolute path when Runtime is
	// RuntimeExecutable, else "".
	Executable string
	// Manifest is plugin.json; nil when there is none that can be read.
	Manifest *sdk.Manifest
	// Hash changes when the plugin's code or manifest does: hexadecimal.
	Hash string
	// Fault is what keeps the plugin from being used whatever its code is, one
	// sentence with what to do; "" when nothing does.
	Fault string
	// Warnings are worth showing and keep nothing from working.
	Warnings []string
	// Logo says that the folder holds a logo.png.
	Logo bool
}

// Dir is a plugins folder. Its methods may be used concurrently.
type Dir struct {
	path string

	place sync.RWMutex // held while plugin folders move, and while they are listed

	mu     sync.Mutex             // guards what follows
	hashes map[string]fingerprint // by the plugin folder's name
	seen   map[string]*seen       // the same, as last looked at; nil before the first scan
}

// Open returns the plugins folder at path and makes it when it is not there.
// An import or a removal that was cut off, by a crash or a power failure, is
// put right: every plugin is there in its old or in its new version. Therefore
// no other process may be importing into the folder.
func Open(path string) (*Dir, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find the plugins folder %s: %w", path, err)
	}
	if err := os.MkdirAll(abs, 0o755); err != nil { //nolint:gosec // plugins are no secret, users look at them
		return nil, fmt.Errorf("make the plugins folder: %w", err)
	}
	d := &Dir{path: abs, hashes: map[string]fingerprint{}}
	if err := d.mend(); err != nil {
		return nil, fmt.Errorf("put right what was cut off in the plugins folder: %w", err)
	}
	return d, nil
}

// Path returns the folder's absolute path.
func (d *Dir) Path() string { return d.path }

// Scan lists the plugins sorted by folder name. A folder that cannot be read
// is listed with a Fault; the error is for the plugins folder itself. It waits
// while a plugin is being replaced, and so never misses one.
func (d *Dir) Scan(ctx context.Context) ([]Found, error) {
	d.place.RLock()
	defer d.place.RUnlock()
	entries, err := os.ReadDir(d.path)
	if err != nil {
		return nil, fmt.Errorf("list the plugins folder: %w", err)
	}
	looked := make([]*seen, len(entries))
	var group errgroup.Group
	group.SetLimit(2 * runtime.GOMAXPROCS(0)) // it is all waiting for the file system
	for i, e := range entries {
		group.Go(func() error {
			looked[i] = d.look(e)
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("list the plugins folder: %w", err)
	}
	all := map[string]*seen{}
	for _, s := range looked {
		if s != nil {
			all[s.Folder] = s
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.seen = all
	maps.DeleteFunc(d.hashes, func(folder string, _ fingerprint) bool { return all[folder] == nil })
	return listed(all), nil
}

// dropShadowed keeps one folder a key and says so at the one it keeps.
func dropShadowed(all []Found, last map[string]string) []Found {
	shadowed := map[string][]string{}
	kept := slices.DeleteFunc(all, func(f Found) bool {
		if last[f.Key] == f.Folder {
			return false
		}
		shadowed[f.Key] = append(shadowed[f.Key], f.Folder)
		return true
	})
	for i := range kept {
		for _, folder := range shadowed[kept[i].Key] {
			kept[i].Warnings = append(kept[i].Warnings,
				fmt.Sprintf("the folder %q has the same key %q and is not used: rename one of them", folder, kept[i].Key))
		}
	}
	return kept
}

// Look says what the folder dir, which may be anywhere, holds: without a hash.
// The error says that it holds no plugin.
func Look(dir string) (Found, error) {
	if _, err := os.ReadDir(dir); err != nil {
		return Found{}, fmt.Errorf("look at the plugin: %w", err)
	}
	f := read(dir)
	if f == nil {
		return Found{}, fmt.Errorf("%s holds no plugin: there is no main.go, plugin.py or __init__.py in it", dir)
	}
	return *f, nil
}

// read says what the folder dir holds, without its hash; nil when it is no
// plugin.
func read(dir string) *Found {
	folder := filepath.Base(dir)
	f := &Found{Key: Key(folder), Folder: folder, Dir: dir}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrPermission) && folder != "lost+found" { // which the system keeps to itself
		f.Fault = fmt.Sprintf("the folder is closed to the host: let user %d read it", os.Getuid())
		return f
	}
	if err != nil {
		return nil // a loose file, or a link to nowhere
	}
	has := files(dir, entries)
	isGo, isPython := has("main.go"), has("plugin.py") || has("__init__.py")
	if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == "plugin.json" }) {
		f.readManifest()
	}
	if !isGo && !isPython && (f.Manifest == nil || f.Manifest.Executable == "") {
		return nil
	}
	f.Logo = has("logo.png")
	f.Runtime, f.Executable, f.Fault = runtimeOf(*f, isGo, isPython)
	if fault := keyFault(f.Key); fault != "" {
		f.Fault = fault
	}
	return f
}

// files returns a function that says whether dir holds a file of a name; a
// link counts as what it leads to.
func files(dir string, entries []fs.DirEntry) func(name string) bool {
	return func(name string) bool {
		i := slices.IndexFunc(entries, func(e fs.DirEntry) bool { return e.Name() == name })
		if i < 0 || entries[i].Type()&fs.ModeSymlink == 0 {
			return i >= 0 && entries[i].Type().IsRegular()
		}
		info, err := os.Stat(filepath.Join(dir, name))
		return err == nil && info.Mode().IsRegular()
	}
}

// Key returns the key of a folder: spaces become "_", letters lower case.
func Key(folder string) string {
	return strings.ToLower(strings.ReplaceAll(folder, " ", "_"))
}

// keyFault says why a key cannot be used.
func keyFault(key string) string {
	switch {
	case slices.Contains([]string{"reload", "import", "runs"}, key):
		return fmt.Sprintf("%q is a word of the API: give the folder another name", key)
	case len(key) > maxKey:
		return fmt.Sprintf("the folder's name is longer than %d bytes: give it a shorter one", maxKey)
	}
	return ""
}

// readManifest takes plugin.json in, or a warning when it cannot be used.
func (f *Found) readManifest() {
	path := filepath.Join(f.Dir, "plugin.json")
	info, err := os.Stat(path)
	var data []byte
	switch {
	case err != nil:
	case !info.Mode().IsRegular() || info.Size() > maxManifest:
		err = fmt.Errorf("read plugin.json: it has to be a file of at most %d bytes", maxManifest)
	default:
		data, err = os.ReadFile(path)
	}
	if err == nil {
		var m sdk.Manifest
		if m, err = sdk.ParseManifest(data); err == nil {
			f.Manifest = &m
			return
		}
	}
	f.Warnings = append(f.Warnings, fmt.Sprintf("plugin.json is not used: %v", err))
}

// runtimeOf decides how a folder is run.
func runtimeOf(f Found, isGo, isPython bool) (kind, executable, fault string) {
	var said string
	if f.Manifest != nil {
		said = f.Manifest.Runtime
		if f.Manifest.Executable != "" {
			return executableOf(f)
		}
	}
	switch {
	case said == RuntimeGo && isGo, said == "" && isGo && !isPython:
		return RuntimeGo, "", ""
	case said == RuntimePython && isPython, said == "" && isPython && !isGo:
		return RuntimePython, "", ""
	case said == "":
		return "", "", `the folder holds both main.go and plugin.py: say "runtime": "go" or "python" in plugin.json`
	}
	return "", "", fmt.Sprintf(`plugin.json says "runtime": %q, and the folder holds no such code`, said)
}

func executableOf(f Found) (kind, executable, fault string) {
	name := filepath.FromSlash(f.Manifest.Executable)
	if !filepath.IsLocal(name) {
		return "", "", fmt.Sprintf("plugin.json names the executable %q, which is not inside the folder", f.Manifest.Executable)
	}
	path := filepath.Join(f.Dir, name)
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Mode()&0o111 == 0 {
		return "", "", fmt.Sprintf("plugin.json names the executable %q, which is not there or not executable: build it with go build -o %s", f.Manifest.Executable, f.Manifest.Executable)
	}
	return RuntimeExecutable, path, ""
}
