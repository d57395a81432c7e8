package ingest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/pluggarr/pluggarr/host/ingest"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/store/storetest"
)

// guideServer serves a guide that a test may change.
type guideServer struct {
	*httptest.Server

	text atomic.Pointer[string]
	sent atomic.Int32 // answers with a body
}

func serveGuide(t *testing.T, text string) *guideServer {
	t.Helper()
	g := &guideServer{}
	g.text.Store(&text)
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text := *g.text.Load()
		tag := fmt.Sprintf(`"%d"`, len(text))
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		g.sent.Add(1)
		fmt.Fprint(w, text)
	}))
	t.Cleanup(g.Close)
	return g
}

// guideBench is a database with a source, and what refreshes it.
type guideBench struct {
	*testing.T
	*store.Store
	*ingest.Ingest

	dir    string // for copies
	source int64
}

// eachDatabase runs a test on SQLite and on PostgreSQL; on SQLite also where
// nothing is quick enough for one transaction.
func eachDatabase(t *testing.T, source store.EPGSource, test func(*guideBench)) {
	t.Helper()
	for name, config := range map[string]func(testing.TB) store.Config{
		"sqlite": storetest.SQLite, "sqlite in steps": storetest.SQLite, "postgres": storetest.Postgres,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &guideBench{T: t, Store: storetest.Open(t, config(t)), dir: filepath.Join(t.TempDir(), "copies")}
			var err error
			if l.Ingest, err = ingest.New(ingest.Config{Store: l.Store, Dir: l.dir}); err != nil {
				t.Fatal(err)
			}
			if name == "sqlite in steps" {
				l.Hurry()
			}
			row := store.New[store.EPGSource]()
			row.Name, row.URL, row.FilePath = "Guide", source.URL, source.FilePath
			if source.SourceType != "" {
				row.SourceType = source.SourceType
			}
			if source.CustomProperties != nil {
				row.CustomProperties = source.CustomProperties
			}
			l.must(store.Create(t.Context(), l.Store, row))
			l.source = row.ID
			test(l)
		})
	}
}

func (l *guideBench) must(err error) {
	l.Helper()
	if err != nil {
		l.Fatal(err)
	}
}

// channel makes a channel of the lineup that shows a channel of the guide.
func (l *guideBench) channel(tvgID string) {
	l.Helper()
	channel := store.New[store.Channel]()
	channel.Name, channel.EPGDataID = "shows "+tvgID, l.guide(tvgID).ID
	l.must(store.Create(l.Context(), l.Store, channel))
}

// guide is the guide's channel with this ID.
func (l *guideBench) guide(tvgID string) store.EPGData {
	l.Helper()
	rows, err := l.EPGImport(l.source).Channels(l.Context())
	l.must(err)
	for _, row := range rows {
		if row.TvgID == tvgID {
			return row
		}
	}
	l.Fatalf("the guide has no channel %q", tvgID)
	return store.EPGData{}
}

// refresh refreshes the source, which must go well.
func (l *guideBench) refresh() ingest.EPGResult {
	l.Helper()
	result, err := l.RefreshEPG(l.Context(), l.source, nil)
	l.must(err)
	result.SourceName = ""
	return *result
}

func (l *guideBench) status() (status, message string) {
	l.Helper()
	row, err := store.Find[store.EPGSource](l.Context(), l.Store, l.source)
	l.must(err)
	return row.Status, row.LastMessage
}

// programmes are all programmes, as "channel start-end title", sorted.
func (l *guideBench) programmes() []string {
	l.Helper()
	rows, err := store.List[store.Programme](l.Context(), l.Store, store.Query{})
	l.must(err)
	var list []string
	for _, p := range rows {
		list = append(list, fmt.Sprintf("%s %s-%s %s", p.TvgID, p.StartTime.Format("15:04"), p.EndTime.Format("15:04"), p.Title))
	}
	slices.Sort(list)
	return list
}

// channels are the channels of the guide, as "id name icon", sorted.
func (l *guideBench) channels() []string {
	l.Helper()
	rows, err := l.EPGImport(l.source).Channels(l.Context())
	l.must(err)
	var list []string
	for _, row := range rows {
		list = append(list, fmt.Sprintf("%s|%s|%s", row.TvgID, row.Name, row.IconURL))
	}
	slices.Sort(list)
	return list
}

func (l *guideBench) same(what string, got, want any) {
	l.Helper()
	if !reflect.DeepEqual(got, want) {
		l.Errorf("%s = %v, want %v", what, got, want)
	}
}

