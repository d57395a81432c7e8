package web

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"os"
	"strconv"
	"syscall"

	"github.com/pluggarr/pluggarr/host/registry"
	"github.com/pluggarr/pluggarr/host/store"
)

const (
	maxLogo     = 1 << 20 // bytes
	maxLogoSide = 2048    // pixels
)

// logo answers with a plugin's logo.png. The file is a stranger's: it is sent
// only if it is an image in PNG, of a size that a browser can take, and so that
// no browser takes it for anything else.
func (s *server) logo(w http.ResponseWriter, r *request) error {
	var entry registry.Entry
	err := s.found(r, func() error {
		var err error
		entry, err = s.plugins.Entry(r.Context(), r.key)
		return err
	})
	if err != nil && !errors.Is(err, registry.ErrNotFound) {
		return err
	}
	image, err := readLogo(entry.Dir)
	if err != nil {
		return &refusal{http.StatusNotFound, failure{
			Error: "Logo not found", Fault: store.FaultPlugin,
			Message: fmt.Sprintf("Plugin '%s' has no logo.png that is a PNG of at most %d bytes and %d pixels a side.", r.key, maxLogo, maxLogoSide),
		}}
	}
	h := w.Header()
	h.Set("Content-Type", "image/png")
	h.Set("Content-Length", strconv.Itoa(len(image)))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(image) // whoever asked may be gone
	return nil
}

// readLogo reads logo.png in a plugin's folder, never anything outside of it.
func readLogo(dir string) ([]byte, error) {
	if dir == "" {
		return nil, os.ErrNotExist
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()                                                        //nolint:errcheck // it was only read
	file, err := root.OpenFile("logo.png", os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe by that name must not be waited for
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxLogo {
		return nil, errors.New("not a file of a logo's size")
	}
	image, err := io.ReadAll(io.LimitReader(file, maxLogo))
	if err != nil {
		return nil, err
	}
	size, err := png.DecodeConfig(bytes.NewReader(image))
	if err != nil {
		return nil, fmt.Errorf("read the logo: %w", err)
	}
	if size.Width > maxLogoSide || size.Height > maxLogoSide {
		return nil, fmt.Errorf("the logo has %d by %d pixels", size.Width, size.Height)
	}
	return image, nil
}
