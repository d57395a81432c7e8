package ingest

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/sdk/xmltv"
)

// row is a programme of a guide as a row, false when the guide does not say
// when it is. What has no column goes into custom_properties, under the names
// that Dispatcharr's plugins read.
func (e *episodes) row(p *xmltv.Programme) (store.Programme, bool) {
	if y := p.Start.Year(); p.Start.IsZero() || y < 1900 || y > 9999 {
		return store.Programme{}, false
	}
	if y := p.Stop.Year(); p.Stop.IsZero() || y < 1900 || y > 9999 {
		return store.Programme{}, false
	}
	properties := map[string]any{}
	e.number(p.EpisodeNumbers, properties)
	row := store.Programme{
		StartTime: p.Start, EndTime: p.Stop, TvgID: p.Channel,
		Title: lastText(p.Titles), SubTitle: lastText(p.SubTitles),
		Description: e.fromDescription(lastText(p.Descriptions), properties),
	}
	if row.Title == "" {
		row.Title = "No Title"
	}
	describe(p, properties)
	judge(p, properties)
	flags(p, properties)
	if len(properties) > 0 {
		row.CustomProperties = object(properties)
	}
	row.Fit()
	return row, true
}

// describe adds what the programme is.
func describe(p *xmltv.Programme, to map[string]any) {
	set(to, "categories", values(p.Categories))
	set(to, "keywords", values(p.Keywords))
	put(to, "date", p.Date)
	for _, country := range values(p.Countries)[:min(1, len(values(p.Countries)))] {
		put(to, "country", country)
	}
	put(to, "language", p.Language)
	put(to, "original_language", p.OriginalLanguage)
	if n, err := strconv.Atoi(strings.TrimSpace(p.Length.Value)); err == nil {
		length := map[string]any{"value": n}
		put(length, "units", p.Length.Units)
		to["length"] = length
	}
	if v := p.Video; v != nil {
		setFields(to, "video", "present", v.Present, "colour", v.Colour, "aspect", v.Aspect, "quality", v.Quality)
	}
	if a := p.Audio; a != nil {
		setFields(to, "audio", "present", a.Present, "stereo", a.Stereo)
	}
	var subtitles []map[string]any
	for _, s := range p.Subtitles {
		subtitles = append(subtitles, fields("type", s.Type, "language", s.Language))
	}
	set(to, "subtitles", subtitles)
	for _, icon := range p.Icons {
		if icon.Source != "" {
			put(to, "icon", icon.Source)
			break
		}
	}
	var images []map[string]any
	for _, i := range p.Images {
		if strings.TrimSpace(i.URL) != "" {
			images = append(images, fields("url", i.URL, "type", i.Type, "size", i.Size, "orient", i.Orient, "system", i.System))
		}
	}
	set(to, "images", images)
	if p.Credits != nil {
		credits(p.Credits, to)
	}
}

func credits(c *xmltv.Credits, to map[string]any) {
	all := map[string]any{}
	for _, job := range []struct {
		name   string
		people []string
	}{
		{"director", c.Directors},
		{"writer", c.Writers},
		{"adapter", c.Adapters},
		{"producer", c.Producers},
		{"composer", c.Composers},
		{"editor", c.Editors},
		{"presenter", c.Presenters},
		{"commentator", c.Commentators},
		{"guest", c.Guests},
	} {
		var names []string
		for _, person := range job.people {
			if name := strings.TrimSpace(person); name != "" {
				names = append(names, name)
			}
		}
		set(all, job.name, names)
	}
	var actors []map[string]any
	for _, a := range c.Actors {
		actor := fields("name", a.Name, "role", a.Role)
		if actor["name"] == nil {
			continue
		}
		if a.Guest {
			actor["guest"] = true
		}
		actors = append(actors, actor)
	}
	set(all, "actor", actors)
	if len(all) > 0 {
		to["credits"] = all
	}
}

// judge adds what others say of the programme.
func judge(p *xmltv.Programme, to map[string]any) {
	if len(p.Ratings) > 0 && strings.TrimSpace(p.Ratings[0].Value) != "" {
		put(to, "rating", p.Ratings[0].Value)
		put(to, "rating_system", p.Ratings[0].System)
	}
	var stars []map[string]any
	for _, rating := range p.StarRatings {
		if strings.TrimSpace(rating.Value) != "" {
			stars = append(stars, fields("value", rating.Value, "system", rating.System))
		}
	}
	set(to, "star_ratings", stars)
	var reviews []map[string]any
	for _, r := range p.Reviews {
		if strings.TrimSpace(r.Content) != "" {
			reviews = append(reviews, fields("content", r.Content, "type", r.Type, "source", r.Source, "reviewer", r.Reviewer))
		}
	}
	set(to, "reviews", reviews)
}

// flags adds what is true or not there.
func flags(p *xmltv.Programme, to map[string]any) {
	for name, is := range map[string]bool{
		"new": p.New, "live": p.Live, "premiere": p.Premiere != nil,
		"last_chance": p.LastChance != nil, "previously_shown": p.PreviouslyShown != nil,
	} {
		if is {
			to[name] = true
		}
	}
	if p.Premiere != nil {
		put(to, "premiere_text", p.Premiere.Value)
	}
	if p.LastChance != nil {
		put(to, "last_chance_text", p.LastChance.Value)
	}
	if s := p.PreviouslyShown; s != nil {
		setFields(to, "previously_shown_details", "start", s.Start, "channel", s.Channel)
	}
}

func lastText(texts []xmltv.Text) string {
	if len(texts) == 0 {
		return ""
	}
	return texts[len(texts)-1].Value
}

// values are the texts that say something.
func values(texts []xmltv.Text) []string {
	var list []string
	for _, text := range texts {
		if value := strings.TrimSpace(text.Value); value != "" {
			list = append(list, value)
		}
	}
	return list
}

// put sets a key to a text that says something.
func put(to map[string]any, key, text string) {
	if text = strings.TrimSpace(text); text != "" {
		to[key] = text
	}
}

// set sets a key to a list that holds something.
func set[T any](to map[string]any, key string, list []T) {
	if len(list) > 0 {
		to[key] = list
	}
}

// fields is an object of the pairs of key and text that say something.
func fields(pairs ...string) map[string]any {
	object := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		put(object, pairs[i], pairs[i+1])
	}
	return object
}

// setFields sets a key to such an object, unless it is empty.
func setFields(to map[string]any, key string, pairs ...string) {
	if object := fields(pairs...); len(object) > 0 {
		to[key] = object
	}
}

// object is JSON with its keys in order, so that what is the same reads the
// same. Texts have no NUL: the reader of guides drops it.
func object(properties map[string]any) json.RawMessage {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(properties); err != nil {
		return nil // texts, numbers and booleans always encode
	}
	return bytes.TrimRight(text.Bytes(), "\n")
}
