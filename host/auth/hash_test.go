package auth

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"
)

// Hashes as Django makes them; these are Python's, by hashlib.pbkdf2_hmac.
const (
	letMeIn = "pbkdf2_sha256$1000$seasalt$JgZryXe2Ga8ysg6XbzkLpTdyPQrHqsinbL9BnnhgX4A="
	secret  = "pbkdf2_sha256$260$H9Kq2hV7xYwQ1mTz4bNc8d$lJRqztDabJJTBvJW1p3Vwfxdq5427qlrM7QUo0zyASw="
)

func TestFits(t *testing.T) {
	t.Parallel()
	p := newPasswords(100)
	own, err := p.encode("correct horse")
	if err != nil {
		t.Fatal(err)
	}
	other, err := p.encode("correct horse")
	if err != nil || own == other {
		t.Errorf("two hashes of a password: %s, %s, %v, want them to differ", own, other, err)
	}
	for _, tt := range []struct {
		name, encoded, password string
		want                    bool
	}{
		{"its own", own, "correct horse", true},
		{"Django's, with more iterations", letMeIn, "lètmein", true},
		{"Django's, with a long salt", secret, "s3cret-ü", true},
		{"a wrong one", own, "correct horsE", false},
		{"an empty one", own, "", false},
		{"one that is too long", own, strings.Repeat("x", maxPassword+1), false},
		{"none", "", "", false},
		{"an unusable one", "!" + own, "correct horse", false},
		{"another algorithm", strings.Replace(own, "sha256", "sha1", 1), "correct horse", false},
		{"another salt", strings.Replace(letMeIn, "seasalt", "Seasalt", 1), "lètmein", false},
		{"no salt", strings.Replace(letMeIn, "seasalt", "", 1), "lètmein", false},
		{"fewer iterations", strings.Replace(letMeIn, "1000", "999", 1), "lètmein", false},
		{"no iterations", strings.Replace(letMeIn, "1000", "0", 1), "lètmein", false},
		{"negative iterations", strings.Replace(letMeIn, "1000", "-1", 1), "lètmein", false},
		{"more iterations than there is time for", strings.Replace(letMeIn, "1000", "10000001", 1), "lètmein", false},
		{"more than a number holds", strings.Replace(letMeIn, "1000", strings.Repeat("9", 40), 1), "lètmein", false},
		{"half a hash", letMeIn[:len(letMeIn)-24], "lètmein", false},
		{"no base64", letMeIn[:len(letMeIn)-2] + "*=", "lètmein", false},
		{"one part too many", letMeIn + "$", "lètmein", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := p.fits(tt.encoded, tt.password); got != tt.want {
				t.Errorf("fits(%q, %.40q) = %t, want %t", tt.encoded, tt.password, got, tt.want)
			}
		})
	}
}

// What is made by default is what Django 5.2 makes.
func TestHashPassword(t *testing.T) {
	t.Parallel()
	encoded, err := HashPassword("correct horse")
	if err != nil {
		t.Fatal(err)
	}
	h, ok := parseHash(encoded)
	if !ok || h.iterations != 1_000_000 || len(h.salt) != 22 || len(encoded) > 128 {
		t.Errorf("HashPassword() = %q", encoded)
	}
}

func FuzzParseHash(f *testing.F) {
	for _, seed := range []string{letMeIn, "", "!", "pbkdf2_sha256$$$", "pbkdf2_sha256$+1$s$", "$$$$"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, encoded string) {
		h, ok := parseHash(encoded)
		if !ok {
			return
		}
		if h.iterations < 1 || h.iterations > maxIterations || len(h.sum) != 32 {
			t.Errorf("parseHash(%q) = %+v", encoded, h)
		}
		again, ok := parseHash(fmt.Sprintf("%s$%d$%s$%s", algorithm, h.iterations, h.salt, base64.StdEncoding.EncodeToString(h.sum)))
		if !ok || again.salt != h.salt || again.iterations != h.iterations || string(again.sum) != string(h.sum) {
			t.Errorf("parseHash(%q) = %+v, and written again %+v", encoded, h, again)
		}
	})
}

func TestTalliesAreBounded(t *testing.T) {
	t.Parallel()
	now := time.Now()
	th := newThrottle(func() time.Time { return now })
	for i := range 3 * maxTallies / 2 {
		th.failed(guesses(fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255), "admin"))
	}
	if n := len(th.tallies); n > maxTallies {
		t.Errorf("%d addresses and accounts are remembered, want at most %d", n, maxTallies)
	}
}

func BenchmarkPassword(b *testing.B) {
	p := newPasswords(DefaultIterations)
	for b.Loop() {
		if _, err := p.encode("correct horse"); err != nil {
			b.Fatal(err)
		}
	}
}
