package web

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

// pagePolicy lets the page load its own files and nothing else: no inline
// script, no other site. Its library sets styles from scripts; logos are blobs.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
	"font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// page serves the web page: files under assets/, and index.html for every path
// that a browser asks for, because the page itself knows what they mean.
type page struct {
	files fs.FS

	mu     sync.Mutex
	packed map[string]*pageFile // by name; a file is compressed once
}

// pageFile is one file as it is sent.
type pageFile struct {
	kind   string // its media type
	plain  []byte
	packed []byte // by gzip; nil when that does not help
}

func newPage(files fs.FS) *page { return &page{files: files, packed: map[string]*pageFile{}} }

// fallback answers where the API has nothing.
func (s *server) fallback(p *page) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, ok := p.asked(r)
		if !ok {
			s.nothing(w, r)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			s.wrongMethod(w, r, []string{http.MethodGet, http.MethodHead})
			return
		}
		file, err := p.file(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			s.nothing(w, r)
		case err != nil:
			s.fail(w, &request{Request: r}, err)
		default:
			file.send(w, r, name)
		}
	})
}

// asked names the file that a request is about; false for what is no file of
// the page, also when a program asks that does not want HTML.
func (p *page) asked(r *http.Request) (string, bool) {
	at := r.URL.Path
	switch {
	case p.files == nil, strings.HasPrefix(at, "/api"), strings.HasPrefix(at, "/ws"):
		return "", false
	case strings.HasPrefix(at, "/assets/"):
		return strings.TrimPrefix(at, "/"), true
	case at == "/", strings.Contains(r.Header.Get("Accept"), "text/html"):
		return "index.html", true
	}
	return "", false
}

// file reads a file and makes it ready to be sent.
func (p *page) file(name string) (*pageFile, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if file, ok := p.packed[name]; ok {
		return file, nil
	}
	if !fs.ValidPath(name) {
		return nil, fs.ErrNotExist
	}
	plain, err := fs.ReadFile(p.files, name)
	if err != nil {
		if info, statErr := fs.Stat(p.files, name); statErr == nil && info.IsDir() {
			return nil, fs.ErrNotExist
		}
		return nil, fmt.Errorf("read the page's %s: %w", name, err)
	}
	file := &pageFile{kind: mime.TypeByExtension(path.Ext(name)), plain: plain}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err = z.Write(plain); err == nil {
		err = z.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("compress the page's %s: %w", name, err)
	}
	if packed.Len() < len(plain) {
		file.packed = packed.Bytes()
	}
	p.packed[name] = file
	return file, nil
}

// send answers with the file. Names under assets/ change with their content, so
// that a browser may keep those for ever; the rest is asked for again.
func (f *pageFile) send(w http.ResponseWriter, r *http.Request, name string) {
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Vary", "Accept-Encoding")
	h.Set("Referrer-Policy", "no-referrer") // the address can hold a token
	if strings.HasPrefix(name, "assets/") {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
		h.Set("Vary", "Accept, Accept-Encoding")
	}
	// An image that is opened by itself is a document too.
	h.Set("Content-Security-Policy", pagePolicy)
	body := f.plain
	if f.packed != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		body = f.packed
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // whoever asked may be gone
	}
}
