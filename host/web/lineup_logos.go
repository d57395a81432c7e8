package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/pluggarr/pluggarr/host/ingest"
)

// Pictures brings images from their addresses, and keeps them.
type Pictures interface {
	// Picture returns the image at an address. The error is ingest.ErrNoPicture,
	// wrapped, or the context's.
	Picture(ctx context.Context, address string) (ingest.Picture, error)
}

// channelLogo answers with the image of a logo, from wherever that is: the page
// loads nothing but from the host. It is a stranger's, as a plugin's logo is.
func (s *server) channelLogo(w http.ResponseWriter, r *request) error {
	row, _, err := logos().find(r, s.users)
	if err != nil {
		return err
	}
	if s.pictures == nil {
		return notFound("This host shows no pictures.")
	}
	picture, err := s.pictures.Picture(r.Context(), row.URL)
	if r.Context().Err() != nil {
		return nil //nolint:nilerr // whoever asked has scrolled on
	}
	switch {
	case errors.Is(err, ingest.ErrNoPicture):
		s.log.Debug("a logo has no picture", "id", row.ID, "error", err)
		return notFound("Its address has no PNG, JPEG, GIF or WebP of at most 1 MiB, or its server does not answer.")
	case err != nil:
		return err
	}
	tag := strconv.Quote(picture.Tag)
	h := w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "private, no-cache") // the logo may get another address
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	if strings.Contains(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", picture.Kind)
	h.Set("Content-Length", strconv.Itoa(len(picture.Bytes)))
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(picture.Bytes) // whoever asked may be gone
	return nil
}
