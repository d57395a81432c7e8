package web_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var (
	update = flag.Bool("update", false, "write the answers that come into the scenarios")
	// Keys, how they begin, tokens and times.
	secrets = regexp.MustCompile(`pgr_[\w-]{40}|pgr_[\w-]{4}|eyJ[\w-]+\.[\w-]+\.[\w-]+|20\d\d-\d\d-\d\dT[\d:.]+Z`)
	uuids   = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
)

// TestScenarios plays testdata/*.txtar: a file "plugins/…" is put into the
// plugins folder, a file "> …" is a request, the file "<" after it the answer.
func TestScenarios(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("found the scenarios %q, %v", names, err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			play(t, name)
		})
	}
}

func play(t *testing.T, name string) {
	t.Helper()
	script, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t)
	var asked, got string
	for i, f := range script.Files {
		switch {
		case strings.HasPrefix(f.Name, "plugins/"):
			h.file(strings.TrimPrefix(f.Name, "plugins/"), string(f.Data))
		case strings.HasPrefix(f.Name, ">"):
			asked = f.Name
			m, show := parse(t, string(f.Data))
			answer := h.send(m)
			answer.body = picked(t, answer.body, show)
			got = h.shown(answer)
		case f.Name == "<" && *update:
			script.Files[i].Data = []byte(got)
		case f.Name == "<":
			if want := string(f.Data); got != want {
				t.Errorf("%s:\n%s\nwant\n%s", asked, got, want)
			}
		default:
			t.Fatalf("%s: what is %q?", name, f.Name)
		}
	}
	if *update {
		h.must(os.WriteFile(name, txtar.Format(script), 0o644))
	}
}

// parse reads a request: method and path, headers, an empty line, the body. The
// header As names a key, Show what of a long answer matters.
func parse(t *testing.T, text string) (message, []string) {
	t.Helper()
	head, body, _ := strings.Cut(text, "\n\n")
	line, rest, _ := strings.Cut(head, "\n")
	method, path, ok := strings.Cut(strings.TrimSpace(line), " ")
	if !ok {
		t.Fatalf("not a request: %q", line)
	}
	header, err := textproto.NewReader(bufio.NewReader(strings.NewReader(strings.TrimSpace(rest) + "\n\n"))).ReadMIMEHeader()
	if err != nil && strings.TrimSpace(rest) != "" {
		t.Fatal(err)
	}
	m := message{method: method, path: path, body: strings.TrimSpace(body), header: http.Header(header)}
	m.as = m.header.Get("As")
	m.header.Del("As")
	show := strings.Fields(m.header.Get("Show"))
	m.header.Del("Show")
	return m, show
}

// picked is what stands at some paths of an answer, as in "plugin.state".
func picked(t *testing.T, body string, paths []string) string {
	t.Helper()
	if len(paths) == 0 {
		return body
	}
	var lines []string
	for _, path := range paths {
		at := json.RawMessage(body)
		for name := range strings.SplitSeq(path, ".") {
			var object map[string]json.RawMessage
			if err := json.Unmarshal(at, &object); err != nil {
				t.Fatalf("%s of %s: %v", path, body, err)
			}
			at = object[name]
		}
		lines = append(lines, fmt.Sprintf("%s: %s", path, at))
	}
	return strings.Join(lines, "\n")
}

// shown is an answer as the scenarios hold it: without what differs from run to
// run, and without the headers that every answer has.
func (h *house) shown(answer reply) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d\n", answer.status)
	usual := map[string]string{
		"Content-Type": "application/json; charset=utf-8", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
	}
	for name, value := range usual {
		if got := answer.header.Get(name); got != value {
			fmt.Fprintf(&b, "%s: %s\n", name, got)
		}
	}
	var names []string
	for name := range answer.header {
		if usual[name] == "" && !slices.Contains([]string{"Date", "Content-Length", "Connection"}, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&b, "%s: %s\n", name, answer.header.Get(name))
	}
	var pretty bytes.Buffer
	if json.Indent(&pretty, []byte(answer.body), "", "  ") != nil {
		pretty.WriteString(answer.body)
	}
	b.WriteString("\n" + pretty.String() + "\n")
	text := strings.NewReplacer(h.url, "http://HOST", h.plugins, "PLUGINS").Replace(b.String())
	text = uuids.ReplaceAllString(text, "UUID")
	return secrets.ReplaceAllStringFunc(text, func(found string) string {
		for start, name := range map[string]string{"pgr_": "KEY", "eyJ": "TOKEN", "20": "TIME"} {
			if strings.HasPrefix(found, start) {
				return name
			}
		}
		return found
	})
}
