package bench_test

import (
	"bufio"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/sdk/xmltv"
)

// BenchmarkPlaylist has a host import a playlist of 100,000 entries, and the
// same again. peak-MB is the most memory that the host's process ever had.
func BenchmarkPlaylist(b *testing.B) {
	file := filepath.Join(b.TempDir(), "list.m3u")
	largePlaylist(b, file)
	for b.Loop() {
		h := serve(b)
		b.ReportMetric(h.until(b, "/api/m3u/accounts/", fmt.Sprintf(`{"name": "List", "file_path": %q}`, file)).Seconds(), "first-s")
		for range 2 {
			b.ReportMetric(h.until(b, "/api/m3u/refresh/", `{}`).Seconds(), "again-s")
		}
		b.ReportMetric(peak(b, h.Pid), "peak-MB")
	}
	b.ReportMetric(0, "ns/op")
}

// largePlaylist writes a playlist of 100,000 entries.
func largePlaylist(b *testing.B, file string) {
	b.Helper()
	store(b, file, func(to io.Writer) {
		fmt.Fprintln(to, "#EXTM3U")
		for i := range 100_000 {
			fmt.Fprintf(to, "#EXTINF:-1 tvg-id=\"channel%d.example\" tvg-name=\"UK: Channel %d HD\" tvg-logo=\"http://logos.example/%d.png\" "+
				"group-title=\"Group %d\",UK: Channel %d HD\nhttp://provider.example:8080/live/user/password/%d.ts\n", i, i, i, i%200, i, i)
		}
	})
}

// BenchmarkGuide has a host import a guide of 200 MB for 400 channels that are
// all shown, while somebody runs an action and looks at the guide every 10 ms.
func BenchmarkGuide(b *testing.B) {
	file, _ := largeGuide(b)
	for b.Loop() {
		h := serve(b)
		if err := h.post("/api/plugins/plugins/noop/enabled/", `{"enabled": true}`, `"enabled":true`); err != nil {
			b.Fatal(err)
		}
		h.until(b, "/api/epg/sources/", fmt.Sprintf(`{"name": "Guide", "source_type": "xmltv", "file_path": %q}`, file))
		for i := range guideChannels {
			if _, err := h.send(http.MethodPost, "/api/channels/channels/", fmt.Sprintf(`{"name": "Channel", "epg_data_id": %d}`, i+1)); err != nil {
				b.Fatal(err)
			}
		}
		over := make(chan struct{})
		var took []time.Duration
		var asking sync.WaitGroup
		asking.Go(func() {
			ticker := time.NewTicker(10 * time.Millisecond)
			defer ticker.Stop()
			for n := 0; ; n++ {
				begun := time.Now()
				err := h.post("/api/plugins/plugins/noop/run/", `{"action": "noop"}`, `"status":"ok"`)
				if n%2 == 1 {
					_, err = h.send(http.MethodGet, "/api/epg/epgdata/", "")
				}
				if err != nil {
					b.Error(err)
				}
				took = append(took, time.Since(begun))
				select {
				case <-ticker.C:
				case <-over:
					return
				}
			}
		})
		b.ReportMetric(h.until(b, "/api/epg/import/", `{"id": 1}`).Seconds(), "import-s")
		close(over)
		asking.Wait()
		report(b, took)
		b.ReportMetric(peak(b, h.Pid), "peak-MB")
	}
	b.ReportMetric(0, "ns/op")
}

