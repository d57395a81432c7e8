package m3u_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/pluggarr/pluggarr/sdk/m3u"
)

// FuzzScanner feeds what any provider may send: every entry must hold what the
// documentation of Entry promises.
func FuzzScanner(f *testing.F) {
	for _, seed := range []string{
		"#EXTM3U x-tvg-url=\"u\"\n#EXTINF:-1 tvg-id=\"a\" group-title='b',C\nhttp://c\n",
		"#EXTINF:0,\xff\n#EXTGRP:g\n#EXTVLCOPT:o\nudp://@1\n", "#EXTINF:= =\"\"'='\nrtp", "\xef\xbb\xbf#EXTINF:\rhttp\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		scanner := m3u.NewScanner(bytes.NewReader(data))
		last := 0
		for scanner.Scan() {
			e := scanner.Entry()
			for _, text := range append([]string{e.Name, e.URL}, e.Options...) {
				if !utf8.ValidString(text) || strings.ContainsRune(text, '\n') {
					t.Errorf("%q is not one line of UTF-8", text)
				}
			}
			if e.URL == "" || e.Line <= last {
				t.Errorf("URL %q, line %d after %d", e.URL, e.Line, last)
			}
			last = e.Line
			seen := map[string]bool{}
			for _, a := range e.Attributes {
				if a.Key == "" || a.Key != strings.ToLower(a.Key) || seen[a.Key] {
					t.Errorf("key %q is empty, not lower case or there twice", a.Key)
				}
				seen[a.Key] = true
			}
		}
		if err := scanner.Err(); err != nil {
			t.Error(err)
		}
	})
}

// BenchmarkScanner reads a playlist as large providers send them; the speed to
// reach is 300 MB/s.
func BenchmarkScanner(b *testing.B) {
	var playlist bytes.Buffer
	playlist.WriteString("#EXTM3U\n")
	for i := range 100_000 {
		fmt.Fprintf(&playlist, "#EXTINF:-1 tvg-id=\"channel%d.example\" tvg-name=\"UK: Channel %d HD\" "+
			"tvg-logo=\"http://logos.example.org/images/channel_%d.png\" group-title=\"UK | Entertainment\",UK: Channel %d HD\n"+
			"http://provider.example.org:8080/live/someuser/somepassword/%d.ts\n", i, i, i, i, i)
	}
	b.SetBytes(int64(playlist.Len()))
	b.ReportAllocs()
	for b.Loop() {
		scanner := m3u.NewScanner(bytes.NewReader(playlist.Bytes()))
		n := 0
		for scanner.Scan() {
			n++
		}
		if n != 100_000 || scanner.Err() != nil {
			b.Fatal(n, scanner.Err())
		}
	}
}
