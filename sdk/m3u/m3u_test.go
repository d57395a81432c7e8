package m3u_test

import (
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/pluggarr/pluggarr/sdk/m3u"
)

type attributes = []m3u.Attribute

func TestScan(t *testing.T) {
	t.Parallel()
	const url = "http://a.example/1.ts"
	one := func(name string, found attributes) []m3u.Entry {
		return []m3u.Entry{{Name: name, URL: url, Attributes: found, Line: 1}}
	}
	for _, test := range []struct {
		name, playlist string
		want           []m3u.Entry
	}{
		{"nothing", "", nil},
		{"only a header", "#EXTM3U\n", nil},
		{"a title", "#EXTINF:-1,News\n" + url, one("News", nil)},
		{
			"attributes and a title", `#EXTINF:-1 tvg-id="news.uk" TVG-Logo='http://l/x.png',News, at ten` + "\n" + url + "\n",
			one("News, at ten", attributes{{"tvg-id", "news.uk"}, {"tvg-logo", "http://l/x.png"}}),
		},
		{
			"quotes with commas and other quotes", `#EXTINF:-1 tvg-name="A, B" group-title="L'Equipe" x='a "b"',C` + "\n" + url,
			one("C", attributes{{"tvg-name", "A, B"}, {"group-title", "L'Equipe"}, {"x", `a "b"`}}),
		},
		{
			"space around =, no quotes, quotes that do not close", `#EXTINF:-1 a = "1" b=2 c="3,Title` + "\n" + url,
			one(`b=2 c="3,Title`, attributes{{"a", "1"}}),
		},
		{
			"an attribute in the title", `#EXTINF:-1 a="1",Show b="2" live` + "\n" + url,
			one("live", attributes{{"a", "1"}, {"b", "2"}}),
		},
		{
			"a key twice", `#EXTINF:-1 a="1" b="2" A="3",T` + "\n" + url,
			one("T", attributes{{"a", "3"}, {"b", "2"}}),
		},
		{
			"no title: tvc-guide-title", `#EXTINF:-1 tvg-name="N" tvc-guide-title="G",` + "\n" + url,
			one("G", attributes{{"tvg-name", "N"}, {"tvc-guide-title", "G"}}),
		},
		{"no title: tvg-name", `#EXTINF:-1 tvg-name="N"` + "\n" + url, one("N", attributes{{"tvg-name", "N"}})},
		{"a title wins over tvg-name", `#EXTINF:-1 tvg-name="N",T` + "\n" + url, one("T", attributes{{"tvg-name", "N"}})},
		{"no title at all", "#EXTINF:-1,\n" + url, one("-1,", nil)},
		{"no comma", "#EXTINF:-1 News\n" + url, one("-1 News", nil)},
		{"byte order mark, CRLF, blanks", "\ufeff#EXTINF:-1,News\r\n\r\n  " + url + " \r\n", one("News", nil)},
		{"Latin-1", "#EXTINF:-1 tvg-name=\"Caf\xe9\",T\xe9l\xe9\n" + url, one("Télé", attributes{{"tvg-name", "Café"}})},
		{
			"lines between", "#EXTINF:-1,News\n#KODIPROP:inputstream=x\n#EXTVLCOPT: http-user-agent=a\njunk\n#EXTVLCOPT:http-referrer=b\n" + url,
			[]m3u.Entry{{Name: "News", URL: url, Options: []string{"http-user-agent=a", "http-referrer=b"}, Line: 1}},
		},
		{"group by #EXTGRP", "#EXTINF:-1,News\n#EXTGRP: World \n" + url, one("News", attributes{{"group-title", "World"}})},
		{
			"#EXTGRP does not replace a group, even an empty one", `#EXTINF:-1 group-title="",News` + "\n#EXTGRP:World\n" + url,
			one("News", attributes{{"group-title", ""}}),
		},
		{"#EXTGRP before its #EXTINF", "#EXTGRP:World\n#EXTINF:-1,News\n" + url, []m3u.Entry{{Name: "News", URL: url, Line: 2}}},
		{"a URL alone", url + "\n#EXTINF:-1,News\n", nil},
		{
			"schemes", "#EXTINF:-1,A\nrtmp://a\n#EXTINF:-1,B\nmms://b\n#EXTINF:-1,C\nudp://@239.0.0.1:5000\n#EXTINF:-1,D\nrtsp://d\n" +
				"#EXTINF:-1,E\n/home/e.ts\n#EXTINF:-1,F\nrtp://f",
			[]m3u.Entry{
				{Name: "C", URL: "udp://239.0.0.1:5000", Line: 5},
				{Name: "D", URL: "rtsp://d", Line: 7},
				{Name: "F", URL: "rtp://f", Line: 11},
			},
		},
		{"a URL after one of another scheme", "#EXTINF:-1,A\nrtmp://a\n" + url, one("A", nil)},
		{"two URLs for one #EXTINF", "#EXTINF:-1,A\n" + url + "\nhttp://second", one("A", nil)},
		{"an #EXTINF without URL", "#EXTINF:-1,A\n#EXTINF:-1,B\n" + url, []m3u.Entry{{Name: "B", URL: url, Line: 2}}},
		{"a long URL", "#EXTINF:-1,A\nhttp://a/" + strings.Repeat("x", 200_000), []m3u.Entry{
			{Name: "A", URL: "http://a/" + strings.Repeat("x", 200_000), Line: 1},
		}},
		{"a line too long for anything", "#EXTINF:-1,A\n" + strings.Repeat("x", 2<<20) + "\n" + url, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for how, r := range map[string]io.Reader{
				"at once": strings.NewReader(test.playlist),
				"bytes":   iotest.OneByteReader(strings.NewReader(test.playlist)),
			} {
				if got := all(t, m3u.NewScanner(r)); !reflect.DeepEqual(got, test.want) {
					t.Errorf("read %s:\ngot  %+v\nwant %+v", how, got, test.want)
				}
			}
		})
	}
}

