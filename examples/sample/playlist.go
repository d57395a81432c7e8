package sample

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Playlist writes an M3U playlist of a few hundred entries in ten groups, as a
// provider might send it: most stations in several forms, some with catch-up,
// some with backups. It is the same every time.
func Playlist(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprint(b, "#EXTM3U\n")
	for number, s := range stations() {
		forms := s.forms
		if len(forms) == 0 {
			forms = []string{""}
		}
		for _, form := range forms {
			s.entry(b, number+1, form)
		}
		if number%9 == 0 { // providers repeat what breaks often
			s.entry(b, number+1, "HD (backup)")
		}
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write the playlist: %w", err)
	}
	return nil
}

// entry writes one entry of a station.
func (s station) entry(b *bufio.Writer, number int, form string) {
	name := strings.TrimSpace(s.name + " " + form)
	fmt.Fprintf(b, `#EXTINF:-1 tvg-id=%q tvg-name=%q tvg-logo=%q tvg-chno="%d" group-title=%q`, s.id, name, s.logo(), number, s.group)
	if s.days > 0 && form == "HD" {
		fmt.Fprintf(b, ` tv_archive="1" tv_archive_duration="%d"`, s.days)
	}
	fmt.Fprintf(b, ",%s\nhttp://streams.sample.invalid/live/%s.ts\n", name, slug(name))
}
