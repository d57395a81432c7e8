package host_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// edited is a plugin that is edited while it is called.
type edited struct {
	name, file string
	code       string // with VERSION where the version goes
	broken     string // put in the place of VERSION; the code does not load then
	edits      int
}

const liveGo = `package main

import "github.com/pluggarr/pluggarr/sdk"

type Settings struct{}

func say(*sdk.Context, Settings) (sdk.Result, error) { return sdk.OK("version %d.", VERSION), nil }

func main() {
	sdk.Serve(sdk.Plugin{Name: "Live", Actions: []sdk.Action{{ID: "say", Label: "Say", Run: sdk.Handle(say)}}})
}
`

const livePython = `import fcntl, socket


class Plugin:
    name = "Live"
    actions = [{"id": "say", "label": "Say"}]

    def __init__(self):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", PORT))
        self.socket.listen()
        self.file = open("KEPT", "w")
        fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def run(self, action, params, context):
        return {"status": "ok", "message": "version %d." % VERSION}
`

// TestEditsAreLive edits plugins, a third of the time so that they do not
// load, while they are called all the time. No call fails, a good edit answers,
// and a bad one is shown while the version before it answers. The Python plugin
// takes a port and a lock when it is made.
func TestEditsAreLive(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	python := strings.NewReplacer("PORT", freePort(t), "KEPT", filepath.Join(t.TempDir(), "lock")).Replace(livePython)
	all := []edited{
		{"live_go", "main.go", liveGo, "missing", 60},
		{"live_python", "plugin.py", python, "(", 60},
	}
	for _, e := range all {
		s.write(e, "0")
	}
	s.begin()
	for _, e := range all {
		s.want("POST", e.name+"/enabled/", `{"enabled":true}`)
	}
	for _, e := range all {
		t.Run(e.name, func(t *testing.T) {
			s := s.in(t)
			stop := s.load(e.name, "say")
			last := 0
			for i := 1; i <= e.edits; i++ {
				if i%3 == 0 {
					s.write(e, e.broken)
					s.untilBroken(e.name)
					if got := s.says(e.name); got != last {
						t.Fatalf("after a bad edit version %d answers, not %d", got, last)
					}
					continue
				}
				s.write(e, fmt.Sprint(i))
				late := time.Now().Add(patience)
				for got := s.says(e.name); got != i; got = s.says(e.name) {
					if got != last || time.Now().After(late) {
						t.Fatalf("version %d answers, want %d, until it is there %d", got, i, last)
					}
				}
				last = i
			}
			t.Logf("%d calls during %d edits", stop(), e.edits)
		})
	}
}

// in is the site for a part of the test.
func (s *site) in(t *testing.T) *site {
	part := *s
	part.t = t
	return &part
}

// write saves a version of a plugin.
func (s *site) write(e edited, version string) {
	s.t.Helper()
	path := filepath.Join(s.data, "plugins", e.name, e.file)
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = os.WriteFile(path, []byte(strings.ReplaceAll(e.code, "VERSION", version)), 0o600)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// says returns the version that answers.
func (s *site) says(plugin string) int {
	_, answer := s.ask("POST", "plugins/"+plugin+"/run/", `{"action":"say"}`)
	var got struct{ Result struct{ Message string } }
	var version int
	err := json.Unmarshal(answer, &got)
	if err == nil {
		_, err = fmt.Sscanf(got.Result.Message, "version %d.", &version)
	}
	if err != nil {
		s.t.Fatalf("%s answered %s", plugin, answer)
	}
	return version
}

// untilBroken waits until a plugin's entry shows what is wrong with its file.
func (s *site) untilBroken(plugin string) {
	s.t.Helper()
	for late := time.Now().Add(patience); time.Now().Before(late); {
		_, answer := s.ask("GET", "plugins/"+plugin+"/", "")
		var entry struct {
			Error *struct {
				Hint string `json:"hint"`
			} `json:"error"`
		}
		if err := json.Unmarshal(answer, &entry); err != nil {
			s.t.Fatalf("%s: %s", plugin, answer)
		}
		if entry.Error != nil && strings.Contains(entry.Error.Hint, "keeps serving") {
			return
		}
	}
	s.t.Fatalf("the entry of %s says nothing of its mistake", plugin)
}
