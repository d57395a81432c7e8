package ingest_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/ingest"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/store/storetest"
)

// BenchmarkRefreshEPG refreshes a guide of 100,000 programmes (70 MB) whose 400
// channels are all shown: first when there is nothing, then when nothing
// has changed, then when one programme in ten has, then when all have. Beside
// it somebody writes every 10 ms; wait-ms is the longest that this took.
func BenchmarkRefreshEPG(b *testing.B) {
	for name, config := range map[string]func(testing.TB) store.Config{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(name, func(b *testing.B) { benchmarkRefreshEPG(b, config(b)) })
	}
}

func benchmarkRefreshEPG(b *testing.B, config store.Config) {
	const channels, programmes = 400, 250
	s := storetest.Open(b, config)
	in, err := ingest.New(ingest.Config{Store: s, Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	source := store.New[store.EPGSource]()
	source.Name, source.FilePath = "Guide", filepath.Join(b.TempDir(), "guide.xml")
	if err := store.Create(b.Context(), s, source); err != nil {
		b.Fatal(err)
	}
	refresh := func(b *testing.B, other func(n int) bool) {
		b.Helper()
		size := writeGuide(b, source.FilePath, channels, programmes, other)
		runtime.GC()
		b.SetBytes(size)
		longest, peak := watch(b, s)
		b.ResetTimer()
		if _, err := in.RefreshEPG(b.Context(), source.ID, nil); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		b.ReportMetric(float64(longest().Milliseconds()), "wait-ms")
		b.ReportMetric(float64(peak())/(1<<20), "heap-MB")
	}
	refresh(b, func(int) bool { return false })
	rows, err := s.EPGImport(source.ID).Channels(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for _, row := range rows {
		channel := store.New[store.Channel]()
		channel.Name, channel.EPGDataID = row.Name, row.ID
		if err := store.Create(b.Context(), s, channel); err != nil {
			b.Fatal(err)
		}
	}
	for _, c := range []struct {
		name  string
		other func(int) bool
	}{
		{"first", func(int) bool { return false }},
		{"unchanged", func(int) bool { return false }},
		{"twentieth", func(n int) bool { return n%40 == 0 }},
		{"tenth", func(n int) bool { return n%10 == 1 }},
		{"all", func(int) bool { return true }},
	} {
		b.Run(c.name, func(b *testing.B) {
			if b.N > 1 {
				b.Skip("run it with -benchtime 1x: the second time is another case")
			}
			refresh(b, c.other)
		})
	}
}

// writeGuide writes a guide and returns its size; the titles of some programmes are other than usual.
func writeGuide(b *testing.B, path string, channels, programmes int, other func(int) bool) int64 {
	b.Helper()
	var text bytes.Buffer
	text.WriteString("<?xml version=\"1.0\"?>\n<tv>\n")
	for c := range channels {
		fmt.Fprintf(&text, "<channel id=\"c%d\"><display-name>Channel %d</display-name></channel>\n", c, c)
	}
	begin := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	for c := range channels {
		for p := range programmes {
			title := "The usual programme"
			if other(p) {
				title = "Another programme"
			}
			at := begin.Add(time.Duration(p) * 40 * time.Minute)
			fmt.Fprintf(&text, `<programme start="%s +0000" stop="%s +0000" channel="c%d">
  <title lang="en">%s %d &amp; more</title>
  <sub-title lang="en">Part %d</sub-title>
  <desc lang="en">Somebody goes out and meets somebody else. They talk about %d things, drink coffee in the café and see the sun go down behind the mountains of the north, where nobody has been since the year %d. Then they go home.</desc>
  <credits><director>Jo Director</director><actor role="Hero">Al Actor</actor></credits>
  <category lang="en">Series</category>
  <category lang="en">Drama</category>
  <icon src="http://pictures.example/p/%d.jpg"/>
  <episode-num system="xmltv_ns">%d.%d.</episode-num>
</programme>
`, at.Format("20060102150405"), at.Add(40*time.Minute).Format("20060102150405"), c, title, p, p, c, 1900+p, p, p/20, p%20)
		}
	}
	text.WriteString("</tv>\n")
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
	return int64(text.Len())
}

// watch writes to the database every 10 ms, and looks at the heap. The
// results end it: the longest that one transaction took, and the highest heap in bytes.
func watch(b *testing.B, s *store.Store) (longest func() time.Duration, peak func() uint64) {
	b.Helper()
	ctx, cancel := context.WithCancel(b.Context())
	var wait sync.WaitGroup
	var slowest time.Duration
	var highest uint64
	wait.Go(func() {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for ctx.Err() == nil {
			begun := time.Now()
			if _, err := s.InterruptRuns(ctx, "nothing runs"); err == nil {
				slowest = max(slowest, time.Since(begun))
			}
			var stats runtime.MemStats
			runtime.ReadMemStats(&stats)
			highest = max(highest, stats.HeapAlloc)
			select {
			case <-tick.C:
			case <-ctx.Done():
			}
		}
	})
	end := sync.OnceFunc(func() { cancel(); wait.Wait() })
	return func() time.Duration { end(); return slowest }, func() uint64 { end(); return highest }
}
