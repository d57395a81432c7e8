package batch_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/sdk/batch"
)

type row struct {
	Name   string
	Number float64
	At     time.Time
	On     bool
	Tags   []string
}

func ExampleSort() {
	rows := []row{{Name: "Sport 10"}, {Name: "news", Number: 1}, {Name: "Sport 2"}, {Name: "News", Number: 2}}
	if err := batch.Sort(rows, "Name", "-Number"); err != nil {
		fmt.Println(err)
		return
	}
	names, err := batch.Texts(rows, "Name")
	fmt.Println(strings.Join(names, ", "), err)
	// Output: News, news, Sport 2, Sport 10 <nil>
}

func ExampleReplace() {
	names, err := batch.Replace(`^(UK|US): *(.*)$`, []string{"UK: One", "Two", "US:Three"}, "$2 ($1)")
	fmt.Println(strings.Join(names, ", "), err)
	// Output: One (UK), Two, Three (US) <nil>
}

func TestTexts(t *testing.T) {
	t.Parallel()
	texts := []string{"a1", "b", "a2", "b"}
	found, err := batch.Matching(`^a`, texts)
	if err != nil || !slices.Equal(found, []int{0, 2}) {
		t.Errorf("Matching = %v, %v", found, err)
	}
	groups, err := batch.Groups(`([a-z])(\d)`, texts)
	if err != nil || groups[1] != nil || !slices.Equal(groups[2], []string{"a2", "a", "2"}) {
		t.Errorf("Groups = %v, %v", groups, err)
	}
	if first := batch.First(texts); !slices.Equal(first, []int{0, 1, 2}) {
		t.Errorf("First = %v", first)
	}
	if places := batch.ByText(texts); len(places) != 3 || !slices.Equal(places["b"], []int{1, 3}) {
		t.Errorf("ByText = %v", places)
	}
	_, matching := batch.Matching("(", nil)
	_, grouping := batch.Groups("(", nil)
	_, replacing := batch.Replace("(", nil, "")
	if matching == nil || grouping == nil || replacing == nil {
		t.Errorf("a wrong pattern was taken: %v, %v, %v", matching, grouping, replacing)
	}
}

func TestSort(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)
	rows := []row{{Name: "c", At: at}, {Name: "b", On: true, At: at.Add(1)}, {Name: "a", Number: -1, At: at}}
	for fields, want := range map[string]string{"At": "cab", "-At": "bca", "On Name": "acb", "Number -Name": "acb", "Name": "abc", "": "cba"} {
		sorted := slices.Clone(rows)
		err := batch.Sort(sorted, strings.Fields(fields)...)
		names, naming := batch.Texts(sorted, "Name")
		if got := strings.Join(names, ""); err != nil || naming != nil || got != want {
			t.Errorf("Sort by %q = %s, %v, want %s", fields, got, err, want)
		}
	}
	for what, err := range map[string]error{
		"an unknown field": batch.Sort(rows, "Nothing"), "a list": batch.Sort(rows, "Tags"),
		"no slice": batch.Sort(7), "no structs": batch.Sort([]int{1}, "Name"),
	} {
		if err == nil {
			t.Errorf("%s was sorted by", what)
		}
	}
	if _, err := batch.Texts(rows, "Number"); err == nil {
		t.Error("a number was taken for a text")
	}
}

func FuzzCompare(f *testing.F) {
	f.Add("Sport 2", "sport 10", "SPORT 02")
	f.Add("", "1", "a1b")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		ab, bc := batch.Compare(a, b), batch.Compare(b, c)
		if ab != -batch.Compare(b, a) || (ab == 0) != (a == b) {
			t.Errorf("Compare(%q, %q) = %d is no order", a, b, ab)
		}
		if ab < 0 && bc < 0 && batch.Compare(a, c) >= 0 {
			t.Errorf("%q < %q < %q, and yet not", a, b, c)
		}
	})
}

func BenchmarkSort(b *testing.B) {
	rows := make([]row, 20_000)
	for i := range rows {
		rows[i].Name = fmt.Sprintf("Channel %d", i*7919%20_000)
	}
	for b.Loop() {
		if err := batch.Sort(slices.Clone(rows), "Name"); err != nil {
			b.Fatal(err)
		}
	}
}
