package web

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"slices"
	"time"

	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/registry"
)

const (
	maxUpload  = 210 << 20        // bytes of a body with an archive: as much as may be in one, and the form around it
	uploadTime = 10 * time.Minute // for it to arrive
	maxWord    = 1 << 10          // bytes of a field that is no file
)

// upload is a plugin that somebody sent.
type upload struct {
	file      *os.File // nil until it came; has no name any more
	name      string   // the sender's
	overwrite bool
}

// importPlugin takes in a plugin's zip archive.
func (s *server) importPlugin(w http.ResponseWriter, r *request) error {
	u, err := s.receive(w, r)
	if u.file != nil {
		defer u.file.Close() // it is gone with this
	}
	if err != nil {
		return err
	}
	size, err := u.file.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("measure an upload: %w", err)
	}
	imported, err := s.plugins.Import(r.Context(), plugindir.Upload{
		File: u.file, Size: size, Name: u.name, Overwrite: u.overwrite,
	})
	if err != nil {
		return err
	}
	r.key = imported.Key
	entry, err := s.plugins.Entry(r.Context(), imported.Key)
	if err != nil {
		return err
	}
	s.write(w, http.StatusOK, struct {
		Success    bool           `json:"success"`
		Plugin     registry.Entry `json:"plugin"`
		WasManaged bool           `json:"was_managed"` // it came from a repository before; there are none yet
	}{true, r.shown(entry), false})
	return nil
}

// receive reads the form of an import. The file goes to disk as it comes in.
func (s *server) receive(w http.ResponseWriter, r *request) (upload, error) {
	var u upload
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return u, errNoFile()
	}
	if r.ContentLength > maxUpload {
		return u, errTooLong()
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadTime)) // as with hurry
	form := multipart.NewReader(http.MaxBytesReader(w, r.Body, maxUpload), params["boundary"])
	var seen []string
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return u, broken(err)
		}
		name := part.FormName()
		if slices.Contains(seen, name) {
			return u, malformed("The field %q is there twice.", cut(name))
		}
		seen = append(seen, name)
		if err := s.take(&u, name, part); err != nil {
			return u, err
		}
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	if u.file == nil {
		return u, errNoFile()
	}
	return u, nil
}

// take reads one field of an import.
func (s *server) take(u *upload, name string, part *multipart.Part) error {
	switch {
	case name == "file" && part.FileName() != "":
		file, err := s.scratch()
		if err != nil {
			return err
		}
		u.file, u.name = file, part.FileName()
		if _, err := io.Copy(onlyWrites{file}, part); err != nil {
			return broken(err)
		}
		return nil
	case name == "file":
		return errNoFile()
	case name == "overwrite":
		word, err := io.ReadAll(io.LimitReader(part, maxWord))
		if err != nil {
			return broken(err)
		}
		text, err := encode(string(word))
		if err != nil {
			return malformed("The field %q cannot be read: %v", name, err)
		}
		on, ok := truth(text)
		if !ok {
			return refuse(http.StatusBadRequest, "Invalid 'overwrite' boolean", "The field 'overwrite' is true or false; without it nothing is overwritten.")
		}
		u.overwrite = on
		return nil
	}
	return refuse(http.StatusBadRequest, fmt.Sprintf("Unknown field %q", cut(name)), "Known here are: file, overwrite.")
}

// onlyWrites keeps [io.Copy] from the file's own way of reading, after which an
// error no longer tells whether the sender or the disk failed.
type onlyWrites struct{ file *os.File }

// Write writes to the file.
func (o onlyWrites) Write(b []byte) (int, error) {
	n, err := o.file.Write(b)
	if err != nil {
		err = &diskError{err}
	}
	return n, err
}

// diskError is the host's fault, not the sender's.
type diskError struct{ cause error }

// Error describes what failed.
func (e *diskError) Error() string { return fmt.Sprintf("keep an upload: %v", e.cause) }

// Unwrap returns the cause.
func (e *diskError) Unwrap() error { return e.cause }

// broken says why a form did not come in as a whole.
func broken(err error) error {
	var tooLong *http.MaxBytesError
	var disk *diskError
	switch {
	case errors.As(err, &disk):
		return err
	case errors.As(err, &tooLong):
		return errTooLong()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return refuse(http.StatusBadRequest, "The body did not arrive", "The upload took too long: send it again.")
	}
	return malformed("Multipart form parse error - %v", err)
}

func errTooLong() error {
	return refuse(http.StatusRequestEntityTooLarge, "Archive is too large",
		fmt.Sprintf("The upload is longer than %d MiB.", int64(maxUpload)>>20))
}

func errNoFile() error {
	return refuse(http.StatusBadRequest, "Missing 'file' upload",
		"Send the zip archive as multipart/form-data, in a field 'file' that has a file name.")
}

// scratch makes a file without a name: it is gone when it is closed, however
// the host ends.
func (s *server) scratch() (*os.File, error) {
	file, err := os.CreateTemp(s.temp, "upload-*")
	if err != nil {
		return nil, fmt.Errorf("make a file for an upload: %w", err)
	}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errors.Join(fmt.Errorf("hide a file for an upload: %w", err), file.Close())
	}
	return file, nil
}
