package web

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/store"
)

// folderRoutes lists the API of what comes into the plugins folder and leaves
// it. "import" is no plugin's key, so these come before the plugins' own.
func (s *server) folderRoutes() []route {
	const read, admin = store.ScopeRead, store.ScopeAdmin
	return []route{
		{pluginsPath + "import/", methods{http.MethodPost: {need: admin, serve: s.importPlugin}}},
		{pluginsPath + "{key}/delete/", methods{http.MethodDelete: {need: admin, serve: s.deletePlugin}}},
		{pluginsPath + "{key}/export/", methods{http.MethodGet: {need: read, serve: admins(s.exportPlugin)}}},
		{pluginsPath + "{key}/files/", methods{http.MethodGet: {need: read, serve: admins(s.listFiles)}}},
		{pluginsPath + "{key}/file/", methods{http.MethodGet: {need: read, serve: admins(s.readFile)}}},
	}
}

// admins keeps an endpoint that needs no more than a key to read from users
// who may look at plugins but not into them.
func admins(do serve) serve {
	return func(w http.ResponseWriter, r *request) error {
		if r.caller.Admin() {
			return do(w, r)
		}
		return &refusal{http.StatusForbidden, detail{
			Detail: "You do not have permission to perform this action.", Message: "Only an admin may do this.",
		}}
	}
}

// deletePlugin stops a plugin and removes its files, its settings and its log.
// That there is none is no error, as in Dispatcharr.
func (s *server) deletePlugin(w http.ResponseWriter, r *request) error {
	if _, err := r.read(w, maxBody); err != nil {
		return err
	}
	if r.key == "." || r.key == ".." || strings.ContainsAny(r.key, "/\\\x00") {
		return refuse(http.StatusBadRequest, "Invalid plugin path", "A plugin's key is the name of a folder: it has no slashes and is not '..'.")
	}
	if err := s.rescan(r); err != nil {
		return err
	}
	key := plugindir.Key(r.key) // some send the folder's name
	if err := s.plugins.Delete(r.Context(), key); err != nil {
		return err
	}
	if err := s.logs.Remove(context.WithoutCancel(r.Context()), key); err != nil {
		s.log.Warn("a deleted plugin leaves its log behind", "plugin", key, "error", err)
	}
	s.write(w, http.StatusOK, struct {
		Success bool `json:"success"`
	}{true})
	return nil
}

// exportPlugin answers with a plugin's folder as a zip archive that can be
// imported. It is put together first: half an archive must not look whole.
func (s *server) exportPlugin(w http.ResponseWriter, r *request) error {
	file, err := s.scratch()
	if err != nil {
		return err
	}
	defer file.Close() // it is gone with this
	err = s.found(r, func() error { return s.plugins.Export(r.Context(), r.key, file) })
	if err != nil {
		return err
	}
	size, err := file.Seek(0, io.SeekCurrent)
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return fmt.Errorf("read the archive of %q: %w", r.key, err)
	}
	asFile(w, "application/zip", plugindir.Key(r.key)+".zip")
	w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
	w.WriteHeader(http.StatusOK)
	_, _ = io.Copy(w, file) // whoever asked may be gone; the length tells what is missing
	return nil
}

// asFile lets a browser save the answer as a file.
func asFile(w http.ResponseWriter, kind, name string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
}
