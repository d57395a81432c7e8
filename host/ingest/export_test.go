package ingest

// What no other package needs, for the tests.
var (
	Canonical = canonical
	Template  = template
	Natural   = compareNatural
	PictureOf = pictureOf
)

// StringJSON is a text as a JSON string.
func StringJSON(text string) string { return string(appendString(nil, text)) }

// Hurry makes one transaction for many changes always take too long.
func (i *Ingest) Hurry() { i.atOnce = -1 }
