package auth

import (
	"crypto/sha256"
	"fmt"
	"net/netip"
	"sync"
	"time"
)

// How many logins may fail: for everybody at one address, and for everybody who
// tries one account.
const (
	addressFailures = 5
	addressWindow   = time.Minute
	accountFailures = 10
	accountWindow   = 5 * time.Minute
	maxTallies      = 20_000 // addresses and accounts that are remembered
)

// ThrottledError reports a login that came after too many that failed.
type ThrottledError struct {
	// After is when the next may be tried, more than 0.
	After time.Duration
}

// Error describes it for logs.
func (e *ThrottledError) Error() string {
	return fmt.Sprintf("too many logins failed, the next may be tried in %v", e.After)
}

// throttle counts logins that failed. Those that succeed count nothing, and
// those that are put off are not counted again: who waits gets in.
type throttle struct {
	now func() time.Time

	mu      sync.Mutex
	tallies map[[sha256.Size]byte]tally
}

// tally is how often something failed, until it is forgotten.
type tally struct {
	failures int
	until    time.Time
}

// guess is somewhere that failures are counted.
type guess struct {
	of     [sha256.Size]byte
	most   int
	window time.Duration
}

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, tallies: map[[sha256.Size]byte]tally{}}
}

// guesses are where a login counts. Whoever has an IPv6 address has 2^64 of
// them. Accounts are counted whether or not there is such a user.
func guesses(address, username string) []guess {
	where := address
	if ip, err := netip.ParseAddr(address); err == nil {
		ip = ip.Unmap().WithZone("")
		bits := ip.BitLen()
		if ip.Is6() {
			bits = 64
		}
		if prefix, err := ip.Prefix(bits); err == nil {
			where = prefix.String()
		}
	}
	return []guess{
		{sha256.Sum256([]byte("address " + where)), addressFailures, addressWindow},
		{sha256.Sum256([]byte("account " + username)), accountFailures, accountWindow},
	}
}

// check returns a ThrottledError when too many logins failed.
func (t *throttle) check(all []guess) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	var wait time.Duration
	for _, g := range all {
		if seen := t.tallies[g.of]; seen.failures >= g.most {
			wait = max(wait, seen.until.Sub(t.now()))
		}
	}
	if wait > 0 {
		return &ThrottledError{After: wait}
	}
	return nil
}

// failed counts one more.
func (t *throttle) failed(all []guess) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	for _, g := range all {
		seen := t.tallies[g.of]
		if !seen.until.After(now) {
			seen = tally{until: now.Add(g.window)}
		}
		seen.failures++
		t.tallies[g.of] = seen
	}
	if len(t.tallies) > maxTallies {
		t.forget(now)
	}
}

// forget drops what is over; when that does not help, half of the rest: those
// with so many addresses are not held up by their count.
func (t *throttle) forget(now time.Time) {
	for of, seen := range t.tallies {
		if !seen.until.After(now) {
			delete(t.tallies, of)
		}
	}
	for of := range t.tallies {
		if len(t.tallies) <= maxTallies/2 {
			return
		}
		delete(t.tallies, of)
	}
}
