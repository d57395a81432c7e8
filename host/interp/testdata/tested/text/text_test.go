package text

import "testing"

func TestDouble(t *testing.T) {
	for _, c := range []struct{ in, want string }{{"a", "aa"}, {"", ""}, {"b", "bb"}} {
		t.Run("of "+c.in, func(t *testing.T) {
			t.Parallel()
			if got := Double(c.in); got != c.want {
				t.Errorf("Double(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}
