package match_test

import (
	"fmt"
	"testing"
	"unicode/utf8"

	"github.com/pluggarr/pluggarr/sdk/match"
)

func ExampleIndex() {
	guide := match.NewIndex([]string{"BBC One London", "BBC Two", "Das Erste", "TF1"})
	for _, name := range []string{"UK: BBC TWO FHD", "DE | Das Erste HD (backup)", "bbc 1 london", "CNN"} {
		if found, ok := guide.Best(name, 0.8); ok {
			fmt.Printf("%s is %s (%.2f)\n", name, found.Name, found.Score)
		} else {
			fmt.Printf("%s is nothing here\n", name)
		}
	}
	// Output:
	// UK: BBC TWO FHD is BBC Two (1.00)
	// DE | Das Erste HD (backup) is Das Erste (1.00)
	// bbc 1 london is BBC One London (0.85)
	// CNN is nothing here
}

func TestNormalise(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"UK: BBC One (FHD)":    "bbc one",
		"US| ESPN [1080p] {x}": "espn",
		"Canal+ Décalé HEVC":   "canal+ decale",
		"A&E":                  "a&e",
		"HD":                   "hd",
		"News: Live":           "news live",
		"Sports: 24/7":         "sports 24 7",
		"(unclosed":            "unclosed",
		"ŠPORT TV 1":           "sport tv 1",
		"Первый канал HD":      "первый канал",
		"":                     "",
		"UK:":                  "uk",
	} {
		if got := match.Normalise(name); got != want {
			t.Errorf("Normalise(%q) = %q, want %q", name, got, want)
		}
	}
	if got := match.Normalise("RTL Plus", "plus"); got != "rtl" {
		t.Errorf("with a word dropped: %q", got)
	}
}

// slow is the longest common subsequence by the book.
func slow(a, b []rune) int {
	row := make([]int, len(b)+1)
	for _, x := range a {
		corner := 0
		for j, y := range b {
			above := row[j+1]
			if x == y {
				row[j+1] = corner + 1
			} else {
				row[j+1] = max(above, row[j])
			}
			corner = above
		}
	}
	return row[len(b)]
}

func FuzzRatio(f *testing.F) {
	f.Add("kitten", "sitting")
	f.Add("", "x")
	f.Add("ü€", "u€ü")
	f.Add("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "abababababababababababababababababababababababababababababababababababababababab")
	f.Fuzz(func(t *testing.T, a, b string) {
		if !utf8.ValidString(a) || !utf8.ValidString(b) {
			t.Skip()
		}
		x, y := []rune(a), []rune(b)
		want := 1.0
		if len(x)+len(y) > 0 {
			want = 2 * float64(slow(x, y)) / float64(len(x)+len(y))
		}
		if got := match.Ratio(a, b); got != want {
			t.Errorf("Ratio(%q, %q) = %v, want %v", a, b, got, want)
		}
		match.Normalise(a)
	})
}

func TestTop(t *testing.T) {
	t.Parallel()
	x := match.NewIndex([]string{"News 1", "News 2", "Sport", "News 1 HD"})
	top := x.Top("News 1", 2, 0.5)
	if len(top) != 2 || top[0].Index != 0 || top[1].Index != 3 || len(x.Top("x", -1, 0)) != 0 {
		t.Errorf("Top = %+v", top)
	}
	if all := x.BestOf([]string{"sport", "zzz"}, 0.9); all[0].Index != 2 || all[1].Index != -1 {
		t.Errorf("BestOf = %+v", all)
	}
}

// BenchmarkBest looks for one name among 20,000.
func BenchmarkBest(b *testing.B) {
	names := make([]string, 20_000)
	for i := range names {
		names[i] = fmt.Sprintf("Channel %d Entertainment %x", i, i*7919)
	}
	x := match.NewIndex(names)
	for b.Loop() {
		x.Best("UK: Chanel 1200 Entertainmnt FHD", 0.8)
	}
}