// BenchmarkGuideRead reads a guide of 200 MB into structs: Pluggarr's reader, as
// plugins have it; encoding/xml, with a part of the fields; and lxml, with the
// same part, in the python that PYTHON names.
func BenchmarkGuideRead(b *testing.B) {
	file, size := largeGuide(b)
	for name, read := range map[string]func(io.Reader) error{"pluggarr": readOurs, "encoding-xml": readStandard} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				f, err := os.Open(file)
				if err == nil {
					err = errors.Join(read(f), f.Close())
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("lxml", func(b *testing.B) {
		python := os.Getenv("PYTHON")
		if python == "" {
			python = "python3"
		}
		if err := exec.CommandContext(b.Context(), python, "-c", "import lxml.etree").Run(); err != nil {
			b.Skipf("%s has no lxml: %v", python, err)
		}
		b.SetBytes(size)
		for b.Loop() {
			if out, err := exec.CommandContext(b.Context(), python, path(b, "testdata/guide_lxml.py"), file).CombinedOutput(); err != nil {
				b.Fatalf("%v: %s", err, out)
			}
		}
	})
}

func readOurs(from io.Reader) error {
	r := xmltv.NewReader(from, xmltv.Options{})
	for {
		if _, err := r.Read(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// programme has the fields that guide_lxml.py reads too.
type programme struct {
	Start    string   `xml:"start,attr"`
	Stop     string   `xml:"stop,attr"`
	Channel  string   `xml:"channel,attr"`
	Title    string   `xml:"title"`
	SubTitle string   `xml:"sub-title"`
	Desc     string   `xml:"desc"`
	Category []string `xml:"category"`
	Episode  string   `xml:"episode-num"`
}

func readStandard(from io.Reader) error {
	decoder := xml.NewDecoder(bufio.NewReaderSize(from, 1<<20))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if begin, ok := token.(xml.StartElement); ok && begin.Name.Local == "programme" {
			var p programme
			if err := decoder.DecodeElement(&p, &begin); err != nil {
				return err
			}
		}
	}
}

const guideChannels = 400

// largeGuide writes a guide of 200 MB and returns its size in bytes.
func largeGuide(b *testing.B) (file string, size int64) {
	b.Helper()
	file = filepath.Join(b.TempDir(), "guide.xml")
	begin := time.Now().UTC().Truncate(time.Hour)
	store(b, file, func(to io.Writer) {
		fmt.Fprint(to, "<?xml version=\"1.0\"?>\n<tv>\n")
		for c := range guideChannels {
			fmt.Fprintf(to, "<channel id=\"c%d\"><display-name>Channel %d</display-name></channel>\n", c, c)
		}
		for i := range guideChannels * 700 {
			c, p := i%guideChannels, i/guideChannels
			at := begin.Add(time.Duration(p) * 30 * time.Minute)
			fmt.Fprintf(to, `<programme start="%s +0000" stop="%s +0000" channel="c%d">
  <title lang="en">Programme %d &amp; more</title>
  <sub-title lang="en">Part %d</sub-title>
  <desc lang="en">Somebody goes out and meets somebody else. They talk about %d things, drink coffee in the café and see the sun go down behind the mountains of the north, where nobody has been since the year %d. Then they go home.</desc>
  <credits><director>Jo Director</director><actor role="Hero">Al Actor</actor></credits>
  <category lang="en">Series</category>
  <category lang="en">Drama</category>
  <icon src="http://pictures.example/p/%d.jpg"/>
  <episode-num system="xmltv_ns">%d.%d.</episode-num>
</programme>
`, at.Format("20060102150405"), at.Add(30*time.Minute).Format("20060102150405"), c, i, p, c, 1900+p, i, p/20, p%20)
		}
		fmt.Fprintln(to, "</tv>")
	})
	info, err := os.Stat(file)
	if err != nil {
		b.Fatal(err)
	}
	return file, info.Size()
}

// store writes a file.
func store(b *testing.B, file string, fill func(io.Writer)) {
	b.Helper()
	f, err := os.Create(file)
	if err != nil {
		b.Fatal(err)
	}
	out := bufio.NewWriterSize(f, 1<<20)
	fill(out)
	if err := errors.Join(out.Flush(), f.Close()); err != nil {
		b.Fatal(err)
	}
}

// send sends a request and returns the answer of a success.
func (s *served) send(method, path, body string) ([]byte, error) {
	r, err := http.NewRequest(method, s.URL+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("X-API-Key", s.Key)
	r.Header.Set("Content-Type", "application/json")
	answer, err := s.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: status %d: %s", method, path, answer.StatusCode, text)
	}
	return text, err
}

// until asks for something that makes jobs, waits until no job is left, and
// returns how long that took. A job that failed ends the benchmark.
func (s *served) until(b *testing.B, path, body string) time.Duration {
	b.Helper()
	begun := time.Now()
	if _, err := s.send(http.MethodPost, path, body); err != nil {
		b.Fatal(err)
	}
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		text, err := s.send(http.MethodGet, "/api/jobs/", "")
		var all struct {
			Jobs []struct{ State, Error string }
		}
		if err == nil {
			err = json.Unmarshal(text, &all)
		}
		if err != nil {
			b.Fatal(err)
		}
		left := 0
		for _, job := range all.Jobs {
			switch job.State {
			case "ok":
			case "failed":
				b.Fatal(job.Error)
			default:
				left++
			}
		}
		if left == 0 {
			return time.Since(begun)
		}
		<-ticker.C
	}
}

// peak is the most memory that a process ever had, in MB.
func peak(b *testing.B, pid int) float64 {
	b.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(raw), "VmHWM:")
	kilobytes, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	if err != nil {
		b.Fatal(err)
	}
	return kilobytes / 1024
}