const guideOfThree = `<?xml version="1.0"?><tv>
<channel id=" a "><display-name> </display-name><display-name> Channel A </display-name><icon src="http://i/a.png"/><icon src="http://i/b.png"/></channel>
<channel id="b"><icon src="http://i/LONG"/></channel><channel id="c"/><channel id=""/>
<programme channel="a" start="20240101100000 +0100" stop="20240101110000 +0100"><title>One</title></programme>
<programme channel="a" start="20240101110000 +0100" stop="20240101120000 +0100"><title>Two</title></programme>
<programme channel="b" start="20240101100000" stop="20240101110000"><title>Bee</title></programme>
<programme channel="c" start="20240101100000" stop="20240101110000"><title>Sea</title></programme>
<programme channel="a" start="20240101120000"><title>No end</title></programme>
<programme channel=" a " start="20240101120000" stop="20240101130000"><title>Another ID</title></programme>
</tv>`

func TestRefreshEPG(t *testing.T) {
	t.Parallel()
	first := strings.ReplaceAll(guideOfThree, "LONG", strings.Repeat("x", 500))
	eachDatabase(t, store.EPGSource{}, func(l *guideBench) {
		server := serveGuide(l.T, first)
		_, err := store.Update(l.Context(), l.Store, l.source, func(row *store.EPGSource) error { row.URL = server.URL; return nil })
		l.must(err)

		l.same("the first refresh", l.refresh(), ingest.EPGResult{Channels: 3})
		l.same("the channels", l.channels(), []string{"a|Channel A|http://i/a.png", "b|b|", "c|c|"})
		l.same("the programmes", l.programmes(), []string(nil))
		status, _ := l.status()
		l.same("the status", status, store.StatusSuccess)

		l.channel("a")
		l.channel("b")
		l.same("a refresh with two channels", l.refresh(), ingest.EPGResult{Channels: 3, Mapped: 2, Programmes: 3, Skipped: 2, Dropped: 1, Added: 3})
		l.same("the programmes", l.programmes(), []string{"a 09:00-10:00 One", "a 10:00-11:00 Two", "b 10:00-11:00 Bee"})
		l.same("downloads", server.sent.Load(), int32(1))

		before := l.ids()
		l.same("the same again", l.refresh(), ingest.EPGResult{Channels: 3, Mapped: 2, Programmes: 3, Skipped: 2, Dropped: 1})
		l.same("the rows", l.ids(), before)

		second := strings.NewReplacer(">Two<", ">Deux<", `<channel id="b">`, `<channel id="d"/><channel id="e">`, `id="c"`, `id="f"`,
			"http://i/a.png", "http://i/new.png").Replace(first)
		server.text.Store(&second)
		l.same("a changed guide", l.refresh(), ingest.EPGResult{Channels: 4, Mapped: 2, Programmes: 3, Skipped: 2, Dropped: 1, Added: 1, Removed: 1})
		l.same("the channels", l.channels(), []string{"a|Channel A|http://i/new.png", "b|b|", "d|d|", "e|e|", "f|f|"})
		l.same("the programmes", l.programmes(), []string{"a 09:00-10:00 One", "a 10:00-11:00 Deux", "b 10:00-11:00 Bee"})

		rows, err := store.List[store.Channel](l.Context(), l.Store, store.Query{})
		l.must(err)
		_, err = store.Update(l.Context(), l.Store, rows[0].ID, func(c *store.Channel) error { c.EPGDataID = 0; return nil })
		l.must(err)
		l.refresh()
		l.same("what is left when nobody shows a", l.programmes(), []string{"b 10:00-11:00 Bee"})
	})
}

// ids are the IDs of all programmes.
func (l *guideBench) ids() []int64 {
	l.Helper()
	rows, err := store.List[store.Programme](l.Context(), l.Store, store.Query{})
	l.must(err)
	var ids []int64
	for _, p := range rows {
		ids = append(ids, p.ID)
	}
	slices.Sort(ids)
	return ids
}

