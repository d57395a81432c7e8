package xmltv_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/pluggarr/pluggarr/sdk/xmltv"
)

// readAll is every entry of a guide as JSON, a line each, and its warnings.
func readAll(t *testing.T, document io.Reader, options xmltv.Options) (entries, warnings []string) {
	t.Helper()
	r := xmltv.NewReader(document, options)
	for {
		entry, err := r.Read()
		if errors.Is(err, io.EOF) {
			return entries, r.Warnings()
		}
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, show(entry))
	}
}

const everything = `<?xml version="1.0"?><tv>
<channel id=" a.b "><display-name lang="en">A &amp; B</display-name><display-name>AB</display-name>
<icon src="http://x/1.png" width="10" height="20"/><icon src="http://x/2.png"/><url>http://a</url></channel>
<programme start="20240131183000 +0100" stop="20240131190000 +0100" channel="a.b">
<title lang="en">T</title><title lang="de">U</title><sub-title>S</sub-title><desc>D<br/>E</desc>
<credits><director>R</director><actor role="X" guest="yes">P</actor><writer>W</writer><adapter>A</adapter>
<producer>O</producer><composer>C</composer><editor>E</editor><presenter>Q</presenter><commentator>M</commentator><guest>G</guest></credits>
<date>2024</date><category>C1</category><category>C2</category><keyword>K</keyword><language>en</language><orig-language>de</orig-language>
<length units="minutes">30</length><icon src="i"/><url>u</url><country>DE</country><episode-num system="xmltv_ns">1.2.</episode-num>
<video><present>yes</present><colour>no</colour><aspect>16:9</aspect><quality>HDTV</quality></video>
<audio><present>yes</present><stereo>surround</stereo></audio><previously-shown start="2023" channel="c"/>
<premiere lang="en">P</premiere><last-chance/><new/><live/><subtitles type="teletext"><language>en</language></subtitles>
<rating system="MPAA"><value>PG</value><icon src="pg"/></rating><star-rating><value>3/5</value></star-rating>
<review type="text" source="S" reviewer="R" lang="en">Good</review><image type="poster" size="3" orient="P" system="x">http://i</image>
</programme></tv>`

func TestEverythingIsRead(t *testing.T) {
	t.Parallel()
	want := []string{
		`{"Channel":{"ID":" a.b ","Icons":[{"Height":"20","Source":"http://x/1.png","Width":"10"},{"Source":"http://x/2.png"}],` +
			`"Names":[{"Lang":"en","Value":"A \u0026 B"},{"Value":"AB"}],"URLs":["http://a"]}}`,
		`{"Programme":{"Audio":{"Present":"yes","Stereo":"surround"},"Categories":[{"Value":"C1"},{"Value":"C2"}],"Channel":"a.b","Countries":[{"Value":"DE"}],` +
			`"Credits":{"Actors":[{"Guest":true,"Name":"P","Role":"X"}],"Adapters":["A"],"Commentators":["M"],"Composers":["C"],"Directors":["R"],"Editors":["E"],` +
			`"Guests":["G"],"Presenters":["Q"],"Producers":["O"],"Writers":["W"]},"Date":"2024","Descriptions":[{"Value":"DE"}],` +
			`"EpisodeNumbers":[{"System":"xmltv_ns","Value":"1.2."}],"Icons":[{"Source":"i"}],` +
			`"Images":[{"Orient":"P","Size":"3","System":"x","Type":"poster","URL":"http://i"}],"Keywords":[{"Value":"K"}],"Language":"en","LastChance":{},` +
			`"Length":{"Units":"minutes","Value":"30"},"Live":true,"New":true,"OriginalLanguage":"de","Premiere":{"Lang":"en","Value":"P"},` +
			`"PreviouslyShown":{"Channel":"c","Start":"2023"},"Ratings":[{"Icons":[{"Source":"pg"}],"System":"MPAA","Value":"PG"}],` +
			`"Reviews":[{"Content":"Good","Lang":"en","Reviewer":"R","Source":"S","Type":"text"}],"StarRatings":[{"Value":"3/5"}],"Start":"2024-01-31T17:30:00Z",` +
			`"Stop":"2024-01-31T18:00:00Z","SubTitles":[{"Value":"S"}],"Subtitles":[{"Language":"en","Type":"teletext"}],` +
			`"Titles":[{"Lang":"en","Value":"T"},{"Lang":"de","Value":"U"}],"URLs":["u"],"Video":{"Aspect":"16:9","Colour":"no","Present":"yes","Quality":"HDTV"}}}`,
	}
	got, warnings := readAll(t, strings.NewReader(everything), xmltv.Options{})
	if !slices.Equal(got, want) || warnings != nil {
		t.Errorf("got  %s\nwant %s\nwarnings %q", strings.Join(got, "\n     "), strings.Join(want, "\n     "), warnings)
	}
	slow, _ := readAll(t, iotest.OneByteReader(strings.NewReader(everything)), xmltv.Options{})
	if !slices.Equal(got, slow) {
		t.Errorf("read byte by byte it is %q", slow)
	}
}

