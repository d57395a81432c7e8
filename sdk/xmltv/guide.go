package xmltv

import "time"

// Channel is a channel element.
type Channel struct {
	// ID is what programmes call the channel by. It is as the guide has it,
	// spaces too.
	ID string
	// Names are the display names, in the order of the guide.
	Names []Text
	// Icons are the channel's pictures, the best first by custom.
	Icons []Icon
	// URLs are addresses of pages about the channel.
	URLs []string
}

// Programme is a programme element. Lists are in the order of the guide and
// nil when there is nothing; texts are as the guide has them, spaces too.
type Programme struct {
	// Channel is the ID of the channel.
	Channel string
	// Start is when the programme begins, in UTC; zero when the guide does
	// not say so in a form that [ParseTime] takes.
	Start time.Time
	// Stop is when the programme ends, in UTC; zero like Start.
	Stop time.Time

	// Titles are the programme's names.
	Titles []Text
	// SubTitles are the names of the episode.
	SubTitles []Text
	// Descriptions tell what the programme is about.
	Descriptions []Text
	// Credits are the people behind the programme; nil when nobody is named.
	Credits *Credits
	// Date is when the programme was made, as the guide has it: a year, or
	// YYYYMMDD.
	Date string
	// Categories are its genres.
	Categories []Text
	// Keywords are words to find it by.
	Keywords []Text
	// Language is the language spoken, or empty.
	Language string
	// OriginalLanguage is the language it was made in, or empty.
	OriginalLanguage string
	// Length is how long the programme itself is, without advertisements;
	// zero when not said.
	Length Length
	// Icons are pictures of the programme.
	Icons []Icon
	// URLs are addresses of pages about it.
	URLs []string
	// Countries are where it was made.
	Countries []Text
	// EpisodeNumbers say which episode it is, each in its own system.
	EpisodeNumbers []EpisodeNumber
	// Video describes the picture; nil when not said.
	Video *Video
	// Audio describes the sound; nil when not said.
	Audio *Audio
	// PreviouslyShown says that it was shown before; nil when not said.
	PreviouslyShown *PreviouslyShown
	// Premiere says that it is shown for the first time; nil when not said.
	Premiere *Text
	// LastChance says that it is shown for the last time; nil when not said.
	LastChance *Text
	// New says that it is a new programme, not a repeat.
	New bool
	// Live says that it is broadcast as it happens.
	Live bool
	// Subtitles are the subtitles there are.
	Subtitles []Subtitles
	// Ratings say for whom it is fit.
	Ratings []Rating
	// StarRatings say how good somebody finds it.
	StarRatings []Rating
	// Reviews are what was written about it.
	Reviews []Review
	// Images are pictures with more said about each than an icon has.
	Images []Image
}

// Text is a text in some language.
type Text struct {
	// Value is the text.
	Value string
	// Lang is its language, such as "en", or empty.
	Lang string
}

// Icon is a picture.
type Icon struct {
	// Source is the picture's address.
	Source string
	// Width is its width as the guide has it, in pixels, or empty.
	Width string
	// Height is its height as the guide has it, in pixels, or empty.
	Height string
}

// Credits are the people behind a programme.
type Credits struct {
	// Actors play in it.
	Actors []Actor
	// Directors directed it.
	Directors []string
	// Writers wrote it.
	Writers []string
	// Adapters adapted it.
	Adapters []string
	// Producers produced it.
	Producers []string
	// Composers made the music.
	Composers []string
	// Editors edited it.
	Editors []string
	// Presenters present it.
	Presenters []string
	// Commentators comment on it.
	Commentators []string
	// Guests appear in it.
	Guests []string
}

// Actor is somebody who plays in a programme.
type Actor struct {
	// Name is the actor's name.
	Name string
	// Role is who is played, or empty.
	Role string
	// Guest says that the actor is in this episode only.
	Guest bool
}

// Length is how long something is.
type Length struct {
	// Value is a number as the guide has it, or empty.
	Value string
	// Units are seconds, minutes or hours.
	Units string
}

// EpisodeNumber says which episode a programme is.
type EpisodeNumber struct {
	// Value is the number in the way of its system.
	Value string
	// System is how Value is written: xmltv_ns counts from zero, onscreen is
	// what viewers see. The guide may leave it out.
	System string
}

// Video describes a picture. Each field is as the guide has it, or empty.
type Video struct {
	// Present is yes or no.
	Present string
	// Colour is yes or no.
	Colour string
	// Aspect is a ratio such as 16:9.
	Aspect string
	// Quality is such as HDTV.
	Quality string
}

// Audio describes the sound. Each field is as the guide has it, or empty.
type Audio struct {
	// Present is yes or no.
	Present string
	// Stereo is such as stereo, surround or dolby digital.
	Stereo string
}

// PreviouslyShown says when and where a programme was shown before.
type PreviouslyShown struct {
	// Start is when, as the guide has it, or empty.
	Start string
	// Channel is the ID of the channel, or empty.
	Channel string
}

// Subtitles are subtitles of one kind.
type Subtitles struct {
	// Type is teletext, onscreen or deaf-signed, or empty.
	Type string
	// Language is their language, or empty.
	Language string
}

// Rating is a verdict in some system.
type Rating struct {
	// Value is the verdict, such as "PG" or "3/5".
	Value string
	// System is whose verdict it is, such as "MPAA", or empty.
	System string
	// Icons are pictures of the verdict.
	Icons []Icon
}

// Review is what somebody wrote about a programme.
type Review struct {
	// Content is the text, or its address when Type is url.
	Content string
	// Type is text or url.
	Type string
	// Source is where it was published, or empty.
	Source string
	// Reviewer is who wrote it, or empty.
	Reviewer string
	// Lang is its language, or empty.
	Lang string
}

// Image is a picture of a programme.
type Image struct {
	// URL is the picture's address.
	URL string
	// Type is what it shows: poster, backdrop, still, person or character; or
	// empty.
	Type string
	// Size is 1 for less than 200 pixels, 2 up to 400, 3 above; or empty.
	Size string
	// Orient is P for portrait, L for landscape; or empty.
	Orient string
	// System is where it comes from, or empty.
	System string
}
