package sample

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"strings"
	"time"
)

// Days of the guide, counted from the day that now is in.
const (
	firstDay = -1
	lastDay  = 3
)

// Guide writes an XMLTV guide of the stations of Playlist, from the day before
// now to the third after it. What is on at some time does not depend on now.
func Guide(w io.Writer, now time.Time) error {
	b := bufio.NewWriter(w)
	fmt.Fprint(b, xml.Header+`<tv generator-info-name="sample">`+"\n")
	for _, s := range stations() {
		if s.id != "" {
			fmt.Fprintf(b, "  <channel id=%q><display-name>%s</display-name><icon src=%q/></channel>\n", s.id, escaped(s.name), s.logo())
		}
	}
	today := now.UTC().Truncate(24 * time.Hour)
	for _, s := range stations() {
		for day := firstDay; s.id != "" && day <= lastDay; day++ {
			s.day(b, today.AddDate(0, 0, day))
		}
	}
	fmt.Fprint(b, "</tv>\n")
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write the guide: %w", err)
	}
	return nil
}

// day writes what a station has on a day, without a gap.
func (s station) day(b *bufio.Writer, day time.Time) {
	dice := s.dice(day)
	for at, end := day, day.AddDate(0, 0, 1); at.Before(end); {
		minutes := 15 * (1 + dice.IntN(8))
		stop := at.Add(time.Duration(minutes) * time.Minute)
		if stop.After(end) {
			stop = end
		}
		s.programme(b, dice, at, stop)
		at = stop
	}
}

// dice gives the same numbers for a station and a day every time.
func (s station) dice(day time.Time) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(s.id))
	return rand.New(rand.NewPCG(h.Sum64(), uint64(day.Unix()))) //nolint:gosec // nobody has to be unable to guess
}

func (s station) programme(b *bufio.Writer, dice *rand.Rand, at, stop time.Time) {
	const form = "20060102150405 -0700"
	show := shows(s.kind)[dice.IntN(len(shows(s.kind)))]
	fmt.Fprintf(b, "  <programme start=%q stop=%q channel=%q>\n    <title>%s</title>\n", at.Format(form), stop.Format(form), s.id, escaped(show.title))
	season, episode := 1+dice.IntN(6), 1+dice.IntN(24)
	if show.episodes {
		fmt.Fprintf(b, "    <sub-title>Part %d</sub-title>\n", episode)
	}
	fmt.Fprintf(b, "    <desc>%s</desc>\n    <category>%s</category>\n", escaped(show.about), escaped(strings.ToUpper(s.kind[:1])+s.kind[1:]))
	if show.episodes {
		fmt.Fprintf(b, "    <episode-num system=\"xmltv_ns\">%d.%d.</episode-num>\n", season-1, episode-1)
	}
	if dice.IntN(5) == 0 {
		fmt.Fprint(b, "    <new/>\n")
	}
	fmt.Fprint(b, "  </programme>\n")
}

// escaped is a text as it stands in XML.
func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a builder takes everything
	return b.String()
}
