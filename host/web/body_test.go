package web_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
)

func TestBodies(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.file("p/plugin.json", `{"name": "P", "executable": "run"}`)
	h.file("p/run", "")
	const (
		settings, enabled, run = "settings", "enabled", "run"
		form                   = "application/x-www-form-urlencoded"
	)
	kind, parts := multi(t, false)
	_, withFile := multi(t, true)
	for _, tt := range []struct {
		name, route, kind, body string
		status                  int
		says                    string // a part of the answer
	}{
		{"an object", settings, "", `{"settings": {"a": 1}}`, 200, `"settings":{"a":1}`},
		{"with a byte order mark and space", settings, "", "\xef\xbb\xbf {\"settings\": {}}\r\n", 200, `"settings":{}`},
		{"JSON in upper case with a parameter", settings, "Application/JSON; charset=UTF-8", `{"settings": {}}`, 200, ""},
		{"cut off", settings, "", "{\n \"settings\": ", 400, `"detail":"JSON parse error - unexpected end of JSON input (line 2, column`},
		{"a slip", settings, "", "{\n  \"settings\": {},\n}", 400, `(line 3, column 1)`},
		{"garbage behind it", settings, "", `{"settings": {}} x`, 400, "JSON parse error"},
		{"two values", settings, "", `{"settings": {}}{}`, 400, "JSON parse error"},
		{"NaN", settings, "", `{"settings": {"a": NaN}}`, 400, "JSON parse error"},
		{"not UTF-8", settings, "", "{\"settings\": {\"a\": \"\xff\"}}", 400, "not UTF-8"},
		{"UTF-16", settings, "", "\xff\xfe{\x00}\x00", 400, "not UTF-8"},
		{"a key twice", settings, "", `{"settings": {}, "settings": {"a": 1}}`, 400, `the key \"settings\" comes twice`},
		{"a key twice inside", settings, "", `{"settings": {"a": [{"b": 1, "b": 2}]}}`, 400, `the key \"b\" comes twice`},
		{"the same key side by side", settings, "", `{"settings": {"a": [{"b": "b"}, {"b": ["b", "b"]}]}}`, 200, ""},
		{"a key twice, escaped", settings, "", `{"settings": {"a": 1, "\u0061": 2}}`, 400, "comes twice"},
		{"a list", settings, "", `[1]`, 400, "The body has to be a JSON object."},
		{"an empty list", settings, "", `[]`, 400, "The body has to be a JSON object."},
		{"null", settings, "", `null`, 400, "The body has to be a JSON object."},
		{"nothing", settings, "", ``, 400, "Missing 'settings'"},
		{"settings missing", settings, "", `{}`, 400, "Missing 'settings'"},
		{"settings null", settings, "", `{"settings": null}`, 400, "have to be a JSON object"},
		{"settings a list", settings, "", `{"settings": []}`, 400, "have to be a JSON object"},
		{"too deep", settings, "", `{"settings": {"a": ` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `}}`, 400, ""},
		{"far too deep", settings, "", `{"settings": ` + strings.Repeat("[", 20_000) + `}`, 400, ""},
		{"too long", settings, "", `{"settings": {"a": "` + strings.Repeat("x", 1<<20) + `"}}`, 413, "1048576 bytes"},
		{"more than was asked for", settings, "", `{"settings": {}, "key": "x", "enabled": true}`, 400, `"errors":[{"field":"enabled","message":"is not known here"},{"field":"key"`},
		{"a form", settings, form, `settings={"a":1}`, 200, `"settings":{"a":1}`},
		{"a form with a key twice", settings, form, `settings={}&settings={}`, 400, "2 times"},
		{"a form that is none", settings, form, `settings=%zz`, 400, "Form parse error"},
		{"JSON sent as a form", settings, form, `{"settings": {}}`, 400, "Content-Type: application/json"},
		{"a multipart form", settings, kind, parts, 200, `"settings":{"a":1}`},
		{"a multipart form with a file", settings, kind, withFile, 400, "No file is taken here."},
		{"a multipart form that is none", settings, kind, "x", 400, "Multipart form parse error"},
		{"another media type", settings, "text/plain", `{"settings": {}}`, 415, `Unsupported media type \"text/plain\" in request.`},
		{"no media type", settings, "-", `{"settings": {}}`, 415, `Unsupported media type \"\" in request.`},
		{"enabled missing", enabled, "", `{}`, 400, "Missing 'enabled' boolean"},
		{"enabled null", enabled, "", `{"enabled": null}`, 400, "Missing 'enabled' boolean"},
		{"enabled 2", enabled, "", `{"enabled": 2}`, 400, "Invalid 'enabled' boolean"},
		{"enabled 1.0", enabled, "", `{"enabled": 1.0}`, 400, "Invalid 'enabled' boolean"},
		{"enabled maybe", enabled, "", `{"enabled": "maybe"}`, 400, "Invalid 'enabled' boolean"},
		{"enabled, a list", enabled, "", `{"enabled": [true]}`, 400, "Invalid 'enabled' boolean"},
		{"enabled by mass assignment", enabled, "", `{"enabled": true, "trusted": true}`, 400, `Unknown field \"trusted\"`},
		{"action missing", run, "", `{}`, 400, "Missing 'action'"},
		{"action null", run, "", `{"action": null}`, 400, "Missing 'action'"},
		{"action a number", run, "", `{"action": 5}`, 400, "Invalid 'action'"},
		{"no boolean", run, "", `{"action": "noop", "background": "maybe"}`, 400, `Invalid 'background' boolean`},
		{"long parameters", run, "", `{"action": "noop", "params": {"a": "` + strings.Repeat("x", 2<<20) + `"}}`, 403, "Plugin is disabled"},
		{"parameters that are too long", run, "", `{"action": "noop", "params": {"a": "` + strings.Repeat("x", 32<<20) + `"}}`, 413, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			header := http.Header{}
			switch tt.kind {
			case "":
			case "-":
				header["Content-Type"] = nil
			default:
				header.Set("Content-Type", tt.kind)
			}
			answer := h.send(message{
				method: http.MethodPost, path: "/api/plugins/plugins/p/" + tt.route + "/", body: tt.body, header: header,
			})
			if answer.status != tt.status || !strings.Contains(answer.body, tt.says) {
				t.Errorf("status %d, want %d with %q: %s", answer.status, tt.status, tt.says, answer.body)
			}
			if !json.Valid([]byte(answer.body)) {
				t.Errorf("the answer is not JSON: %s", answer.body)
			}
		})
	}
}

