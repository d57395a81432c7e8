package ingest_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/ingest"
)

// square is a PNG of so many pixels a side.
func square(tb testing.TB, side int) string {
	tb.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, side, side))); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

// webp begins as a picture of 3 by 2 pixels, in each of the three ways.
func webp(kind string) string {
	sizes := map[string]string{
		"VP8X": "\x0a\x00\x00\x00\x10\x00\x00\x00\x02\x00\x00\x01\x00\x00",
		"VP8L": "\x0a\x00\x00\x00\x2f\x02\x40\x00\x00" + strings.Repeat("\x00", 8),
		"VP8 ": "\x0a\x00\x00\x00\x00\x00\x00\x9d\x01\x2a\x03\x00\x02\x00",
	}
	return "RIFF\x40\x00\x00\x00WEBP" + kind + sizes[kind]
}

func newPictures(t *testing.T, cfg ingest.PicturesConfig) *ingest.Pictures {
	t.Helper()
	if cfg.Dir == "" {
		cfg.Dir = filepath.Join(t.TempDir(), "pictures")
	}
	p, err := ingest.NewPictures(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPictureKinds(t *testing.T) {
	t.Parallel()
	var g, j bytes.Buffer
	small := image.NewPaletted(image.Rect(0, 0, 3, 2), color.Palette{color.Black})
	if err := errors.Join(gif.Encode(&g, small, nil), jpeg.Encode(&j, small, nil)); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ body, want string }{
		"PNG": {square(t, 8), "image/png"}, "JPEG": {j.String(), "image/jpeg"}, "GIF": {g.String(), "image/gif"},
		"WebP, extended": {webp("VP8X"), "image/webp"}, "WebP, lossless": {webp("VP8L"), "image/webp"}, "WebP": {webp("VP8 "), "image/webp"},
		"WebP without an end": {webp("VP8X")[:20], ""}, "a PNG without an end": {square(t, 8)[:20], ""},
		"SVG":  {`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`, ""},
		"HTML": {"<!doctype html><script>alert(1)</script>", ""}, "nothing": {"", ""},
		"more bytes than anybody sends":  {square(t, 8) + strings.Repeat("x", 1<<20), ""},
		"more pixels than anybody shows": {square(t, 5000), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "image/png") // which says nothing
				_, _ = w.Write([]byte(tt.body))
			})
			dir := t.TempDir()
			got, err := newPictures(t, ingest.PicturesConfig{Dir: dir}).Picture(t.Context(), server.URL)
			if tt.want == "" {
				left, _ := os.ReadDir(dir)
				if !errors.Is(err, ingest.ErrNoPicture) || len(left) > 0 {
					t.Errorf("got %q, %v, %d files, want no picture and nothing kept", got.Kind, err, len(left))
				}
				return
			}
			if err != nil || got.Kind != tt.want || string(got.Bytes) != tt.body {
				t.Errorf("got %q, %d bytes, %v, want %q as it was sent", got.Kind, len(got.Bytes), err, tt.want)
			}
		})
	}
}

