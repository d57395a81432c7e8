package web

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/pluggarr/pluggarr/host/registry"
	"github.com/pluggarr/pluggarr/host/store"
)

const (
	mostFiles    = 2000      // that are listed of a plugin
	maxShownFile = 512 << 10 // bytes of one file that are shown
)

// fileView is a file of a plugin in a list.
type fileView struct {
	Path     string    `json:"path"` // below the plugin's folder, with slashes
	Size     int64     `json:"size"` // bytes
	Modified time.Time `json:"modified_at"`
}

// fileText is a file of a plugin with what is in it.
type fileText struct {
	fileView

	Text *string `json:"text"` // null for what is no text
	Cut  bool    `json:"cut"`  // only the beginning is here
}

// listFiles answers with the files of a plugin.
func (s *server) listFiles(w http.ResponseWriter, r *request) error {
	return s.inFolder(r, func(root *os.Root) error {
		files, more, err := filesIn(root)
		if err != nil {
			return fmt.Errorf("list the files of %q: %w", r.key, err)
		}
		s.write(w, http.StatusOK, struct {
			Files []fileView `json:"files"`
			More  bool       `json:"more"` // there are others
		}{files, more})
		return nil
	})
}

// readFile answers with one file of a plugin.
func (s *server) readFile(w http.ResponseWriter, r *request) error {
	words, err := r.query("path")
	if err != nil {
		return err
	}
	path := words["path"]
	if !fs.ValidPath(path) || path == "." {
		return refuse(http.StatusBadRequest, "Invalid 'path'", "'path' is the path of a file below the plugin's folder, as the list of its files has it.")
	}
	return s.inFolder(r, func(root *os.Root) error {
		file, err := textOf(root, path)
		if err != nil {
			return &refusal{http.StatusNotFound, failure{
				Error: "File not found", Message: fmt.Sprintf("Plugin '%s' has no file '%s' that can be read.", r.key, path), Fault: store.FaultUser,
			}}
		}
		s.write(w, http.StatusOK, file)
		return nil
	})
}

// inFolder does something in the folder of the plugin in the path. Nothing
// outside of it is reached, not by a link either.
func (s *server) inFolder(r *request, do func(root *os.Root) error) error {
	var entry registry.Entry
	err := s.found(r, func() error {
		var err error
		entry, err = s.plugins.Entry(r.Context(), r.key)
		return err
	})
	if err != nil {
		return err
	}
	gone := &refusal{http.StatusNotFound, failure{
		Error: "Folder not found", Message: fmt.Sprintf("The folder of plugin '%s' is gone: import it again, or uninstall it.", r.key), Fault: store.FaultUser,
	}}
	if entry.Dir == "" {
		return gone
	}
	root, err := os.OpenRoot(entry.Dir)
	if err != nil {
		return gone
	}
	return errors.Join(do(root), root.Close())
}

// isHidden says whether a part of a path begins with a dot: secrets and histories are kept so.
func isHidden(path string) bool {
	return slices.ContainsFunc(strings.Split(path, "/"), func(part string) bool { return strings.HasPrefix(part, ".") })
}

// filesIn lists the files of a folder by their paths, and says whether there are more.
// Links, what begins with a dot, and what programs make of source are left out.
func filesIn(root *os.Root) ([]fileView, bool, error) {
	files, more := []fileView{}, false
	err := fs.WalkDir(root.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && path == ".":
			return err
		case err != nil: // a folder that the host may not enter
			return nil //nolint:nilerr // the rest is listed
		case path != "." && strings.HasPrefix(d.Name(), "."), d.IsDir() && (d.Name() == "__pycache__" || d.Name() == "node_modules"):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case !d.Type().IsRegular():
			return nil
		case len(files) == mostFiles:
			more = true
			return fs.SkipAll
		}
		info, err := d.Info()
		if err != nil {
			return nil //nolint:nilerr // it was removed meanwhile
		}
		files = append(files, fileView{Path: path, Size: info.Size(), Modified: info.ModTime().UTC()})
		return nil
	})
	return files, more, err
}

// textOf reads the beginning of a file; one that is hidden is refused as if it were not there.
func textOf(root *os.Root, path string) (fileText, error) {
	if isHidden(path) {
		return fileText{}, errors.New("a part of its path begins with a dot")
	}
	file, err := root.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe by that name must not be waited for
	if err != nil {
		return fileText{}, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return fileText{}, err
	}
	if !info.Mode().IsRegular() {
		return fileText{}, errors.New("no regular file")
	}
	raw, err := io.ReadAll(io.LimitReader(file, maxShownFile))
	if err != nil {
		return fileText{}, err
	}
	shown := fileText{fileView: fileView{Path: path, Size: info.Size(), Modified: info.ModTime().UTC()}, Cut: info.Size() > int64(len(raw))}
	for n := 0; shown.Cut && n < utf8.UTFMax && len(raw) > 0 && !utf8.Valid(raw); n++ {
		raw = raw[:len(raw)-1] // a letter may be cut in half
	}
	if text := string(raw); utf8.ValidString(text) && !strings.ContainsRune(text, 0) {
		shown.Text = &text
	}
	return shown, nil
}