// forgiven are guides with a fault, what is read of them, and whether the fault is told.
var forgiven = []struct {
	name, guide, want string
	warned            bool
}{
	{"entities of HTML", `<tv><channel id="caf&eacute;&nbsp;&#x2019;&unknown;"/></tv>`, `{"Channel":{"ID":"café` + "\u00a0" + `’\u0026unknown;"}}`, false},
	{"a bare ampersand", `<tv><channel id="a"><display-name>A & B &</display-name></channel></tv>`, `{"Channel":{"ID":"a","Names":[{"Value":"A \u0026 B \u0026"}]}}`, false},
	{"a bare less-than", `<tv><channel id="a"><display-name>1 < 2 <3</display-name></channel></tv>`, `{"Channel":{"ID":"a","Names":[{"Value":"1 \u003c 2 \u003c3"}]}}`, false},
	{"bytes that are no UTF-8", "<tv><channel id=\"caf\xe9 \x80\"/></tv>", `{"Channel":{"ID":"café €"}}`, true},
	{"control characters", "<tv><channel id=\"a\x00b\x0bc&#0;\"/></tv>", `{"Channel":{"ID":"abc"}}`, false},
	{"the end is missing", `<tv><channel id="a"/><channel id="b"><display-name>B`, `{"Channel":{"ID":"a"}}`, true},
	{"cut off inside a tag", `<tv><channel id="a"/><programme chan`, `{"Channel":{"ID":"a"}}`, true},
	{"cut off inside a comment", `<tv><channel id="a"/><!-- and`, `{"Channel":{"ID":"a"}}`, true},
	{"a channel not closed", `<tv><channel id="a"><display-name>A<channel id="b"/></tv>`, `{"Channel":{"ID":"a","Names":[{"Value":"A"}]}}` + "\n" + `{"Channel":{"ID":"b"}}`, true},
	{"a quote not closed", `<tv><channel id="a><display-name>A</display-name></channel><channel id="b"/></tv>`, `{"Channel":{"ID":"a\u003e","Names":[{"Value":"A"}]}}` + "\n" + `{"Channel":{"ID":"b"}}`, true},
	{"no quotes", `<tv><channel id=a x/><channel y id = b></channel></tv>`, `{"Channel":{"ID":"a"}}` + "\n" + `{"Channel":{"ID":"b"}}`, false},
	{"no tv element", `<channel id="a"/>`, `{"Channel":{"ID":"a"}}`, false},
	{"CDATA", `<tv><channel id="a"><display-name>A<![CDATA[ & <b>]]>.</display-name></channel></tv>`, `{"Channel":{"ID":"a","Names":[{"Value":"A \u0026 \u003cb\u003e."}]}}`, false},
	{"byte order mark", "\xEF\xBB\xBF<tv><channel id=\"a\"/></tv>", `{"Channel":{"ID":"a"}}`, false},
	{"space before the declaration", "\n<?xml version='1.0' encoding='ISO-8859-15'?><tv><channel id=\"\xa4\"/></tv>", `{"Channel":{"ID":"€"}}`, false},
	{"Windows-1252", "<?xml version='1.0' encoding='Windows-1252'?><tv><channel id=\"\x93\xe9\x94\"/></tv>", `{"Channel":{"ID":"“é”"}}`, false},
	{"entities of its own", `<!DOCTYPE tv [<!ENTITY co "Company &amp; Sons"><!ENTITY all '&co; &eacute;'> <!ENTITY x SYSTEM "file:///etc/passwd">]><tv><channel id="&all;&x;"/></tv>`, `{"Channel":{"ID":"Company \u0026 Sons é\u0026x;"}}`, false},
	{"an entity in itself", `<!DOCTYPE tv [<!ENTITY a "&b;"><!ENTITY b "&a;">]><tv><channel id="&a;"/></tv>`, `{"Channel":{"ID":"\u0026a;"}}`, false},
	{"a declaration not closed", `<!DOCTYPE tv SYSTEM "xmltv.dtd><tv><channel id="a"/></tv>`, `{"Channel":{"ID":"a"}}`, true},
}