// Dispatcharr's words for true and false.
func TestWordsForEnabled(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.file("p/plugin.json", `{"name": "P", "executable": "run"}`)
	h.file("p/run", "")
	for want, words := range map[string][]string{
		"true":  {`true`, `1`, `"true"`, `" TRUE "`, `"1"`, `"yes"`, `"Y"`, `"on"`},
		"false": {`false`, `0`, `"false"`, `"0"`, `"No"`, `"n"`, `"off\n"`},
	} {
		for _, word := range words {
			status, body := h.post("/api/plugins/plugins/p/enabled/", `{"enabled": `+word+`}`)
			if status != http.StatusOK || !strings.HasPrefix(body, `{"success":true,"enabled":`+want+`,"ever_enabled":`) {
				t.Errorf("enabled %s: %d %.80s, want it %s", word, status, body, want)
			}
		}
	}
}

// A plugin that was put there a moment ago can be enabled at once.
func TestNewPluginsAreFound(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, route := range []struct{ path, body string }{
		{"settings/", `{"settings": {}}`},
		{"enabled/", `{"enabled": false}`},
		{"run/", `{"action": "noop"}`},
		{"", ""},
	} {
		key := "new_" + strings.TrimSuffix(route.path, "/")
		h.file(key+"/plugin.json", `{"name": "P", "executable": "run"}`)
		h.file(key+"/run", "")
		m := message{method: http.MethodPost, path: "/api/plugins/plugins/" + key + "/" + route.path, body: route.body}
		if route.path == "" {
			m.method = http.MethodGet
		}
		if answer := h.send(m); answer.status == http.StatusNotFound {
			t.Errorf("%s %s: %s", m.method, m.path, answer.body)
		}
	}
}

func TestHostThatEnds(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.file("p/plugin.json", `{"name": "P", "executable": "run"}`)
	h.file("p/run", "")
	h.post("/api/plugins/plugins/p/enabled/", `{"enabled": true}`)
	h.closed()
	status, body := h.post("/api/plugins/plugins/p/run/", `{"action": "noop"}`)
	if status != http.StatusServiceUnavailable || !strings.Contains(body, `"fault":"host"`) {
		t.Errorf("run on a host that ends: %d %s, want 503", status, body)
	}
}

// multi is a multipart form with its media type, the same one every time.
func multi(t *testing.T, file bool) (kind, body string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.SetBoundary("boundary"); err != nil {
		t.Fatal(err)
	}
	if err := w.WriteField("settings", `{"a": 1}`); err != nil {
		t.Fatal(err)
	}
	if file {
		if _, err := w.CreateFormFile("settings", "x.json"); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), b.String()
}

func FuzzBody(f *testing.F) {
	h := newHouse(f)
	for _, seed := range []struct{ kind, body string }{
		{"application/json", `{"action": "a", "params": {"b": [1, {"c": null}]}}`},
		{"application/json", `{"action": "a", "action": "b"}`},
		{"application/x-www-form-urlencoded", `action=a&params={"b":1}`},
		{"multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"action\"\r\n\r\na\r\n--x--\r\n"},
	} {
		f.Add(seed.kind, seed.body)
	}
	f.Fuzz(func(t *testing.T, kind, body string) {
		if strings.ContainsFunc(kind, func(r rune) bool { return r < ' ' || r > '~' }) {
			return // no client sends such a header
		}
		mine := *h
		mine.tb = t
		answer := mine.send(message{
			method: http.MethodPost, path: "/api/plugins/plugins/nobody/run/", body: body,
			header: http.Header{"Content-Type": {kind}},
		})
		switch answer.status {
		case http.StatusBadRequest, http.StatusNotFound, http.StatusUnsupportedMediaType:
		default:
			t.Errorf("status %d for %q as %q", answer.status, body, kind)
		}
		if !json.Valid([]byte(answer.body)) {
			t.Errorf("the answer to %q as %q is not JSON: %s", body, kind, answer.body)
		}
	})
}
