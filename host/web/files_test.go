package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The files of a plugin are looked at, and nothing outside of its folder.
func TestFilesOfAPlugin(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	outside := filepath.Join(t.TempDir(), "passwords")
	h.must(os.WriteFile(outside, []byte("secret"), 0o600))
	h.file("p/plugin.json", `{"name": "P", "executable": "run"}`)
	h.file("p/run", "")
	h.file("p/lib/notes.txt", strings.Repeat("é", 512<<10))
	h.file("p/picture.bin", "\x00\x01\xff")
	h.file("p/.git/config", "[core]")
	h.file("p/.env", "TOKEN=secret")
	h.file("p/lib/.env", "TOKEN=secret")
	h.must(os.Symlink(outside, filepath.Join(h.plugins, "p", "link")))
	h.must(os.Symlink("plugin.json", filepath.Join(h.plugins, "p", "inside")))

	var listed struct {
		Files []struct {
			Path string
			Size int64
		}
		More bool
	}
	h.get("admin", "/api/plugins/plugins/p/files/", &listed)
	var paths []string
	for _, f := range listed.Files {
		paths = append(paths, f.Path)
	}
	if want := []string{"lib/notes.txt", "picture.bin", "plugin.json", "run"}; !slices.Equal(paths, want) || listed.More {
		t.Errorf("the files are %q, %t, want %q and no more", paths, listed.More, want)
	}
	for _, tt := range []struct {
		path   string
		status int
		want   string // what is in the text; "" for none
		cut    bool
	}{
		{"plugin.json", 200, `"executable"`, false},
		{"inside", 200, `"executable"`, false},
		{"lib/notes.txt", 200, "ééé", true},
		{"picture.bin", 200, "", false},
		{"link", 404, "", false},
		{"lib", 404, "", false},
		{"nothing", 404, "", false},
		{".env", 404, "", false},
		{"lib/.env", 404, "", false},
		{".git/config", 404, "", false},
		{"../p/run", 400, "", false},
		{"/etc/passwd", 400, "", false},
		{"", 400, "", false},
	} {
		answer := h.send(message{method: http.MethodGet, path: "/api/plugins/plugins/p/file/?path=" + url.QueryEscape(tt.path)})
		var file struct {
			Text *string
			Cut  bool
		}
		if err := json.Unmarshal([]byte(answer.body), &file); err != nil || answer.status != tt.status || strings.Contains(answer.body, "secret") {
			t.Errorf("%q: %d %.200s, want %d", tt.path, answer.status, answer.body, tt.status)
			continue
		}
		if tt.status == http.StatusOK && ((file.Text != nil) != (tt.want != "") || file.Text != nil && !strings.Contains(*file.Text, tt.want) || file.Cut != tt.cut) {
			t.Errorf("%q: %.100s, cut %t, want %q in it, cut %t", tt.path, answer.body, file.Cut, tt.want, tt.cut)
		}
	}
	h.must(os.RemoveAll(filepath.Join(h.plugins, "p")))
	if answer := h.send(message{method: http.MethodGet, path: "/api/plugins/plugins/p/files/"}); answer.status != http.StatusNotFound {
		t.Errorf("a folder that is gone: %d %s", answer.status, answer.body)
	}
}
