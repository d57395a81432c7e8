package sample_test

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/examples/sample"
)

func TestPlaylist(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := sample.Playlist(&b); err != nil {
		t.Fatal(err)
	}
	entries, addresses := strings.Count(b.String(), "#EXTINF:"), map[string]bool{}
	for line := range strings.Lines(b.String()) {
		if strings.HasPrefix(line, "http") {
			addresses[line] = true
		}
	}
	if entries < 200 || len(addresses) != entries {
		t.Errorf("%d entries with %d addresses, want a few hundred, each with its own", entries, len(addresses))
	}
}

// guide is what the test reads of XMLTV.
type guide struct {
	Channels []struct {
		ID string `xml:"id,attr"`
	} `xml:"channel"`
	Programmes []programme `xml:"programme"`
}

type programme struct {
	Start   string `xml:"start,attr"`
	Stop    string `xml:"stop,attr"`
	Channel string `xml:"channel,attr"`
	Title   string `xml:"title"`
}

func read(t *testing.T, now time.Time) guide {
	t.Helper()
	var b bytes.Buffer
	if err := sample.Guide(&b, now); err != nil {
		t.Fatal(err)
	}
	var g guide
	if err := xml.Unmarshal(b.Bytes(), &g); err != nil {
		t.Fatal(err)
	}
	return g
}

// A later guide goes on where an earlier one was: it says the same of the same time.
func TestGuideMovesWithTheClock(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 23, 59, 0, 0, time.UTC)
	today, tomorrow := read(t, now), read(t, now.Add(time.Minute))
	said := map[string]programme{}
	for _, p := range today.Programmes {
		said[p.Channel+p.Start] = p
	}
	same := 0
	for _, p := range tomorrow.Programmes {
		if before, ok := said[p.Channel+p.Start]; ok {
			same++
			if before != p {
				t.Fatalf("%+v was %+v a minute before", p, before)
			}
		}
	}
	if same == 0 || same == len(tomorrow.Programmes) {
		t.Errorf("%d of %d programmes are in both guides", same, len(tomorrow.Programmes))
	}
	ends := map[string]string{}
	for _, p := range today.Programmes {
		if before, ok := ends[p.Channel]; ok && before != p.Start {
			t.Fatalf("on %s nothing is on between %s and %s", p.Channel, before, p.Start)
		}
		ends[p.Channel] = p.Stop
	}
	if len(ends) != len(today.Channels) || len(ends) < 80 {
		t.Errorf("%d of %d channels have programmes", len(ends), len(today.Channels))
	}
}
