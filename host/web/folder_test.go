package web_test

import (
	"archive/zip"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/web"
)

const hello = `package main

import "github.com/pluggarr/pluggarr/sdk"

func say(ctx *sdk.Context, _ struct{}) (sdk.Result, error) { return sdk.OK("one"), nil }

func main() {
	sdk.Serve(sdk.Plugin{Name: "Hello", Actions: []sdk.Action{
		{ID: "say", Label: "Say", Run: sdk.Handle(say)},
	}})
}
`

// archive is a zip archive of files: name, text, name, text.
func archive(tb testing.TB, pairs ...string) string {
	tb.Helper()
	var b strings.Builder
	z := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		w, err := z.Create(pairs[i])
		if err == nil {
			_, err = io.WriteString(w, pairs[i+1])
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

// form is a multipart form of fields: name, file name ("" for no file), text.
func form(tb testing.TB, triples ...string) (body, kind string) {
	tb.Helper()
	var b strings.Builder
	f := multipart.NewWriter(&b)
	for i := 0; i < len(triples); i += 3 {
		var w io.Writer
		var err error
		if triples[i+1] == "" {
			w, err = f.CreateFormField(triples[i])
		} else {
			w, err = f.CreateFormFile(triples[i], triples[i+1])
		}
		if err == nil {
			_, err = io.WriteString(w, triples[i+2])
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.String(), f.FormDataContentType()
}

// importing sends an import of those fields as the admin.
func (h *house) importing(triples ...string) reply {
	h.tb.Helper()
	body, kind := form(h.tb, triples...)
	return h.send(message{
		method: http.MethodPost, path: "/api/plugins/plugins/import/", body: body,
		header: http.Header{"Content-Type": {kind}},
	})
}

// A plugin goes in, out, is replaced, and goes.
func TestImportExportDelete(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const at = "/api/plugins/plugins/hello/"
	one, two := archive(t, "Hello/main.go", hello), archive(t, "Hello/main.go", strings.Replace(hello, `"one"`, `"two"`, 1))

	var is struct {
		Success    bool  `json:"success"`
		WasManaged *bool `json:"was_managed"`
		Plugin     struct {
			Key     string `json:"key"`
			Enabled bool   `json:"enabled"`
		} `json:"plugin"`
	}
	got := h.importing("file", "x.zip", one)
	if err := json.Unmarshal([]byte(got.body), &is); err != nil || got.status != http.StatusOK || !is.Success ||
		is.WasManaged == nil || is.Plugin.Key != "hello" || is.Plugin.Enabled {
		t.Fatalf("import: %d %s", got.status, got.body)
	}
	h.enable("hello")
	said := func(want string) {
		t.Helper()
		if status, body := h.post(at+"run/", `{"action": "say"}`); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("run: %d %s, want %s", status, body, want)
		}
	}
	said("one")
	for _, overwrite := range []string{"", "false", "0", "NO"} {
		got := h.importing("overwrite", "", overwrite, "file", "x.zip", two)
		want := `"error":"Plugin 'hello' already exists"`
		if overwrite == "" {
			want = `"error":"Invalid 'overwrite' boolean"`
		}
		if got.status != http.StatusBadRequest || !strings.Contains(got.body, want) {
			t.Errorf("overwrite=%q: %d %s, want %s", overwrite, got.status, got.body, want)
		}
	}
	said("one")
	if got := h.importing("file", "x.zip", two, "overwrite", "", "true"); got.status != http.StatusOK {
		t.Fatalf("import over it: %d %s", got.status, got.body)
	}
	said("two")

	out := h.send(message{method: http.MethodGet, path: at + "export/"})
	if out.status != http.StatusOK || out.header.Get("Content-Type") != "application/zip" ||
		out.header.Get("Content-Disposition") != "attachment; filename=hello.zip" {
		t.Fatalf("export: %d %v", out.status, out.header)
	}
	if got := h.send(message{method: http.MethodDelete, path: at + "delete/"}); got.status != http.StatusOK || got.body != `{"success":true}` {
		t.Fatalf("delete: %d %s", got.status, got.body)
	}
	if left, err := os.ReadDir(h.plugins); err != nil || len(left) != 0 {
		t.Errorf("after a deletion the folder holds %v, %v", left, err)
	}
	if got := h.send(message{method: http.MethodGet, path: at}); got.status != http.StatusNotFound {
		t.Errorf("a deleted plugin: %d %s", got.status, got.body)
	}
	if got := h.importing("file", "other.zip", out.body); got.status != http.StatusOK || !strings.Contains(got.body, `"key":"hello"`) {
		t.Errorf("an export is not imported: %d %s", got.status, got.body)
	}
	h.enable("hello")
	said("two")
	if left, err := os.ReadDir(h.cfg.Temp); err != nil || len(left) != 0 {
		t.Errorf("uploads stay behind: %v, %v", left, err)
	}
}

func (h *house) enable(key string) {
	h.tb.Helper()
	if status, body := h.post("/api/plugins/plugins/"+key+"/enabled/", `{"enabled": true}`); status != http.StatusOK {
		h.tb.Fatal(body)
	}
}

// What is refused leaves nothing behind.
func TestImportsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	good := archive(t, "p/main.go", hello)
	for _, tt := range []struct {
		name string
		form []string
		want string // a part of the answer
	}{
		{"no fields", nil, `"error":"Missing 'file' upload"`},
		{"a file without a name", []string{"file", "", good}, `"error":"Missing 'file' upload"`},
		{"another field", []string{"file", "x.zip", good, "x", "", "1"}, `Unknown field \"x\"`},
		{"two files", []string{"file", "x.zip", good, "file", "y.zip", good}, `The field \"file\" is there twice.`},
		{"a word that is no boolean", []string{"file", "x.zip", good, "overwrite", "", "maybe"}, `"error":"Invalid 'overwrite' boolean"`},
		{"no archive", []string{"file", "x.zip", "PK"}, `"success":false,"error":"Invalid zip file"`},
		{"an empty archive", []string{"file", "x.zip", archive(t)}, `"error":"Archive is empty"`},
		{"a path that leads out", []string{"file", "x.zip", archive(t, "../main.go", hello)}, `"error":"Unsafe path in archive"`},
		{"no plugin", []string{"file", "x.zip", archive(t, "p/README", "x")}, `"error":"Invalid plugin: `},
	} {
		if got := h.importing(tt.form...); got.status != http.StatusBadRequest || !strings.Contains(got.body, tt.want) {
			t.Errorf("%s: %d %s, want %s", tt.name, got.status, got.body, tt.want)
		}
	}
	if status, body := h.post("/api/plugins/plugins/import/", `{}`); status != http.StatusBadRequest || !strings.Contains(body, "Missing 'file' upload") {
		t.Errorf("JSON: %d %s", status, body)
	}
	for _, dir := range []string{h.plugins, h.cfg.Temp} {
		if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
			t.Errorf("%s holds %v, %v", dir, left, err)
		}
	}
}

// endless sends zeros for as long as somebody reads.
type endless struct{}

func (endless) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

func TestImportIsNotEndless(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	head, kind := form(t, "file", "x.zip", "")
	head, _, _ = strings.Cut(head, "\r\n\r\n")
	body := io.MultiReader(strings.NewReader(head+"\r\n\r\n"), io.LimitReader(endless{}, 211<<20))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+"/api/plugins/plugins/import/", body)
	h.must(err)
	r.Header.Set("Content-Type", kind)
	r.Header.Set("X-API-Key", h.keys["admin"])
	w := httptest.NewRecorder()
	said := httptest.NewRequestWithContext(t.Context(), http.MethodPost, r.URL.Path, nil)
	said.Host, said.Header, said.ContentLength = "localhost", r.Header, 211<<20
	web.Handler(h.cfg).ServeHTTP(w, said)
	if w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a length of 211 MiB: status %d, want 413", w.Code)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(r)
	h.must(err)
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d, want 413", answer.StatusCode)
	}
}