func TestFaultsAreForgiven(t *testing.T) {
	t.Parallel()
	for _, c := range forgiven {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, warnings := readAll(t, strings.NewReader(c.guide), xmltv.Options{})
			if strings.Join(got, "\n") != c.want || (warnings != nil) != c.warned {
				t.Errorf("Read gives %s, want %s; warnings %q", strings.Join(got, "\n"), c.want, warnings)
			}
		})
	}
}

func TestUTF16(t *testing.T) {
	t.Parallel()
	for name, order := range map[string][2]int{"little": {0, 8}, "big": {8, 0}} {
		var document []byte
		for _, c := range "\uFEFF<tv><channel id=\"\u20ac\u00e9\"/></tv>" {
			document = append(document, byte(c>>order[0]), byte(c>>order[1]))
		}
		got, _ := readAll(t, bytes.NewReader(document), xmltv.Options{})
		if want := `{"Channel":{"ID":"€é"}}`; len(got) != 1 || got[0] != want {
			t.Errorf("%s endian: Read gives %q, want %s", name, got, want)
		}
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	const document = `<tv><channel id="a"/><channel id="b"/><programme channel="a"/><programme channel="b"><title>T</title></programme></tv>`
	for _, c := range []struct {
		name    string
		options xmltv.Options
		want    []string
	}{
		{"channels", xmltv.Options{SkipProgrammes: true}, []string{`{"Channel":{"ID":"a"}}`, `{"Channel":{"ID":"b"}}`}},
		{"one channel's programmes", xmltv.Options{SkipChannels: true, Wanted: func(channel string) bool { return channel == "b" }}, []string{
			`{"Programme":{"Channel":"b","Titles":[{"Value":"T"}]}}`,
		}},
	} {
		if got, _ := readAll(t, strings.NewReader(document), c.options); !slices.Equal(got, c.want) {
			t.Errorf("%s: Read gives %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTruncated(t *testing.T) {
	t.Parallel()
	for document, want := range map[string]bool{
		`<tv><channel id="a"/></tv>`: false, "<tv/>": false, `<channel id="a"/>`: false,
		`<tv><channel id="a"/>`: true, `<tv><channel id="a"><`: true, `<tv><channel id="a"></tv>`: false,
	} {
		r := xmltv.NewReader(strings.NewReader(document), xmltv.Options{})
		for {
			if _, err := r.Read(); err != nil {
				break
			}
		}
		if got := r.Truncated(); got != want {
			t.Errorf("Truncated of %s = %t, want %t", document, got, want)
		}
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	broken := errors.New("the line is cut")
	for _, c := range []struct {
		name     string
		document io.Reader
		want     error
		says     string
	}{
		{"an error page", strings.NewReader("<html><body>Not found</body></html>"), xmltv.ErrNotXMLTV, "no tv element"},
		{"nothing", strings.NewReader(""), xmltv.ErrNotXMLTV, "no tv element"},
		{"a text without end", io.MultiReader(strings.NewReader("<tv>"), &endless{}), xmltv.ErrTooLarge, "8 MiB"},
		{"a source that breaks", io.MultiReader(strings.NewReader("<tv>"), iotest.ErrReader(broken)), broken, "at byte"},
		{"an encoding nobody knows", strings.NewReader(`<?xml version="1.0" encoding="x-of-mine"?><tv/>`), nil, `"x-of-mine"`},
	} {
		r := xmltv.NewReader(c.document, xmltv.Options{})
		_, err := r.Read()
		if err == nil || errors.Is(err, io.EOF) || c.want != nil && !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: Read = %v, want an error with %q", c.name, err, c.says)
		}
		if _, again := r.Read(); !errors.Is(again, err) {
			t.Errorf("%s: Read once more = %v, want the same error", c.name, again)
		}
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// A document of a few hundred bytes that would give gigabytes gives little, soon.
func TestEntitiesThatMultiply(t *testing.T) {
	t.Parallel()
	for name, leaf := range map[string]string{"of text": "lol", "of nothing": ""} {
		document := `<!DOCTYPE tv [<!ENTITY e0 "` + leaf + `">`
		for i := range 12 {
			document += fmt.Sprintf(`<!ENTITY e%d "%s">`, i+1, strings.Repeat(fmt.Sprintf("&e%d;", i), 100))
		}
		document += "]><tv>" + strings.Repeat(`<channel id="&e1;&e12;"/>`, 100_000) + "</tv>"
		r := xmltv.NewReader(strings.NewReader(document), xmltv.Options{})
		size := 0
		for {
			entry, err := r.Read()
			if err != nil {
				break
			}
			size += len(entry.Channel.ID)
		}
		if size > 20<<20 {
			t.Errorf("%s: the IDs of a guide of %d bytes are %d bytes long", name, len(document), size)
		}
	}
}

func TestParseTime(t *testing.T) {
	t.Parallel()
	at := func(month time.Month, day, hour, minute, second int) time.Time {
		return time.Date(2024, month, day, hour, minute, second, 0, time.UTC)
	}
	for text, want := range map[string]time.Time{
		"20240131183005 +0100":  at(1, 31, 17, 30, 5),
		"20240131183005 -0330":  at(1, 31, 22, 0, 5),
		"20240131183005+01:00":  at(1, 31, 17, 30, 5),
		" 20240131183005 +02":   at(1, 31, 16, 30, 5),
		"20240131183005":        at(1, 31, 18, 30, 5),
		"20240131183005 EST":    at(1, 31, 18, 30, 5),
		"20240131183005 Z":      at(1, 31, 18, 30, 5),
		"202401311830 +0000":    at(1, 31, 18, 30, 0),
		"2024013118":            at(1, 31, 18, 0, 0),
		"20240131":              at(1, 31, 0, 0, 0),
		"202402":                at(2, 1, 0, 0, 0),
		"2024":                  at(1, 1, 0, 0, 0),
		"20240131240000":        at(2, 1, 0, 0, 0),
		"20240131235960 +0000":  at(2, 1, 0, 0, 0),
		"20240229000000 +00":    at(2, 29, 0, 0, 0),
		"20240101000000 +1400x": at(12, 31, 10, 0, 0).AddDate(-1, 0, 0),
	} {
		if got, err := xmltv.ParseTime(text); err != nil || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("ParseTime(%q) = %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "now", "20241301", "20240230", "20240131250000", "202", "20240", "202401311830055"} {
		if got, err := xmltv.ParseTime(text); err == nil {
			t.Errorf("ParseTime(%q) = %v, want an error", text, got)
		}
	}
}