func TestPicturesAreKept(t *testing.T) {
	t.Parallel()
	var asked, unchanged atomic.Int64
	body := square(t, 8)
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		w.Header().Set("ETag", `"1"`)
		switch {
		case r.URL.Path == "/gone":
			w.WriteHeader(http.StatusNotFound)
		case r.Header.Get("If-None-Match") == `"1"`:
			unchanged.Add(1)
			w.WriteHeader(http.StatusNotModified)
		default:
			_, _ = w.Write([]byte(body))
		}
	})
	dir := t.TempDir()
	p := newPictures(t, ingest.PicturesConfig{Dir: dir})
	want := func(what string, requests, same int64) {
		t.Helper()
		got, err := p.Picture(t.Context(), server.URL)
		if err != nil || string(got.Bytes) != body || asked.Load() != requests || unchanged.Load() != same {
			t.Errorf("%s: %d bytes, %v, %d requests, %d of them in vain; want %d, %d", what, len(got.Bytes), err, asked.Load(), unchanged.Load(), requests, same)
		}
	}
	all := make(chan error)
	for range 8 {
		go func() {
			_, err := p.Picture(t.Context(), server.URL)
			all <- err
		}()
	}
	for range 8 {
		if err := <-all; err != nil {
			t.Error(err)
		}
	}
	want("after all at once", 1, 0)
	age(t, dir)
	want("a week later", 2, 1)
	want("and then", 2, 1)
	p = newPictures(t, ingest.PicturesConfig{Dir: dir})
	want("in another host", 2, 1)
	age(t, dir)
	server.Close()
	want("when its server is gone", 2, 1)

	server = serve(t, server.Config.Handler.ServeHTTP)
	for range 3 {
		if _, err := p.Picture(t.Context(), server.URL+"/gone"); !errors.Is(err, ingest.ErrNoPicture) {
			t.Errorf("a picture that is gone: %v", err)
		}
	}
	if asked.Load() != 3 {
		t.Errorf("asked %d times, want once for what is gone", asked.Load()-2)
	}
	left, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Picture(left, server.URL+"/later"); !errors.Is(err, context.Canceled) {
		t.Errorf("who left got %v", err)
	}
	if _, err := p.Picture(t.Context(), server.URL+"/later"); err != nil {
		t.Errorf("who stayed got %v", err)
	}
}

// age makes all copies older than a week.
func age(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no copies: %v", err)
	}
	old := time.Now().Add(-8 * 24 * time.Hour)
	for _, file := range files {
		if err := os.Chtimes(file, old, old); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPicturesTakeNoMoreRoom(t *testing.T) {
	t.Parallel()
	body := square(t, 300)
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })
	dir, most := t.TempDir(), int64(8*len(body))
	p := newPictures(t, ingest.PicturesConfig{Dir: dir, Bytes: most})
	for i := range 40 {
		if _, err := p.Picture(t.Context(), server.URL+"/"+strings.Repeat("x", i)); err != nil {
			t.Fatal(err)
		}
	}
	var size int64
	files, _ := os.ReadDir(dir)
	for _, file := range files {
		if info, err := file.Info(); err == nil && !strings.HasSuffix(file.Name(), ".json") {
			size += info.Size()
		}
	}
	if size == 0 || size > most {
		t.Errorf("the copies take %d bytes, want up to %d", size, most)
	}
}

func TestOwnPictures(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	body := square(t, 8)
	outside := filepath.Join(t.TempDir(), "outside.png")
	if err := errors.Join(
		os.WriteFile(outside, []byte(body), 0o600), os.WriteFile(filepath.Join(dir, "a.png"), []byte(body), 0o600),
		os.Symlink(outside, filepath.Join(dir, "link.png")),
	); err != nil {
		t.Fatal(err)
	}
	p := newPictures(t, ingest.PicturesConfig{Own: dir})
	for address, want := range map[string]bool{
		"/data/logos/a.png": true, "/data/logos/b.png": false, "/data/logos/link.png": false, "/data/logos/../outside.png": false,
		"/data/logos/": false, outside: false, "file://" + outside: false, "": false, "ftp://x/y.png": false,
	} {
		got, err := p.Picture(t.Context(), address)
		if want && (err != nil || string(got.Bytes) != body) || !want && !errors.Is(err, ingest.ErrNoPicture) {
			t.Errorf("%q: %d bytes, %v, want it: %t", address, len(got.Bytes), err, want)
		}
	}
}

func FuzzPicture(f *testing.F) {
	f.Add([]byte(square(f, 3)))
	for _, kind := range []string{"VP8X", "VP8L", "VP8 "} {
		f.Add([]byte(webp(kind)))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if picture, err := ingest.PictureOf(b); err == nil && !strings.HasPrefix(picture.Kind, "image/") {
			t.Errorf("it is shown as %q", picture.Kind)
		}
	})
}