// A guide that breaks off takes nothing away from what it does not reach.
func TestRefreshOfABrokenGuide(t *testing.T) {
	t.Parallel()
	eachDatabase(t, store.EPGSource{}, func(l *guideBench) {
		path := l.file(guideOfThree)
		l.refresh()
		l.channel("a")
		l.channel("b")
		l.refresh()
		half := strings.Replace(guideOfThree[:strings.Index(guideOfThree, "<title>Bee")], "One", "Eins", 1)
		l.must(os.WriteFile(path, []byte(half), 0o600))
		result := l.refresh()
		l.same("warned", len(result.Warnings) > 0, true)
		l.same("the programmes", l.programmes(), []string{"a 09:00-10:00 Eins", "a 10:00-11:00 Two", "b 10:00-11:00 Bee"})
		_, message := l.status()
		l.same("the message tells", strings.Contains(message, "breaks off"), true)
		half = strings.Replace(half[:strings.Index(half, "<title>Two")], "Eins", "Uno", 1) // the channel's own programmes break off
		l.must(os.WriteFile(path, []byte(half), 0o600))
		l.refresh()
		l.same("the programmes", l.programmes(), []string{"a 09:00-10:00 Uno", "a 10:00-11:00 Two", "b 10:00-11:00 Bee"})
	})
}

// file makes text the guide of the source.
func (l *guideBench) file(text string) string {
	l.Helper()
	path := filepath.Join(l.TempDir(), "guide.xml")
	l.must(os.WriteFile(path, []byte(text), 0o600))
	_, err := store.Update(l.Context(), l.Store, l.source, func(row *store.EPGSource) error { row.FilePath = path; return nil })
	l.must(err)
	return path
}

func TestRefreshGuide(t *testing.T) {
	t.Parallel()
	eachDatabase(t, store.EPGSource{}, func(l *guideBench) {
		l.file(guideOfThree)
		l.refresh()
		row := l.guide("a")
		l.must(l.RefreshGuide(l.Context(), row.ID, false))
		l.same("the programmes of a channel that nobody shows", l.programmes(), []string(nil))
		l.channel("a")
		l.must(l.RefreshGuide(l.Context(), row.ID, false))
		l.same("the programmes", l.programmes(), []string{"a 09:00-10:00 One", "a 10:00-11:00 Two"})
		l.must(l.RefreshGuide(l.Context(), l.guide("b").ID, true))
		l.same("the programmes", l.programmes(), []string{"a 09:00-10:00 One", "a 10:00-11:00 Two", "b 10:00-11:00 Bee"})
	})
}

// Channels that were mapped since the last refresh get their programmes, and
// what a guide has nothing for is not looked for again and again.
func TestFill(t *testing.T) {
	t.Parallel()
	eachDatabase(t, store.EPGSource{}, func(l *guideBench) {
		path := l.file(strings.Replace(guideOfThree, `<channel id="c"/>`, `<channel id="c"/><channel id="empty"/>`, 1))
		filler := ingest.NewFiller(l.Ingest)
		l.refresh()
		l.channel("a")
		l.channel("empty")
		l.must(filler.Fill(l.Context()))
		l.same("the programmes", l.programmes(), []string{"a 09:00-10:00 One", "a 10:00-11:00 Two"})
		more := strings.Replace(guideOfThree, `channel="c"`, `channel="empty"`, 1)
		l.must(os.WriteFile(path, []byte(more), 0o600))
		l.must(filler.Fill(l.Context()))
		l.same("the programmes of a channel that had none when the guide was read", l.programmes(), []string{"a 09:00-10:00 One", "a 10:00-11:00 Two"})
		l.refresh()
		l.same("the programmes", l.programmes(), []string{"a 09:00-10:00 One", "a 10:00-11:00 Two", "empty 10:00-11:00 Sea"})
		l.channel("b")
		l.must(os.Remove(l.dir))
		if err := filler.Fill(l.Context()); err == nil {
			l.Error("programmes come in without a folder to keep them")
		}
		l.must(os.Mkdir(l.dir, 0o700))
		l.must(filler.Fill(l.Context()))
		l.same("the programmes, after what went wrong", len(l.programmes()), 4)
	})
}

func TestLogosOfTheGuide(t *testing.T) {
	t.Parallel()
	eachDatabase(t, store.EPGSource{CustomProperties: json.RawMessage(`{"auto_apply_epg_logos": true}`)}, func(l *guideBench) {
		l.file(guideOfThree)
		l.refresh()
		l.channel("a")
		l.channel("b")
		l.channel("a")
		l.refresh()
		rows, err := store.List[store.Channel](l.Context(), l.Store, store.Query{})
		l.must(err)
		logos := map[int64]string{}
		all, err := store.List[store.Logo](l.Context(), l.Store, store.Query{})
		l.must(err)
		for _, logo := range all {
			logos[logo.ID] = logo.Name + " " + logo.URL
		}
		for _, c := range rows {
			want := "Channel A http://i/a.png"
			if c.Name == "shows b" {
				want = "b http://i/LONG"
			}
			l.same("the logo of "+c.Name, logos[c.LogoID], want)
		}
		l.same("how many logos there are", len(all), 2)
	})
}

