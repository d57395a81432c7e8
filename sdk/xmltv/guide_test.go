package xmltv_test

import (
	"bytes"
	"fmt"
)

// guide is a guide of n channels with the programmes of days days, like those
// that people load: about 700 bytes a programme.
func guide(n, days int) []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE tv SYSTEM "xmltv.dtd">
<tv generator-info-name="a &quot;generator&quot;" source-info-name="somebody">
`)
	for c := range n {
		fmt.Fprintf(&b, `  <channel id="channel%d.example">
    <display-name lang="en">Channel %d</display-name>
    <display-name>%d</display-name>
    <icon src="http://pictures.example/%d.png?a=1&amp;b=2" />
  </channel>
`, c, c, c, c)
	}
	for c := range n {
		for slot := range days * 36 {
			fmt.Fprintf(&b, `  <programme start="202411%02d%02d%02d00 +0100" stop="202411%02d%02d%02d00 +0100" channel="channel%d.example">
    <title lang="en">The adventures of number %d</title>
    <sub-title lang="en">Episode of many &amp; few, part %d</sub-title>
    <desc lang="en">Somebody goes out and meets somebody else. They talk about %d things, drink coffee — that of the café — and see the sun go down behind the mountains of the north, where nobody has been since the year %d. Then they go home.</desc>
    <credits><director>Jo Director</director><actor role="Hero">Al Actor</actor></credits>
    <category lang="en">Series</category>
    <category lang="en">Drama</category>
    <icon src="http://pictures.example/p/%d.jpg"/>
    <episode-num system="xmltv_ns">%d.%d.</episode-num>
    <episode-num system="onscreen">S%02d E%02d</episode-num>
    <rating system="MPAA"><value>PG</value></rating>
  </programme>
`, 1+slot/36, slot%36*2/3, slot%3*20, 1+slot/36, slot%36*2/3, slot%3*20, c, slot, slot, c, 1900+slot, slot, slot/20, slot%20, 1+slot/20, 1+slot%20)
		}
	}
	b.WriteString("</tv>\n")
	return b.Bytes()
}
