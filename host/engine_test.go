package host_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestEngines puts a plugin onto every engine while it is called all the time.
func TestEngines(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("go"); err != nil {
		t.Fatal(err) // which is strange: it runs this test
	}
	s := newSite(t)
	e := edited{name: "live_go", file: "main.go", code: liveGo}
	s.write(e, "1")
	s.begin()
	s.want("POST", e.name+"/enabled/", `{"enabled":true}`)
	s.want("POST", e.name+"/run/", `{"action":"say"}`)
	s.untilEngine(e.name, "compiled") // by itself, once it is left alone
	stop := s.load(e.name, "say")
	for i, wish := range []string{"interpreted", "compiled", "interpreted", "auto", "compiled", ""} {
		s.want("POST", e.name+"/engine/", fmt.Sprintf(`{"engine":%q}`, wish))
		want := wish
		if want != "interpreted" {
			want = "compiled"
		}
		s.untilEngine(e.name, want)
		if got := s.says(e.name); got != 1 {
			t.Errorf("step %d, wished %q: version %d answers", i, wish, got)
		}
	}
	t.Logf("%d calls meanwhile", stop())
	if status, answer := s.ask("POST", "plugins/"+e.name+"/engine/", `{"engine":"steam"}`); status != http.StatusBadRequest {
		t.Errorf("a wish for what is not there: %d %s", status, answer)
	}
}

const whereGo = `package main

import (
	"os"
	"path/filepath"

	"github.com/pluggarr/pluggarr/sdk"
)

type Settings struct{}

func where(_ *sdk.Context, _ Settings) (sdk.Result, error) {
	dir, err := os.Getwd()
	return sdk.OK("in %s", filepath.Base(dir)), err
}

func main() {
	sdk.Serve(sdk.Plugin{Name: "Where", Actions: []sdk.Action{{ID: "where", Label: "Where", Run: sdk.Handle(where)}}})
}
`

// TestEnginesRunInThePluginsFolder asks for the working folder on each engine.
func TestEnginesRunInThePluginsFolder(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.write(edited{name: "where_go", file: "main.go", code: whereGo}, "")
	s.begin()
	s.want("POST", "where_go/enabled/", `{"enabled":true}`)
	for _, engine := range []string{"interpreted", "compiled"} {
		s.want("POST", "where_go/engine/", fmt.Sprintf(`{"engine":%q}`, engine))
		s.untilEngine("where_go", engine)
		if _, answer := s.ask("POST", "plugins/where_go/run/", `{"action":"where"}`); !strings.Contains(string(answer), `"in where_go"`) {
			t.Errorf("%s: %s", engine, answer)
		}
	}
}

// untilEngine waits until an engine runs the plugin.
func (s *site) untilEngine(plugin, want string) {
	s.t.Helper()
	for end := time.Now().Add(patience); ; {
		_, answer := s.ask("GET", "plugins/"+plugin+"/", "")
		if time.Now().After(end) {
			s.t.Fatalf("%s is not %s: %s", plugin, want, answer)
		}
		var entry struct{ Engine, State string }
		if err := json.Unmarshal(answer, &entry); err != nil || entry.State == "failed" {
			s.t.Fatalf("%s: %s", plugin, answer)
		}
		if entry.Engine == want {
			return
		}
	}
}
