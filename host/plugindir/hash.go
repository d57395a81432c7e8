package plugindir

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// maxSources is how many files of one plugin are looked at. A folder with more
// holds something else than source.
const maxSources = 20_000

// settled is how old a file has to be before its time stamp is believed: two
// writes within one tick of the file system's clock leave the same stamp.
const settled = 2 * time.Second

// fingerprint is what a folder's hash was made of.
type fingerprint struct {
	stat string    // names, sizes and times of the files; cheap to make again
	hash string    // of the files' contents
	made time.Time // when the files were read
	last time.Time // the newest time stamp among the files
}

// Hash returns the hash that a plugin's folder has now; Scan's may be out of
// date. The error is that of a folder that cannot be read.
func (d *Dir) Hash(f Found) (string, error) {
	root, err := filepath.EvalSymlinks(f.Dir)
	if err != nil {
		return "", fmt.Errorf("find the folder of plugin %q: %w", f.Key, err)
	}
	hash, _, err := d.hash(f, root)
	return hash, err
}

// hash returns a hash over the code and the manifest in a plugin's folder, and
// where those are. Files are read again only when a name, a size or a time stamp
// changed. root is where the folder really is.
func (d *Dir) hash(f Found, root string) (string, sources, error) {
	var program string
	if f.Executable != "" {
		program = filepath.FromSlash(f.Manifest.Executable)
	}
	found, err := findSources(root, program)
	if err != nil {
		return "", found, err
	}
	d.mu.Lock()
	known := d.hashes[f.Folder]
	d.mu.Unlock()
	if known.stat == found.stat && known.made.Sub(known.last) > settled {
		return known.hash, found, nil
	}
	made := time.Now()
	hash, err := hashFiles(root, found.names)
	if err != nil {
		return "", found, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hashes[f.Folder] = fingerprint{stat: found.stat, hash: hash, made: made, last: found.last}
	return hash, found, nil
}

// sources is what makes up a plugin's code.
type sources struct {
	names  []string  // of the files, below the plugin's folder, sorted
	stat   string    // names, sizes and times of the files; cheap to make again
	last   time.Time // the newest time stamp among the files
	places []place   // the files, and the folders that were searched
	linked bool      // a link is among what was found; what it leads to may come and go
}

// place is a file or folder as it was.
type place struct {
	name string // below the plugin's folder; "." is that folder
	info fs.FileInfo
}

// findSources searches root; program is the compiled plugin in it, "" for none.
func findSources(root, program string) (sources, error) {
	var s sources
	var b strings.Builder
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		switch {
		case err != nil:
			return err
		case e.IsDir() && path != root && skipDir(e.Name()):
			return fs.SkipDir
		case e.IsDir():
			info, err := e.Info() // before it is searched: what comes later makes it another one
			if err == nil {
				s.places = append(s.places, place{name, info})
			}
			return err
		}
		s.linked = s.linked || e.Type()&fs.ModeSymlink != 0
		if name != program && !isSource(e.Name()) {
			return nil
		}
		if len(s.names) == maxSources {
			return fmt.Errorf("it holds more than %d source files", maxSources)
		}
		info, err := os.Stat(path) // not e.Info: a link counts with what it leads to
		if err != nil || !info.Mode().IsRegular() {
			return nil //nolint:nilerr // a dangling link is no source
		}
		s.names = append(s.names, name)
		s.places = append(s.places, place{name, info})
		if info.ModTime().After(s.last) {
			s.last = info.ModTime()
		}
		fmt.Fprintf(&b, "%s\x00%d\x00%d\n", name, info.Size(), info.ModTime().UnixNano())
		return nil
	})
	s.stat = b.String()
	return s, err
}

// skipDir says that a folder holds no source of the plugin.
func skipDir(name string) bool {
	return strings.HasPrefix(name, ".") || slices.Contains([]string{"__pycache__", "node_modules"}, name)
}

// isSource says that a file is code or says what the code is. Data that a
// plugin keeps in its own folder is not: writing it must not reload the plugin.
func isSource(name string) bool {
	return slices.Contains([]string{".go", ".py"}, filepath.Ext(name)) ||
		slices.Contains([]string{"plugin.json", "go.mod", "modules.txt"}, name)
}

func hashFiles(root string, names []string) (string, error) {
	h := sha256.New()
	for _, name := range names {
		f, err := os.Open(filepath.Join(root, name))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%s\x00", filepath.ToSlash(name))
		n, err := io.Copy(h, f)
		_ = f.Close() // it was read, not written
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "\x00%d\n", n)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
