package xmltv_test

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/pluggarr/pluggarr/sdk/xmltv"
)

// A guide is read one element at a time.
func ExampleReader() {
	guide := `<tv>
  <channel id="one.example"><display-name>One</display-name></channel>
  <programme start="20240131183000 +0100" stop="20240131190000 +0100" channel="one.example">
    <title>News &amp; Weather</title>
  </programme>
</tv>`
	r := xmltv.NewReader(strings.NewReader(guide), xmltv.Options{})
	for {
		entry, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		if c := entry.Channel; c != nil {
			fmt.Println(c.ID, "is", c.Names[0].Value)
		}
		if p := entry.Programme; p != nil {
			fmt.Println(p.Start.Format("15:04"), p.Titles[0].Value)
		}
	}
	// Output:
	// one.example is One
	// 17:30 News & Weather
}

// The programmes of one channel, out of a guide of many.
func ExampleOptions() {
	guide := `<tv>
  <programme start="202401311800" channel="one"><title>News</title></programme>
  <programme start="202401311800" channel="two"><title>Film</title></programme>
</tv>`
	r := xmltv.NewReader(strings.NewReader(guide), xmltv.Options{
		SkipChannels: true,
		Wanted:       func(channel string) bool { return channel == "two" },
	})
	for {
		entry, err := r.Read()
		if err != nil {
			break
		}
		fmt.Println(entry.Programme.Titles[0].Value)
	}
	// Output: Film
}
