package m3u_test

import (
	"fmt"
	"strings"

	"github.com/pluggarr/pluggarr/sdk/m3u"
)

func ExampleScanner() {
	const playlist = `#EXTM3U
#EXTINF:-1 tvg-id="news.example" group-title="News",World News, around the clock
http://tv.example/1.ts
#EXTINF:-1 tvg-id="sport.example" group-title="Sport",Sport 1
http://tv.example/2.ts
`
	scanner := m3u.NewScanner(strings.NewReader(playlist))
	for scanner.Scan() {
		entry := scanner.Entry()
		fmt.Printf("%s (%s): %s\n", entry.Name, entry.Get("group-title"), entry.URL)
	}
	if err := scanner.Err(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// World News, around the clock (News): http://tv.example/1.ts
	// Sport 1 (Sport): http://tv.example/2.ts
}
