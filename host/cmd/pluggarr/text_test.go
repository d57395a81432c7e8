package main

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestPlain(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"as it is", "Größe\t✓\n", "Größe\t✓\n"},
		{"cursor", "a\x1b[2Jb", "a\uFFFD[2Jb"},
		{"back over the line", "right\rwrong", "right\uFFFDwrong"},
		{"eight-bit controls", "a\u009b2J", "a\uFFFD2J"},
		{"right to left", "gpj.\u202eexe", "gpj.\uFFFDexe"},
		{"no text at all", "a\xff", "a\uFFFD"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := plain(test.text); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"listen", "data", "run-timeout-go", "run-timeout-python"}
	tests := []struct{ word, want string }{
		{"lisen", "listen"},
		{"run_timeout_go", "run-timeout-go"},
		{"datadir", "data"},
		{"zzz", ""},
		{"", ""},
	}
	for _, test := range tests {
		t.Run(test.word, func(t *testing.T) {
			t.Parallel()
			if got := nearest(test.word, names); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestWriteTable(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := writeTable(&b, [][]string{{"A", "LONG", "C"}, {"größer", "", "c"}, {"x", "yy", ""}}); err != nil {
		t.Fatal(err)
	}
	if want := "A       LONG  C\ngrößer        c\nx       yy\n"; b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestSize(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text    string
		want    int64
		written string
	}{
		{"1GiB", 1 << 30, "1GiB"},
		{"1536 mib", 1536 << 20, "1536MiB"},
		{"0.5GiB", 512 << 20, "512MiB"},
		{"0", 0, "0"},
		{"1000", 1000, "1000B"},
		{"", -1, ""},
		{"-1", -1, ""},
		{"many", -1, ""},
		{"1GB", -1, ""},
		{"NaN", -1, ""},
		{"99999999TiB", -1, ""},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			t.Parallel()
			var s size
			if err := s.Set(test.text); (err != nil) != (test.want < 0) {
				t.Fatal(err)
			}
			if test.want >= 0 && (int64(s) != test.want || s.String() != test.written) {
				t.Errorf("got %d, written %q; want %d, %q", s, s.String(), test.want, test.written)
			}
		})
	}
}

func TestObjectKeepsOrder(t *testing.T) {
	t.Parallel()
	var o object
	if err := json.Unmarshal([]byte(`{"z": 1.0, "a": {"c": [], "b": null}, "z": 2}`), &o); err != nil {
		t.Fatal(err)
	}
	o.set("m", json.RawMessage(`"<&>"`))
	got, err := o.MarshalJSON()
	if want := `{"z":2,"a":{"c": [], "b": null},"m":"<&>"}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	for _, wrong := range []string{`[1]`, `1`, `"a"`} {
		if err := json.Unmarshal([]byte(wrong), &o); err == nil {
			t.Errorf("%s was taken for an object", wrong)
		}
	}
}
