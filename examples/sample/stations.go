// Package sample makes up a playlist and a programme guide to try a host with: nothing in them exists.
package sample

import (
	"fmt"
	"strings"
)

// station is a channel that does not exist.
type station struct {
	name  string
	group string
	id    string   // in the guide, "" for none
	forms []string // under which it is in the playlist, as in "HD"
	days  int      // of catch-up
	kind  string   // of its programmes
}

// genre is a group of the playlist.
type genre struct {
	group, kind string
	names       []string
	forms       []string
	days        int
}

// genres lists the groups with their stations.
func genres() []genre {
	hd, all := []string{"HD", "SD"}, []string{"HD", "SD", "4K"}
	return []genre{
		{"News", "news", []string{
			"Morning Wire", "Harbour News", "Capital Desk", "World Briefing", "Parliament Live", "Market Ticker",
			"Weather Now", "City Report", "Northern Dispatch", "Newsroom 24",
		}, all, 3},
		{"Sport", "sport", []string{
			"Arena One", "Arena Two", "Arena Extra", "Pitchside", "Baseline Tennis", "Peloton", "Paddock", "Ringside",
			"Slopes & Ice", "Harbour Sailing", "Darts & Cues", "Athletics Hub",
		}, all, 0},
		{"Films", "film", []string{
			"Matinee", "Late Reel", "Silver Frame", "Noir Channel", "Comedy Reel", "Drive-In", "Festival Film", "Family Cinema",
			"Action Reel", "World Cinema",
		}, all, 7},
		{"Series", "series", []string{
			"Chapter One", "Cliffhanger", "Cold Case TV", "Laugh Track", "Small Town", "Starship", "Period Piece", "Binge",
		}, all, 7},
		{"Kids", "kids", []string{
			"Treehouse", "Paper Boat", "Little Comet", "Storytime", "Puddle Jump", "Toy Box", "Owl School", "Junior Lab",
		}, hd, 7},
		{"Documentary", "documentary", []string{
			"Deep Field", "Blue Planet Hour", "Old Stones", "How It Works", "Wild Coast", "Engines", "True Stories", "Atlas",
			"Kitchen Science",
		}, all, 7},
		{"Music", "music", []string{
			"Vinyl", "Backbeat", "Opera House", "Festival Stage", "Quiet Hours", "Folk Barn", "Club Night", "Charts",
		}, hd, 0},
		{"Lifestyle", "lifestyle", []string{
			"Garden Gate", "Home Again", "Table for Two", "Travel Light", "Second Hand", "Open House", "Slow Food",
		}, hd, 3},
		{"Regional", "regional", []string{
			"Coast TV", "Valley TV", "Lakeside TV", "Old Town TV", "Islands TV", "Northern Lights TV", "Border TV", "Riverside TV",
			"Highland TV", "Harbour TV", "Forest TV", "Capital TV",
		}, hd, 0},
		{"Radio", "", []string{
			"Radio Meridian", "Radio Harbour", "Jazz FM Sample", "Classics on Air", "Talk 101", "Rock Valley",
		}, nil, 0},
	}
}

// stations lists what there is, in the order of the playlist.
func stations() []station {
	var all []station
	for _, g := range genres() {
		for _, name := range g.names {
			s := station{name: name, group: g.group, forms: g.forms, days: g.days, kind: g.kind}
			if g.kind != "" {
				s.id = slug(name) + ".sample"
			}
			all = append(all, s)
		}
	}
	return all
}

// Groups lists the groups of the playlist in its order.
func Groups() []string {
	var names []string
	for _, g := range genres() {
		names = append(names, g.group)
	}
	return names
}

// slug is a name as it stands in addresses.
func slug(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	return strings.Join(words, "-")
}

// logo is the address of a station's picture.
func (s station) logo() string {
	return fmt.Sprintf("https://logos.sample.invalid/%s.png", slug(s.name))
}
