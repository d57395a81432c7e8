package ingest

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/pluggarr/pluggarr/sdk/xmltv"
)

// episodes finds out which episode a programme is.
type episodes struct {
	onscreen    *regexp.Regexp   // somewhere in an onscreen number
	description []*regexp.Regexp // at the beginning of a description
}

func newEpisodes() *episodes {
	return &episodes{
		onscreen: regexp.MustCompile(`(?i)S\s*(\d{1,4})\s*E\s*(\d{1,5})`),
		description: []*regexp.Regexp{
			regexp.MustCompile(`(?i)^\s*S(\d{1,4})\s*E(\d{1,5})\b[\s.,:;–—-]*`),
			regexp.MustCompile(`(?i)^\s*Season\s+(\d{1,4}),?\s+Episode\s+(\d{1,5})\b[\s.,:;–—-]*`),
			regexp.MustCompile(`(?i)^\s*(\d{1,4})x(\d{1,5})\b[\s.,:;–—-]*`),
		},
	}
}

// episode is a season and an episode, each from 1; nil when not known.
type episode struct{ season, number *int }

func (e episode) known() bool { return e.season != nil || e.number != nil }

// number reads episode numbers into properties and says which episode it is.
func (e *episodes) number(numbers []xmltv.EpisodeNumber, properties map[string]any) {
	var counted, shown episode
	for _, n := range numbers {
		value := strings.TrimSpace(n.Value)
		if value == "" {
			continue
		}
		switch n.System {
		case "xmltv_ns":
			counted = fromZero(value)
		case "onscreen":
			properties["onscreen_episode"] = value
			if found := e.onscreen.FindStringSubmatch(value); found != nil {
				shown = fromOne(found)
			}
		case "dd_progid":
			properties["dd_progid"] = value
		case "thetvdb.com", "themoviedb.org", "imdb.com":
			properties[n.System+"_id"] = value
		}
	}
	if !counted.known() {
		counted = shown
	}
	counted.into(properties)
}

// fromDescription looks for the episode at the beginning of a description, and
// returns the description without it.
func (e *episodes) fromDescription(description string, properties map[string]any) string {
	begin := strings.TrimLeft(description, " \t\r\n")
	if begin == "" || properties["season"] != nil || properties["episode"] != nil {
		return description
	}
	if c := begin[0]; c != 'S' && c != 's' && (c < '0' || c > '9') {
		return description
	}
	for _, pattern := range e.description {
		found := pattern.FindStringSubmatch(description)
		if found == nil {
			continue
		}
		fromOne(found).into(properties)
		properties["season_episode_source"] = "description"
		return strings.TrimSpace(description[len(found[0]):])
	}
	return description
}

func (e episode) into(properties map[string]any) {
	if e.season != nil {
		properties["season"] = *e.season
	}
	if e.number != nil {
		properties["episode"] = *e.number
	}
}

// fromOne takes season and episode from what a pattern found.
func fromOne(found []string) episode {
	var e episode
	if n, err := strconv.Atoi(found[1]); err == nil {
		e.season = &n
	}
	if n, err := strconv.Atoi(found[2]); err == nil {
		e.number = &n
	}
	return e
}

// fromZero reads "season.episode.part", each counted from zero, each perhaps
// with "/total" behind it or not there.
func fromZero(text string) episode {
	part := func(text string) *int {
		number, _, _ := strings.Cut(text, "/")
		n, err := strconv.Atoi(strings.TrimSpace(number))
		if err != nil || n < 0 || n > 1<<30 {
			return nil
		}
		n++
		return &n
	}
	season, rest, _ := strings.Cut(text, ".")
	number, _, _ := strings.Cut(rest, ".")
	return episode{part(season), part(number)}
}
