// Package match finds which of many names is meant by another: names of
// channels as playlists and guides write them. It is compiled, and so fast in
// interpreted plugins too.
package match

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
	"unicode"
)

// Normalise brings a channel's name into the form in which names are compared:
// small letters without marks, nothing in brackets, no country before a colon
// or bar, no words on quality, words apart by one space. "UK: BBC One (FHD)"
// becomes "bbc one". drop are further words to leave out, in small letters. A
// name of which nothing would be left keeps its words.
func Normalise(name string, drop ...string) string {
	lower := strings.Map(plain, strings.ToLower(name))
	words := fields(withoutPrefix(withoutBrackets(lower)))
	kept := slices.DeleteFunc(slices.Clone(words), func(word string) bool {
		return isQuality(word) || slices.Contains(drop, word)
	})
	if len(kept) == 0 {
		kept = fields(lower)
	}
	return strings.Join(kept, " ")
}

// fields are the runs of letters, digits, "+" and "&" in a text.
func fields(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '+' && r != '&'
	})
}

// isQuality says that a word is about the picture, not the channel.
func isQuality(word string) bool {
	switch word {
	case "sd", "hd", "fhd", "uhd", "4k", "8k", "hevc", "h264", "h265", "x264", "x265", "1080p", "1080i", "720p", "576p", "480p",
		"2160p", "hdr", "raw", "50fps", "60fps", "hq", "lq", "backup", "vip":
		return true
	}
	return false
}

// withoutBrackets leaves out what stands in brackets that are closed.
func withoutBrackets(text string) string {
	for _, pair := range []string{"()", "[]", "{}"} {
		for {
			before, rest, open := strings.Cut(text, pair[:1])
			_, after, closed := strings.Cut(rest, pair[1:])
			if !open || !closed {
				break
			}
			text = before + " " + after
		}
	}
	return text
}

// withoutPrefix leaves out a country or provider of two or three letters before
// a colon or a bar: "uk: ", "us | ", "de|".
func withoutPrefix(text string) string {
	at := strings.IndexAny(text, ":|")
	if at < 0 {
		return text
	}
	prefix := strings.TrimSpace(text[:at])
	letters := !strings.ContainsFunc(prefix, func(r rune) bool { return !unicode.IsLetter(r) })
	if letters && len(prefix) >= 2 && len(prefix) <= 3 && len(fields(text[at:])) > 0 {
		return text[at+1:]
	}
	return text
}

// plain is a small Latin letter without its mark; others stay as they are.
func plain(r rune) rune {
	if r < 0xe0 || r > 0x17f {
		return r
	}
	const marked = "àáâãäåāăąçćĉċčďđèéêëēĕėęěĝğġģĥħìíîïĩīĭįıĵķĺļľŀłñńņňòóôõöøōŏőŕŗřśŝşšţťŧùúûüũūŭůűųŵýÿŷźżž"
	const letter = "aaaaaaaaacccccddeeeeeeeeegggghhiiiiiiiiijklllllnnnnooooooooorrrssssstttuuuuuuuuuuwyyyzzz"
	for i, m := range []rune(marked) {
		if m == r {
			return rune(letter[i])
		}
	}
	return r
}

// Match is a name that was found.
type Match struct {
	// Index is its place among the names of the [Index].
	Index int
	// Name is the name as it was given.
	Name string
	// Score is how like the two are, from 0 to 1, which is the same.
	Score float64
}

// Index finds names. It may be used concurrently.
type Index struct {
	names []string
	forms [][]rune // normalised
	exact map[string]int
	drop  []string
}

// NewIndex prepares names for being found; drop is as in [Normalise].
func NewIndex(names []string, drop ...string) *Index {
	x := &Index{names: names, forms: make([][]rune, len(names)), exact: make(map[string]int, len(names)), drop: drop}
	for i, name := range names {
		form := Normalise(name, drop...)
		x.forms[i] = []rune(form)
		if _, there := x.exact[form]; !there {
			x.exact[form] = i
		}
	}
	return x
}

