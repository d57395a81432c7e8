package plugindir

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// ErrNotFound says that no plugin has the key.
var ErrNotFound = errors.New("there is no such plugin")

// Export writes the plugin of a key to w as a zip archive that Import takes:
// one folder, named like the plugin's, with the files sorted and their times
// kept. Left out are __pycache__, .git, and what is neither a file nor a
// folder; a link is written as the file it leads to if that lies in the
// plugin's folder too. Two exports of the same files are the same bytes.
//
// ErrNotFound comes back before anything is written. After any other error w
// holds a part of an archive.
func (d *Dir) Export(ctx context.Context, key string, w io.Writer) error {
	folder, root, err := d.openPlugin(key)
	if err != nil {
		return err
	}
	defer root.Close() //nolint:errcheck // nothing was written through it itself
	e := exporter{root: root, folder: folder, zip: zip.NewWriter(w)}
	err = fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, fs.ErrNotExist):
			return nil // the plugin keeps passing files in its folder
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{"__pycache__", ".git"}, entry.Name()):
			return fs.SkipDir
		case entry.IsDir():
			return e.dir(name)
		case entry.Type()&^fs.ModeSymlink != 0:
			return nil
		}
		return e.file(ctx, name, entry.Type() != 0)
	})
	if err == nil {
		err = d.unmoved(folder, root)
	}
	if err == nil {
		err = e.zip.Close()
	}
	if err != nil {
		return fmt.Errorf("export plugin %s: %w", Key(key), err)
	}
	return nil
}

// openPlugin opens the folder of the plugin in use. It stays readable while
// the plugin is replaced.
func (d *Dir) openPlugin(key string) (string, *os.Root, error) {
	d.place.RLock()
	defer d.place.RUnlock()
	o, err := d.occupants(Key(key))
	if err != nil {
		return "", nil, err
	}
	if len(o.plugins) == 0 {
		return "", nil, ErrNotFound
	}
	folder := o.plugins[len(o.plugins)-1]
	root, err := os.OpenRoot(filepath.Join(d.path, folder))
	if err != nil {
		return "", nil, fmt.Errorf("open the folder of plugin %s: %w", Key(key), err)
	}
	return folder, root, nil
}

// unmoved makes sure that a folder was not replaced or removed since it was
// opened.
func (d *Dir) unmoved(folder string, root *os.Root) error {
	opened, err := root.Stat(".")
	if err != nil {
		return err
	}
	now, err := os.Stat(filepath.Join(d.path, folder))
	if err != nil || !os.SameFile(opened, now) {
		return errors.New("it was replaced or removed meanwhile")
	}
	return nil
}

// exporter writes one plugin.
type exporter struct {
	root   *os.Root // the plugin's folder
	folder string
	zip    *zip.Writer
}

func (e exporter) dir(name string) error {
	info, err := e.root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = e.create(name+"/", info)
	return err
}

// file writes one file; not what turns out to be none, to be gone, or to lie
// elsewhere.
func (e exporter) file(ctx context.Context, name string, isLink bool) error {
	f, err := e.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe would make it wait
	if err != nil && (isLink || errors.Is(err, fs.ErrNotExist)) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return err
	}
	to, err := e.create(name, info)
	for err == nil {
		if err = ctx.Err(); err == nil {
			_, err = io.CopyN(to, f, 1<<20)
		}
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// create begins an entry of the archive.
func (e exporter) create(name string, info fs.FileInfo) (io.Writer, error) {
	h := &zip.FileHeader{Name: e.folder + "/" + name, Method: zip.Deflate, Modified: info.ModTime().UTC()}
	if name == "./" {
		h.Name = e.folder + "/"
	}
	mode := fs.FileMode(0o644)
	if info.IsDir() {
		mode = fs.ModeDir | 0o755
	} else if info.Mode()&0o111 != 0 {
		mode = 0o755
	}
	h.SetMode(mode)
	w, err := e.zip.CreateHeader(h)
	if err != nil {
		return nil, fmt.Errorf("write %q: %w", name, err)
	}
	return w, nil
}