func TestProgressOfEPG(t *testing.T) {
	t.Parallel()
	eachDatabase(t, store.EPGSource{}, func(l *guideBench) {
		l.file(guideOfThree)
		l.refresh()
		l.channel("a")
		var told []string
		_, err := l.RefreshEPG(l.Context(), l.source, func(p ingest.Progress) {
			data := p.Data()
			l.same("type and source", []any{data["type"], data["source"]}, []any{"epg_refresh", l.source})
			told = append(told, strings.TrimSpace(fmt.Sprintf("%s %d %s", p.Action, p.Percent, p.Status)))
		})
		l.must(err)
		l.same("progress", told, []string{
			"downloading 0", "downloading 100", "parsing_channels 0", "parsing_channels 25", "parsing_channels 100 success",
			"parsing_programs 0", "parsing_programs 10", "parsing_programs 90", "parsing_programs 100 success",
		})
	})
}

func TestFailuresOfEPG(t *testing.T) {
	t.Parallel()
	page := serveGuide(t, "<html>You are not welcome</html>")
	dead := serveGuide(t, "")
	dead.Close()
	for _, c := range []struct {
		name   string
		source store.EPGSource
		fault  ingest.Fault
		says   string
		status string
	}{
		{"an error page", store.EPGSource{URL: page.URL}, ingest.FaultSource, "not an XMLTV guide", store.StatusError},
		{"a server that is down", store.EPGSource{URL: dead.URL}, ingest.FaultSource, "check the port", store.StatusError},
		{"no such file", store.EPGSource{FilePath: "/nowhere/guide.xml"}, ingest.FaultUser, "the file guide.xml", store.StatusError},
		{"neither address nor file", store.EPGSource{}, ingest.FaultUser, "neither", store.StatusError},
		{"Schedules Direct", store.EPGSource{SourceType: store.SourceSchedulesDirect}, ingest.FaultHost, "not supported", store.StatusError},
		{"a dummy source", store.EPGSource{SourceType: store.SourceDummy}, ingest.FaultUser, "nothing to refresh", store.StatusIdle},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			eachDatabase(t, c.source, func(l *guideBench) {
				var last ingest.Progress
				_, err := l.RefreshEPG(l.Context(), l.source, func(p ingest.Progress) { last = p })
				failure, ok := errors.AsType[*ingest.Failure](err)
				if !ok || failure.Fault != c.fault || !strings.Contains(failure.Error(), c.says) || strings.Contains(failure.Error(), "/nowhere") {
					l.Fatalf("RefreshEPG = %v, want a failure of the %s with %q", err, c.fault, c.says)
				}
				status, message := l.status()
				l.same("the status", status, c.status)
				if c.status == store.StatusError {
					l.same("the message", message, failure.Error())
					l.same("the last progress", []string{last.Status, last.Error}, []string{store.StatusError, failure.Error()})
				}
			})
		})
	}
}

func TestRefusalsOfEPG(t *testing.T) {
	t.Parallel()
	eachDatabase(t, store.EPGSource{}, func(l *guideBench) {
		l.file(guideOfThree)
		ctx, cancel := context.WithCancel(l.Context())
		_, err := l.RefreshEPG(ctx, l.source, func(ingest.Progress) {
			if _, err := l.RefreshEPG(ctx, l.source, nil); !errors.Is(err, ingest.ErrBusy) {
				l.Errorf("a second refresh = %v, want ErrBusy", err)
			}
			cancel()
		})
		if !errors.Is(err, context.Canceled) {
			l.Errorf("a cancelled refresh = %v, want context.Canceled", err)
		}
		_, message := l.status()
		l.same("the message", message, "the refresh was cancelled")
		if _, err := l.RefreshEPG(l.Context(), l.source+1, nil); !errors.Is(err, store.ErrNotFound) {
			l.Errorf("RefreshEPG of no source = %v, want ErrNotFound", err)
		}
		_, err = store.Update(l.Context(), l.Store, l.source, func(row *store.EPGSource) error { row.IsActive = false; return nil })
		l.must(err)
		if _, err := l.RefreshEPG(l.Context(), l.source, nil); err == nil || !strings.Contains(err.Error(), "switched off") {
			l.Errorf("RefreshEPG of a source that is switched off = %v", err)
		}
	})
}
