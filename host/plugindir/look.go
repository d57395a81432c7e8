package plugindir

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// seen is a plugin folder as it was looked at.
type seen struct {
	Found

	at    time.Time // when that began
	where sources   // empty when it has to be read again the next time
}

// look reads one folder; nil when it holds no plugin.
func (d *Dir) look(e fs.DirEntry) *seen {
	if isPassing(e.Name()) {
		return nil
	}
	d.mu.Lock()
	before := d.seen[e.Name()]
	d.mu.Unlock()
	if before != nil && before.unchanged() {
		return before
	}
	at := time.Now()
	f := read(filepath.Join(d.path, e.Name()))
	if f == nil {
		return nil
	}
	s := &seen{Found: *f, at: at}
	root, err := s.Dir, error(nil)
	if e.Type()&fs.ModeSymlink != 0 {
		root, err = filepath.EvalSymlinks(s.Dir)
	}
	if err == nil {
		s.Hash, s.where, err = d.hash(s.Found, root)
	}
	if err != nil && s.Fault == "" {
		s.Fault = fmt.Sprintf("the folder cannot be read: %v", err)
	}
	if err != nil {
		s.where = sources{}
	}
	return s
}

// unchanged says that a folder is as it was: the same files and folders in it,
// of the same age. That costs a fraction of reading it, and a host with many
// plugins looks often.
func (s *seen) unchanged() bool {
	if s.where.linked || s.where.places == nil || s.Manifest != nil && s.Manifest.Executable != "" {
		return false // what a link leads to, and a program, may be outside of what was searched
	}
	for _, p := range s.where.places {
		old := s.at.Sub(p.info.ModTime()) > settled
		now, err := os.Stat(filepath.Join(s.Dir, p.name))
		if !old || err != nil || !os.SameFile(now, p.info) || !now.ModTime().Equal(p.info.ModTime()) ||
			now.Size() != p.info.Size() || now.Mode() != p.info.Mode() {
			return false
		}
	}
	return true
}

// Refresh is a [Dir.Scan] that looks at one folder, by its name, and believes
// of all others what it saw last. "" looks at all.
func (d *Dir) Refresh(ctx context.Context, folder string) ([]Found, error) {
	d.mu.Lock()
	known := d.seen != nil
	d.mu.Unlock()
	if folder == "" || !known || strings.ContainsRune(folder, filepath.Separator) {
		return d.Scan(ctx)
	}
	d.place.RLock()
	defer d.place.RUnlock()
	var found *seen
	info, err := os.Lstat(filepath.Join(d.path, folder))
	if err == nil {
		found = d.look(fs.FileInfoToDirEntry(info))
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if found == nil {
		delete(d.seen, folder)
		delete(d.hashes, folder)
	} else {
		d.seen[folder] = found
	}
	return listed(d.seen), nil
}

// listed returns what was seen as Scan does.
func listed(looked map[string]*seen) []Found {
	all := make([]Found, 0, len(looked))
	last := map[string]string{} // key → the folder that has it, the last one when several do
	for _, folder := range slices.Sorted(maps.Keys(looked)) {
		f := looked[folder].Found
		f.Warnings = slices.Clone(f.Warnings)
		all = append(all, f)
		last[f.Key] = f.Folder
	}
	return dropShadowed(all, last)
}