func TestDeleteOfStrangePaths(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	beside := filepath.Join(filepath.Dir(h.plugins), "beside")
	h.must(os.MkdirAll(beside, 0o755))
	h.file("Left Alone/main.go", hello)
	for key, want := range map[string]int{
		"nobody": 200, "a%20b": 200, "%2e%2e": 400, "%2e": 400, "..%2fbeside": 400, "%2F": 400, "a%5Cb": 400, "a%00": 400,
		"runs": 404, "import": 404, "reload": 404,
	} {
		got := h.send(message{method: http.MethodDelete, path: "/api/plugins/plugins/" + key + "/delete/"})
		if got.status != want || want == http.StatusBadRequest && !strings.Contains(got.body, `"error":"Invalid plugin path"`) {
			t.Errorf("%s: %d %s, want %d", key, got.status, got.body, want)
		}
	}
	for _, path := range []string{beside, filepath.Join(h.plugins, "Left Alone", "main.go")} {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
	if got := h.send(message{method: http.MethodDelete, path: "/api/plugins/plugins/Left%20Alone/delete/"}); got.status != http.StatusOK {
		t.Errorf("by its folder's name: %d %s", got.status, got.body)
	}
	if _, err := os.Stat(filepath.Join(h.plugins, "Left Alone")); !os.IsNotExist(err) {
		t.Errorf("the folder is still there: %v", err)
	}
}

// What an archive says does not come back in an answer.
func TestImportErrorsAreQuiet(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	evil := "../<script>" + strings.Repeat("x", 100)
	got := h.importing("file", "x.zip", archive(t, evil, ""))
	if strings.Contains(got.body, "script") {
		t.Errorf("the answer repeats the archive: %s", got.body)
	}
}
