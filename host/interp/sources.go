package interp

import (
	"bytes"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pluggarr/pluggarr/host/dialect"
)

// sources is the file system that the interpreter loads packages from. It
// holds what was checked, so nothing else is run, whatever happens on disk.
type sources struct {
	packages map[string]map[string]dialect.File // by import path and base name

	mu     sync.Mutex
	opened map[string]string // the plugin's names of files by the interpreter's
}

// newSources lays the checked packages out for the interpreter, with what it
// would run differently rewritten.
func newSources(plugin *dialect.Result) *sources {
	s := &sources{packages: map[string]map[string]dialect.File{}, opened: map[string]string{}}
	for _, p := range plugin.Packages {
		files := map[string]dialect.File{}
		for _, f := range p.Files {
			files[path.Base(f.Name)] = f
		}
		s.packages[p.Path] = files
	}
	return s
}

// find returns the files of the package that name asks for. The interpreter
// looks for a package in "vendor" below the package that imports it, before
// anywhere else, so every package is there.
func (s *sources) find(name string) map[string]dialect.File {
	for rest := name; ; {
		_, after, found := strings.Cut(rest, "/vendor/")
		if !found {
			return nil
		}
		if files := s.packages[after]; files != nil {
			return files
		}
		if files := s.packages[after+"/"+after]; files != nil {
			return files // the interpreter takes an import of "x/x" for one of "x"
		}
		rest = rest[len(rest)-len(after)-1:]
	}
}

// Open is fs.FS's.
func (s *sources) Open(name string) (fs.File, error) {
	if files := s.find(name); files != nil {
		return &entry{name: path.Base(name), dir: true}, nil
	}
	f, ok := s.find(path.Dir(name))[path.Base(name)]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened[name] = f.Name
	return &entry{name: path.Base(name), size: int64(len(f.Lowered)), Reader: bytes.NewReader(f.Lowered)}, nil
}

// ReadDir is fs.ReadDirFS's.
func (s *sources) ReadDir(name string) ([]fs.DirEntry, error) {
	files := s.find(name)
	if files == nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	var list []fs.DirEntry
	for _, base := range slices.Sorted(maps.Keys(files)) {
		list = append(list, fs.FileInfoToDirEntry(&entry{name: base, size: int64(len(files[base].Lowered))}))
	}
	return list, nil
}

// relative replaces the interpreter's names of files in text by the plugin's.
func (s *sources) relative(text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, own := range s.opened {
		text = strings.ReplaceAll(text, name, own)
	}
	return text
}

// file is a file of the plugin's; empty when there is none of this name.
func (s *sources) file(name string) dialect.File {
	for _, files := range s.packages {
		if f, ok := files[path.Base(name)]; ok && f.Name == name {
			return f
		}
	}
	return dialect.File{}
}

// has says whether the plugin has a file of this name.
func (s *sources) has(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(slices.Collect(maps.Values(s.opened)), name)
}

// entry is an open file and what is said of it.
type entry struct {
	io.Reader
	name string
	size int64
	dir  bool
}

// Stat is fs.File's.
func (e *entry) Stat() (fs.FileInfo, error) { return e, nil }

// Close is fs.File's.
func (e *entry) Close() error { return nil }

// Name is fs.FileInfo's.
func (e *entry) Name() string { return e.name }

// Size is fs.FileInfo's.
func (e *entry) Size() int64 { return e.size }

// ModTime is fs.FileInfo's.
func (e *entry) ModTime() time.Time { return time.Time{} }

// IsDir is fs.FileInfo's.
func (e *entry) IsDir() bool { return e.dir }

// Sys is fs.FileInfo's.
func (e *entry) Sys() any { return nil }

// Mode is fs.FileInfo's.
func (e *entry) Mode() fs.FileMode {
	if e.dir {
		return fs.ModeDir | 0o500
	}
	return 0o400
}