// Best returns the name that is most like this one, the first of several, and
// whether its score is at least least.
func (x *Index) Best(name string, least float64) (Match, bool) {
	form := Normalise(name, x.drop...)
	if i, there := x.exact[form]; there {
		return Match{Index: i, Name: x.names[i], Score: 1}, true
	}
	p := newPattern([]rune(form))
	best, at := least, -1
	for i, other := range x.forms {
		if score := p.ratio(other, best); score >= least && (score > best || at < 0) {
			best, at = score, i
		}
	}
	if at < 0 {
		return Match{}, false
	}
	return Match{Index: at, Name: x.names[at], Score: best}, true
}

// BestOf is Best for many names at once. What has no match has the Index -1.
func (x *Index) BestOf(names []string, least float64) []Match {
	found := make([]Match, len(names))
	for i, name := range names {
		var ok bool
		if found[i], ok = x.Best(name, least); !ok {
			found[i].Index = -1
		}
	}
	return found
}

// Top returns the n names that are most like this one and score at least
// least, the best first.
func (x *Index) Top(name string, n int, least float64) []Match {
	p := newPattern([]rune(Normalise(name, x.drop...)))
	var found []Match
	for i, other := range x.forms {
		if score := p.ratio(other, least); score >= least {
			found = append(found, Match{Index: i, Name: x.names[i], Score: score})
		}
	}
	slices.SortStableFunc(found, func(a, b Match) int { return cmp.Compare(b.Score, a.Score) })
	return found[:min(max(n, 0), len(found))]
}

// Ratio is how like two texts are, as they stand: twice the length of what they
// have in common in the same order, over the length of both. From 0 to 1.
func Ratio(a, b string) float64 { return newPattern([]rune(a)).ratio([]rune(b), 0) }

// pattern is a text that is compared with many.
type pattern struct {
	text  []rune
	at    map[rune][]uint64 // where a letter stands, one bit a place
	latin [128][]uint64     // the same for ASCII
	words int
}

func newPattern(text []rune) *pattern {
	p := &pattern{text: text, at: map[rune][]uint64{}, words: (len(text) + 63) / 64}
	for i, r := range text {
		places := p.places(r)
		if places == nil {
			places = make([]uint64, p.words)
			if r < 128 {
				p.latin[r] = places
			} else {
				p.at[r] = places
			}
		}
		places[i/64] |= 1 << (i % 64)
	}
	return p
}

func (p *pattern) places(r rune) []uint64 {
	if r >= 0 && r < 128 {
		return p.latin[r]
	}
	return p.at[r]
}

// ratio compares with another text; when the score cannot reach least, it may
// return 0 without looking.
func (p *pattern) ratio(other []rune, least float64) float64 {
	both := len(p.text) + len(other)
	if both == 0 {
		return 1
	}
	if most := 2 * float64(min(len(p.text), len(other))) / float64(both); most < least {
		return 0
	}
	return 2 * float64(p.common(other)) / float64(both)
}

// common is the length of the longest subsequence that both texts have, by
// Hyyrö's bit-parallel algorithm.
func (p *pattern) common(other []rune) int {
	var few [4]uint64
	rows := few[:0]
	for range p.words {
		rows = append(rows, ^uint64(0))
	}
	for _, r := range other {
		places := p.places(r)
		if places == nil {
			continue
		}
		var carry uint64
		for i := range rows {
			hit := rows[i] & places[i]
			sum, out := bits.Add64(rows[i], hit, carry)
			rows[i] = sum | (rows[i] &^ hit)
			carry = out
		}
	}
	n := 0
	for i, row := range rows {
		zeros := ^row
		if last := len(p.text) - 64*i; last < 64 {
			zeros &= 1<<last - 1
		}
		n += bits.OnesCount64(zeros)
	}
	return n
}
