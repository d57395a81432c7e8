package plugindir

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Folders that are no plugins and lie in the plugins folder for a moment:
//
//	.staging-x           the new version is being written
//	.staging-x .old-x    old versions are being moved into .old-x, under their own names
//	.old-x               .staging-x became the plugin's folder; the old ones may go
//	.staging-y           they are being deleted
//
// So what is in .old-x comes back while .staging-x is there, and .staging-…
// never does. A removal is the same with an empty .staging-x, which stays until
// .old-x became .staging-y.
const (
	stagingPrefix = ".staging-" // not yet or no longer a plugin
	oldPrefix     = ".old-"     // holds folders that may have to come back
)

// isPassing says that a folder is one of them.
func isPassing(name string) bool {
	return strings.HasPrefix(name, stagingPrefix) || strings.HasPrefix(name, oldPrefix)
}

func newID() string { return strings.ToLower(rand.Text()) }

// occupants are the folders of one key.
type occupants struct {
	folders []string // folders and links to folders, sorted
	plugins []string // those of them that hold a plugin; the last is in use
	file    string   // what is no folder and has the key for its name; "" for nothing
}

// occupants finds what has a key, whatever its spelling.
func (d *Dir) occupants(key string) (occupants, error) {
	entries, err := os.ReadDir(d.path)
	if err != nil {
		return occupants{}, fmt.Errorf("list the plugins folder: %w", err)
	}
	var o occupants
	for _, e := range entries {
		switch {
		case isPassing(e.Name()) || Key(e.Name()) != key:
		case e.IsDir(), e.Type()&fs.ModeSymlink != 0:
			o.folders = append(o.folders, e.Name())
			if read(filepath.Join(d.path, e.Name())) != nil {
				o.plugins = append(o.plugins, e.Name())
			}
		case e.Name() == key:
			o.file = key
		}
	}
	return o, nil
}

// mayTake says whether a plugin of this key may come in, and what is there.
func (d *Dir) mayTake(key string, overwrite bool) (occupants, error) {
	o, err := d.occupants(key)
	switch {
	case err != nil:
		return occupants{}, err
	case o.file != "":
		return occupants{}, refuse(CodeReplace, fmt.Sprintf("Failed to install plugin: a file named %s is in its place", key), nil)
	case len(o.plugins) > 0 && !overwrite:
		return occupants{}, refuse(CodeExists, fmt.Sprintf("Plugin '%s' already exists", key), nil)
	}
	return o, nil
}

// install moves the staged plugin to its place and says whether another one
// was there.
func (d *Dir) install(root *os.Root, id, key string, overwrite bool) (replaced bool, err error) {
	d.place.Lock()
	defer d.place.Unlock()
	o, err := d.mayTake(key, overwrite) // again: another import may have been faster
	if err != nil {
		return false, err
	}
	if err := moveAside(root, oldPrefix+id, o.folders); err != nil {
		return false, errors.Join(refuse(CodeReplace, "Failed to back up existing plugin: "+err.Error(), nil), putBack(root, oldPrefix+id))
	}
	if err := root.Rename(stagingPrefix+id, key); err != nil {
		if len(o.folders) == 0 {
			return false, fmt.Errorf("move the plugin to its place: %w", err)
		}
		return false, errors.Join(refuse(CodeReplace, "Failed to install updated plugin: "+err.Error(), nil), putBack(root, oldPrefix+id))
	}
	d.forgetFolders(append(o.folders, key))
	_ = syncDir(root, ".") // it is in its place, also when nobody can say since when
	if len(o.folders) > 0 {
		_ = root.Rename(oldPrefix+id, stagingPrefix+id) // the caller removes it; else the next Open does
	}
	return len(o.plugins) > 0, nil
}

// moveAside moves folders into a new one.
func moveAside(root *os.Root, into string, folders []string) error {
	if len(folders) == 0 {
		return nil
	}
	if err := root.Mkdir(into, 0o755); err != nil {
		return err
	}
	for _, folder := range folders {
		if err := root.Rename(folder, into+"/"+folder); err != nil {
			return err
		}
	}
	return nil
}

