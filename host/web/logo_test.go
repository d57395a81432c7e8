package web_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"image"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestLogo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	good := square(t, 8)
	outside := filepath.Join(t.TempDir(), "outside.png")
	h.must(os.WriteFile(outside, []byte(good), 0o600))
	for _, tt := range []struct {
		name string
		put  func(path string) error
		want string // the bytes; "" for none
	}{
		{"a PNG", write(good), good},
		{"a link inside of the folder", func(path string) error {
			if err := os.WriteFile(filepath.Join(filepath.Dir(path), "real.png"), []byte(good), 0o600); err != nil {
				return err
			}
			return os.Symlink("real.png", path)
		}, good},
		{"none", func(string) error { return nil }, ""},
		{"an empty file", write(""), ""},
		{"HTML by that name", write("<html><script>alert(1)</script>"), ""},
		{"SVG by that name", write(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), ""},
		{"a link that leaves the folder", func(path string) error { return os.Symlink(outside, path) }, ""},
		{"a link that climbs", func(path string) error { return os.Symlink("../../"+filepath.Base(outside), path) }, ""},
		{"a folder", func(path string) error { return os.Mkdir(path, 0o755) }, ""},
		{"a pipe", func(path string) error { return syscall.Mkfifo(path, 0o600) }, ""},
		{"more pixels than anybody shows", write(header(50_000, 50_000)), ""},
		{"more bytes than anybody sends", write(good + strings.Repeat("x", 1<<20)), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			key := strings.ToLower(strings.ReplaceAll(tt.name, " ", "_"))
			h.file(key+"/plugin.json", `{"name": "P", "executable": "run"}`)
			h.file(key+"/run", "")
			h.must(tt.put(filepath.Join(h.plugins, key, "logo.png")))
			answer := h.send(message{method: http.MethodGet, path: "/api/plugins/plugins/" + key + "/logo/", as: "standard"})
			switch {
			case tt.want == "" && answer.status != http.StatusNotFound,
				tt.want == "" && !strings.Contains(answer.body, "Logo not found"):
				t.Errorf("status %d, want 404: %.100s", answer.status, answer.body)
			case tt.want == "":
			case answer.status != http.StatusOK, answer.body != tt.want:
				t.Errorf("status %d, %d bytes, want the image's %d", answer.status, len(answer.body), len(tt.want))
			case answer.header.Get("Content-Type") != "image/png", answer.header.Get("X-Content-Type-Options") != "nosniff",
				!strings.Contains(answer.header.Get("Content-Security-Policy"), "sandbox"):
				t.Errorf("headers %v", answer.header)
			}
		})
	}
}

// The entry's address of the logo is the one it can be had from.
func TestLogoURL(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.file("my logo/plugin.json", `{"name": "P", "executable": "run"}`)
	h.file("my logo/run", "")
	h.file("my logo/logo.png", square(t, 1))
	answer := h.send(message{
		method: http.MethodGet, path: "/api/plugins/plugins/my_logo/",
		header: http.Header{"X-Forwarded-Host": {"evil.example"}, "X-Forwarded-Proto": {"https"}},
	})
	var entry struct {
		LogoURL string `json:"logo_url"`
	}
	h.must(json.Unmarshal([]byte(answer.body), &entry))
	path, ok := strings.CutPrefix(entry.LogoURL, h.url)
	if !ok {
		t.Fatalf("logo_url %q, want it below %s", entry.LogoURL, h.url)
	}
	if answer := h.send(message{method: http.MethodGet, path: path}); answer.status != http.StatusOK {
		t.Errorf("%s: status %d", entry.LogoURL, answer.status)
	}
}

func write(text string) func(string) error {
	return func(path string) error { return os.WriteFile(path, []byte(text), 0o600) }
}

// square is a PNG of so many pixels a side.
func square(t *testing.T, side int) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, side, side))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// header is the beginning of a PNG that claims to be of some size.
func header(width, height uint32) string {
	chunk := []byte("IHDR")
	chunk = binary.BigEndian.AppendUint32(chunk, width)
	chunk = binary.BigEndian.AppendUint32(chunk, height)
	chunk = append(chunk, 8, 0, 0, 0, 0)
	b := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), chunk...)
	return string(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(chunk)))
}
