package host_test

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host"
	"github.com/pluggarr/pluggarr/host/registry"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/store/storetest"
)

// envKills is how often TestKilled kills the host; a few times without it.
const envKills = "PLUGGARR_TEST_KILLS"

// hostAlone is the main function of the host that is killed.
func hostAlone(data, database string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	h, err := host.New(ctx, host.Config{
		Data: data, Database: database, Listen: "127.0.0.1:0", Self: os.Args[0],
		Ready: func([]registry.Entry) { fmt.Println("ready") },
	})
	if err == nil {
		err = h.Run(ctx)
	}
	if err != nil {
		fmt.Println("the host:", err)
		return 1
	}
	return 0
}

const tally = `package main

import "github.com/pluggarr/pluggarr/sdk"

type Settings struct{}

func count(ctx *sdk.Context, _ Settings) (sdk.Result, error) {
	for i := range 40 {
		ctx.Progress(i, 40, "counting")
		if err := ctx.Host.Storage.Set(ctx, "n", i); err != nil {
			return sdk.Result{}, err
		}
	}
	return sdk.OK("counted"), nil
}

func main() {
	sdk.Serve(sdk.Plugin{Name: "Tally", Actions: []sdk.Action{
		{ID: "count", Label: "Count", Background: true, Run: sdk.Handle(count)},
	}})
}
`

const (
	killedStreams    = 12_000
	killedProgrammes = 6000
)

// restless serves a playlist and a guide of which a part is different each time.
func restless(t *testing.T) string {
	t.Helper()
	var asked atomic.Int64
	begin := time.Now().UTC().Truncate(time.Hour)
	serve := func(w http.ResponseWriter, r *http.Request) {
		n := int(asked.Add(1))
		out := bufio.NewWriter(w)
		defer func() { _ = out.Flush() }()
		version := func(i int) int { return (i + n) / 5 }
		if r.URL.Path == "/list.m3u" {
			fmt.Fprintln(out, "#EXTM3U")
			for i := range killedStreams {
				fmt.Fprintf(out, "#EXTINF:-1 tvg-id=\"one\" group-title=\"Group %d\",Station %d of %d\nhttp://tv.example/%d.ts\n", i%7, i, version(i), i)
			}
			return
		}
		fmt.Fprint(out, `<tv><channel id="one"><display-name>One</display-name></channel>`)
		for i := range killedProgrammes {
			at := begin.Add(time.Duration(i) * time.Minute)
			fmt.Fprintf(out, `<programme start="%s +0000" stop="%s +0000" channel="one"><title>Show %d of %d</title></programme>`,
				at.Format("20060102150405"), at.Add(time.Minute).Format("20060102150405"), i, version(i))
		}
		fmt.Fprint(out, "</tv>")
	}
	server := httptest.NewServer(http.HandlerFunc(serve))
	t.Cleanup(server.Close)
	return server.URL
}

// victim is a host in a process of its own.
type victim struct {
	*site
	cmd *exec.Cmd
}

// rise starts the host and waits until it does its work.
func (s *site) rise() *victim {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), cmp.Or(s.program, os.Args[0]), "host", s.data, s.database)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if lines.Text() != "ready" {
			s.t.Error(lines.Text())
			continue
		}
		local, err := host.ReadLocal(s.data)
		if err != nil {
			s.t.Fatal(err)
		}
		s.url, s.key = local.URL+"/api/plugins/", local.Key
		return &victim{s, cmd}
	}
	s.t.Fatalf("the host has ended: %v", cmd.Wait())
	return nil
}

// end sends the host a signal and waits for its end.
func (v *victim) end(how os.Signal) {
	v.t.Helper()
	if err := v.cmd.Process.Signal(how); err != nil {
		v.t.Error(err)
	}
	err := v.cmd.Wait()
	if (err == nil) != (how == syscall.SIGTERM) {
		v.t.Errorf("after %v the host ended with %v", how, err)
	}
}

// TestKilled kills a host in the middle of its work, again and again. In the
// end all of the work is done, once, and the database is sound.
func TestKilled(t *testing.T) {
	t.Parallel()
	kills := 4
	if word := os.Getenv(envKills); word != "" {
		var err error
		if kills, err = strconv.Atoi(word); err != nil {
			t.Fatal(err)
		}
	}
	for name, database := range map[string]func(*testing.T) store.Config{
		"sqlite":   func(*testing.T) store.Config { return store.Config{} },
		"postgres": func(t *testing.T) store.Config { t.Helper(); return storetest.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			cfg := database(t)
			s.database = cfg.Database
			if cfg.Database == "" {
				cfg.Path = s.data + "/host/pluggarr.db"
			}
			killed(t, s, kills)
			s.sound(cfg)
		})
	}
}

