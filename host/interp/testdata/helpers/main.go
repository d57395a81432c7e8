// A plugin that reads a playlist and a guide with the SDK's own readers.
package main

import (
	"errors"
	"io"
	"strings"

	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/m3u"
	"github.com/pluggarr/pluggarr/sdk/xmltv"
)

const playlist = "#EXTM3U\n#EXTINF:-1 tvg-id=\"a.uk\",A, one\nhttp://h/1\n#EXTINF:-1,B\nhttp://h/2\n"

const guide = `<tv><channel id="a.uk"><display-name>A</display-name></channel>
<programme channel="a.uk" start="20260301120000 +0000" stop="20260301130000 +0000"><title>News</title></programme></tv>`

func read(*sdk.Context, struct{}) (sdk.Result, error) {
	var streams, programmes []string
	scanner := m3u.NewScanner(strings.NewReader(playlist))
	for scanner.Scan() {
		entry := scanner.Entry()
		streams = append(streams, entry.Name+"="+entry.Get("tvg-id"))
	}
	if err := scanner.Err(); err != nil {
		return sdk.Result{}, err
	}
	reader := xmltv.NewReader(strings.NewReader(guide), xmltv.Options{})
	for {
		entry, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return sdk.Result{}, err
		}
		if p := entry.Programme; p != nil {
			programmes = append(programmes, p.Channel+": "+p.Titles[0].Value)
		}
	}
	return sdk.OK("read").With("streams", streams).With("programmes", programmes), nil
}

func main() {
	sdk.Serve(sdk.Plugin{Name: "Helpers", Actions: []sdk.Action{{ID: "read", Label: "Read", Run: sdk.Handle(read)}}})
}
