package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/ingest"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/web"
)

func TestChannelLogo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	body := square(t, 8)
	images := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/a.png" {
			_, _ = w.Write([]byte(body))
			return
		}
		_, _ = w.Write([]byte("<html>nothing here"))
	}))
	t.Cleanup(images.Close)
	pictures, err := ingest.NewPictures(ingest.PicturesConfig{Dir: filepath.Join(t.TempDir(), "pictures")})
	h.must(err)
	h.cfg.Pictures = pictures
	served := httptest.NewServer(web.Handler(h.cfg))
	t.Cleanup(served.Close)
	h.url = served.URL
	paths := map[string]string{}
	for _, name := range []string{"a.png", "page.html"} {
		logo := &store.Logo{Name: name, URL: images.URL + "/" + name}
		h.must(store.Create(t.Context(), h.cfg.Users, logo))
		paths[name] = fmt.Sprintf("/api/channels/logos/%d/cache/", logo.ID)
	}
	got := h.send(message{method: http.MethodGet, path: paths["a.png"], as: "standard"})
	tag := got.header.Get("ETag")
	if got.status != http.StatusOK || got.body != body || got.header.Get("Content-Type") != "image/png" || tag == "" ||
		got.header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(got.header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("an image: %d, %d bytes, %v", got.status, len(got.body), got.header)
	}
	got = h.send(message{method: http.MethodGet, path: paths["a.png"], as: "standard", header: http.Header{"If-None-Match": {tag}}})
	if got.status != http.StatusNotModified || got.body != "" {
		t.Errorf("the same image: %d, %d bytes", got.status, len(got.body))
	}
	got = h.send(message{method: http.MethodGet, path: paths["page.html"], as: "standard"})
	if got.status != http.StatusNotFound || !strings.Contains(got.body, "no PNG") {
		t.Errorf("no image: %d %s", got.status, got.body)
	}
}