func TestEntriesStay(t *testing.T) {
	t.Parallel()
	playlist := "#EXTM3U url-tvg=\"http://g/\"\n#EXTINF:-1 a=\"1\",A\n#EXTVLCOPT:x\nhttp://a\n#EXTINF:-1 b=\"2\",B\n#EXTVLCOPT:y\nhttp://b\n"
	scanner := m3u.NewScanner(strings.NewReader(playlist))
	got := all(t, scanner)
	if len(got) != 2 || got[0].Get("a") != "1" || got[0].Options[0] != "x" || got[1].Get("b") != "2" {
		t.Errorf("got %+v", got)
	}
	if want := (attributes{{"url-tvg", "http://g/"}}); !reflect.DeepEqual(scanner.Header(), want) {
		t.Errorf("Header() = %v, want %v", scanner.Header(), want)
	}
	if scanner.Line() != 7 {
		t.Errorf("Line() = %d, want 7", scanner.Line())
	}
}

func TestBrokenReader(t *testing.T) {
	t.Parallel()
	for _, cause := range []error{errors.New("cut"), io.ErrUnexpectedEOF} {
		scanner := m3u.NewScanner(io.MultiReader(strings.NewReader("#EXTINF:-1,A\nhttp://a\n#EXTI"), iotest.ErrReader(cause)))
		if !scanner.Scan() || scanner.Scan() || scanner.Scan() {
			t.Error("want one entry")
		}
		if err := scanner.Err(); !errors.Is(err, cause) || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("Err() = %v, want %v after line 2", err, cause)
		}
	}
}

func all(t *testing.T, scanner *m3u.Scanner) []m3u.Entry {
	t.Helper()
	var entries []m3u.Entry
	for scanner.Scan() {
		entries = append(entries, scanner.Entry())
	}
	if err := scanner.Err(); err != nil {
		t.Errorf("Err() = %v", err)
	}
	return entries
}