func killed(t *testing.T, s *site, kills int) {
	t.Helper()
	s.write(edited{name: "tally", file: "main.go", code: tally}, "")
	v := s.rise()
	account, source := s.lineup(restless(t))
	s.want("POST", "tally/enabled/", `{"enabled":true}`)
	var longest, latest time.Duration
	for round := range kills {
		for path, body := range map[string]string{
			fmt.Sprintf("/api/m3u/refresh/%d/", account): "", "/api/epg/import/": fmt.Sprintf(`{"id":%d}`, source),
			"plugins/tally/run/": `{"action":"count"}`,
		} {
			if status, answer := s.ask("POST", path, body); status != http.StatusAccepted {
				t.Fatalf("POST %s: %d %s", path, status, answer)
			}
		}
		moment := time.NewTimer(time.Duration(round*83%900+15) * time.Millisecond) // any: it has to bear every one
		<-moment.C
		v.end(syscall.SIGKILL)
		begun := time.Now()
		v = s.rise()
		longest = max(longest, time.Since(begun))
		s.goesOn()
		latest = max(latest, time.Since(begun))
	}
	s.rest()
	t.Logf("%d kills; the next start took %v at most, and %v until its first job went on",
		kills, longest.Round(time.Millisecond), latest.Round(time.Millisecond))
	s.allOK()
	var runs struct {
		Runs []struct{ ID, Status, Error string }
	}
	s.get("plugins/plugins/tally/runs/", &runs)
	if len(runs.Runs) != kills {
		t.Errorf("%d runs, want %d", len(runs.Runs), kills)
	}
	for _, run := range runs.Runs {
		if run.Status != "ok" {
			t.Errorf("run %s is %s: %s", run.ID, run.Status, run.Error)
		}
	}
	v.end(syscall.SIGTERM)
}

// goesOn waits until a job runs, or none is left.
func (s *site) goesOn() {
	s.t.Helper()
	var all struct{ Jobs []job }
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if s.get("jobs/?unfinished=true", &all); len(all.Jobs) == 0 ||
			slices.ContainsFunc(all.Jobs, func(j job) bool { return j.State == "running" }) {
			return
		}
	}
	s.t.Fatalf("no job goes on: %+v", all.Jobs)
}

// allOK looks at every job there was.
func (s *site) allOK() {
	s.t.Helper()
	for path := "jobs/?limit=500"; ; {
		var all struct{ Jobs []job }
		if s.get(path, &all); len(all.Jobs) == 0 {
			break
		}
		for _, j := range all.Jobs {
			if path = fmt.Sprintf("jobs/?limit=500&before=%d", j.ID); j.State != "ok" {
				s.t.Errorf("job %d, %s, is %s: %s", j.ID, j.Kind, j.State, j.Error)
			}
		}
	}
}

// sound looks at what is left in the database.
func (s *site) sound(cfg store.Config) {
	s.t.Helper()
	db := storetest.Raw(s.t, cfg)
	checks := map[string]string{
		"SELECT count(*) || ' ' || count(DISTINCT url) || ' ' || count(DISTINCT stream_hash) FROM dispatcharr_channels_stream": fmt.Sprintf("%[1]d %[1]d %[1]d", killedStreams),
		"SELECT count(*) || ' ' || count(DISTINCT start_time) FROM epg_programdata":                                            fmt.Sprintf("%[1]d %[1]d", killedProgrammes),
		"SELECT status FROM m3u_m3uaccount WHERE name = 'List'":                                                                "success",
		"SELECT status FROM epg_epgsource WHERE name = 'Guide'":                                                                "success",
		"SELECT count(*) FROM river_job WHERE finalized_at IS NULL":                                                            "0",
	}
	if cfg.Database == "" {
		checks["PRAGMA integrity_check"] = "ok"
		checks["SELECT count(*) FROM pragma_foreign_key_check"] = "0"
	}
	for query, want := range checks {
		var got string
		if err := db.QueryRowContext(s.t.Context(), query).Scan(&got); err != nil || got != want {
			s.t.Errorf("%s: %s, %v, want %s", query, got, err, want)
		}
	}
}
