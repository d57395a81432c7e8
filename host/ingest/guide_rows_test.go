package ingest_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/store"
)

// properties are what is inside a programme of a guide and what becomes of it:
// custom_properties, and columns where they are not those of an empty one.
var properties = []struct{ name, inside, want, columns string }{
	{"nothing", ``, ``, "No Title||"},
	{"the last text wins", `<title lang="de">A</title><title>B</title><sub-title>C</sub-title><sub-title>D</sub-title><desc>E</desc><desc>F</desc>`, ``, "B|D|F"},
	{"an empty title", `<title> A</title><title></title>`, ``, "No Title||"},
	{"lists", `<category>A</category><category> </category><category>B</category><keyword>K</keyword>`, `{"categories": ["A", "B"], "keywords": ["K"]}`, ""},
	{"xmltv_ns", `<episode-num system="xmltv_ns"> 1 . 4/10 . 0/1 </episode-num>`, `{"season": 2, "episode": 5}`, ""},
	{"xmltv_ns without a season", `<episode-num system="xmltv_ns">.4.</episode-num>`, `{"episode": 5}`, ""},
	{"onscreen", `<episode-num system="onscreen">S01 E02</episode-num>`, `{"season": 1, "episode": 2, "onscreen_episode": "S01 E02"}`, ""},
	{
		"xmltv_ns before onscreen", `<episode-num system="onscreen">S9E9</episode-num><episode-num system="xmltv_ns">0.0.</episode-num>`,
		`{"season": 1, "episode": 1, "onscreen_episode": "S9E9"}`, "",
	},
	{
		"numbers of others", `<episode-num system="dd_progid">EP01.2</episode-num><episode-num system="thetvdb.com">series/1</episode-num>` +
			`<episode-num system="imdb.com">tt1</episode-num><episode-num system="themoviedb.org">m/1</episode-num><episode-num system="mine">x</episode-num><episode-num>y</episode-num>`,
		`{"dd_progid": "EP01.2", "thetvdb.com_id": "series/1", "imdb.com_id": "tt1", "themoviedb.org_id": "m/1"}`, "",
	},
	{"S01E02 in the description", `<desc>S01E02 - Somebody comes.</desc>`, `{"season": 1, "episode": 2, "season_episode_source": "description"}`, "No Title||Somebody comes."},
	{"words in the description", `<desc>Season 1, Episode 2: Go.</desc>`, `{"season": 1, "episode": 2, "season_episode_source": "description"}`, "No Title||Go."},
	{"1x02 in the description", `<desc>1x02 Go.</desc>`, `{"season": 1, "episode": 2, "season_episode_source": "description"}`, "No Title||Go."},
	{"a resolution in the description", `<desc>1080 lines. S01E02</desc>`, ``, "No Title||1080 lines. S01E02"},
	{"a description besides a number", `<episode-num system="xmltv_ns">0.0.</episode-num><desc>S05E06 Go.</desc>`, `{"season": 1, "episode": 1}`, "No Title||S05E06 Go."},
	{
		"ratings", `<rating system="MPAA"><value>PG</value></rating><rating><value>R</value></rating><star-rating system="x"><value>3/5</value></star-rating><star-rating><value>9</value></star-rating>`,
		`{"rating": "PG", "rating_system": "MPAA", "star_ratings": [{"value": "3/5", "system": "x"}, {"value": "9"}]}`, "",
	},
	{
		"credits", `<credits><director>A</director><actor role="R" guest="yes">B</actor><actor>C</actor><actor> </actor><guest>D</guest></credits>`,
		`{"credits": {"director": ["A"], "actor": [{"name": "B", "role": "R", "guest": true}, {"name": "C"}], "guest": ["D"]}}`, "",
	},
	{
		"what it is", `<date>2024</date><country>DE</country><country>FR</country><language>en</language><orig-language>de</orig-language>` +
			`<length units="minutes">30</length><icon src=""/><icon src="http://i"/>`,
		`{"date": "2024", "country": "DE", "language": "en", "original_language": "de", "length": {"value": 30, "units": "minutes"}, "icon": "http://i"}`, "",
	},
	{
		"picture and sound", `<video><present>yes</present><colour>no</colour><aspect>16:9</aspect><quality>HD</quality></video><audio><stereo>mono</stereo></audio><subtitles type="teletext"><language>en</language></subtitles><subtitles/>`,
		`{"video": {"present": "yes", "colour": "no", "aspect": "16:9", "quality": "HD"}, "audio": {"stereo": "mono"}, "subtitles": [{"type": "teletext", "language": "en"}, {}]}`, "",
	},
	{
		"reviews and images", `<review type="text" source="S" reviewer="R">Good &lt;b&gt;</review><image type="poster" size="3" orient="P" system="x">http://i</image><image/>`,
		`{"reviews": [{"content": "Good <b>", "type": "text", "source": "S", "reviewer": "R"}], "images": [{"url": "http://i", "type": "poster", "size": "3", "orient": "P", "system": "x"}]}`, "",
	},
	{
		"flags", `<new/><live/><premiere>First &amp; only</premiere><last-chance/><previously-shown start="2020" channel="c"/>`,
		`{"new": true, "live": true, "premiere": true, "premiere_text": "First & only", "last_chance": true, "previously_shown": true, "previously_shown_details": {"start": "2020", "channel": "c"}}`, "",
	},
	{"what is dropped", `<url>http://u</url><length units="hours">long</length><episode-num system="xmltv_ns">x.y</episode-num>`, ``, ""},
	{"a long title", `<title>` + strings.Repeat("é", 300) + `</title>`, ``, strings.Repeat("é", 255) + "||"},
}

func TestRowsOfProgrammes(t *testing.T) {
	t.Parallel()
	guide := `<tv><channel id="a"/>`
	for _, c := range properties {
		guide += `<programme channel="a" start="20240101" stop="20240102">` + c.inside + `</programme>`
	}
	eachDatabase(t, store.EPGSource{}, func(l *guideBench) {
		l.file(guide + `</tv>`)
		l.refresh()
		l.channel("a")
		l.refresh()
		rows, err := store.List[store.Programme](l.Context(), l.Store, store.Query{Order: []string{"id"}})
		l.must(err)
		if len(rows) != len(properties) {
			l.Fatalf("%d programmes, want %d", len(rows), len(properties))
		}
		for i, c := range properties {
			row := rows[i]
			if c.columns == "" {
				c.columns = "No Title||"
			}
			l.same(c.name+": the columns", row.Title+"|"+row.SubTitle+"|"+row.Description, c.columns)
			if !sameJSON(string(row.CustomProperties), c.want) {
				l.Errorf("%s: custom_properties = %s, want %s", c.name, row.CustomProperties, c.want)
			}
		}
		again := l.refresh()
		l.same("changes of the same guide", again.Added+again.Removed, 0)
	})
}

func sameJSON(a, b string) bool {
	if a == "" || b == "" {
		return a == b
	}
	var x, y any
	return json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal([]byte(b), &y) == nil && reflect.DeepEqual(x, y)
}
