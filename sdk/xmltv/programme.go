package xmltv

// wanted is a new programme with the attributes of the current start tag, nil
// when nobody wants programmes of its channel.
func (r *Reader) wanted() *Programme {
	var channel, start, stop []byte
	r.attributes(func(name, value []byte) {
		switch string(name) {
		case "channel":
			channel = value
		case "start":
			start = value
		case "stop":
			stop = value
		}
	})
	id := r.name(channel)
	if r.options.Wanted != nil && !r.options.Wanted(id) {
		return nil
	}
	p := &Programme{Channel: id}
	p.Start, _ = parseTime(start)
	p.Stop, _ = parseTime(stop)
	return p
}

// programme reads what is inside a programme element, whose start tag is the
// current token. It is false when the document ends first.
func (r *Reader) programme(p *Programme) bool {
	return r.children("programme", func() bool {
		switch string(r.scan.name) {
		case "title":
			return r.addText(&p.Titles, "title")
		case "sub-title":
			return r.addText(&p.SubTitles, "sub-title")
		case "desc":
			return r.addText(&p.Descriptions, "desc")
		case "category":
			return r.addText(&p.Categories, "category")
		case "episode-num":
			number := EpisodeNumber{System: r.attribute("system")}
			ok := r.setText(&number.Value, "episode-num")
			p.EpisodeNumbers = append(p.EpisodeNumbers, number)
			return ok
		case "icon":
			p.Icons = append(p.Icons, r.icon())
		case "credits":
			if p.Credits == nil {
				p.Credits = new(Credits)
			}
			return r.credits(p.Credits)
		case "new":
			p.New = true
		case "live":
			p.Live = true
		case "previously-shown":
			p.PreviouslyShown = &PreviouslyShown{Start: r.attribute("start"), Channel: r.attribute("channel")}
		default:
			return r.detail(p)
		}
		return true
	})
}

// detail reads a part of a programme that few guides have.
func (r *Reader) detail(p *Programme) bool {
	switch string(r.scan.name) {
	case "date":
		return r.setText(&p.Date, "date")
	case "keyword":
		return r.addText(&p.Keywords, "keyword")
	case "language":
		return r.setText(&p.Language, "language")
	case "orig-language":
		return r.setText(&p.OriginalLanguage, "orig-language")
	case "length":
		p.Length.Units = r.attribute("units")
		return r.setText(&p.Length.Value, "length")
	case "url":
		return r.addString(&p.URLs, "url")
	case "country":
		return r.addText(&p.Countries, "country")
	case "video":
		p.Video = new(Video)
		return r.video(p.Video)
	case "audio":
		p.Audio = new(Audio)
		return r.audio(p.Audio)
	case "premiere":
		p.Premiere = new(Text)
		return r.text(p.Premiere, "premiere")
	case "last-chance":
		p.LastChance = new(Text)
		return r.text(p.LastChance, "last-chance")
	default:
		return r.verdict(p)
	}
}

// verdict reads what others say of a programme and add to it.
func (r *Reader) verdict(p *Programme) bool {
	ok := true
	switch string(r.scan.name) {
	case "subtitles":
		subtitles := Subtitles{Type: r.attribute("type")}
		ok = r.children("subtitles", func() bool {
			return string(r.scan.name) != "language" || r.setText(&subtitles.Language, "language")
		})
		p.Subtitles = append(p.Subtitles, subtitles)
	case "rating":
		ok = r.rating(&p.Ratings, "rating")
	case "star-rating":
		ok = r.rating(&p.StarRatings, "star-rating")
	case "review":
		review := Review{
			Type: r.attribute("type"), Source: r.attribute("source"),
			Reviewer: r.attribute("reviewer"), Lang: r.attribute("lang"),
		}
		ok = r.setText(&review.Content, "review")
		p.Reviews = append(p.Reviews, review)
	case "image":
		image := Image{
			Type: r.attribute("type"), Size: r.attribute("size"),
			Orient: r.attribute("orient"), System: r.attribute("system"),
		}
		ok = r.setText(&image.URL, "image")
		p.Images = append(p.Images, image)
	}
	return ok
}

func (r *Reader) credits(c *Credits) bool {
	return r.children("credits", func() bool {
		switch string(r.scan.name) {
		case "actor":
			actor := Actor{Role: r.attribute("role"), Guest: r.attribute("guest") == "yes"}
			ok := r.setText(&actor.Name, "actor")
			c.Actors = append(c.Actors, actor)
			return ok
		case "director":
			return r.addString(&c.Directors, "director")
		case "writer":
			return r.addString(&c.Writers, "writer")
		case "adapter":
			return r.addString(&c.Adapters, "adapter")
		case "producer":
			return r.addString(&c.Producers, "producer")
		case "composer":
			return r.addString(&c.Composers, "composer")
		case "editor":
			return r.addString(&c.Editors, "editor")
		case "presenter":
			return r.addString(&c.Presenters, "presenter")
		case "commentator":
			return r.addString(&c.Commentators, "commentator")
		case "guest":
			return r.addString(&c.Guests, "guest")
		}
		return true
	})
}

func (r *Reader) video(v *Video) bool {
	return r.children("video", func() bool {
		switch string(r.scan.name) {
		case "present":
			return r.setText(&v.Present, "present")
		case "colour":
			return r.setText(&v.Colour, "colour")
		case "aspect":
			return r.setText(&v.Aspect, "aspect")
		case "quality":
			return r.setText(&v.Quality, "quality")
		}
		return true
	})
}

func (r *Reader) audio(a *Audio) bool {
	return r.children("audio", func() bool {
		switch string(r.scan.name) {
		case "present":
			return r.setText(&a.Present, "present")
		case "stereo":
			return r.setText(&a.Stereo, "stereo")
		}
		return true
	})
}

// rating reads a rating and adds it to ratings.
func (r *Reader) rating(ratings *[]Rating, name string) bool {
	rating := Rating{System: r.attribute("system")}
	ok := r.children(name, func() bool {
		switch string(r.scan.name) {
		case "value":
			return r.setText(&rating.Value, "value")
		case "icon":
			rating.Icons = append(rating.Icons, r.icon())
		}
		return true
	})
	*ratings = append(*ratings, rating)
	return ok
}

// text, addText, addString and setText read the element called name, whose
// start tag is the current token, and keep its content. They are false when
// the document ends first.
func (r *Reader) text(to *Text, name string) bool {
	var ok bool
	*to, ok = r.named(name)
	return ok
}

func (r *Reader) addText(to *[]Text, name string) bool {
	text, ok := r.named(name)
	*to = append(*to, text)
	return ok
}

func (r *Reader) addString(to *[]string, name string) bool {
	text, ok := r.content(name)
	*to = append(*to, text)
	return ok
}

func (r *Reader) setText(to *string, name string) bool {
	text, ok := r.content(name)
	*to = text
	return ok
}
