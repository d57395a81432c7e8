package interp

import "testing"

func TestNamed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"nothing to do", "package p\nfunc f(a, b int) {}\n", "package p\nfunc f(a, b int) {}\n"},
		{"a function", "package p\nfunc f(int, ...string) (int, error) { return 0, nil }\n", "package p\nfunc f(_ int, _ ...string) (int, error) { return 0, nil }\n"},
		{"a method", "package p\ntype t int\nfunc (t) m(*t) {}\n", "package p\ntype t int\nfunc (t) m(_ *t) {}\n"},
		{"one in another", "package p\nvar f = func(func(int)) { _ = func(string) {} }\n", "package p\nvar f = func(_ func(int)) { _ = func(_ string) {} }\n"},
		{"types stay", "package p\ntype f func(int)\ntype i interface{ m(int) }\n", "package p\ntype f func(int)\ntype i interface{ m(int) }\n"},
		{"not ASCII", "package p\nvar s = \"é\"; func f(int) {}\n", "package p\nvar s = \"é\"; func f(_ int) {}\n"},
		{"a line directive", "package p\n//line x.go:100\nfunc f(int) {}\n", "package p\n//line x.go:100\nfunc f(_ int) {}\n"},
		{"not Go", "package", "package"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := string(named([]byte(tt.source))); got != tt.want {
				t.Errorf("named = %q, want %q", got, tt.want)
			}
		})
	}
}
