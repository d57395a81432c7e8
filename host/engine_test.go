package host_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"testing"
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

// untilEngine waits until an engine runs the plugin.
func (s *site) untilEngine(plugin, want string) {
	s.t.Helper()
	for {
		_, answer := s.ask("GET", "plugins/"+plugin+"/", "")
		var entry struct{ Engine, State string }
		if err := json.Unmarshal(answer, &entry); err != nil || entry.State == "failed" {
			s.t.Fatalf("%s: %s", plugin, answer)
		}
		if entry.Engine == want {
			return
		}
	}
}