// putBack undoes moveAside; what is in place by now stays.
func putBack(root *os.Root, from string) error {
	folders, err := list(root, from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, folder := range folders {
		if _, taken := root.Lstat(folder); errors.Is(taken, fs.ErrNotExist) {
			err = errors.Join(err, root.Rename(from+"/"+folder, folder))
		}
	}
	if err != nil {
		return fmt.Errorf("move the old version back: %w", err)
	}
	return discard(root, from)
}

// discard removes a folder whose content must not come back, not even a part
// of it.
func discard(root *os.Root, name string) error {
	trash := stagingPrefix + newID()
	if err := root.Rename(name, trash); err != nil {
		return err
	}
	_ = root.RemoveAll(trash) // what is left is in nobody's way, and the next Open removes it
	return nil
}

// mend puts right what a process that died has left.
func (d *Dir) mend() error {
	root, err := os.OpenRoot(d.path)
	if err != nil {
		return err
	}
	defer root.Close() //nolint:errcheck // nothing was written through it itself
	names, err := list(root, ".")
	if err != nil {
		return err
	}
	for _, name := range names {
		id, isOld := strings.CutPrefix(name, oldPrefix)
		if !isOld {
			continue
		}
		aside, err := list(root, name)
		if err != nil {
			return err
		}
		swapped := !slices.Contains(names, stagingPrefix+id) && slices.ContainsFunc(names, func(n string) bool {
			return slices.ContainsFunc(aside, func(folder string) bool { return Key(n) == Key(folder) })
		})
		if swapped {
			err = discard(root, name)
		} else {
			err = putBack(root, name)
		}
		if err != nil {
			return err
		}
	}
	for _, name := range names {
		if strings.HasPrefix(name, stagingPrefix) {
			_ = root.RemoveAll(name) // in nobody's way; the next Open tries again
		}
	}
	return nil
}

// list returns the names in a folder, sorted.
func list(root *os.Root, name string) ([]string, error) {
	entries, err := fs.ReadDir(root.FS(), name)
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, err
}

// forgetFolders drops what is known of the code in folders.
func (d *Dir) forgetFolders(folders []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, folder := range folders {
		delete(d.hashes, folder)
	}
}

// Remove deletes the plugin of a key from the plugins folder, whatever the
// spelling of its folder is, and says whether there was one; all of them if
// several folders have the key. Of a folder that is a link only the link is
// removed. A folder without a plugin in it is left alone.
//
// The plugin is gone at once and as a whole. With true an error means that
// some of its files are left: in no plugin's way, and removed by the next Open
// that can.
func (d *Dir) Remove(ctx context.Context, key string) (bool, error) {
	root, err := os.OpenRoot(d.path)
	if err != nil {
		return false, fmt.Errorf("open the plugins folder: %w", err)
	}
	defer root.Close() //nolint:errcheck // nothing was written through it itself
	id := newID()
	defer root.RemoveAll(stagingPrefix + id) //nolint:errcheck // it is empty
	trash := stagingPrefix + newID()
	removed, err := d.moveOut(ctx, root, move{Key(key), id, trash})
	if !removed {
		return false, err
	}
	if err := root.RemoveAll(trash); err != nil {
		return true, fmt.Errorf("delete the files of plugin %s: %w", Key(key), err)
	}
	return true, nil
}

// move is a removal: which plugins, under which id, and what they become.
type move struct{ key, id, trash string }

// moveOut moves the plugins of a key out of their places: all or none.
func (d *Dir) moveOut(ctx context.Context, root *os.Root, m move) (bool, error) {
	d.place.Lock()
	defer d.place.Unlock()
	if err := ctx.Err(); err != nil {
		return false, err
	}
	o, err := d.occupants(m.key)
	if err != nil || len(o.plugins) == 0 {
		return false, err
	}
	err = root.Mkdir(stagingPrefix+m.id, 0o755)
	if err == nil {
		err = moveAside(root, oldPrefix+m.id, o.plugins)
	}
	if err == nil {
		err = root.Rename(oldPrefix+m.id, m.trash)
	}
	if err != nil {
		return false, errors.Join(fmt.Errorf("remove plugin %s: %w", m.key, err), putBack(root, oldPrefix+m.id))
	}
	_ = syncDir(root, ".") // it is gone, also when nobody can say since when
	return true, nil
}
